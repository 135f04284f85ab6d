"""The live window: a key frame first, nobody waits for a slow viewer, a closed gate lets no further byte
out."""

from __future__ import annotations

import asyncio

from kuramori.clock import ManualClock
from kuramori.recorder import live
from kuramori.recorder.live import LiveWindow, Viewer
from tests.recorder.pictures import OTHER_VIDEO, VIDEO, picture, pictures

START_NS = ManualClock.at("2026-11-23T09:00:00+09:00").wall_ns()


def window_with(count: int) -> LiveWindow:
    window = LiveWindow()
    window.opened(VIDEO)
    for au in pictures(count, START_NS):
        window.add(au)
    return window


async def take(viewer: Viewer, count: int) -> list[bytes]:
    async with asyncio.timeout(1):
        found = [await viewer.next() for _ in range(count)]
    return [chunk for chunk in found if chunk is not None]


def media_time(chunk: bytes) -> int:
    at = chunk.index(b"tfdt") + 8
    return int.from_bytes(chunk[at : at + 8], "big")


async def test_a_joiner_gets_the_init_segment_and_begins_at_the_newest_key_frame() -> None:
    window = window_with(40)
    viewer = window.subscribe()
    assert viewer is not None
    init, *chunks = await take(viewer, 11)
    assert init[4:8] == b"ftyp"
    assert [media_time(chunk) for chunk in chunks] == [picture(n, 0).dts_90k for n in range(30, 40)]


async def test_each_access_unit_is_sent_when_it_comes() -> None:
    window = window_with(31)
    viewer = window.subscribe()
    assert viewer is not None
    await take(viewer, 2)
    window.add(picture(31, START_NS))
    [chunk] = await take(viewer, 1)
    assert media_time(chunk) == picture(31, 0).dts_90k


async def test_nothing_is_made_while_nobody_watches() -> None:
    assert window_with(100)._sequence == 0


async def test_two_viewers_share_the_same_bytes() -> None:
    window = window_with(31)
    first, second = window.subscribe(), window.subscribe()
    assert first is not None and second is not None
    await take(first, 2)
    await take(second, 2)
    window.add(picture(31, START_NS))
    assert (await take(first, 1))[0] is (await take(second, 1))[0]


async def test_a_slow_viewer_skips_to_the_next_key_frame_and_others_do_not_wait() -> None:
    window = window_with(1)
    slow, quick = window.subscribe(), window.subscribe()
    assert slow is not None and quick is not None
    await take(quick, 2)
    number, heavy = 1, live.QUEUE_BYTES // 20
    while not slow.skipped_units:
        au = picture(number, START_NS)
        au.data = bytes(heavy)
        window.add(au)
        [chunk] = await take(quick, 1)
        assert media_time(chunk) == au.dts_90k
        number += 1
    next_key = -(-number // 30) * 30
    for later in range(number, next_key + 2):
        window.add(picture(later, START_NS))
    init, *rest = await take(slow, 3)
    assert init[4:8] == b"ftyp"
    assert media_time(rest[0]) == picture(next_key, 0).dts_90k


async def test_what_is_queued_is_not_sent_after_the_end() -> None:
    window = window_with(20)
    viewer = window.subscribe()
    assert viewer is not None
    await take(viewer, 3)
    window.end_all("sealed")
    assert await viewer.next() is None
    assert viewer.ended == "sealed"
    assert not window.viewers


async def test_other_parameter_sets_end_the_view_because_the_old_init_segment_no_longer_fits() -> None:
    window = window_with(20)
    viewer = window.subscribe()
    window.opened(OTHER_VIDEO)
    assert viewer is not None and viewer.ended == "changed"


async def test_a_group_too_long_is_not_kept_and_a_joiner_waits_for_a_key_frame() -> None:
    window = LiveWindow()
    window.opened(VIDEO)
    for au in pictures(15 * 13, START_NS, group=1000):
        window.add(au)
    viewer = window.subscribe()
    assert viewer is not None
    await take(viewer, 1)
    window.add(picture(195, START_NS, group=1000))
    window.add(picture(196, START_NS, group=196))
    [chunk] = await take(viewer, 1)
    assert media_time(chunk) == picture(196, 0).dts_90k


async def test_there_is_nothing_to_watch_without_a_stream() -> None:
    window = LiveWindow()
    assert window.subscribe() is None
    window.opened(VIDEO)
    viewer = window.subscribe()
    window.closed("camera-lost")
    assert viewer is not None and viewer.ended == "camera-lost"
    assert window.subscribe() is None
