"""Which traits of people a study itself names: strata, quotas, and what its questionnaires remember."""

from collections.abc import Iterator
from typing import Any

from multivocal.studies.models import Study
from multivocal.studies.versions import newest_version


def named_traits(study: Study) -> list[str]:
    """Return the names in order, without doubles. Anything else a row may hold is not for telling groups apart."""
    version = newest_version(study)
    definition: dict[str, Any] = version.definition if version else {}
    found = list((definition.get("assignment") or {}).get("stratify") or ())
    for cell in (definition.get("quotas") or {}).get("cells") or ():
        found += list(cell.get("where") or {})
    for stage in definition.get("stages") or ():
        found += [name for name in stage.get("traits") or () if isinstance(name, str)]
        found += _remembered(stage)
        # An interview that asks how much somebody has lived through remembers the answer under this name.
        found += ["experience"] if stage.get("experience") is True else []
    return list(dict.fromkeys(found))


def _remembered(part: Any) -> Iterator[str]:
    """Yield the names under which a questionnaire's items keep their answers, wherever they stand in it."""
    if isinstance(part, dict):
        if isinstance(name := part.get("remember_as"), str):
            yield name
        for inner in part.values():
            yield from _remembered(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _remembered(inner)
