"""T: the 32 bytes of the table's key that live in a TPM or a token instead of on a disk.

Two places, A and B: the T in force lies in one, and a new one is made in the other each day. A copy of slot
and table that somebody took is dead when the T of its day has been dropped. Record, 64 bytes: magic 8 |
made_at_ns i64 | T 32 | first 16 bytes of SHA-256 over the rest.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from kuramori.errors import StorehouseError
from kuramori.vault.secret_bytes import fresh_secret, wipe

if TYPE_CHECKING:
    from kuramori.vault.slot import Place

MAGIC = b"KURAPART"
PART_BYTES = 32
RECORD_BYTES = 64
_RECORD = struct.Struct(">8sq32s16s")
_SUMMED = RECORD_BYTES - 16

PartKind = Literal["tpm", "token"]


class PartAway(StorehouseError):
    """TPM or token does not answer, is not there, or does not let us in."""

    default_code = "token-part-away"


@dataclass(frozen=True, slots=True)
class PartFacts:
    """What a TPM or token says of itself. `software`: it is a program, whose memory is a file."""

    kind: PartKind
    name: str
    software: bool


@dataclass(slots=True, repr=False)
class PartRecord:
    """One T and when it was made, by the erasure clock."""

    made_at_ns: int
    value: bytearray

    def wipe(self) -> None:
        """Overwrite T in memory."""
        wipe(self.value)


class TokenPart(Protocol):
    """Where T lives. Every method raises `PartAway`."""

    def read(self, place: Place) -> PartRecord | None:
        """The whole record there, or None."""

    def write(self, place: Place, record: PartRecord) -> None:
        """Put it there durably. The caller reads it back."""

    def drop(self, place: Place) -> None:
        """Make sure that there is no record. Raises `CannotErase` when reading back shows one."""

    def facts(self) -> PartFacts:
        """What it is."""

    def release(self) -> None:
        """Both places are dropped and will not be used again: give them back."""


def fresh_part(made_at_ns: int) -> PartRecord:
    """A T never seen before."""
    return PartRecord(made_at_ns, fresh_secret(PART_BYTES))


def pack_part(record: PartRecord) -> bytearray:
    """The 64 bytes of one place."""
    data = bytearray(RECORD_BYTES)
    _RECORD.pack_into(data, 0, MAGIC, record.made_at_ns, record.value, bytes(16))
    data[_SUMMED:] = hashlib.sha256(memoryview(data)[:_SUMMED]).digest()[:16]
    return data


def parse_part(data: bytes) -> PartRecord | None:
    """The record in `data`, or None when it is not whole."""
    if len(data) != RECORD_BYTES:
        return None
    magic, made_at_ns, value, checksum = _RECORD.unpack(data)
    if magic != MAGIC or hashlib.sha256(data[:_SUMMED]).digest()[:16] != checksum:
        return None
    return PartRecord(made_at_ns, bytearray(value))
