"""The demonstration studies of a new server: stored and opened once, and again when their files change."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from multivocal.errors import Refused
from multivocal.llm.models import LanguageModel
from multivocal.studies.definition import as_document, digest, parse_definition
from multivocal.studies.lifecycle import open_study
from multivocal.studies.models import Study
from multivocal.studies.shipped import item_files, shipped_files
from multivocal.studies.versions import save_draft
from multivocal.studies.yaml_in import read_yaml


def seed_studies() -> Iterator[tuple[str, str, Refused | None]]:
    """Yield ``(slug, what happened, why not)`` per shipped study. Doing it again changes nothing.

    A study that a person has edited, paused or closed is theirs now, and is left alone.
    """
    if not LanguageModel.objects.exists():
        call_command("llm", "seed", verbosity=0)
    for path in shipped_files():
        try:
            yield path.stem, _seed(path), None
        except Refused as refusal:
            yield path.stem, "not opened", refusal


def _seed(path: Path) -> str:
    document = read_yaml(path.read_bytes()).data
    definition = parse_definition(document)
    study = Study.objects.filter(slug=definition.slug).first()
    if study is not None:
        if study.audit.exclude(user=None).exists() or study.state in {Study.State.PAUSED, Study.State.CLOSED}:
            return "left as it is"
        newest = study.versions.order_by("-number").first()
        current = digest(as_document(definition))
        if study.state == Study.State.OPEN and newest and newest.sha256 == current:
            return "already open"
    version = save_draft(document=document)
    for items in item_files(path):
        # By its name: studies know nothing of the instruments that judge items.
        call_command(
            "items",
            "import",
            definition.slug,
            str(items),
            "--set",
            items.stem.split(".")[1],
            stdout=StringIO(),
        )
    open_study(study=version.study)
    return f"open, version {version.number}"
