"""A model suggests situations, seeds and stories; nothing counts before a designer accepts it into the draft."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from elicitation.moral_graph.models import CanonicalValue, Suggestion, SuggestionRequest
from elicitation.moral_graph.suggestions import suggest
from elicitation.moral_graph.suggestions_asking import answer_request, ask_for_suggestions, due_requests
from elicitation.moral_graph.suggestions_deciding import accept_suggestion, reject_suggestion
from elicitation.moral_graph.suggestions_draft import read_set_up
from elicitation.moral_graph.work import LEASE
from multivocal.errors import Conflict, Invalid, NotFound, Refused, Unprocessable
from multivocal.llm.models import Account, Call, LanguageModel
from multivocal.studies.models import Membership, Study
from multivocal.studies.versions import live_version, newest_version
from tests.llm.conftest import rows, simulator
from tests.moral_graph.cards import interviewed_study
from tests.people import signed_in

__all__ = ["rows", "simulator"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def study(rows: None, simulator: str, designer: User) -> Study:
    """Dana's open study, and a simulated model."""
    LanguageModel.objects.create(
        name="sim-plain", model_id="sim-plain", base_url=f"{simulator}/v1", simulated=True, timeout_s=5.0
    )
    made = interviewed_study()
    Membership.objects.create(study=made, user=designer, role="owner")
    Account.objects.create(id=made.pk, limit_usd=5)
    return made


def asked(study: Study, user: User, kind: str, **more: Any) -> list[Suggestion]:
    """Return what the simulated model suggests."""
    return suggest(study=study, user=user, kind=kind, **{"question": "care"} | more)


def test_situations_and_seeds_go_into_the_draft_and_the_live_version_stays(
    study: Study, designer: User
) -> None:
    live = live_version(study)
    assert live is not None
    before = live.sha256
    situations, seeds = asked(study, designer, "context"), asked(study, designer, "seed")
    assert len(situations) == 6 and len(seeds) == 4
    assert all(row.prompt_sha256 and Call.objects.get(pk=row.call).purpose == "suggest" for row in seeds)
    assert newest_version(study) == live, "nothing is in the draft yet"
    key, mistakes = accept_suggestion(
        study=study, user=designer, suggestion=situations[0].pk, changed={"text": "When a child asks"}
    )
    assert (key, mistakes) == ("a-child-asks", {})
    for seed in seeds[:2]:
        accept_suggestion(study=study, user=designer, suggestion=seed.pk, changed=seed.content)
    reject_suggestion(study=study, user=designer, suggestion=seeds[2].pk)
    live.refresh_from_db()
    draft = newest_version(study)
    assert live.sha256 == before and draft is not None and draft.number == 2
    interview, wisdom = draft.shape.stages[0], draft.shape.stages[1]
    assert "a-child-asks" in interview.contexts and "a-child-asks" in interview.questions[0].contexts
    assert [seed.title for seed in wisdom.seeds] == [row.content["title"] for row in seeds[:2]]
    assert wisdom.seeds[0].questions == ("care",)
    assert not CanonicalValue.objects.exists(), "a draft plants nothing"
    row = Suggestion.objects.get(pk=situations[0].pk)
    assert (row.state, row.taken["text"], row.decided_by) == ("accepted", "When a child asks", designer)
    again = asked(study, designer, "seed")
    assert not {one.content["title"] for one in again} & {row.content["title"] for row in seeds}


def test_a_story_is_suggested_between_two_seeds_and_checked(study: Study, designer: User) -> None:
    for seed in asked(study, designer, "seed")[:2]:
        accept_suggestion(study=study, user=designer, suggestion=seed.pk, changed=seed.content)
    source, target = (seed["key"] for seed in read_set_up(study).seeds)
    (story,) = asked(study, designer, "step", ends=(source, target, "being-asked"))
    assert 60 <= len(story.content["story"].split()) <= 90
    with pytest.raises(Invalid):
        accept_suggestion(study=study, user=designer, suggestion=story.pk, changed={"story": "Too short."})
    accept_suggestion(study=study, user=designer, suggestion=story.pk, changed=story.content)
    draft = newest_version(study)
    assert draft is not None and draft.shape.stages[1].steps[0].source == source
    for wrong in ((source, source, "being-asked"), (source, target, "nowhere"), ("x", target, "being-asked")):
        with pytest.raises((Invalid, NotFound)):
            asked(study, designer, "step", ends=wrong)


@pytest.mark.parametrize("fault", ["500", "garbage", "empty", "refused"])
def test_a_model_that_fails_is_told_kindly_and_leaves_nothing(
    study: Study, designer: User, fault: str
) -> None:
    base = LanguageModel.objects.get().base_url.removesuffix("/v1")
    LanguageModel.objects.update(base_url=f"{base}/faults/{fault}/v1")
    with pytest.raises(Unprocessable):
        asked(study, designer, "seed")
    assert not Suggestion.objects.exists()
    LanguageModel.objects.update(active=False)
    with pytest.raises(Unprocessable, match="no such model"):
        asked(study, designer, "seed")


def test_the_page_says_why_a_model_gave_no_answer_and_asks_again(study: Study, designer: User) -> None:
    LanguageModel.objects.update(base_url="http://127.0.0.1:9/v1")
    failed = ask_for_suggestions(study=study, user=designer, kind="context", question="care")
    answer_request(request_id=failed.pk)
    url = reverse("admin:study_extra", args=[study.slug, "set-up"])
    assert "gave no answer that can be used" in signed_in(designer).get(url).content.decode()
    again = ask_for_suggestions(study=study, user=designer, kind="context", question="care")
    SuggestionRequest.objects.filter(pk=again.pk).update(begun_at=timezone.now())
    assert not due_requests().exists(), "a worker has it"
    SuggestionRequest.objects.filter(pk=again.pk).update(begun_at=timezone.now() - 2 * LEASE)
    assert list(due_requests()) == [again.pk], "that worker is dead"


def test_a_suggestion_is_decided_once_and_by_its_own_study(
    study: Study, designer: User, operator: User
) -> None:
    first, second, *_rest = asked(study, designer, "context")
    other = interviewed_study("elsewhere")
    for wrong in (first.pk, "x", "", None):
        with pytest.raises(NotFound):
            reject_suggestion(study=other, user=operator, suggestion=wrong)

    def take(user: User) -> str:
        try:
            accept_suggestion(study=study, user=user, suggestion=first.pk, changed=first.content)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, (designer, operator))) == ["decided_already", "done"]
    with pytest.raises(Conflict):
        reject_suggestion(study=study, user=designer, suggestion=first.pk)

    def both(row: Suggestion) -> None:
        try:
            accept_suggestion(study=study, user=designer, suggestion=row.pk, changed=row.content)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(both, (second, _rest[0])))
    assert len(read_set_up(study).contexts) == 4, "two accepted at once are both in"


def test_the_page_asks_shows_and_decides_and_is_closed_to_others(
    study: Study, designer: User, stranger: User
) -> None:
    url = reverse("admin:study_extra", args=[study.slug, "set-up"])
    browser = signed_in(designer)
    assert b"Suggest situations" in browser.get(url).content
    assert browser.post(url, {"do": "seed", "question": "care"}).status_code == 302
    assert not Suggestion.objects.exists(), "no page waits for a model"
    page = browser.get(url).content.decode()
    assert '<mv-fresh id="asking"' in page
    assert browser.post(url, {"do": "seed", "question": "care"}).status_code == 409
    (due,) = due_requests()
    answer_request(request_id=due)
    answer_request(request_id=due)
    assert Suggestion.objects.count() == 4 and not due_requests().exists()
    page = browser.get(url).content.decode()
    assert "mv-fresh" not in page and "it suggested 4 things" in page
    row = Suggestion.objects.first()
    assert (
        row is not None
        and "Suggestions that wait for you</span>" not in page
        and row.content["title"] in page
    )
    form = {"do": "accept", "suggestion": row.pk, "title": "", "description": "d", "policies": "A\nB\nC"}
    bad = browser.post(url, form)
    assert bad.status_code == 400
    assert "A\nB\nC" in bad.content.decode(), "what was typed is still there"
    browser.post(url, {**form, "title": "<b>Mine</b>"})
    page = browser.get(url).content.decode()
    assert "&lt;b&gt;Mine" in page and "<b>Mine" not in page
    assert browser.post(url, {"do": "step", "source": "x", "target": "y", "context": "z"}).status_code == 404
    assert browser.post(url, {"do": "context", "question": "nobody"}).status_code == 404
    Membership.objects.create(study=study, user=stranger, role="reviewer")
    assert signed_in(stranger).get(url).status_code == 403
    assert signed_in(stranger).post(url, {"do": "reject", "suggestion": row.pk}).status_code == 403
    assert Client().post(url, {"do": "seed"}).status_code in (302, 403)
