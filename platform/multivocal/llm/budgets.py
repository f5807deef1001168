"""Money: what a call may cost at most, what it did cost, and whether an account can still pay."""

import functools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from multivocal.llm.models import Account, LanguageModel
from multivocal.llm.requests import ChatRequest

DEFAULT_MAX_TOKENS = 1024
_LOCK_SPACE = 1819043180  # of advisory locks: this app's own
_CENT_OF_A_CENT = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """The most an account, and one person in it, may spend, in US dollars; None is no limit."""

    total_usd: Decimal | None = None
    per_person_usd: Decimal | None = None


def set_limits(*, account: UUID, limits: BudgetLimits) -> None:
    """Set the limits of ``account`` (a study's id); they hold for the next call on."""
    Account.objects.update_or_create(
        id=account, defaults={"limit_usd": limits.total_usd, "per_person_usd": limits.per_person_usd}
    )


def spent(account: UUID, person: UUID | None = None) -> Decimal:
    """Return what ``account`` (or one ``person`` in it) has spent or holds reserved, in US dollars.

    One index-only scan of ``llm_call_money``; an open call counts with its reservation.
    """
    total, of_person = _sums(account, person)
    return total if person is None else of_person


def _sums(account: UUID, person: UUID | None) -> tuple[Decimal, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(money), 0), coalesce(sum(money) FILTER (WHERE person = %(person)s), 0)
            FROM (SELECT person, CASE state WHEN 'started' THEN reserved ELSE cost END AS money
                  FROM llm_call WHERE account = %(account)s) AS call
            """,
            {"account": account, "person": person},
        )
        row = cursor.fetchone()
        return row[0], row[1]


def can_pay(account: UUID, person: UUID | None, reserve: Decimal) -> bool:
    """Return whether ``reserve`` more stays within the limits; call it in a transaction, before the call's insert.

    Where there is a limit, the account stays locked until that transaction ends: two calls at the same moment
    cannot both take the last cent.
    """
    limits = Account.objects.filter(id=account).values_list("limit_usd", "per_person_usd").first()
    if limits is None or limits == (None, None):
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK_SPACE, str(account)])
    total, of_person = _sums(account, person)
    if limits[0] is not None and total + reserve > limits[0]:
        return False
    return limits[1] is None or person is None or of_person + reserve <= limits[1]


def others_allow(request: ChatRequest, reserve: Decimal) -> bool:
    """Return whether every function of the setting SPENDING_LIMITS lets a call cost up to ``reserve``.

    Like ``can_pay`` it is called in the transaction of the call's row; such a function may take a lock of its own.
    """
    return all(allows(request, reserve) for allows in _limits())


@functools.cache
def _limits() -> tuple[Callable[[ChatRequest, Decimal], bool], ...]:
    return tuple(import_string(path) for path in settings.SPENDING_LIMITS)


def price(model: LanguageModel, tokens_in: int, tokens_out: int) -> Decimal:
    """Return what so many tokens cost at ``model``, in US dollars, rounded up to eight places."""
    exact = (model.price_in * tokens_in + model.price_out * tokens_out) / Decimal(1_000_000)
    return exact.quantize(_CENT_OF_A_CENT, rounding=ROUND_UP)


def tokens_of(text: str) -> int:
    """Return a high estimate of the tokens of ``text``: one for every three bytes of UTF-8."""
    return math.ceil(len(text.encode("utf-8", "replace")) / 3)


def prompt_tokens(body: dict[str, Any]) -> int:
    """Return a high estimate of the input tokens of a request body (messages, schema, tools)."""
    extras = {key: value for key, value in body.items() if key in {"response_format", "tools"}}
    messages = sum(8 + tokens_of(message["content"]) for message in body.get("messages", ()))
    return 8 + messages + (tokens_of(json.dumps(extras)) if extras else 0)


def most_tokens(body: dict[str, Any]) -> int:
    """Return the most output tokens a request body allows."""
    return int(body.get("max_completion_tokens") or body.get("max_tokens") or DEFAULT_MAX_TOKENS)


def reservation(model: LanguageModel, body: dict[str, Any]) -> Decimal:
    """Return what a request may cost at most: its prompt and all the output tokens it allows."""
    return price(model, prompt_tokens(body), most_tokens(body))
