"""Rules that keep items for people, whatever a model would say of them."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from annotation.routing.domain.vocabulary import DIMENSIONS
from annotation.routing.shapes import PolicyConfig, Rule
from multivocal.errors import Invalid

if TYPE_CHECKING:
    from annotation.routing.screens import Pair


def rule_for_pair(
    config: PolicyConfig, pair: "Pair", features: Mapping[str, float | None] | None = None
) -> Rule | None:
    """Return the first rule that keeps a pair for people; rules of features need ``features``.

    A tag's value stands as ``tag: value`` with 1 where it holds, and a tag whose options are steps also as ``tag``
    with the number of the step. A tag that is unknown keeps nothing.
    """
    known = {**pair.tags, **(features or {})}
    return next((rule for rule in config.must_human if _holds(rule, pair, known)), None)


def _holds(rule: Rule, pair: "Pair", features: Mapping[str, float | None]) -> bool:
    if rule.where == "stratum":
        return pair.stratum == rule.equals
    if rule.where == "tag" and rule.equals is not None:
        return bool(features.get(f"{rule.name}: {rule.equals}"))
    value = features.get(rule.name)
    if value is None:
        return False
    return value >= rule.at_least if rule.at_least is not None else str(value) == rule.equals


def waits_for_tags(config: PolicyConfig) -> bool:
    """Return whether no judge may see an item before its tags are known: a rule may keep it for people."""
    return config.tagger is not None and any(rule.where == "tag" for rule in config.must_human)


def tag_problems(config: PolicyConfig) -> Iterator[tuple[str, str]]:
    """Yield (place, sentence) for every rule of a tag that could never hold."""
    for n, rule in enumerate(config.must_human):
        if rule.where != "tag":
            continue
        place = f"must_human.{n}"
        one = DIMENSIONS.get(rule.name)
        if config.tagger is None:
            yield place, "a rule of tags needs a tagger"
        elif one is None:
            yield place, f"there is no tag “{rule.name}”; there are {', '.join(DIMENSIONS)}"
        elif rule.at_least is not None and not one.meanings:
            yield place, f"the options of “{rule.name}” are no steps, so give equals"
        elif rule.equals is not None and one.options and rule.equals not in one.options:
            yield place, f"“{rule.equals}” is no option of “{rule.name}”; there are {', '.join(one.options)}"


def strata_known(config: PolicyConfig, strata: Collection[str]) -> None:
    """Refuse (Invalid) rules of a stratum that no item has: models would label what they were to keep for people."""
    known = ", ".join(sorted(one for one in strata if one)[:20]) or "none"
    wrong = {
        f"must_human.{n}": f"no item is in the stratum “{rule.equals}”; there are {known}"
        for n, rule in enumerate(config.must_human)
        if rule.where == "stratum" and rule.equals not in strata
    }
    if wrong:
        raise Invalid("This policy cannot be run here.", fields=wrong)
