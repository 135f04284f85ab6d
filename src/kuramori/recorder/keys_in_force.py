"""The key table in force, as those who seal and those who open may ask of it. Thread-safe."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from kuramori.clock import hour_start_s
from kuramori.errors import KeyGone
from kuramori.recorder import hour_dates
from kuramori.recorder.erasure_clock import STEP_ALLOWED_NS
from kuramori.recorder.hold_plan import is_over
from kuramori.recorder.rotation_plan import hours_to_come, missing, periods_of
from kuramori.recorder.table_rows import TableRows
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.key_table import KeyTable

if TYPE_CHECKING:
    from kuramori.recorder.erasure_guard import ErasureGuard, TimeView
    from kuramori.recorder.settings_rows import RecorderSettings
    from kuramori.vault.key_table import HourRow


class KeysInForce:
    """Only what is durable is here; what is about to die is refused before it is gone."""

    def __init__(self, guard: ErasureGuard) -> None:
        self.settings: RecorderSettings | None = None
        """May be replaced at any time."""
        self._guard = guard
        self._lock = threading.Lock()
        self._table = KeyTable()
        self._rows = TableRows(self._table)
        self._dying: frozenset[str] = frozenset()

    def hour_for(self, camera: str, wall_ns: int) -> HourRow | None:
        """The hour secret to write under for a picture that arrived at `wall_ns`; None until one is durable
        (just added, clock stepped, hour being erased): wait in memory and ask again, 100 ms later is
        enough."""
        view = self._guard.view()
        with self._lock:
            for row in self._rows.of(camera, hour_start_s(wall_ns)):
                if row.hour not in self._dying and hour_dates.usable(row, view):
                    return row
        return None

    def unwrap(self, hour: str, segment: str, wrapped: bytes) -> bytes:
        """The sealed segment key (80 bytes). Raises KeyGone: `key-gone` (erased, or its date has come),
        `clock-untrusted` (it may be past its date, and the time is not sure); Damaged for wrong bytes."""
        view = self._guard.view()
        with self._lock:
            row = self._table.hours.get(hour)
            if row is None or hour in self._dying:
                raise KeyGone
            period = periods_of(self.settings).get(row.camera)
            if hour_dates.is_due(row, view, period):
                raise KeyGone
            if not view.trusted and hour_dates.looks_expired(row, view, period):
                raise KeyGone("clock-untrusted")
            return unwrap_sealed_key(row.secret, segment, wrapped)

    def sealed_key(self, camera: str, hour: str, segment: str, wrapped: bytes) -> bytes:
        """The sealed key of a segment of this camera (80 bytes), from its hour, or from a hold that keeps it.
        Raises as `unwrap` does."""
        try:
            if self.camera_of(hour) != camera:
                raise KeyGone
            return self.unwrap(hour, segment, wrapped)
        except KeyGone:
            if (held := self._held(camera, segment)) is None:
                raise
            return held

    def _held(self, camera: str, segment: str) -> bytes | None:
        view = self._guard.view()
        with self._lock:
            row = self._rows.keeping(segment)
            if row is None or row.camera != camera or is_over(row, view):
                return None
            behind = view.wall_ns < view.now_ns - STEP_ALLOWED_NS
            if not view.trusted and (row.until_ns <= view.wall_ns or (row.rest and behind)):
                raise KeyGone("clock-untrusted")
            return bytes(row.sealed)

    def in_force(self) -> KeyTable:
        """The table itself: not to be changed, and no secret of it to be given out."""
        with self._lock:
            return self._table

    def camera_of(self, hour: str) -> str | None:
        """Whose hour it is."""
        with self._lock:
            row = self._table.hours.get(hour)
            return None if row is None else row.camera

    def credentials(self, camera: str) -> dict[str, str] | None:
        """{"user", "password"} of a camera, or None."""
        with self._lock:
            row = self._table.credentials.get(camera)
            return None if row is None else dict(json.loads(bytes(row.secret)))

    def _put_in_force(self, table: KeyTable, *, keep_dying: bool = False) -> None:
        with self._lock:
            self._table = table
            self._rows = TableRows(table)
            if not keep_dying:
                self._dying = frozenset()

    def _lacks_hours(self, view: TimeView) -> bool:
        """Is there a camera without a row for this hour or the next?"""
        if self.settings is None:
            return False
        wanted = hours_to_come(view, ahead=1)
        with self._lock:
            for camera in self.settings.cameras:
                rows = [row for start_s in wanted for row in self._rows.of(camera.id, start_s)]
                if missing(rows, view, wanted):
                    return True
        return False
