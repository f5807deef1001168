"""The page “Stories” of a study: every step with its story, where it came from, how it was judged; out and back in."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elicitation.moral_graph.curation import archive_story
from elicitation.moral_graph.models import Context, Upgrade, VoteDraw, WisdomVote
from elicitation.moral_graph.pages.curation import fits
from elicitation.moral_graph.pages.graph import answer_words
from elicitation.moral_graph.preparing import ask_for_preparation
from elicitation.moral_graph.stories import CHECKS, LEAST_EACH, LEAST_MEAN
from multivocal.domain.shapes import say
from multivocal.errors import Invalid
from multivocal.studies.access import Right
from multivocal.studies.models import Enrolment, Study
from multivocal.studies.staff.extras import StaffPage

PER_PAGE = 30
SHOWN = {
    "ready": Q(state="ready", archived_at=None),
    "draft": Q(state="draft", archived_at=None),
    "rejected": Q(state="rejected", archived_at=None),
    "out": Q(archived_at__isnull=False),
}


def context(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the stories of one state, situation and origin, with their number in each state."""
    found = _stories(study)
    counts = found.aggregate(**{key: Count("pk", filter=rule) for key, rule in SHOWN.items()})
    state = asked.get("state", "ready") if asked.get("state", "ready") in SHOWN else "ready"
    rows = found.filter(SHOWN[state])
    if situation := asked.get("context", ""):
        rows = rows.filter(context__key=situation)
    if (origin := asked.get("origin", "")) in Upgrade.Origin.values:
        rows = rows.filter(origin=origin)
    if (value := asked.get("value", "")).isdecimal() and len(value) < 10:
        rows = rows.filter(Q(source__number=int(value)) | Q(target__number=int(value)))
    page = Paginator(rows.order_by("-number"), PER_PAGE).get_page(asked.get("page"))
    shown, votes = _shown(list(page)), _votes(list(page))
    return {
        "states": [(key, label, counts[key]) for key, label in _labels()],
        "state": state,
        "page": page,
        "stories": [_row(row, shown[row.pk], votes[row.pk]) for row in page],
        "contexts": [
            (row.key, say(row.text, "en")) for row in Context.objects.filter(study=study).order_by("key")
        ],
        "origins": Upgrade.Origin.choices,
        "asked": {"context": situation, "origin": origin, "value": value},
        "any": sum(counts.values()),
        "rule": {"mean": LEAST_MEAN, "each": LEAST_EACH},
    }


def act(study: Study, user: Any, form: QueryDict) -> str:
    """Take a story out or put it back, or ask for what is due to be written."""
    do = form.get("do", "")
    if do == "prepare":
        ask_for_preparation(study=study)
        return _("Cards are being merged and stories written. Load this page again in a while.")
    if do not in ("archive", "restore"):
        raise Invalid(_("Choose what to do."))
    archive_story(
        study=study, user=user, step=form.get("step"), put_back=do == "restore", why=form.get("why", "")
    )
    if do == "restore":
        return _("Story {n} is back.").format(n=form.get("step"))
    return _("Story {n} is put to nobody new. Its votes stay.").format(n=form.get("step"))


def _labels() -> list[tuple[str, str]]:
    return [
        ("ready", _("Put to people")), ("draft", _("Waiting for the check")), ("rejected", _("Did not pass")),
        ("out", _("Taken out")),
    ]  # fmt: skip


def _stories(study: Study) -> QuerySet[Upgrade]:
    rows = Upgrade.objects.filter(study=study, source__partition__current=True)
    # What somebody proposed and took back with their consent, or tried in a preview, is nobody's to read.
    rows = rows.exclude(proposed_by__status=Enrolment.Status.WITHDRAWN).exclude(proposed_by__preview=True)
    return rows.select_related("source", "target", "context", "proposed_by").defer(
        "source__vector", "target__vector"
    )


def _shown(page: list[Upgrade]) -> Counter[UUID]:
    draws = VoteDraw.objects.filter(upgrade__in=page, enrolment__preview=False)
    draws = draws.exclude(enrolment__status=Enrolment.Status.WITHDRAWN)
    return Counter(dict(draws.values_list("upgrade").annotate(n=Count("pk")).order_by()))


def _votes(page: list[Upgrade]) -> defaultdict[UUID, Counter[str]]:
    votes = WisdomVote.objects.filter(upgrade__in=page, superseded_at=None).exclude(enrolment__preview=True)
    votes = votes.exclude(enrolment__status=Enrolment.Status.WITHDRAWN)
    found: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    for step, answer, n in votes.values_list("upgrade", "answer").annotate(n=Count("pk")).order_by():
        found[step][answer] = n
    return found


def _row(row: Upgrade, shown: int, votes: Counter[str]) -> dict[str, Any]:
    quality = row.quality
    person = row.proposed_by
    return {
        "number": row.number, "source": row.source, "target": row.target, "context": say(row.context.text, "en"),
        "story": row.story, "version": row.story_version, "origin_label": row.get_origin_display(),
        "simulated": person is not None and person.simulated,
        "state": row.state, "state_label": row.get_state_display(), "archived_at": row.archived_at,
        "words": quality.get("words"), "marks": [(name, quality[name]) for name in CHECKS if name in quality],
        "reason": quality.get("reason", ""), "model": quality.get("model") or row.made.get("model", ""),
        "mapping": row.made.get("mapping", []), "about": row.made.get("about", ""),
        "clearer": row.made.get("clearer", ""),
        "shown": shown, "votes": [(label, votes[key]) for key, label in answer_words().items() if votes[key]],
        "from_step": row.made.get("from_step"),
        "can_restore": row.source.archived_at is None and row.target.archived_at is None,
        "prompt": row.prompt_sha256[:12], "call": row.call, "at": row.created_at,
    }  # fmt: skip


PAGE = StaffPage("stories", gettext_lazy("Stories"), Right.EDIT, "stories", context, fits, act)
