"""Money is reserved before it is spent, and never passes a limit, however many ask at once."""

import asyncio
import datetime
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from multivocal.llm.budgets import BudgetLimits, reservation, set_limits, spent
from multivocal.llm.gateway import ChatRequest, Gateway, Message, ModelFailed, Reply
from multivocal.llm.ledger import Ending, Opening, close_call, open_call, settle_abandoned
from multivocal.llm.models import Account, Call, LanguageModel
from multivocal.llm.tasks import sweep_calls
from tests.llm.conftest import MakeModel


def chat_at_once(
    model: LanguageModel, account: UUID, people: list[UUID | None]
) -> list[Reply | BaseException]:
    async def run() -> list[Reply | BaseException]:
        async with Gateway() as gateway:
            requests = [
                ChatRequest(
                    model=model,
                    messages=(Message("user", "Is it fair?"),),
                    purpose="t",
                    account=account,
                    person=who,
                )
                for who in people
            ]
            calls = [gateway.chat(request, lambda _text: None) for request in requests]
            return await asyncio.gather(*calls, return_exceptions=True)

    return asyncio.run(run())


def test_twenty_calls_at_once_never_pass_the_limit(make_model: MakeModel, account: UUID) -> None:
    model = make_model()
    limit = Decimal("0.003")  # a reservation is about 0.0008: room for three at once
    set_limits(account=account, limits=BudgetLimits(total_usd=limit))
    replies = chat_at_once(model, account, [None] * 20)
    refused = [reply for reply in replies if isinstance(reply, ModelFailed)]
    assert refused and {failed.kind for failed in refused} == {"budget"} and not refused[0].another_try
    assert any(isinstance(reply, Reply) for reply in replies)
    assert Call.objects.count() == 20 and not Call.objects.filter(state="started").exists()
    rows = Call.objects.filter(error="budget")
    assert rows.count() == len(refused) and {(row.state, row.cost, row.reserved) for row in rows} == {
        ("failed", 0, 0)
    }
    # At every moment: what had been spent, and what was held by calls then open.
    for moment in Call.objects.values_list("started_at", flat=True):
        past = sum(c.cost for c in Call.objects.filter(finished_at__lte=moment))
        held = sum(c.reserved for c in Call.objects.filter(started_at__lte=moment, finished_at__gt=moment))
        assert past + held <= limit
    assert 0 < spent(account) <= limit


def test_one_person_at_the_limit_does_not_stop_another(make_model: MakeModel, account: UUID) -> None:
    model = make_model()
    anna, ben = uuid4(), uuid4()
    one = reservation(model, {"messages": [{"content": "Is it fair?"}], "max_tokens": 256})
    set_limits(account=account, limits=BudgetLimits(per_person_usd=one * Decimal("1.2")))
    for_anna = chat_at_once(model, account, [anna] * 6)
    assert sum(isinstance(reply, Reply) for reply in for_anna) < 6
    assert isinstance(chat_at_once(model, account, [ben])[0], Reply)
    assert spent(account, anna) <= one * Decimal("1.2")
    assert spent(account) == spent(account, anna) + spent(account, ben)


def test_an_account_is_summed_from_the_index_alone(make_model: MakeModel, account: UUID) -> None:
    now, model = timezone.now(), make_model()
    Call.objects.bulk_create(
        Call(
            account=account if n % 10 == 0 else uuid4(), purpose="t", model=model, started_at=now, finished_at=now,
            state="done", prompt_sha256="0" * 64, cost=Decimal("0.01"), text="words " * 200,
        )
        for n in range(3000)
    )  # fmt: skip
    plans: list[str] = []

    def explain(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        with connection.connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}", params)
            plans.append("\n".join(str(row[0]) for row in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE llm_call")
    with connection.execute_wrapper(explain):
        assert spent(account) == Decimal("3.00")
        assert spent(account, uuid4()) == 0
    assert "Index Only Scan using llm_call_newest" in plans[0]
    assert "Index Only Scan using llm_call_money" in plans[1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_added_up_once_is_what_the_ledger_says(
    make_model: MakeModel, account: UUID, seed: int
) -> None:
    model, dice = make_model(), Random(seed)
    set_limits(account=account, limits=BudgetLimits(total_usd=Decimal(10)))
    request = ChatRequest(model=model, messages=(Message("user", "?"),), purpose="t", account=account)
    still_open: list[tuple[int, datetime.datetime]] = []
    for _call in range(450):
        call, begun, allowed = open_call(Opening(request, {}, Decimal("0.02")))
        assert allowed
        still_open.append((call, begun))
        while len(still_open) > dice.choice([0, 1, 3]):
            cost = Decimal(dice.randint(0, 200)) / 10_000
            close_call(*still_open.pop(dice.randrange(len(still_open))), Ending(cost=cost))
    row = Account.objects.get(id=account)
    assert row.settled_call and row.settled_usd
    calls = Call.objects.filter(account=account)
    assert not calls.filter(id__lte=row.settled_call, state="started").exists()
    assert spent(account) == sum(one.reserved if one.state == "started" else one.cost for one in calls)
    left = Decimal(10) - spent(account)
    assert not open_call(Opening(request, {}, left + Decimal("0.00000001")))[2]
    assert open_call(Opening(request, {}, left))[2]


def test_a_late_end_of_an_abandoned_call_is_added_up_anew(make_model: MakeModel, account: UUID) -> None:
    set_limits(account=account, limits=BudgetLimits(total_usd=Decimal(10)))
    request = ChatRequest(model=make_model(), messages=(Message("user", "?"),), purpose="t", account=account)
    opening = Opening(request, {}, Decimal("0.02"))
    slow, begun, _allowed = open_call(opening)
    settle_abandoned(timezone.now() + datetime.timedelta(minutes=11))
    for _call in range(250):
        call, then, _allowed = open_call(opening)
        close_call(call, then, Ending(cost=Decimal("0.01")))
    assert Account.objects.get(id=account).settled_call > slow
    assert spent(account) == Decimal("2.52")
    close_call(slow, begun, Ending(cost=Decimal("0.005")))
    assert spent(account) == Decimal("2.505")


@pytest.mark.parametrize(("minutes", "settled"), [(11, True), (9, False)])
def test_an_abandoned_call_is_settled_at_what_it_held(
    make_model: MakeModel, account: UUID, minutes: int, settled: bool
) -> None:
    begun = timezone.now() - datetime.timedelta(minutes=minutes)
    held = Decimal("0.5")
    call = Call.objects.create(
        account=account,
        purpose="t",
        model=make_model(),
        started_at=begun,
        prompt_sha256="0" * 64,
        reserved=held,
    )
    assert spent(account) == Decimal("0.5")
    sweep_calls()
    call.refresh_from_db()
    assert (call.state, call.error) == (("failed", "abandoned") if settled else ("started", ""))
    assert spent(account) == Decimal("0.5")
    # Its process was alive after all: what is known now replaces what was assumed.
    close_call(
        call.id, begun, Ending(text="late", total_ms=700_000, cost=Decimal("0.1"), finish_reason="stop")
    )
    assert spent(account) == Decimal("0.1") and Call.objects.get().state == "done"
