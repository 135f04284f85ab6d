"""Timestamps that are no clock are found out; those that are one are never touched."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kuramori.cameras.rtsp.stamps import Stamps

STEP_NS = 66_666_667


def times(stamps: list[int], jitter_ns: list[int] | None = None) -> list[int]:
    judged = Stamps()
    late = jitter_ns or [0]
    return [
        judged.time(stamp, 10**18 + number * STEP_NS + late[number % len(late)])
        for number, stamp in enumerate(stamps)
    ]


def test_a_good_clock_is_left_alone() -> None:
    stamps = [10**6 + 6000 * number for number in range(900)]
    assert times(stamps, [0, 20_000_000, 360_000_000, 1]) == stamps


def test_a_leap_is_left_to_who_marks_it() -> None:
    stamps = [6000 * number + (9_000_000 if number > 100 else 0) for number in range(300)]
    assert times(stamps) == stamps


def test_stamps_that_stand_still_get_times_at_the_pace_of_arrival() -> None:
    made = times([777] * 900)
    after = made[200:]
    assert all(b > a for a, b in zip(after, after[1:], strict=False))
    assert abs((after[-1] - after[0]) - 6000 * (len(after) - 1)) < 4500


def test_stamps_of_another_unit_are_found_out() -> None:
    for wrong in (67, 66_667):  # milliseconds, microseconds
        made = times([wrong * number for number in range(900)])
        assert abs((made[-1] - made[300]) - 6000 * 599) < 4500


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 2**62)), max_size=60))
def test_any_stamps(parts: list[tuple[int, int]]) -> None:
    judged = Stamps()
    for stamp, arrival_ns in parts:
        judged.time(stamp, arrival_ns)
