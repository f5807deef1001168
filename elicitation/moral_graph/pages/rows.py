"""What the graph's page and the REST interface say of a graph: its values, its steps, who comes first."""

from collections import Counter
from typing import Any

from django.db.models import Count, Q

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.cards import accepted, with_cards
from elicitation.moral_graph.models import Confirmation, Membership, Upgrade, WisdomVote
from elicitation.moral_graph.pages.found import Found
from multivocal.domain.shapes import say
from multivocal.studies.models import Enrolment, Study

Row = dict[str, Any]


def value_rows(study: Study, found: Found) -> list[Row]:
    """Return the values of a graph in its order, under the original authors' names where they have one.

    ``cards``, ``simulatedCards``: how many stand behind a value now, of those who count; ``first``: share of the
    resamples in which it came first.
    """
    names, graph = found.result["names"], found.result["graph"]
    behind = _support(study, found)
    received: Counter[str] = Counter()
    for edge in graph.get("allEdges", graph["edges"]):
        received[edge["wiserValueId"]] += _asked(edge)
    winners = {one["winner"]["id"] for one in graph.get("contexts", ())}
    values = sorted(graph["values"], key=lambda row: (row.get("rank", 0), -row["pageRank"], int(row["id"])))
    rows = []
    for place, value in enumerate(values, 1):
        name = names.get(value["id"], {})
        people, simulated = behind.get(int(value["id"]), (0, 0))
        rows.append(
            {
                **value,
                "id": int(value["id"]), "title": name.get("title", value["id"]),
                "description": name.get("description", ""), "policies": name.get("policies", []),
                "questions": name.get("questions", []), "rank": value.get("rank", place),
                "seed": name.get("origin") == "seed", "votes": received[value["id"]],
                "cards": people, "simulatedCards": simulated, "winner": value["id"] in winners,
            }
        )  # fmt: skip
    return rows


def edge_rows(found: Found, *, every: bool = False) -> list[Row]:
    """Return the edges of a graph (``every``: also the cells that are none), in the authors' shape.

    ``contexts`` are the situations' words, ``contextKeys`` their names in the study; ``supported``: it is an edge.
    """
    graph = found.result["graph"]
    kept = {_key(edge) for edge in graph["edges"]}
    edges = graph.get("allEdges", graph["edges"]) if every else graph["edges"]
    return [
        {
            **edge,
            "sourceValueId": int(edge["sourceValueId"]), "wiserValueId": int(edge["wiserValueId"]),
            "contexts": [situation(found, key) for key in edge["contexts"]], "contextKeys": edge["contexts"],
            "supported": _key(edge) in kept,
        }
        for edge in edges
    ]  # fmt: skip


def step_rows(found: Found) -> list[Row]:
    """Return each pair of values once per situation, in the direction that more people find wiser.

    Supported ones come first, then those with the most votes. ``key`` names a step in addresses; ``certainty``: from
    0 (nothing is known) to 1.
    """
    if "steps" not in found.memo:
        found.memo["steps"] = _steps(found)
    steps: list[Row] = found.memo["steps"]
    return steps


def _steps(found: Found) -> list[Row]:
    names = found.result["names"]
    best: dict[tuple[frozenset[int], tuple[str, ...]], Row] = {}
    for edge in edge_rows(found, every=True):
        if not edge["counts"]["impressions"]:
            continue
        pair = frozenset((edge["sourceValueId"], edge["wiserValueId"])), tuple(edge["contextKeys"])
        if pair not in best or _strength(edge) > _strength(best[pair]):
            best[pair] = edge
    rows = []
    for edge in best.values():
        summary, counts = edge["summary"], edge["counts"]
        source, target = edge["sourceValueId"], edge["wiserValueId"]
        low, high = summary.get("ci95", (None, None))
        rows.append(
            {
                **edge, "key": step_key(edge), "source": _title(names, source), "target": _title(names, target),
                "net": summary["wiserLikelihood"], "low": low, "high": high, "votes": counts["impressions"],
                "certainty": max(0.0, 1 - summary["entropy"] / 2.4 if low is None else 1 - (high - low) / 2),
            }
        )  # fmt: skip
    rows.sort(key=lambda row: (not row["supported"], -row["votes"], -row["net"], row["key"]))
    return rows


def winner_rows(found: Found) -> list[Row]:
    """Return which value comes first in each situation, and how firmly."""
    return [
        {
            "context": situation(found, one["context"]), "title": _title(found.result["names"], one["winner"]["id"]),
            **one["winner"], "id": int(one["winner"]["id"]), "percent": f"{100 * one['winner']['first']:.0f}",
        }
        for one in sorted(found.result["graph"].get("contexts", []), key=lambda one: str(one["context"]))
    ]  # fmt: skip


def circle_rows(found: Found) -> list[Row]:
    """Return the circles, each in its situation."""
    return [
        {
            "context": situation(found, one["context"]),
            "values": [{"id": int(value), "title": _title(found.result["names"], value)} for value in one["values"]],
        }
        for one in found.result["graph"].get("cycles", [])
    ]  # fmt: skip


def situation(found: Found, key: str) -> str:
    """Return the words of a situation."""
    return say(found.result["situations"].get(key) or key, "en")


def step_key(edge: Row) -> str:
    """Return the name of a step in addresses: its two values and, where it is about one alone, its situation."""
    contexts = edge["contextKeys"]
    return "-".join(
        [str(edge["sourceValueId"]), str(edge["wiserValueId"]), *(contexts if len(contexts) == 1 else ())]
    )


def figures(study: Study) -> Row:
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
    stories = Upgrade.objects.filter(study=study, archived_at=None)
    return {
        "cards": cards.filter(enrolment__simulated=False).count(),
        "simulated_cards": cards.filter(enrolment__simulated=True).count(),
        "waiting": cards.exclude(pk__in=merged.values("card")).count(),
        "votes": votes.exclude(enrolment__simulated=True).count(),
        "simulated_votes": votes.filter(enrolment__simulated=True).count(),
        "stories": stories.filter(state="ready").count(),
        "rejected": stories.filter(state="rejected").count(),
        "confirmed": said["yes"],
        "asked": sum(said.values()),
        "values": len(with_cards(study, simulated=True)),
    }


def counted_cards(study: Study, found: Found) -> Any:
    """Return the accepted cards of those who count in a graph, as they are now."""
    cards = accepted(study).exclude(origin=ValuesCard.Origin.SEED)
    if found.choice.who == "people":
        return cards.exclude(enrolment__simulated=True)
    return cards.filter(enrolment__simulated=True) if found.choice.who == "simulated" else cards


def _support(study: Study, found: Found) -> dict[int, tuple[int, int]]:
    cards = counted_cards(study, found)
    unreal = cards.filter(enrolment__simulated=True).values("pk")
    rows = (
        Membership.objects.filter(partition__study=study, partition__current=True, ended_at=None)
        .filter(card__in=cards.values("pk"))
        .values_list("canonical__number")
        .annotate(every=Count("pk"), unreal=Count("pk", filter=Q(card__in=unreal)))
    )
    return {number: (every - simulated, simulated) for number, every, simulated in rows}


def _strength(edge: Row) -> tuple[float, int, int]:
    return edge["summary"]["wiserLikelihood"], _asked(edge), -edge["sourceValueId"]


def _asked(edge: Row) -> int:
    """Return how many answered this very step, not its mirror."""
    return sum(edge["counts"][name] for name in ("markedWiser", "markedNotWiser", "markedUnsure"))


def _title(names: Row, number: int | str) -> str:
    return str(names.get(str(number), {}).get("title", number))


def _key(edge: Row) -> tuple[str, str, tuple[str, ...]]:
    return edge["sourceValueId"], edge["wiserValueId"], tuple(edge["contexts"])
