"""Single and multiple choice, with options that can carry a text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field, model_validator

from annotation.profiles.items.base import (
    Fields,
    Item,
    Option,
    Randomise,
    Reading,
    first,
    prefer_not_to_say,
    say,
)
from multivocal.domain.shapes import unique


class _Choices(Item):
    options: tuple[Option, ...] = Field(min_length=1, max_length=200)
    randomise: Randomise = Field("none", description="The order is drawn once per person and stored.")
    prefer_not_to_say: bool = Field(False, description="Adds that option at the end.")

    @model_validator(mode="after")
    def _distinct(self) -> "_Choices":
        unique([option.key for option in self.all_options], "option")
        return self

    @property
    def all_options(self) -> tuple[Option, ...]:
        """The options in the designer's order, the added one last."""
        return (*self.options, prefer_not_to_say()) if self.prefer_not_to_say else self.options

    def parts(self) -> Iterator[tuple[str, Any]]:
        return ((option.key, option.show_if) for option in self.all_options)

    def shuffled(self) -> tuple[list[str], Randomise]:
        return [option.key for option in self.options], self.randomise

    def names(self) -> Iterator[str]:
        yield self.id
        for option in self.all_options:
            if option.text:
                yield f"{self.id}.{option.key}.text"

    def fields(self, answers: Mapping[str, Any]) -> dict[str, list[str]]:
        value = answers.get(self.id)
        if value is None:
            return {}
        found = {self.id: value if isinstance(value, list) else [value]}
        return found | {
            name: [answers[name]] for name in self.names() if name != self.id and answers.get(name)
        }

    def paint(
        self, language: str, filled: Fields, order: Sequence[str], hidden: frozenset[str]
    ) -> dict[str, Any]:
        options = {option.key: option for option in self.all_options}
        if self.prefer_not_to_say:
            order = [*order, "prefer_not_to_say"]
        ticked = set(filled.get(self.id) or ())
        return {
            "options": [
                {
                    "key": key,
                    "label": say(options[key].label, language),
                    "checked": key in ticked,
                    "exclusive": options[key].exclusive,
                    "text_name": f"{self.id}.{key}.text" if options[key].text else "",
                    "text_value": first(filled, f"{self.id}.{key}.text"),
                }
                for key in order
                if key not in hidden
            ]
        }

    def _known(self, reading: Reading, keys: Sequence[str]) -> bool:
        options = {option.key for option in self.all_options} - reading.hidden
        if set(keys) - options:
            reading.wrong(self.id, _("Please choose from the answers on this page."))
            return False
        return True

    def _texts(self, reading: Reading, keys: Sequence[str]) -> None:
        for option in self.all_options:
            name = f"{self.id}.{option.key}.text"
            if not option.text or option.key not in keys:
                continue  # a text typed beside an answer that was not chosen is not an answer
            text = reading.text(name, longest=200)
            if option.text_required and not text:
                reading.wrong(name, _("Please write what you mean, or choose another answer."))
            if text:
                reading.answers[name] = text


class Single(_Choices):
    """One answer out of several."""

    kind: Literal["single"]
    layout: Literal["list", "dropdown"] = "list"

    def paint(
        self, language: str, filled: Fields, order: Sequence[str], hidden: frozenset[str]
    ) -> dict[str, Any]:
        return super().paint(language, filled, order, hidden) | {"layout": self.layout}

    def read(self, reading: Reading) -> None:
        key = reading.one(self.id)
        if not key:
            if self.required:
                reading.wrong(self.id, _("Please choose an answer."))
            return
        if self._known(reading, [key]):
            reading.answers[self.id] = key
            self._texts(reading, [key])


class Multiple(_Choices):
    """As many answers as fit."""

    kind: Literal["multiple"]
    min: int = Field(0, ge=0, le=200)
    max: int | None = Field(None, ge=1, le=200)

    @model_validator(mode="after")
    def _possible(self) -> "Multiple":
        if self.max is not None and self.min > self.max:
            raise ValueError("min is above max")
        if self.min > len(self.options):
            raise ValueError("min asks for more answers than there are options")
        return self

    def paint(
        self, language: str, filled: Fields, order: Sequence[str], hidden: frozenset[str]
    ) -> dict[str, Any]:
        return super().paint(language, filled, order, hidden) | {"max": self.max}

    def read(self, reading: Reading) -> None:
        keys = reading.form.getlist(self.id)
        if len(set(keys)) < len(keys):
            return reading.wrong(self.id, _("Each answer can be chosen once."))
        if not self._known(reading, keys):
            return None
        least = max(self.min, 1 if self.required else 0)
        alone = [o for o in self.all_options if o.exclusive and o.key in keys]
        if alone and len(keys) > 1:
            return reading.wrong(
                self.id, _("One of these answers stands alone; please choose it or the others.")
            )
        if not keys and not self.required:
            return None
        if len(keys) < least and not alone:
            return reading.wrong(self.id, ngettext(
                "Please choose at least %(n)s answer.", "Please choose at least %(n)s answers.", least
            ) % {"n": least})  # fmt: skip
        if self.max is not None and len(keys) > self.max:
            return reading.wrong(self.id, ngettext(
                "Please choose at most %(n)s answer.", "Please choose at most %(n)s answers.", self.max
            ) % {"n": self.max})  # fmt: skip
        reading.answers[self.id] = [option.key for option in self.all_options if option.key in keys]
        self._texts(reading, keys)
        return None
