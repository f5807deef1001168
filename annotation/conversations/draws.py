"""Which models answer a turn: exposure-balanced, seeded draws whose probabilities are stored."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _

from annotation.conversations.models import Candidate, Conversation
from annotation.conversations.shapes import Candidates, ConversationConfig
from multivocal.domain.randomisation import exposure_balanced_draw
from multivocal.errors import Unavailable
from multivocal.llm.models import LanguageModel
from multivocal.studies.models import Enrolment

if TYPE_CHECKING:
    from multivocal.studies.definition import StudyDefinition

SLOTS = "ABCDEFGH"


@dataclass(frozen=True)
class Drawn:
    """A model for a slot: the chance of this draw at its step, and of being shown at all (None: not known)."""

    slot: str
    model: LanguageModel
    probability: float
    inclusion: float | None


def model_pool(definition: "StudyDefinition") -> list[LanguageModel]:
    """Return the active models of the study in a stable order, or refuse when there is none."""
    rows = LanguageModel.objects.filter(active=True, weight__gt=0).order_by("name")
    if definition.models != "all":
        rows = rows.filter(name__in=definition.models)
    pool = list(rows)
    if not pool:
        raise Unavailable(
            _("No language model can answer just now. Your answers so far are saved."), code="no_models"
        )
    return pool


def exposures(enrolment: Enrolment, pool: Sequence[LanguageModel]) -> list[int]:
    """Return how often each model of ``pool`` opened a conversation in this study (previews apart)."""
    rows = (
        Candidate.objects.filter(
            turn__ordinal=0,
            turn__conversation__enrolment__study_id=enrolment.study_id,
            turn__conversation__enrolment__preview=enrolment.preview,
        )
        .exclude(state=Candidate.State.FAILED)
        .values_list("model_id")
        .annotate(n=Count("pk"))
    )
    shown = Counter(dict(rows))
    return [shown[model.pk] for model in pool]


def draw_opening(
    conversation: Conversation, config: ConversationConfig, pool: Sequence[LanguageModel], rng: random.Random
) -> list[Drawn]:
    """Draw the models of an opening turn and shuffle them over the slots."""
    wanted = config.opening
    k = min(wanted.k, len(pool)) if wanted.mode == "models" else 1
    shown = exposures(conversation.enrolment, pool) if config.draw.balance == "exposure" else [0] * len(pool)
    drawn = exposure_balanced_draw([model.weight for model in pool], shown, k, rng)
    if wanted.mode != "models":
        (one,) = drawn
        return _repeat(pool[one.index], wanted, one.probability, one.inclusion)
    rng.shuffle(drawn)
    return [
        Drawn(slot, pool[one.index], one.probability, one.inclusion)
        for slot, one in zip(SLOTS, drawn, strict=False)
    ]


def draw_later(
    conversation: Conversation, config: ConversationConfig, pool: Sequence[LanguageModel], rng: random.Random
) -> list[Drawn]:
    """Return the models of a later turn: the winner's, or a fresh draw where the study wants all models again."""
    if config.later.mode == "models":
        drawn = exposure_balanced_draw(
            [model.weight for model in pool], [0] * len(pool), min(config.later.k, len(pool)), rng
        )
        rng.shuffle(drawn)
        return [
            Drawn(slot, pool[one.index], one.probability, one.inclusion)
            for slot, one in zip(SLOTS, drawn, strict=False)
        ]
    assert conversation.model is not None
    return _repeat(conversation.model, config.later, 1.0, 1.0)


def draw_replacement(
    candidate: Candidate, pool: Sequence[LanguageModel], used: set[int], rng: random.Random
) -> Drawn | None:
    """Draw another model for a slot whose model failed: unused ones first; None when the pool has no other."""
    others = [m for m in pool if m.pk not in used] or [m for m in pool if m.pk != candidate.model_id]
    if not others:
        return None
    (one,) = exposure_balanced_draw([m.weight for m in others], [0] * len(others), 1, rng)
    return Drawn(candidate.slot, others[one.index], one.probability, None)


def _repeat(
    model: LanguageModel, wanted: Candidates, probability: float, inclusion: float | None
) -> list[Drawn]:
    return [Drawn(slot, model, probability, inclusion) for slot in SLOTS[: wanted.k]]
