"""Several questions at once from code without an event loop, none begun after the end, none cut off by another."""

import asyncio

import pytest

from multivocal.llm.gateway import Gateway
from multivocal.llm.lines import open_line


def test_so_many_are_asked_at_once_and_no_more() -> None:
    now, most = 0, 0

    async def ask(number: int, _gateway: Gateway) -> int:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001 * (number % 3))
        now -= 1
        return number * number

    with open_line() as line:
        assert sorted(line.ask(range(20), ask, at_once=4)) == sorted(n * n for n in range(20))
        assert most == 4
        assert line.ask([], ask, at_once=4) == []


def test_after_a_no_nothing_more_is_begun_and_what_has_begun_is_kept() -> None:
    begun: list[int] = []

    async def ask(number: int, _gateway: Gateway) -> int:
        begun.append(number)
        await asyncio.sleep(0.02 if number == 1 else 0)
        return number

    async def below_four(number: int) -> bool:
        return number < 4

    with open_line() as line:
        answers = line.ask(range(20), ask, at_once=2, goes_on=below_four)
    assert begun == [0, 1, 2, 3, 4] and answers == [0, 2, 3, 4, 1]


def test_what_goes_wrong_is_raised_when_all_that_has_begun_is_over() -> None:
    begun, over = [], []

    async def ask(number: int, _gateway: Gateway) -> None:
        begun.append(number)
        if number == 1:
            raise ZeroDivisionError
        await asyncio.sleep(0.01)
        over.append(number)

    with open_line() as line, pytest.raises(ZeroDivisionError):
        line.ask(range(20), ask, at_once=3)
    assert begun == [0, 1, 2] and over == [0, 2]
