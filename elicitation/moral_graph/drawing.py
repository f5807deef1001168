"""Drawing a person's stories: one transaction under the study's lock, written before anything is shown."""

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from elicitation.moral_graph.cards import cards_of, with_cards
from elicitation.moral_graph.domain import drawing
from elicitation.moral_graph.domain.answers import NOT_WISER, OUTCOMES, UNSURE, WISER
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import Upgrade, VoteDraw, WisdomVote
from elicitation.moral_graph.shapes import WisdomConfig
from elicitation.moral_graph.tongues import can_read
from multivocal.domain.randomisation import seeded
from multivocal.studies.models import Enrolment
from multivocal.studies.stages import Visit

ANSWERED = {OUTCOMES[WISER]: 0, OUTCOMES[NOT_WISER]: 1, OUTCOMES[UNSURE]: 2}


def draw_for(*, visit: Visit) -> list[VoteDraw]:
    """Draw and store the stories of a stage for a person; a second time returns what was drawn first.

    Called inside the submit's transaction. The lock makes draws queue, so the least shown stories are known. Of two
    draws with the same seed over the same rows, both are the same; a person's seed is its enrolment's.
    """
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    enrolment = visit.enrolment
    found = list(VoteDraw.objects.filter(enrolment=enrolment, stage=config.id).order_by("position"))
    if found:
        return found
    lock_graph(enrolment.study)
    rng = seeded(str(enrolment.seed), "wisdom", config.id)
    drawn = drawing.draw_stories(stories_for(enrolment), config.stories, rng)
    rng.shuffle(drawn)
    now = timezone.now()
    mirrored = (
        rng.random() < 0.5
    )  # one order of the answers for all of a person's stories: no slips of the finger
    return VoteDraw.objects.bulk_create(
        [
            VoteDraw(
                enrolment=enrolment, stage=config.id, upgrade_id=one.story.id, position=place, seed=enrolment.seed,
                probability=one.probability, inclusion=one.inclusion, mirrored=mirrored,
                shown_at=now if place == 1 else None,
            )
            for place, one in enumerate(drawn, 1)
        ]
    )  # fmt: skip


def stories_for(enrolment: Enrolment) -> list[drawing.Story]:
    """Return what may be put to a person: living, checked, not by them, in their language, no pair met before.

    How often a story was shown and what was answered counts people of the same kind alone: bots among bots.
    """
    alike = Q(draws__enrolment__simulated=enrolment.simulated, draws__enrolment__preview=False)
    rows = list(
        Upgrade.objects.filter(
            study=enrolment.study_id, state=Upgrade.State.READY, archived_at=None,
            source__archived_at=None, target__archived_at=None,
            source__partition__current=True, target__partition__current=True,
        )
        .exclude(proposed_by=enrolment)
        .annotate(shown=Count("draws", filter=alike))
        .select_related("source", "target", "context", "proposed_by")
        .order_by("number")
    )  # fmt: skip
    newest: dict[tuple[object, object, object], Any] = {}
    for row in can_read(enrolment, rows):
        key = (row.source_id, row.target_id, row.context_id)
        if key not in newest or newest[key].story_version < row.story_version:
            newest[key] = row
    counts = _counts(enrolment)
    met = {
        frozenset(pair)
        for pair in VoteDraw.objects.filter(enrolment=enrolment).values_list(
            "upgrade__source__number", "upgrade__target__number"
        )
    }
    questions = {card.question_key for card in cards_of(enrolment)}
    carded = with_cards(enrolment.study, simulated=enrolment.simulated)
    stories = []
    for row in newest.values():
        pair, context = (row.source.number, row.target.number), row.context
        if frozenset(pair) in met:
            continue
        there, back = counts[(*pair, context.key)], counts[(*pair[::-1], context.key)]
        answered = (there[0], there[1], there[2], back[0])
        # People's values first, and among them the situations of one's own question; seeds only fill up.
        seed = not {row.source_id, row.target_id} <= carded
        foreign = bool(context.questions) and not questions & set(context.questions)
        tier = 2 * seed + foreign
        stories.append(drawing.Story(row.pk, row.number, pair, context.key, row.shown, answered, tier))
    return stories


def _counts(enrolment: Enrolment) -> dict[tuple[int, int, str], list[int]]:
    found: dict[tuple[int, int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    rows = (
        WisdomVote.objects.filter(
            study=enrolment.study_id, superseded_at=None, answer__in=ANSWERED,
            enrolment__simulated=enrolment.simulated, enrolment__preview=False,
        )
        .exclude(enrolment__status=Enrolment.Status.WITHDRAWN)
        .values_list("upgrade__source__number", "upgrade__target__number", "upgrade__context__key", "answer")
        .annotate(n=Count("pk"))
    )  # fmt: skip
    for source, target, context, answer, n in rows:
        found[(source, target, context)][ANSWERED[answer]] += n
    return found
