"""What a check of judges found: how often each says what it said before, and whether that is an alarm."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotation.routing.domain.audits import alarm, canary
from annotation.routing.domain.cases import Label, Reply
from annotation.routing.domain.verdicts import verdict
from annotation.routing.gold import gold_of
from annotation.routing.labels import human_labels
from annotation.routing.models import CanaryAnswer, Check, Run
from annotation.routing.screens import Ground, Place
from annotation.statistics.shares import wilson
from multivocal.llm.models import Call
from multivocal.studies.audit import record_event

FLOOR = 0.8
"""A judge that surely says the same of fewer pairs than this, at its first check, is an alarm."""
_State = CanaryAnswer.State


def finish_check(*, check: Check, ground: Ground) -> bool:
    """Write what a check found once nothing of it waits, and have an alarm stand in the run's log; return whether done.

    What the run does about it is its next step's; a run that is paused has somebody look at it.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().select_related("policy", "study").get(pk=check.run_id)
        check.refresh_from_db()
        if check.done_at is not None:
            return True
        if CanaryAnswer.objects.filter(check_of=check, state=_State.WAITING).exists():
            return False
        check.told, check.done_at = told_of(check, run, ground), timezone.now()
        raised = [one for one in check.told if one["raised"]]
        check.raised = bool(raised)
        check.acted = not raised or run.state == Run.State.PAUSED
        check.save()
        for one in raised:
            detail = {
                "run": str(run.pk),
                "reason": "canaries changed",
                "judge": one["judge"],
                "same": one["share"],
            }
            entry = {"at": timezone.now().isoformat(), "check": check.number, **one}
            run.router = run.router | {"alarms": [*run.router.get("alarms", []), entry]}
            record_event(study=run.study, user=None, verb="routing alarm", detail=detail)
        run.save(update_fields=["router"])
    return True


def told_of(check: Check, run: Run, ground: Ground) -> list[dict[str, Any]]:
    """Return a record per judge, with Wilson's interval (95 %) of the pairs of which it says what it said before."""
    rows = list(CanaryAnswer.objects.filter(check_of=check).select_related("presentation").order_by("pk"))
    given = human_labels(run, ground)
    gold = {place: found.label for place, of in given.items() if (found := gold_of(of)) is not None}
    before = Check.objects.filter(run=run, done_at__isnull=False, number__lt=check.number)
    earlier = [one for told in before.values_list("told", flat=True) for one in told]
    return [
        _of_judge(
            judge,
            [row for row in rows if row.judge == judge],
            gold,
            [e for e in earlier if e["judge"] == judge],
        )
        for judge in dict.fromkeys(row.judge for row in rows)
    ]


def _of_judge(
    judge: str,
    rows: Sequence[CanaryAnswer],
    gold: Mapping[Place, Label],
    earlier: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    pairs: dict[Place, list[CanaryAnswer]] = {}
    for row in rows:
        pairs.setdefault((row.presentation.item_id, row.presentation.unit), []).append(row)
    # A call that failed says nothing of what the judge would say.
    whole = {place: mine for place, mine in pairs.items() if all(row.state != _State.FAILED for row in mine)}
    was, now = ({place: _said(mine, at) for place, mine in whole.items()} for at in ("before", "label"))
    unread = sum(any(row.label is None for row in mine) for mine in whole.values())
    same = sum(was[place] == now[place] and all(row.label for row in mine) for place, mine in whole.items())
    known = [place for place in whole if place in gold]
    right = (
        canary([was[p] for p in known], [now[p] for p in known], [gold[p] for p in known]) if known else None
    )
    told: dict[str, Any] = {
        "judge": judge, "n": len(whole), "same": same, "unread": unread, "failed": len(pairs) - len(whole),
        "reasons": sorted({row.reason for row in rows if row.state == _State.FAILED}),
        "share": None, "low": None, "high": None, "raised": False,
        "gold": {"n": right.n, "before": right.before, "after": right.after} if right else None,
        "versions": list(
            Call.objects.filter(pk__in=[row.call for row in rows if row.call]).exclude(version="")
            .order_by("version").values_list("version", flat=True).distinct()
        ),
    }  # fmt: skip
    if whole:
        low, high = wilson(same, len(whole))
        agreed = [(one["same"], one["n"]) for one in earlier if one["n"]]
        hits, n = sum(one for one, _n in agreed), sum(n for _one, n in agreed)
        fell = alarm(hits, n, same, len(whole)).raised if n else high < FLOOR
        worse = bool(right and right.raised)
        told |= {"share": same / len(whole), "low": low, "high": high, "raised": fell or worse}
    return told | {"sentence": _sentence(told)}


def _said(rows: Sequence[CanaryAnswer], at: str) -> Label | None:
    replies = [Reply(row.judge, getattr(row, at), row.presentation.order_row or 0) for row in rows]
    return verdict(replies, rows[0].judge).label


def _sentence(told: Mapping[str, Any]) -> str:
    name = f"“{told['judge']}”"
    lost = f" {told['failed']} pairs have no answer ({', '.join(told['reasons'])})." if told["failed"] else ""
    if not told["n"]:
        return f"{name} could not be checked.{lost}"
    text = (
        f"{name} says what it said before of {told['same']} of {told['n']} canary pairs, {told['share']:.0%} "
        f"[{told['low']:.0%}, {told['high']:.0%}]"
    )
    if told["unread"]:
        text += f"; of {told['unread']} its answer cannot be read"
    if gold := told["gold"]:
        text += (
            f"; of the {gold['n']} that people agree on it was right in {gold['before']:.0%} and is in "
            f"{gold['after']:.0%}"
        )
    if told["versions"]:
        text += f"; it answers as {', '.join(told['versions'])}"
    return f"{text}.{lost}"
