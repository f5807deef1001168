"""Items reach a study by command or by upload: everything or nothing, and never over what people were asked about."""

import io
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from annotation.protocols.items.models import ItemUpload
from annotation.protocols.items.storing import import_items
from annotation.protocols.models import Item, ItemSet, Plan, Presentation, Stimulus
from multivocal.errors import Conflict, Invalid
from multivocal.studies.models import AuditEvent, Enrolment, Membership, Study
from tests import people
from tests.comparison.kit import Judge, item, stage
from tests.studies.studies import CONSENT, DEBRIEF, at_once, make_study

pytestmark = pytest.mark.django_db

PANDALM = Path(__file__).resolve().parents[3] / "shared" / "data" / "pandalm" / "pairs_500.jsonl"
LINES = [json.dumps(item(n, stratum="hard" if n else "")) for n in range(4)]


def raw(*lines: str) -> bytes:
    """Return a file of lines."""
    return "\n".join(lines or LINES).encode()


def named_study(*, state: str = "draft", frozen: bool = False) -> Study:
    """Return a study that asks about the set “pairs”."""
    stages = [CONSENT, stage(items="pairs", per_person=3, per_item=1), DEBRIEF]
    return make_study(slug="pairs", stages=stages, state=state, frozen=frozen, arms=[{"key": "all"}])


def stored() -> tuple[int, int, int]:
    """Return how many sets, items and responses there are."""
    return ItemSet.objects.count(), Item.objects.count(), Stimulus.objects.count()


def run(*words: str) -> tuple[int, str]:
    """Run ``items …`` and return its exit code and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("items", *words, stdout=out, stderr=err)
        code = 0
    except CommandError as error:
        code = error.returncode
        err.write(str(error))
    except SystemExit as error:
        code = int(error.code or 0)
    return code, out.getvalue() + err.getvalue()


@pytest.mark.skipif(not PANDALM.exists(), reason="needs the pandalm pairs beside the project")
def test_the_published_pairs_are_imported_with_what_is_odd_about_them() -> None:
    study = named_study()
    done = import_items(study=study, name="pandalm", raw=PANDALM.read_bytes(), source=PANDALM.name)
    assert (done.items, done.responses, done.left_out) == (500, 1000, [])
    assert [str(note) for note in done.notes if note.line == 78] == [
        "line 78: response_1 is no text; taken as “true”"
    ]
    assert Stimulus.objects.get(item__external_id="pandalm-157", external_id="1").text == "true"


def test_the_command_imports_once_lists_and_refuses_by_line(tmp_path: Path) -> None:
    named_study()
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_bytes(raw())
    bad.write_bytes(raw(LINES[0], json.dumps(item(1)), json.dumps(item(1, prompt="Other")), '{"id": 1}'))
    code, said = run("import", "pairs", str(good), "--set", "pairs", "--dry-run")
    assert (code, stored()) == (0, (0, 0, 0)) and "would be stored" in said
    assert run("import", "pairs", str(good), "--set", "pairs")[0] == 0
    assert stored() == (1, 4, 8)
    code, said = run("import", "pairs", str(good), "--set", "pairs")
    assert code == 0 and "nothing changed" in said and stored() == (1, 4, 8)
    code, said = run("import", "pairs", str(bad), "--set", "more")
    assert code == 2 and "line 3" in said and "line 4" in said and stored() == (1, 4, 8)
    code, said = run("import", "pairs", str(bad), "--set", "more", "--skip-bad")
    assert code == 1 and "left out: line 3" in said and stored() == (2, 6, 12)
    assert run("list", "pairs")[1].count("items,") == 2
    assert run("import", "nowhere", str(good), "--set", "x")[0] == 2
    assert run("import", "pairs", str(tmp_path / "none"), "--set", "x")[0] == 2


def test_a_set_is_replaced_while_the_study_is_a_draft_and_never_after_it_opened() -> None:
    study = named_study()
    import_items(study=study, name="pairs", raw=raw())
    assert import_items(study=study, name="pairs", raw=raw(*LINES[:3])).changed
    assert stored() == (1, 3, 6)
    study.versions.update(frozen_at="2026-01-01T00:00:00Z")
    with pytest.raises(Conflict) as refusal:
        import_items(study=study, name="pairs", raw=raw())
    assert refusal.value.code == "items_frozen"
    assert not import_items(study=study, name="pairs", raw=raw(*LINES[:3])).changed
    assert import_items(study=study, name="next", raw=raw()).changed
    assert ItemSet.objects.get(name="pairs").items.count() == 3


def test_what_people_saw_stays_and_what_only_previews_saw_may_change() -> None:
    study = named_study(state="open", frozen=True)
    import_items(study=study, name="pairs", raw=raw())
    dana = Judge("dana").arrive_at_screens()
    dana.judge()
    study.versions.update(frozen_at=None)  # as if it were a draft of the next study
    with pytest.raises(Conflict) as refusal:
        import_items(study=study, name="pairs", raw=raw(*LINES[:3]))
    assert refusal.value.code == "items_shown"
    Enrolment.objects.filter(pk=dana.enrolment.pk).update(preview=True)
    assert import_items(study=study, name="pairs", raw=raw(*LINES[:3])).changed
    assert not Plan.objects.exists() and not Presentation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_leave_one_whole_set() -> None:
    study = named_study()
    files = [raw(*LINES[:2]), raw(*LINES[1:]), raw(*LINES[:2])]
    at_once([partial(import_items, study=study, name="pairs", raw=content) for content in files])
    item_set = ItemSet.objects.get()
    assert item_set.items.count() in (2, 3)
    assert Stimulus.objects.count() == 2 * item_set.items.count()


def test_a_refusal_names_rows_and_stores_nothing() -> None:
    study = named_study()
    with pytest.raises(Invalid) as refusal:
        import_items(study=study, name="pairs", raw=raw(*LINES, *(["{"] * 60)))
    assert "line 5" in refusal.value.fields and "…" in refusal.value.fields
    assert stored() == (0, 0, 0)
    assert not AuditEvent.objects.filter(verb="items imported").exists()


class Desk:
    """A member of staff at a study's page of items."""

    def __init__(self, person: Any, slug: str = "pairs") -> None:
        self.client, self.url = Client(), f"/admin/studies/study/of/{slug}/more/items/"
        self.client.force_login(person)

    def look(self) -> Any:
        """Open the page."""
        return self.client.get(self.url)

    def send(self, content: bytes, name: str = "pairs.jsonl") -> Any:
        """Upload a file."""
        return self.client.post(self.url, {"file": SimpleUploadedFile(name, content)}, follow=True)

    def press(self, what: str, **fields: str) -> Any:
        """Press a button of the file that waits."""
        waiting = ItemUpload.objects.first()
        fields = {"upload": str(waiting.pk) if waiting else "", "name": "pairs", **fields}
        return self.client.post(self.url, {"do": what, **fields}, follow=True)


@pytest.fixture
def desk() -> Desk:
    """Dana, the owner of a draft."""
    study, dana = named_study(), people.make_designer()
    Membership.objects.create(study=study, user=dana, role="designer")
    return Desk(dana)


def test_a_designer_uploads_looks_and_imports(desk: Desk) -> None:
    assert "None yet." in desk.look().content.decode()
    page = desk.send(raw()).content.decode()
    assert "4 items with 8 responses" in page and "Answer 1 about 0." in page and stored() == (0, 0, 0)
    assert 'data-item="item-2"' in page and 'data-item="item-3"' not in page
    page = desk.press("import").content.decode()
    assert "4 items with 8 responses are stored" in page and stored() == (1, 4, 8)
    assert not ItemUpload.objects.exists()
    assert desk.press("import").status_code == 404  # the second click, when the first has done it
    assert AuditEvent.objects.filter(verb="items imported").count() == 1


def test_problems_stand_on_the_page_and_stop_the_import(desk: Desk) -> None:
    page = desk.send(raw(LINES[0], "{", "<script>alert(1)</script>")).content.decode()
    assert "line 2: is not JSON" in page and "<script>alert" not in page
    refused = desk.press("import")
    assert refused.status_code >= 400 and stored() == (0, 0, 0)
    assert "line 2" in refused.content.decode()
    assert desk.press("import", name="Not a name").status_code >= 400
    assert "1 items" in desk.press("import", skip_bad="on").content.decode() and stored() == (1, 1, 2)


def test_a_file_is_thrown_away_and_a_newer_one_takes_its_place(desk: Desk) -> None:
    desk.send(raw())
    old = ItemUpload.objects.get().pk
    desk.send(raw(*LINES[:1]), "other.jsonl")
    assert desk.press("import", upload=str(old)).status_code == 404
    desk.press("drop")
    assert not ItemUpload.objects.exists() and stored() == (0, 0, 0)
    assert desk.client.post(desk.url, {}).status_code >= 400
    assert desk.press("import", upload="x²").status_code >= 400


def test_strangers_and_those_who_only_look_cannot_upload() -> None:
    study = named_study()
    for role, person in (("reviewer", people.make_staff("Rosa Lind")), ("analyst", people.make_analyst())):
        Membership.objects.create(study=study, user=person, role=role)
        assert Desk(person).look().status_code == 403
        assert Desk(person).send(raw()).status_code == 403
    stranger = Desk(people.make_stranger())
    assert stranger.look().status_code == 404
    assert stranger.send(raw()).status_code == 404
    assert Client().post(stranger.url, {"file": SimpleUploadedFile("a", raw())}).status_code == 302
    assert not ItemUpload.objects.exists()
