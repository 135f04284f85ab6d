"""One camera's missing time: every second without footage lies in exactly one row that says why."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kuramori.recorder.journal import Journal


class Gaps:
    """Opens and closes the gap rows of one camera in the journal. At most one is open at a time."""

    def __init__(self, camera: str, journal: Journal) -> None:
        self._camera = camera
        self._journal = journal
        self._gap: str | None = None
        self._since_ns = 0
        self.reason: str | None = None

    def resume(self, gap: str, since_ns: int, reason: str) -> None:
        """Go on with a row that an earlier run of the recorder left open."""
        self._gap, self._since_ns, self.reason = gap, since_ns, reason

    def open(self, since_ns: int, reason: str) -> None:
        """From `since_ns` (ns, UTC) there is no footage, because of `reason`. A new reason makes a new
        row. What began before the open row, and is heard of only now, gets a row of its own."""
        if self._gap is not None:
            if since_ns < self._since_ns:
                self._closed_row(since_ns, self._since_ns, reason)
            if self.reason == reason:
                return
            since_ns = max(since_ns, self._since_ns)
            self.close(since_ns)
        self._gap, self._since_ns, self.reason = secrets.token_hex(16), since_ns, reason
        self._journal.append("gap-open", gap=self._gap, camera=self._camera, since_ns=since_ns, reason=reason)

    def passed(self, since_ns: int, until_ns: int, reason: str) -> None:
        """A gap that is over when it is heard of. Nothing happens while a row is open: that one says why."""
        if self._gap is None:
            self._closed_row(since_ns, until_ns, reason)

    def _closed_row(self, since_ns: int, until_ns: int, reason: str) -> None:
        gap = secrets.token_hex(16)
        self._journal.append("gap-open", gap=gap, camera=self._camera, since_ns=since_ns, reason=reason)
        self._journal.append("gap-closed", gap=gap, camera=self._camera, until_ns=until_ns)

    def began(self, start_ns: int) -> None:
        """There is footage from `start_ns` on: a row that was open before then ends there."""
        if self._gap is not None and self._since_ns <= start_ns:
            self.close(start_ns)

    def close(self, until_ns: int) -> None:
        """The open row ends at `until_ns`; without one nothing happens."""
        if self._gap is None:
            return
        until_ns = max(until_ns, self._since_ns)
        self._journal.append("gap-closed", gap=self._gap, camera=self._camera, until_ns=until_ns)
        self._gap = self.reason = None
