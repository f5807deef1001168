"""The models' pages: health, the test button, no key, and no stranger."""

import logging

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from multivocal.llm.models import Call, LanguageModel
from tests.llm.conftest import MakeModel
from tests.people import nobody, signed_in

KEY = "open-sesame-4711"
PAGES = ["languagemodel", "call", "account"]


def test_a_stranger_and_a_visitor_see_none_of_it(make_model: MakeModel, stranger: User) -> None:
    model = make_model()
    for name in PAGES:
        address = reverse(f"admin:llm_{name}_changelist")
        assert signed_in(stranger).get(address).status_code == 403
        assert nobody().get(address).status_code == 302
    test = reverse("admin:llm_languagemodel_test", args=[model.pk])
    for method in ("get", "post"):
        assert getattr(signed_in(stranger), method)(test).status_code == 403
        assert getattr(nobody(), method)(test).status_code == 302
    assert not Call.objects.exists()


def test_the_button_shows_the_answer_and_the_list_its_health(make_model: MakeModel, operator: User) -> None:
    model = make_model()
    browser = signed_in(operator)
    test = reverse("admin:llm_languagemodel_test", args=[model.pk])
    assert b"Ask it" in browser.get(test).content and not Call.objects.exists()
    shown = browser.post(test, follow=True)
    call = Call.objects.get()
    assert shown.redirect_chain == [(f"{test}?call={call.id}", 302)]
    page = shown.content.decode()
    assert call.text.split(".")[0] in page and "simulated" in page and f"{call.total_ms} ms" in page
    listed = browser.get(reverse("admin:llm_languagemodel_changelist")).content.decode()
    assert f"${call.cost:.4f}" in listed
    assert browser.get(reverse("admin:llm_languagemodel_change", args=[model.pk])).status_code == 200


@pytest.mark.parametrize(("fault", "words"), [("429", "too many requests"), ("garbage", "OpenAI protocol")])
def test_the_button_says_why_there_is_no_answer(
    make_model: MakeModel, operator: User, fault: str, words: str
) -> None:
    model = make_model(faults=fault)
    page = signed_in(operator).post(reverse("admin:llm_languagemodel_test", args=[model.pk]), follow=True)
    assert words in page.content.decode() and "It did not answer" in page.content.decode()


def test_a_key_is_in_no_row_page_or_log(
    make_model: MakeModel,
    operator: User,
    locked_simulator: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    model = make_model(address=locked_simulator, key_variable="ACME_KEY")
    browser = signed_in(operator)
    test = reverse("admin:llm_languagemodel_test", args=[model.pk])
    pages = [browser.post(test, follow=True).content.decode()]
    assert "ACME_KEY" in pages[0] and Call.objects.get().error == "no_key"
    for key, outcome in [("wrong-" + KEY, "failed"), (KEY, "done")]:
        monkeypatch.setenv("ACME_KEY", key)
        pages.append(browser.post(test, follow=True).content.decode())
        assert Call.objects.latest("id").state == outcome
    pages += [browser.get(reverse(f"admin:llm_{name}_changelist")).content.decode() for name in PAGES]
    pages += [browser.get(reverse("admin:llm_languagemodel_change", args=[model.pk])).content.decode()]
    pages += [
        browser.get(reverse("admin:llm_call_change", args=[c.pk])).content.decode()
        for c in Call.objects.all()
    ]
    rows = [str(list(model.objects.values())) for model in (Call, LanguageModel)]
    for text in [*pages, *rows, caplog.text]:
        assert KEY not in text


def test_a_pasted_key_is_refused_and_not_shown_again_as_an_error(
    make_model: MakeModel, operator: User
) -> None:
    model = make_model()
    browser = signed_in(operator)
    address = reverse("admin:llm_languagemodel_change", args=[model.pk])
    fields = {
        "name": "warm", "base_url": "https://user:pw@models.example/v1", "model_id": "x", "parameters": '{"model": 1}',
        "key_variable": "sk-abc123", "weight": "1", "price_in": "-1", "price_out": "0", "timeout_s": "3",
        "provider_type": "open",
    }  # fmt: skip
    errors = browser.post(address, fields).context["adminform"].form.errors
    assert set(errors) == {"base_url", "key_variable", "parameters", "price_in"}
    assert "sk-abc123" not in str(errors) and "user:pw" not in str(errors)


def test_models_are_copied_and_switched_off_from_the_list(make_model: MakeModel, operator: User) -> None:
    model = make_model()
    browser = signed_in(operator)
    address = reverse("admin:llm_languagemodel_changelist")
    for act in ("copy", "copy", "deactivate"):
        browser.post(address, {"action": act, "_selected_action": [model.pk]})
    assert list(LanguageModel.objects.order_by("name").values_list("name", "active")) == [
        ("warm", False), ("warm-copy", False), ("warm-copy1", False),
    ]  # fmt: skip


def test_calls_are_found_by_study_and_words_and_cannot_be_changed(
    make_model: MakeModel, operator: User
) -> None:
    model = make_model()
    browser = signed_in(operator)
    browser.post(reverse("admin:llm_languagemodel_test", args=[model.pk]))
    call = Call.objects.get()
    address = reverse("admin:llm_call_changelist")
    for term, count in [
        (str(call.account), 1),
        (call.text.split()[0], 1),
        ("nobody said this", 0),
    ]:
        assert browser.get(address, {"q": term}).context["cl"].result_count == count
    assert browser.get(address, {"q": "nul\x00"}).status_code == 200
    assert browser.post(reverse("admin:llm_call_change", args=[call.pk]), {"cost": "0"}).status_code == 403
    assert browser.post(reverse("admin:llm_call_delete", args=[call.pk]), {"post": "yes"}).status_code == 403
