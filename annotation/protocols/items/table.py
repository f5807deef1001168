"""Items as a table: one line per item with numbered columns, or one line per response."""

import csv
from collections.abc import Iterator
from typing import Any

from annotation.protocols.items.json_in import load_json

PER_ITEM = {"id", "prompt", "reference", "stratum", "split", "block", "gold", "units", "context"}
PER_RESPONSE = {"response_id", "text", "system", "role"}
NUMBERED = ("response", "system", "role", "response_id")
AS_JSON = {"gold", "units", "context"}

Line = tuple[int, dict[str, Any], str]


def table_rows(reader: Any) -> Iterator[Line]:
    """Yield ``(line, item as plain data, what is wrong)`` for each item of a CSV reader with a header.

    Wide: ``id, prompt, response_1, response_2, …`` (+ ``system_1`` …); long: ``id, prompt, text`` with a line per
    response and ``response_id, system, role`` beside it.
    """
    try:
        header = [name.strip() for name in next(reader)]
        if wrong := _wrong_header(header):
            yield 1, {}, wrong
            return
        yield from (_long(reader, header) if "text" in header else _wide(reader, header))
    except StopIteration:
        return
    except csv.Error as error:
        yield reader.line_num, {}, f"is not CSV: {error}"


def _wrong_header(header: list[str]) -> str:
    twins = sorted({name for name in header if header.count(name) > 1})
    if twins:
        return f"the column “{twins[0]}” stands twice"
    for name in header:
        if name not in PER_ITEM | PER_RESPONSE and not _numbered(name):
            known = ", ".join([*sorted(PER_ITEM | PER_RESPONSE), *(f"{stem}_1" for stem in NUMBERED)])
            return f"the column “{name}” is not known; known are {known} (and _2, _3, …)"
    if "id" not in header:
        return "there is no column “id”"
    if "text" not in header and not any(
        found[0] == "response" for name in header if (found := _numbered(name))
    ):
        return "there is neither a column “text” nor “response_1”"
    return ""


def _numbered(name: str) -> tuple[str, int] | None:
    stem, _, number = name.rpartition("_")
    if stem not in NUMBERED or not number.isdecimal() or len(number) > 3:
        return None
    # “01” and “1” would be one column, and one of the two would be lost.
    return (stem, int(number)) if number == str(int(number)) else None


def _cells(reader: Any, header: list[str]) -> Iterator[tuple[int, dict[str, str], str]]:
    last = reader.line_num
    for cells in reader:
        line, last = last + 1, reader.line_num  # the line a quoted row begins on
        if not any(cells):
            continue
        if len(cells) != len(header):
            yield line, {}, f"has {len(cells)} columns, and the header {len(header)}"
            continue
        yield line, dict(zip(header, cells, strict=True)), ""


def _wide(reader: Any, header: list[str]) -> Iterator[Line]:
    numbers = sorted({found[1] for name in header if (found := _numbered(name))})
    for line, row, wrong in _cells(reader, header):
        if wrong:
            yield line, {}, wrong
            continue
        responses = []
        for n in numbers:
            given = {stem: row.get(f"{stem}_{n}", "") for stem in NUMBERED}
            if any(given.values()):  # an item with fewer responses leaves its last columns blank
                response = {
                    "id": given["response_id"] or str(n),
                    "text": given["response"],
                    "system": given["system"],
                }
                responses.append(response | ({"role": given["role"]} if given["role"] else {}))
        data, wrong = _item(row)
        yield line, {**data, "responses": responses}, wrong


def _long(reader: Any, header: list[str]) -> Iterator[Line]:
    items: dict[str, tuple[int, dict[str, Any]]] = {}
    for line, row, wrong in _cells(reader, header):
        data, bad = ({}, wrong) if wrong else _item(row)
        if bad:
            yield line, {}, bad
            continue
        response = {"text": row["text"], "system": row.get("system", "")}
        response |= {"id": row["response_id"]} if row.get("response_id") else {}
        response |= {"role": row["role"]} if row.get("role") else {}
        first, known = items.setdefault(row["id"], (line, {**data, "responses": []}))
        before = {key: value for key, value in known.items() if key != "responses"}
        if data != before:
            yield line, {}, f"says other things about the item “{row['id']}” than line {first}"
            continue
        known["responses"].append(response)
    for line, data in items.values():
        yield line, data, ""


def _item(row: dict[str, str]) -> tuple[dict[str, Any], str]:
    data: dict[str, Any] = {}
    for key in PER_ITEM & set(row):
        if row[key] == "" and key not in ("id", "prompt"):
            continue
        if key in AS_JSON:
            try:
                data[key] = load_json(row[key])
            except ValueError as error:
                return {}, f"{key}: {error}"
        elif key == "block":
            if not (row[key].isdecimal() and len(row[key]) < 10):
                return {}, "block: is no whole number"
            data[key] = int(row[key])
        else:
            data[key] = row[key]
    return data, ""
