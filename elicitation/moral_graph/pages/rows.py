"""What the graph's page lists: values with their cards, steps with their votes, stories and whys."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.cards import accepted
from elicitation.moral_graph.models import Confirmation, Membership, Snapshot, Upgrade, WisdomVote
from multivocal.domain.shapes import say
from multivocal.studies.models import Enrolment, Study

MOST_STEPS = 300
MOST_WHYS = 40


def value_rows(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return the values of a graph in its order, each with the cards behind it now and why they are there."""
    names, graph = snapshot.result["names"], snapshot.result["graph"]
    cards = _cards(snapshot.study, with_simulated=bool(snapshot.parameters.get("simulated")))
    rows = []
    values = sorted(graph["values"], key=lambda row: (row.get("rank", 0), -row["pageRank"]))
    for place, value in enumerate(values, 1):
        name = names.get(value["id"], {})
        behind = cards.get(int(value["id"]), [])
        rows.append(
            {
                "id": value["id"], "place": value.get("rank", place), "title": name.get("title", value["id"]),
                "description": name.get("description", ""), "policies": name.get("policies", []),
                "seed": name.get("origin") == "seed", "pageRank": f"{value['pageRank']:.3f}",
                "ranks": "–".join(str(n) for n in value["rankCi95"]) if "rankCi95" in value else "",
                "others": (value.get("bradleyTerryRank"), value.get("rankCentralityRank")),
                "cards": behind, "support": len(behind),
            }
        )  # fmt: skip
    return rows


def step_rows(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return the steps of a graph, supported ones first, each with its stories and the reasons people gave."""
    result = snapshot.result
    names, graph = result["names"], result["graph"]
    kept = {_key(edge) for edge in graph["edges"]}
    edges = [edge for edge in graph.get("allEdges", graph["edges"]) if edge["counts"]["impressions"]]
    edges.sort(key=lambda edge: (_key(edge) not in kept, -edge["counts"]["impressions"], _key(edge)))
    told = _told(snapshot)
    rows = []
    for edge in edges[:MOST_STEPS]:
        counts, summary = edge["counts"], edge["summary"]
        ends = int(edge["sourceValueId"]), int(edge["wiserValueId"])
        low, high = summary.get("ci95", (None, None))
        stories = [story for context in edge["contexts"] for story in told.get((*ends, context), [])]
        rows.append(
            {
                "source": names[edge["sourceValueId"]]["title"], "target": names[edge["wiserValueId"]]["title"],
                "source_id": edge["sourceValueId"], "target_id": edge["wiserValueId"],
                "contexts": [say(result["situations"].get(key) or key, "en") for key in edge["contexts"]],
                "counts": counts, "supported": _key(edge) in kept, "likelihood": f"{summary['wiserLikelihood']:.2f}",
                "interval": "" if low is None else f"{low:.2f} … {high:.2f}",
                "certainty": 1 - (high - low) / 2 if low is not None else max(0.0, 1 - summary["entropy"] / 2.4),
                "stories": stories,
            }
        )  # fmt: skip
    return rows


def figures(study: Study) -> dict[str, Any]:
    """Return how much of everything there is, people and simulated people apart."""
    votes = WisdomVote.objects.filter(study=study, superseded_at=None).exclude(
        enrolment__status=Enrolment.Status.WITHDRAWN
    )
    votes = votes.exclude(enrolment__preview=True)
    cards = accepted(study).exclude(origin=ValuesCard.Origin.SEED)
    merged = Membership.objects.filter(partition__study=study, partition__current=True, ended_at=None)
    said = Counter(
        Confirmation.objects.filter(canonical__study=study, enrolment__preview=False).values_list(
            "answer", flat=True
        )
    )
    return {
        "cards": cards.filter(enrolment__simulated=False).count(),
        "simulated_cards": cards.filter(enrolment__simulated=True).count(),
        "waiting": cards.exclude(pk__in=merged.values("card")).count(),
        "votes": votes.exclude(enrolment__simulated=True).count(),
        "simulated_votes": votes.filter(enrolment__simulated=True).count(),
        "stories": Upgrade.objects.filter(study=study, state="ready", archived_at=None).count(),
        "rejected": Upgrade.objects.filter(study=study, state="rejected", archived_at=None).count(),
        "confirmed": said["yes"],
        "asked": sum(said.values()),
    }


def _cards(study: Study, *, with_simulated: bool) -> Mapping[int, list[dict[str, str]]]:
    cards = accepted(study) if with_simulated else accepted(study).exclude(enrolment__simulated=True)
    known = {card.pk: card for card in cards}
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    rows = Membership.objects.filter(
        partition__study=study, partition__current=True, ended_at=None, card__in=known
    )
    for row in rows.select_related("canonical").order_by("pk"):
        version = known[row.card].accepted_version
        found[row.canonical.number].append(
            {
                "title": version.title if version else "", "why": row.motivation,
                "by": Membership.By(row.decided_by).label,
            }
        )  # fmt: skip
    return found


def _told(snapshot: Snapshot) -> Mapping[tuple[int, int, str], list[dict[str, Any]]]:
    votes = WisdomVote.objects.filter(study=snapshot.study, superseded_at=None).exclude(
        enrolment__status=Enrolment.Status.WITHDRAWN
    )
    votes = votes.exclude(enrolment__preview=True)
    if not snapshot.parameters.get("simulated"):
        votes = votes.exclude(enrolment__simulated=True)
    whys: dict[object, list[tuple[str, str]]] = defaultdict(list)
    for step, answer, why in votes.exclude(why="").order_by("pk").values_list("upgrade", "answer", "why"):
        if len(whys[step]) < MOST_WHYS:
            whys[step].append((answer, why))
    found: dict[tuple[int, int, str], list[dict[str, Any]]] = defaultdict(list)
    steps = Upgrade.objects.filter(study=snapshot.study, votes__isnull=False).distinct()
    for row in steps.select_related("source", "target", "context").order_by("number"):
        key = (row.source.number, row.target.number, row.context.key)
        found[key].append({"story": row.story, "origin": row.get_origin_display(), "whys": whys[row.pk]})
    return found


def _key(edge: dict[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    return edge["sourceValueId"], edge["wiserValueId"], tuple(edge["contexts"])
