"""Which records a look lets through, and how they are cut into pieces."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuramori.playback.parts import allows, parts_of, records_within
from kuramori.playback.playlist import Stretch, playlist
from kuramori.vault.record_seal import RecordInfo
from kuramori.vault.segment_header import Flag

S = 1_000_000_000
SEGMENT = "5e" * 16


def records(count: int, key_every: int = 5, start_ns: int = 100 * S, run_90k: int = 0) -> list[RecordInfo]:
    """A file's records: init, then `count` of 0.4 s, a key frame every `key_every`, then the closing one."""
    infos = [RecordInfo(0, start_ns, 0, 0, Flag.INIT, 0, 700)]
    for index in range(count):
        flags = Flag.KEY if index % key_every == 0 else 0
        wall_ns = start_ns + index * 400_000_000
        infos.append(RecordInfo(index + 1, wall_ns, run_90k + index * 36_000, 36_000, int(flags), 0, 5000))
    infos.append(RecordInfo(count + 1, start_ns, 0, 0, Flag.LAST, 0, 16))
    return infos


def test_a_look_starts_at_the_key_frame_before_and_ends_with_the_record_that_begins_before_its_end() -> None:
    allowed = records_within(records(50), 105 * S, 109 * S)
    assert allowed[0].wall_ns == 104 * S, "key frames lie every two seconds"
    assert allowed[0].flags & Flag.KEY
    assert allowed[-1].wall_ns == 108_800_000_000


def test_nothing_outside_the_interval_is_let_through() -> None:
    assert records_within(records(50), 121 * S, 130 * S) == [], "the file ends at 120 s"
    assert records_within(records(50), 90 * S, 100 * S) == [], "the file begins at 100 s"
    assert records_within([], 0, 10) == []


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 60), st.integers(1, 9), st.integers(95 * S, 130 * S), st.integers(1, 20 * S))
def test_every_piece_is_allowed_and_no_neighbour_is(
    count: int, key_every: int, start: int, length: int
) -> None:
    allowed = records_within(records(count, key_every), start, start + length)
    parts = parts_of(SEGMENT, allowed)
    assert [seq for part in parts for seq in range(part.first_seq, part.last_seq + 1)] == [
        i.seq for i in allowed
    ]
    for part in parts:
        assert allows(allowed, part.first_seq, part.last_seq)
        assert part.duration_90k > 0
    if allowed:
        first, last = allowed[0].seq, allowed[-1].seq
        assert not allows(allowed, first - 1, last)
        assert not allows(allowed, first, last + 1)
        assert not allows(allowed, last + 1, last)
        assert all(info.wall_ns < start + length for info in allowed)
    else:
        assert not allows(allowed, 1, 1)


def test_short_groups_of_pictures_are_joined_and_a_long_one_stays_whole() -> None:
    short = parts_of(SEGMENT, records_within(records(12, key_every=1), 100 * S, 200 * S))
    assert [part.duration_90k for part in short] == [108_000] * 4, "three of 0.4 s make more than a second"
    long = parts_of(SEGMENT, records_within(records(20, key_every=20), 100 * S, 200 * S))
    assert [part.duration_90k for part in long] == [20 * 36_000]


def test_a_playlist_joins_segments_of_one_run_and_marks_the_seam_to_another() -> None:
    def stretch(name: str, run: str, start_ns: int, run_90k: int) -> Stretch:
        allowed = records_within(records(10, start_ns=start_ns, run_90k=run_90k), start_ns, start_ns + 10 * S)
        return Stretch(name, run, parts_of(name, allowed))

    text = playlist(
        [
            stretch("a" * 32, "1", 100 * S, 0),
            stretch("b" * 32, "1", 104 * S, 360_000),
            stretch("c" * 32, "2", 200 * S, 0),
        ]  # fmt: skip
    )
    lines = text.splitlines()
    assert lines.count("#EXT-X-DISCONTINUITY") == 1
    assert lines.index("#EXT-X-DISCONTINUITY") < lines.index(f'#EXT-X-MAP:URI="{"c" * 32}/init.mp4"')
    assert sum(line.startswith("#EXT-X-MAP") for line in lines) == 3
    assert f"{'a' * 32}/1-5.m4s" in lines
    assert "#EXT-X-TARGETDURATION:2" in lines
    assert "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:01:40.000Z" in lines
    assert lines[-1] == "#EXT-X-ENDLIST"


def test_an_empty_look_is_still_a_playlist() -> None:
    assert playlist([]).startswith("#EXTM3U\n")
