"""What the page “Values” lists: values with counts, a value's cards with the reasons, acts with who and when."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count, QuerySet

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.cards import accepted
from elicitation.moral_graph.curation import words_hash
from elicitation.moral_graph.merging import CRITERIA
from elicitation.moral_graph.models import CanonicalValue, CurationAct, Membership, Upgrade, WisdomVote
from elicitation.moral_graph.models.vectors import as_text
from elicitation.moral_graph.undoing import undoable
from multivocal.studies.models import Enrolment, Study

PER_PAGE, MOST_CARDS, MOST_ACTS, NEAR = 50, 200, 200, 8


def figures(study: Study) -> dict[str, int]:
    """Return how many cards, values and waiting cards a study has."""
    there = Membership.objects.filter(partition__study=study, partition__current=True, ended_at=None)
    cards = accepted(study).exclude(origin=ValuesCard.Origin.SEED)
    return {
        "cards": cards.count(),
        "simulated": cards.filter(enrolment__simulated=True).count(),
        "waiting": cards.exclude(pk__in=there.values("card")).count(),
        "values": _living(study).count(),
    }


def list_context(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the values on one page of the list, most cards first, narrowed by words and question."""
    found = _living(study)
    words, question = asked.get("q", "").strip(), asked.get("question", "")
    if words:
        found = found.filter(title__icontains=words) | found.filter(description__icontains=words)
    heads: list[tuple[UUID, int, list[str]]] = list(found.values_list("pk", "number", "questions"))
    cards = _cards(study)
    fit = [
        (-cards[pk], number, pk) for pk, number, keys in heads if not question or not keys or question in keys
    ]
    page = Paginator(sorted(fit), PER_PAGE).get_page(asked.get("page"))
    shown = [pk for _cards_less, _number, pk in page]
    rows, votes = found.in_bulk(shown), _votes(study, shown)
    return {
        "values": [{**row_of(rows[pk]), "cards": cards[pk], "votes": votes[pk]} for pk in shown],
        "page": page,
        "q": words,
        "question": question,
        "questions": sorted(
            {key for keys in _living(study).values_list("questions", flat=True) for key in keys}
        ),
    }


def row_of(value: CanonicalValue) -> dict[str, Any]:
    """Return a value's own words and marks."""
    return {
        "number": value.number, "title": value.title, "description": value.description, "policies": value.policies,
        "origin": value.origin, "origin_label": value.get_origin_display(), "questions": value.questions,
        "archived_at": value.archived_at, "seen": words_hash(value), "text": "\n".join(value.policies),
        "own_words": value.representative is None and value.origin == CanonicalValue.Origin.CARDS,
        "merged_into": value.merged_into.number if value.merged_into else None,
    }  # fmt: skip


def value_context(study: Study, value: CanonicalValue, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return one value: words, cards with why they are here, cards that left, near values, acts."""
    memberships = list(value.memberships.order_by("pk")[: 4 * MOST_CARDS])
    known = accepted(study).in_bulk([row.card for row in memberships])
    here = [row for row in memberships if row.ended_at is None and row.card in known]
    members = [_member(row, known[row.card], value) for row in here[:MOST_CARDS]]
    acts = CurationAct.objects.filter(study=study, values__contains=[value.number])
    row = row_of(value)
    typed = {key: asked.get(key, row[key]) for key in ("title", "description")}
    return {
        "value": {**row, "cards": len(here), "votes": _votes(study, [value.pk])[value.pk]},
        "typed": {**typed, "text": asked.get("policies", row["text"]), "why": asked.get("why", "")},
        "members": members,
        "more": len(here) - len(members),
        "left": [
            _member(row, known[row.card], value)
            for row in memberships
            if row.ended_at is not None and row.card in known
        ],
        "near": near(value),
        "others": list(_living(study).exclude(pk=value.pk).order_by("number").values_list("number", "title")),
        "acts": act_rows(study, acts),
    }


def near(value: CanonicalValue) -> list[dict[str, Any]]:
    """Return the values nearest to this one with their cosine distances, nearest first."""
    if value.vector is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select number, title, vector <=> %s::vector as distance from moral_graph_canonicalvalue"
            " where partition_id = %s and archived_at is null and vector is not null and id <> %s"
            " order by distance, number limit %s",
            [as_text(value.vector), value.partition_id, value.pk, NEAR],
        )
        return [
            {"number": number, "title": title, "distance": f"{distance:.2f}"}
            for number, title, distance in cursor.fetchall()
        ]


def join_effect(gone: CanonicalValue, into: CanonicalValue) -> dict[str, int]:
    """Return what joining would move and end: cards, stories, votes between the two that no longer count."""
    steps = Upgrade.objects.filter(archived_at=None)
    people = WisdomVote.objects.exclude(enrolment__preview=True).exclude(
        enrolment__status=Enrolment.Status.WITHDRAWN
    )
    ends = [gone, into]
    between = people.filter(superseded_at=None, upgrade__source__in=ends, upgrade__target__in=ends).count()
    return {
        "cards": gone.memberships.filter(ended_at=None).count(),
        "steps": (steps.filter(source=gone) | steps.filter(target=gone)).count(),
        "votes": _votes(gone.study, [gone.pk])[gone.pk] - between,
        "lost": between,
    }


def act_rows(study: Study, acts: QuerySet[CurationAct]) -> list[dict[str, Any]]:
    """Return acts, the newest first, each with who, when, why, and whether it can be taken back."""
    rows = list(acts.select_related("user", "undone_by__user").order_by("-pk")[:MOST_ACTS])
    may = undoable(rows)
    return [
        {
            "pk": act.pk, "verb": act.verb, "label": act.get_verb_display(), "values": act.values, "why": act.why,
            "at": act.at, "who": name_of(act.user), "step": act.detail.get("step"), "undoes": act.undoes_id,
            "undone": _undone(act),
            "can_undo": act.pk in may, "before": act.detail.get("before", {}), "after": act.detail.get("after", {}),
        }
        for act in rows
    ]  # fmt: skip


def _undone(act: CurationAct) -> dict[str, Any] | None:
    back = getattr(act, "undone_by", None)
    return {"at": back.at, "who": name_of(back.user)} if back else None


def name_of(user: Any) -> str:
    """Return how staff see one another; the command line has no name."""
    return "" if user is None else (user.get_full_name() or user.get_username())


def _member(row: Membership, card: ValuesCard, value: CanonicalValue) -> dict[str, Any]:
    version, person = card.accepted_version, card.enrolment
    assert version is not None
    return {
        "card": str(card.pk), "title": version.title, "description": version.description, "policies": version.policies,
        "why": row.motivation, "by": Membership.By(row.decided_by).label, "decided_by": row.decided_by,
        "criteria": [(name, row.verdict[name]) for name in CRITERIA if name in row.verdict],
        "simulated": person is not None and person.simulated, "question": card.question_key,
        "speaks": value.representative == card.pk, "at": row.created_at, "ended_at": row.ended_at,
    }  # fmt: skip


def _living(study: Study) -> QuerySet[CanonicalValue]:
    return (
        CanonicalValue.objects.filter(study=study, partition__current=True, archived_at=None)
        .select_related("merged_into")
        .defer("vector")
    )


def _cards(study: Study) -> Counter[UUID]:
    there = Membership.objects.filter(partition__study=study, partition__current=True, ended_at=None)
    mine = there.filter(card__in=accepted(study).values("pk")).values_list("canonical")
    return Counter(dict(mine.annotate(n=Count("pk"))))


def _votes(study: Study, values: Iterable[UUID]) -> Counter[UUID]:
    """Return how many votes were given on stories from or to each of ``values``, of the steps made with it."""
    rows = WisdomVote.objects.filter(study=study, superseded_at=None).exclude(enrolment__preview=True)
    rows = rows.exclude(enrolment__status=Enrolment.Status.WITHDRAWN)
    found: Counter[UUID] = Counter()
    for end in ("upgrade__source", "upgrade__target"):
        found.update(
            dict(rows.filter(**{f"{end}__in": values}).values_list(end).annotate(n=Count("pk")).order_by())
        )
    return found
