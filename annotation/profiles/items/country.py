"""A country out of the ISO 3166 list, named in the reader's language, stored as its three letters."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from annotation.profiles.countries import country_names
from annotation.profiles.items.base import Fields, Item, Reading, first, prefer_not_to_say, say


class Country(Item):
    """A country or territory."""

    kind: Literal["country"]
    prefer_not_to_say: bool = Field(False, description="Adds that answer at the end.")

    def read(self, reading: Reading) -> None:
        code = reading.one(self.id)
        if not code:
            if self.required:
                reading.wrong(self.id, _("Please choose a country."))
        elif code in country_names("en") or (self.prefer_not_to_say and code == "prefer_not_to_say"):
            reading.answers[self.id] = code
        else:
            reading.wrong(self.id, _("Please choose a country from the list."))

    def paint(
        self, language: str, filled: Fields, order: Sequence[str], hidden: frozenset[str]
    ) -> dict[str, Any]:
        countries: Mapping[str, str] = country_names(language)
        return {
            "value": first(filled, self.id),
            "countries": countries.items(),
            "prefer_not_to_say": say(prefer_not_to_say().label, language) if self.prefer_not_to_say else "",
        }
