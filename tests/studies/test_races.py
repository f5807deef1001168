"""What happens at once happens once: arrivals, arms, quota places, submitted pages."""

import json
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from multivocal.participants.models import Consent, Participant, RecruitmentIdentity
from multivocal.studies.arrival import Arrival
from multivocal.studies.enrolment import start_enrolment
from multivocal.studies.models import Allocation, Enrolment, QuotaClaim, StageVisit, Study, Submission
from multivocal.studies.quotas import release_silent_places
from multivocal.studies.tasks import drop_sessions, release_places
from tests.studies.studies import CONSENT, DEBRIEF, SCREEN, Person, at_once, make_study

pytestmark = pytest.mark.django_db(transaction=True)

TWO_ARMS = [{"key": "a"}, {"key": "b"}]
QUOTAS: dict[str, Any] = {
    "after": "screen",
    "cells": [
        {"key": "women", "where": {"gender": ["woman"]}, "target": 3},
        {"key": "men", "where": {"gender": ["man"]}, "target": 5},
    ],
    "release_after_minutes": 60,
}


def arrive(study: Study, name: str) -> Enrolment:
    """Enrol through the public function, as the start page does."""
    return start_enrolment(study=study, arrival=Arrival("link", name), language="en")


def test_twenty_arrivals_of_one_person_are_one_enrolment() -> None:
    study = make_study()
    found = at_once([partial(arrive, study, "tamar")] * 20)
    assert len({enrolment.pk for enrolment in found}) == 1
    assert (
        Enrolment.objects.count() == Participant.objects.count() == RecruitmentIdentity.objects.count() == 1
    )
    assert Allocation.objects.count() == StageVisit.objects.count() == 1


def test_double_clicks_on_start_over_http_are_one_enrolment() -> None:
    make_study()
    person = Person()
    person.arrive()
    answers = at_once([lambda: person.post("start/").status_code] * 6)
    assert set(answers) == {303}
    assert Enrolment.objects.count() == 1


def test_sixty_arrivals_at_once_stay_balanced_in_every_stratum() -> None:
    make_study(
        stages=[SCREEN, DEBRIEF],
        arms=TWO_ARMS,
        assignment={"after": "screen", "stratify": ["gender"], "blocks": 2},
    )
    people = [(Person(pid=f"p{n}"), ("woman", "man")[n % 2]) for n in range(60)]
    for person, _gender in people:
        person.start()
    for start in range(0, 60, 20):
        at_once([partial(person.submit, gender=gender) for person, gender in people[start : start + 20]])
    rows = Allocation.objects.values_list("stratum", "arm")
    counts = Counter(rows)
    assert sum(counts.values()) == 60
    for stratum in ("gender=woman", "gender=man"):
        assert abs(counts[stratum, "a"] - counts[stratum, "b"]) <= 4
        places = list(
            Allocation.objects.filter(stratum=stratum).order_by("position").values_list("position", "arm")
        )
        assert [position for position, _ in places] == list(range(30))
        for block in range(7):
            assert Counter(arm for _, arm in places[4 * block : 4 * block + 4]) == {"a": 2, "b": 2}
    assert set(Allocation.objects.values_list("probability", flat=True)) == {0.5}


def test_a_quota_is_never_exceeded_by_forty_claims_at_once() -> None:
    make_study(stages=[SCREEN, DEBRIEF], quotas=QUOTAS)
    people = [(Person(pid=f"p{n}"), "woman" if n % 2 else "man") for n in range(40)]
    for person, _gender in people:
        person.start()
    pages = []
    for start in (0, 20):
        pages += at_once(
            [partial(person.submit, gender=gender) for person, gender in people[start : start + 20]]
        )
    assert all(page.status_code == 200 for page in pages)
    held = Counter(QuotaClaim.objects.filter(released_at=None).values_list("cell", flat=True))
    assert held == {"women": 3, "men": 5}
    assert Counter(Enrolment.objects.values_list("status", flat=True)) == {"active": 8, "quota_full": 32}


def test_people_who_leave_give_their_place_on() -> None:
    make_study(stages=[SCREEN, DEBRIEF], quotas={**QUOTAS, "cells": QUOTAS["cells"][:1]})
    women = [Person(pid=f"w{n}") for n in range(3)]
    for woman in women:
        woman.start()
        woman.submit(gender="woman")
    women[0].post("withdraw/")
    assert QuotaClaim.objects.filter(released_at=None).count() == 2
    late = Person(pid="late")
    late.start()
    late.submit(gender="woman")
    assert late.hidden()["stage"] == "debrief"
    too_late = Person(pid="too-late")
    too_late.walk()
    assert Enrolment.objects.get(participant__identities__external_id="too-late").status == "quota_full"


def test_nobody_of_a_kind_that_is_not_wanted_takes_a_place() -> None:
    make_study(stages=[SCREEN, DEBRIEF], quotas={**QUOTAS, "cells": QUOTAS["cells"][:1]})
    Person(pid="man").walk(gender="man")
    assert Enrolment.objects.get().status == "quota_full"
    assert not QuotaClaim.objects.exists()


def silence(*people: str) -> None:
    """Let people have been silent for two hours."""
    Enrolment.objects.filter(participant__identities__external_id__in=people).update(
        last_seen_at=timezone.now() - timedelta(hours=2)
    )


def test_a_silent_place_is_given_on_and_its_owner_meets_a_full_cell() -> None:
    make_study(stages=[SCREEN, CONSENT, DEBRIEF], quotas={**QUOTAS, "cells": QUOTAS["cells"][:1]})
    women = {name: Person(pid=name) for name in ("ana", "bea", "cleo", "dora")}
    for name in ("ana", "bea", "cleo"):
        women[name].start()
        women[name].submit(gender="woman")
    silence("ana")
    women["dora"].start()
    women["dora"].submit(gender="woman")
    assert women["dora"].hidden()["stage"] == "consent"
    assert QuotaClaim.objects.filter(released_at=None).count() == 3
    # Ana comes back: her cell is full now, and she leaves kindly.
    women["ana"].agree()
    statuses = dict(Enrolment.objects.values_list("participant__identities__external_id", "status"))
    assert statuses == {"ana": "quota_full", "bea": "active", "cleo": "active", "dora": "active"}


def test_a_draft_after_a_silence_does_not_hide_that_the_place_is_gone() -> None:
    make_study(stages=[SCREEN, CONSENT, DEBRIEF], quotas={**QUOTAS, "cells": QUOTAS["cells"][:1]})
    women = {name: Person(pid=name) for name in ("ana", "bea", "cleo", "dora")}
    for name in ("ana", "bea", "cleo"):
        women[name].start()
        women[name].submit(gender="woman")
    silence("ana")
    women["dora"].start()
    women["dora"].submit(gender="woman")
    saved = women["ana"].client.post(
        "/s/tea/draft/",
        json.dumps({"stage": "consent", "step": "", "values": {"purpose-sharing": "on"}}),
        content_type="application/json",
        headers={"X-CSRFToken": women["ana"].client.cookies["csrftoken"].value},
    )
    assert saved.status_code == 200
    women["ana"].agree()
    assert QuotaClaim.objects.filter(released_at=None).count() == 3
    statuses = dict(Enrolment.objects.values_list("participant__identities__external_id", "status"))
    assert statuses == {"ana": "quota_full", "bea": "active", "cleo": "active", "dora": "active"}


def test_a_silent_person_whose_place_is_free_takes_it_again() -> None:
    study = make_study(stages=[SCREEN, CONSENT, DEBRIEF], quotas=QUOTAS)
    ana = Person(pid="ana")
    ana.start()
    ana.submit(gender="woman")
    silence("ana")
    assert release_places() == 1
    assert release_silent_places(study=study, definition=study.versions.get().shape) == 0
    ana.agree()
    assert ana.hidden()["stage"] == "debrief"
    assert QuotaClaim.objects.filter(released_at=None).count() == 1
    drop_sessions()
    assert ana.here().status_code == 200


def test_coming_back_and_being_replaced_at_once_never_overfills() -> None:
    make_study(stages=[SCREEN, CONSENT, DEBRIEF], quotas={**QUOTAS, "cells": QUOTAS["cells"][:1]})
    women = [Person(pid=f"w{n}") for n in range(9)]
    for woman in women:
        woman.start()
    for woman in women[:3]:
        woman.submit(gender="woman")
    silence("w0", "w1", "w2")
    jobs = [woman.agree for woman in women[:3]]
    jobs += [partial(woman.submit, gender="woman") for woman in women[3:]]
    at_once(jobs)
    assert QuotaClaim.objects.filter(released_at=None).count() == 3
    statuses = Counter(Enrolment.objects.values_list("status", flat=True))
    assert statuses == {"active": 3, "quota_full": 6}


def test_three_identical_posts_at_once_are_one_answer_and_one_step() -> None:
    make_study()
    person = Person()
    person.start()
    fields = {**person.hidden(), "decision": "agree", "purpose-taking-part": "on"}
    answers = at_once([lambda: person.post("here/", fields)] * 3)
    assert {(a.status_code, a.headers["Location"]) for a in answers} == {(303, "/s/tea/here/")}
    assert Submission.objects.count() == Consent.objects.count() == 1
    assert Enrolment.objects.get().stage_index == 1
    # A minute later the phone sends it once more.
    Submission.objects.update(at=timezone.now() - timedelta(seconds=60))
    assert person.post("here/", fields).headers["Location"] == "/s/tea/here/"
    assert Submission.objects.count() == Consent.objects.count() == 1
    assert Enrolment.objects.get().stage_index == 1


def test_two_tabs_sending_different_forms_at_once_advance_once() -> None:
    make_study()
    person = Person()
    person.start()
    fields = {**person.hidden(), "decision": "agree", "purpose-taking-part": "on"}
    at_once([lambda: person.post("here/", {**fields, "key": str(uuid4())}) for _ in range(4)])
    assert Submission.objects.count() == Consent.objects.count() == 1
    assert Enrolment.objects.get().stage_index == 1


def test_a_resume_link_opened_twice_at_once_lets_one_in() -> None:
    make_study()
    person = Person()
    person.start()
    link = person.post("pause/").context["link"]
    path = link.split("/s/tea/")[1]
    phones = [Person() for _ in range(5)]
    for phone in phones:
        phone.client.get(f"/s/tea/{path}")
    answers = at_once([partial(phone.post, path) for phone in phones])
    assert sorted(a.status_code for a in answers) == [303, 410, 410, 410, 410]
