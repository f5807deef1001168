"""The debrief: what the study was about, where help is, and the button that ends it. The smallest kind."""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import Field

from multivocal.domain.shapes import LocalText, Shape
from multivocal.studies.prose import paint
from multivocal.studies.stages import Done, Outcome, Page, StageConfig, StageKind, Visit


class Resource(Shape):
    """Somewhere to turn to."""

    label: LocalText
    url: Annotated[str, Field(pattern=r"^(https?://|mailto:|tel:)\S+$")] | None = None


class DebriefConfig(StageConfig):
    """A text at the end."""

    kind: Literal["debrief"] = "debrief"
    text: LocalText = Field(description="Blank lines part paragraphs; “# ” a heading, “- ” a list.")
    resources: tuple[Resource, ...] = Field((), description="Help lines, pages to read on.")
    button: LocalText = Field("", description="The label of the button; “Finish” when left out.")


class DebriefKind(StageKind):
    """Paints the text; its button finishes the stage."""

    config = DebriefConfig

    def page(self, visit: Visit, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
        """Return the text, the resources and the button."""
        stage: DebriefConfig = visit.stage  # type: ignore[assignment]
        return Page(
            "participant/debrief.html",
            {
                "title": visit.say(stage.title) or _("About this study"),
                "body": paint(visit.say(stage.text)),
                "resources": [{"label": visit.say(r.label), "url": r.url or ""} for r in stage.resources],
                "button": visit.say(stage.button) or _("Finish"),
            },
        )

    def submit(self, visit: Visit, form: QueryDict, key: UUID) -> Outcome:
        """There is nothing to store."""
        return Done()
