"""What is known of every pair before people are asked: its texts, and what the judges said of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from annotation.protocols.models import Item, Stimulus
from annotation.routing.domain.cases import Case, Reply
from annotation.routing.labels import Said
from annotation.routing.models import Run
from annotation.routing.policies import config_of
from annotation.routing.screens import Pair, Place
from annotation.routing.tags import prompt_of, tags_of

if TYPE_CHECKING:
    from annotation.routing.domain.table import Table

TEXTS = ("lexical", "similarity", "length")
_BATCH = 5000


def cases_of(
    run: Run,
    pairs: Sequence[Pair],
    said: Mapping[Place, Mapping[str, list[Said]]],
    pool: Mapping[Place, Mapping[str, float]] | None = None,
) -> list[Case]:
    """Return a case per pair, in order. An asking that has no judgement yet is no reply."""
    samples = {judge.name: judge.samples for judge in config_of(run.policy).judges}
    prompts, texts = _texts(pairs)
    tags = tags_of(run)
    return [
        Case(
            key=f"{pair.item}/{pair.unit}",
            prompt=prompts[pair.item],
            a=texts[pair.a],
            b=texts[pair.b],
            tags=tags.get(pair.item),
            pool=(pool or {}).get(pair.place, {}),
            replies=tuple(
                Reply(judge, one.label, one.order, one.paraphrase * samples[judge] + one.sample)
                for judge, replies in said.get(pair.place, {}).items()
                for one in replies
                if one.state != "waiting"
            ),
        )
        for pair in pairs
    ]


def judges_heard(run: Run, said: Mapping[Place, Mapping[str, list[Said]]]) -> list[str]:
    """Return the names of judges that answered anything at all, in the policy's order."""
    heard = {
        judge
        for by_judge in said.values()
        for judge, replies in by_judge.items()
        if any(one.label is not None for one in replies)
    }
    return [judge.name for judge in config_of(run.policy).judges if judge.name in heard]


def table_of(cases: Sequence[Case], judges: Sequence[str]) -> "Table":
    """Return all features of ``cases``: texts, tags and people as far as known, signals of judges that were heard."""
    from annotation.routing.domain.gathering import feature_table

    return feature_table(
        cases, judges=judges, groups=[*TEXTS, "tags", "pool", *(["judges"] if judges else [])]
    )


def _texts(pairs: Sequence[Pair]) -> tuple[dict[UUID, str], dict[UUID, str]]:
    items = list({pair.item for pair in pairs})
    prompts: dict[UUID, str] = {}
    texts: dict[UUID, str] = {}
    for start in range(0, len(items), _BATCH):
        some = items[start : start + _BATCH]
        rows = Item.objects.filter(pk__in=some).values_list("pk", "context", "prompt")
        for pk, context, prompt in rows:
            prompts[pk] = prompt_of(context, prompt)
        texts |= dict(Stimulus.objects.filter(item__in=some).values_list("pk", "text"))
    return prompts, texts
