"""The page “Items” of a study: its sets, and a file on its way to become one."""

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Count
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.protocols.items.models import ItemUpload
from annotation.protocols.items.uploads import drop_upload, import_upload, keep_upload, look_at
from multivocal.errors import Invalid
from multivocal.studies.access import Right
from multivocal.studies.models import Study
from multivocal.studies.staff.extras import StaffPage

NAME = r"[a-z0-9][a-z0-9_\-]{0,62}"


def context(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the sets, the file that waits, and what was typed."""
    waiting = ItemUpload.objects.filter(study=study).select_related("user").first()
    looked = look_at(waiting, keep_empty="keep_empty" in asked) if waiting else None
    suggested = re.sub(r"[^a-z0-9_-]+", "-", waiting.source.rsplit(".", 1)[0].lower()) if waiting else ""
    return {
        "sets": study.item_sets.annotate(n=Count("items")),
        "looked": looked,
        "typed": {"name": suggested.strip("-_")[:60], **asked},
        "pattern": NAME,
    }


def act(study: Study, user: Any, form: QueryDict) -> str:
    """Import the file that waits, or throw it away."""
    upload = int(form.get("upload", "")) if form.get("upload", "").isdecimal() else 0
    if form.get("do") == "drop":
        drop_upload(study=study, upload=upload)
        return _("The file is thrown away. Nothing was stored.")
    if form.get("do") != "import":
        raise Invalid(_("Choose a file first."))
    name = form.get("name", "").strip()
    if not re.fullmatch(NAME, name):
        raise Invalid(_("Give a name of small letters, digits, - and _."))
    done = import_upload(
        study=study, user=user, upload=upload, name=name,
        skip_bad="skip_bad" in form, keep_empty="keep_empty" in form,
    )  # fmt: skip
    if not done.changed:
        return _("The set “{name}” holds exactly this already.").format(name=name)
    told = _("{n} items with {r} responses are stored as “{name}”; {left} rows were left out.").format(
        n=done.items, r=done.responses, name=name, left=len(done.left_out)
    )
    if done.replaced:
        told += " " + _("They replaced the {n} items it had.").format(n=done.replaced)
    return told


def upload(study: Study, user: Any, form: QueryDict, files: MultiValueDict[str, Any]) -> str:
    """Keep a chosen file, to be looked at before anything is stored."""
    file = files.get("file")
    if file is None:
        raise Invalid(_("Choose a file first."))
    keep_upload(study=study, user=user, file=file)
    return _("Look at what the file holds, then import it.")


def fits(study: Study) -> bool:
    """Return whether a study has items, or may still be given some."""
    return study.state != Study.State.CLOSED and (
        study.state == Study.State.DRAFT or study.item_sets.exists()
    )


PAGE = StaffPage("items", gettext_lazy("Items"), Right.EDIT, "items", context, fits, act, upload)
