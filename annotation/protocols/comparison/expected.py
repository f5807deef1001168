"""Whether anybody can give what a gold, attention or practice rule accepts, asked the way a stage asks."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from annotation.protocols.comparison.screens import Screen, Subject, screens_of
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.items.gold import Gold, rule_for
from annotation.protocols.registry import Protocol, ProtocolConfig, protocols
from annotation.protocols.shapes import Shown

SPLITS = ("practice", "gold", "attention")
TOLD = 10
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What their answers may be depends on an item's texts or questions, so their values are not looked at.
_BY_ITEM = frozenset({"spans", "checklist"})
# These say which is better, and give no points.
_ORDERS = frozenset(
    {"pairwise2", "pairwise3", "pairwise5", "pairwise7", "justified", "ranking", "choice", "best_worst"}
)

Rules = Mapping[str, Mapping[str, Any]]


def asked_splits(stage: ComparisonConfig) -> set[str]:
    """Return the splits whose items people see at the stage."""
    counts = {"practice": stage.practice, "gold": stage.gold.count, "attention": stage.attention}
    return {split for split, count in counts.items() if count}


def unmet_rules(
    stage: ComparisonConfig,
    subjects: Sequence[Subject],
    rules: Rules,
    splits: Iterable[str],
    others: Iterable[str] = (),
) -> Iterator[str]:
    """Yield a sentence for each rule that no answer follows; ``rules`` are the items' by name, then by protocol.

    ``others`` are the keys of protocols at the study's other stages, which a rule may be for.
    """
    splits = set(splits)
    known = {*stage.protocols, *protocols(), "any", *others}
    found = []
    for item in subjects:
        if item.split not in splits or not (gold := rules.get(item.name)):
            continue
        found += [
            _("{split} item “{item}”: the rule “{name}” is for no way of asking; there are {known}").format(
                split=item.split, item=item.name, name=name, known=", ".join([*stage.protocols, "any"])
            )
            for name in gold
            if name not in known
        ]
        for key in stage.protocols:
            config = stage.protocol(key)
            rule = rule_for(gold, key, config.kind)
            screens = screens_of(item, key, config, stage.responses) if rule else ()
            said = _unmet(rule, config, screens) if rule and screens else ""
            if said:
                found.append(
                    _(
                        "{split} item “{item}”: nobody can follow its rule for “{protocol}” ({kind}): {why}"
                    ).format(split=item.split, item=item.name, protocol=key, kind=config.kind, why=said)
                )
    yield from found[:TOLD]
    if len(found) > TOLD:
        yield _("and {n} more rules like these").format(n=len(found) - TOLD)


def score_range(config: ProtocolConfig) -> tuple[float, float, bool] | None:
    """Return the lowest and highest overall score of a way of asking, and whether it is whole; None without one."""
    given: Any = config
    match config.kind:
        case "likert" | "rate_then_rank":
            return given.start, given.last, True
        case "dimensions":
            asked = given.overall != "none" or any(one.key == "overall" for one in given.dimensions)
            return (given.start, given.last, True) if asked else None
        case "vas":
            return given.min, given.max, True
        case "mushra":
            return 0, 100, True
        case "checklist":
            return 0, 1, False
        case "spans":
            return -math.inf, 0, False
    # Of a way of asking that is added later nothing is known here, so its scores are not looked at.
    return None if config.kind in _ORDERS else (-math.inf, math.inf, False)


def _unmet(rule: Gold, config: ProtocolConfig, screens: Sequence[Screen]) -> str:
    if not (rule.best or rule.score or rule.answer):
        if set(rule.no_answer) & set(config.allow):
            return ""
        return _("only {wanted} is accepted, and this way of asking does not offer it").format(
            wanted=", ".join(rule.no_answer)
        )
    for screen in screens:
        names = [member.name for member in screen.members]
        if rule.best and not set(rule.best) & set(names):
            return _("best is {best}, and a screen of it shows {shown} only").format(
                best=", ".join(rule.best), shown=", ".join(names)
            )
    return _scores(rule, config) or _answers(rule, config, len(screens[0].members))


def _scores(rule: Gold, config: ProtocolConfig) -> str:
    if not rule.score:
        return ""
    there = score_range(config)
    if there is None:
        return _("score wants points, and this way of asking gives none")
    least, most, whole = there
    for name, (low, high) in rule.score.items():
        bottom, top = max(low, least), min(high, most)
        if whole:
            bottom, top = math.ceil(bottom), math.floor(top)
        if bottom > top:
            return _(
                "score of “{name}” must be from {low:g} to {high:g}, and the scale goes from {least:g} to {most:g}"
            ).format(name=name, low=low, high=high, least=least, most=most) + (
                _(" in whole points") if whole and least <= low and high <= most else ""
            )
    return ""


def _answers(rule: Gold, config: ProtocolConfig, responses: int) -> str:
    protocol = protocols()[config.kind]
    fields = protocol.response.model_fields
    for key, values in rule.answer.items():
        if key not in fields:
            return _("its answers have no “{key}”; they have {known}").format(
                key=key, known=", ".join(fields)
            )
        if config.kind not in _BY_ITEM and not any(
            _possible(protocol, config, key, value, responses) for value in values
        ):
            return _("“{key}” is never {values} there").format(key=key, values=", ".join(map(str, values)))
    return ""


def _possible(protocol: Protocol, config: ProtocolConfig, key: str, value: Any, responses: int) -> bool:
    """Whether an answer can have the value; where more is needed to tell, it can."""
    fields = protocol.response.model_fields
    # The reason of a comparison has a least length; the longest of those is long enough.
    also = {"statement": "x" * 2000, "elaboration": "x" * 2000}
    payload = {name: text for name, text in also.items() if name in fields} | {key: value}
    try:
        response = protocol.response.model_validate(payload)
    except ValidationError as error:
        return not any(one["loc"][:1] == (key,) for one in error.errors(include_url=False))
    wrong = protocol.check(config, response, Shown(tuple(_LETTERS[:responses])))
    return not (wrong if len(fields) == 1 else [place for place in wrong if place.split(".")[0] == key])
