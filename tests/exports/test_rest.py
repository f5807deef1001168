"""The REST interface: who may, what is refused and how, streams, releases and their files."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from multivocal.exports.models import ApiToken, Release, Scope
from multivocal.exports.releases import make_release, sweep_releases
from multivocal.exports.tokens import hashed, make_token, revoke_token
from multivocal.studies.audit import verify_chain
from multivocal.studies.models import Enrolment, Membership
from multivocal.studies.staff.pages import page_url
from tests import people
from tests.exports.seed import Seeded, open_study
from tests.studies.studies import at_once

ROOT = "/api/v1/studies/prism/"


def _token(seeded: Seeded, *scopes: str) -> tuple[ApiToken, dict[str, str]]:
    token, secret = make_token(
        study=seeded.study,
        name="script",
        scopes=list(scopes),
        expires_at=timezone.now() + timedelta(days=1),
        user=None,
    )
    return token, {"Authorization": f"Bearer {secret}"}


def _get(path: str, headers: dict[str, str] | None = None, client: Client | None = None) -> Any:
    return (client or Client()).get(path, headers=headers or {})


def test_who_may_read(seeded: Seeded, amir: User) -> None:
    stranger, designer, pilar = people.make_stranger(), people.make_designer(), people.make_payment_staff()
    Membership.objects.create(study=seeded.study, user=designer, role=Membership.Role.DESIGNER)
    Membership.objects.create(study=seeded.study, user=pilar, role=Membership.Role.PAYMENTS)
    for path in ("datasets/", "datasets/utterances.csv", "codebook.json", "releases/", "reports/"):
        answers = {
            person: _get(ROOT + path, client=people.signed_in(person))
            for person in (amir, stranger, designer, pilar)
        }
        assert [answer.status_code for answer in answers.values()] == [200, 404, 403, 403], path
        nobody = _get(ROOT + path)
        assert (nobody.status_code, nobody["WWW-Authenticate"]) == (401, 'Bearer realm="multivocal"')
        unknown = _get("/api/v1/studies/nothing/" + path, client=people.signed_in(stranger)).json()
        assert unknown["code"] == answers[stranger].json()["code"] == "not_found"
    listed = _get("/api/v1/studies/", client=people.signed_in(stranger)).json()
    assert listed == {"studies": []}
    assert [
        study["slug"] for study in _get("/api/v1/studies/", client=people.signed_in(amir)).json()["studies"]
    ] == ["prism"]


def test_tokens(seeded: Seeded) -> None:
    open_study("other")
    token, headers = _token(seeded, Scope.READ)
    secret = headers["Authorization"].split()[1]
    assert secret not in str(ApiToken.objects.values().get())
    assert token.token_hash == hashed(secret)
    assert _get(ROOT + "datasets/", headers).status_code == 200
    assert ApiToken.objects.get().last_used_on == timezone.now().date()
    assert _get("/api/v1/studies/other/datasets/", headers).status_code == 404
    refused = Client().post(ROOT + "releases/", {}, "application/json", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expired = _get(ROOT + "datasets/", headers)
    assert (expired.status_code, expired.json()["code"]) == (401, "expired")
    assert "expired on" in expired.json()["message"]
    ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=1))
    revoke_token(token=token)
    assert _get(ROOT + "datasets/", headers).json()["code"] == "revoked"
    for wrong in ("Bearer", "Bearer a b", "Bearer mv_forged", "Bearer \xff"):
        assert _get(ROOT + "datasets/", {"Authorization": wrong}).status_code == 401


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("since=yesterday", "since"), ("since=2026-13-01", "since"), ("version=9", "version"),
        ("version=-1", "version"),
        ("annotator=pchidi", "annotator"), ("annotator=%00", "annotator"), ("limit=3", "limit"),
        ("format=csv", "format"),
        ("version=1&version=1", "version"), ("safe=1", "safe"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_named(query: str, place: str, seeded: Seeded, amir: User) -> None:
    answer = _get(ROOT + f"datasets/turns.jsonl?{query}", client=people.signed_in(amir))
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message", "fields"}
    assert list(answer.json()["fields"]) == [place]


def test_streams(seeded: Seeded, amir: User) -> None:
    client = people.signed_in(amir)
    answer = client.get(ROOT + "datasets/utterances.jsonl?annotator=pana0000&since=2020-01-01T00:00:00+01:00")
    lines = b"".join(answer).splitlines()
    assert answer["Content-Type"].startswith("application/x-ndjson")
    assert answer["X-Dataset-Snapshot"]
    head = client.head(ROOT + "datasets/utterances.jsonl")
    assert int(head["X-Dataset-Rows"]) == len(lines) == 26
    assert client.get(ROOT + "datasets/utterances.csv", headers={"Accept": "text/csv"}).status_code == 200
    missing = client.get(ROOT + "datasets/nothing.csv")
    assert (missing.status_code, "utterances" in missing.json()["message"]) == (404, True)
    book = client.get(ROOT + "codebook.csv")
    assert client.get(ROOT + "codebook.csv", headers={"If-None-Match": book["ETag"]}).status_code == 304
    none = client.get(ROOT + "reports/agreement/")
    assert (none.status_code, none.json()["code"]) == (404, "not_found")


def test_a_release_from_asking_to_withdrawal(seeded: Seeded, releases_dir: Path) -> None:
    _token_, headers = _token(seeded, Scope.READ, Scope.RELEASE)
    client = Client()
    for body in (
        {"profile": "nothing"},
        {"formats": ["xls"]},
        {"extra": 1},
        {"since": "soon"},
        [1],
        {"version": "x"},
    ):
        refused = client.post(ROOT + "releases/", body, "application/json", headers=headers)
        assert refused.status_code in (400, 404), body
    assert not Release.objects.exists()
    asked = client.post(
        ROOT + "releases/", {"formats": ["jsonl", "csv"]}, "application/json", headers=headers
    )
    assert asked.status_code == 202
    release = Release.objects.get()
    assert client.get(asked["Location"] + "files/README.md", headers=headers).json()["code"] == "not_ready"
    make_release(release_id=release.id)
    make_release(release_id=release.id)
    state = client.get(asked["Location"], headers=headers).json()
    assert state["state"] == "done"
    files = {file["name"]: file for file in state["files"]}
    assert {"manifest.json", "codebook.csv", "datasheet.md", "config/v1.yaml", "judgements.csv"} <= set(files)
    whole = client.get(files["utterances.csv"]["href"], headers=headers)
    body = b"".join(whole)
    assert hashlib.sha256(body).hexdigest() == files["utterances.csv"]["sha256"]
    part = client.get(files["utterances.csv"]["href"], headers={**headers, "Range": "bytes=10-19"})
    assert (part.status_code, b"".join(part)) == (206, body[10:20])
    beyond = client.get(files["utterances.csv"]["href"], headers={**headers, "Range": f"bytes={len(body)}-"})
    assert beyond.status_code == 416
    assert client.get(asked["Location"] + "files/../../x", headers=headers).status_code == 404
    manifest = json.loads(b"".join(client.get(files["manifest.json"]["href"], headers=headers)))
    assert {file["name"]: file["sha256"] for file in manifest["files"]}["utterances.csv"] == files[
        "utterances.csv"
    ]["sha256"]
    Enrolment.objects.filter(pseudonym="pana0000").update(withdrawn_at=timezone.now())
    assert client.get(files["README.md"]["href"], headers=headers).status_code == 410
    assert client.get(asked["Location"], headers=headers).json()["state"] == "closed"


def test_the_same_key_gives_the_same_release(seeded: Seeded, releases_dir: Path) -> None:
    _token_, headers = _token(seeded, Scope.READ, Scope.RELEASE)
    headers = {**headers, "Idempotency-Key": "nightly-2026-11-21"}

    def ask(body: dict[str, Any], more: dict[str, str] | None = None) -> Any:
        sent = {**headers, **(more or {})}
        return Client().post(ROOT + "releases/", body, "application/json", headers=sent)

    first, second = ask({"formats": ["csv"]}), ask({"formats": ["csv"]})
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]
    other = ask({"formats": ["jsonl"]})
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    for wrong in ("", "x" * 201, "two words", "schl\u00fcssel"):
        refused = ask({}, {"Idempotency-Key": wrong})
        assert (refused.status_code, list(refused.json()["fields"])) == (400, ["Idempotency-Key"])
    assert Release.objects.count() == 1
    assert ask({"formats": ["jsonl"]}, {"Idempotency-Key": "tomorrow"}).status_code == 202
    assert Release.objects.count() == 2


def test_one_key_sent_by_many_at_once_makes_one_release(seeded: Seeded, releases_dir: Path) -> None:
    _token_, headers = _token(seeded, Scope.RELEASE)
    headers = {**headers, "Idempotency-Key": "once"}
    answers = at_once(
        [lambda: Client().post(ROOT + "releases/", {}, "application/json", headers=headers).status_code] * 6
    )
    assert answers == [202] * 6
    assert Release.objects.count() == 1


def test_taking_data_goes_on_record(seeded: Seeded, releases_dir: Path) -> None:
    owner = people.make_designer()
    pilar = people.make_payment_staff()
    Membership.objects.create(study=seeded.study, user=owner, role=Membership.Role.OWNER)
    Membership.objects.create(study=seeded.study, user=pilar, role=Membership.Role.PAYMENTS)
    token, secret = make_token(
        study=seeded.study, name="nightly", scopes=[Scope.READ, Scope.RELEASE],
        expires_at=timezone.now() + timedelta(days=1), user=owner,
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {secret}"}
    asked = Client().post(ROOT + "releases/", {"formats": ["csv"]}, "application/json", headers=headers)
    make_release(release_id=Release.objects.get().id)
    b"".join(Client().get(asked["Location"] + "files/turns.csv", headers=headers))
    b"".join(Client().get(asked["Location"] + "files/turns.csv", headers={**headers, "Range": "bytes=5-9"}))
    assert people.signed_in(pilar).get(page_url(seeded.study, "payments")).status_code == 200
    revoke_token(token=token, user=owner)
    revoke_token(token=token, user=owner)
    events = list(seeded.study.audit.exclude(verb__startswith="values: ").order_by("id"))
    assert [(event.verb, event.user) for event in events] == [
        ("token made", owner), ("release asked for", None), ("release made", None),
        ("release downloaded", None), ("identities viewed", pilar), ("token revoked", owner),
    ]  # fmt: skip
    assert events[3].detail == {"release": asked.json()["id"], "file": "turns.csv", "token": "nightly"}
    assert not any(secret in str(event.detail) for event in events)
    assert verify_chain(seeded.study) is None
    page = people.signed_in(owner).get(page_url(seeded.study, "record")).content.decode()
    assert "release downloaded" in page
    assert "token “nightly”" in page
    stranger = people.signed_in(people.make_stranger())
    assert stranger.get(page_url(seeded.study, "record")).status_code in (403, 404)


def test_a_vanished_worker_is_replaced(seeded: Seeded, releases_dir: Path) -> None:
    release = Release.objects.create(study=seeded.study, formats=["jsonl"], state="building", attempts=1)
    half = releases_dir / str(seeded.study.id) / str(release.id)
    half.mkdir(parents=True)
    (half / "turns.jsonl").write_text("half")
    make_release(release_id=release.id)
    assert Release.objects.get().state == "building"
    assert sweep_releases() == [release.id]
    make_release(release_id=release.id)
    assert Release.objects.get().state == "done"
    assert (half / "turns.jsonl").read_text() != "half"
    assert sweep_releases() == []


def test_the_document_and_its_page_reach_no_other_origin(db: None, client: Client) -> None:
    document = client.get("/api/v1/schema/").json()
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/studies/{slug}/datasets/{name}.{extension}" in document["paths"]
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert b"<script" not in page.content
    assert b"https://" not in page.content
    assert set(client.get("/api/v1/").json()) == {"studies", "schema", "docs"}
