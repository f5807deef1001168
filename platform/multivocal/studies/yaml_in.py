"""A study's YAML as data and line numbers: a strict reader without the surprises of YAML 1.1."""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

from multivocal.errors import Invalid, TooLarge

LARGEST = 1_000_000
DEEPEST = 40
MOST_VALUES = 50_000

_TAG = "tag:yaml.org,2002:"
# YAML 1.2's core, and no more: yes, no, on and off are words, and a date is the text it is written as.
RESOLVERS = (
    (f"{_TAG}bool", re.compile(r"^(?:true|false)$"), "tf"),
    (f"{_TAG}null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""]),
    (f"{_TAG}int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), "-0123456789"),
    (
        f"{_TAG}float",
        re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)$"),
        "-0123456789",
    ),
)


class StrictLoader(yaml.CSafeLoader):
    """A loader that knows text, whole numbers, decimal numbers, true, false and null."""


StrictLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in RESOLVERS:
    StrictLoader.add_implicit_resolver(_tag, _pattern, list(_first))


@dataclass
class Document:
    """What a file said: the data, and the line each place stands on (1 is the first)."""

    data: Any
    lines: dict[str, int] = field(default_factory=dict)

    def line(self, place: str) -> int | None:
        """Return the line of ``place`` or of the nearest thing around it."""
        parts = place.split(".")
        while parts:
            if (found := self.lines.get(".".join(parts))) is not None:
                return found
            parts.pop()
        return self.lines.get("")


def read_yaml(raw: bytes | str) -> Document:
    """Return the mapping in ``raw`` (UTF-8, at most 1 MB), or refuse with a sentence and, where known, the line."""
    text = _decoded(raw)
    try:
        _measure(text)
        root = yaml.compose(text, Loader=StrictLoader)
    except yaml.reader.ReaderError as error:
        raise Invalid(
            _("The file holds a character that YAML does not allow (at position {n}).").format(
                n=error.position
            ),
            code="yaml_unreadable",
        ) from None
    except yaml.MarkedYAMLError as error:
        raise _explained(error, text) from None
    if not isinstance(root, yaml.MappingNode):
        raise Invalid(_("A study is a mapping of keys to values; this file is not."), code="yaml_not_a_study")
    document = Document(None)
    document.data = _built(root, "", document.lines)
    return document


def _decoded(raw: bytes | str) -> str:
    size = len(raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass"))
    if size > LARGEST:
        raise TooLarge(
            _("The file is {size} bytes long; a study has at most {most}.").format(size=size, most=LARGEST)
        )
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Invalid(
            _("The file is not UTF-8 text (see line {line}). Save it as UTF-8.").format(line=line),
            code="yaml_not_utf8",
        ) from None


def _measure(text: str) -> None:
    """Refuse before building: a few short lines of anchors and aliases can stand for billions of values."""
    sizes: dict[str, int] = {}
    stack: list[tuple[str | None, int]] = []
    total = depth = 0

    def add(count: int) -> None:
        nonlocal total
        total += count
        if total > MOST_VALUES:
            raise Invalid(
                _("The file holds more than {most} values, aliases included.").format(most=MOST_VALUES),
                code="yaml_too_many_values",
            )

    for event in yaml.parse(text, Loader=StrictLoader):
        if isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _size in stack):
                raise Invalid(
                    _("Line {line}: a part holds itself.").format(line=_line(event)),
                    code="yaml_loop",
                )
            add(sizes.get(event.anchor or "", 1))
        elif isinstance(event, yaml.ScalarEvent):
            add(1)
            if event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, yaml.CollectionStartEvent):
            add(1)
            stack.append((event.anchor, total))
            depth += 1
            if depth > DEEPEST:
                raise Invalid(
                    _("Line {line}: more than {deepest} levels deep.").format(
                        line=_line(event), deepest=DEEPEST
                    ),
                    code="yaml_too_deep",
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = stack.pop()
            depth -= 1
            if anchor:
                sizes[anchor] = total - before + 1


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _built(node: yaml.Node, place: str, lines: dict[str, int]) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        _plain_tag(node, f"{_TAG}map")
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise Invalid(_("Line {line}: a key must be a word.").format(line=line), code="yaml_key")
            key = key_node.value
            if key in built:
                raise Invalid(
                    _("Line {line}: the key “{key}” stands twice here.").format(line=line, key=key),
                    code="yaml_duplicate_key",
                    fields={f"{place}.{key}".lstrip("."): _("stands twice")},
                )
            inner = f"{place}.{key}".lstrip(".")
            lines[inner] = line
            built[key] = _built(value_node, inner, lines)
        return built
    if isinstance(node, yaml.SequenceNode):
        _plain_tag(node, f"{_TAG}seq")
        return [_built(item, f"{place}.{n}".lstrip("."), lines) for n, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    match node.tag.removeprefix(_TAG):
        case "str":
            return node.value
        case "bool":
            return node.value == "true"
        case "null":
            return None
        # A tag may be written out before anything: !!int "twelve".
        case "int" if len(node.value) <= 40 and RESOLVERS[2][1].match(node.value):
            return int(node.value)
        case "float" if RESOLVERS[3][1].match(node.value):
            return float(node.value)
    return _plain_tag(node, "")


def _plain_tag(node: yaml.Node, expected: str) -> None:
    if node.tag != expected:
        raise Invalid(
            _("Line {line}: “{tag}” is not used in a study.").format(
                line=node.start_mark.line + 1, tag=node.tag.replace(_TAG, "!!")[:60]
            ),
            code="yaml_tag",
        )


def _explained(error: yaml.MarkedYAMLError, text: str) -> Invalid:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    lines = text.splitlines()
    written = lines[line - 1] if line <= len(lines) else ""
    problem = error.problem or error.context or ""
    if "\t" in written[: len(written) - len(written.lstrip())]:
        problem = _("a tab stands where spaces are needed")
    elif "expected a single document" in (error.context or ""):
        problem = _("a second document begins here; a file holds one study")
    elif "undefined alias" in problem:
        problem = _("it refers to something that was not named before (*…)")
    return Invalid(
        _("Line {line}: this is not YAML: {problem}.").format(line=line, problem=problem),
        code="yaml_unreadable",
    )
