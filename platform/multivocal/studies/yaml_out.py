"""A study's document as readable YAML that the strict reader gives back unchanged."""

from typing import Any

import yaml

from multivocal.domain.shapes import Language
from multivocal.studies.yaml_in import RESOLVERS

SCHEMA_ADDRESS = "/schemas/study/1.json"


class Writer(yaml.SafeDumper):
    """Block style, keys in their given order, long texts as they are read."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent list items under their key, as people write them."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write repeated parts out."""
        return True


def _text(writer: yaml.SafeDumper, text: str) -> yaml.Node:
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Writer.add_representer(str, _text)
# Quote whatever either reader, YAML 1.1's or ours, could take for something else than text.
for _tag, _pattern, _first in RESOLVERS:
    Writer.add_implicit_resolver(_tag, _pattern, list(_first))


def write_yaml(document: dict[str, Any], *, schema: str = "") -> str:
    """Return ``document`` as YAML; with ``schema`` an editor that knows the YAML language server checks it."""
    head = f"# yaml-language-server: $schema={schema}\n" if schema else ""
    languages = document.get("languages") or ["en"]
    body = yaml.dump(
        _in_order(document, list(languages)), Dumper=Writer, allow_unicode=True, sort_keys=False, width=110
    )
    return head + body


def _in_order(value: Any, languages: list[Language]) -> Any:
    """Put the languages of every text in the study's order: the database does not keep the order of keys."""
    if isinstance(value, dict):
        if value.keys() <= set(languages):
            return {key: value[key] for key in languages if key in value}
        return {key: _in_order(inner, languages) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_order(inner, languages) for inner in value]
    return value
