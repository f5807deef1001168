"""Consent: a versioned text, a box for every purpose, a way to say no, and one row of what was agreed."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from multivocal.domain.shapes import CleanText, LocalText, Shape, Slug, unique
from multivocal.participants.consents import record_consent
from multivocal.studies.prose import paint
from multivocal.studies.stages import Again, Done, Exit, Outcome, Page, StageConfig, StageKind, Visit

if TYPE_CHECKING:
    from multivocal.studies.definition import StudyDefinition


class Purpose(Shape):
    """One thing a person may agree to, with a box of its own."""

    key: Slug
    text: LocalText
    required: bool = Field(False, description="Nobody can take part without ticking it.")


class ConsentConfig(StageConfig):
    """A consent text and its purposes."""

    kind: Literal["consent"] = "consent"
    version: Annotated[CleanText, Field(min_length=1, max_length=32)] = Field(
        description="Your name for this wording, such as 2026-03 or v2."
    )
    body: LocalText = Field(description="Blank lines part paragraphs; “# ” a heading, “- ” a list.")
    purposes: tuple[Purpose, ...] = ()
    agree: LocalText = Field("", description="The label of the button that agrees.")

    @model_validator(mode="after")
    def _purposes(self) -> "ConsentConfig":
        unique([purpose.key for purpose in self.purposes], "purpose")
        return self


class ConsentKind(StageKind):
    """Asks for consent; only ticked boxes count, and saying no is asked twice and then respected."""

    config = ConsentConfig

    def page(self, visit: Visit, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
        """Return the text with its boxes, or, for somebody who pressed no, the question whether they are sure."""
        stage: ConsentConfig = visit.stage  # type: ignore[assignment]
        declining = visit.query.get("decline") == "1" or bool(posted and posted.get("decision") == "decline")
        return Page(
            "participant/consent.html",
            {
                "title": visit.say(stage.title) or _("Your consent"),
                "body": paint(visit.say(stage.body)),
                "version": stage.version,
                "purposes": [
                    {
                        "key": purpose.key,
                        "name": f"purpose-{purpose.key}",
                        "text": visit.say(purpose.text),
                        "required": purpose.required,
                        "checked": bool(posted and posted.get(f"purpose-{purpose.key}")),
                    }
                    for purpose in stage.purposes
                ],
                "declining": declining and not problems,
                "agree_label": visit.say(stage.agree) or _("I agree"),
            },
        )

    def submit(self, visit: Visit, form: QueryDict, key: UUID) -> Outcome:
        """Store an agreement, or a refusal that was confirmed."""
        stage: ConsentConfig = visit.stage  # type: ignore[assignment]
        decision = form.get("decision", "")
        if decision == "decline":
            return Again({})
        if decision == "leave":
            self._record(visit, stage, agreed=False, ticked={})
            return Exit("no_consent")
        if decision != "agree":
            return Again({"decision": _("Choose whether you agree.")})
        ticked = {purpose.key: bool(form.get(f"purpose-{purpose.key}")) for purpose in stage.purposes}
        missing = {
            f"purpose-{purpose.key}": _("Tick this box if you want to take part: “{text}”").format(
                text=visit.say(purpose.text)
            )
            for purpose in stage.purposes
            if purpose.required and not ticked[purpose.key]
        }
        if missing:
            return Again(missing)
        self._record(visit, stage, agreed=True, ticked=ticked)
        return Done()

    def check(self, stage: Any, definition: "StudyDefinition") -> Iterator[str]:
        """Warn where nothing has to be ticked, or a language has no text of its own."""
        if not any(purpose.required for purpose in stage.purposes):
            yield "No purpose is required: people agree with the button alone."
        for language in definition.languages:
            if isinstance(stage.body, dict) and language not in stage.body:
                yield f"The consent text is missing in the language “{language}”."

    def _record(self, visit: Visit, stage: ConsentConfig, *, agreed: bool, ticked: dict[str, bool]) -> None:
        body = visit.say(stage.body)
        purposes = {purpose.key: visit.say(purpose.text) for purpose in stage.purposes}
        record_consent(
            study=visit.enrolment.study_id,
            participant=visit.enrolment.participant_id,
            enrolment=visit.enrolment.pk,
            version=stage.version,
            language=visit.language,
            body=body,
            purposes=purposes,
            sha256=wording_hash(stage.version, visit.language, body, purposes),
            agreed=agreed,
            ticked=ticked,
        )


def wording_hash(version: str, language: str, body: str, purposes: Mapping[str, str]) -> str:
    """Return the sha256 of what was shown: JSON of [version, language, body, purposes], keys sorted, no spaces.

    Sorted, because the database keeps no order of keys and anybody must be able to check the hash of a row.
    """
    text = json.dumps(
        [version, language, body, dict(purposes)], ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return hashlib.sha256(text.encode()).hexdigest()
