"""A release on disk: the profile's files, what describes them, and a manifest; all or nothing."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from multivocal.domain.datasets import Dataset
from multivocal.errors import Conflict, NotFound
from multivocal.exports import codebook, documents
from multivocal.exports.cut import Cut
from multivocal.exports.folder import Folder
from multivocal.exports.snapshot import Snapshot, snapshot
from multivocal.studies.models import Study


@dataclass(frozen=True)
class Job:
    """What a profile writes from: one study, one cut, one moment, one folder."""

    study: Study
    profile: str
    cut: Cut
    formats: tuple[str, ...]
    moment: Snapshot
    folder: Folder
    safe: bool = False


# A profile writes its files into job.folder and returns what its codebook says: one Dataset per file.
Profile = Callable[[Job], list[Dataset]]


def profile(key: str) -> Profile:
    """Return how a profile is written, or refuse with the names there are."""
    path = settings.RELEASE_PROFILES.get(key)
    if path is None:
        message = _("There is no profile “{key}”. There are: {names}.")
        raise NotFound(message.format(key=key, names=", ".join(settings.RELEASE_PROFILES)))
    found: Profile = import_string(path)
    return found


def write_release(
    *,
    study: Study,
    target: Path,
    cut: Cut,
    profile_key: str = "native",
    formats: tuple[str, ...] = ("jsonl", "csv", "parquet"),
) -> dict[str, Any]:
    """Write a release into ``target``, which must be absent or empty, and return its manifest.

    Everything is written beside it first and appears by one rename: a release is whole or not there.
    Raises ``Conflict`` where the folder holds something, ``NotFound`` for an unknown profile.
    """
    write = profile(profile_key)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        message = _("“{path}” is not empty. A release is never mixed with other files.")
        raise Conflict(message.format(path=target))
    target.parent.mkdir(parents=True, exist_ok=True)
    with snapshot() as moment:
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            job = Job(study, profile_key, cut, formats, moment, Folder(draft))
            manifest = _fill(job, write)
            draft.chmod(0o755)
            draft.replace(target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return manifest


def _fill(job: Job, write: Profile) -> dict[str, Any]:
    folder = job.folder
    described = write(job)
    folder.write_json("codebook.json", [codebook.as_data(found) for found in described])
    folder.write_text("codebook.csv", codebook.as_csv(described))
    versions = documents.versions(job)
    for version in versions:
        name = f"config/v{version['number']}"
        folder.write_json(f"{name}.json", version["definition"], sort_keys=True)
        folder.write_text(f"{name}.yaml", documents.as_yaml(version["definition"]))
    folder.write_text("README.md", documents.readme(job, described, versions))
    folder.write_text("datasheet.md", documents.datasheet(job, versions))
    manifest = documents.manifest(job, versions)
    folder.write_json("manifest.json", manifest)
    lines = [f"{file['sha256']}  {file['name']}\n" for file in folder.listing()]
    folder.write_text("checksums.sha256", "".join(lines))
    return {**manifest, "files": folder.listing()}
