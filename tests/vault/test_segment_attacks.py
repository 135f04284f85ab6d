"""The attacks on a segment file, next to its promises (docs/design/segment-format.md)."""

from __future__ import annotations

import hashlib
import json
import random
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuramori.errors import Damaged, StorehouseError
from kuramori.vault.hour_wrap import unwrap_sealed_key, wrap_sealed_key
from kuramori.vault.record_seal import HEADER_BYTES, RECORD_HEADER
from kuramori.vault.segment_header import Flag, SegmentHeader
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import new_storehouse_key, open_segment_key
from tests.vault.footage_samples import Footage, context_of, footage

if TYPE_CHECKING:
    from pathlib import Path

MADE = footage(6, size=60)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("attacks") / "pristine.kura"
    MADE.write(path)
    return path


def split(path: Path) -> tuple[bytes, list[bytes]]:
    """The file header and each record with its own header."""
    data = path.read_bytes()
    with SegmentFile(path) as segment:
        edges = [info.offset for info in segment.records] + [len(data)]
    return data[: edges[0]], [data[a:b] for a, b in zip(edges, edges[1:], strict=False)]


def opened(path: Path, made: Footage = MADE) -> list[bytes]:
    """What an honest reader gets out of a hostile file: fragments up to the first that fails."""
    got: list[bytes] = []
    try:
        with SegmentFile(path) as segment:
            for info in segment.records:
                got.append(segment.read(info.seq, made.key))
    except StorehouseError:
        pass
    return got


def is_whole(path: Path, made: Footage = MADE) -> bool:
    try:
        with SegmentFile(path) as segment:
            segment.verify(made.key)
    except StorehouseError:
        return False
    return True


def assert_only_a_true_beginning(path: Path) -> None:
    """Nothing but the true fragments in their true order, and the file is known not to be whole."""
    got = opened(path)
    assert got == [*MADE.payloads, b""][: len(got)]
    assert not is_whole(path)


def test_the_control_an_untouched_file_is_whole(pristine: Path) -> None:
    assert opened(pristine) == [*MADE.payloads, b""]
    assert is_whole(pristine)


@settings(max_examples=150, deadline=None)
@given(order=st.lists(st.integers(0, 7), max_size=10))
def test_records_swapped_dropped_or_repeated_never_pass(pristine: Path, order: list[int]) -> None:
    if order == list(range(8)):
        return
    head, records = split(pristine)
    hostile = pristine.with_name("shuffled.kura")
    hostile.write_bytes(head + b"".join(records[number] for number in order))
    assert_only_a_true_beginning(hostile)


@settings(max_examples=100, deadline=None)
@given(order=st.lists(st.integers(0, 7), min_size=1, max_size=9))
def test_records_renumbered_to_fit_never_pass(pristine: Path, order: list[int]) -> None:
    if order == list(range(8)):
        return
    head, records = split(pristine)
    renumbered = [struct.pack(">Q", seq) + records[number][8:] for seq, number in enumerate(order)]
    hostile = pristine.with_name("renumbered.kura")
    hostile.write_bytes(head + b"".join(renumbered))
    assert_only_a_true_beginning(hostile)


@settings(max_examples=200, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_keeps_whole_records_and_is_known_to_be_cut(pristine: Path, place: float) -> None:
    data = pristine.read_bytes()
    head, records = split(pristine)
    cut = pristine.with_name("cut.kura")
    length = int(place * len(data))
    cut.write_bytes(data[:length])
    assert_only_a_true_beginning(cut)
    if length < len(head):
        with pytest.raises(Damaged):
            SegmentFile(cut)
        return
    ends = [len(head) + sum(map(len, records[: n + 1])) for n in range(len(records))]
    with SegmentFile(cut) as segment:
        assert len(segment.records) == sum(end <= length for end in ends)
        assert (segment.state, segment.fault) == ("open-or-cut", None)


@settings(max_examples=300, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_never_passes(pristine: Path, place: float, bit: int) -> None:
    data = bytearray(pristine.read_bytes())
    data[int(place * len(data))] ^= 1 << bit
    hostile = pristine.with_name("flipped.kura")
    hostile.write_bytes(data)
    assert_only_a_true_beginning(hostile)


@settings(max_examples=150, deadline=None)
@given(noise=st.binary(max_size=400), keep=st.integers(0, 900))
def test_noise_is_refused_without_another_kind_of_error(pristine: Path, noise: bytes, keep: int) -> None:
    hostile = pristine.with_name("noise.kura")
    hostile.write_bytes(pristine.read_bytes()[:keep] + noise)
    assert_only_a_true_beginning(hostile)


def test_a_forged_end_is_found_out_by_the_key(pristine: Path) -> None:
    head, records = split(pristine)
    forged = RECORD_HEADER.pack(3, MADE.header.start_ns, 0, 0, Flag.LAST, 16) + bytes(16)
    hostile = pristine.with_name("forged.kura")
    hostile.write_bytes(head + b"".join(records[:3]) + forged)
    with SegmentFile(hostile) as segment:
        assert segment.state == "closed"  # a claim, as long as there is no key
        with pytest.raises(Damaged):
            segment.verify(MADE.key)


def test_bytes_after_the_end_are_a_fault(pristine: Path) -> None:
    hostile = pristine.with_name("tail.kura")
    hostile.write_bytes(pristine.read_bytes() + b"x")
    with SegmentFile(hostile) as segment:
        assert (segment.state, segment.fault) == ("open-or-cut", "bytes-after-the-last-record")
    assert_only_a_true_beginning(hostile)


def test_a_record_of_another_file_under_the_same_key_does_not_open(tmp_path: Path) -> None:
    one, two = tmp_path / "one.kura", tmp_path / "two.kura"
    MADE.write(one)
    sibling = replace(MADE, header=replace(MADE.header, segment="f" * 32))
    sibling.write(two)
    head, mine = split(one)
    _, theirs = split(two)
    mine[2] = theirs[2]
    one.write_bytes(head + b"".join(mine))
    assert_only_a_true_beginning(one)


@pytest.mark.parametrize("field", ["erase_at_ns", "camera", "storehouse_key", "provisional"])
def test_a_changed_header_with_its_digest_made_good_opens_nothing(pristine: Path, field: str) -> None:
    head, records = split(pristine)
    document = json.loads(head[14:-32])
    changed = {"erase_at_ns": "9" * 18, "camera": "0" * 32, "storehouse_key": "0" * 16, "provisional": True}
    document[field] = changed[field]
    text = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    made_good = head[:10] + struct.pack(">I", len(text)) + text
    made_good += hashlib.sha256(made_good).digest()
    SegmentHeader.from_bytes(made_good)  # well-formed: only the key tells
    hostile = pristine.with_name("header.kura")
    hostile.write_bytes(made_good + b"".join(records))
    assert opened(hostile) == []


@pytest.mark.parametrize(
    "text",
    [
        b"{}",
        b"[]",
        b"null",
        b'{"a":1}',
        b"\xff",
        b"[" * 9000,
        b'{"camera":' + b"{" * 5000,
        b"1e999",
        b"NaN",
        b"",
    ],
)
def test_a_hostile_header_text_is_refused_as_damaged(text: bytes) -> None:
    head = b"KURAMORI\x00\x01" + struct.pack(">I", len(text)) + text
    with pytest.raises(Damaged):
        SegmentHeader.from_bytes(head + hashlib.sha256(head).digest())


def test_a_header_not_in_canonical_form_is_refused() -> None:
    text = b" " + MADE.header.to_bytes()[14:-32]
    head = b"KURAMORI\x00\x01" + struct.pack(">I", len(text)) + text
    with pytest.raises(Damaged, match="form"):
        SegmentHeader.from_bytes(head + hashlib.sha256(head).digest())


def test_an_unknown_version_and_a_huge_length_are_refused_before_memory_is_used(pristine: Path) -> None:
    data = bytearray(pristine.read_bytes())
    data[9] = 4
    with pytest.raises(Damaged, match="version"):
        SegmentHeader.from_bytes(bytes(data))
    data[9] = 1
    data[10:14] = b"\xff" * 4
    with pytest.raises(Damaged, match="length"):
        SegmentHeader.from_bytes(bytes(data))
    head, records = split(pristine)
    huge = records[1][: HEADER_BYTES - 4] + b"\xff" * 4
    hostile = pristine.with_name("huge.kura")
    hostile.write_bytes(head + records[0] + huge)
    with SegmentFile(hostile) as segment:
        assert segment.fault == "record-length"


def test_the_hour_secret_alone_opens_nothing_and_the_storehouse_key_alone_opens_nothing() -> None:
    sealed = unwrap_sealed_key(MADE.hour_secret, MADE.header.segment, MADE.header.wrapped_key)
    assert open_segment_key(MADE.storehouse.private, sealed, MADE.context) == MADE.key  # both together do
    with pytest.raises(Damaged):
        open_segment_key(new_storehouse_key().private, sealed, MADE.context)
    with pytest.raises(Damaged):
        open_segment_key(MADE.storehouse.private, MADE.header.wrapped_key[:80], MADE.context)
    with pytest.raises(Damaged):
        unwrap_sealed_key(random.randbytes(32), MADE.header.segment, MADE.header.wrapped_key)


def test_a_key_moved_to_another_segment_does_not_open() -> None:
    other = replace(MADE.header, segment="e" * 32)
    with pytest.raises(Damaged):
        unwrap_sealed_key(MADE.hour_secret, other.segment, MADE.header.wrapped_key)
    sealed = unwrap_sealed_key(MADE.hour_secret, MADE.header.segment, MADE.header.wrapped_key)
    rewrapped = wrap_sealed_key(MADE.hour_secret, other.segment, sealed)  # by whoever holds H
    moved = unwrap_sealed_key(MADE.hour_secret, other.segment, rewrapped)
    with pytest.raises(Damaged):
        open_segment_key(MADE.storehouse.private, moved, context_of(other))


@pytest.mark.parametrize(
    "field", ["recorder", "camera", "segment", "start_ns", "storehouse_key", "format_version"]
)
def test_every_part_of_the_context_is_bound(field: str) -> None:
    changed: dict[str, object] = {"start_ns": 1, "storehouse_key": "0" * 16, "format_version": 2}
    sealed = unwrap_sealed_key(MADE.hour_secret, MADE.header.segment, MADE.header.wrapped_key)
    other = replace(MADE.context, **{field: changed.get(field, "0" * 32)})
    with pytest.raises(Damaged):
        open_segment_key(MADE.storehouse.private, sealed, other)
