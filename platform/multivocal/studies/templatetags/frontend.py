"""Template tags that name the built front end: hashed files from Vite's manifest, served under /static/."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from multivocal.studies.templatetags.frontend_texts import GROUPS

register = template.Library()

MANIFEST = Path(settings.BASE_DIR) / "frontend" / "dist" / "manifest.json"


@register.simple_tag
def frontend_tags(entry: str = "main") -> SafeString:
    """Return the ``<link>`` and ``<script>`` elements of one entry (``src/<entry>.ts``).

    Without a build it returns nothing: every page works as plain HTML, and the system checks name what is missing.
    """
    built = read_manifest(_changed_at())
    chunk = built.get(f"src/{entry}.ts")
    if chunk is None:
        return SafeString("")
    styles = format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((static(css),) for css in chunk.get("css", []))
    )
    return format_html('{}\n<script type="module" src="{}"></script>', styles, static(chunk["file"]))


@register.simple_tag
def frontend_texts(group: str = "shell") -> SafeString:
    """Return one group of the elements' words, in the active language, as a JSON script block."""
    words = json.dumps({key: str(text) for key, text in GROUPS[group].items()}, ensure_ascii=False)
    safe = words.translate({ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"})
    return format_html('<script type="application/json" class="texts">{}</script>', SafeString(safe))


def _changed_at() -> float:
    """When the manifest was written; 0 without a build. A rebuild is seen without a restart."""
    try:
        return MANIFEST.stat().st_mtime
    except FileNotFoundError:
        return 0.0


@lru_cache(maxsize=2)
def read_manifest(changed_at: float) -> dict[str, Any]:
    """Return Vite's manifest: source file → ``{"file", "css", …}``; empty without a build."""
    return json.loads(MANIFEST.read_text()) if changed_at else {}
