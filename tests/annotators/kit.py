"""Studies for models to annotate, and short ways to have them asked."""

from typing import Any

from annotation.protocols.annotators.making import config_of_kind, make_annotator
from annotation.protocols.annotators.running import Ran, resume_asking, run_asking
from annotation.protocols.annotators.work import Planned, plan_work
from annotation.protocols.items.shapes import ItemRow
from annotation.protocols.items.storing import store_items
from annotation.protocols.models import AiAnnotator, Judgement
from multivocal.llm.models import LanguageModel
from multivocal.studies.models import Study
from tests.comparison.kit import comparison_study
from tests.llm.conftest import MakeModel

GOOD = "Seven is prime: it has no divisors but one and itself, so it cannot be split into equal groups. {n}"
POOR = "It is nice, nice, nice."
UNITS = [
    {"id": "true", "text": "Is it true?"},
    {"id": "sourced", "text": "Does it name a source?", "parent": "true"},
    {"id": "kind", "text": "Is it kind?"},
]


def row(n: int, responses: int = 2, **more: Any) -> ItemRow:
    """Return an item: a good answer first where ``n`` is even, second where it is odd, and further middling ones."""
    texts = [GOOD, POOR][:: -1 if n % 2 else 1] + ["Seven is a number, and a prime one. {n}"] * 8
    names = ["good", "poor"][:: -1 if n % 2 else 1] + [f"middling-{k}" for k in range(8)]
    given = [{"id": f"r{k}", "text": texts[k].format(n=n), "system": names[k]} for k in range(responses)]
    return ItemRow.model_validate(
        {"id": f"item-{n}", "prompt": f"Why is seven special? ({n})", "responses": given, **more}
    )


def pair_study(slug: str = "judged", items: int = 10, responses: int = 2, **more: Any) -> Study:
    """Return an open study with a comparison stage, and the set ``pairs`` beside it."""
    study = comparison_study(slug)
    store_items(study=study, name="pairs", rows=[row(n, responses, **more) for n in range(items)])
    return study


def steady(make_model: MakeModel, name: str = "steady", **taste: float) -> LanguageModel:
    """Return a simulated model without moods, with the given bents: ``first``, ``longer``, ``tie``."""
    return make_model(name, parameters={"max_tokens": 256, "taste": {"noise": 0, **taste}})


def annotator(study: Study, model: LanguageModel, kind: str = "pairwise3", **more: Any) -> AiAnnotator:
    """Return a model that answers a way of asking with nothing set."""
    config = more.pop("config", None) or config_of_kind(kind)
    return make_annotator(study=study, name=more.pop("name", "judge"), model=model, config=config, **more)


def start_asking(
    one: AiAnnotator, items: str = "pairs", *, limit: int | None = None, ring: bool = False
) -> Planned:
    """Write what it is to be asked about a set, and set it to work."""
    planned = plan_work(annotator=one, items=items, limit=limit)
    resume_asking(annotator=one, ring=ring)
    return planned


def ask_all(one: AiAnnotator, items: str = "pairs", *, limit: int | None = None) -> Ran:
    """Have it asked about a set, here and now."""
    start_asking(one, items, limit=limit)
    return run_asking(annotator=one)


def current(one: AiAnnotator) -> list[Judgement]:
    """Return its current judgements in the order of their screens."""
    found = Judgement.objects.filter(annotator=one, superseded_at=None).select_related("presentation")
    return list(found.order_by("presentation__position"))
