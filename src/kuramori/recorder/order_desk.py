"""The orders spool: read, judged, and each taken at most once, across restarts."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from kuramori.errors import BadInput
from kuramori.recorder.orders import KINDS, Ack, Order, read_order

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.recorder.journal import Journal

NAME = re.compile(r"[0-9a-f]{32}\.json\Z")


class OrderDesk:
    """Not thread-safe: used by one rotation at a time. `taken` is a file of order ids, one a line, synced."""

    def __init__(self, spool: Path, public_key: Path, taken: Path, journal: Journal) -> None:
        self._spool = spool
        self._public_key = public_key
        self._taken_path = taken
        self._journal = journal
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._taken = set(_lines(taken))
        self._not_urgent: set[str] = set()
        self._finish_what_a_crash_left()

    def urgent(self) -> bool:
        """Does the spool hold anything but acknowledgements? Those wait for the next rotation."""
        names = {path.name for path in self._files()}
        self._not_urgent &= names
        return bool(names - self._not_urgent)

    def read(self) -> list[Order]:
        """The good orders that wait, oldest first; bad ones are journalled as refused and removed."""
        good: list[Order] = []
        for path in self._files():
            try:
                order = read_order(_bytes(path), self._trusted_key())
                if order.id in self._taken:
                    raise BadInput("order-replayed")
            except BadInput as problem:
                self.refuse(path.stem, "", problem.code, path)
                continue
            if isinstance(order, Ack):
                self._not_urgent.add(path.name)
            if all(order.id != other.id for other in good):
                good.append(order)
        return sorted(good, key=lambda order: order.made_at_ns)

    def done(self, order: Order) -> None:
        """It has been carried out: journal that durably, remember the id, remove the file."""
        self._journal.append_durable("order-done", order=order.id, order_kind=kind_of(order))
        self._remember([order.id])
        self._remove(order.id)

    def refuse_order(self, order: Order, why: str) -> None:
        """A signed order that cannot be carried out."""
        self.refuse(order.id, kind_of(order), why, self._spool / f"{order.id}.json")
        self._remember([order.id])

    def refuse(self, name: str, kind: str, why: str, path: Path) -> None:
        self._journal.append_durable("order-refused", order=name[:32], order_kind=kind, why=why)
        path.unlink(missing_ok=True)

    def _finish_what_a_crash_left(self) -> None:
        """Orders journalled as taken whose ids or files were not dealt with when the recorder ended."""
        journalled = [order for order in self._journal.things.orders if order not in self._taken]
        if journalled:
            self._remember(journalled)
        for order in self._journal.things.orders:
            self._remove(order)

    def _files(self) -> list[Path]:
        try:
            return sorted(path for path in self._spool.iterdir() if NAME.match(path.name))
        except FileNotFoundError:
            return []

    def _trusted_key(self) -> bytes:
        try:
            return self._public_key.read_bytes()
        except OSError:
            return b""

    def _remember(self, orders: list[str]) -> None:
        self._taken.update(orders)
        fd = os.open(self._taken_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(fd, "".join(f"{order}\n" for order in orders).encode())
            os.fsync(fd)
        finally:
            os.close(fd)

    def _remove(self, order: str) -> None:
        (self._spool / f"{order}.json").unlink(missing_ok=True)


def kind_of(order: Order) -> str:
    """The word that the order file uses."""
    return KINDS[type(order)]


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as source:
            return source.read(1 << 20)
    except OSError:
        raise BadInput("order-unreadable") from None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except FileNotFoundError:
        return []
