"""Database work from async code: a small thread pool of its own, so that no event loop waits for a row."""

import asyncio
import contextvars
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = int(os.environ.get("DB_THREADS", "6"))
_lock = threading.Lock()
_pool: ThreadPoolExecutor | None = None


def _executor() -> ThreadPoolExecutor:
    global _pool
    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(THREADS, thread_name_prefix="db")
        return _pool


def _run(fn: Callable[[], T]) -> T:
    try:
        return fn()
    finally:
        # A connection that broke (the server was restarted, say) must not fail the next caller too.
        for connection in connections.all(initialized_only=True):
            connection.close_if_unusable_or_obsolete()


async def in_db(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run the synchronous ``fn`` in a thread with a database connection, and return what it returns.

    Cancelling the caller does not stop ``fn``: its transaction ends as if nobody had left.
    """
    context = contextvars.copy_context()
    work = partial(context.run, _run, partial(fn, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(_executor(), work)


async def unhurried(fn: Callable[..., T], *args: Any) -> T:
    """Like :func:`in_db`, and when the caller is cancelled, wait for the end before the cancellation goes on."""
    task = asyncio.ensure_future(in_db(fn, *args))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            await asyncio.wait([task])
        raise


def close_pool() -> None:
    """End the pool and close its connections (the next :func:`in_db` makes a new one)."""
    global _pool
    with _lock:
        pool, _pool = _pool, None
    if pool is None:
        return
    threads = len(pool._threads)
    # Every thread must come here once: only a thread itself may close its connection.
    barrier = threading.Barrier(threads) if threads else None

    def close() -> None:
        if barrier is not None:
            barrier.wait(timeout=30)
        connections.close_all()

    for done in [pool.submit(close) for _ in range(threads)]:
        done.result()
    pool.shutdown()
