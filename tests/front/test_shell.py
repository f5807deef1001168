"""What stands around a participant's page: in their language, and nothing is called saved that was not."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from multivocal.studies import shipped
from multivocal.studies.definition import parse_definition
from multivocal.studies.models import Study
from multivocal.studies.pages.shell import study_context
from multivocal.studies.yaml_in import read_yaml

FOLDER = Path(shipped.__file__).parent
STUDIES = ("quick-chat", "rating-vs-ranking", "constitution", "prism", "hybrid")


@pytest.mark.parametrize("slug", STUDIES)
def test_the_welcome_of_a_shipped_study_is_arabic_throughout(slug: str) -> None:
    definition = parse_definition(read_yaml((FOLDER / f"{slug}.yaml").read_text(encoding="utf-8")).data)
    with translation.override("ar"):
        context = study_context(Study(slug=slug), definition, "ar") | {"parts": 3, "start_url": "/"}
        page = render_to_string("participant/welcome.html", context)
    facts = re.sub(r"<[^>]+>", " ", page[page.index("<dl") : page.index("</dl>")])
    assert set(re.findall(r"[A-Za-z]{3,}", facts)) <= {"study", "example", "org", "Multivocal"}
    assert "،" in facts
    assert ", " not in facts


def test_a_page_that_was_only_opened_says_nothing_about_saving() -> None:
    page = render_to_string(
        "participant/welcome.html", {"study": {"slug": "x"}, "save_state": timezone.now()}
    )
    line = re.search(r'id="save-state"[^>]*>(.*?)</p>', page, re.S)
    assert line and line[1] == ""
