"""Cutting: at most 0.4 s, at every key frame, at every hour, and no picture lost or told twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kuramori.cameras.rtsp import AccessUnit
from kuramori.clock import NS_PER_S, ManualClock
from kuramori.recorder.fragmenter import FRAGMENT_90K, Fragment, Fragmenter
from tests.recorder.pictures import picture, pictures

START_NS = ManualClock.at("2026-11-23T09:00:00+09:00").wall_ns()


def cut(units: list[AccessUnit]) -> list[Fragment]:
    fragmenter = Fragmenter()
    found = [fragmenter.add(au) for au in units]
    return [fragment for fragment in [*found, fragmenter.flush()] if fragment is not None]


def test_a_fragment_holds_at_most_four_tenths_of_a_second() -> None:
    fragments = cut(list(pictures(60, START_NS)))
    assert [len(fragment.units) for fragment in fragments] == [6] * 10
    assert {fragment.duration_90k for fragment in fragments} == {FRAGMENT_90K}


def test_a_key_frame_always_begins_a_fragment() -> None:
    fragments = cut(list(pictures(40, START_NS, group=8)))
    assert [len(fragment.units) for fragment in fragments] == [6, 2] * 5
    assert [fragment.key for fragment in fragments] == [True, False] * 5
    assert all(not unit.key for fragment in fragments for unit in fragment.units[1:])


def test_times_follow_on_without_a_seam() -> None:
    fragments = cut(list(pictures(90, START_NS)))
    for one, later in zip(fragments, fragments[1:], strict=False):
        assert one.base_media_90k + one.duration_90k == later.base_media_90k
        assert abs(one.end_ns - later.wall_ns) < 1000


def test_no_fragment_holds_pictures_of_two_hours() -> None:
    just_before = START_NS + 3600 * NS_PER_S - 150_000_000
    fragments = cut(list(pictures(12, just_before)))
    assert [len(fragment.units) for fragment in fragments] == [3, 6, 3]
    assert fragments[0].hour + 1 == fragments[1].hour
    assert not fragments[1].key


def test_a_picture_is_never_dated_after_its_arrival() -> None:
    late = [picture(number, START_NS, late_ns=-number * 2_000_000) for number in range(90)]
    fragments = cut(late)
    arrived = {au.dts_90k: au.wall_ns for au in late}
    assert all(fragment.wall_ns <= arrived[fragment.base_media_90k] for fragment in fragments)


def test_a_late_burst_of_the_network_begins_no_new_run() -> None:
    units = [picture(n, START_NS, late_ns=1_500_000_000 if 30 <= n < 50 else 0) for n in range(150)]
    assert len({fragment.run for fragment in cut(units)}) == 1


def test_a_camera_whose_counter_parts_from_the_clock_begins_a_new_run() -> None:
    units = [picture(n, START_NS, late_ns=1_200_000_000 if n >= 30 else 0) for n in range(300)]
    fragments = cut(units)
    assert len({fragment.run for fragment in fragments}) == 2
    assert [fragment.discontinuity for fragment in fragments].count(True) == 1


def test_a_wall_clock_set_back_begins_a_new_run_at_once() -> None:
    units = [picture(n, START_NS, late_ns=-3_000_000_000 if n >= 33 else 0) for n in range(60)]
    fragments = cut(units)
    first_after = next(fragment for fragment in fragments if fragment.discontinuity)
    assert first_after.base_media_90k == units[33].dts_90k


def test_the_first_run_is_no_discontinuity() -> None:
    assert not any(fragment.discontinuity for fragment in cut(list(pictures(30, START_NS))))


def test_a_beat_stores_what_is_held_and_the_times_still_follow_on() -> None:
    fragmenter = Fragmenter()
    units = list(pictures(9, START_NS))
    assert [fragmenter.add(au) for au in units[:3]] == [None] * 3
    early = fragmenter.flush()
    assert early is not None and len(early.units) == 3
    assert fragmenter.flush() is None
    assert [fragmenter.add(au) for au in units[3:]] == [None] * 6
    later = fragmenter.flush()
    assert later is not None and len(later.units) == 6
    assert early.base_media_90k + early.duration_90k == later.base_media_90k


@given(st.lists(st.tuples(st.integers(100, 40_000), st.booleans()), min_size=1, max_size=200))
def test_every_picture_is_in_exactly_one_fragment_in_order(steps: list[tuple[int, bool]]) -> None:
    units = []
    media, wall_ns = 0, START_NS
    for ticks, key in steps:
        units.append(AccessUnit(media.to_bytes(8, "big"), media, media, key, wall_ns))
        media += ticks
        wall_ns += ticks * 100_000 // 9
    fragments = cut(units)
    told = [unit.data for fragment in fragments for unit in fragment.units]
    assert told == [au.data for au in units]
    for fragment in fragments:
        assert (
            len(fragment.units) == 1
            or fragment.duration_90k <= FRAGMENT_90K + fragment.units[-1].duration_90k
        )
