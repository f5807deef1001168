"""Rules that keep items for people, whatever a model would say of them."""

from collections.abc import Mapping

from annotation.routing.screens import Pair
from annotation.routing.shapes import PolicyConfig, Rule


def rule_for_pair(
    config: PolicyConfig, pair: Pair, features: Mapping[str, float | None] | None = None
) -> Rule | None:
    """Return the first rule that keeps a pair for people; rules of features and tags need ``features``.

    A tag's value stands among features as ``tag: value`` with 1 where it holds.
    """
    return next((rule for rule in config.must_human if _holds(rule, pair, features or {})), None)


def _holds(rule: Rule, pair: Pair, features: Mapping[str, float | None]) -> bool:
    if rule.where == "stratum":
        return pair.stratum == rule.equals
    if rule.where == "tag" and rule.equals is not None:
        return bool(features.get(f"{rule.name}: {rule.equals}"))
    value = features.get(rule.name)
    if value is None:
        return False
    return value >= rule.at_least if rule.at_least is not None else str(value) == rule.equals
