"""The whole partition once more under other parameters, beside the one that counts, and how far the two agree."""

from typing import Any

from elicitation.moral_graph.canonical import digest
from elicitation.moral_graph.cards import accepted, words_of
from elicitation.moral_graph.merging import merge_cards
from elicitation.moral_graph.models import Membership, Partition
from elicitation.moral_graph.shapes import Merging
from elicitation.moral_graph.work import wisdom_stage
from multivocal.errors import Invalid
from multivocal.llm.gateway import Gateway, in_db
from multivocal.studies.models import Study


async def recompute(study: Study, *, neighbours: int, distance: float) -> Partition:
    """Sort all accepted cards anew and keep the result as a partition that does not count; its values get numbers.

    Cards come in the order of their words, so that the same cards and parameters give the same partition.
    Refuses (Invalid) a study without a wisdom stage.
    """
    stage = await in_db(wisdom_stage, study)
    if stage is None:
        raise Invalid("This study has no wisdom stage.", code="no_wisdom_stage")
    config, _current = stage
    merging = Merging(neighbours=neighbours, distance=distance)
    parameters = merging.model_dump(mode="json")
    partition = await in_db(
        lambda: Partition.objects.create(study=study, parameters=parameters, sha256=digest(parameters))
    )
    cards = await in_db(lambda: sorted(accepted(study), key=words_of))
    async with Gateway() as gateway:
        await merge_cards(
            gateway, partition=partition, config=config.model_copy(update={"merging": merging}), cards=cards
        )
    return partition


def compare(study: Study, other: Partition) -> dict[str, Any]:
    """Return how two partitions of the same cards agree: the current one and ``other``.

    ``adjusted_rand_index``: 1 where they are the same, about 0 where they agree by chance alone (Hubert and Arabie
    1985); ``values``: how many values either has; ``apart``/``together``: pairs of cards that only one of them joins.
    """
    from sklearn.metrics import adjusted_rand_score

    current = Partition.objects.get(study=study, current=True)
    mine, theirs = (_assignment(partition) for partition in (current, other))
    cards = sorted(mine.keys() & theirs.keys())
    first, second = ([labels[card] for card in cards] for labels in (mine, theirs))
    joined = [
        (first[a] == first[b], second[a] == second[b])
        for a in range(len(cards))
        for b in range(a + 1, len(cards))
    ]
    return {
        "cards": len(cards),
        "values": [len(set(first)), len(set(second))],
        "adjusted_rand_index": float(adjusted_rand_score(first, second)) if cards else None,
        "apart": sum(here and not there for here, there in joined),
        "together": sum(there and not here for here, there in joined),
        "parameters": [current.parameters, other.parameters],
    }


def _assignment(partition: Partition) -> dict[str, str]:
    rows = Membership.objects.filter(partition=partition, ended_at=None).values_list("card", "canonical")
    return {str(card): str(value) for card, value in rows}
