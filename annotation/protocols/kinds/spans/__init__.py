"""Marked passages: where in an answer something is wrong, what it is and how bad."""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from annotation.protocols.kinds.spans.texts import found, hash_of, read_spans
from annotation.protocols.places import strangers
from annotation.protocols.registry import Protocol, ProtocolConfig, Say
from annotation.protocols.shapes import BySlot, Named, Score, Shown, Whole, distinct
from multivocal.domain.shapes import Shape


class Severity(Named):
    """How bad a marked passage is; the weights are those of MQM."""

    weight: float = Field(1, ge=0, le=100)


LABELS = (
    Named(key="wrong", label={"en": "Wrong", "ar": "خطأ"}),
    Named(key="unclear", label={"en": "Unclear", "ar": "غير واضح"}),
    Named(key="harmful", label={"en": "Harmful", "ar": "ضار"}),
)
SEVERITIES = (
    Severity(key="minor", label={"en": "Minor", "ar": "بسيط"}, weight=1),
    Severity(key="major", label={"en": "Major", "ar": "جسيم"}, weight=5),
)


class SpansConfig(ProtocolConfig):
    """Mark passages in the answers."""

    kind: Literal["spans"] = "spans"
    labels: tuple[Named, ...] = Field(LABELS, min_length=1, max_length=30)
    severities: tuple[Severity, ...] = Field(
        SEVERITIES, max_length=10, description="None asks for no severity."
    )
    most: int = Field(100, ge=1, le=200, description="How many passages may be marked.")

    @model_validator(mode="after")
    def _distinct(self) -> "SpansConfig":
        distinct(self.labels, "label")
        distinct(self.severities, "severity")
        return self


class Span(Shape):
    """A passage from ``start`` up to but without ``end``, in Unicode code points of the answer's text."""

    slot: str
    start: Whole
    end: Whole
    label: str
    severity: str | None = None


class SpansResponse(Shape):
    """The passages, none where nothing was to mark, and the SHA-256 of the texts their offsets belong to."""

    spans: tuple[Span, ...] = Field(max_length=200)
    text_sha256: BySlot[str] = Field(default_factory=dict)


class Quote(Shape):
    """A passage by its words, as a model gives it."""

    slot: str
    quote: str
    occurrence: int
    label: str
    severity: str | None


class QuotedSpans(Shape):
    """Passages by their words."""

    spans: list[Quote]


def check(config: SpansConfig, response: SpansResponse, shown: Shown) -> Mapping[str, str]:
    """Return what is wrong, at ``spans.0`` or ``text_sha256.A``: another text, beyond the text, marked twice."""
    wrong = strangers(response.text_sha256, shown.slots, "text_sha256.")
    for slot in shown.slots:
        if response.text_sha256.get(slot) != hash_of(shown, slot):
            wrong[f"text_sha256.{slot}"] = _("this answer is not the text that was marked")
    if len(response.spans) > config.most:
        wrong["spans"] = _("mark at most {most} passages").format(most=config.most)
    met = set()
    for n, span in enumerate(response.spans):
        if sentence := _wrong_span(config, span, shown):
            wrong[f"spans.{n}"] = sentence
        elif (place := (span.slot, span.start, span.end, span.label)) in met:
            wrong[f"spans.{n}"] = _("this passage is marked twice in the same way")
        else:
            met.add(place)
    return wrong


def _wrong_span(config: SpansConfig, span: Span, shown: Shown) -> str:
    if span.slot not in shown.slots:
        return _("this answer is not on the page")
    if (span.start, span.end) == (-1, -1):
        return _("these words are not in that answer; copy them exactly as they stand there")
    if not 0 <= span.start < span.end <= len(shown.texts.get(span.slot, "")):
        return _("this passage lies outside the answer's text")
    if span.label not in {label.key for label in config.labels}:
        return _("say what it is")
    severities = {severity.key for severity in config.severities}
    if (span.severity not in severities) if severities else (span.severity is not None):
        return _("say how bad it is") if severities else _("this was not asked")
    return ""


def penalties(config: SpansConfig, response: SpansResponse, shown: Shown) -> dict[tuple[str, str], float]:
    """Return the summed weights per slot and label, 0 where nothing was marked; 1 per passage without severities."""
    weights = {severity.key: severity.weight for severity in config.severities}
    total = {(slot, label.key): 0.0 for slot in shown.slots for label in config.labels}
    for span in response.spans:
        total[span.slot, span.label] += weights.get(span.severity or "", 1.0)
    return total


def scores(config: SpansConfig, response: SpansResponse, shown: Shown) -> Mapping[str, float | None]:
    """Return minus the summed weights, so that an answer without marks is best."""
    parts = penalties(config, response, shown)
    return {slot: 0.0 - sum(value for (of, _), value in parts.items() if of == slot) for slot in shown.slots}


def ratings(config: SpansConfig, response: SpansResponse, shown: Shown) -> tuple[Score, ...]:
    """Return minus the weights per label, and their sum under ``overall``; pairs follow after aggregation only."""
    parts = penalties(config, response, shown)
    rows = [Score(slot, label, 0.0 - value) for (slot, label), value in parts.items()]
    total = scores(config, response, shown)
    return (*rows, *(Score(slot, "overall", total[slot] or 0.0) for slot in shown.slots))


def read(config: SpansConfig, form: Any, shown: Shown) -> dict[str, Any]:
    """Return the passages of ``answer.spans.0.slot`` and so on; nothing where neither they nor “none” are given."""
    return read_spans(form, shown, config.most)


def settle(config: SpansConfig, payload: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    """Return the payload with offsets for quoted words, and the texts' hashes where they were left out."""
    hashes = payload.get("text_sha256", {})
    spans = payload.get("spans")
    settled = dict(payload)
    if isinstance(spans, list | tuple):
        settled["spans"] = [found(span, shown) for span in spans]
    if isinstance(hashes, Mapping):
        settled["text_sha256"] = {**{slot: hash_of(shown, slot) for slot in shown.slots}, **hashes}
    return settled


def ask(config: SpansConfig, shown: Shown, say: Say) -> str:
    """Return how a model answers: by quoting, since models count characters badly."""
    labels = "; ".join(f"{label.key} ({say(label.label)})" for label in config.labels)
    severities = "; ".join(f"{one.key} ({say(one.label)})" for one in config.severities)
    return (
        f"Mark the passages in the responses ({', '.join(shown.slots)}) that have one of these faults: {labels}."
        + (f" Say how bad each is: {severities}." if severities else " Set severity to null.")
        + " Quote the words exactly as they stand; occurrence is 1 for the first place where they stand, 2 for the"
        + " second. With nothing to mark the list is empty.\n"
        + 'Answer with JSON and nothing else: {"spans": [{"slot": "<letter>", "quote": "<words>", "occurrence": 1, '
        + '"label": "<label>", "severity": ' + ('"<severity>"' if severities else "null") + "}]}"
    )  # fmt: skip


PROTOCOL = Protocol(
    kind="spans",
    config=SpansConfig,
    response=SpansResponse,
    responses=(1, 8),
    template="kinds/spans/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    ratings=ratings,
    settle=settle,
    asked=QuotedSpans,
)
