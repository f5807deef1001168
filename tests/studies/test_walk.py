"""A person goes from the link to the code; reading creates nothing, and what is refused changes nothing."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from multivocal.domain.identifiers import derived_code
from multivocal.participants.models import Consent, Participant, ParticipantSession, RecruitmentIdentity
from multivocal.studies.models import CompletionCode, Enrolment, StageVisit, Submission
from multivocal.studies.simulate.bot import ended
from multivocal.studies.simulate.browser import Seen
from tests.studies.studies import CONSENT, DEBRIEF, SCREEN, Person, make_study

pytestmark = pytest.mark.django_db


def test_welcome_consent_debrief_done() -> None:
    study = make_study()
    tamar = Person(pid="tamar-1")
    assert b"Tea or coffee" in tamar.arrive().content
    tamar.start()
    assert tamar.hidden()["stage"] == "consent"
    assert tamar.agree().status_code == 200
    assert tamar.hidden()["stage"] == "debrief"
    page = tamar.submit()
    assert page.redirect_chain[-1][0] == "/s/tea/done/"
    assert derived_code(study.salt, "complete").encode() in page.content
    enrolment = Enrolment.objects.get()
    assert (enrolment.status, enrolment.stage_index, enrolment.arm) == ("complete", 2, "all")
    assert enrolment.finished_at is not None
    assert not StageVisit.objects.filter(left_at=None).exists()
    consent = Consent.objects.get()
    assert consent.agreed
    assert consent.purposes == {"taking-part": True, "sharing": False}
    assert (consent.text.version, consent.text.language) == ("v1", "en")


def test_reading_creates_nothing() -> None:
    make_study()
    curious = Person(pid="curious")
    for path in ("", "?PROLIFIC_PID=a1&STUDY_ID=b&SESSION_ID=c", "here/", "done/", "pause/", "withdraw/"):
        curious.client.get(f"/s/tea/{path}", follow=True)
    assert not Participant.objects.exists()
    assert not RecruitmentIdentity.objects.exists()
    assert not ParticipantSession.objects.exists()


def test_recruitment_ids_leave_the_address_at_once() -> None:
    make_study()
    response = Client().get("/s/tea/?PROLIFIC_PID=5f3c&STUDY_ID=64aa&SESSION_ID=77bb")
    assert (response.status_code, response.headers["Location"]) == (302, "/s/tea/")
    cookie = response.cookies["mv_arrival_tea"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    "query",
    [
        "PROLIFIC_PID=" + "x" * 129,
        "PROLIFIC_PID=",
        "participant=a%00b",
        "participant=<script>",
        "participant=a&participant=b",
        "participant=ok%0Aok",
        "workerId=A1&assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId=H",
    ],
)
def test_odd_arrivals_are_refused_kindly(query: str) -> None:
    make_study()
    visitor = Client()
    response = visitor.get(f"/s/tea/?{query}")
    assert response.status_code == 400
    assert b"does not look right" in response.content
    assert not visitor.cookies


def test_prolific_and_mturk_identities_are_kept_apart_from_answers() -> None:
    make_study()
    Person().arrive("?PROLIFIC_PID=5f3c&STUDY_ID=64aa&SESSION_ID=77bb")
    for query in (
        "?PROLIFIC_PID=5f3c&STUDY_ID=64aa&SESSION_ID=77bb",
        "?workerId=5f3c&hitId=h&assignmentId=a",
    ):
        person = Person()
        person.arrive(query)
        person.post("start/")
    rows = RecruitmentIdentity.objects.order_by("source").values_list(
        "source", "external_id", "external_study", "external_session"
    )
    assert list(rows) == [("mturk", "5f3c", "h", "a"), ("prolific", "5f3c", "64aa", "77bb")]
    assert Enrolment.objects.count() == 2


def test_a_prolific_study_wants_to_know_who_comes() -> None:
    make_study(recruitment={"source": "prolific"})
    nameless = Person()
    nameless.arrive()
    response = nameless.post("start/")
    assert response.status_code == 400
    assert b"Prolific" in response.content
    assert not Enrolment.objects.exists()


def test_a_second_arrival_goes_on_in_another_browser() -> None:
    make_study()
    phone, laptop = Person(pid="tamar-1"), Person(pid="tamar-1")
    phone.start()
    phone.agree()
    laptop.start()
    assert laptop.hidden()["stage"] == "debrief"
    assert Enrolment.objects.count() == Participant.objects.count() == 1
    # Both may go on, one answer each counts.
    assert phone.here().status_code == 200
    done = laptop.submit()
    assert done.redirect_chain[-1][0] == "/s/tea/done/"
    assert phone.submit().redirect_chain[-1][0] == "/s/tea/done/"
    assert Submission.objects.count() == 2
    again = Person(pid="tamar-1")
    assert again.start().redirect_chain[-1][0] == "/s/tea/done/"


def test_a_new_start_in_the_same_browser_rotates_the_session() -> None:
    make_study()
    person = Person(pid="tamar-1")
    person.start()
    old = person.client.cookies["mv_session_tea"].value
    person.start()
    assert person.client.cookies["mv_session_tea"].value != old
    person.client.cookies["mv_session_tea"] = old
    assert person.here().status_code == 401


def test_a_required_box_is_asked_for_and_what_was_ticked_stays() -> None:
    make_study()
    person = Person()
    person.start()
    page = person.submit(decision="agree", **{"purpose-sharing": "on"})
    assert page.status_code == 422
    assert re.search(r'name="purpose-sharing"[^>]*checked', page.content.decode())
    assert not Consent.objects.exists()
    assert not Submission.objects.exists()
    assert person.agree().status_code == 200


def test_saying_no_is_asked_twice_and_then_respected() -> None:
    study = make_study()
    person = Person()
    person.start()
    page = person.submit(decision="decline")
    assert page.status_code == 200
    assert 'value="leave"' in page.content.decode()
    assert Enrolment.objects.get().status == "active"
    page = person.submit(decision="leave")
    assert derived_code(study.salt, "no_consent").encode() in page.content
    assert derived_code(study.salt, "complete").encode() not in page.content
    assert Enrolment.objects.get().status == "no_consent"
    assert not Consent.objects.get().agreed


def test_the_code_exists_only_after_the_end() -> None:
    study = make_study()
    person = Person()
    person.start()
    assert person.client.get("/s/tea/done/").headers["Location"] == "/s/tea/here/"
    code = derived_code(study.salt, "complete").encode()
    while person.hidden().get("stage"):
        assert code not in person.page.content
        assert not CompletionCode.objects.exists()
        person.agree() if person.hidden()["stage"] == "consent" else person.submit()
    assert code in person.page.content
    assert person.client.get("/s/tea/done/").status_code == 200
    assert CompletionCode.objects.get().reason == "complete"


def test_codes_of_the_designer_go_into_the_return_address() -> None:
    make_study(
        recruitment={
            "codes": {"complete": "DONE-42"},
            "return_url": "https://app.example.org/complete?cc={code}",
        }
    )
    page = Person().walk()
    assert b"https://app.example.org/complete?cc=DONE-42" in page.content


def test_back_button_and_replay_change_nothing() -> None:
    make_study()
    person = Person()
    person.start()
    first = person.hidden()
    person.agree()
    replay = person.post("here/", {**first, "decision": "leave"})
    assert replay.status_code == 303
    assert replay.headers["Location"] == "/s/tea/here/"
    back = person.post("here/", {**first, "key": str(uuid4()), "decision": "leave"})
    assert back.headers["Location"] == "/s/tea/here/?note=moved"
    assert Enrolment.objects.get().status == "active"
    assert Submission.objects.count() == Consent.objects.count() == 1


def test_forged_forms_change_nothing() -> None:
    make_study()
    person = Person()
    person.start()
    hidden = person.hidden()
    assert person.post("here/", {**hidden, "key": "not-a-key"}).status_code == 400
    assert person.post("here/", {"decision": "agree"}).status_code == 400
    forged = person.post("here/", {**hidden, "stage": "debrief"})
    assert forged.headers["Location"] == "/s/tea/here/?note=moved"
    assert person.post("here/", {**hidden, "decision": "\x00"}).status_code == 422
    no_token = person.client.post("/s/tea/here/", {**hidden, "decision": "agree"})
    assert no_token.status_code == 403
    assert not Submission.objects.exists()
    assert Enrolment.objects.get().stage_index == 0


def test_a_foreign_key_is_nobody_elses() -> None:
    make_study()
    ana, ben = Person(pid="ana"), Person(pid="ben")
    ana.start()
    ben.start()
    key = ana.hidden()["key"]
    ana.agree()
    ben.submit(key=key, decision="agree", **{"purpose-taking-part": "on"})
    assert set(Enrolment.objects.values_list("stage_index", flat=True)) == {1}
    assert Submission.objects.filter(key=key).count() == 2


def test_forged_and_foreign_sessions_open_nothing() -> None:
    make_study()
    make_study("milk")
    person = Person(pid="ana")
    person.start()
    token = person.client.cookies["mv_session_tea"].value
    stranger = Person("milk")
    for forged in ("", "x" * 43, token[:-1] + "0", token):
        stranger.client.cookies["mv_session_milk"] = forged
        assert stranger.client.get("/s/milk/here/").status_code == 401
    arrival = person.client.cookies["mv_arrival_tea"].value
    stranger.client.cookies["mv_arrival_milk"] = arrival
    stranger.arrive("")
    stranger.post("start/")
    assert RecruitmentIdentity.objects.filter(external_id="ana").count() == 1


STRANGERS_ROUTES = ["here/", "done/", "pause/", "withdraw/"]


@pytest.mark.parametrize("path", STRANGERS_ROUTES)
def test_a_stranger_gets_the_way_back_in(path: str) -> None:
    make_study()
    stranger = Person()
    response = stranger.client.get(f"/s/tea/{path}")
    assert response.status_code == 401
    assert b"/s/tea/" in response.content
    if path != "done/":
        stranger.arrive()
        response = stranger.post(path, {"stage": "consent", "key": str(uuid4()), "decision": "agree"})
        assert response.status_code == 401
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("path", ["", "start/", "here/", "done/", "pause/", "withdraw/", "resume/abc/"])
def test_an_unknown_study_says_so(path: str, visitor: Client) -> None:
    response = visitor.post("/s/no/start/") if path == "start/" else visitor.get(f"/s/no/{path}")
    assert response.status_code in (401, 404)


def test_somebody_who_is_screened_out_leaves_with_a_code_of_its_own() -> None:
    screen = {**SCREEN, "eligible": [{"item": "gender", "any": ["woman"]}]}
    study = make_study(stages=[CONSENT, screen, DEBRIEF])
    page = Person().walk(gender="man")
    assert derived_code(study.salt, "screened_out").encode() in page.content
    assert Enrolment.objects.get().status == "screened_out"
    assert b"woman" not in page.content


@pytest.mark.parametrize(("gender", "outcome"), [("woman", "complete"), ("man", "screened_out")])
def test_a_bot_reads_from_the_last_page_how_it_ended(gender: str, outcome: str) -> None:
    make_study(stages=[CONSENT, {**SCREEN, "eligible": [{"item": "gender", "any": ["woman"]}]}, DEBRIEF])
    page = Person().walk(gender=gender)
    assert ended("tea", Seen("http://testserver/s/tea/done/", 200, page.content.decode())) == outcome
    assert ended("tea", Seen("http://testserver/s/tea/done/", 200, "<h1>Thank you</h1>")) == ""


def test_simulated_people_are_marked() -> None:
    make_study()
    Person(pid="sim-7").start()
    Person(pid="simone").start()
    people = RecruitmentIdentity.objects.values_list("external_id", "participant__enrolments__simulated")
    assert dict(people) == {"sim-7": True, "simone": False}
