"""Cards of people become values, values become steps with stories, with the simulator as the judge."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from elicitation.moral_graph import work
from elicitation.moral_graph.canonical import join_values, split_card, value_of
from elicitation.moral_graph.models import CanonicalValue, Membership, Partition, Preparation, Upgrade
from elicitation.moral_graph.partitions import compare, recompute
from elicitation.moral_graph.preparing import ask_for_preparation, under_way
from elicitation.moral_graph.stories import CHECKS
from multivocal.llm.models import Account, Call, LanguageModel
from multivocal.llm.simulator.interviewing import shelf_of
from multivocal.llm.threads import in_db
from multivocal.studies.models import Study
from tests.llm.conftest import rows, simulator
from tests.moral_graph.cards import accepted_card, interviewed_study

__all__ = ["rows", "simulator"]
pytestmark = pytest.mark.django_db(transaction=True)


def opened(simulator: str, **wisdom: Any) -> Study:
    """Return an open study with an interview and a wisdom stage, and a simulated model."""
    LanguageModel.objects.create(
        name="sim-plain", model_id="sim-plain", base_url=f"{simulator}/v1", simulated=True, timeout_s=5.0
    )
    made = interviewed_study(**wisdom)
    Account.objects.create(id=made.pk, limit_usd=5)
    return made


@pytest.fixture
def study(rows: None, simulator: str) -> Study:
    """A study in which cards are merged and stories written."""
    return opened(simulator)


@pytest.fixture
def merged_study(rows: None, simulator: str) -> Study:
    """A study in which cards are merged and no stories written, which take most of the time."""
    return opened(simulator, pairs=0)


def shelf(number: int, leave_out: int) -> tuple[str, list[str]]:
    """Return a card as the simulated interviewer writes it: a shelf's value less one of its lines."""
    value = shelf_of("en")[number]
    return value.title, [line for n, line in enumerate(value.policies) if n != leave_out]


def prepare(study: Study) -> bool:
    """Do what is due."""
    return asyncio.run(work.prepare_study(study))


def test_cards_that_say_the_same_become_one_value_with_the_reason_kept(merged_study: Study) -> None:
    study = merged_study
    same = [accepted_card(study, *shelf(0, left)) for left in (0, 1, 2)]
    other = accepted_card(study, *shelf(1, 0))
    assert prepare(study)
    values = [value_of(one.pk) for one in same]
    assert values[0] is not None and len({value.pk for value in values if value}) == 1
    assert value_of(other.pk) != values[0]
    joined = Membership.objects.get(card=same[1].pk)
    assert joined.decided_by == "model" and joined.motivation and joined.verdict["complete"] is True
    assert Call.objects.get(pk=joined.call).purpose == "merge"


def test_steps_are_written_in_both_directions_checked_and_of_the_right_length(study: Study) -> None:
    for number in range(4):
        accepted_card(study, *shelf(number, 0))
    prepare(study)
    steps = Upgrade.objects.filter(origin="model").select_related("source", "target")
    pairs = {(step.source.number, step.target.number) for step in steps}
    assert pairs and all(pair[::-1] in pairs for pair in pairs)
    for step in steps.filter(state="ready"):
        assert 60 <= len(step.story.split()) <= 90 and step.prompt_sha256 and step.made["mapping"]
        assert sum(step.quality[name] for name in CHECKS) / 4 >= 4
    before = steps.count()
    prepare(study)
    assert Upgrade.objects.count() == before, "nothing is due twice"


def test_a_no_splits_a_card_off_again_and_history_stays(merged_study: Study) -> None:
    study = merged_study
    first, second = (accepted_card(study, *shelf(0, left)) for left in (0, 1))
    prepare(study)
    shared = value_of(second.pk)
    title, policies = shelf(0, 1)
    own = split_card(
        card=second.pk,
        title=title,
        description="I look.",
        policies=policies,
        decided_by="person",
        why="Not mine",
    )
    assert value_of(second.pk) == own != shared and value_of(first.pk) == shared
    ended, current = Membership.objects.filter(card=second.pk).order_by("pk")
    assert ended.ended_at is not None and current.decided_by == "person"


def test_a_designer_joins_two_values_and_the_steps_of_the_lost_one_end(study: Study) -> None:
    first, second = (accepted_card(study, *shelf(number, 0)) for number in (0, 1))
    prepare(study)
    into, gone = value_of(first.pk), value_of(second.pk)
    assert into is not None and gone is not None
    join_values(gone=gone, into=into, why="They are one.")
    assert value_of(second.pk) == into
    assert not Upgrade.objects.filter(source=gone, archived_at=None).exists()
    assert CanonicalValue.objects.get(pk=gone.pk).merged_into == into


def test_a_partition_under_other_parameters_is_compared_and_does_not_count(merged_study: Study) -> None:
    study = merged_study
    for number in range(3):
        for left in (0, 1):
            accepted_card(study, *shelf(number, left))
    prepare(study)
    values = CanonicalValue.objects.filter(partition__current=True).count()
    same, strict = (
        asyncio.run(recompute(study, neighbours=5, distance=distance)) for distance in (0.5, 0.01)
    )
    assert compare(study, same)["adjusted_rand_index"] == 1.0
    found = compare(study, strict)
    assert found["adjusted_rand_index"] < 0.5 and found["cards"] == 6 and found["values"] == [3, 6]
    assert CanonicalValue.objects.filter(partition__current=True).count() == values


def test_a_model_that_fails_leaves_the_work_due_and_nobody_waiting(study: Study) -> None:
    one, two = accepted_card(study, *shelf(0, 0)), accepted_card(study, *shelf(0, 1))
    LanguageModel.objects.update(base_url="http://127.0.0.1:9/v1")
    prepare(study)
    assert value_of(one.pk) is not None and value_of(two.pk) is None
    assert "could not be merged" in Preparation.objects.get(study=study).problem
    assert study.pk in work.studies_with_work()


def test_simulated_cards_wait_until_a_page_asks(study: Study) -> None:
    bot = accepted_card(study, *shelf(0, 0), simulated=True)
    assert study.pk not in work.studies_with_work()
    prepare(study)
    assert value_of(bot.pk) is None


def test_two_workers_do_not_do_the_same_work(study: Study) -> None:
    first, second = accepted_card(study, *shelf(0, 0)), accepted_card(study, *shelf(0, 1))

    async def both() -> list[bool]:
        return list(await asyncio.gather(work.prepare_study(study), work.prepare_study(study)))

    # One leaves quietly, or comes when the other is done and finds nothing.
    assert any(asyncio.run(both()))
    assert Membership.objects.filter(card__in=[first.pk, second.pk]).count() == 2
    assert Call.objects.filter(purpose="merge", subject=f"card {second.pk}").count() == 1


def test_work_that_takes_long_is_not_taken_over_while_its_worker_lives(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted_card(study, *shelf(0, 0))
    accepted_card(study, *shelf(0, 1))
    row = LanguageModel.objects.get()
    LanguageModel.objects.update(base_url=row.base_url.replace("/v1", "/faults/stall/v1"), timeout_s=1)
    monkeypatch.setattr(work, "BEAT_S", 0.02)

    async def watched() -> set[object]:
        seen: set[object] = set()
        going = asyncio.create_task(work.prepare_study(study))
        while not going.done() and len(seen) < 3:
            seen.update(await in_db(lambda: list(Preparation.objects.values_list("begun_at", flat=True))))
        assert await going
        return seen - {None}

    assert len(asyncio.run(watched())) >= 2, "its worker says again and again that it is at work"
    assert Preparation.objects.get().begun_at is None


def test_a_mistake_of_ours_is_not_made_again_every_minute(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted_card(study, *shelf(0, 0))

    def wrong(*_args: object) -> None:
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr(work, "free_changed", wrong)
    with pytest.raises(ZeroDivisionError):
        prepare(study)
    row = Preparation.objects.get(study=study)
    assert row.problem == "ZeroDivisionError: a slip" and row.done_at is not None
    monkeypatch.undo()
    assert prepare(study) is False, "its claim stands until somebody could have looked"
    Preparation.objects.update(begun_at=timezone.now() - work.LEASE - timedelta(minutes=1))
    assert prepare(study) is True


def test_what_is_asked_for_while_the_work_goes_on_is_done_after_it(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted_card(study, *shelf(0, 0))
    real, asked = work.free_changed, []

    def meanwhile(partition: Partition) -> None:
        real(partition)
        if not asked:
            asked.append(True)
            ask_for_preparation(study=study)

    monkeypatch.setattr(work, "free_changed", meanwhile)
    assert prepare(study)
    assert under_way(study) and study.pk in work.studies_with_work(), (
        "it was asked for too late for that worker"
    )
    assert prepare(study)
    assert not under_way(study) and study.pk not in work.studies_with_work()


def test_whoever_waits_for_a_worker_does_not_ask_for_another(study: Study) -> None:
    ask_for_preparation(study=study)
    Preparation.objects.update(begun_at=timezone.now())
    before = Preparation.objects.get().asked_at
    ask_for_preparation(study=study, waits=True)
    assert Preparation.objects.get().asked_at == before
    ask_for_preparation(study=study)
    assert Preparation.objects.get().asked_at > before
