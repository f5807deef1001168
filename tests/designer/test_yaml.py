"""Study files: what is read is what was meant, what is wrong is said with its place, and a round trip loses nothing."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivocal.errors import Refused
from multivocal.studies.definition import as_document, parse_definition
from multivocal.studies.json_schema import schema_text
from multivocal.studies.shipped import shipped_files
from multivocal.studies.yaml_in import read_yaml
from multivocal.studies.yaml_out import write_yaml

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e6, 1e6, allow_nan=False) | TEXTS
    | st.sampled_from(["yes", "no", "on", "1e5", "007", "2024-01-01", "~", "null", "true",
                        "- a", "# b", "x: y", "=", "<<"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS.filter(bool), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), VALUES, max_size=5))
def test_what_is_written_is_read_back(document):
    assert read_yaml(write_yaml(document)).data == _in_study_order(document)


def _in_study_order(document):
    return json.loads(json.dumps(document))


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
def test_shipped_studies_survive_export_and_import(path: Path):
    once = as_document(parse_definition(read_yaml(path.read_bytes()).data))
    again = as_document(parse_definition(read_yaml(write_yaml(once)).data))
    assert again == once


def test_words_stay_words_and_dates_stay_texts():
    read = read_yaml("a: yes\nb: 2024-01-01\nc: true\nd: 007\ne: 1_000\nf: off\ng: 12\n").data
    assert read == {"a": "yes", "b": "2024-01-01", "c": True, "d": "007", "e": "1_000", "f": "off", "g": 12}


@pytest.mark.parametrize(
    ("raw", "code", "said"),
    [
        (b"a: 1\na: 2", "yaml_duplicate_key", "Line 2"),
        (b"a:\n\tb: 1", "yaml_unreadable", "tab"),
        (b"a: \xff", "yaml_not_utf8", "UTF-8"),
        (b"- 1", "yaml_not_a_study", "mapping"),
        (b"", "yaml_not_a_study", "mapping"),
        (b"a: &x [*x]", "yaml_loop", "itself"),
        (b"[" * 5000, "yaml_too_deep", "deep"),
        (b"a: !!python/object/apply:os.system [ls]", "yaml_tag", "!!python"),
        (b"a: 1\n---\nb: 2", "yaml_unreadable", "second document"),
        (b"a: \x00", "yaml_unreadable", "character"),
        (b"x" * 1_000_001, "too_large", "bytes"),
    ],
)
def test_bad_files_get_a_clear_sentence(raw: bytes, code: str, said: str):
    with pytest.raises(Refused) as refusal:
        read_yaml(raw)
    assert refusal.value.code == code
    assert said in refusal.value.message


def test_a_few_lines_of_aliases_cannot_stand_for_billions_of_values():
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(Refused) as refusal:
        read_yaml("\n".join(lines))
    assert refusal.value.code == "yaml_too_many_values"


def test_every_mistake_has_its_place_and_line():
    raw = "slug: x\nminutes: no\ntitle: t\nbogus: 1\ncontact: {name: n}\nstages:\n  - id: b\n    kind: zzz\n"
    document = read_yaml(raw)
    with pytest.raises(Refused) as refusal:
        parse_definition(document.data)
    fields = refusal.value.fields
    assert set(fields) == {"minutes", "bogus", "stages.0"}
    assert "zzz" in fields["stages.0"]
    assert document.line("minutes") == 2
    assert document.line("stages.0.kind") == 8


def test_the_published_schema_is_the_one_in_docs():
    kept = Path(__file__).parents[2] / "docs" / "study.schema.json"
    assert kept.read_text(encoding="utf-8") == schema_text(), (
        "run: python manage.py study schema -o docs/study.schema.json"
    )
