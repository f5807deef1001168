"""``moral_graph build`` on files: no database, a closed shape, every bad line named and nothing written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from elicitation.moral_graph.domain.reading import read_votes
from multivocal.domain.files import BadFile

ROOT = Path(__file__).parents[2]
HEAD = "participant,from_value,to_value,context,vote,created_at\n"
GOOD = HEAD + "".join(f"p{n},a,b,work,wiser,2026-01-01T10:00:0{n}Z\n" for n in range(5))


def build(folder: Path, text: str, estimator: str) -> tuple[subprocess.CompletedProcess[str], Path]:
    votes, out = folder / "votes.csv", folder / "out.json"
    votes.write_text(text)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DATABASE_URL": "postgresql://nobody@/nowhere",
    }
    command = [sys.executable, "manage.py", "moral_graph", "build", "--votes", str(votes)]
    done = subprocess.run(
        [*command, "--estimator", estimator, "-o", str(out)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done, out


@pytest.mark.parametrize("estimator", ["published", "posterior"])
def test_a_file_becomes_a_graph_without_a_database(tmp_path: Path, estimator: str) -> None:
    done, out = build(tmp_path, GOOD, estimator)
    assert (done.returncode, done.stderr) == (0, "")
    graph = json.loads(out.read_text())
    (edge,) = graph["edges"]
    assert (edge["sourceValueId"], edge["wiserValueId"], edge["contexts"]) == ("a", "b", ["work"])
    assert edge["counts"]["markedWiser"] == 5
    assert {value["id"] for value in graph["values"]} == {"a", "b"}
    assert graph["rows"] == {
        "read": 5,
        "used": 5,
        "duplicate": 0,
        "notAnswered": 0,
        "unmatched": 0,
        "invalid": 0,
    }


def test_a_bad_file_is_named_and_nothing_written(tmp_path: Path) -> None:
    done, out = build(tmp_path, GOOD + "p9,a,b,work,perhaps,2026-01-01\n", "published")
    assert done.returncode == 2
    assert "line 7: vote is 'perhaps'" in done.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        (HEAD, "the file has a header and no rows"),
        (
            "participant,from_value\np,a\n",
            "line 1: the header has no “to_value”, “context”, “vote”, “created_at”",
        ),
        (HEAD.replace(",", ";"), "semicolons"),
        (HEAD.replace("context", "vote"), "line 1: the header names “vote” twice"),
        (HEAD + "p,a,b,x,wiser\n", "line 2: the row has 5 cells, the header 6"),
        (HEAD + "p,a,a,x,wiser,\n", "line 2: from_value and to_value are both a"),
        (HEAD + ",a,b,x,wiser,\n", "line 2: participant is empty"),
        (HEAD + "p,a,b,x,wiser,yesterday\n", "line 2: created_at is 'yesterday'"),
        (HEAD + f"p,{'a' * 201},b,x,wiser,\n", "line 2: from_value is longer than 200 characters"),
        (HEAD + 'p,"a,b,x,wiser,\n', "line 2: not CSV"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_votes(text.encode())
    assert said in str(refused.value)


def test_bytes_that_are_no_text_are_named() -> None:
    with pytest.raises(BadFile, match="line 2: byte 0xff is not UTF-8"):
        read_votes(HEAD.encode() + b"p\xff,a,b,x,wiser,\n")


def test_of_two_votes_on_one_step_the_latest_counts() -> None:
    votes = read_votes(
        (HEAD + "p,a,b,x,wiser,2026-01-02\np,a,b,x,unsure,2026-01-01\np,a,b,y,unsure,\n").encode()
    )
    assert (votes.read, votes.duplicate, len(votes)) == (3, 1, 2)
    assert votes.outcome.tolist() == [0, 2]
