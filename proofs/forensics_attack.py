"""The adversary: every raw image, every passphrase, the storehouse's private key, and the format pages.

Uses the independent reader, not the program.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tests.vectors.independent_reader import (
    CHUNK_BYTES,
    Unreadable,
    hkdf,
    open_record,
    parse_segment,
    segment_key,
    slot_records,
    table_chunks,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

ROW_BYTES, HOUR_KIND = 125, 2
SEGMENT_HEAD_BYTES = 64 * 1024
TRIED_OF_EACH_TABLE = 2


@dataclass
class Loot:
    """What opened: hour secrets by hour id, and the segments whose first record was decrypted, by hour id."""

    slot_records: int = 0
    tables: int = 0
    secrets: dict[str, bytes] = field(default_factory=dict)
    segments: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def attack(images: Iterable[Path], private: bytes, tokens: Sequence[bytes] = (b"",)) -> Loot:
    """Every slot record × every T × every table, at any offset; then every segment whose hour opened.

    A slot record is tried on two chunks of every table there is, and on all chunks of its own epoch: the
    epoch is authenticated, so a chunk that opens on neither cannot be opened by it at all.
    """
    loot = Loot()
    records: set[tuple[int, bytes]] = set()
    tables: dict[int, set[bytes]] = defaultdict(set)
    segments: list[bytes] = []
    for image in images:
        data = image.read_bytes()
        records.update(slot_records(data))
        for chunk in table_chunks(data):
            tables[int.from_bytes(chunk[8:16], "big")].add(chunk)
        segments += _segment_heads(data)
    loot.slot_records, loot.tables = len(records), len(tables)
    for epoch, blob in records:
        for token in tokens:
            kek = hkdf(blob + token, b"kuramori table key\0" + epoch.to_bytes(8, "big"))
            for of_epoch, chunks in tables.items():
                wanted = list(chunks) if of_epoch == epoch else list(chunks)[:TRIED_OF_EACH_TABLE]
                for chunk in wanted:
                    loot.secrets.update(_hours(chunk, kek))
    for data in segments:
        _try_segment(loot, data, private)
    return loot


def kek_of(epoch: int, blob: bytes) -> bytes:
    """The key that a blob gives, for the key-oracle scan."""
    return hkdf(blob, b"kuramori table key\0" + epoch.to_bytes(8, "big"))


def _hours(chunk: bytes, kek: bytes) -> dict[str, bytes]:
    nonce = chunk[16:20].rjust(12, b"\0")
    try:
        plain = AESGCM(kek).decrypt(nonce, chunk[32:CHUNK_BYTES], chunk[:32])
    except InvalidTag:
        return {}
    kind, _, used = struct.unpack(">HHH", plain[:6])
    if kind != HOUR_KIND:
        return {}
    rows = (plain[at : at + ROW_BYTES] for at in range(8, 8 + used, ROW_BYTES))
    return {row[24:40].hex(): row[40:72] for row in rows}


def _segment_heads(data: bytes) -> list[bytes]:
    """The beginning of every segment file whose header is whole, at any offset."""
    found: dict[bytes, bytes] = {}
    at = data.find(b"KURAMORI")
    while at >= 0:
        head = data[at : at + SEGMENT_HEAD_BYTES]
        (length,) = struct.unpack(">I", head[10:14]) if len(head) >= 14 else (0,)
        end = 14 + length
        if 0 < length <= 16_384 and hashlib.sha256(head[:end]).digest() == head[end : end + 32]:
            found.setdefault(head[:end], head)
        at = data.find(b"KURAMORI", at + 1)
    return list(found.values())


def _try_segment(loot: Loot, data: bytes, private: bytes) -> None:
    """Open it with the secret of the hour that its header names, when that was found."""
    (length,) = struct.unpack(">I", data[10:14])
    header = json.loads(data[14 : 14 + length])
    secret = loot.secrets.get(header["hour"])
    if secret is None:
        return
    try:
        segment = parse_segment(data)
        key = segment_key(header, secret, private)
        if segment.records and open_record(segment, segment.records[0], key):
            loot.segments[header["hour"]].add(header["segment"])
    except (InvalidTag, Unreadable):
        return
