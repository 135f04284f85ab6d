"""Where segments begin: a key frame, 300 s at most, never two hours, never two runs."""

from __future__ import annotations

from kuramori.clock import NS_PER_S, ManualClock
from kuramori.recorder.fragmenter import Fragment, Fragmenter
from kuramori.recorder.segment_roll import SEGMENT_NS, SegmentRoll
from tests.recorder.pictures import pictures

HOUR_NS = 3600 * NS_PER_S
START_NS = ManualClock.at("2026-11-23T09:00:00+09:00").wall_ns()


def roll(start_ns: int, seconds: int, group: int = 30) -> list[tuple[bool, Fragment]]:
    fragmenter, segments = Fragmenter(), SegmentRoll()
    found = []
    for au in pictures(15 * seconds, start_ns, group=group):
        fragment = fragmenter.add(au)
        if fragment is not None:
            found.append((segments.begins(fragment), fragment))
    return found


def test_a_segment_lasts_at_most_300_seconds_and_begins_at_a_key_frame() -> None:
    found = roll(START_NS, 700)
    firsts = [fragment for begins, fragment in found if begins]
    assert len(firsts) == 3
    assert all(fragment.key for fragment in firsts)
    for one, later in zip(firsts, firsts[1:], strict=False):
        assert 290 * NS_PER_S < later.wall_ns - one.wall_ns <= SEGMENT_NS


def test_a_camera_without_further_key_frames_still_gets_segments_that_end() -> None:
    firsts = [fragment for begins, fragment in roll(START_NS, 610, group=10**9) if begins]
    assert len(firsts) == 3


def test_the_turn_of_an_hour_begins_a_segment_even_between_key_frames() -> None:
    found = roll(START_NS + HOUR_NS - 10 * NS_PER_S - 500_000_000, 20)
    firsts = [fragment for begins, fragment in found if begins]
    assert len(firsts) == 2
    assert firsts[1].hour == firsts[0].hour + 1
    assert firsts[1].wall_ns - firsts[1].hour * HOUR_NS < 70_000_000
    segment_hours: list[set[int]] = []
    for begins, fragment in found:
        if begins:
            segment_hours.append(set())
        segment_hours[-1].add(fragment.hour)
    assert all(len(hours) == 1 for hours in segment_hours)


def test_changed_settings_wait_for_the_next_key_frame() -> None:
    fragmenter, segments = Fragmenter(), SegmentRoll()
    begun = []
    for number, au in enumerate(pictures(75, START_NS)):
        if number == 40:
            segments.wish()
        fragment = fragmenter.add(au)
        if fragment is not None and segments.begins(fragment):
            begun.append((fragment.key, fragment.base_media_90k))
    assert [key for key, _ in begun] == [True, True]
    assert begun[1][1] - begun[0][1] == 60 * 6000


def test_after_an_erased_hour_nothing_is_stored_before_a_key_frame() -> None:
    fragmenter, segments = Fragmenter(), SegmentRoll()
    fragments = [f for f in map(fragmenter.add, pictures(75, START_NS)) if f is not None]
    assert segments.begins(fragments[0])
    segments.close(needs_key=True)
    assert segments.unusable(fragments[1])
    after = next(fragment for fragment in fragments[1:] if fragment.key)
    assert not segments.unusable(after)
    assert segments.begins(after)
