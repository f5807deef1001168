"""Conversations with their judged turns and answers, read some hundred at a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from annotation.conversations.prism.people import Person
from multivocal.exports.build import Job

EMPTY = "EMPTY STRING"
_BATCH = 300
_TALKS = """
select c.id, c.enrolment_id, c.stage, c.type, c.started_at, c.completed_at,
       count(distinct t.id), count(d.stimulus_id)
from conversations_conversation c
join conversations_turn t on t.conversation_id = c.id and t.state = 'judged'
join conversations_candidate d on d.turn_id = t.id and d.state = 'complete'
where c.enrolment_id = any(%s) and c.state = 'complete'
group by c.id order by c.started_at, c.id
"""
_TURNS = """
select t.conversation_id, t.id, t.prompt, t.chosen_id = d.stimulus_id, s.text, d.model_id,
       (j.payload -> 'scores' ->> d.slot)::int
from conversations_turn t
join conversations_candidate d on d.turn_id = t.id and d.state = 'complete'
join protocols_stimulus s on s.id = d.stimulus_id
left join protocols_judgement j on j.presentation_id = t.presentation_id and j.superseded_at is null
where t.conversation_id = any(%s) and t.state = 'judged'
order by t.conversation_id, t.ordinal, d.slot
"""
_FEEDBACK = """
select scope, answers from profiles_pageresponse
where scope = any(%s) and superseded_at is null order by id
"""


@dataclass
class Talk:
    """One finished conversation and its place in the numbering."""

    id: UUID
    person: Person
    type: str
    started_at: Any
    completed_at: Any
    turns: int
    answers: int
    conversation_id: str
    first_interaction: int = 0
    first_utterance: int = 0
    balanced: bool = False


@dataclass
class Turn:
    """One judged turn: its prompt, and per answer (chosen, text, model's row id, score)."""

    prompt: str
    answers: list[tuple[bool, str, int, int | None]] = field(default_factory=list)


def read_talks(job: Job, people: Sequence[Person]) -> list[Talk]:
    """Return the finished conversations with at least one judged turn, in the order of their numbers."""
    persons = {person.enrolment: person for person in people}
    rows: Iterator[Any] = iter(job.moment.connection.execute(_TALKS, [list(persons)]))
    talks = [
        Talk(
            id=id_,
            person=persons[enrolment],
            type=_type(persons[enrolment], stage, type_),
            started_at=started_at,
            completed_at=completed_at,
            turns=turns,
            answers=answers,
            conversation_id=f"c{n}",
        )
        for n, (id_, enrolment, stage, type_, started_at, completed_at, turns, answers) in enumerate(rows)
    ]
    # Turns and answers are numbered by the order of the conversations' ids as text: c0, c1, c10, c100 …
    interaction = utterance = 0
    for talk in lexicographic(talks):
        talk.first_interaction, talk.first_utterance = interaction, utterance
        interaction, utterance = interaction + talk.turns, utterance + talk.answers
    return talks


def lexicographic(talks: Sequence[Talk]) -> list[Talk]:
    """Return the conversations by their ids as text."""
    return sorted(talks, key=lambda talk: talk.conversation_id)


def types_of(people: Sequence[Person]) -> list[str]:
    """Return the released names of the types that the study wants from everybody, in order."""
    wanted: dict[str, None] = {}
    for definition in {id(person.definition): person.definition for person in people}.values():
        for stage in definition.stages:
            for kind in getattr(stage, "types", ()):
                if kind.wanted:
                    wanted[kind.stored_as or kind.key] = None
    return list(wanted)


def with_turns(job: Job, talks: Sequence[Talk]) -> Iterator[tuple[Talk, list[Turn], Mapping[str, Any]]]:
    """Yield each conversation with its judged turns and the answers of its feedback pages."""
    for start in range(0, len(talks), _BATCH):
        batch = talks[start : start + _BATCH]
        turns, feedback = _turns(job, batch), _feedback(job, batch)
        for talk in batch:
            yield talk, turns[talk.id], feedback[str(talk.id)]


def _turns(job: Job, talks: Sequence[Talk]) -> dict[UUID, list[Turn]]:
    found: dict[UUID, list[Turn]] = defaultdict(list)
    last: UUID | None = None
    rows: Iterator[Any] = iter(job.moment.connection.execute(_TURNS, [[talk.id for talk in talks]]))
    for conversation, turn, prompt, chosen, text, model, score in rows:
        if turn != last:
            found[conversation].append(Turn(prompt))
            last = turn
        found[conversation][-1].answers.append((bool(chosen), text.strip() or EMPTY, model, score))
    return found


def _feedback(job: Job, talks: Sequence[Talk]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    rows: Iterator[Any] = iter(job.moment.connection.execute(_FEEDBACK, [[str(talk.id) for talk in talks]]))
    for scope, answers in rows:
        found[scope].update(answers)
    return found


def _type(person: Person, stage: str, key: str) -> str:
    config: Any = next((each for each in person.definition.stages if each.id == stage), None)
    kind = config.type(key) if config is not None and hasattr(config, "type") else None
    return kind.stored_as or key if kind is not None else key
