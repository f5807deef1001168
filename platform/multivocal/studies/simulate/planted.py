"""Minds with a known effect: simulated annotators who favour longer answers under some ways of asking.

A mind judges what it reads on the page, and nothing else. Each text has a latent quality with mean 0 and variance 1,
of which ``shared`` is the same for everybody and the rest is drawn anew for each person and text; under a way of
asking that has an ``effect`` the longer of an item's two texts gets that much more. A report that puts protocols on
this scale should find exactly this number. Which text is the longer of its two is read from the items' file: on a
screen with a single answer nobody could see it. Other kinds than likert, pairwise2 and pairwise3 are left to the bot.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError

from multivocal.domain.shapes import Shape, problems
from multivocal.studies.shipped import FOLDER
from multivocal.studies.simulate.forms import Form
from multivocal.studies.simulate.known import KINDS as KNOWN_KINDS
from multivocal.studies.simulate.known import known_answer
from multivocal.studies.simulate.markup import Node

Pairs = list[tuple[str, str]]
_LEVELS = 7
KINDS = frozenset({"likert", "pairwise2", "pairwise3"})


class MindFile(Shape):
    """A declared mind."""

    items: str = Field(description="The items' file (JSONL), beside this one.")
    effect: dict[str, float] = Field(
        default_factory=dict,
        description="Kind of protocol → how much more the longer text gets, in standard deviations.",
    )
    shared: float = Field(
        0.3, ge=0, le=1, description="Share of the variance of quality on which people agree."
    )
    steady: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Share of a person's own part that is the same when they are asked again.",
    )
    tie: float = Field(0.5, ge=0, description="Two texts closer than this are a tie.")
    unsure: float = Field(0.0, ge=0, le=1, description="Share of screens that are answered with “not sure”.")
    careless: float = Field(0.0, ge=0, le=1, description="Share of people who answer checks at random.")
    seconds: tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]] = Field(
        (0.0, 0.0), description="Shortest and longest time on a screen."
    )
    seed: int = 1
    accuracy: float | None = Field(
        None,
        ge=0,
        le=1,
        description="In place of effects: the share of answers that are what is true of a pair.",
    )
    always: bool = Field(False, description="Also where nobody asks for a mind: the study needs this one.")

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of protocol it answers."""
        return KINDS if self.accuracy is None else KNOWN_KINDS


@dataclass(frozen=True)
class Mind:
    """A declared mind, and what it knows of the items: which text is the longer one, and what checks accept."""

    file: MindFile
    longer: Mapping[str, bool]
    rules: Mapping[str, tuple[str, Any]]

    def judge(self, page: Node, form: Form, pairs: Pairs, person: str) -> Pairs:
        """Return ``pairs`` with the judgement of this page in them; as they are where the page asks for none."""
        asked = next((node for node in page.walk() if node.has_class("judging")), None)
        kind = asked.attrs.get("data-kind", "") if asked else ""
        if (
            asked is None
            or kind not in self.file.kinds
            or not any(name.startswith("answer.") for name in form.fields)
        ):
            return pairs
        texts = [node.text for node in asked.walk() if node.has_class("answer-words")]
        step = form.fields["step"].value if "step" in form.fields else ""
        answer = self.answer(kind, texts, person, step)
        return [pair for pair in pairs if not pair[0].startswith("answer.")] + answer

    def answer(self, kind: str, texts: list[str], person: str, step: str) -> Pairs:
        """Return the fields of one screen: ``texts`` as they stand on it, ``step`` a name of the screen."""
        careless = self._random(person, "careless").random() < self.file.careless
        if any(text in self.rules for text in texts) and not careless:
            return self._accepted(kind, texts)
        if self._random(person, *texts, kind, "unsure").random() < self.file.unsure:
            return [("answer.no_answer", "unsure")]
        if self.file.accuracy is not None:
            return known_answer(kind, texts, self.file.accuracy, self._random(person, *sorted(texts), kind))
        found = [self._quality(kind, text, person, step) for text in texts]
        if kind == "likert":
            normal = NormalDist()
            point = 1 + min(_LEVELS - 1, int(normal.cdf(found[0]) * _LEVELS))
            return [("answer.rating", str(point))]
        gap = found[0] - found[1]
        if kind == "pairwise2":
            return [("answer.choice", "a" if gap > 0 else "b")]
        return [("answer.choice", "tie" if abs(gap) <= self.file.tie else "a" if gap > 0 else "b")]

    def _quality(self, kind: str, text: str, person: str, step: str) -> float:
        shared = self._random(text).gauss(0, 1)
        lasting = self._random(person, text, kind).gauss(0, 1)
        passing = self._random(person, text, kind, step).gauss(0, 1)
        own = self.file.steady**0.5 * lasting + (1 - self.file.steady) ** 0.5 * passing
        effect = self.file.effect.get(kind, 0.0) if self.longer.get(text) else 0.0
        return effect + self.file.shared**0.5 * shared + (1 - self.file.shared) ** 0.5 * own

    def _accepted(self, kind: str, texts: list[str]) -> Pairs:
        known = [self.rules.get(text, ("", {})) for text in texts]
        rule = known[0][1].get(kind) or known[0][1].get("any") or {}
        if kind == "likert":
            low, high = rule.get("score", {}).get(known[0][0], (1, _LEVELS))
            return [("answer.rating", str(round((low + high) / 2)))]
        best = rule.get("best", ())
        if kind in ("pairwise5", "pairwise7"):
            most = 2 if kind == "pairwise5" else 3
            return [("answer.strength", str(-most if known[0][0] in best else most))]
        return [("answer.choice", "a" if known[0][0] in best else "b")]

    def _random(self, *parts: str) -> random.Random:
        """Return a generator of these parts alone: the same page loaded again meets the same mind."""
        return random.Random("\x1f".join((str(self.file.seed), *parts)))


def shipped_mind(slug: str) -> Mind | None:
    """Return the mind that comes with a shipped study where it is always used; None elsewhere."""
    path = FOLDER / f"{slug}.mind.yaml"
    mind = read_mind(path) if path.parent == FOLDER and path.is_file() else None
    return mind if mind and mind.file.always else None


def read_mind(path: Path) -> Mind:
    """Return the mind declared in a YAML file; ValueError says what is wrong with it."""
    try:
        file = MindFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: is not YAML: {error}") from None
    except ValidationError as error:
        told = "; ".join(f"{place}: {message}" for place, message in problems(error).items())
        raise ValueError(f"{path}: {told}") from None
    items = path.parent / file.items
    longer: dict[str, bool] = {}
    rules: dict[str, tuple[str, Any]] = {}
    for line in items.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        texts = [(row.get("id", ""), " ".join(row["text"].split())) for row in item["responses"]]
        if item.get("gold"):
            rules |= {text: (name, item["gold"]) for name, text in texts}
            continue
        lengths = [len(text.split()) for _name, text in texts]
        if len(texts) == 2 and lengths[0] != lengths[1]:
            longer |= {texts[n][1]: lengths[n] > lengths[1 - n] for n in (0, 1)}
    return Mind(file, longer, rules)
