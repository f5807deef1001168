"""Names of countries in the reader's language, sorted as a reader would look for them."""

import functools
import gettext
import unicodedata

import pycountry

# Formal names that nobody looks for; ISO's own common names cover the rest.
_SHORT = {"PSE": "Palestine", "COD": "Democratic Republic of the Congo", "COG": "Republic of the Congo"}


def english_name(code: str) -> str:
    """Return the everyday English name of a country by its three letters."""
    country = pycountry.countries.get(alpha_3=code)
    return _SHORT.get(code) or str(getattr(country, "common_name", None) or getattr(country, "name", code))


@functools.lru_cache(maxsize=32)
def country_names(language: str) -> dict[str, str]:
    """Return ISO 3166 alpha-3 → name, sorted by name; English where the language has no list."""
    wanted = [language.replace("-", "_"), language.split("-")[0]]
    local = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=wanted, fallback=True)
    names = {c.alpha_3: _localised(c.alpha_3, c.name, local) for c in pycountry.countries}
    return dict(sorted(names.items(), key=lambda entry: _sortable(entry[1])))


def _localised(code: str, name: str, local: gettext.NullTranslations) -> str:
    english = english_name(code)
    for known in (english, name):
        if (translated := local.gettext(known)) != known:
            return translated
    return english


def _sortable(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()
