"""The stored sample of format version 2: masked footage says under which mask it was made."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785

from kuramori.errors import Damaged
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.segment_header import DIGEST_BYTES, PREFIX, SegmentHeader
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import open_segment_key
from tests.vault.footage_samples import context_of, footage
from tests.vectors import independent_reader as other

VECTORS = Path(__file__).parents[1] / "vectors"
SEGMENT = VECTORS / "segment-2.kura"
WANTED = json.loads((VECTORS / "segment-2.json").read_text())
PAYLOADS = [bytes.fromhex(text) for text in WANTED["payloads"]]
SECRET, PRIVATE = bytes.fromhex(WANTED["hour_secret"]), bytes.fromhex(WANTED["storehouse_private"])


def test_both_readers_read_the_masked_segment() -> None:
    theirs = other.parse_segment(SEGMENT.read_bytes())
    key = other.segment_key(theirs.header, SECRET, PRIVATE)
    assert [other.open_record(theirs, record, key) for record in theirs.records] == [*PAYLOADS, b""]
    with SegmentFile(SEGMENT) as ours:
        head = ours.header
        sealed = unwrap_sealed_key(SECRET, head.segment, head.wrapped_key)
        assert open_segment_key(PRIVATE, sealed, context_of(head)) == key
        assert list(ours.read_span(0, 6, key)) == [*PAYLOADS, b""]
    assert (head.mask_version, head.mask_sha256) == (3, theirs.header["mask_sha256"])
    assert head.to_bytes() == SEGMENT.read_bytes()[: len(head.to_bytes())]


def test_only_masked_footage_is_version_2() -> None:
    plain = footage(1).header
    masked = replace(plain, mask_version=1, mask_sha256="a" * 64)
    assert [PREFIX.unpack_from(head.to_bytes())[1] for head in (plain, masked)] == [1, 2]
    assert SegmentHeader.from_bytes(masked.to_bytes()) == masked
    for wrong in (replace(plain, mask_version=1), replace(plain, mask_sha256="a" * 64)):
        with pytest.raises(Damaged):
            wrong.to_bytes()


@pytest.mark.parametrize("version", [1, 2])
def test_a_header_says_no_more_and_no_less_than_its_version(version: int) -> None:
    head = footage(1).header
    if version == 1:  # a masked header passed off as an old one
        head = replace(head, mask_version=1, mask_sha256="a" * 64)
    text = head.to_bytes()[PREFIX.size : -DIGEST_BYTES]
    start = PREFIX.pack(b"KURAMORI", version, len(text)) + text
    with pytest.raises(Damaged):
        SegmentHeader.from_bytes(start + hashlib.sha256(start).digest())
    with pytest.raises(other.Unreadable):
        other.parse_segment(start + hashlib.sha256(start).digest())
    assert rfc8785.dumps(json.loads(text)) == text
