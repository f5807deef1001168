"""Taking in votes that others collected, from the interchange CSV, on values that were imported before."""

from collections import defaultdict
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from elicitation.moral_graph.canonical import current_partition
from elicitation.moral_graph.domain.reading import read_rows
from elicitation.moral_graph.domain.votes import NEVER
from elicitation.moral_graph.importing import Steps, Taken, seed_key
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import CanonicalValue, WisdomVote
from multivocal.domain.files import BadFile, Problem
from multivocal.studies.models import Study

Said = tuple[datetime, str]


@transaction.atomic
def import_votes(*, study: Study, source: Path | bytes, name: str = "") -> Taken:
    """Store the votes of a file with the times they were given; of two on one step by one voter the later counts.

    The same file again brings nothing. Refuses (BadFile) bad rows and values that the study has not imported, each by
    its line; nothing is stored then.
    """
    name = name or (source.name if isinstance(source, Path) else "file")
    rows = read_rows(source, name=name)
    lock_graph(study)
    partition = current_partition(study)
    there = {row.seed_key: row for row in partition.values_of.filter(origin=CanonicalValue.Origin.IMPORTED)}
    missing = [
        Problem(line, f"the study has no imported value “{end[:80]}”")
        for line, row in rows
        for end in dict.fromkeys(row[1:3])
        if seed_key(end) not in there
    ]
    if missing:
        raise BadFile(name, missing)
    steps, now = Steps(study), timezone.now()
    said: dict[tuple[str, UUID], list[Said]] = defaultdict(list)
    for _line, (who, start, end, where, vote, at) in rows:
        step = steps.between(there[seed_key(start)], there[seed_key(end)], where)
        said[(who, step.pk)].append((at, vote))
    return _store(study, said, steps.made, now)


def _store(study: Study, said: dict[tuple[str, UUID], list[Said]], steps: int, now: datetime) -> Taken:
    taken = Taken(steps=steps)
    before: dict[tuple[str, UUID], list[WisdomVote]] = defaultdict(list)
    for row in WisdomVote.objects.filter(study=study, enrolment=None, voter__in={who for who, _step in said}):
        before[(row.voter, row.upgrade_id)].append(row)
    fresh: list[WisdomVote] = []
    changed: list[WisdomVote] = []
    for (voter, step), answers in said.items():
        mine = before[(voter, step)]
        known = {(row.created_at, row.answer) for row in mine}
        untold = {row.answer for row in mine}
        new = [
            WisdomVote(
                study=study, voter=voter, upgrade_id=step, answer=answer, key=uuid4(), imported_at=now,
                created_at=now if at == NEVER else at,
            )
            for at, answer in sorted(set(answers), key=lambda one: one[0])
            if (at, answer) not in known and not (at == NEVER and answer in untold)
        ]  # fmt: skip
        taken.duplicate += len(answers) - len(new)
        if not new:
            continue
        # The order of the times decides which answer counts, whichever file it came in.
        every = sorted([*mine, *new], key=lambda row: row.created_at)
        for row, following in zip(every, [*every[1:], None], strict=True):
            ended = None if following is None else max(following.created_at, following.imported_at or now)
            if row.pk is not None and (row.superseded_at is None) != (ended is None):
                row.superseded_at = ended
                changed.append(row)
            elif row.pk is None:
                row.superseded_at = ended
        fresh += new
        taken.corrected += len(new) - (not mine)
    WisdomVote.objects.bulk_update(changed, ["superseded_at"])
    WisdomVote.objects.bulk_create(fresh, batch_size=2000)
    taken.votes = len(fresh)
    return taken
