"""Invented footage for the vault's tests: headers, fragments and keys that belong together."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kuramori.vault.hour_wrap import wrap_sealed_key
from kuramori.vault.record_seal import TAG_BYTES
from kuramori.vault.segment_header import FORMAT_VERSION, Flag, SegmentHeader
from kuramori.vault.segment_writer import ClosedSegment, SegmentWriter
from kuramori.vault.storehouse import SealContext, StorehouseKey, new_storehouse_key, seal_segment_key

if TYPE_CHECKING:
    from pathlib import Path

START_NS = 1_795_424_400_000_000_000
FRAGMENT_90K = 36_000  # 0.4 s


def ident(rng: random.Random) -> str:
    return rng.randbytes(16).hex()


@dataclass
class Footage:
    """One segment's keys, header and fragments."""

    header: SegmentHeader
    key: bytes
    hour_secret: bytes
    storehouse: StorehouseKey
    payloads: list[bytes]

    @property
    def context(self) -> SealContext:
        return context_of(self.header)

    def write(self, path: Path, *, close: bool = True) -> ClosedSegment | None:
        writer = SegmentWriter(path, self.header, bytearray(self.key))
        for number, payload in enumerate(self.payloads):
            append(writer, number, payload)
        if close:
            return writer.close()
        writer.abandon()
        return None


def append(writer: SegmentWriter, number: int, payload: bytes | list[bytes]) -> int:
    """The init segment first, then fragments of 0.4 s with a key frame in every fifth."""
    media = max(number - 1, 0) * FRAGMENT_90K
    key = Flag.KEY if number % 5 == 1 else 0
    return writer.append(
        payload,
        wall_ns=START_NS + media * 100_000 // 9,
        media_90k=media,
        duration_90k=FRAGMENT_90K if number else 0,
        flags=key if number else Flag.INIT,
    )


def context_of(header: SegmentHeader) -> SealContext:
    return SealContext(
        FORMAT_VERSION,
        header.recorder,
        header.camera,
        header.segment,
        header.start_ns,
        header.storehouse_key,
    )


def footage(
    fragments: int = 6,
    *,
    seed: int = 1,
    size: int = 300,
    storehouse: StorehouseKey | None = None,
    hour: str | None = None,
    hour_secret: bytes | None = None,
) -> Footage:
    """A segment of an init record and `fragments` fragments of about `size` bytes."""
    rng = random.Random(seed)
    storehouse = storehouse or new_storehouse_key()
    header = SegmentHeader(
        recorder=ident(rng),
        camera=ident(rng),
        segment=ident(rng),
        run=ident(rng),
        hour=hour or ident(rng),
        hour_start_s=START_NS // 10**9,
        start_ns=START_NS,
        erase_at_ns=START_NS + 14 * 86_400 * 10**9,
        provisional=False,
        purpose_version=1,
        policy_version=2,
        storehouse_key=storehouse.id,
        codec="avc1.64001f",
        width=1920,
        height=1080,
        wrapped_key=b"\0",
    )
    key, secret = rng.randbytes(32), hour_secret or rng.randbytes(32)
    sealed = seal_segment_key(storehouse.public, key, context_of(header))
    header = replace(header, wrapped_key=wrap_sealed_key(secret, header.segment, sealed))
    payloads = [rng.randbytes(size + rng.randrange(64)) for _ in range(fragments + 1)]
    assert all(len(payload) > TAG_BYTES for payload in payloads)
    return Footage(header, key, secret, storehouse, payloads)
