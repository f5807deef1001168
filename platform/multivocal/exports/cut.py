"""Which rows are asked for: a study, and where wanted from when, of whom, of which version."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from multivocal.errors import Invalid
from multivocal.studies.models import Enrolment, Study, StudyVersion

PARAMETERS = ("since", "annotator", "version")


@dataclass(frozen=True)
class Cut:
    """``since``: rows recorded at or after; ``annotator``: a pseudonym; ``version``: a study version's number."""

    study: UUID
    since: datetime | None = None
    annotator: str | None = None
    version: int | None = None

    def parameters(self) -> dict[str, Any]:
        """Return the named parameters of a dataset's SQL."""
        return {
            "study": self.study,
            "since": self.since,
            "annotator": self.annotator,
            "version": self.version,
        }

    def asked(self) -> dict[str, str]:
        """Return what was asked for as plain text, without what was left out."""
        since = self.since.isoformat().replace("+00:00", "Z") if self.since else None
        found = {"since": since, "annotator": self.annotator, "version": self.version}
        return {key: str(value) for key, value in found.items() if value is not None}


def parse_cut(study: Study, asked: Mapping[str, str | None]) -> Cut:
    """Return what ``asked`` means for ``study``; refuse dates, people and versions that are not there."""
    fields: dict[str, str] = {}
    since = annotator = version = None
    if (text := asked.get("since")) is not None:
        since = _moment(text)
        if since is None:
            fields["since"] = _(
                "“{text}” is not a date or time like 2026-05-31 or 2026-05-31T12:00:00Z."
            ).format(text=text[:40])
    if (text := asked.get("annotator")) is not None:
        annotator = text
        if "\0" in text or not Enrolment.objects.filter(study=study, pseudonym=text).exists():
            fields["annotator"] = _("Nobody in this study has the pseudonym “{text}”.").format(text=text[:40])
    if (text := asked.get("version")) is not None:
        version = int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None
        if version is None or not StudyVersion.objects.filter(study=study, number=version).exists():
            fields["version"] = _("This study has no version “{text}”.").format(text=text[:40])
    if fields:
        raise Invalid(_("This is not something that can be asked for."), fields=fields)
    return Cut(study.id, since, annotator, version)


def _moment(text: str) -> datetime | None:
    # A plus sign in an address arrives as a space.
    text = re.sub(r" (\d\d:?\d\d)$", r"+\1", text.strip())
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
