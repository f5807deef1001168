"""What the study's configuration brings: contexts, seed values, and steps between them, stored once."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from elicitation.moral_graph.canonical import current_partition, make_value, next_number
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import CanonicalValue, Context, Partition, Upgrade
from elicitation.moral_graph.shapes import SeedStep, WisdomConfig
from multivocal.domain.shapes import say
from multivocal.studies.models import Study

if TYPE_CHECKING:
    from multivocal.studies.definition import StudyDefinition


@transaction.atomic
def plant(*, study: Study, definition: "StudyDefinition", config: WisdomConfig) -> Partition:
    """Store contexts, seeds and steps of a stage where they are not there yet; a second time changes nothing.

    A story that was changed in a later version of the study becomes the next version of its step. What is stored is
    in the study's first language.
    """
    lock_graph(study)
    partition = current_partition(study, config.merging.model_dump(mode="json"))
    contexts = {
        key: _context(study, key, text, questions)
        for key, (text, questions) in config.situations(definition).items()
    }
    seeds = {seed.key: seed for seed in config.seeds}
    language = definition.languages[0]
    there = {row.seed_key: row for row in partition.values_of.filter(seed_key__in=seeds)}
    for key, seed in seeds.items():
        if key not in there:
            there[key] = make_value(
                partition=partition, title=say(seed.title, language), description=say(seed.description, language),
                policies=[say(line, language) for line in seed.policies], questions=list(seed.questions), seed_key=key,
                origin=CanonicalValue.Origin.SEED,
            )  # fmt: skip
    for step in config.steps:
        if step.context in contexts:
            _step(study, step, say(step.story, language), there, contexts[step.context])
    return partition


def _context(study: Study, key: str, text: object, questions: tuple[str, ...]) -> Context:
    worded = {"en": text} if isinstance(text, str) else text
    row, made = Context.objects.get_or_create(
        study=study, key=key, defaults={"text": worded, "questions": list(questions)}
    )
    if not made and (row.text != worded or row.questions != list(questions)):
        row.text, row.questions = worded, list(questions)
        row.save(update_fields=["text", "questions"])
    return row


def _step(
    study: Study, step: SeedStep, story: str, values: dict[str, CanonicalValue], context: Context
) -> None:
    source, target = values[step.source], values[step.target]
    same = Upgrade.objects.filter(source=source, target=target, context=context)
    newest = same.filter(origin=Upgrade.Origin.SEED).order_by("-story_version").first()
    if newest is not None and newest.story == story:
        return
    if newest is not None:
        newest.archived_at = timezone.now()
        newest.save(update_fields=["archived_at"])
    Upgrade.objects.create(
        study=study, number=next_number(study, Upgrade), source=source, target=target, context=context,
        origin=Upgrade.Origin.SEED, state=Upgrade.State.READY, story=story,
        story_version=max([0, *same.values_list("story_version", flat=True)]) + 1,
        quality={"words": len(story.split()), "by": "designer"},
    )  # fmt: skip
