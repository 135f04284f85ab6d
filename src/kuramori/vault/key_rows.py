"""The rows of the key table, and their bytes (docs/design/key-table.md).

Hour rows have a fixed length, because there may be hundreds of thousands; the other kinds are few and are
canonical JSON. A secret lives in a bytearray that its owner wipes.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import rfc8785

from kuramori.errors import BadInput, Damaged
from kuramori.vault.secret_bytes import wipe

BOOT_MAX_BYTES = 36


class Kind(IntEnum):
    """Row kinds. A kind that is not listed is refused: rows we cannot read we could not erase in time."""

    HEAD = 1
    HOUR = 2
    CREDENTIAL = 3
    TOMBSTONE = 4
    HOLD = 5


@dataclass(frozen=True, slots=True, repr=False)
class HourRow:
    """The hour secret H of one camera and UTC hour. Never changed, only replaced: its bytes are kept.

    `boot` (at most 36 bytes) and `run_ns` (running time at the start of the hour) date a provisional hour.
    """

    camera: str
    hour_start_s: int
    hour: str
    secret: bytearray
    erase_at_ns: int
    provisional: bool
    boot: str
    run_ns: int
    packed: bytearray = field(default_factory=bytearray, init=False, compare=False)
    """The row's 125 bytes, once they are known: packing them anew was most of what a rotation cost."""

    def wipe(self) -> None:
        """Overwrite H in memory."""
        wipe(self.secret, self.packed)
        self.packed.clear()

    def __repr__(self) -> str:
        return f"HourRow(camera={self.camera}, hour_start_s={self.hour_start_s}, hour={self.hour})"


@dataclass(slots=True, repr=False)
class CredentialRow:
    """How to sign in at a camera: `secret` is JSON {"user", "password"} in UTF-8."""

    camera: str
    secret: bytearray

    def wipe(self) -> None:
        """Overwrite the credentials in memory."""
        wipe(self.secret)

    def __repr__(self) -> str:
        return f"CredentialRow(camera={self.camera})"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of an erased hour until its erasure is in the ledger: no key, only which, when, why."""

    camera: str
    hour_start_s: int
    hour: str
    erase_at_ns: int
    erased_at_ns: int
    reason: str


@dataclass(slots=True, repr=False)
class HoldRow:
    """One segment kept beyond its hour: its sealed key (80 bytes) without H; without a key when it ended.

    Where its hour was erased in part it is no hold: `case` is empty, `basis` the start of the hour in seconds
    since 1970, `reason` the hour's id.
    """

    hold: str
    camera: str
    segment: str
    sealed: bytearray
    until_ns: int
    review_ns: int
    case: str
    basis: str
    reason: str
    approver: str

    @property
    def key(self) -> str:
        """What it is found by: several holds may keep one segment."""
        return self.hold + self.segment

    @property
    def rest(self) -> bool:
        """It stays of an hour that was erased in part, for no case."""
        return not self.case

    @property
    def hour_start_s(self) -> int:
        """Of a rest: when its hour began, seconds since 1970."""
        return int(self.basis) if self.rest else 0

    def wipe(self) -> None:
        """Overwrite the sealed key in memory."""
        wipe(self.sealed)

    def __repr__(self) -> str:
        return f"HoldRow(hold={self.hold}, segment={self.segment})"


# camera, hour start, hour id, secret, erase at, provisional, boot, running time at the start of the hour
HOUR_STRUCT = struct.Struct(">16sq16s32sqB36sq")


def pack_hour(row: HourRow) -> bytearray:
    """The row's 125 bytes, kept in `row.packed`. Raises `BadInput`."""
    boot = row.boot.encode()
    if len(row.secret) != 32 or len(boot) > BOOT_MAX_BYTES:
        raise BadInput("hour-row", hour=row.hour)
    row.packed.extend(bytes(HOUR_STRUCT.size))
    HOUR_STRUCT.pack_into(
        row.packed,
        0,
        bytes.fromhex(row.camera),
        row.hour_start_s,
        bytes.fromhex(row.hour),
        row.secret,
        row.erase_at_ns,
        row.provisional,
        boot,
        row.run_ns,
    )
    return row.packed


def unpack_hours(body: memoryview) -> list[HourRow]:
    """All hour rows of one chunk's body."""
    size = HOUR_STRUCT.size
    if len(body) % size:
        raise Damaged("table-hour-rows")
    rows = []
    for at, fields in zip(range(0, len(body), size), HOUR_STRUCT.iter_unpack(body), strict=True):
        camera, start_s, hour, secret, erase_at, provisional, boot, run_ns = fields
        name = boot.rstrip(b"\0").decode()
        row = HourRow(
            camera.hex(), start_s, hour.hex(), bytearray(secret), erase_at, bool(provisional), name, run_ns
        )
        row.packed.extend(body[at : at + size])
        rows.append(row)
    return rows


_BIG = frozenset({"erase_at_ns", "erased_at_ns", "until_ns", "review_ns", "epoch", "made_at_ns"})


def pack_document(document: dict[str, Any]) -> bytes:
    """A JSON row: canonical, nanoseconds as decimal text, byte strings as hex."""
    shown = {
        name: str(value) if name in _BIG else value.hex() if isinstance(value, (bytes, bytearray)) else value
        for name, value in document.items()
    }
    return rfc8785.dumps(shown)


def unpack_document(text: bytes | memoryview) -> dict[str, Any]:
    """The row again; byte strings stay hex. Raises `Damaged`."""
    try:
        document = json.loads(bytes(text))
        return {name: int(value) if name in _BIG else value for name, value in document.items()}
    except (ValueError, TypeError, AttributeError) as wrong:
        raise Damaged("table-row") from wrong
