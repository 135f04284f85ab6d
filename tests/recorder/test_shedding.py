"""Too little room: the least important camera gives way first, and comes back by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kuramori.recorder.settings_rows import CameraSettings, Retention
from kuramori.recorder.storage import RESUME_SHARE, shed


def camera(number: int, priority: int) -> CameraSettings:
    return CameraSettings(
        f"{number:032x}", number, "", "rtsp://127.0.0.1/", priority, 1, 1, Retention(days=14), ()
    )


THREE = (camera(1, 1), camera(2, 3), camera(3, 2))


def stopped(share: float, before: frozenset[str] = frozenset()) -> list[int]:
    return sorted(int(one, 16) for one in shed(THREE, share, before))


def test_with_room_above_the_reserve_nobody_stops() -> None:
    assert stopped(1.01) == []


def test_at_the_reserve_the_least_important_stops_alone() -> None:
    assert stopped(1.0) == [2]
    assert stopped(0.67) == [2]


def test_the_others_follow_in_order_and_the_most_important_goes_last() -> None:
    assert stopped(0.66) == [2, 3]
    assert stopped(0.34) == [2, 3]
    assert stopped(0.33) == [1, 2, 3]


def test_coming_back_takes_more_room_than_stopping_did() -> None:
    gone = shed(THREE, 1.0)
    assert shed(THREE, 1.0 + (RESUME_SHARE - 1) / 2, gone) == gone
    assert shed(THREE, RESUME_SHARE + 0.01, gone) == frozenset()


def test_among_equals_the_newest_camera_stops_first() -> None:
    equals = (camera(1, 1), camera(2, 1))
    assert shed(equals, 0.9) == {camera(2, 1).id}


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.floats(0, 2), st.floats(0, 2))
def test_less_room_never_brings_a_camera_back(priorities: list[int], one: float, other: float) -> None:
    cameras = tuple(camera(number, priority) for number, priority in enumerate(priorities, 1))
    less, more = sorted((one, other))
    assert shed(cameras, more) <= shed(cameras, less)
