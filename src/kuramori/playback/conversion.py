"""H.265 for a browser that cannot play it: made anew as H.264 on its way to the page, and kept nowhere.

This process decodes nothing. A locked-in picture worker gets the access units of one look (no key, no file,
no network) and gives back others; what it does wrong costs that look. Conversions at once are bounded, and
their workers stand behind the recorder in the queue for the processor.
"""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.errors import BadInput, TooBusy
from kuramori.pictures import starting, stream_frames
from kuramori.pictures.sizes import fitted
from kuramori.pictures.stream_frames import KEY, Cutter, Message
from kuramori.recorder import fmp4, fmp4_reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AsyncExitStack

    from kuramori.recorder.fmp4_reading import Sample, Track

MODULE = "kuramori.pictures.convert_worker"
PATIENCE_S = 8.0
BLOCK_BYTES = 1 << 18
ANSWER_BYTES = 32 * 1024 * 1024
LONGEST_PICTURE_90K = 10 * fmp4.TIMESCALE
USUAL_PICTURE_90K = fmp4.TIMESCALE // 15
MARK = {"Kuramori-Converted": "h264"}
"""Header of an answer whose pictures are not the ones that were recorded."""
MOST_LIVE = 2 * (os.cpu_count() or 1)
MOST_PIECES = os.cpu_count() or 1

_live = 0
_pieces = asyncio.Semaphore(MOST_PIECES)


def needs_converting(codec: str) -> bool:
    """Whether a stream of this codec (RFC 6381) is one that not every browser plays."""
    return not codec.startswith("avc1")


@dataclass(frozen=True, slots=True)
class Made:
    """One converted picture, and when it is shown (1/90000 s)."""

    data: bytes
    key: bool
    pts_90k: int


def _pictures(answers: list[Message]) -> list[Made]:
    if any(one.kind != stream_frames.UNIT or one.pts_90k < 0 for one in answers):
        raise BadInput("worker-answer")
    return [Made(one.data, bool(one.flags & KEY), one.pts_90k) for one in answers]


class Converting:
    """One worker at work. `init` and `codec` are known from the start; then `take` and `rest`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.init = b""
        self.codec = ""
        self._process = process
        self._cutter = Cutter()
        self._sequence = 0

    async def set_up(self, track: Track) -> None:
        """Tell the worker what comes. Raises BadInput."""
        width, height = fitted(track.width, track.height)
        said = {
            "codec": "hevc",
            "parameter_sets": track.parameter_sets.hex(),
            "width": width,
            "height": height,
        }
        answers = await self._exchange(Message(stream_frames.SETUP, json.dumps(said).encode()))
        if [answer.kind for answer in answers] != [stream_frames.TRACK]:
            raise BadInput("worker-answer")
        try:
            told = json.loads(answers[0].data)
            sps, pps = (tuple(bytes.fromhex(one) for one in told[name]) for name in ("sps", "pps"))
            self.codec = f"avc1.{sps[0][1:4].hex()}"
            self.init = fmp4.init_segment(sps, pps, width, height)
        except (ValueError, KeyError, TypeError, IndexError) as wrong:
            raise BadInput("worker-answer") from wrong

    async def take(self, sample: Sample) -> list[Made]:
        """The pictures that one access unit completed, often none at first. Raises BadInput."""
        flags = KEY if sample.unit.key else 0
        message = Message(stream_frames.UNIT, sample.unit.data, flags, sample.pts_90k, sample.dts_90k)
        return _pictures(await self._exchange(message))

    async def rest(self) -> list[Made]:
        """The pictures that the worker still held back for their order. Raises BadInput."""
        return _pictures(await self._exchange(Message(stream_frames.REST)))

    def fragment(self, made: Made, duration_90k: int) -> bytes:
        """One picture as moof + mdat, on the footage's own media time."""
        self._sequence += 1
        unit = fmp4.Unit(made.data, max(1, min(duration_90k, LONGEST_PICTURE_90K)), made.key)
        return fmp4.fragment(self._sequence, made.pts_90k, [unit])

    async def _exchange(self, message: Message) -> list[Message]:
        """What the worker says to one message, without its DONE. Raises BadInput when it ended or hung."""
        into, out = self._process.stdin, self._process.stdout
        assert into is not None and out is not None
        answers: list[Message] = []
        left_bytes = ANSWER_BYTES
        try:
            async with asyncio.timeout(PATIENCE_S):
                into.write(stream_frames.pack(message))
                await into.drain()
                while block := await out.read(BLOCK_BYTES):
                    left_bytes -= len(block)
                    if left_bytes < 0:
                        raise BadInput("worker-answer")
                    answers += self._cutter.feed(block)
                    if answers and answers[-1].kind == stream_frames.DONE:
                        return answers[:-1]
        except (TimeoutError, OSError) as lost:
            raise BadInput("picture-timeout") from lost
        raise BadInput("picture-unreadable")


@asynccontextmanager
async def converting(init: bytes) -> AsyncIterator[Converting]:
    """A worker for the stream behind this init segment; it is ended with the block. Raises BadInput."""
    track = fmp4_reading.read_init(init)
    process = await asyncio.create_subprocess_exec(
        *starting.command(MODULE),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=BLOCK_BYTES,
        **starting.surroundings(),
    )
    try:
        worker = Converting(process)
        await worker.set_up(track)
        yield worker
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.shield(process.wait())


@asynccontextmanager
async def live_place() -> AsyncIterator[None]:
    """One of the places for live looks that are converted. Raises TooBusy when all are taken."""
    global _live
    if _live >= MOST_LIVE:
        raise TooBusy("conversion-busy")
    _live += 1
    try:
        yield
    finally:
        _live -= 1


@asynccontextmanager
async def piece_place() -> AsyncIterator[None]:
    """One of the places for pieces of playback; waits for it: a piece is over in seconds."""
    async with _pieces:
        yield


async def for_browser(
    stack: AsyncExitStack, pictures: AsyncIterator[bytes]
) -> tuple[AsyncIterator[bytes], str]:
    """The same live look for a browser that cannot play it as it is, and its codec; the worker ends with
    `stack`. Raises TooBusy, BadInput."""
    await stack.enter_async_context(live_place())
    worker = await stack.enter_async_context(converting(await anext(pictures)))
    return live_pictures(worker, pictures), worker.codec


async def live_pictures(worker: Converting, fragments: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What `footage.recorder_socket.Live` gives after its init segment, converted, beginning with another.

    Nothing waits: a picture is said to be shown as long as the one before it was.
    """
    yield worker.init
    before: Made | None = None
    async for fragment in fragments:
        for sample in fmp4_reading.read_fragments(fragment):
            for made in await worker.take(sample):
                apart_90k = made.pts_90k - before.pts_90k if before is not None else sample.unit.duration_90k
                before = made
                yield worker.fragment(made, apart_90k)


async def piece_pictures(worker: Converting, batches: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Whole fragments of one piece, converted; each picture is shown until the next one is."""
    before: Made | None = None
    apart_90k = USUAL_PICTURE_90K
    async for made in _piece_made(worker, batches):
        if before is not None:
            apart_90k = made.pts_90k - before.pts_90k
            yield worker.fragment(before, apart_90k)
        before = made
    if before is not None:
        yield worker.fragment(before, apart_90k)


async def _piece_made(worker: Converting, batches: AsyncIterator[bytes]) -> AsyncIterator[Made]:
    async for batch in batches:
        for sample in fmp4_reading.read_fragments(batch):
            for made in await worker.take(sample):
                yield made
    for made in await worker.rest():
        yield made
