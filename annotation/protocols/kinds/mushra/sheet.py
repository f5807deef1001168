"""The detailed sheet of MUSHRA-DG: qualities from 0 to 100, faults counted, and one number that follows from them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from annotation.protocols.places import strangers
from annotation.protocols.shapes import Named, distinct
from multivocal.domain.shapes import Shape


class Fault(Named):
    """Something that is counted and costs points."""

    weight: float = Field(5, gt=0, le=100, description="Points each one costs.")
    most: int | None = Field(None, ge=1, le=1000, description="How many of them cost points at most.")


# Keys, weights and limits are those of MUSHRA-DG for speech (S_M, TMLR 2025).
QUALITIES = (
    Named(key="L", label={"en": "Liveliness", "ar": "الحيوية"}),
    Named(key="VQ", label={"en": "Quality of the voice", "ar": "جودة الصوت"}),
    Named(key="R", label={"en": "Rhythm", "ar": "الإيقاع"}),
)
FAULTS = (
    Fault(key="MP", label={"en": "Mild mispronunciations", "ar": "أخطاء نطق خفيفة"}, weight=5, most=15),
    Fault(key="SP", label={"en": "Severe mispronunciations", "ar": "أخطاء نطق جسيمة"}, weight=10, most=7),
    Fault(key="US", label={"en": "Unnatural stresses", "ar": "نبرات غير طبيعية"}, weight=5),
    Fault(key="DA", label={"en": "Digital artefacts", "ar": "تشوهات رقمية"}, weight=5),
    Fault(key="WS", label={"en": "Words skipped", "ar": "كلمات ساقطة"}, weight=25),
    Fault(key="SEF", label={"en": "Sudden changes of loudness", "ar": "تغيرات مفاجئة في الشدة"}, weight=5),
)


class Sheet(Shape):
    """What is filled in for each answer; the defaults are those for speech."""

    qualities: tuple[Named, ...] = Field(QUALITIES, min_length=1, max_length=10)
    faults: tuple[Fault, ...] = Field(FAULTS, max_length=20)

    @model_validator(mode="after")
    def _distinct(self) -> "Sheet":
        distinct([*self.qualities, *self.faults], "line of the sheet")
        return self

    @property
    def keys(self) -> list[str]:
        """The keys of all lines."""
        return [line.key for line in (*self.qualities, *self.faults)]

    def result(self, lines: Any) -> int | None:
        """Return mean(qualities) − Σ weight·min(count, most) within 0 to 100; None where a line is missing."""
        if not isinstance(lines, Mapping) or any(type(lines.get(key)) is not int for key in self.keys):
            return None
        good = sum(lines[line.key] for line in self.qualities) / len(self.qualities)
        bad = sum(
            fault.weight * min(lines[fault.key], lines[fault.key] if fault.most is None else fault.most)
            for fault in self.faults
        )
        return round(min(100.0, max(0.0, good - bad)))


def wrong_on_sheet(
    sheet: Sheet, given: Mapping[str, Mapping[str, int]], slots: Sequence[str]
) -> dict[str, str]:
    """Return what is missing or out of range, at ``A.MP`` and so on."""
    wrong = strangers(given, slots)
    qualities = {line.key for line in sheet.qualities}
    for slot in slots:
        lines = given.get(slot, {})
        wrong |= {f"{slot}.{key}": _("this was not asked") for key in lines if key not in sheet.keys}
        for key in sheet.keys:
            last = 100 if key in qualities else 1000
            if key not in lines:
                wrong[f"{slot}.{key}"] = _("this is not answered yet")
            elif not 0 <= lines[key] <= last:
                wrong[f"{slot}.{key}"] = _("a number from {min} to {max}").format(min=0, max=last)
    return wrong


def sheet_rows(sheet: Sheet, say: Any) -> str:
    """Return the lines of the sheet for a model."""
    good = [f"- {line.key}: {say(line.label)}, 0 to 100\n" for line in sheet.qualities]
    bad = [f"- {fault.key}: how many, {say(fault.label)}\n" for fault in sheet.faults]
    return "".join([*good, *bad])
