"""A conversation goes turn by turn; every step happens once, whoever repeats it, and strangers stay outside."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from annotation.conversations import actions
from annotation.conversations.models import Candidate, Conversation, Turn
from annotation.conversations.shapes import Begin, BreakTie, Finish, GiveUp, Judge, Retry, Say
from annotation.conversations.state import conversation_state
from annotation.protocols.models import Judgement
from multivocal.errors import Conflict, Invalid, NotFound, TooLarge, Unprocessable
from multivocal.llm.models import LanguageModel
from multivocal.studies.stages import Visit
from tests.conversations.conftest import answer, begin, judge, say


def test_an_opening_turn_shows_four_different_models_with_their_probabilities(visit: Visit) -> None:
    begin(visit)
    turn = say(visit)
    rows = list(turn.candidates.order_by("slot"))
    assert [row.slot for row in rows] == ["A", "B", "C", "D"]
    assert len({row.model_id for row in rows}) == 4
    slots = turn.presentation.slots
    assert [s["stimulus"] for s in slots] == [str(row.pk) for row in rows]
    assert all(0 < s["probability"] <= 1 and s["inclusion"] == pytest.approx(0.8) for s in slots)
    assert len(turn.presentation.pool) == 5


def test_the_best_answer_continues_and_its_model_gives_the_next_two(visit: Visit) -> None:
    begin(visit)
    turn = answer(say(visit))
    judge(visit, turn, A=10, B=90, C=20, D=30)
    turn.refresh_from_db()
    winner = turn.candidates.get(slot="B")
    assert turn.chosen_id == winner.pk
    following = say(visit, "And then?")
    assert {row.model_id for row in following.candidates.all()} == {winner.model_id}
    assert following.candidates.count() == 2
    context = following.presentation.item.context
    assert [m["content"] for m in context] == [turn.prompt, winner.stimulus.text]


def test_the_same_key_opens_one_turn_and_gives_one_judgement(visit: Visit) -> None:
    begin(visit)
    action = Say(do="say", key=uuid4(), text="Hello")
    actions.act(visit, action)
    actions.act(visit, action)
    turn = answer(Turn.objects.get())
    verdict = Judge(
        do="judge", key=uuid4(), turn=turn.pk, payload={"scores": dict.fromkeys("ABCD", 3) | {"A": 9}}
    )
    actions.act(visit, verdict)
    actions.act(visit, verdict)
    assert Judgement.objects.count() == 1
    with pytest.raises(Conflict):
        actions.act(visit, verdict.model_copy(update={"key": uuid4()}))
    assert Judgement.objects.count() == 1


def test_a_tie_is_asked_and_only_the_tied_can_win(visit: Visit) -> None:
    begin(visit)
    turn = answer(say(visit))
    judge(visit, turn, A=50, B=50, C=1, D=1)
    state = conversation_state(visit)["conversation"]
    assert state["phase"] == "tie" and state["turns"][0]["tied"] == ["A", "B"]
    with pytest.raises(Unprocessable):
        actions.act(visit, BreakTie(do="break_tie", key=uuid4(), turn=turn.pk, slot="C"))
    actions.act(visit, BreakTie(do="break_tie", key=uuid4(), turn=turn.pk, slot="B"))
    judgement = Judgement.objects.get()
    assert (judgement.chosen, judgement.tie_broken_by) == ("B", "person")


def test_a_tie_may_be_broken_by_the_stored_seed(make_visit: Callable[..., Visit]) -> None:
    visit = make_visit(ties="random")
    begin(visit)
    turn = answer(say(visit))
    judge(visit, turn, A=50, B=50, C=50, D=50)
    judgement = Judgement.objects.get()
    assert judgement.tie_broken_by == "seed" and judgement.chosen in "ABCD"


def test_minimum_and_maximum_turns_hold(visit: Visit) -> None:
    begin(visit)
    judge(visit, answer(say(visit)), A=9, B=1, C=1, D=1)
    with pytest.raises(Conflict):
        actions.act(visit, Finish(do="finish", key=uuid4()))
    for _ in range(2):
        judge(visit, answer(say(visit)), A=9, B=1)
    with pytest.raises(Conflict):
        say(visit)
    actions.act(visit, Finish(do="finish", key=uuid4()))
    assert Conversation.objects.get().state == Conversation.State.COMPLETE


def test_quotas_of_types_are_enforced(visit: Visit) -> None:
    begin(visit)
    Conversation.objects.update(state=Conversation.State.COMPLETE)
    with pytest.raises(Conflict):
        actions.act(visit, Begin(do="begin", key=uuid4(), type="unguided"))
    with pytest.raises(NotFound):
        actions.act(visit, Begin(do="begin", key=uuid4(), type="other"))


def test_bad_prompts_are_refused_and_change_nothing(visit: Visit) -> None:
    begin(visit)
    for text, refusal in (("  \n", Unprocessable), ("x" * 100_000, TooLarge)):
        with pytest.raises(refusal):
            say(visit, text)
    assert not Turn.objects.exists()
    turn = say(visit, "<b>Hi</b>\x00\x1b[31m")
    assert turn.prompt == "<b>Hi</b>[31m"


def test_a_judgement_needs_every_answer_and_only_the_shown_ones(visit: Visit) -> None:
    begin(visit)
    turn = say(visit)
    with pytest.raises(Conflict):
        judge(visit, turn, A=1, B=1, C=1, D=1)
    answer(turn)
    for scores in ({"A": 1}, {"A": 1, "B": 1, "C": 1, "D": 1, "E": 1}, {"A": 0, "B": 1, "C": 1, "D": 1}):
        with pytest.raises(Unprocessable):
            judge(visit, turn, **scores)
    assert not Judgement.objects.exists()


def test_a_stranger_cannot_judge_somebody_elses_turn(visit: Visit, make_visit: Callable[..., Visit]) -> None:
    begin(visit)
    turn = answer(say(visit))
    stranger = make_visit()
    with pytest.raises(Conflict):
        judge(stranger, turn, A=1, B=1, C=1, D=1)
    begin(stranger)
    with pytest.raises(NotFound):
        judge(stranger, turn, A=1, B=1, C=1, D=1)
    assert not Judgement.objects.exists()


def test_when_nothing_comes_people_may_retry_or_go_on(visit: Visit) -> None:
    begin(visit)
    turn = say(visit)
    with pytest.raises(Conflict):
        actions.act(visit, GiveUp(do="give_up", key=uuid4()))
    turn.candidates.update(state=Candidate.State.FAILED)
    Turn.objects.update(state=Turn.State.FAILED)
    actions.act(visit, Retry(do="retry", key=uuid4(), turn=turn.pk))
    turn.refresh_from_db()
    assert turn.state == Turn.State.ANSWERING
    assert turn.candidates.filter(state=Candidate.State.WAITING).count() == 4
    Turn.objects.update(state=Turn.State.FAILED)
    actions.act(visit, GiveUp(do="give_up", key=uuid4()))
    assert Conversation.objects.get().ending == Conversation.Ending.GAVE_UP


def test_the_state_names_no_model(visit: Visit, pool: list[LanguageModel]) -> None:
    begin(visit)
    answer(say(visit))
    told = str(conversation_state(visit))
    assert not any(model.name in told or model.model_id in told or model.header in told for model in pool)


def test_unknown_actions_are_refused_with_their_place() -> None:
    for data in (
        {},
        {"do": "dance"},
        {"do": "say", "key": "x", "text": "hi"},
        {"do": "finish", "key": str(uuid4()), "slot": "A"},
        {"do": "say", "key": str(uuid4()), "text": "hi", "paradata": {"slots": {"A\x00": {}}}},
        {
            "do": "say",
            "key": str(uuid4()),
            "text": "hi",
            "paradata": {"slots": {"A": {"modality": "\ud800"}}},
        },
    ):
        with pytest.raises(Invalid) as refusal:
            actions.parse_action(data)
        assert refusal.value.fields
