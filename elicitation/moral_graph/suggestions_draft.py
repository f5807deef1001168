"""A deliberation's set-up as its draft has it, and putting an accepted suggestion into that draft."""

import copy
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from multivocal.domain.shapes import say
from multivocal.errors import Invalid
from multivocal.studies.edits import Saved, current_document, save_edit
from multivocal.studies.models import Study


@dataclass(frozen=True)
class SetUp:
    """What a draft says of its wisdom stage: ``contexts`` key → text, ``questions`` (key, text), seeds as typed."""

    language: str
    questions: list[tuple[str, str]]
    contexts: dict[str, str]
    seeds: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    interviewed: bool

    def question(self, key: str) -> str | None:
        """Return what people are asked, or None."""
        return dict(self.questions).get(key)


def read_set_up(study: Study) -> SetUp:
    """Return the set-up of the draft, else of the newest version; refuses (Invalid) one that has no wisdom stage."""
    document, _edit = current_document(study)
    wisdom, interview = _stages(document)
    language = str((document.get("languages") or ["en"])[0])
    questions = [
        (str(one.get("key", "")), _text(one.get("prompt") or one.get("title"), language))
        for one in _rows((interview or {}).get("questions"))
    ]
    if interview is None:
        questions = [("", _text(document.get("title"), language))]
    texts = (interview or {}).get("contexts") or {}
    texts = {**texts, **(wisdom.get("contexts") or {})} if isinstance(texts, dict) else {}
    return SetUp(
        language, questions, {key: _text(text, language) for key, text in texts.items()},
        [
            _seed(seed, language)
            for seed in _rows(wisdom.get("seeds"))
            if {"key", "title", "description", "policies"} <= seed.keys()
        ],
        _rows(wisdom.get("steps")), interview is not None,
    )  # fmt: skip


def put_context(*, study: Study, user: Any, question: str, text: str) -> tuple[str, Saved]:
    """Add a situation to the draft, for a question where there is an interview; return its key and the edit.

    This and the next two are called inside a transaction with the study's row locked: two designers who accept at
    once both get their part in.
    """
    document = _copy(study)
    wisdom, interview = _stages(document)
    language = str((document.get("languages") or ["en"])[0])
    home = interview if interview is not None else wisdom
    contexts = home.setdefault("contexts", {})
    key = _key(text, [*contexts, *(wisdom.get("contexts") or {})], "situation")
    contexts[key] = {language: text}
    for one in _rows(home.get("questions")):
        if one.get("key") == question:
            one["contexts"] = [*(one.get("contexts") or []), key]
    return key, save_edit(study=study, user=user, document=document, step=True)


def put_seed(*, study: Study, user: Any, question: str, seed: dict[str, Any]) -> tuple[str, Saved]:
    """Add a seed value to the draft; return its key and the edit."""
    document = _copy(study)
    wisdom, interview = _stages(document)
    seeds = wisdom.setdefault("seeds", [])
    key = _key(seed["title"], [str(one.get("key")) for one in _rows(seeds)], "seed")
    seeds.append({"key": key, **seed, **({"questions": [question]} if question and interview else {})})
    return key, save_edit(study=study, user=user, document=document, step=True)


def put_step(*, study: Study, user: Any, step: dict[str, Any]) -> tuple[str, Saved]:
    """Add a step between two seeds to the draft, in place of one that tells the same step; return its name."""
    document = _copy(study)
    wisdom, _interview = _stages(document)
    ends = ("source", "target", "context")
    steps = [one for one in _rows(wisdom.get("steps")) if any(one.get(end) != step[end] for end in ends)]
    wisdom["steps"] = [*steps, step]
    name = "{source} → {target}, {context}".format(**step)
    return name, save_edit(study=study, user=user, document=document, step=True)


def has_wisdom(study: Study) -> bool:
    """Return whether the draft or the newest version has a wisdom stage."""
    document, _edit = current_document(study)
    return any(one.get("kind") == "wisdom" for one in _rows(document.get("stages")))


def _copy(study: Study) -> dict[str, Any]:
    document, _edit = current_document(study)
    return copy.deepcopy(document)


def _stages(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    stages = _rows(document.get("stages"))
    wisdom = next((one for one in stages if one.get("kind") == "wisdom"), None)
    if wisdom is None:
        raise Invalid(_("The draft of this study has no wisdom stage."), code="no_wisdom_stage")
    wanted = wisdom.get("interview")
    return wisdom, next((one for one in stages if wanted and one.get("id") == wanted), None)


def _rows(found: Any) -> list[dict[str, Any]]:
    """Return the mappings of a list: what designers type may be anything until it has no mistakes."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list | tuple) else []


def _seed(seed: dict[str, Any], language: str) -> dict[str, Any]:
    """Return a seed in one language."""
    lines = seed["policies"] if isinstance(seed["policies"], list | tuple) else []
    told = {name: _text(seed[name], language) for name in ("title", "description")}
    return {**seed, **told, "policies": [_text(line, language) for line in lines]}


def _text(found: Any, language: str) -> str:
    return say(found, language) if isinstance(found, str) or (isinstance(found, dict) and found) else ""


def _key(text: str, taken: Collection[str], otherwise: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain.removeprefix("when ")).strip("-")[:40].strip("-") or otherwise
    key, n = words, 2
    while key in taken:
        key, n = f"{words}-{n}", n + 1
    return key
