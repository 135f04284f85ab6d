"""H.265 made anew as H.264 on its way to the page: the same pictures, the same times, no harm to others."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from kuramori.errors import BadInput, Damaged, TooBusy
from kuramori.pictures.sizes import fitted
from kuramori.playback import conversion
from kuramori.recorder import fmp4_reading
from kuramori.recorder.fmp4 import Unit, fragment
from tests.playback.h265_stream import TICKS, kept, made, pictures
from tests.rig.clips import read_frame_number

SOURCE = Path(__file__).resolve().parents[2] / "src"


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("h265")


async def each(pieces: Sequence[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def converted(init: bytes, pieces: Sequence[bytes]) -> bytes:
    async with conversion.converting(init) as worker:
        body = [one async for one in conversion.piece_pictures(worker, each(pieces))]
        assert worker.codec.startswith("avc1.")
        return worker.init + b"".join(body)


@pytest.mark.parametrize("b_frames", [0, 2])
def test_every_picture_comes_out_with_its_time(clips: Path, b_frames: int) -> None:
    init, pieces = kept(made(clips, seconds=2, b_frames=b_frames))
    video = asyncio.run(converted(init, pieces))
    shown = pictures(video)
    numbers = [read_frame_number(bytes(one.planes[0]), one.planes[0].line_size) for one in shown]
    assert numbers == list(range(30)), "each picture once, in the order in which it is shown"
    times = [one.pts for one in shown]
    assert [later - earlier for earlier, later in zip(times, times[1:], strict=False)] == [TICKS] * 29
    first = next(fmp4_reading.read_fragments(pieces[0]))
    assert times[0] == first.pts_90k, "media time stays the footage's own"
    durations = [
        one.unit.duration_90k for one in fmp4_reading.read_fragments(video[video.index(b"moof") - 4 :])
    ]
    assert durations == [TICKS] * 30, "a browser stops at a hole between two pictures"


def test_pieces_of_one_segment_share_one_beginning(clips: Path) -> None:
    """HLS asks for the init segment once and for the pieces after it: their encoders must agree."""
    init, pieces = kept(made(clips, seconds=4))

    async def two() -> tuple[bytes, bytes]:
        return await converted(init, pieces[:30]), await converted(init, pieces[30:])

    first, second = asyncio.run(two())
    begins = first[: first.index(b"moof") - 4]
    assert second.startswith(begins)
    assert len(pictures(begins + first[len(begins) :] + second[len(begins) :])) == 60


def test_a_live_look_loses_no_time_to_pictures_held_back(clips: Path) -> None:
    init, pieces = kept(made(clips, seconds=2))

    async def look() -> list[int]:
        async with conversion.converting(init) as worker:
            given: list[int] = []

            async def arriving() -> AsyncIterator[bytes]:
                for piece in pieces:
                    given.append(0)
                    yield piece

            behind = []
            shown = 0
            async for _chunk in conversion.live_pictures(worker, arriving()):
                behind.append(len(given) - shown)
                shown += 1
            return behind

    assert max(asyncio.run(look())) <= 1


def test_what_is_garbage_or_cut_short_leaves_pictures_out_and_ends(clips: Path) -> None:
    init, pieces = kept(made(clips, seconds=2))
    noise = [
        fragment(1, 90_000 * n, [Unit(b"\0\0\0\x40" + os.urandom(64), TICKS, n % 3 == 0)]) for n in range(30)
    ]
    with_noise = [*pieces[:10], *noise, *pieces[10:]]
    assert asyncio.run(converted(init, noise)).count(b"moof") == 0
    assert len(pictures(asyncio.run(converted(init, with_noise)))) >= 10


def test_a_worker_that_dies_or_hangs_ends_this_look_only(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init, pieces = kept(made(clips, seconds=2))
    monkeypatch.setattr(conversion, "PATIENCE_S", 1.0)

    async def look(command: Sequence[str]) -> str:
        monkeypatch.setattr(conversion.starting, "command", lambda _module: tuple(command))
        with pytest.raises(BadInput) as wrong:
            await converted(init, pieces)
        return wrong.value.code

    assert asyncio.run(look([sys.executable, "-c", ""])) in ("picture-unreadable", "picture-timeout")
    assert asyncio.run(look([sys.executable, "-c", "import time; time.sleep(60)"])) == "picture-timeout"
    flood = "import os\nwhile True: os.write(1, b'\\4' + bytes(29))"
    assert asyncio.run(look([sys.executable, "-c", flood])) in ("worker-answer", "picture-timeout")
    monkeypatch.undo()
    assert len(pictures(asyncio.run(converted(init, pieces)))) == 30


def test_no_worker_outlives_its_look(clips: Path) -> None:
    init, pieces = kept(made(clips, seconds=2))

    async def leave_early() -> int:
        async with conversion.converting(init) as worker:
            pid = worker._process.pid
            async for _made in conversion.piece_pictures(worker, each(pieces)):
                break
        return pid

    pid = asyncio.run(leave_early())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_live_looks_at_once_are_bounded() -> None:
    async def crowd() -> None:
        async with conversion.live_place():
            before = conversion.MOST_LIVE
            conversion.MOST_LIVE = 1  # type: ignore[misc]
            try:
                with pytest.raises(TooBusy):
                    async with conversion.live_place():
                        pass
            finally:
                conversion.MOST_LIVE = before  # type: ignore[misc]
        async with conversion.live_place():
            pass

    asyncio.run(crowd())


def test_the_pages_process_never_loads_a_decoder() -> None:
    code = (
        "import sys, kuramori.playback.conversion\n"
        "print(sorted(set(sys.modules) & {'av', 'PIL', 'kuramori.pictures.converting'}))"
    )
    environment = {"PYTHONPATH": str(SOURCE)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment, check=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_large_pictures_are_made_smaller_and_small_ones_never_larger() -> None:
    assert fitted(3840, 2160) == (1920, 1080)
    assert fitted(2160, 3840) == (1080, 1920)
    assert fitted(641, 361) == (640, 360)
    assert fitted(0, 0) == (2, 2)


def test_only_our_own_shape_of_fragment_is_read() -> None:
    good = fragment(1, 90_000, [Unit(b"abcd" * 9, TICKS, True, -3000), Unit(b"x" * 7, TICKS, False)])
    first, second = fmp4_reading.read_fragments(good)
    assert (first.unit, first.dts_90k) == (Unit(b"abcd" * 9, TICKS, True, -3000), 90_000)
    assert (second.unit.data, second.unit.key, second.pts_90k) == (b"x" * 7, False, 96_000)
    for wrong in (good[:-1], good[:40], good[1:], b"\0" * 80, good + b"\0\0\0\1"):
        with pytest.raises(Damaged):
            list(fmp4_reading.read_fragments(wrong))
    for wrong in (b"", b"\0\0\0\x08moov", b"\0\0\0\1moov", good):
        with pytest.raises(Damaged):
            fmp4_reading.read_init(wrong)
