"""What stands behind one value (its cards) and one step (its votes, stories and whys); nobody is named."""

from collections import Counter, defaultdict
from typing import Any

from elicitation.moral_graph.domain.answers import OUTCOMES
from elicitation.moral_graph.models import CanonicalValue, Confirmation, Membership, Upgrade, WisdomVote
from elicitation.moral_graph.pages.found import Found
from elicitation.moral_graph.pages.rows import Row, counted_cards, situation
from elicitation.moral_graph.voting import counted_votes, value_names
from multivocal.errors import NotFound
from multivocal.llm.models import Call
from multivocal.studies.models import Study

MOST_CARDS = 60
MOST_WHYS = 40


def value_detail(study: Study, found: Found, number: int, values: list[Row], steps: list[Row]) -> Row:
    """Return a value with its cards, what people said of their merging, and its steps; NotFound if not in the graph."""
    value = next((row for row in values if row["id"] == number), None)
    if value is None:
        raise NotFound(f"There is no value {number} in this graph.")
    inside = Membership.objects.filter(
        partition__study=study, partition__current=True, ended_at=None, canonical__number=number,
        card__in=counted_cards(study, found).values("pk"),
    )  # fmt: skip
    said = Counter(
        Confirmation.objects.filter(
            canonical__study=study,
            canonical__number=number,
            card__in=counted_cards(study, found).values("pk"),
        ).values_list("answer", flat=True)
    )
    joined = CanonicalValue.objects.filter(study=study, merged_into__number=number).order_by("number")
    return {
        **value,
        "more": max(0, value["cards"] + value["simulatedCards"] - MOST_CARDS),
        "cardRows": _cards(study, found, list(inside.order_by("pk")[:MOST_CARDS])),
        "speaksForThem": {answer: said[answer] for answer in ("yes", "no", "unsure")},
        "joined": [{"id": row.number, "title": row.title} for row in joined],
        "from": [step for step in steps if step["wiserValueId"] == number],
        "to": [step for step in steps if step["sourceValueId"] == number],
    }


def step_detail(study: Study, found: Found, key: str, steps: list[Row]) -> Row:
    """Return a step with its votes by answer and its stories with their whys, both directions; NotFound if none."""
    step = next((row for row in steps if key in (row["key"], _turned(row))), None)
    if step is None:
        raise NotFound(f"There is no step “{key[:80]}” in this graph.")
    ends = str(step["sourceValueId"]), str(step["wiserValueId"])
    choice, until = found.choice.filters(), found.snapshot.until
    names = value_names(study, choice, until)
    first, second = ({pk for pk, number in names.items() if number == end} for end in ends)
    told = Upgrade.objects.filter(study=study, context__key__in=step["contextKeys"])
    ways = {
        way: list(told.filter(source__in=a, target__in=b).select_related("context").order_by("number"))
        for way, a, b in (("there", first, second), ("back", second, first))
    }
    counted = counted_votes(study, choice, until)
    return {
        **step,
        **{way: _way(found, rows, counted) for way, rows in ways.items()},
    }


def _way(found: Found, rows: list[Upgrade], counted: Any) -> Row:
    answers: Counter[str] = Counter()
    by_story: dict[Any, Counter[str]] = defaultdict(Counter)
    whys: dict[Any, list[Row]] = defaultdict(list)
    votes: list[WisdomVote] = list(counted.filter(upgrade__in=[row.pk for row in rows]).order_by("pk"))
    for vote in votes:
        answers[vote.answer] += 1
        by_story[vote.upgrade_id][vote.answer] += 1
        if vote.why:
            whys[vote.upgrade_id].append({"answer": vote.answer, "why": vote.why})
    return {
        "answers": {answer: answers[answer] for answer in OUTCOMES},
        "votes": len(votes),
        "stories": [
            {
                "number": row.number, "version": row.story_version, "story": row.story, "origin": row.origin,
                "by": row.get_origin_display(), "context": situation(found, row.context.key),
                "answers": {answer: by_story[row.pk][answer] for answer in OUTCOMES},
                "whys": sorted(whys[row.pk][:MOST_WHYS], key=lambda one: OUTCOMES.index(one["answer"])),
                "moreWhys": max(0, len(whys[row.pk]) - MOST_WHYS),
            }
            for row in rows
            if by_story[row.pk]
        ],
    }  # fmt: skip


def _cards(study: Study, found: Found, inside: list[Membership]) -> list[Row]:
    known = {
        card.pk: card for card in counted_cards(study, found).filter(pk__in=[row.card for row in inside])
    }
    calls = Call.objects.filter(pk__in=[row.call for row in inside if row.call]).select_related("model")
    models = {call.pk: call.model.name for call in calls}
    rows = []
    for row in inside:
        card = known[row.card]
        version = card.accepted_version
        if version is None:
            continue
        rows.append(
            {
                "title": version.title, "description": version.description, "policies": version.policies,
                "language": card.language, "question": card.question_key,
                "simulated": bool(card.enrolment and card.enrolment.simulated),
                "why": row.motivation, "decidedBy": row.decided_by, "by": Membership.By(row.decided_by).label,
                "model": models.get(row.call or 0, ""),
            }
        )  # fmt: skip
    return rows


def _turned(step: Row) -> str:
    contexts = step["contextKeys"]
    return "-".join(
        [str(step["wiserValueId"]), str(step["sourceValueId"]), *(contexts if len(contexts) == 1 else ())]
    )
