"""The papers of a release: README, datasheet and manifest, from rows and nothing else."""

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import yaml

from multivocal.domain.datasets import Dataset
from multivocal.domain.shapes import say

if TYPE_CHECKING:
    from multivocal.exports.build import Job

_PEOPLE = """
select e.status, e.simulated, count(*), min(e.started_at), max(coalesce(e.finished_at, e.started_at))
from studies_enrolment e where e.study_id = %s and not e.preview
group by e.status, e.simulated order by e.status, e.simulated
"""
_VERSIONS = """
select number, sha256, definition, frozen_at from studies_studyversion
where study_id = %s and frozen_at is not null order by number
"""


def versions(job: "Job") -> list[dict[str, Any]]:
    """Return every version that was ever open, oldest first."""
    rows = job.moment.connection.execute(_VERSIONS, [job.study.id]).fetchall()
    return [dict(zip(("number", "sha256", "definition", "frozen_at"), row, strict=True)) for row in rows]


def as_yaml(definition: Any) -> str:
    """Return a study's document as YAML."""
    return yaml.safe_dump(definition, sort_keys=False, allow_unicode=True, width=110)


def manifest(job: "Job", known: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the release is made of: enough to tell a truncated or changed copy."""
    return {
        "format": 1,
        "study": job.study.slug,
        "profile": job.profile,
        "asked": job.cut.asked(),
        "cut_at": job.moment.at.isoformat(),
        "made_by": f"multivocal {_version()}",
        "versions": [{"number": found["number"], "sha256": found["sha256"]} for found in known],
        "files": job.folder.listing(),
    }


def readme(job: "Job", described: list[Dataset], known: list[dict[str, Any]]) -> str:
    """Return the README: what is here, how it fits together, what to know before using it."""
    title = say(known[-1]["definition"].get("title", ""), "en") if known else ""
    lines = [f"# {title or job.study.slug}", ""]
    lines += [
        f"Profile `{job.profile}` of the study `{job.study.slug}`, the data as of {job.moment.at:%Y-%m-%d %H:%M} UTC."
    ]
    if asked := job.cut.asked():
        lines += ["", "Only: " + ", ".join(f"{key} {value}" for key, value in asked.items()) + "."]
    lines += ["", "| file | rows | sha256 |", "| --- | ---: | --- |"]
    lines += [
        f"| {file['name']} | {'' if file['rows'] is None else file['rows']} | `{file['sha256'][:16]}…` |"
        for file in job.folder.listing()
    ]
    lines += ["", "## The files", ""]
    lines += [f"- **{found.key}**: {found.description}" for found in described]
    lines += ["", "## To know", "", *(f"- {note}" for note in (*job.folder.notes, *_ALWAYS))]
    if "csv" in job.formats and job.profile == "native":
        lines += [f"- {_CSV}"]
    return "\n".join(lines) + "\n"


_ALWAYS = (
    "People are named by a pseudonym that holds in this study only. People who withdrew, and previews, are left out.",
    "Every judgement is its own row; nothing is averaged.",
    "Times are UTC. `codebook.csv` says what every column means and when it is null.",
    "`config/` holds every version of the study; `version` in the rows says which one a person was in.",
    "`sha256sum -c checksums.sha256` tells whether the copy is whole.",
)
_CONTENT = (
    "Answers and conversations in people's own words: free text may name people or places. "
    "Nothing was removed from it."
)
_CSV = (
    "CSV texts are exact. A cell may begin with a sign that a spreadsheet runs as a formula: read the files with a "
    "program, or ask the interface for `?safe=1` (a ' is put before such texts) to open them in a spreadsheet."
)


def datasheet(job: "Job", known: list[dict[str, Any]]) -> str:
    """Return the datasheet: who took part, when, under which document; what a lab adds by hand is marked."""
    rows = job.moment.connection.execute(_PEOPLE, [job.study.id]).fetchall()
    lines = [f"# Datasheet of {job.study.slug}", "", "## People", ""]
    lines += ["| status | simulated | people |", "| --- | --- | ---: |"]
    lines += [f"| {status} | {'yes' if simulated else 'no'} | {n} |" for status, simulated, n, *_rest in rows]
    if rows:
        first, last = min(str(row[3]) for row in rows), max(str(row[4]) for row in rows)
        lines += [
            "",
            f"From {first[:16]} to {last[:16]} UTC. People who withdrew are counted here and nowhere else.",
        ]
    lines += ["", "## How it was collected", ""]
    for found in known:
        definition = found["definition"]
        stages = ", ".join(
            f"{stage.get('id')} ({stage.get('kind')})" for stage in definition.get("stages", [])
        )
        lines += [f"- Version {found['number']} (`{found['sha256'][:16]}…`): {stages}."]
    newest: dict[str, Any] = known[-1]["definition"] if known else {}
    contact = newest.get("contact", {})
    ethics = say(newest.get("ethics") or "", "en") or "not stated"
    lines += [
        "",
        f"Languages: {', '.join(newest.get('languages', ['en']))}. Ethics: {ethics}.",
    ]
    lines += [f"Contact: {say(contact.get('name', ''), 'en')} {contact.get('email') or ''}".rstrip() + "."]
    lines += [
        "",
        "## What is in it",
        "",
        _CONTENT,
    ]
    lines += [
        "",
        "## To be added by the people who publish it",
        "",
        "Purpose, funding, licence, known gaps, maintenance.",
    ]
    return "\n".join(lines) + "\n"


def _version() -> str:
    try:
        return version("multivocal")
    except PackageNotFoundError:
        return "0"
