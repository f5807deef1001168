"""Reading one item's answer out of a form: plain text only, one value per field, every problem with its place."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from multivocal.domain.shapes import clean_text

_TAG = re.compile(r"<[A-Za-z!/][^<>]{0,200}>")
LONGEST = 20_000


@dataclass
class Reading:
    """What was found so far: ``answers`` by name, ``problems`` by form field."""

    form: QueryDict
    language: str = "en"
    required: bool = True
    hidden: frozenset[str] = frozenset()
    answers: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    paradata: dict[str, Any] = field(default_factory=dict)

    def wrong(self, name: str, sentence: str) -> None:
        """Note a problem at a field; the first one stays."""
        self.problems.setdefault(name, sentence)

    def one(self, name: str) -> str:
        """Return the only value of a field, stripped; an empty string when there is none."""
        values = self.form.getlist(name)
        if len(values) > 1:
            self.wrong(name, _("Give one answer here, not several."))
            return ""
        return str(values[0]).strip() if values else ""

    def text(self, name: str, *, longest: int, shortest: int = 0) -> str:
        """Return a field as plain text, with a problem if it is too long, too short, or not plain."""
        text = self.one(name)
        length = len(text)
        if length > longest:
            self.wrong(name, ngettext(
                "This is %(length)s characters long; at most %(longest)s character fits here.",
                "This is %(length)s characters long; at most %(longest)s characters fit here.",
                longest,
            ) % {"length": length, "longest": longest})  # fmt: skip
            return ""
        if clean_text(text) != text.replace("\r\n", "\n").replace("\r", "\n"):
            # The page comes back with the characters taken out: nobody can delete what they cannot see.
            self.wrong(
                name,
                _(
                    "Some characters cannot be shown and were taken out. Please look at your text and send it again."
                ),
            )
            return ""
        if tag := _TAG.search(text):
            self.wrong(
                name,
                _("Please write plain words here, without code such as “%(tag)s”.") % {"tag": tag[0][:40]},
            )
            return ""
        if text and length < shortest:
            self.wrong(name, ngettext(
                "Please write a little more: at least %(shortest)s character.",
                "Please write a little more: at least %(shortest)s characters.",
                shortest,
            ) % {"shortest": shortest})  # fmt: skip
        return clean_text(text)
