"""Numbers and dates, within bounds."""

import datetime
import math
from collections.abc import Sequence
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from annotation.profiles.items.base import Fields, Item, Reading, first, say
from multivocal.domain.shapes import LocalText


class Number(Item):
    """A number."""

    kind: Literal["number"]
    min: float = Field(0, ge=-1e12, le=1e12)
    max: float = Field(1e9, ge=-1e12, le=1e12)
    whole: bool = Field(True, description="Whole numbers only.")
    unit: LocalText = ""

    @model_validator(mode="after")
    def _possible(self) -> "Number":
        if self.min > self.max:
            raise ValueError("min is above max")
        return self

    def read(self, reading: Reading) -> None:
        raw = reading.one(self.id)
        if not raw:
            if self.required:
                reading.wrong(self.id, _("Please give a number."))
            return
        try:
            # int() also reads Arabic-Indic digits, which is what an Arabic keyboard types.
            number = int(raw) if self.whole else float(raw.replace(",", "."))
        except ValueError:
            number = math.nan
        if len(raw) > 30 or not math.isfinite(number):
            reading.wrong(
                self.id, _("Please write digits only.") if self.whole else _("Please write a number.")
            )
        elif not self.min <= number <= self.max:
            bounds = {"min": f"{self.min:g}", "max": f"{self.max:g}"}
            reading.wrong(self.id, _("Please give a number from %(min)s to %(max)s.") % bounds)
        else:
            reading.answers[self.id] = number

    def paint(
        self, language: str, filled: Fields, order: Sequence[str], hidden: frozenset[str]
    ) -> dict[str, Any]:
        return {"value": first(filled, self.id), "whole": self.whole, "unit": say(self.unit, language)}


class Date(Item):
    """A day of the calendar."""

    kind: Literal["date"]
    min: datetime.date = datetime.date(1900, 1, 1)
    max: datetime.date = datetime.date(2100, 1, 1)

    @model_validator(mode="after")
    def _possible(self) -> "Date":
        if self.min > self.max:
            raise ValueError("min is after max")
        return self

    def read(self, reading: Reading) -> None:
        raw = reading.one(self.id)
        if not raw:
            if self.required:
                reading.wrong(self.id, _("Please give a date."))
            return None
        try:
            day = datetime.date.fromisoformat(raw)
        except ValueError:
            return reading.wrong(self.id, _("Please write the date as year-month-day, such as 2001-12-31."))
        if not self.min <= day <= self.max:
            bounds = {"min": self.min.isoformat(), "max": self.max.isoformat()}
            return reading.wrong(self.id, _("Please give a date from %(min)s to %(max)s.") % bounds)
        reading.answers[self.id] = day.isoformat()
        return None

    def paint(
        self, language: str, filled: Fields, order: Sequence[str], hidden: frozenset[str]
    ) -> dict[str, Any]:
        return {"value": first(filled, self.id), "min": self.min.isoformat(), "max": self.max.isoformat()}
