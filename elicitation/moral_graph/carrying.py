"""Steps that come along when another partition is adopted: told between its values, and checked again before use."""

from django.db.models import Max

from elicitation.moral_graph.canonical import next_number
from elicitation.moral_graph.models import CanonicalValue, Partition, Upgrade
from elicitation.moral_graph.succession import standing


def carry_steps(*, before: Partition, after: Partition) -> list[int]:
    """Copy the living stories of ``before`` to the values of ``after`` that stand for theirs; return their numbers.

    Copies are drafts, because the values' words may be others now. Seeds' own steps come with the configuration, and
    a step between two values that are one now is none. Called under the graph's lock.
    """
    stands = standing(after.study, after)
    values = CanonicalValue.objects.in_bulk(set(stands.values()))
    rows = Upgrade.objects.filter(source__partition=before, archived_at=None).exclude(story="")
    made = []
    for row in (
        rows.exclude(origin=Upgrade.Origin.SEED).exclude(state=Upgrade.State.REJECTED).order_by("number")
    ):
        source, target = (values.get(stands.get(end)) for end in (row.source_id, row.target_id))  # type: ignore[arg-type]
        if source is None or target is None or source.pk == target.pk:
            continue
        if source.archived_at is not None or target.archived_at is not None:
            continue
        same = Upgrade.objects.filter(source=source, target=target, context=row.context_id)
        if same.filter(story=row.story).exists():
            continue
        newest = same.aggregate(newest=Max("story_version"))["newest"] or 0
        copy = Upgrade.objects.create(
            study=after.study, number=next_number(after.study, Upgrade), source=source, target=target,
            context_id=row.context_id, origin=row.origin, story=row.story, story_version=newest + 1,
            made={**row.made, "from_step": row.number}, call=row.call, prompt_sha256=row.prompt_sha256,
            proposed_by_id=row.proposed_by_id,
        )  # fmt: skip
        made.append(copy.number)
    return made
