"""How the admin looks: its name, its icon, and the shades of its one colour."""

from typing import Any

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Multivocal",
    "SITE_HEADER": "Multivocal",
    "SITE_SYMBOL": "forum",
    "SHOW_HISTORY": False,
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/icon.svg"}],
    "SIDEBAR": {"show_search": False, "navigation": "multivocal.studies.staff.menu.menu"},
    "COLORS": {
        "primary": {
            "50": "#eef7f6", "100": "#d5eceb", "200": "#add9d7", "300": "#7cc0be", "400": "#4aa2a1",
            "500": "#2a8584", "600": "#0b5d5e", "700": "#094d50", "800": "#083f42", "900": "#073437", "950": "#031f21",
        },
    },
}  # fmt: skip
