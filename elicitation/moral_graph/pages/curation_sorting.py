"""The part “Sort anew” of the page “Values”: what counts, proposals beside it, and one of them compared."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.models import CanonicalValue, Partition
from elicitation.moral_graph.pages.curation_rows import name_of
from elicitation.moral_graph.partitions import compare
from elicitation.moral_graph.shapes import WisdomConfig
from multivocal.llm.models import LanguageModel
from multivocal.studies.enrolment import newest_version
from multivocal.studies.models import Study

KEPT, MOST_MOVES = 20, 200


def sorting_context(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the sortings of a study, the form for another one, and ``?partition=ID`` beside the one that counts."""
    every = list(Partition.objects.filter(study=study).select_related("made_by").order_by("-pk")[:KEPT])
    current = next((one for one in every if one.current), None) or (
        Partition.objects.filter(study=study, current=True).first()
    )
    chosen = next((one for one in every if str(one.pk) == asked.get("partition")), None)
    config = _config(study)
    merging = config.merging if config else None
    found: dict[str, Any] = {
        "sortings": [_row(one) for one in every],
        "current": current,
        "chosen": _row(chosen) if chosen else None,
        "models": list(LanguageModel.objects.filter(active=True).order_by("name").values_list("name", flat=True)),
        "typed": {
            "neighbours": asked.get("neighbours", merging.neighbours if merging else 5),
            "distance": asked.get("distance", merging.distance if merging else 0.5),
            "model": asked.get("model", ""), "embedder": asked.get("embedder", ""),
        },
        "under_way": any(one.done_at is None and not one.current and not one.discarded_at for one in every),
    }  # fmt: skip
    if chosen is not None and current is not None and chosen.done_at and not chosen.current:
        found["compared"] = _compared(study, chosen)
    return found


def _config(study: Study) -> WisdomConfig | None:
    version = newest_version(study)
    stages = version.shape.stages if version else ()
    return next((stage for stage in stages if isinstance(stage, WisdomConfig)), None)


def _row(partition: Partition) -> dict[str, Any]:
    if partition.current:
        state = "current"
    elif partition.discarded_at:
        state = "discarded"
    elif partition.done_at is None:
        state = "waiting"
    else:
        state = "earlier" if partition.counted_at else "ready"
    return {
        "pk": partition.pk, "state": state, "parameters": partition.parameters, "problem": partition.problem,
        "who": name_of(partition.made_by), "at": partition.created_at, "counted_at": partition.counted_at,
        "values": partition.values_of.filter(archived_at=None, memberships__ended_at=None, memberships__isnull=False)
        .distinct().count(),
    }  # fmt: skip


def _compared(study: Study, chosen: Partition) -> dict[str, Any]:
    found = compare(study, chosen)
    titles = dict(
        CanonicalValue.objects.filter(partition__in=[chosen.pk, *_current(study)]).values_list(
            "number", "title"
        )
    )
    ways: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    back: dict[int, set[int]] = defaultdict(set)
    for here, there, n in found["becomes"]:
        ways[here].append((titles[there], there, n))
        back[there].add(here)
    changed = [
        {"number": here, "title": titles[here], "parts": sorted(parts, key=lambda part: -part[2])}
        for here, parts in sorted(ways.items())
        if len(parts) > 1 or len(back[parts[0][1]]) > 1
    ]
    moves = list(found["moves"].items())
    cards = ValuesCard.objects.select_related("accepted_version").in_bulk(
        [UUID(card) for card, _ends in moves[:MOST_MOVES]]
    )
    index = found["adjusted_rand_index"]
    return {
        **found,
        "index": None if index is None else f"{index:.3f}",
        "changed": changed,
        "same": len(ways) - len(changed),
        "moved": [
            {"title": _title(cards.get(UUID(card))), "from": titles[a], "to": titles[b]}
            for card, (a, b) in moves[:MOST_MOVES]
        ],
        "moves_count": len(moves),
    }  # fmt: skip


def _current(study: Study) -> list[int]:
    return list(Partition.objects.filter(study=study, current=True).values_list("pk", flat=True))


def _title(card: ValuesCard | None) -> str:
    return card.accepted_version.title if card and card.accepted_version else ""
