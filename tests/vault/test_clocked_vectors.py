"""The stored sample of format version 3: footage says how far its times may be off."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from kuramori.errors import Damaged
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.segment_header import DIGEST_BYTES, PREFIX, SegmentHeader
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import open_segment_key
from tests.vault.footage_samples import context_of, footage
from tests.vectors import independent_reader as other

VECTORS = Path(__file__).parents[1] / "vectors"
SEGMENT = VECTORS / "segment-3.kura"
WANTED = json.loads((VECTORS / "segment-3.json").read_text())
PAYLOADS = [bytes.fromhex(text) for text in WANTED["payloads"]]
SECRET, PRIVATE = bytes.fromhex(WANTED["hour_secret"]), bytes.fromhex(WANTED["storehouse_private"])


def test_both_readers_read_the_segment_with_its_bound() -> None:
    theirs = other.parse_segment(SEGMENT.read_bytes())
    key = other.segment_key(theirs.header, SECRET, PRIVATE)
    assert [other.open_record(theirs, record, key) for record in theirs.records] == [*PAYLOADS, b""]
    with SegmentFile(SEGMENT) as ours:
        head = ours.header
        sealed = unwrap_sealed_key(SECRET, head.segment, head.wrapped_key)
        assert open_segment_key(PRIVATE, sealed, context_of(head)) == key
        assert list(ours.read_span(0, 6, key)) == [*PAYLOADS, b""]
    assert head.clock_error_ms == theirs.header["clock_error_ms"] == 437
    assert head.to_bytes() == SEGMENT.read_bytes()[: len(head.to_bytes())]


def test_a_known_bound_makes_version_3_masked_or_not() -> None:
    plain = footage(1).header
    masked = replace(plain, mask_version=1, mask_sha256="a" * 64)
    for head in (plain, masked):
        bounded = replace(head, clock_error_ms=0)
        assert PREFIX.unpack_from(bounded.to_bytes())[1] == 3
        assert SegmentHeader.from_bytes(bounded.to_bytes()) == bounded
    for wrong in (replace(plain, mask_version=1), replace(plain, mask_sha256="a" * 64)):
        with pytest.raises(Damaged):
            replace(wrong, clock_error_ms=5).to_bytes()
    for wrong_bound in (-1, 2**53, True):
        with pytest.raises(Damaged):
            replace(plain, clock_error_ms=wrong_bound).to_bytes()


@pytest.mark.parametrize("version", [1, 2])
def test_a_header_with_a_bound_is_no_older_version(version: int) -> None:
    head = replace(footage(1).header, clock_error_ms=12)
    if version == 2:
        head = replace(head, mask_version=1, mask_sha256="a" * 64)
    text = head.to_bytes()[PREFIX.size : -DIGEST_BYTES]
    start = PREFIX.pack(b"KURAMORI", version, len(text)) + text
    with pytest.raises(Damaged):
        SegmentHeader.from_bytes(start + hashlib.sha256(start).digest())
    with pytest.raises(other.Unreadable):
        other.parse_segment(start + hashlib.sha256(start).digest())
