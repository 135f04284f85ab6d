"""A live wall's one streamed answer: pictures of several cameras, each by its own grant, cut into messages.

A browser holds few connections to one address, so that sixteen cameras share one. A message is one byte
(which camera), four bytes (length, big-endian) and the bytes. The first of each stream begins with the MIME
type in words and a zero byte; a length of 0 says that this camera's look is over. A camera that goes away is
asked for again.

For a browser that cannot play H.265 a camera's pictures are converted on their way, as many cameras at once
as the machine takes; the words of such a stream end in a line "converted". A message of the one byte "!" says
that all places for converting are taken, and that it is tried again.

A viewer who takes no more bytes stops the tasks that read from the recorder, whose bounded queues then skip
to the next key frame: nothing is kept here, and the recorder waits for nobody.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.db import DatabaseError

from kuramori import clock
from kuramori.access import granting, live_check
from kuramori.errors import KuramoriError, Refusal, TooBusy
from kuramori.footage import recorder_socket
from kuramori.playback import conversion
from kuramori.playback.bodies import ASK_AGAIN_S, BATCH_BYTES, require_session, shown_live

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from django.contrib.sessions.backends.base import SessionBase

    from kuramori.access.models import Grant
    from kuramori.people.models import Account

log = logging.getLogger("kuramori.live")
HEAD = struct.Struct(">BI")
QUEUED = 64  # messages of all cameras together that wait for a slow viewer
AGAIN_S = 1.0
BUSY_S = 5.0
BUSY = b"!"


class Wall:
    """The looks of one wall. `pictures` is the body; leaving it ends every look that goes on."""

    def __init__(
        self, grants: Sequence[Grant], viewer: Account, session: SessionBase, *, h264: bool = False
    ) -> None:
        self._h264 = h264  # what the browser cannot play is converted
        self._grants = dict(enumerate(grants))
        self._viewer = viewer
        self._session = session
        self._queue: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue(QUEUED)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._over: set[int] = set()

    async def pictures(self) -> AsyncIterator[bytes]:
        """Messages as they come, until the viewer leaves or no look is allowed any more.

        Every half second all looks are asked about, before another byte is given.
        """
        loop = asyncio.get_running_loop()
        asked_s = loop.time()
        try:
            self._begin()
            while len(self._over) < len(self._grants):
                waiting = await self._waiting()
                ended = b""
                if loop.time() - asked_s >= ASK_AGAIN_S:
                    ended = await self._ask()
                    asked_s = loop.time()
                given = ended + b"".join(self._taken(*one) for one in waiting)
                if given:
                    yield given
            yield b"".join(self._message(index, b"") for index in self._grants)
        finally:
            await asyncio.shield(self._end())

    def _begin(self) -> None:
        for index, grant in self._grants.items():
            if grant.id in shown_live:  # two asked at the same moment: one look is one stream
                self._queue.put_nowait((index, b""))
            else:
                shown_live.add(grant.id)
                self._tasks[index] = asyncio.create_task(self._camera(index, grant))

    async def _waiting(self) -> list[tuple[int, bytes]]:
        """What waits, about half a megabyte at most; nothing when nothing came for half a second."""
        try:
            async with asyncio.timeout(ASK_AGAIN_S):  # wait_for may lose the word that the viewer has left
                taken = [await self._queue.get()]
        except TimeoutError:
            return []
        size_bytes = len(taken[0][1])
        while size_bytes < BATCH_BYTES and not self._queue.empty():
            taken.append(self._queue.get_nowait())
            size_bytes += len(taken[-1][1])
        return taken

    async def _ask(self) -> bytes:
        """Ask about all looks at once; what was allowed no more is ended, and said so."""
        allowed = await sync_to_async(self._allowed)()
        no_more = [
            index
            for index, grant in self._grants.items()
            if index not in self._over and grant.id not in allowed
        ]
        self._over.update(no_more)
        for index in no_more:
            if index in self._tasks:
                self._tasks[index].cancel()
                await self._write_end(index)
        return b"".join(self._message(index, b"") for index in no_more)

    def _allowed(self) -> set[str]:
        try:
            require_session(self._session)
        except Refusal:
            return set()
        ids = [grant.id for index, grant in self._grants.items() if index not in self._over]
        return live_check.still_allowed(ids, self._viewer, clock.now_ns())

    async def _camera(self, index: int, grant: Grant) -> None:
        """One camera's pictures, again and again, until the recorder refuses them."""
        while True:
            try:
                await self._stream(index, grant)
            except Refusal:
                await self._write_end(index)
                await self._queue.put((index, b""))
                return
            except TooBusy:
                await self._queue.put((index, BUSY))
                await asyncio.sleep(BUSY_S)
            except KuramoriError:
                pass  # the camera or the recorder is away for a moment
            await asyncio.sleep(AGAIN_S)

    async def _stream(self, index: int, grant: Grant) -> None:
        """One camera's pictures until they stop."""
        async with AsyncExitStack() as stack:
            found = await stack.enter_async_context(
                recorder_socket.live(grant=grant.id, camera=grant.camera_id, viewing=self._viewer.actor)
            )
            pictures, codec, mark = aiter(found), found.codec, ""
            if self._h264 and conversion.needs_converting(codec):
                pictures, codec = await conversion.for_browser(stack, pictures)
                mark = "\nconverted"
            type_of_all = f'video/mp4; codecs="{codec}"{mark}'.encode() + b"\0"
            async for fragment in pictures:
                await self._queue.put((index, type_of_all + fragment))
                type_of_all = b""
                await asyncio.sleep(0)  # the cameras take turns, also where the viewer is slower than all

    def _taken(self, index: int, content: bytes) -> bytes:
        """What leaves of a message that waited: nothing any more when its look is over."""
        if index in self._over:
            return b""
        if not content:
            self._over.add(index)
        return self._message(index, content)

    @staticmethod
    def _message(index: int, content: bytes) -> bytes:
        return HEAD.pack(index, len(content)) + content

    async def _end(self) -> None:
        """The viewer has left, or nothing may be seen any more: no look of this wall goes on."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        for index in self._tasks:
            shown_live.discard(self._grants[index].id)
            await self._write_end(index)

    async def _write_end(self, index: int) -> None:
        """One look's end into the record; what fails here, `access.left_looks` makes up for."""
        try:
            await sync_to_async(granting.end)(self._grants[index])
        except DatabaseError:
            log.exception("the end of a look could not be written down yet")
