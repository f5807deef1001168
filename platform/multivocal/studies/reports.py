"""The registry of reports: settings.REPORTS, each a function from a study's rows to numbers, and how they are shown."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from multivocal.errors import Invalid, NotFound
from multivocal.studies.models import Study

Numbers = dict[str, Any]


@dataclass(frozen=True)
class Filter:
    """One thing a reader may ask for: its parameter, its name in words, and ``(value, words)`` for each choice.

    The first choice is what is shown where nothing was asked; its value is empty.
    """

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str = ""


@dataclass(frozen=True)
class Figure:
    """A plot with its table: header, then rows of texts and numbers; ``svg`` is empty where a table says it better.

    ``group`` is the heading it stands under, ``lead`` the finding in a sentence, ``note`` how to read it,
    ``refused`` the sentences why something is not there.
    """

    key: str
    title: str
    svg: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    group: str = ""
    lead: str = ""
    note: str = ""
    refused: Sequence[str] = ()


@dataclass(frozen=True)
class Kept:
    """How the numbers of a report that takes long are made, and for how long they stand.

    ``build``, a dotted function of study and what was asked, makes them from the rows. ``state(study)`` returns how
    many rows there are to work on, and everything the numbers depend on besides what was asked and the study's
    versions (anything ``str`` tells apart): withdrawals and corrections change no count of rows, so their moments
    belong to it. Up to ``at_once`` rows the reader waits, above them a worker computes. ``code`` is raised when the
    numbers change for the same rows.
    """

    build: str
    state: Callable[[Study], tuple[int, Any]]
    at_once: int
    code: int


@dataclass(frozen=True)
class Report:
    """A report on a study.

    ``build(study, asked)`` returns its numbers as plain data (no NaN), or None while a worker still computes them;
    ``asked`` holds only parameters named by ``filters(study, asked)``, each one of its choices.
    ``template`` paints the numbers inside the staff pages; ``figures(numbers)`` draws what can be taken away.
    ``kept`` is there where ``build`` answers through ``stored_reports``.
    """

    key: str
    title: Any
    build: Callable[[Study, Mapping[str, str]], Numbers | None]
    filters: Callable[[Study, Mapping[str, str]], Sequence[Filter]]
    figures: Callable[[Numbers], Sequence[Figure]]
    template: str
    fits: Callable[[Study], bool] = lambda study: True
    kept: Kept | None = None


@functools.cache
def reports() -> dict[str, Report]:
    """Return every registered report by its key."""
    return {key: import_string(path) for key, path in settings.REPORTS.items()}


def report(name: str) -> Report:
    """Return one report, or refuse with the names there are."""
    found = reports().get(name)
    if found is None:
        known = ", ".join(reports()) or _("none yet")
        raise NotFound(
            _("There is no report “{name}”. There are: {names}.").format(name=name[:63], names=known)
        )
    return found


def reports_of(study: Study) -> list[Report]:
    """Return the reports that have something to say about ``study``."""
    return [found for found in reports().values() if found.fits(study)]


def read_asked(found: Report, study: Study, query: Mapping[str, Any]) -> tuple[dict[str, str], list[Filter]]:
    """Return what ``query`` asks of a report, and its filters with the choice made.

    Refuses (Invalid, each parameter named) what the report does not know, what is given twice, and values that
    are no choice.
    """
    given = {name: str(query[name]) for name in query}
    twice = {name for name in query if len(getattr(query, "getlist", lambda n: [n])(name)) > 1}
    filters = {one.name: one for one in found.filters(study, given)}
    fields: dict[str, str] = {}
    asked: dict[str, str] = {}
    for name, value in given.items():
        if name not in filters:
            known = ", ".join(filters) or _("none")
            fields[name] = _("This parameter is not known here. Known: {known}.").format(known=known)
        elif name in twice:
            fields[name] = _("Give this parameter once.")
        elif value not in {choice for choice, _label in filters[name].options}:
            choices = ", ".join(choice for choice, _label in filters[name].options if choice)
            fields[name] = _("“{value}” is not one of: {choices}.").format(value=value[:40], choices=choices)
        elif value:
            asked[name] = value
    if fields:
        raise Invalid(_("Some of the parameters cannot be used."), fields=fields)
    chosen = [Filter(one.name, one.label, one.options, asked.get(one.name, "")) for one in filters.values()]
    return asked, chosen
