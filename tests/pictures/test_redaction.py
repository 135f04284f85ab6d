"""What lies under the boxes is in no picture and no plane of the film; boxes that are none are refused."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kuramori.errors import BadInput
from kuramori.pictures import redaction_film
from kuramori.pictures.redaction_boxes import (
    METHODS,
    MOST_BOXES,
    SCALE,
    checked,
    cover,
    fingerprint,
)
from kuramori.pictures.redaction_film import Pictures, Wanted
from tests.pictures import moving_code
from tests.pictures.moving_code import SECRET, START_NS, Film, box_over_the_code, codes_in, of_units, pictures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.pictures.redaction_boxes import Box
    from kuramori.pictures.stream_frames import Message

MOST = 50_000_000
GOOD = [1_000, 100, 100, 900, 900]
needs_zbar = pytest.mark.skipif(shutil.which("zbarimg") is None, reason="no zbarimg: make test installs it")


@pytest.fixture(scope="session")
def film(clips: Path) -> Film:
    return moving_code.film(clips)


def wanted(
    film: Film, *boxes: Box, method: str = "fill", start_ns: int = START_NS, end_ns: int = 0
) -> Wanted:
    end_ns = end_ns or START_NS + 10**10
    return Wanted("h264", film.parameter_sets, boxes or (box_over_the_code(),), method, start_ns, end_ns)


def stream(made: Pictures) -> bytes:
    return of_units(made.units, made.sps, made.pps)


@needs_zbar
def test_the_code_is_readable_before(film: Film, tmp_path: Path) -> None:
    frames = pictures(of_units(film.units, film.sps, film.pps))
    codes_in(frames[:4], tmp_path)
    for kind in ("rgb", "plane0", "plane1-turned"):
        assert SECRET in moving_code.read(sorted(tmp_path.glob(f"*{kind}.ppm"))), kind


@needs_zbar
@pytest.mark.parametrize("method", METHODS)
def test_no_picture_and_no_plane_shows_the_code(film: Film, method: str, tmp_path: Path) -> None:
    assert any(unit.pts_90k != unit.dts_90k for unit in film.units), "B pictures"
    made = redaction_film.made(wanted(film, method=method), film.units, MOST)
    frames = pictures(stream(made))
    assert len(frames) == len(film.units) == made.decoded == made.covered
    assert codes_in(frames, tmp_path) == ""
    assert [unit.wall_ns for unit in made.units] == sorted(unit.wall_ns for unit in film.units)


@needs_zbar
def test_without_a_box_over_it_the_code_would_be_seen(film: Film, tmp_path: Path) -> None:
    """The negative control of the test before."""
    start_ms = START_NS // 1_000_000
    elsewhere = ((start_ms, 0, 9000, 400, 9900), (start_ms + 2000, 0, 9000, 400, 9900))
    made = redaction_film.made(wanted(film, elsewhere), film.units, MOST)
    assert SECRET in codes_in(pictures(stream(made))[:4], tmp_path)


def test_filled_means_flat_in_all_planes(film: Film) -> None:
    frames = pictures(stream(redaction_film.made(wanted(film), film.units, MOST)))
    for number, frame in enumerate(frames):
        at_ms = START_NS / 1_000_000 + number * 1000 / 15
        sides = cover(box_over_the_code(), at_ms, at_ms)
        assert sides is not None
        for place, (plane, value) in enumerate(zip(frame.planes, (16, 128, 128), strict=True)):
            samples = memoryview(plane)
            left, right = (side * plane.width // SCALE for side in (sides[0], sides[2]))
            top, bottom = (side * plane.height // SCALE for side in (sides[1], sides[3]))
            for row in range(top, bottom):
                line = bytes(samples[row * plane.line_size + left : row * plane.line_size + right])
                assert all(abs(one - value) <= 8 for one in line), (number, place, row)


def test_only_the_chosen_pictures_come_out_and_the_first_stands_alone(film: Film) -> None:
    third = START_NS + 300_000_000
    made = redaction_film.made(wanted(film, start_ns=third, end_ns=third + 10**9), film.units, MOST)
    assert all(third <= unit.wall_ns < third + 10**9 for unit in made.units)
    assert made.units[0].flags & 1 and len(pictures(stream(made))) == len(made.units) == 15


def test_the_same_asked_twice_is_the_same_film(film: Film) -> None:
    one, two = (redaction_film.made(wanted(film, method="pixelate"), film.units, MOST) for _ in range(2))
    assert stream(one) == stream(two)


def test_blocks_say_next_to_nothing(film: Film) -> None:
    """At most sixteen blocks in eight steps, and the same ones for two seconds."""
    frames = pictures(stream(redaction_film.made(wanted(film, method="pixelate"), film.units, MOST)))
    seen: set[int] = set()
    for number, frame in enumerate(frames):
        at_ms = START_NS / 1_000_000 + number * 1000 / 15
        sides = cover(box_over_the_code(), at_ms, at_ms)
        assert sides is not None
        luma = frame.planes[0]
        middle = (sides[1] + sides[3]) // 2 * luma.height // SCALE
        left, right = (side * luma.width // SCALE for side in (sides[0], sides[2]))
        line = bytes(memoryview(luma)[middle * luma.line_size + left : middle * luma.line_size + right])
        seen |= {round((value - 16) / 32) for value in line[8:-8]}
    assert len(seen) <= 8


def test_a_killed_worker_leaves_no_film(film: Film) -> None:
    pids: list[int] = []

    def units() -> Iterator[Message]:
        for number, unit in enumerate(film.units):
            if number == 10:
                os.kill(pids[0], signal.SIGKILL)
            yield unit

    with pytest.raises(BadInput, match="redaction-failed"):
        redaction_film.made(wanted(film), units(), MOST, started=pids.append)
    assert not Path(f"/proc/{pids[0]}").exists()


def test_what_fails_on_the_way_in_ends_the_worker(film: Film) -> None:
    pids: list[int] = []

    def units() -> Iterator[Message]:
        yield film.units[0]
        raise BadInput("withdrawn")

    with pytest.raises(BadInput, match="withdrawn"):
        redaction_film.made(wanted(film), units(), MOST, started=pids.append)
    assert not Path(f"/proc/{pids[0]}").exists()


def test_a_film_that_grows_too_large_is_none(film: Film) -> None:
    with pytest.raises(BadInput, match="redaction-too-long"):
        redaction_film.made(wanted(film), film.units, 10_000)


@pytest.mark.parametrize("data", [b"", b"\0" * 40, b"\xff" * 4000])
def test_rubbish_is_no_picture(film: Film, data: bytes) -> None:
    units = [dataclasses.replace(unit, data=data) for unit in film.units]
    made = redaction_film.made(wanted(film), units, MOST)
    assert made.units == [] and made.decoded == 0


NONE: list[Any] = [
    None,
    [],
    {},
    [[]],
    [[GOOD]],
    [[GOOD, GOOD]],
    [[[2_000, *GOOD[1:]], GOOD]],
    [[GOOD, [2_000, 100, 100, 100, 900]]],
    [[GOOD, [2_000, 100, 100, 120, 900]]],
    [[GOOD, [2_000, 900, 100, 100, 900]]],
    [[GOOD, [2_000, -1, 100, 900, 900]]],
    [[GOOD, [2_000, 100, 100, SCALE + 1, 900]]],
    [[GOOD, [2_000, 100, 100, 900, float("nan")]]],
    [[GOOD, [2_000, 100, 100, 900, 900.0]]],
    [[GOOD, [2_000, 100, 100, 900, True]]],
    [[GOOD, [float("inf"), 100, 100, 900, 900]]],
    [[GOOD, [1 << 80, 100, 100, 900, 900]]],
    [[GOOD, [2_000, "100", 100, 900, 900]]],
]


@pytest.mark.parametrize("said", NONE)
def test_boxes_that_are_none_are_refused(said: Any) -> None:
    with pytest.raises(BadInput, match="boxes"):
        checked(said)


def test_ten_thousand_boxes_are_refused() -> None:
    box = [GOOD, [2_000, *GOOD[1:]]]
    assert len(checked([box] * MOST_BOXES)) == MOST_BOXES
    with pytest.raises(BadInput, match="boxes-too-many"):
        checked([box] * 10_000)
    with pytest.raises(BadInput, match="boxes"):
        checked([[[1_000 + at, *GOOD[1:]] for at in range(10_000)]])


def test_a_box_covers_what_lies_between_its_moments_and_a_margin() -> None:
    [box] = checked([[[1_000, 0, 0, 800, 800], [2_000, 5_000, 2_000, 5_800, 2_800], [3_000, 0, 0, 800, 800]]])
    assert cover(box, 0, 999) is None and cover(box, 3_001, 4_000) is None
    assert cover(box, 1_500, 1_500) == (2_400, 900, 3_401, 1_901), "half way, and an eighth more on each side"
    swept = cover(box, 1_900, 2_100)
    assert swept is not None and swept[2] >= 5_800, "the turning point lies inside the picture's time"
    assert cover(box, 900, 1_000) is not None, "a picture shown until then"


def test_the_fingerprint_changes_with_every_number_and_the_method() -> None:
    boxes = checked([[GOOD, [2_000, *GOOD[1:]]]])
    other = checked([[GOOD, [2_001, *GOOD[1:]]]])
    assert len({fingerprint(boxes, "fill"), fingerprint(boxes, "pixelate"), fingerprint(other, "fill")}) == 3
