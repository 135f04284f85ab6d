"""A real worker looks at drawn streets in real H.264; what was moved, covered or blurred is found."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from kuramori.errors import BadInput
from kuramori.pictures import view_sketch
from kuramori.pictures.view_sketch import Sketch
from kuramori.pictures.views import Views
from kuramori.recorder.view_judging import Fault, ViewJudge
from tests.pictures import scenes


@pytest.fixture(scope="module")
def views() -> Iterator[Views]:
    made = Views()
    yield made
    made.close()


@pytest.fixture(scope="module")
def approved(views: Views) -> Sketch:
    return views.look(scenes.key_frame(scenes.noisy(scenes.street(4))), []).sketch


STREET = scenes.street(4)
SAME = {
    "other people": scenes.street(12, seed=9),
    "half the light": scenes.lit(STREET, 0.5),
    "more light": scenes.lit(STREET, 1.4),
    "rain": scenes.rain(STREET),
    "grain": scenes.noisy(STREET, seed=5),
}
FAULTS: dict[str, tuple[Image.Image, Fault]] = {
    "turned a little": (scenes.shifted(STREET, 0.05), "moved"),
    "turned": (scenes.shifted(STREET, 0.25, 0.05), "moved"),
    "tilted": (scenes.shifted(STREET, 0, 0.1), "moved"),
    "zoomed": (scenes.zoomed(STREET, 1.15), "moved"),
    "zoomed far": (scenes.zoomed(STREET, 2), "moved"),
    "something before it": (scenes.half_covered(STREET), "covered"),
    "black": (scenes.plain(4), "dark"),
    "grey": (scenes.plain(128), "blank"),
    "out of focus": (scenes.blurred(STREET, 12), "defocused"),
}


@pytest.mark.parametrize("what", SAME)
def test_the_same_place_is_the_same_place(views: Views, approved: Sketch, what: str) -> None:
    seen = views.look(scenes.key_frame(SAME[what]), [approved])
    assert ViewJudge().seen(seen, [approved]) is None, seen.compared


def test_a_poor_picture_is_the_same_place(views: Views, approved: Sketch) -> None:
    seen = views.look(scenes.key_frame(STREET, crf=45), [approved])
    assert ViewJudge().seen(seen, [approved]) is None, seen.compared


@pytest.mark.parametrize("what", FAULTS)
def test_what_happens_to_cameras_is_found(views: Views, approved: Sketch, what: str) -> None:
    picture, fault = FAULTS[what]
    seen = views.look(scenes.key_frame(picture), [approved])
    assert ViewJudge().seen(seen, [approved]) == fault, (seen.sketch, seen.compared)


def test_a_frozen_picture_has_the_same_digest_and_a_living_one_has_not(views: Views) -> None:
    first, again, living = (
        views.look(scenes.key_frame(scenes.noisy(STREET, seed)), []) for seed in (1, 1, 2)
    )
    assert first.digest == again.digest != living.digest


def test_a_hostile_picture_costs_one_look(views: Views, approved: Sketch) -> None:
    good = scenes.key_frame(STREET)
    for bad in (
        b"",
        b"\0\0\0\1\x65" + os.urandom(4000),
        good[:40] + os.urandom(9000),
        b"\0\0\0\1\x67\xff" * 500,
    ):
        with pytest.raises(BadInput):
            views.look(bad, [approved])
    assert views.look(good, [approved]).compared[0].unlike.whole < 5


def test_a_worker_that_was_killed_is_started_anew(views: Views, approved: Sketch) -> None:
    good = scenes.key_frame(STREET)
    views.look(good, [approved])
    worker = views.worker_pid
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    os.waitid(os.P_PID, worker, os.WEXITED | os.WNOWAIT)
    assert views.look(good, [approved]).compared[0].unlike.whole < 5


def test_nothing_is_left_of_a_look(views: Views, approved: Sketch) -> None:
    """No child lives on, no pipe stays open in the worker."""
    views.look(scenes.key_frame(STREET), [approved])
    worker = views.worker_pid
    assert worker is not None
    before = len(list(Path(f"/proc/{worker}/fd").iterdir()))
    for _time in range(3):
        views.look(scenes.key_frame(STREET), [approved])
    assert len(list(Path(f"/proc/{worker}/fd").iterdir())) == before
    assert not Path(f"/proc/{worker}/task/{worker}/children").read_text().strip()


def test_a_sketch_says_too_little_to_show_anything(approved: Sketch) -> None:
    """64 bytes of answers and three figures for a picture of 64 × 36 places, each with 256 shades."""
    told = approved.told()
    assert sorted(told) == ["bits", "mean", "sharp", "spread", "sure"]
    assert len(told["bits"]) + len(told["sure"]) == 2 * view_sketch.PAIR_COUNT // 4
    assert view_sketch.read(told) == approved
    places = {place for pair in view_sketch.PAIRS for place in (pair[:2], pair[2:])}
    assert len(places) < view_sketch.WIDE * view_sketch.HIGH / 4, "most places are never asked about"


@pytest.mark.parametrize(
    "change",
    [{"bits": "zz"}, {"sure": "f" * 65}, {"mean": -1}, {"sharp": 1.5}, {"spread": True}, {"bits": None}],
)
def test_an_answer_that_is_no_sketch_is_refused(approved: Sketch, change: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        view_sketch.read(approved.told() | change)
