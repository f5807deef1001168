"""MUSHRA: many answers at once against a reference, from 0 to 100, with a hidden reference and anchors among them."""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from annotation.protocols.forms import known, wholes
from annotation.protocols.kinds.mushra.sheet import Sheet, sheet_rows, wrong_on_sheet
from annotation.protocols.orders import by_score
from annotation.protocols.places import strangers, unrated
from annotation.protocols.registry import Protocol, ProtocolConfig, Say
from annotation.protocols.shapes import ByLine, BySlot, Preference, Score, Shown, Whole
from multivocal.domain.shapes import LocalText, Shape

BANDS: tuple[LocalText, ...] = (
    {"en": "Bad", "ar": "سيئ"},
    {"en": "Poor", "ar": "ضعيف"},
    {"en": "Fair", "ar": "مقبول"},
    {"en": "Good", "ar": "جيد"},
    {"en": "Excellent", "ar": "ممتاز"},
)


class MushraConfig(ProtocolConfig):
    """Rate all answers of a screen from 0 to 100 in five named bands."""

    kind: Literal["mushra"] = "mushra"
    reference: bool = Field(
        True, description="Whether a named reference is shown; without, it is MUSHRA-NMR."
    )
    view_all: bool = Field(True, description="Every answer must have been opened.")
    bands: tuple[LocalText, ...] = Field(BANDS, min_length=5, max_length=5, description="From worst to best.")
    sheet: Sheet | None = Field(None, description="A sheet of faults and qualities per answer: MUSHRA-DG.")


class MushraResponse(Shape):
    """0 to 100 per slot, how often each was opened, and the sheets where there is one."""

    ratings: BySlot[Whole]
    viewed: BySlot[Whole]
    sheets: BySlot[ByLine[Whole]] | None = None


def check(config: MushraConfig, response: MushraResponse, shown: Shown) -> Mapping[str, str]:
    """Return what is missing or wrong, at ``A``, ``viewed.A`` or ``A.MP``."""
    wrong = unrated(response.ratings, shown.slots, 0, 100)
    wrong |= strangers(response.viewed, shown.slots, "viewed.")
    for slot in shown.slots:
        opened = response.viewed.get(slot)
        if (opened is None and config.view_all) or not 0 <= (opened or 0) <= 100_000:
            wrong[f"viewed.{slot}"] = _("say how often this answer was opened")
        elif opened == 0 and config.view_all:
            wrong[f"viewed.{slot}"] = _("open this answer before you send your ratings")
    if config.sheet is not None:
        wrong |= wrong_on_sheet(config.sheet, response.sheets or {}, shown.slots)
    elif response.sheets is not None:
        wrong["sheets"] = _("this was not asked")
    return wrong


def scores(config: MushraConfig, response: MushraResponse, shown: Shown) -> Mapping[str, float | None]:
    """Return the ratings."""
    return {slot: response.ratings.get(slot) for slot in shown.slots}


def preferences(config: MushraConfig, response: MushraResponse, shown: Shown) -> tuple[Preference, ...]:
    """Return all pairs by sign and distance; references and anchors are flagged by their roles."""
    return by_score(shown.slots, scores(config, response, shown))


def ratings(config: MushraConfig, response: MushraResponse, shown: Shown) -> tuple[Score, ...]:
    """Return the ratings under ``overall``, and each line of a sheet under its key."""
    rows = [Score(slot, "overall", float(value)) for slot, value in response.ratings.items()]
    sheets = response.sheets or {}
    rows += [Score(s, key, float(value)) for s, sheet in sheets.items() for key, value in sheet.items()]
    return tuple(rows)


def read(config: MushraConfig, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.ratings.A``, ``answer.viewed.A`` and, with a sheet, ``answer.sheets.A.MP`` and so on."""
    given = {name: wholes(form, name, shown.slots) for name in ("ratings", "viewed")}
    if config.sheet is None:
        return given
    keys = config.sheet.keys
    return {**given, "sheets": {slot: wholes(form, f"sheets.{slot}", keys) for slot in shown.slots}}


def settle(config: MushraConfig, payload: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    """Return the payload with the sheet's own result as the rating of each answer that was left without one."""
    sheets, given = payload.get("sheets"), payload.get("ratings", {})
    if config.sheet is None and isinstance(sheets, Mapping) and not any(sheets.values()):
        # A model's way of saying that there is no sheet.
        return {**payload, "sheets": None}
    if config.sheet is None or not isinstance(sheets, Mapping) or not isinstance(given, Mapping):
        return dict(payload)
    computed = {slot: config.sheet.result(sheets.get(slot)) for slot in shown.slots if slot not in given}
    return {**payload, "ratings": {**given, **known(computed)}}


def ask(config: MushraConfig, shown: Shown, say: Say) -> str:
    """Return how a model answers."""
    bands = ", ".join(f"{20 * n} to {20 * n + 20}: {say(band)}" for n, band in enumerate(config.bands))
    against = " against the reference" if config.reference else ""
    form = [
        f'"ratings": {{{", ".join(f"{chr(34)}{slot}{chr(34)}: <0 to 100>" for slot in shown.slots)}}}',
        f'"viewed": {{{", ".join(f"{chr(34)}{slot}{chr(34)}: 1" for slot in shown.slots)}}}',
    ]
    told = f"Rate each response{against} with a whole number from 0 to 100 ({bands}).\n"
    if config.sheet is not None:
        told += "Fill in a sheet for each response first:\n" + sheet_rows(config.sheet, say)
        lines = ", ".join(f'"{key}": <number>' for key in config.sheet.keys)
        form.append(
            f'"sheets": {{{", ".join(f"{chr(34)}{slot}{chr(34)}: {{{lines}}}" for slot in shown.slots)}}}'
        )
    return told + f"Answer with JSON and nothing else: {{{', '.join(form)}}}"


PROTOCOL = Protocol(
    kind="mushra",
    config=MushraConfig,
    response=MushraResponse,
    responses=(2, 12),
    template="kinds/mushra/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
    ratings=ratings,
    settle=settle,
)
