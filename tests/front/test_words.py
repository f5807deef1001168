"""Every sentence a participant can meet exists in Arabic: read from the sources, not from a list."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import templatize

ROOT = Path(settings.BASE_DIR)
PARTICIPANT_TEMPLATES = (
    "frontend/templates/participant", "frontend/templates/profiles", "frontend/templates/conversations",
    "frontend/templates/comparison", "annotation/protocols/kinds",
    "frontend/templates/interviews",
)  # fmt: skip
# Pages of participants in a folder that staff has pages in, too.
PARTICIPANT_PAGES = (
    "frontend/templates/moral_graph/vote*.html",
    "frontend/templates/moral_graph/_value.html",
)
# The modules of elicitation with sentences for participants; the other ones speak to staff.
PARTICIPANT_MODULES = (
    "elicitation/interviews/*.py",
    *(
        f"elicitation/moral_graph/{name}.py"
        for name in ("confirming", "fairness", "painting", "proposing", "rewording", "stage")
    ),
)
FUNCTIONS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
# What only staff reads stays in English.
STAFF = (
    "annotation/protocols/annotators/",
    "annotation/protocols/comparison/expected.py",
    "annotation/protocols/comparison/preflight.py",
    "annotation/protocols/comparison/watching.py",
    "annotation/protocols/experiments/",
    "annotation/protocols/foreign/",
    "annotation/protocols/items/",
    "annotation/protocols/management/",
    "annotation/routing/",
    "annotation/statistics/",
    "platform/multivocal/exports/",
    "platform/multivocal/llm/",
    "platform/multivocal/studies/staff/",
    "platform/multivocal/studies/management/",
    "platform/multivocal/studies/templatetags/staff_texts.py",
    *(
        f"platform/multivocal/studies/{name}.py"
        for name in [
            "access",
            "admin",
            "edits",
            "lifecycle",
            "places",
            "preflight",
            "reports",
            "versions",
            "yaml_in",
        ]
    ),
)
_MARKED = re.compile(r"""\b(?:n?gettext|_)\(\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


def _in_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            for argument in node.args[:1]:  # of a plural, the singular is the key
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def _in_template(source: str) -> Iterator[str]:
    for found in _MARKED.finditer(templatize(source)):
        yield ast.literal_eval(found[1]).replace("%%", "%")


def _participants_words() -> dict[str, str]:
    """Return every marked sentence and the file it was found in."""
    found: dict[str, str] = {}
    for part in PARTICIPANT_TEMPLATES:
        for path in sorted((ROOT / part).rglob("*.html")):
            found |= {text: str(path.relative_to(ROOT)) for text in _in_template(path.read_text())}
    for pattern in PARTICIPANT_PAGES:
        for path in sorted(ROOT.glob(pattern)):
            found |= {text: str(path.relative_to(ROOT)) for text in _in_template(path.read_text())}
    for pattern in PARTICIPANT_MODULES:
        for path in sorted(ROOT.glob(pattern)):
            found |= dict.fromkeys(_in_python(path.read_text()), str(path.relative_to(ROOT)))
    for folder in ("platform/multivocal", "annotation"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = str(path.relative_to(ROOT))
            if not place.startswith(STAFF) and not place.endswith("/admin.py"):
                found |= dict.fromkeys(_in_python(path.read_text()), place)
    return found


def test_no_sentence_for_participants_lacks_arabic() -> None:
    with (ROOT / "frontend/locale/ar/LC_MESSAGES/django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    words = _participants_words()
    assert len(words) > 300
    assert {"Saved", "Your answers are saved.", "this is empty", "Part %(part)s of %(parts)s"} <= set(words)
    known = {key[0] if isinstance(key, tuple) else key for key, text in catalogue._catalog.items() if text}  # type: ignore[attr-defined]
    assert {text: place for text, place in words.items() if text not in known} == {}
