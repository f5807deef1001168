"""What the pages of a comparison stage show: the beginning, a screen, a correction, what was expected."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.protocols.comparison import judging
from annotation.protocols.comparison.clock import painted_at, painted_stamp
from annotation.protocols.comparison.pools import hint_for, pool_for
from annotation.protocols.comparison.rows import OpenScreen
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.items.gold import rule_for
from annotation.protocols.painting import judging_context
from annotation.protocols.registry import protocols
from multivocal.studies.drafts import draft_of
from multivocal.studies.stages import Page, Visit


def start_page(visit: Visit) -> Page:
    """Return the page before the first screen; pressing its button draws the screens.

    ``state`` is ``wait`` where there is nothing for this person yet, ``none`` where others have all of it.
    """
    config: ComparisonConfig = visit.stage  # type: ignore[assignment]
    context = {
        "state": _state(visit),
        "may_go_on": may_go_on(config),
        "title": visit.say(config.title),
        "intro": visit.say(config.intro),
        "screens": config.most_screens(visit.levels),
        "practice": bool(config.practice),
    }
    return Page("comparison/start.html", context, 0, 1, step="start")


def _state(visit: Visit) -> str:
    with transaction.atomic():
        pool = pool_for(visit, drawing=False)
    if pool is None or pool.most is None or pool.most:
        return "start"
    return "wait" if pool.later else "none"


def may_go_on(config: ComparisonConfig) -> bool:
    """Return whether who waits may go on without: where the study lets people have fewer screens."""
    return config.surplus == "fewer"


def screen_page(
    visit: Visit,
    screen: OpenScreen,
    problems: Mapping[str, str],
    posted: QueryDict | None,
    *,
    correction: bool = False,
) -> Page:
    """Return the page of one screen: to answer, to correct, or (its feedback) to read."""
    config: ComparisonConfig = visit.stage  # type: ignore[assignment]
    protocol = config.protocol(screen.protocol_key)
    answered = not correction and screen.answer is not None
    again = answered and judging.asks_again(config, screen)
    told = _told(visit, screen) if answered else None
    given = screen.answer[1] if screen.answer is not None else None
    reading = answered and not again
    step = f"{'correct' if correction else 'read' if reading else 'screen'}-{screen.pk}"
    seen_at = _seen_at(screen, posted)
    # A correction that was left as it is must not come back as if it had been sent.
    if posted is None and not reading and not correction:
        posted = _typed(visit, step)
    if posted is not None:
        given = protocols()[protocol.kind].read(protocol, posted, screen.shown)
    context = judging_context(
        protocol, screen.shown, visit.say, given=given, problems=problems, disabled=reading
    )
    return Page(
        template="comparison/page.html",
        context=context
        | {
            "title": visit.say(config.title),
            "prompt": screen.shown.prompt,
            "dialogue": screen.context,
            "reference": screen.shown.reference,
            "errors": dict(problems),
            "told": told,
            "reading": reading,
            "correction": correction,
            "practice": screen.role == "practice",
            # Not its position: screens given to others meanwhile leave gaps.
            "number": screen.done + 1,
            "of": screen.total,
            "painted": painted_stamp(str(screen.pk), seen_at),
            # Whether the screen before may be corrected is asked when it is opened.
            "back": config.back and not correction and screen.done > 0,
            "min_dwell_ms": config.min_dwell_ms,
            "hint": _hint(screen),
        },
        done=screen.done,
        total=max(screen.total, 1),
        step=step,
        has_back=correction,
    )


def _hint(screen: OpenScreen) -> str:
    """Return a sentence on what a model said, where somebody is to look at that; else nothing."""
    slot = hint_for(screen.pk)
    if slot == "tie":
        return _("A program finds neither answer better. Look for yourself; you may see it otherwise.")
    if slot:
        return _("A program finds answer {slot} better. Look for yourself; you may see it otherwise.").format(
            slot=slot
        )
    return ""


def may_correct(config: ComparisonConfig, before: OpenScreen | None) -> bool:
    """Return whether the screen before may be corrected: not where the right answer was told."""
    return bool(config.back and before is not None and not judging.feedback_due(config, before))


def _seen_at(screen: OpenScreen, posted: QueryDict | None) -> datetime:
    """Return since when a screen is looked at: a page that comes back with a problem goes on from its first paint.

    Asked of what was sent, never of a draft: a page opened anew tomorrow was not looked at all night.
    """
    now = timezone.now()
    if posted is None:
        return now
    return painted_at(posted.get("painted"), str(screen.pk), screen.shown_at, now) or now


def _typed(visit: Visit, step: str) -> QueryDict | None:
    """Return what was chosen on this very screen and not sent; None where nothing was."""
    kept = draft_of(visit.enrolment, visit.stage.id, step)
    if not kept:
        return None
    form = QueryDict(mutable=True)
    for name, value in kept.items():
        form.setlist(name, value if isinstance(value, list) else [value])
    return form


def _told(visit: Visit, screen: OpenScreen) -> dict[str, Any]:
    config: ComparisonConfig = visit.stage  # type: ignore[assignment]
    right, why = judging.verdict(config, screen)
    sentence = {
        True: _("That is what we expected."),
        False: _("We expected another answer."),
        None: _("Your answer is saved. This was practice."),
    }[right]
    if right is False:
        sentence = " ".join(filter(None, (sentence, _expected(config, screen))))
    return {"right": right, "sentence": sentence, "why": visit.say(why) if why else ""}


def _expected(config: ComparisonConfig, screen: OpenScreen) -> str:
    """Return the letters of the answers that the rule wants first, in a sentence; "" where it names none of them."""
    rule = rule_for(screen.gold, screen.protocol_key, config.protocol(screen.protocol_key).kind)
    slots = sorted(slot for slot, name in screen.names.items() if rule and name in rule.best)
    if len(slots) == 1:
        return _("We expected answer {slot} to come out best.").format(slot=slots[0])
    if slots and len(slots) < len(screen.names):
        return _("We expected one of these answers to come out best: {slots}.").format(
            slots=" · ".join(slots)
        )
    return ""
