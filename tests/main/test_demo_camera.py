"""The demonstration camera: pictures that say exactly which moment they show."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuramori.main.demo_camera import frame_number
from kuramori.main.demo_camera.camera import (
    PYTHON_WITH_GSTREAMER,
    CameraSettings,
    DemoCamera,
    DemoCameraFailed,
)
from kuramori.main.demo_camera.scene import HEIGHT, WIDTH, Street

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = st.integers(0, 0xFFFF_FFFF)


@given(NUMBERS)
def test_a_number_drawn_as_a_strip_is_read_back(number: int) -> None:
    assert frame_number.read_row(frame_number.strip_row(number, WIDTH), WIDTH) == number


@given(NUMBERS, st.integers(4, 39))
def test_one_wrong_block_is_noticed_and_never_read_as_another_number(number: int, block: int) -> None:
    row = bytearray(frame_number.strip_row(number, WIDTH))
    size = WIDTH // frame_number.BLOCKS
    row[block * size : (block + 1) * size] = bytes(
        251 - value for value in row[block * size : (block + 1) * size]
    )
    assert frame_number.read_row(row, WIDTH) is None


@given(st.integers(frame_number.EPOCH_S * 10**9, (frame_number.EPOCH_S + 280_000_000) * 10**9))
def test_a_number_is_a_moment_to_one_fifteenth_of_a_second(wall_ns: int) -> None:
    number = frame_number.number_at(wall_ns)
    assert frame_number.wall_ns_of(number) <= wall_ns < frame_number.wall_ns_of(number + 1)


def test_the_street_moves_and_the_same_number_gives_the_same_picture() -> None:
    street = Street()
    assert street.draw(1000) == street.draw(1000)
    upper = WIDTH * 600
    assert street.draw(1000)[WIDTH * 80 : upper] != street.draw(1005)[WIDTH * 80 : upper]


@pytest.fixture
def camera() -> Iterator[DemoCamera]:
    if not Path(PYTHON_WITH_GSTREAMER).exists():
        pytest.skip("no Debian Python")
    camera = DemoCamera(CameraSettings(user="demo", password="right one"))
    camera.start()
    threading.Thread(target=camera.run, daemon=True).start()
    yield camera
    camera.stop()


@pytest.mark.process
def test_a_foreign_reader_gets_every_frame_in_order_and_less_than_half_a_second_late(
    camera: DemoCamera,
) -> None:
    with av.open(
        f"rtsp://demo:right%20one@127.0.0.1:{camera.port}/street", options={"rtsp_transport": "tcp"}
    ) as reader:
        numbers = []
        for picture in reader.decode(video=0):
            plane = picture.planes[0]
            number = frame_number.read_luma(memoryview(plane), plane.line_size, WIDTH, HEIGHT)
            assert number is not None
            numbers.append((number, time.time_ns()))
            if len(numbers) == 45:
                break
    steps = [after[0] - before[0] for before, after in zip(numbers, numbers[1:], strict=False)]
    assert set(steps) <= {1, 2}, "a late frame may be left out, none may be repeated or go back"
    last, seen_ns = numbers[-1]
    assert 0 <= seen_ns - frame_number.wall_ns_of(last) < 500_000_000


@pytest.mark.process
def test_a_wrong_password_gets_no_picture(camera: DemoCamera) -> None:
    with pytest.raises(av.error.HTTPUnauthorizedError):
        av.open(f"rtsp://demo:wrong@127.0.0.1:{camera.port}/street", options={"rtsp_transport": "tcp"})


@pytest.mark.process
def test_a_port_in_use_is_said_so(camera: DemoCamera) -> None:
    second = DemoCamera(CameraSettings(user="demo", password="x", port=camera.port))
    with pytest.raises(DemoCameraFailed, match="port-taken"), contextlib.closing(_Stopping(second)):
        second.start()


class _Stopping:
    def __init__(self, camera: DemoCamera) -> None:
        self._camera = camera

    def close(self) -> None:
        self._camera.stop()
