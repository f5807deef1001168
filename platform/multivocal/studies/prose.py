"""Designers' texts as HTML: paragraphs, headings, lists, emphasis and links; everything else is plain text."""

import re

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from multivocal.domain.shapes import clean_text

_INLINE = re.compile(r"\*\*(?P<strong>[^*\n]+)\*\*|\[(?P<label>[^\]\n]+)\]\((?P<url>[^)\s]+)\)")
_SAFE = ("https://", "http://", "mailto:", "tel:")


def paint(text: str) -> SafeString:
    """Return ``text`` as safe HTML.

    Blank lines part paragraphs; ``# `` starts a heading, ``- `` a list item; ``**bold**`` and ``[label](https://…)``
    work inside. Any markup of the writer's own is escaped.
    """
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", clean_text(text).strip())]
    return _join([_block(block) for block in blocks if block], "\n")


def _block(block: str) -> SafeString:
    lines = block.split("\n")
    if lines[0].startswith("#"):
        heading = format_html('<h2 dir="auto">{}</h2>', _inline(lines[0].lstrip("# ")))
        return _join([heading, _block("\n".join(lines[1:]))], "\n") if lines[1:] else heading
    if all(line.lstrip().startswith("- ") for line in lines):
        items = [format_html("<li>{}</li>", _inline(line.lstrip()[2:])) for line in lines]
        return format_html('<ul dir="auto">{}</ul>', _join(items, ""))
    return format_html('<p dir="auto">{}</p>', _join([_inline(line) for line in lines], "<br>"))


def _inline(text: str) -> SafeString:
    parts, end = [], 0
    for match in _INLINE.finditer(text):
        parts.append(conditional_escape(text[end : match.start()]))
        if match["strong"]:
            parts.append(format_html("<strong>{}</strong>", match["strong"]))
        elif match["url"].startswith(_SAFE):
            parts.append(
                format_html(
                    '<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>',
                    match["url"],
                    match["label"],
                )
            )
        else:
            parts.append(conditional_escape(match[0]))
        end = match.end()
    return _join([*parts, conditional_escape(text[end:])], "")


def _join(parts: list[SafeString], between: str) -> SafeString:
    return mark_safe(between.join(parts))
