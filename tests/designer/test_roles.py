"""Who may open which staff page: every route is asked by every role and by a stranger."""

import json

import pytest
from django.urls import reverse

from multivocal.studies.models import Study
from multivocal.studies.staff.routes import PAGES
from tests.people import make_operator, nobody, signed_in

pytestmark = pytest.mark.django_db

READERS = {"owner", "designer", "reviewer", "operator", "analyst"}
EDITORS = {"owner", "designer"}
ANALYSTS = {"owner", "analyst"}
WATCHERS = {"owner", "designer", "operator"}
MAY = {
    "overview": READERS, "act": EDITORS, "delete": {"owner"}, "edit": EDITORS, "save": EDITORS, "to_yaml": READERS,
    "from_yaml": EDITORS, "download": READERS, "preview": {"owner", "designer", "reviewer", "operator"},
    "monitor": WATCHERS, "monitor_json": WATCHERS, "people": WATCHERS, "calls": WATCHERS, "payments": {"payments"},
    "payments_csv": {"payments"}, "history": READERS, "restore": EDITORS, "record": READERS, "members": {"owner"},
    "extra": READERS, "reports": ANALYSTS, "report": ANALYSTS, "figure": ANALYSTS,
}  # fmt: skip
ARGS = {
    "act": ["close"], "download": [1], "restore": [1], "extra": ["power"], "report": ["comparison"],
    "figure": ["comparison", "consistency", "svg"],
}  # fmt: skip
# An earlier state, or a plot, that this study does not have.
NOT_THERE = {"restore", "figure"}
POSTED = {"act", "delete", "save", "to_yaml", "from_yaml", "restore"}


@pytest.mark.parametrize("name", [name for _route, _view, name in PAGES])
def test_each_page_opens_for_its_roles_and_for_nobody_else(name, study, everybody):
    url = reverse(f"admin:study_{name}", args=[study.slug, *ARGS.get(name, [])])
    for role, person in everybody.items():
        browser = signed_in(person)
        if name in POSTED:
            answer = browser.post(url, json.dumps({"document": {}}), content_type="application/json")
        else:
            answer = browser.get(url)
        if role == "stranger":
            assert answer.status_code == 404, role
            assert b"neighbours owe" not in answer.content
        elif role in MAY[name]:
            assert answer.status_code not in (401, 403, 404) or name in NOT_THERE, (role, answer.status_code)
        else:
            assert answer.status_code == 403, (role, answer.status_code)
    assert nobody().get(url).status_code in (302, 405)
    assert Study.objects.get(pk=study.pk).state == "draft"


def test_the_list_holds_only_ones_own_studies(study, everybody):
    url = reverse("admin:studies_study_changelist")
    assert b"neighbours" in signed_in(everybody["analyst"]).get(url).content
    assert b"neighbours" not in signed_in(everybody["stranger"]).get(url).content
    assert b"neighbours" in signed_in(make_operator()).get(url).content


def test_a_stranger_cannot_make_studies_and_a_designer_can(study, everybody):
    url = reverse("admin:study_new")
    form = {"slug": "second", "start": "copy:neighbours"}
    assert signed_in(everybody["stranger"]).post(url, form).status_code == 403
    assert signed_in(everybody["designer"]).post(url, form).status_code == 302
    assert (
        Study.objects.get(slug="second").versions.get().definition["title"]
        == "What neighbours owe one another"
    )


def test_a_study_lives_its_whole_life_in_the_admin(study, everybody, document):
    browser = signed_in(everybody["owner"])
    save = reverse("admin:study_save", args=[study.slug])
    answer = browser.post(
        save, json.dumps({"document": document | {"minutes": 8}}), content_type="application/json"
    )
    assert answer.json()["problems"] == {}
    for verb, state in (("open", "open"), ("pause", "paused"), ("open", "open")):
        browser.post(reverse("admin:study_act", args=[study.slug, verb]))
        assert Study.objects.get(pk=study.pk).state == state
    close = reverse("admin:study_act", args=[study.slug, "close"])
    browser.post(close, {"name": "wrong"})
    assert Study.objects.get(pk=study.pk).state == "open"
    browser.post(close, {"name": study.slug})
    assert Study.objects.get(pk=study.pk).state == "closed"
    figures = browser.get(reverse("admin:study_monitor_json", args=[study.slug])).json()
    assert figures["people"]["started"] == 0


@pytest.mark.parametrize(
    "rest", ["zzz/", "zzz/change/", "of/neighbours/zz.svg", "of/neighbours/a/b/", "of/%00/"]
)
def test_wrong_addresses_lead_nowhere(everybody, rest):
    answer = signed_in(everybody["owner"]).get(f"/admin/studies/study/{rest}", follow=True)
    assert answer.status_code == 404
