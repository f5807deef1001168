"""Reading a file of items: JSONL, the pairs form of it, or CSV; every bad row is named by line and reason."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from annotation.protocols.items.json_in import load_json
from annotation.protocols.items.pairs import is_pair, pair_row
from annotation.protocols.items.shapes import ItemRow
from annotation.protocols.items.table import table_rows
from multivocal.domain.files import Problem
from multivocal.studies.places import study_problems

LARGEST = 64 * 2**20
MOST_ITEMS = 200_000


@dataclass
class Read:
    """What a file holds: the good items with their lines, what is wrong, and what is good to know."""

    items: list[tuple[int, ItemRow]] = field(default_factory=list)
    bad: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    repeated: int = 0

    def sha256(self) -> str:
        """Return the hash of the items' content, in their order."""
        return content_hash([item for _line, item in self.items])


def content_hash(items: list[ItemRow]) -> str:
    """Return the sha256 of items: canonical JSON, one line each."""
    digest = hashlib.sha256()
    for item in items:
        text = json.dumps(
            item.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        digest.update(text.encode() + b"\n")
    return digest.hexdigest()


def read_items(raw: bytes, *, name: str = "", keep_empty: bool = False) -> Read:
    """Return what ``raw`` holds; nothing is dropped in silence.

    The form is told by the name (.csv) or by the first character: an object a line is JSONL. Empty texts are bad
    unless ``keep_empty``; in the pairs form they are kept and noted, because there a model said nothing.
    """
    found = Read()
    if len(raw) > LARGEST:
        found.bad.append(Problem(0, f"the file is larger than {LARGEST // 2**20} MB"))
        return found
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        found.bad.append(Problem(0, "the file is UTF-16; save it as UTF-8"))
        return found
    text = raw.removeprefix(b"\xef\xbb\xbf")
    if not text.strip():
        found.bad.append(Problem(0, "the file is empty"))
        return found
    rows = _csv(text, found) if _is_csv(text, name) else _jsonl(text, found)
    known: dict[str, tuple[int, ItemRow]] = {}
    for line, data, empty_is_fine in rows:
        item = _item(line, data, found)
        if item is None:
            continue
        if not (keep_empty or empty_is_fine) and (blank := _blank(item)):
            found.bad.append(Problem(line, f"the response “{blank}” is empty"))
            continue
        if item.id in known:
            before, same = known[item.id]
            if same == item:
                found.repeated += 1
                found.notes.append(Problem(line, f"the same item as in line {before}; read once"))
            else:
                found.bad.append(
                    Problem(line, f"the id “{item.id}” stands in line {before} with other content")
                )
            continue
        if len(known) >= MOST_ITEMS:
            found.bad.append(Problem(line, f"a set has at most {MOST_ITEMS} items"))
            break
        known[item.id] = (line, item)
        found.items.append((line, item))
    if not found.items and not found.bad:
        found.bad.append(Problem(0, "the file has no items"))
    return found


def _is_csv(text: bytes, name: str) -> bool:
    if name.lower().endswith((".csv", ".tsv")):
        return True
    return not name.lower().endswith((".jsonl", ".ndjson", ".json")) and not text.lstrip().startswith(b"{")


def _decoded(raw: bytes, line: int, found: Read) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        found.bad.append(Problem(line, f"is not UTF-8 (byte {error.start + 1} of the line)"))
        return None


def _jsonl(raw: bytes, found: Read) -> Iterator[tuple[int, Any, bool]]:
    for line, part in enumerate(raw.split(b"\n"), start=1):
        if not part.strip():
            continue
        text = _decoded(part, line, found)
        if text is None:
            continue
        try:
            data = load_json(text)
        except ValueError as error:
            found.bad.append(Problem(line, str(error)))
            continue
        if isinstance(data, dict) and is_pair(data):
            row, notes, wrong = pair_row(data)
            found.notes.extend(Problem(line, note) for note in notes)
            if wrong:
                found.bad.append(Problem(line, "; ".join(wrong)))
            else:
                yield line, row, True
        else:
            yield line, data, False


def _csv(raw: bytes, found: Read) -> Iterator[tuple[int, Any, bool]]:
    # Line by line first, so that a bad byte is named by its line; then as a whole, for quoted line breaks.
    lines = raw.split(b"\n")
    for line, part in enumerate(lines, start=1):
        _decoded(part, line, found)
    if found.bad:
        return
    text = raw.decode("utf-8")
    header = text.split("\n", 1)[0]
    # What some spreadsheets write instead of commas.
    delimiter = next((mark for mark in "\t;" if mark in header and "," not in header), ",")
    csv.field_size_limit(2**24)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for line, data, wrong in table_rows(reader):
        if wrong:
            found.bad.append(Problem(line, wrong))
        else:
            yield line, data, False


def _item(line: int, data: Any, found: Read) -> ItemRow | None:
    if not isinstance(data, dict):
        hint = "; write one object on each line, without a list around them" if isinstance(data, list) else ""
        found.bad.append(Problem(line, f"is not an object with id, prompt and responses{hint}"))
        return None
    try:
        return ItemRow.model_validate(data)
    except ValidationError as error:
        places = study_problems(error, data)
        said = "; ".join(
            message if place == "document" else f"{place}: {message}" for place, message in places.items()
        )
        found.bad.append(Problem(line, said))
        return None


def _blank(item: ItemRow) -> str:
    return next((row.id for row in item.responses if not row.text.strip()), "")
