"""What is sealed comes back, whole and in place; what is being written can be followed."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuramori.errors import BadInput, Damaged, DiskFailed
from kuramori.vault.segment_header import Flag, SegmentHeader
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.segment_writer import SegmentWriter
from tests.vault.footage_samples import FRAGMENT_90K, START_NS, append, footage

if TYPE_CHECKING:
    from pathlib import Path


@settings(max_examples=40, deadline=None)
@given(sizes=st.lists(st.integers(0, 70_000), min_size=1, max_size=8), parts=st.integers(1, 5))
def test_every_fragment_comes_back_whether_given_whole_or_in_parts(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], parts: int
) -> None:
    path = tmp_path_factory.mktemp("s") / "a.kura"
    made = footage(0)
    writer = SegmentWriter(path, made.header, bytearray(made.key))
    payloads = [os.urandom(size) for size in sizes]
    for number, payload in enumerate(payloads):
        step = len(payload) // parts + 1
        pieces = [payload[at : at + step] for at in range(0, len(payload), step)]
        assert append(writer, number, pieces if parts > 1 else payload) == number
    writer.close()
    with SegmentFile(path) as segment:
        assert [segment.read(number, made.key) for number in range(len(sizes))] == payloads
        assert list(segment.read_span(0, len(sizes), made.key)) == [*payloads, b""]
        segment.verify(made.key)


def test_a_closed_file_says_what_the_journal_needs(tmp_path: Path) -> None:
    path, made = tmp_path / "deep" / "er" / "a.kura", footage(7)
    closed = made.write(path)
    assert closed is not None
    data = path.read_bytes()
    assert closed.sha256 == hashlib.sha256(data).hexdigest()
    assert (closed.records, closed.size_bytes) == (9, len(data))
    assert closed.end_ns == START_NS + 7 * 400_000_000
    with SegmentFile.open(path) as segment:
        assert segment.header == made.header
        assert (segment.state, segment.fault, segment.end_ns) == ("closed", None, closed.end_ns)
        assert segment.sha256() == closed.sha256
        assert [info.seq for info in segment.key_frames()] == [1, 6]
        assert segment.records[2].media_90k == FRAGMENT_90K


def test_the_file_shows_no_clear_byte_of_a_fragment(tmp_path: Path) -> None:
    path, made = tmp_path / "a.kura", footage(3)
    made.write(path)
    data = path.read_bytes()
    for payload in made.payloads:
        assert all(payload[at : at + 16] not in data for at in range(0, len(payload) - 16, 16))
    assert made.key not in data


def test_a_reader_follows_a_file_while_it_is_written(tmp_path: Path) -> None:
    path, made = tmp_path / "a.kura", footage(0)
    writer = SegmentWriter(path, made.header, bytearray(made.key))
    with SegmentFile(path) as segment:
        assert (segment.records, segment.state, segment.end_ns) == ([], "open-or-cut", START_NS)
        append(writer, 0, b"init")
        assert [info.flags for info in segment.refresh()] == [Flag.INIT]
        append(writer, 1, b"fragment")
        writer.close()
        assert len(segment.refresh()) == 2
        assert segment.state == "closed"
        assert segment.refresh() == []


def test_a_half_written_record_is_not_there_yet(tmp_path: Path) -> None:
    path, made = tmp_path / "a.kura", footage(2)
    made.write(path)
    whole = path.read_bytes()
    growing = tmp_path / "b.kura"
    with SegmentFile(path) as segment:
        edges = [info.offset for info in segment.records]
    growing.write_bytes(whole[: edges[1] + 20])
    with SegmentFile(growing) as segment:
        assert len(segment.records) == 1
        with growing.open("ab") as out:
            out.write(whole[edges[1] + 20 :])
        assert len(segment.refresh()) == 3
        assert segment.state == "closed"


def test_a_file_is_never_opened_twice_for_writing(tmp_path: Path) -> None:
    path, made = tmp_path / "a.kura", footage(1)
    made.write(path)
    before = path.read_bytes()
    key = bytearray(made.key)
    with pytest.raises(DiskFailed):
        SegmentWriter(path, made.header, key)
    assert path.read_bytes() == before
    assert key == bytes(32)


def test_the_key_is_wiped_at_the_end_and_nothing_can_follow(tmp_path: Path) -> None:
    made = footage(0)
    for ending in ("close", "abandon"):
        key = bytearray(made.key)
        writer = SegmentWriter(tmp_path / f"{ending}.kura", made.header, key)
        append(writer, 0, b"init")
        getattr(writer, ending)()
        assert key == bytes(32)
        assert writer.ended
        with pytest.raises(ValueError, match="ended"):
            append(writer, 1, b"more")
        with pytest.raises(ValueError, match="ended"):
            writer.close()


def test_only_record_0_is_the_init_segment(tmp_path: Path) -> None:
    made = footage(0)
    writer = SegmentWriter(tmp_path / "a.kura", made.header, bytearray(made.key))
    with pytest.raises(ValueError, match="init"):
        writer.append(b"x", wall_ns=1, media_90k=0, duration_90k=0, flags=Flag.KEY)
    append(writer, 0, b"init")
    with pytest.raises(ValueError, match="init"):
        writer.append(b"x", wall_ns=1, media_90k=0, duration_90k=0, flags=Flag.INIT)
    with pytest.raises(ValueError, match="last"):
        writer.append(b"x", wall_ns=1, media_90k=0, duration_90k=0, flags=Flag.LAST)
    writer.abandon()


def test_a_header_comes_back_and_its_form_is_the_only_one() -> None:
    header = footage(0).header
    data = header.to_bytes()
    assert SegmentHeader.from_bytes(data + b"records follow") == header
    with pytest.raises(Damaged):
        SegmentHeader.from_bytes(data[:-1])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("camera", "A" * 32),
        ("camera", "a" * 31),
        ("width", -1),
        ("width", 1.5),
        ("provisional", 1),
        ("codec", "a b"),
    ],
)
def test_a_header_with_an_ill_formed_field_is_not_written(field: str, value: object) -> None:
    with pytest.raises(Damaged, match=field):
        replace(footage(0).header, **{field: value}).to_bytes()


def test_an_unknown_record_number_is_the_askers_mistake(tmp_path: Path) -> None:
    path, made = tmp_path / "a.kura", footage(1)
    made.write(path)
    with SegmentFile(path) as segment:
        for seq in (-1, 3):
            with pytest.raises(BadInput):
                segment.read(seq, made.key)


def test_the_index_of_five_minutes_takes_a_few_milliseconds(tmp_path: Path) -> None:
    path, made = tmp_path / "a.kura", footage(750, size=2000)
    made.write(path)
    took = []
    for _ in range(5):
        before = time.perf_counter()
        with SegmentFile(path) as segment:
            assert len(segment.key_frames()) == 150
        took.append(time.perf_counter() - before)
    assert min(took) < 0.05  # some 3 ms here; the bar only catches another order of growth
