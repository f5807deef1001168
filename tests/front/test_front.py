"""What templates take from the built front end, and that its words exist in Arabic."""

import gettext
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from multivocal.studies.templatetags import frontend
from multivocal.studies.templatetags.frontend_texts import GROUPS

STAFF = {"editor", "monitor"}  # what only staff reads stays in English
LOCALE = Path(settings.BASE_DIR) / "frontend" / "locale"


def _texts(group: str) -> str:
    return Template("{% load frontend %}{% frontend_texts group %}").render(Context({"group": group}))


@pytest.mark.parametrize("group", sorted(GROUPS.keys() - STAFF))
def test_every_word_of_the_elements_exists_in_arabic(group):
    with translation.override("ar"):
        words = json.loads(re.search(r">(.*)</script>", _texts(group))[1])
    english = {key: str(text) for key, text in GROUPS[group].items()}
    assert words.keys() == english.keys()
    assert [key for key, word in words.items() if word == english[key]] == []
    for key, word in words.items():
        assert set(re.findall(r"{\w+}", word)) == set(re.findall(r"{\w+}", english[key])), key


def test_words_cannot_end_their_script_block(monkeypatch):
    monkeypatch.setitem(GROUPS, "shell", {"x": "</script><b>&"})
    block = _texts("shell")
    assert block.count("<") == 2
    assert json.loads(re.search(r">(.*)</script>", block)[1]) == {"x": "</script><b>&"}


def test_the_compiled_catalogue_holds_what_the_readable_one_says():
    source = (LOCALE / "ar" / "LC_MESSAGES" / "django.po").read_text()
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source, re.M)
    with (LOCALE / "ar" / "LC_MESSAGES" / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    wrong = [i for i, s in pairs if catalogue.gettext(i.replace('\\"', '"')) != s.replace('\\"', '"')]
    assert len(pairs) > 200
    assert wrong == [], "compile again: manage.py compilemessages"


def test_a_page_names_the_hashed_files_of_the_build(monkeypatch, tmp_path):
    manifest = tmp_path / "manifest.json"
    manifest.write_text(
        json.dumps({"src/main.ts": {"file": "assets/main-1.js", "css": ["assets/main-2.css"]}})
    )
    monkeypatch.setattr(frontend, "MANIFEST", manifest)
    tags = Template("{% load frontend %}{% frontend_tags %}").render(Context())
    assert '<link rel="stylesheet" href="/static/assets/main-2.css">' in tags
    assert '<script type="module" src="/static/assets/main-1.js"></script>' in tags


def test_without_a_build_pages_are_plain(monkeypatch, tmp_path):
    monkeypatch.setattr(frontend, "MANIFEST", tmp_path / "none.json")
    assert Template("{% load frontend %}{% frontend_tags %}").render(Context()) == ""
