"""Green, yellow, red: what the status page concludes from what is known."""

from __future__ import annotations

from typing import get_args

import pytest

from kuramori.cameras.state_words import WORDS
from kuramori.health import words
from kuramori.health.verdict import AS_DECIDED, WAITING, CameraFact, Facts, Light, light, troubles


def camera(state: str) -> CameraFact:
    return CameraFact(1, "入口", state, 0)


def colour(facts: Facts) -> Light:
    return light(troubles(facts))


def test_all_cameras_recording_is_green() -> None:
    assert colour(Facts(True, [camera("recording"), camera("recording")])) == "green"


def test_a_silent_recorder_is_red_whatever_the_last_rows_say() -> None:
    assert colour(Facts(False, [camera("recording")])) == "red"


def test_a_camera_that_rests_in_the_hours_decided_for_it_is_no_trouble() -> None:
    assert troubles(Facts(True, [camera("recording"), camera("schedule")])) == []
    assert light(troubles(Facts(True, [camera("schedule"), camera("stalled")]))) == "red"


@pytest.mark.parametrize("state", sorted(set(WORDS) - AS_DECIDED))
def test_every_other_camera_state_is_said_with_words_and_never_green(state: str) -> None:
    found = troubles(Facts(True, [camera("recording"), camera(state)]))
    assert light(found) == ("yellow" if state in WAITING else "red")
    assert str(words.of(found[0]).name)
    assert found[0].subject == "1 入口"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(True, [camera("recording")], clock="provisional"), "yellow"),
        (Facts(True, [camera("recording")], clock="sealed"), "red"),
        (Facts(True, [camera("recording")], stores={"0": "reserve"}), "yellow"),
        (Facts(True, [camera("recording")], stores={"0": "failed"}), "red"),
        (Facts(True, [camera("recording")], findings=["journal-forked"]), "yellow"),
        (Facts(True, []), "yellow"),
    ],
)
def test_each_trouble_shows_its_colour_and_has_words(facts: Facts, expected: Light) -> None:
    found = troubles(facts)
    assert light(found) == expected
    assert all(str(words.of(one).name) and str(words.of(one).cure) for one in found)


def test_the_worst_comes_first_and_gives_the_colour() -> None:
    found = troubles(Facts(True, [camera("waiting-gate"), camera("unreachable")]))
    assert [one.light for one in found] == ["red", "yellow"]
    assert light(found) == "red"
    assert set(get_args(Light)) == {"green", "yellow", "red"}


def test_a_camera_whose_clock_is_off_is_said_in_its_own_words() -> None:
    fact = CameraFact(1, "入口", "recording", 0, clock_error_ms=-2400)
    [found] = troubles(Facts(True, [fact]))
    assert words.of(found) is words.TROUBLES["camera-clock"]


def test_a_machine_without_a_time_server_is_told_after_an_hour() -> None:
    assert colour(Facts(True, [camera("recording")], clock_alone_s=3600)) == "green"
    [found] = troubles(Facts(True, [camera("recording")], clock_alone_s=3601))
    assert (found.code, found.light) == ("clock-alone", "yellow")
