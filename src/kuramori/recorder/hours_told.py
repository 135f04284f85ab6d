"""The key table as others may know it: which hours live until when, which are dead; no secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kuramori.vault.key_table import KeyTable


def hours_told(table: KeyTable) -> bytes:
    """UTF-8 JSON: `epoch`; `hours` [id, camera, hour_start_s, erase_at_ns, provisional]; `tombstones` [ids];
    `holds` [hold, camera, segment, until_ns] of what is kept beyond its hour."""
    told = {
        "epoch": table.epoch,
        "hours": [
            (row.hour, row.camera, row.hour_start_s, row.erase_at_ns, row.provisional)
            for row in table.hours.values()
        ],
        "tombstones": list(table.tombstones),
        "holds": [
            (row.hold, row.camera, row.segment, row.until_ns) for row in table.holds.values() if row.sealed
        ],
    }
    return json.dumps(told, separators=(",", ":")).encode()
