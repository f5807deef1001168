"""Rows on a line between two ends: no numbers, no start position, and a row knows whether it was touched."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import orjson
from django.utils.translation import gettext as _
from pydantic import Field, ValidationError, model_validator

from annotation.profiles.items.base import Fields, Item, Randomise, Reading, first, say
from annotation.profiles.paradata import Count, Milliseconds
from multivocal.domain.shapes import LocalText, Shape, Slug, unique


class Row(Shape):
    """One statement to give a position for."""

    key: Slug
    label: LocalText
    other_text: bool = Field(False, description="The person may write what this row is about.")
    required: bool | None = Field(None, description="The item's own setting when left out.")


class RowParadata(Shape):
    """How a row was moved, as the element mv-vas noticed it; times in milliseconds since the page was shown."""

    first: int | None = None
    changes: Count | None = None
    cleared: Count | None = None
    modality: str | None = Field(None, max_length=32)
    first_ms: Milliseconds | None = None
    last_ms: Milliseconds | None = None


class Vas(Item):
    """Visual analogue scales under one question."""

    kind: Literal["vas"]
    rows: tuple[Row, ...] = Field(min_length=1, max_length=60)
    min: int = Field(0, ge=-1000, le=1000)
    max: int = Field(100, ge=-1000, le=1000)
    low: LocalText
    high: LocalText
    randomise: Randomise = Field("none", description="Row order, drawn once per person and stored.")
    allow_not_applicable: bool = False

    @model_validator(mode="after")
    def _possible(self) -> "Vas":
        unique([row.key for row in self.rows], "row")
        if self.min >= self.max:
            raise ValueError("min is not below max")
        return self

    def shuffled(self) -> tuple[list[str], Randomise]:
        return [row.key for row in self.rows], self.randomise

    def names(self) -> Iterator[str]:
        for row in self.rows:
            name = f"{self.id}.{row.key}"
            yield from (name, f"{name}.paradata")
            if self.allow_not_applicable:
                yield f"{name}.na"
            if row.other_text:
                yield f"{name}.text"

    def read(self, reading: Reading) -> None:
        values: dict[str, int | None] = {}
        for row in self.rows:
            name = f"{self.id}.{row.key}"
            required = self.required if row.required is None else row.required
            if row.other_text and (text := reading.text(f"{name}.text", longest=200)):
                reading.answers[f"{name}.text"] = text
                required = True
            score = reading.one(name)
            if self.allow_not_applicable and reading.one(f"{name}.na"):
                values[row.key] = None
            elif score:
                values[row.key] = self._score(reading, name, score)
            elif required:
                reading.wrong(
                    name,
                    _("Please give a position for “%(row)s”.") % {"row": say(row.label, reading.language)},
                )
            self._watch(reading, name)
        if values:
            reading.answers[self.id] = values

    def _score(self, reading: Reading, name: str, score: str) -> int | None:
        try:
            number = int(score) if score.isascii() and len(score) < 8 else None
        except ValueError:
            number = None
        if number is None or not self.min <= number <= self.max:
            reading.wrong(name, _("This position is not on the line. Please set it again."))
        return number

    @staticmethod
    def _watch(reading: Reading, name: str) -> None:
        raw = reading.form.get(f"{name}.paradata") or ""
        if not raw or len(raw) > 500:
            return
        try:
            found = RowParadata.model_validate(orjson.loads(raw))
        except (ValidationError, orjson.JSONDecodeError):
            return  # what the browser noticed is never worth an answer
        reading.paradata[name] = found.model_dump(exclude_none=True)

    def fields(self, answers: Mapping[str, Any]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, score in (answers.get(self.id) or {}).items():
            name = f"{self.id}.{key}"
            found |= {f"{name}.na": ["1"]} if score is None else {name: [str(score)]}
        for row in self.rows:
            if row.other_text and (text := answers.get(f"{self.id}.{row.key}.text")):
                found[f"{self.id}.{row.key}.text"] = [text]
        return found

    def paint(
        self, language: str, filled: Fields, order: Sequence[str], hidden: frozenset[str]
    ) -> dict[str, Any]:
        rows = {row.key: row for row in self.rows}
        return {
            "low": say(self.low, language),
            "high": say(self.high, language),
            "min": self.min,
            "max": self.max,
            "allow_not_applicable": self.allow_not_applicable,
            "rows": [self._paint_row(rows[key], language, filled) for key in order],
        }

    def _paint_row(self, row: Row, language: str, filled: Fields) -> dict[str, Any]:
        name = f"{self.id}.{row.key}"
        return {
            "key": row.key,
            "name": name,
            "label": say(row.label, language),
            "value": first(filled, name),
            "na": bool(first(filled, f"{name}.na")),
            "paradata": first(filled, f"{name}.paradata"),
            "text_name": f"{name}.text" if row.other_text else "",
            "text_value": first(filled, f"{name}.text"),
            "required": self.required if row.required is None else row.required,
        }
