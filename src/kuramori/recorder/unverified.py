"""Footage of which nobody knows that it is masked: which hours die for it, and what of them stays.

A camera-hour can only be lost as a whole. So the hours that the doubtful stretch touches die, and the keys
of those of their segments that ended before it are kept as a hold keeps them, until the day they would have
died.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.clock import HOUR_S, NS_PER_S
from kuramori.recorder.hold_files import Meant, in_hour
from kuramori.recorder.hold_orders import Hold
from kuramori.recorder.orders import Unmasked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from kuramori.recorder.erasure_guard import TimeView
    from kuramori.vault.key_table import HourRow, KeyTable

BY = "program:record"
BASIS = "mask-check"


@dataclass(frozen=True, slots=True)
class Doubt:
    """From `since_ns` to `until_ns` (wall time) nothing of one camera is known to be masked."""

    camera: str
    since_ns: int
    until_ns: int

    @property
    def order(self) -> Unmasked:
        """What is to be erased, in whole hours."""
        return Unmasked(
            id=secrets.token_hex(16),
            made_at_ns=self.until_ns,
            camera=self.camera,
            from_s=self.since_ns // NS_PER_S,
            until_s=self.until_ns // NS_PER_S + 1,
        )


def doubts_of(rows: Mapping[str, Mapping[str, int]]) -> list[Doubt]:
    """From what the journal left open."""
    return [Doubt(camera, row["since_ns"], row["until_ns"]) for camera, row in rows.items()]


def kept_of(
    doubt: Doubt, table: KeyTable, stores: Iterable[Path], view: TimeView
) -> list[tuple[Hold, tuple[Meant, ...]]]:
    """What was recorded before the doubtful stretch in the hours that die for it. Looks at files.

    Of an hour whose date is not known yet nothing is kept.
    """
    stores, kept = list(stores), []
    for row in table.hours.values():
        if row.camera != doubt.camera or row.provisional or not _touched(row, doubt):
            continue
        meant = tuple(
            Meant(header.segment, header.hour, header.wrapped_key)
            for header in in_hour(stores, row.camera, row.hour_start_s)
            if header.hour == row.hour and header.start_ns < doubt.since_ns
        )
        if meant and view.now_ns < row.erase_at_ns:
            kept.append((_hold(row, view), meant))
    return kept


def _touched(row: HourRow, doubt: Doubt) -> bool:
    start_ns = row.hour_start_s * NS_PER_S
    return start_ns <= doubt.until_ns and start_ns + HOUR_S * NS_PER_S > doubt.since_ns


def _hold(row: HourRow, view: TimeView) -> Hold:
    return Hold(
        id=secrets.token_hex(16),
        made_at_ns=min(view.now_ns, row.erase_at_ns - 1),
        camera=row.camera,
        from_s=row.hour_start_s,
        until_s=row.hour_start_s + HOUR_S,
        case=BASIS,
        basis=BASIS,
        reason=BASIS,
        requester=BY,
        approver=BY,
        ends_at_ns=row.erase_at_ns,
        review_at_ns=row.erase_at_ns,
    )
