"""Asking a disk something without waiting for it for ever.

A disk that hangs keeps the thread that asked it, and no thread can be called back. So whoever must go on asks
on a thread that may be left behind.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")


def within(limit_s: float, ask: Callable[[], Answer]) -> Answer:
    """What `ask()` returns or raises. Raises TimeoutError (an OSError) when it takes longer than `limit_s`;
    `ask` may then still end some day, and what it does must do no harm by then."""
    return asked(ask).result(limit_s)


def asked(ask: Callable[[], Answer]) -> Future[Answer]:
    """`ask()` on a thread of its own, begun now."""
    answer: Future[Answer] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as problem:  # noqa: BLE001 - carried over to whoever asked, whatever it is
            answer.set_exception(problem)

    threading.Thread(target=run, name="disk-asked", daemon=True).start()
    return answer
