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
# So many calls are added up in less time than a row is written.
_SETTLE_AFTER = 200
_MONEY = "CASE state WHEN 'started' THEN reserved ELSE cost END"
_UNSETTLED = "id > coalesce((SELECT settled_call FROM llm_account WHERE id = %(account)s), 0)"


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

    From index-only scans of the ledger; an open call counts with its reservation.
    """
    return _spent_since_settling(account).usd if person is None else _spent_by(account, person)


@dataclass(frozen=True, slots=True)
class _Standing:
    """All an account spent and holds, and of the calls after those settled: number, newest and oldest open id."""

    usd: Decimal
    calls: int
    newest: int | None
    oldest_open: int | None


def _spent_since_settling(account: UUID) -> _Standing:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT coalesce((SELECT settled_usd FROM llm_account WHERE id = %(account)s), 0)
                   + coalesce(sum({_MONEY}), 0),
                   count(*), max(id), min(id) FILTER (WHERE state = 'started')
              FROM llm_call WHERE account = %(account)s AND {_UNSETTLED}
            """,
            {"account": account},
        )
        return _Standing(*cursor.fetchone())


def _spent_by(account: UUID, person: UUID) -> Decimal:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum({_MONEY}), 0) FROM llm_call WHERE account = %s AND person = %s",
            [account, person],
        )
        found: Decimal = cursor.fetchone()[0]
        return found


def can_pay(account: UUID, person: UUID | None, reserve: Decimal) -> bool:
    """Return whether ``reserve`` more stays within the limits; call it in a transaction, before the call's insert.

    The account stays locked until that transaction ends: two calls at the same moment cannot both take the last cent,
    and the calls of an account are committed in the order of their ids.
    """
    _lock(account)
    with connection.cursor() as cursor:
        cursor.execute("SELECT limit_usd, per_person_usd FROM llm_account WHERE id = %s", [account])
        limit, limit_of_person = cursor.fetchone() or (None, None)
    if limit is not None:
        standing = _spent_since_settling(account)
        if standing.calls > _SETTLE_AFTER:
            _settle(account, standing)
        if standing.usd + reserve > limit:
            return False
    if limit_of_person is None or person is None:
        return True
    return _spent_by(account, person) + reserve <= limit_of_person


def _lock(account: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK_SPACE, str(account)])


def _settle(account: UUID, standing: _Standing) -> None:
    """Add up the calls before the oldest open one, once for all the checks to come. With the account locked."""
    upto = standing.newest if standing.oldest_open is None else standing.oldest_open - 1
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE llm_account SET settled_call = %(upto)s, settled_usd = settled_usd +
                (SELECT coalesce(sum(cost), 0) FROM llm_call
                  WHERE account = %(account)s AND {_UNSETTLED} AND id <= %(upto)s)
             WHERE id = %(account)s AND settled_call < %(upto)s
            """,
            {"account": account, "upto": upto},
        )


def settle_anew(account: UUID) -> None:
    """Forget what was added up: the cost of a call that had ended was changed, in the transaction this is called in."""
    _lock(account)
    Account.objects.filter(id=account).update(settled_call=0, settled_usd=0)


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
