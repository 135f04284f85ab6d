"""Streams that go wrong without saying so are noticed in time, and only those."""

from __future__ import annotations

from kuramori.cameras.rtsp.watchdog import Watchdog

SECOND = 10**9


def state(watchdog: Watchdog, at_s: float) -> str:
    error = watchdog.check(round(at_s * SECOND))
    return error.code if error else ""


def picture(watchdog: Watchdog, at_s: float, *, key: bool = False) -> None:
    watchdog.heard_ns = round(at_s * SECOND)
    watchdog.picture(key)


def test_no_picture_behind_lively_rtcp_is_stalled_within_ten_seconds() -> None:
    watchdog = Watchdog(0)
    picture(watchdog, 1, key=True)
    watchdog.heard_ns = round(9.5 * SECOND)
    assert state(watchdog, 9.4) == ""
    assert state(watchdog, 9.5) == "stalled", (
        "with a look each second, ten seconds at the latest after the last"
    )


def test_silence_is_unreachable() -> None:
    watchdog = Watchdog(0)
    picture(watchdog, 1, key=True)
    assert state(watchdog, 11) == "unreachable"


def test_pictures_without_a_key_frame_are_noticed_after_ten_seconds() -> None:
    watchdog = Watchdog(0)
    for second in range(10):
        picture(watchdog, second)
    assert state(watchdog, 9.9) == ""
    assert state(watchdog, 10) == "no-key-frame"


def test_a_camera_whose_key_frames_are_far_apart_is_left_alone() -> None:
    watchdog = Watchdog(0)
    for second in range(100):
        picture(watchdog, second, key=second % 20 == 0)
        assert state(watchdog, second + 0.9) == ""


def test_key_frames_that_cease_are_noticed() -> None:
    watchdog = Watchdog(0)
    for second in range(0, 20, 2):
        picture(watchdog, second, key=True)
    for second in range(20, 78):
        picture(watchdog, second)
        assert state(watchdog, second) == ""
    picture(watchdog, 78)
    assert state(watchdog, 78) == "no-key-frame"


def test_a_smart_codec_that_makes_its_groups_longer_at_once_is_left_alone() -> None:
    """Two seconds while something moves, forty in a still scene, and nothing announces it."""
    watchdog = Watchdog(0)
    keys = {0, 2, 4, 6, 46, 86, 88}
    for second in range(90):
        picture(watchdog, second, key=second in keys)
        assert state(watchdog, second + 0.9) == ""


def test_a_cable_pulled_just_before_a_key_frame_is_silence_and_not_a_missing_key_frame() -> None:
    watchdog = Watchdog(0)
    for tenth in range(140):
        picture(watchdog, tenth / 10, key=tenth % 100 == 0)
    seen = [state(watchdog, 13.9 + second) for second in range(10)]
    assert seen == [""] * 9 + ["unreachable"]


def test_waiting_counts_from_the_beginning_of_play() -> None:
    watchdog = Watchdog(0)
    watchdog.begin(60 * SECOND)
    assert state(watchdog, 68.4) == ""
    assert state(watchdog, 70) == "unreachable"
