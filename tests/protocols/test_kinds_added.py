"""CONTRIBUTING's way to add a feedback protocol is true: a copied folder and one line, and it is known everywhere."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from annotation.protocols.painting import paint_judging
from annotation.protocols.registry import (
    Preference,
    answer_schema,
    leaders,
    parse_response,
    protocols,
)
from multivocal.errors import Unprocessable
from tests.protocols.examples import english, shown_to
from tests.protocols.html_forms import read_page, sent

ROOT = Path(settings.BASE_DIR)
LINE = "sixteenth.kinds.keeper.PROTOCOL"


# What CONTRIBUTING tells to change in the two copied files, and nothing else.
CHANGES = {
    "__init__.py": (
        ('kind: Literal["choice"] = "choice"', 'kind: Literal["keeper"] = "keeper"'),
        ('kind="choice"', 'kind="keeper"'),
        ('template="kinds/choice/page.html"', 'template="kinds/keeper/page.html"'),
    ),
    "page.html": (('data-kind="choice"', 'data-kind="keeper"'),),
}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a folder with a kind ``keeper``: the folder of ``choice`` with its name changed where it must be."""
    package = tmp_path / "sixteenth" / "kinds"
    shutil.copytree(ROOT / "annotation" / "protocols" / "kinds" / "choice", package / "keeper")
    for name, changes in CHANGES.items():
        text = (package / "keeper" / name).read_text()
        for old, new in changes:
            assert text.count(old) == 1, f"{name}: {old}"
            text = text.replace(old, new)
        (package / "keeper" / name).write_text(text)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    return tmp_path


def test_contributing_names_every_change() -> None:
    told = " ".join((ROOT / "CONTRIBUTING.md").read_text().split())
    for changes in CHANGES.values():
        for _old, new in changes:
            assert new in told, new
    assert '"keeper": "annotation.protocols.kinds.keeper.PROTOCOL"' in told


@pytest.fixture
def registered(copied: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the copy where Python and the templates look, and its one line into the registry."""
    monkeypatch.syspath_prepend(copied)
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(copied / "sixteenth")
    lines = {**settings.FEEDBACK_PROTOCOLS, "keeper": LINE}
    protocols.cache_clear()
    with override_settings(FEEDBACK_PROTOCOLS=lines, TEMPLATES=templates):
        yield
    protocols.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] == "sixteenth"]:
        del sys.modules[name]


@pytest.mark.usefixtures("registered")
def test_a_copied_kind_is_parsed_painted_read_asked_and_compared() -> None:
    protocol = protocols()["keeper"]
    config = protocol.config(kind="keeper", instruction="Which one would you keep?", allow=("unsure",))
    shown = shown_to(3)
    html = paint_judging(config, shown, english)
    assert 'data-kind="keeper"' in html and "Which one would you keep?" in html
    assert not any(value for _name, value in read_page(html).fields)
    with pytest.raises(Unprocessable) as refusal:
        parse_response(config, protocol.read(config, sent(html), shown), shown)
    (place,) = refusal.value.fields
    filled = paint_judging(config, shown, english, given={place: "B"})
    response = parse_response(config, protocol.read(config, sent(filled), shown), shown)
    assert leaders(config, response, shown) == ["B"]
    assert protocol.preferences(config, response, shown) == (
        Preference("B", "A", "a"), Preference("B", "C", "a"),
    )  # fmt: skip
    unsure = parse_response(config, {"no_answer": "unsure"}, shown)
    assert protocol.preferences(config, unsure, shown) == ()
    assert "A, B, C" in protocol.ask(config, shown, english)
    assert place in answer_schema(config, shown)["anyOf"][0]["properties"]


SCRIPT = """
import os, sys
from multivocal.settings import *
FEEDBACK_PROTOCOLS = {**FEEDBACK_PROTOCOLS, "keeper": "sixteenth.kinds.keeper.PROTOCOL"}
TEMPLATES[0]["DIRS"].append(os.environ["SIXTEENTH"])
"""
TRY = """
import django
django.setup()
from annotation.conversations.shapes import ConversationConfig
from annotation.protocols.comparison.shapes import ComparisonConfig
talk = ConversationConfig.model_validate({"id": "talk", "kind": "conversation",
    "types": [{"key": "free", "title": "Free"}], "protocol": {"kind": "keeper"}})
compare = ComparisonConfig.model_validate({"id": "compare", "kind": "comparison", "items": "some",
    "protocols": {"keep": {"kind": "keeper", "allow": ["skip"]}}})
print(type(talk.protocol).__module__, type(compare.protocols["keep"]).__module__)
"""


def test_stages_offer_the_copied_kind_too(copied: Path) -> None:
    (copied / "sixteenth_settings.py").write_text(SCRIPT)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "sixteenth_settings",
        "PYTHONPATH": str(copied),
        "SIXTEENTH": str(copied / "sixteenth"),
    }
    done = subprocess.run(
        [sys.executable, "-c", TRY], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["sixteenth.kinds.keeper"] * 2, done.stderr
