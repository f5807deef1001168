"""People's side: which screens they may be given, as the routes say, while there is money for them."""

from functools import partial

from annotation.protocols.comparison.pools import Pool
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.routing.hints import write_hints
from annotation.routing.models import Run
from annotation.routing.policies import config_of
from annotation.routing.runs import latest_run
from annotation.routing.screens import ground_of
from annotation.routing.seeding import extend_seed, room_for_early
from annotation.routing.spending import human_places, lock_run, room, wanted_places
from multivocal.studies.models import Enrolment, Study

_BEFORE = (Run.State.SEEDING, Run.State.JUDGING, Run.State.ROUTING)


def pool(study: Study, stage: ComparisonConfig, enrolment: Enrolment, *, drawing: bool) -> Pool | None:
    """Return what a person may be given at a stage that is routed; None where it is not, and for previews.

    After a run has ended nothing is wanted any more: whoever comes goes on to the next stage. What people hold
    already is promised and paid for; beyond that the budget says how many screens there may be. Who finds none while
    models are still at work waits for what is routed.
    """
    if enrolment.preview or (run := latest_run(study, stage.id)) is None:
        return None
    ground = ground_of(run)
    if run.state not in Run.LIVING:
        return Pool(ground.key, {}, 0)
    lock_run(run)
    run.refresh_from_db()
    wanted = wanted_places(run)
    places = human_places(run, ground)
    free = {
        place: number
        for place, number in wanted.items()
        if place not in places or number > places[place].given + places[place].open
    }
    left = room(run, ground)
    short = stage.per_person - len(free)
    early = 0
    if short > 0 and run.state in (Run.State.SEEDING, Run.State.JUDGING):
        # Judges are still at work, or dead: with half of the spare money people are not kept waiting for them.
        early = min(short, room_for_early(run, ground, left))
        if drawing:
            more = extend_seed(run=run, ground=ground, most=early)
            wanted |= more
            free |= more
            early = 0
    # What is wanted is promised already and within the budget; labels that were taken back, or came late and beside
    # those of others, may have used it up since.
    drawn = partial(write_hints, run) if drawing and config_of(run.policy).verify else None
    return Pool(ground.key, wanted, max(0, len(free) + early + min(left, 0)), drawn, _later(run, stage))


def _later(run: Run, stage: ComparisonConfig) -> bool:
    """Return whether more may be wanted soon. A pause may last: only a study that lets nobody go with less waits."""
    return run.state in _BEFORE or (run.state == Run.State.PAUSED and stage.surplus == "more")
