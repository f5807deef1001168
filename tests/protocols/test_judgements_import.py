"""Judgements from elsewhere are stored once, about items that are there, and give the same report as their files."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.protocols.experiments.build import build
from annotation.protocols.items.storing import import_items
from annotation.protocols.models import Judgement, Presentation
from multivocal.exports import registry
from multivocal.exports.cut import Cut
from multivocal.exports.formats import FORMATS, Source
from multivocal.exports.snapshot import snapshot
from multivocal.participants.models import RecruitmentIdentity
from multivocal.studies.models import Enrolment, Study
from tests.comparison.kit import item, stage
from tests.studies.studies import CONSENT, DEBRIEF, make_study

pytestmark = pytest.mark.django_db(transaction=True)

RATERS = ("5f0c9a1b2c3d4e5f60718293", "ann", "bo")


@pytest.fixture
def study() -> Study:
    """A draft with four pairs as the set “pairs”."""
    stages = [CONSENT, stage(items="pairs", per_person=4, plan={"resamples": 200, "seed": 3}), DEBRIEF]
    made = make_study(slug="abroad", stages=stages, state="draft", frozen=False, arms=[{"key": "all"}])
    import_items(study=made, name="pairs", raw="\n".join(json.dumps(item(n)) for n in range(4)).encode())
    return made


def write(path: Path, header: str, rows: list[tuple[Any, ...]]) -> Path:
    """Write an interchange file."""
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


def ratings(folder: Path) -> Path:
    """Return ratings of every response by every rater."""
    rows = [
        (f"item-{n}", rater, f"r{k}", 1 + (3 * n + 5 * k + 2 * place + n * k * place) % 7)
        for n in range(4) for place, rater in enumerate(RATERS) for k in (1, 2)
    ]  # fmt: skip
    return write(folder / "ratings.csv", "item,rater,stimulus,score", rows)


def pairs(folder: Path) -> Path:
    """Return a pair of every item by every rater."""
    words = ("a", "b", "tie", "a", "a")
    rows = [
        (f"item-{n}", rater, "r1", "r2", words[(2 * n + place) % 5])
        for n in range(4)
        for place, rater in enumerate(RATERS)
    ]
    return write(folder / "pairs.csv", "item,rater,a,b,outcome", rows)


def run(path: Path, kind: str, *more: str) -> tuple[int, str]:
    """Run the command and return its exit code and what it said."""
    out = io.StringIO()
    try:
        call_command(
            "judgements", "import", "abroad", str(path), "--kind", kind, "--set", "pairs", *more, stdout=out
        )
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


def test_imported_files_give_the_consistency_that_compare_gives(study: Study, tmp_path: Path) -> None:
    one, two = ratings(tmp_path), pairs(tmp_path)
    assert run(one, "ratings", "--scale", "1", "7") == (
        0, "abroad: 24 judgements stored of 3 new raters; 0 were there, 0 rows were said twice.\n",
    )  # fmt: skip
    assert run(two, "pairwise")[1].startswith("abroad: 12 judgements stored of 0 new raters")
    out = tmp_path / "out.json"
    call_command(
        "protocols", "compare", "--ratings", str(one), "--pairwise", str(two), "--pairing", "within",
        "--seed", "3", "--resamples", "200", "-o", str(out),
    )  # fmt: skip
    compared = json.loads(out.read_text())
    (there,) = build(study, {})["without_exclusions"]["consistency"]
    for key in ("matched_pairs", "consistent", "table", "kappa", "both_decisive"):
        assert there["pairings"]["within"][key] == compared[key]
    assert compared["matched_pairs"] == 12


def test_a_file_twice_changes_nothing_and_another_answer_is_refused(study: Study, tmp_path: Path) -> None:
    path = pairs(tmp_path)
    assert run(path, "pairwise", "--dry-run")[0] == 0 and not Enrolment.objects.exists()
    run(path, "pairwise")
    assert "0 judgements stored of 0 new raters; 12 were there" in run(path, "pairwise")[1]
    path.write_text(path.read_text().replace("item-0,ann,r1,r2,b", "item-0,ann,r1,r2,tie"))
    code, said = run(path, "pairwise")
    assert code == 2 and "line 3: “ann” has another answer" in said
    assert (Judgement.objects.count(), Presentation.objects.count(), Enrolment.objects.count()) == (12, 12, 3)


def test_a_raters_own_id_never_leaves(study: Study, tmp_path: Path) -> None:
    run(pairs(tmp_path), "pairwise")
    assert RecruitmentIdentity.objects.filter(source="import", external_id=RATERS[0]).exists()
    for key in ("judgements", "pairwise", "participants", "exposures"):
        with snapshot() as moment:
            source = Source(moment.connection, registry.dataset(key), Cut(study.pk))
            out = b"".join(FORMATS["jsonl"].stream(source))
        assert out and RATERS[0].encode() not in out


def test_strengths_ranks_and_wide_scales_are_kept(study: Study, tmp_path: Path) -> None:
    graded = write(tmp_path / "g.csv", "item,rater,a,b,outcome,strength", [
        ("item-0", "ann", "sys-one", "sys-two", "b", 3), ("item-1", "ann", "r2", "r1", "tie", 0),
    ])  # fmt: skip
    ranked = write(tmp_path / "k.csv", "item,rater,stimulus,rank", [
        ("item-0", "bo", "r1", 2), ("item-0", "bo", "r2", 1), ("item-1", "bo", "r1", 1), ("item-1", "bo", "r2", 1),
    ])  # fmt: skip
    wide = write(tmp_path / "w.csv", "item,rater,stimulus,score", [("item-0", "bo", "r1", 55)])
    assert run(graded, "pairwise")[0] == run(ranked, "rankings")[0] == 0
    assert run(wide, "ratings", "--scale", "0", "100")[0] == 0
    given = Judgement.objects.order_by("presentation__item__number")
    payloads = {kind: [j.payload for j in given if j.presentation.protocol.kind == kind]
                for kind in ("pairwise7", "ranking", "vas")}  # fmt: skip
    assert payloads == {
        "pairwise7": [{"strength": 3}, {"strength": 0}],
        "ranking": [{"ranks": {"A": 2, "B": 1}}, {"ranks": {"A": 1, "B": 1}}],
        "vas": [{"scores": {"A": 55}}],
    }


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("pairwise", "item,rater,a,b,outcome\nitem-0,ann,r1,r2,a\nitem-9,ann,r1,r2,a\n", "line 3: the set has no item"),
        ("pairwise", "item,rater,a,b,outcome\nitem-0,ann,r1,r9,a\n", "line 2: the item “item-0” has no response “r9”"),
        ("pairwise", "item,rater,a,b,outcome\nitem-0,ann,r1,sys-one,tie\n", "two of its ids are one response"),
        ("pairwise", "item,rater,a,b,outcome\nitem-0,ann,r1,r2,win\n", "line 2: “win” is no outcome"),
        ("pairwise", "item,rater,a,b,outcome,strength\nitem-0,ann,r1,r2,a,9\n", "the strength 9 is none of"),
        ("ratings", "item,rater,stimulus,score\nitem-0,ann,r1,8\n", "line 2: the score 8 is off the scale"),
        ("ratings", "item,rater,stimulus,score\nitem-0,ann,r1,nan\n", "line 2"),
        ("ratings", "item,rater,stimulus,score\nitem-0,ann,r1,2.5\n", "line 2: the score 2.5 is between the points"),
        ("rankings", "item,rater,stimulus,rank\nitem-0,ann,r1,0\nitem-0,ann,r2,1\n", "line 2: the rank 0"),
        ("rankings", "item,rater,stimulus,rank\nitem-0,ann,r1,1\n", "line 2"),
        ("rankings", "", "empty"),
    ],
)  # fmt: skip
def test_bad_rows_are_named_and_nothing_is_stored(
    study: Study, tmp_path: Path, kind: str, text: str, said: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    code, told = run(path, kind, *(("--scale", "1", "7") if kind == "ratings" else ()))
    assert code == 2 and said in told and "Nothing was changed." in told
    assert not Enrolment.objects.exists() and not Presentation.objects.exists()


def test_what_is_left_out_is_found_where_there_is_one_choice(study: Study, tmp_path: Path) -> None:
    path = ratings(tmp_path)
    call_command("judgements", "import", "abroad", str(path), "--kind", "ratings", stdout=io.StringIO())
    config = Presentation.objects.first().protocol.config  # type: ignore[union-attr]
    assert (config["start"], config["points"]) == (1, 7)
    import_items(study=study, name="others", raw=json.dumps(item(9)).encode())
    with pytest.raises(CommandError, match="others, pairs"):
        call_command("judgements", "import", "abroad", str(path), "--kind", "ratings")
    assert "lowest to its highest" in run(path, "ratings", "--scale", "7", "1")[1]


def test_a_study_with_participants_takes_none(study: Study, tmp_path: Path) -> None:
    path = pairs(tmp_path)
    Study.objects.filter(pk=study.pk).update(state="open", opened_at="2026-01-01T00:00:00Z")
    code, said = run(path, "pairwise")
    assert code == 2 and "never opened" in said and not Judgement.objects.exists()
