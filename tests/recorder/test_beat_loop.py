"""The loop's beat: cameras gather, local sockets and other threads do not wait for it."""

from __future__ import annotations

import asyncio
import selectors
import socket
import time
from collections.abc import Iterator

import pytest

from kuramori.cameras.rtsp.pace import BEAT_S, SHORT_BEAT_S, BeatLoop, BeatSelector, Heard

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def selector() -> Iterator[BeatSelector]:
    made = BeatSelector()
    yield made
    made.close()


@pytest.fixture
def camera() -> Iterator[Pair]:
    """Two ends of a TCP connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
    with near, far:
        yield near, far


@pytest.fixture
def local() -> Iterator[Pair]:
    near, far = socket.socketpair(socket.AF_UNIX)
    with near, far:
        yield near, far


def looked(selector: BeatSelector, timeout: float | None) -> tuple[list[int], float]:
    """Which descriptors were found, and how long that took."""
    began = time.monotonic()
    found = [key.fd for key, _ in selector.select(timeout)]
    return found, time.monotonic() - began


def until_found(selector: BeatSelector) -> tuple[list[int], float]:
    """The same, over as many selects as it takes."""
    began = time.monotonic()
    while not (found := [key.fd for key, _ in selector.select(None)]):
        assert time.monotonic() - began < 5 * BEAT_S
    return found, time.monotonic() - began


def test_a_camera_that_is_only_recorded_waits_for_the_beat(selector: BeatSelector, camera: Pair) -> None:
    selector.register(camera[0], selectors.EVENT_READ)
    selector.listen(camera[0].fileno(), Heard.BEAT)
    selector.select(0)
    camera[1].send(b"picture")
    found, took_s = until_found(selector)
    assert found == [camera[0].fileno()]
    assert took_s > BEAT_S * 0.4


def test_a_watched_camera_waits_for_the_short_beat_only(selector: BeatSelector, camera: Pair) -> None:
    selector.register(camera[0], selectors.EVENT_READ)
    selector.listen(camera[0].fileno(), Heard.BEAT)
    selector.select(0)
    selector.listen(camera[0].fileno(), Heard.SHORT_BEAT)
    camera[1].send(b"picture")
    found, took_s = until_found(selector)
    assert found == [camera[0].fileno()]
    assert took_s < SHORT_BEAT_S * 2


def test_a_local_socket_is_heard_at_once_and_wakes_no_camera(
    selector: BeatSelector, camera: Pair, local: Pair
) -> None:
    selector.register(camera[0], selectors.EVENT_READ)
    selector.listen(camera[0].fileno(), Heard.BEAT)
    selector.register(local[0], selectors.EVENT_READ)
    selector.select(0)
    camera[1].send(b"picture")
    local[1].send(b"who watches")
    found, took_s = looked(selector, None)
    assert found == [local[0].fileno()]
    assert took_s < BEAT_S * 0.4


def test_work_that_waits_in_the_loop_never_rests(selector: BeatSelector) -> None:
    _, took_s = looked(selector, 0)
    assert took_s < BEAT_S * 0.4


def test_what_is_unregistered_is_not_heard(selector: BeatSelector, local: Pair) -> None:
    selector.register(local[0], selectors.EVENT_READ)
    selector.modify(local[0], selectors.EVENT_READ | selectors.EVENT_WRITE)
    selector.unregister(local[0])
    selector.select(0)
    local[1].send(b"anyone")
    selector.select(0)
    found, took_s = looked(selector, 0.001)
    assert found == []
    assert took_s > BEAT_S * 0.4


def test_a_thread_that_calls_is_heard_at_once() -> None:
    async def from_a_thread() -> float:
        await asyncio.sleep(0)
        began = time.monotonic()
        await asyncio.to_thread(int)
        return time.monotonic() - began

    with asyncio.Runner(loop_factory=BeatLoop) as runner:
        assert min(runner.run(from_a_thread()) for _ in range(5)) < BEAT_S / 4
