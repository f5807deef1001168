"""A page of questions: what is known, how it is painted, how it is saved. Used by every stage that asks questions."""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import shorten
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone

from annotation.profiles import paradata
from annotation.profiles.models import PageResponse
from annotation.profiles.painting import paint_page
from annotation.profiles.reading_pages import read_page
from annotation.profiles.shapes import Page
from annotation.profiles.visibility import hidden_on, orders_on, page_shows
from multivocal.studies.drafts import draft_of
from multivocal.studies.models import Enrolment
from multivocal.studies.stages import Visit


def answers(enrolment: Enrolment, stage: str | None = None, scope: str | None = None) -> dict[str, Any]:
    """Return the current answers as item → value (and ``item.option.text`` → words); None where not shown or left.

    ``stage`` and ``scope`` narrow it; a scope is the id of what the page was about, '' for the stage itself.
    """
    rows = PageResponse.objects.filter(enrolment=enrolment, superseded_at=None).order_by("id")
    if stage is not None:
        rows = rows.filter(stage=stage)
    if scope is not None:
        rows = rows.filter(scope=scope)
    found: dict[str, Any] = {}
    for given in rows.values_list("answers", flat=True):
        found |= given
    return found


def saved_pages(enrolment: Enrolment, stage: str, scope: str = "") -> set[str]:
    """Return the ids of the pages of a stage (about ``scope``) that have a current answer."""
    rows = PageResponse.objects.filter(enrolment=enrolment, stage=stage, scope=scope, superseded_at=None)
    return set(rows.values_list("page", flat=True))


def current_rows(enrolment: Enrolment, stage: str, scope: str = "") -> dict[str, PageResponse]:
    """Return the current response of each page of a stage, by page id."""
    # Written out: this runs twice for every submitted page, and compiling it cost more than all the rest.
    sql = (
        "SELECT * FROM profiles_pageresponse"
        " WHERE enrolment_id = %s AND stage = %s AND scope = %s AND superseded_at IS NULL"
    )
    return {row.page: row for row in PageResponse.objects.raw(sql, [enrolment.pk, stage, scope])}


def known_before(
    page: Page, pages: Sequence[Page], rows: Mapping[str, PageResponse], traits: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what display logic on ``page`` may look at: traits, then answers on the pages before it."""
    known = dict(traits)
    for earlier in pages:
        if earlier.id == page.id:
            break
        if earlier.id in rows:
            known |= rows[earlier.id].answers
    return known


def page_context(
    visit: Visit,
    page: Page,
    scope: str = "",
    problems: Mapping[str, str] | None = None,
    posted: QueryDict | None = None,
    *,
    pages: Sequence[Page] = (),
    rows: Mapping[str, PageResponse] | None = None,
    step: str = "",
) -> dict[str, Any]:
    """Return the template context of one page: ``{"questions": {…}, "errors": {field: sentence}}``.

    What was typed comes first, then a draft (kept under ``step``, by default the page's id), then earlier answers.
    ``pages`` are all pages of the questionnaire (display logic looks back along them); ``rows`` its current rows
    where the caller has them already.
    """
    rows = current_rows(visit.enrolment, visit.stage.id, scope) if rows is None else rows
    known = known_before(page, pages, rows, visit.enrolment.traits)
    filled = (
        _filled(visit, page, scope, rows, step) if posted is None else {k: list(v) for k, v in posted.lists()}
    )
    painted = paint_page(visit, page, scope, known=known, filled=filled, problems=problems or {})
    return {"questions": painted, "errors": _summary(painted["items"], problems or {})}


def save_page(
    visit: Visit,
    page: Page,
    scope: str,
    form: QueryDict,
    key: UUID,
    *,
    pages: Sequence[Page] = (),
    rows: Mapping[str, PageResponse] | None = None,
) -> Mapping[str, str]:
    """Store one submitted page and return {}; or return problems by field, with nothing stored.

    Called inside a transaction with the enrolment's row locked. An earlier answer to the page is superseded, and so
    is every later page that would now look different; pages that nobody needs to see are stored as not shown.
    """
    pages = pages or (page,)
    rows = current_rows(visit.enrolment, visit.stage.id, scope) if rows is None else rows
    known = known_before(page, pages, rows, visit.enrolment.traits)
    reading, hidden = read_page(visit, page, form, known)
    if reading.problems:
        return reading.problems
    given = {item.id: None for item in page.items if item.asks} | reading.answers
    stale, skipped = _walk(pages, rows, visit.enrolment.traits, page.id, given)
    now = timezone.now()
    superseded = [rows[id].pk for id in {page.id, *stale} & set(rows)]
    if superseded:
        PageResponse.objects.filter(pk__in=superseded).update(superseded_at=now)

    def row(of: Page, **fields: Any) -> PageResponse:
        return PageResponse(
            enrolment=visit.enrolment, stage=visit.stage.id, scope=scope, page=of.id, key=key,
            language=visit.language, answered_at=now, **fields,
        )  # fmt: skip

    seen = row(
        page, answers=given, hidden=hidden,
        orders=orders_on(page, seed=visit.enrolment.seed, stage=visit.stage.id, scope=scope),
        paradata=paradata.collect(form, reading.paradata), shown_at=paradata.shown_at(form, now),
    )  # fmt: skip
    unseen = [row(p, answers=_nothing(p), hidden=[item.id for item in p.items]) for p in skipped]
    PageResponse.objects.bulk_create([seen, *unseen])
    return {}


def next_page(
    pages: Sequence[Page], rows: Mapping[str, PageResponse], traits: Mapping[str, Any]
) -> Page | None:
    """Return the first page that has something to ask and no answer yet; None when the questionnaire is done."""
    known = dict(traits)
    for page in pages:
        if page.id in rows:
            known |= rows[page.id].answers
        elif page_shows(page, known):
            return page
    return None


def _walk(
    pages: Sequence[Page],
    rows: Mapping[str, PageResponse],
    traits: Mapping[str, Any],
    answered: str,
    given: Mapping[str, Any],
) -> tuple[list[str], list[Page]]:
    """Return (pages whose answers no longer fit, pages to be stored as not shown) after ``answered`` got ``given``."""
    known: dict[str, Any] = dict(traits)
    stale: list[str] = []
    skipped: list[Page] = []
    open_page = False
    for page in pages:
        row = rows.get(page.id)
        if page.id == answered:
            known |= given
        elif row is not None and hidden_on(page, {**known, **row.answers}) == row.hidden:
            known |= row.answers
        else:
            if row is not None:
                stale.append(page.id)
            known |= _nothing(page)
            open_page = open_page or page_shows(page, known)
            if not open_page:
                skipped.append(page)
    return stale, skipped


def _nothing(page: Page) -> dict[str, Any]:
    return {item.id: None for item in page.items if item.asks}


def _summary(items: Iterable[Mapping[str, Any]], problems: Mapping[str, str]) -> dict[str, str]:
    """Return the problems as the summary over the page tells them: in the order shown, each with its question."""
    told: dict[str, str] = {}
    for item in items:
        if item["id"] in problems:
            told[item["id"]] = f"{shorten(item['label'], 70, placeholder=' …')} — {problems[item['id']]}"
        for part in (*item.get("rows", ()), *item.get("options", ())):
            told |= {
                name: problems[name] for name in (part["text_name"], part.get("name", "")) if name in problems
            }
    return told | {name: sentence for name, sentence in problems.items() if name not in told}


def _filled(
    visit: Visit, page: Page, scope: str, rows: Mapping[str, PageResponse], step: str
) -> dict[str, list[str]]:
    if draft := draft_of(visit.enrolment, visit.stage.id, step or page.id):
        return {name: _strings(value) for name, value in draft.items()}
    row = rows.get(page.id) or _last_superseded(visit, page, scope)
    if row is None:
        return {}
    return {name: values for item in page.items for name, values in item.fields(row.answers).items()}


def _last_superseded(visit: Visit, page: Page, scope: str) -> PageResponse | None:
    earlier = PageResponse.objects.filter(
        enrolment=visit.enrolment, stage=visit.stage.id, scope=scope, page=page.id
    )
    return next((row for row in earlier.order_by("-id")[:10] if row.shown), None)


def _strings(value: Any) -> list[str]:
    values: Iterable[Any] = value if isinstance(value, list) else [value]
    return [str(part) for part in values if isinstance(part, str | int | float)]
