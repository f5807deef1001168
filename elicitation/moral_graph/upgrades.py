"""Making steps: which pairs of values get stories in which context, in both directions, and what came of them."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from elicitation.moral_graph.asking import model_for
from elicitation.moral_graph.canonical import next_number
from elicitation.moral_graph.cards import with_cards
from elicitation.moral_graph.embedding import lexical_vector
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import CanonicalValue, Context, Membership, Upgrade
from elicitation.moral_graph.shapes import WisdomConfig
from elicitation.moral_graph.stories import Story, judge_story, write_story
from elicitation.moral_graph.tongues import base, language_between, languages_of
from multivocal.llm.gateway import Gateway, in_db
from multivocal.studies.enrolment import newest_version
from multivocal.studies.models import Study

AT_ONCE = 6
ENOUGH = 4
"""With so many values of people in a situation, seeds get no further stories there."""


@dataclass(frozen=True)
class Wanted:
    """A step that is to get a story."""

    source: CanonicalValue
    target: CanonicalValue
    context: Context
    language: str


async def write_steps(gateway: Gateway, *, study: Study, config: WisdomConfig) -> int:
    """Write and check the stories that are due, first those that people proposed; return how many may be used.

    Models are asked several at a time; what they said is stored in the order of the pairs, so that numbers repeat.
    """
    model = await in_db(model_for, study, config.model)
    if model is None:
        return 0
    version = await in_db(newest_version, study)
    languages = version.shape.languages if version else ("en",)
    places = asyncio.Semaphore(AT_ONCE)

    async def write(one: Wanted) -> Story | None:
        async with places:
            return await write_story(gateway, model, study, one.source, one.target, one.context, one.language)

    async def check(row: Upgrade) -> None:
        spoken = row.proposed_by.language if row.proposed_by else languages[0]
        async with places:
            judged = await judge_story(
                gateway, model, study, row.source, row.target, row.context, spoken, row.story
            )
        if judged is not None:
            passed, quality = judged
            row.state, row.quality = Upgrade.State.READY if passed else Upgrade.State.REJECTED, quality
            await in_db(row.save, update_fields=["state", "quality"])

    proposed = await in_db(_proposed, study)
    await asyncio.gather(*(check(row) for row in proposed))
    wanted = await in_db(wanted_steps, study, config, languages)
    ready = 0
    for start in range(0, len(wanted), 4 * AT_ONCE):
        some = wanted[start : start + 4 * AT_ONCE]
        stories = await asyncio.gather(*(write(one) for one in some))
        for one, story in zip(some, stories, strict=True):
            if story is not None:
                await in_db(_store, one, story)
                ready += story.passed
    return ready


def wanted_steps(study: Study, config: WisdomConfig, languages: Sequence[str]) -> list[Wanted]:
    """Return the steps without a story, both directions of each chosen pair, by context and pair.

    A step joins values of one language; seeds have all, and between two of them the study's first one is written.
    """
    from elicitation.moral_graph.domain.pairing import choose_pairs

    values = {
        row.number: row
        for row in CanonicalValue.objects.filter(study=study, partition__current=True, archived_at=None)
    }
    support = Counter(
        Membership.objects.filter(
            canonical__in=[row.pk for row in values.values()], ended_at=None
        ).values_list("canonical__number", flat=True)
    )
    carded = with_cards(study, simulated=True)
    tongues = languages_of(study) if len(languages) > 1 else {}
    found: list[Wanted] = []
    for context in Context.objects.filter(study=study).order_by("key"):
        inside = {
            number: row.vector or lexical_vector(row.policies)
            for number, row in values.items()
            if not context.questions or not row.questions or set(context.questions) & set(row.questions)
        }
        there = set(
            Upgrade.objects.filter(context=context, archived_at=None).values_list(
                "source__number", "target__number"
            )
        )
        for language in languages:
            spoken = {
                n: vector
                for n, vector in inside.items()
                if tongues.get(values[n].pk, base(language)) == base(language)
            }
            if sum(values[number].pk in carded for number in spoken) >= ENOUGH:
                spoken = {number: vector for number, vector in spoken.items() if values[number].pk in carded}
            known = frozenset((min(pair), max(pair)) for pair in there if set(pair) <= spoken.keys())
            for pair in choose_pairs(spoken, support, most=config.pairs, known=known):
                ends = (values[pair[0]], values[pair[1]])
                if language_between((end.pk for end in ends), tongues, languages[0]) == base(language):
                    found += [Wanted(*ends, context, language), Wanted(*ends[::-1], context, language)]
    return found


def _proposed(study: Study) -> list[Upgrade]:
    rows = Upgrade.objects.filter(study=study, state=Upgrade.State.DRAFT, archived_at=None).exclude(story="")
    return list(rows.select_related("source", "target", "context", "proposed_by").order_by("number"))


@transaction.atomic
def _store(one: Wanted, story: Story) -> None:
    lock_graph(one.source.study)
    same = Upgrade.objects.filter(source=one.source, target=one.target, context=one.context)
    newest = same.aggregate(newest=Max("story_version"))["newest"] or 0
    Upgrade.objects.create(
        study=one.source.study, number=next_number(one.source.study, Upgrade), source=one.source,
        target=one.target, context=one.context, origin=Upgrade.Origin.MODEL, story=story.text,
        state=Upgrade.State.READY if story.passed and story.text else Upgrade.State.REJECTED,
        story_version=newest + 1, quality=story.quality, made=story.made, call=story.call,
        prompt_sha256=story.prompt_sha256,
    )  # fmt: skip
