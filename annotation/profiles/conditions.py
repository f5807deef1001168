"""Display logic: when a page, an item or an option is shown, decided from answers given before it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from multivocal.domain.shapes import Shape, Slug


def _words(value: Any) -> Any:
    # YAML reads a bare yes, no, on and off as true and false; a number stands for its digits.
    if isinstance(value, bool):
        raise ValueError("write this answer in quotes: YAML reads a bare yes or no as true or false")
    return str(value) if isinstance(value, int) else value


Choice = Annotated[str, BeforeValidator(_words)]


class Condition(Shape):
    """What an earlier answer (or trait) must be."""

    item: Slug = Field(description="An earlier item of this stage, or a trait from an earlier stage.")
    any: tuple[Choice, ...] = Field((), description="Holds when one of these was chosen.")
    none: tuple[Choice, ...] = Field(
        (), description="Holds when none of these was chosen; also when nothing was."
    )
    not_empty: bool = Field(False, description="Holds when there is an answer.")

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        if bool(self.any) + bool(self.none) + self.not_empty != 1:
            raise ValueError("give exactly one of any, none and not_empty")
        return self

    def holds(self, known: Mapping[str, Any]) -> bool:
        """Return whether this is so, given the answers and traits known by then."""
        given = chosen(known.get(self.item))
        if self.not_empty:
            return bool(given)
        return bool(given & set(self.any)) if self.any else not given & set(self.none)

    def __iter__(self) -> Iterator["Condition"]:  # type: ignore[override]
        yield self


class AnyOf(Shape):
    """Holds when at least one of several conditions does."""

    any_of: tuple[Condition, ...] = Field(min_length=1)

    def holds(self, known: Mapping[str, Any]) -> bool:
        """Return whether one of the conditions holds."""
        return any(condition.holds(known) for condition in self.any_of)

    def __iter__(self) -> Iterator[Condition]:  # type: ignore[override]
        return iter(self.any_of)


class AllOf(Shape):
    """Holds when each of several conditions does."""

    all_of: tuple[Condition, ...] = Field(min_length=1)

    def holds(self, known: Mapping[str, Any]) -> bool:
        """Return whether every condition holds."""
        return all(condition.holds(known) for condition in self.all_of)

    def __iter__(self) -> Iterator[Condition]:  # type: ignore[override]
        return iter(self.all_of)


ShowIf = Condition | AnyOf | AllOf


def settle(test: ShowIf, known: Mapping[str, Any], here: set[str]) -> bool | list[Condition] | AnyOf:
    """Return what is left of ``test`` on a page with the items ``here``: decided, or what the browser must watch.

    A list means all of them. What was answered before the page is decided now; the browser cannot see it.
    """
    watched = [condition for condition in test if condition.item in here]
    decided = [condition.holds(known) for condition in test if condition.item not in here]
    if isinstance(test, AnyOf):
        return any(decided) if any(decided) or not watched else AnyOf(any_of=tuple(watched))
    return all(decided) if not all(decided) or not watched else watched


def chosen(value: Any) -> set[str]:
    """Return an answer as the set of things it says: option keys, rated rows, a text, a number's digits."""
    if value is None or value is False or value == "":
        return set()
    if value is True:
        return {"true"}
    if isinstance(value, Mapping):
        return {key for key, score in value.items() if score is not None}
    if isinstance(value, list | tuple):
        return {str(part) for part in value}
    return {str(value)}
