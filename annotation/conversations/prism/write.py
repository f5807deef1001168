"""Write the five files, in one pass over people and two over conversations."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from annotation.conversations.prism import lines, shape, subsets
from annotation.conversations.prism.models import read_models
from annotation.conversations.prism.people import Person, read_people
from annotation.conversations.prism.talks import Talk, lexicographic, read_talks, types_of, with_turns
from multivocal.domain.datasets import Dataset
from multivocal.exports.build import Job

Row = Mapping[str, Any]


def write_prism(job: Job) -> list[Dataset]:
    """Write survey, conversations, utterances, metadata and models (.jsonl). Source: reference/prism.md §2."""
    people = read_people(job)
    talks = read_talks(job, people)
    models, model_rows = read_models(job, [person.enrolment for person in people])
    _mark_subsets(job, people, talks)
    _write(job, shape.SURVEY, (person.row for person in people))
    rows = (lines.conversation_row(*found, models) for found in with_turns(job, talks))
    _write(job, shape.CONVERSATIONS, rows)
    _write(job, shape.UTTERANCES, _utterances(job, talks, models))
    _write(job, shape.METADATA, _metadata(job, people, talks, models))
    _write(job, shape.MODELS, model_rows)
    _add_notes(job, model_rows)
    return list(shape.FILES)


def _mark_subsets(job: Job, people: Sequence[Person], talks: Sequence[Talk]) -> None:
    chosen = subsets.balanced(
        [(talk.conversation_id, talk.person.user_id, talk.type) for talk in talks], types_of(people)
    )
    for talk in talks:
        talk.balanced = talk.conversation_id in chosen
    talked = Counter(talk.person.user_id for talk in talks)
    in_balance = {talk.person.user_id for talk in talks if talk.balanced}
    pool = [person.row for person in people if person.user_id in in_balance]
    census = {country: subsets.representative(country, pool) for country in ("us", "uk")}
    missing = [country.upper() for country, members in census.items() if members is None]
    if missing:
        job.folder.notes.append(
            f"The census file for {' and '.join(missing)} was not there when this was made: "
            "the flags of that subset are false for everybody."
        )
    for person in people:
        user = person.user_id
        person.row |= {
            "survey_only": user not in talked,
            "num_completed_conversations": talked[user],
            "included_in_US_REP": user in (census["us"] or ()),
            "included_in_UK_REP": user in (census["uk"] or ()),
            "included_in_balanced_subset": user in in_balance,
        }


def _utterances(job: Job, talks: Sequence[Talk], models: lines.Models) -> Iterator[Row]:
    for talk, turns, _feedback in with_turns(job, lexicographic(talks)):
        yield from lines.utterance_rows(talk, turns, models)


def _metadata(
    job: Job, people: Sequence[Person], talks: Sequence[Talk], models: lines.Models
) -> Iterator[Row]:
    for talk, turns, feedback in with_turns(job, lexicographic(talks)):
        user, conversation = talk.person.user_id, talk.conversation_id
        for number, turn in enumerate(turns):
            where = (user, conversation, f"int{talk.first_interaction + number}")
            yield lines.metadata_row("user_prompt", turn.prompt, *where)
        for row in lines.utterance_rows(talk, turns, models):
            ids = (user, conversation, row["interaction_id"], row["utterance_id"])
            yield lines.metadata_row("model_response", row["model_response"], *ids)
        yield lines.metadata_row("open_feedback", feedback.get("open_feedback") or "", user, conversation)
    for person in people:
        for column in ("self_description", "system_string"):
            yield lines.metadata_row(column, person.row[column], person.user_id)


def _write(job: Job, described: Dataset, rows: Iterable[Row]) -> None:
    count = 0

    def encoded() -> Iterator[bytes]:
        nonlocal count
        for row in rows:
            count += 1
            yield json.dumps({name: row[name] for name in described.names}).encode() + b"\n"

    file = job.folder.write(f"{described.key}.jsonl", encoded())
    job.folder.files[-1] = type(file)(file.name, count, file.bytes, file.sha256)


def _add_notes(job: Job, models: Sequence[Row]) -> None:
    simulated = [row["long_name"] for row in models if row["status"] == "Simulated"]
    if simulated:
        job.folder.notes.append(f"The words of these models are simulated: {', '.join(simulated)}.")
    job.folder.notes += [
        "The five files have the columns, key order, ids and null rules of the published PRISM data.",
        "People are those who finished the survey; conversations those that were finished and whose feedback was "
        "stored, with at least one judged turn. Turns no model answered are left out and the others numbered on.",
        "`moderation_flag` is null throughout: no moderation model was asked. `pii_flag` is a pattern for e-mail, "
        "page and telephone addresses and handles. `language_flag` is py3langid's best guess, unsure on short texts.",
        "`categorised` and `simplified` are null until people have coded the self-descriptions; for the census "
        "subsets a description that is exactly a category's name is taken for it.",
        "`study_locale` is the country of residence: people from everywhere are in one study.",
        "`if_chosen` is true for one answer per turn: the one chosen, also where two answers have the same words.",
        "A statement of `stated_prefs` that nobody touched is null; nothing is filled in at the middle.",
    ]
