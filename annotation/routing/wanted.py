"""What a designer fills in, or uploads, to have a policy: read into its closed shape."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml
from django.utils.translation import gettext as _
from pydantic import ValidationError

from annotation.routing.shapes import PolicyConfig
from annotation.routing.wrong import in_words, in_words_of_the_form
from multivocal.domain.shapes import clean_text
from multivocal.errors import Invalid
from multivocal.studies.yaml_in import read_yaml

JUDGES = 3
MEASURED = ("entropy", "gap", "low_confidence")
RUNGS = ("must_human", "failed", "orders_conflict", "judges_disagree", *MEASURED, "audit")
MOST_BYTES = 200_000
_MOST_HOURS = 100_000
_JUDGE = "{{name: {0}, model: {0}}}"
_BLOCKS = {
    "tagger": "{model: …}",
    "budget": "{usd: 20, per_human_usd: 0.1}",
    "seed": "{items: 60, labels_per_item: 2}",
    "canaries": "{items: 12, every_h: 24}",
    "patience": "{cooldown_s: 60}",
}


def read_form(form: Mapping[str, Any], strata: list[str]) -> PolicyConfig:
    """Return the policy of a filled-in form; Invalid with each field that cannot be used."""
    stage, _slash, protocol = str(form.get("ask", "")).partition("/")
    config: dict[str, Any] = {
        "name": form.get("name", ""),
        "goal": form.get("goal", "labels"),
        "stage": stage,
        "protocol": protocol,
        "router": form.get("router", "logistic"),
        "judges": _judges(form),
        "budget": _given(
            form, "usd", "human_labels", "per_human_usd", "hourly_usd", "median_seconds", "hours"
        ),
        "seed": {
            key: _whole(form[f"seed_{key}"])
            for key in ("items", "labels_per_item")
            if str(form.get(f"seed_{key}", "")).strip()
        },
        "must_human": [
            {"where": "stratum", "equals": name} for n, name in enumerate(strata) if form.get(f"stratum_{n}")
        ],
        "ladder": [_rung(form, rung) for rung in RUNGS if form.get(f"rung_{rung}")],
        "verify": bool(form.get("verify")),
        "personal": bool(form.get("personal")),
    }
    if model := str(form.get("tagger", "")).strip():
        config["tagger"] = {"model": model, "free": bool(form.get("tagger_free"))}
    if str(form.get("canaries", "")).strip():
        config["canaries"] = {"items": _whole(form["canaries"]), **_given(form, "every_h")}
    for name in ("audit", "double"):
        if str(form.get(name, "")).strip():
            config[name] = _share(form[name])
    config |= _given(form, "random_seed", "on_alarm")
    return _checked(config, in_words_of_the_form)


def read_yaml_policy(data: bytes) -> PolicyConfig:
    """Return the policy in a YAML file; Invalid with a sentence where it is none."""
    if len(data) > MOST_BYTES:
        raise Invalid(_("A policy is a short file; this one is larger than {n} bytes.").format(n=MOST_BYTES))
    try:
        return _checked(read_yaml(data).data)
    except Invalid as refusal:
        if refusal.code == "yaml_not_a_study":
            raise Invalid(_("A policy is a mapping of names to values.")) from None
        raise


def as_yaml(config: PolicyConfig) -> str:
    """Return a policy as a file that can be uploaded again."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=110)


def _checked(
    config: dict[str, Any], told: Callable[[ValidationError], dict[str, str]] = in_words
) -> PolicyConfig:
    if wrong := dict(_misshapen(config)):
        raise Invalid(_("Some of this cannot be used."), fields=wrong)
    try:
        policy = PolicyConfig.model_validate(config)
    except ValidationError as error:
        raise Invalid(_("Some of this cannot be used."), fields=told(error)) from None
    values = policy.model_dump()
    if wrong := dict(_unstorable(values)) | dict(_no_numbers(config, values)) | dict(_no_wordings(policy)):
        raise Invalid(_("Some of this cannot be used."), fields=wrong)
    return policy


def _misshapen(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (place, sentence) for a name or number where a whole block is wanted, as people write it at first."""
    judges = config.get("judges", [])
    if not isinstance(judges, list | tuple):
        yield (
            "judges",
            _("this is a list, with {example} for each judge").format(example=_JUDGE.format("sharp")),
        )
        judges = []
    for n, one in enumerate(judges):
        if not isinstance(one, Mapping):
            name = one if isinstance(one, str) else "sharp"
            yield (
                f"judges.{n}",
                _("a judge has a name and a model: {example}").format(example=_JUDGE.format(name)),
            )
    for name, example in _BLOCKS.items():
        if config.get(name) is not None and not isinstance(config[name], Mapping):
            yield name, _("this is a block: {example}").format(example=example)


def _unstorable(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield (place, sentence) for what no row can hold: endless numbers, zero bytes, more hours than a calendar."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _unstorable(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list | tuple):
        for n, inner in enumerate(value):
            yield from _unstorable(inner, f"{place}.{n}")
    elif isinstance(value, float) and not math.isfinite(value):
        yield place, _("this is no finite number")
    elif isinstance(value, float) and place == "budget.hours" and value > _MOST_HOURS:
        yield place, _("at most {n} hours").format(n=_MOST_HOURS)
    elif isinstance(value, str) and clean_text(value) != value:
        yield place, _("there are control characters in it")


def _no_numbers(said: Any, read: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield (place, sentence) for true and false where a number is wanted: as 1 and 0 nobody means them."""
    if isinstance(said, Mapping) and isinstance(read, Mapping):
        for key, inner in said.items():
            yield from _no_numbers(inner, read.get(key), f"{place}.{key}".lstrip("."))
    elif isinstance(said, list | tuple) and isinstance(read, list | tuple):
        for n, (one, other) in enumerate(zip(said, read, strict=False)):
            yield from _no_numbers(one, other, f"{place}.{n}")
    elif isinstance(said, bool) and not isinstance(read, bool):
        yield place, _("this is a number")


def _no_wordings(policy: PolicyConfig) -> Iterator[tuple[str, str]]:
    """Yield (place, sentence) for paraphrases that ask for nothing, or for what is asked already."""
    for n, judge in enumerate(policy.judges):
        tasks = [judge.rubric.task, *judge.paraphrases]
        for number, task in enumerate(judge.paraphrases):
            if not task.strip():
                yield f"judges.{n}.paraphrases.{number}", _("this is empty")
            elif task in tasks[: number + 1]:
                yield f"judges.{n}.paraphrases.{number}", _("this is the same as another")


def _judges(form: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for n in range(1, JUDGES + 1):
        if model := str(form.get(f"model_{n}", "")).strip():
            judge: dict[str, Any] = {
                "name": str(form.get(f"judge_{n}", "")).strip() or f"judge{n}",
                "model": model,
            }
            judge |= {
                "both_orders": bool(form.get(f"orders_{n}")),
                "samples": _whole(form.get(f"samples_{n}") or "1"),
                "free": bool(form.get(f"free_{n}")),
            }
            found.append(judge)
    return found


def _rung(form: Mapping[str, Any], rung: str) -> dict[str, Any]:
    if rung not in MEASURED:
        return {"rung": rung}
    return {"rung": rung, "threshold": str(form.get(f"at_{rung}", "")).strip() or None}


def _given(form: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: str(form[name]).strip() for name in names if str(form.get(name, "")).strip()}


def _whole(text: Any) -> Any:
    # Left as it is where it is no number: the shape says what is wrong with it.
    text = str(text).strip()
    return int(text) if text.isascii() and text.isdigit() else text


def _share(text: Any) -> Any:
    """Return “10 %” and “10” as 0.1: the form asks for percentages."""
    try:
        return float(str(text).replace("%", "").strip()) / 100
    except ValueError:
        return str(text)
