"""How a run's tagger stands: set to work, woken after a rest, given up; nobody waits for one that does not answer."""

from datetime import timedelta

from django.utils import timezone

from annotation.routing.models import ItemTags, Run, Tagging
from annotation.routing.policies import config_of

UNSEEN = timedelta(seconds=15)
_State = Tagging.State


def begin_tagging(*, run: Run) -> None:
    """Have a run's tagger begin, or go on after it was given up; nothing where the policy names none."""
    config = config_of(run.policy)
    if config.tagger is None or config.router == "all_human":
        return
    Tagging.objects.get_or_create(run=run)
    given_up = Tagging.objects.filter(run=run, state__in=[_State.GIVEN_UP, _State.RESTING])
    if given_up.update(state=_State.RUNNING, reason="", silent_since=None, rests_until=None):
        ItemTags.objects.filter(run=run, state=ItemTags.State.FAILED).delete()


def is_tagging(*, run: Run) -> bool:
    """Return whether tags are to be waited for, after waking a tagger that has rested. With the run's step held."""
    one = Tagging.objects.filter(run=run).first()
    if one is None or one.state == _State.GIVEN_UP:
        return False
    patience, now = config_of(run.policy).patience, timezone.now()
    if one.silent_since and now - one.silent_since > timedelta(seconds=patience.give_up_s):
        _set(one, _State.GIVEN_UP, reason="failures")
        return False
    match one.state:
        case _State.RUNNING:
            if one.seen_at is None or now - one.seen_at > UNSEEN:
                ring_tagger(run)
        case _State.DONE:
            failed = ItemTags.objects.filter(run=run, state=ItemTags.State.FAILED)
            if one.rounds >= patience.rounds or not failed.exists():
                return False
            failed.delete()
            _set(one, _State.RUNNING, rounds=one.rounds + 1)
            ring_tagger(run)
        case _ if one.rests_until is None:
            rests_until = now + timedelta(seconds=patience.rest_s(one.failures))
            _set(
                one, _State.RESTING, rests_until=rests_until, failures=one.failures + 1,
                silent_since=one.silent_since or now,
            )  # fmt: skip
        case _ if now >= one.rests_until:
            ItemTags.objects.filter(run=run, state=ItemTags.State.FAILED).delete()
            _set(one, _State.RUNNING, rests_until=None, reason="")
            ring_tagger(run)
    return True


def _set(one: Tagging, state: str, **values: object) -> None:
    # Only from the state that was looked at: a worker may have finished meanwhile.
    Tagging.objects.filter(pk=one.pk, state=one.state).update(state=state, **values)


def ring_tagger(run: Run) -> None:
    """Tell a worker; if the broker is away, the next look does it."""
    from annotation.routing.tasks import ring_for_tags

    ring_for_tags(run.pk)
