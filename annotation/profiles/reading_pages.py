"""Reading a whole page out of a form: the server decides what was shown, and answers to the rest are refused."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from annotation.profiles.reading import Reading
from annotation.profiles.shapes import Page
from annotation.profiles.visibility import hidden_options, page_shows
from multivocal.studies.stages import Visit


def read_page(
    visit: Visit, page: Page, form: QueryDict, known: Mapping[str, Any]
) -> tuple[Reading, list[str]]:
    """Return what was read and what was hidden. ``known`` is what was answered before the page.

    Items are read in order, so that a condition may look at an earlier item of the same page.
    """
    reading = Reading(form, language=visit.language)
    hidden: list[str] = []
    known = dict(known)
    open_page = page_shows(page, known)
    for item in page.items:
        if (not open_page and page.show_if is not None) or (item.show_if and not item.show_if.holds(known)):
            hidden.append(item.id)
            known[item.id] = None
            if any(
                "".join(form.getlist(name)).strip() for name in item.names() if not name.endswith(".paradata")
            ):
                reading.wrong(
                    item.id, _("This question does not go with your other answers; it was cleared.")
                )
            continue
        parts = [
            f"{item.id}.{key}" for key, test in item.parts() if test is not None and not test.holds(known)
        ]
        hidden += parts
        reading.hidden = hidden_options(item, parts)
        item.read(reading)
        known[item.id] = reading.answers.get(item.id)
    return reading, hidden
