"""Streamed bodies with pictures in them: async generators only, asked again and again whether they may go on.

Under ASGI Django would first collect a synchronous iterator in memory; an async one waits for the viewer.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async

from kuramori import clock
from kuramori.access import grant_check, granting
from kuramori.access.released_keys import segment_key
from kuramori.errors import BadInput, KuramoriError, Refusal, StorehouseError
from kuramori.people import idle
from kuramori.playback import conversion

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable
    from contextlib import AsyncExitStack

    from django.contrib.sessions.backends.base import SessionBase

    from kuramori.access.models import Grant
    from kuramori.people.models import Account
    from kuramori.playback.opened import Opened

BATCH_BYTES = 512 * 1024
ASK_AGAIN_S = 0.5

shown_live: set[str] = set()
"""Grants whose one live stream is under way in this process, which is the only one that shows pictures."""


Begun = tuple[bytes, int]
"""Bytes in the clear, and the number of the record that comes after them."""


async def piece(
    opened: Opened,
    begun: Begun,
    last_seq: int,
    grant: Grant,
    viewer: Account,
    session: SessionBase,
    init: bytes = b"",
) -> AsyncIterator[bytes]:
    """What `batch` has begun, then the rest up to record `last_seq`, about half a megabyte at a time.

    Before each further batch session, grant, gates and lock are asked; a no ends the body without a byte.
    With `init`, the segment's record 0 in the clear, it is converted for a browser that cannot play it.
    """

    def still() -> None:
        require_session(session)
        segment_key(grant, viewer, opened.file.header, opened.file.end_ns)

    try:
        clear = _clear(opened, begun, last_seq, grant, viewer, session)
        async with aclosing(_converted(init, clear, still, last_seq) if init else clear) as body:
            async for chunk in body:
                yield chunk
    except (Refusal, StorehouseError, BadInput):
        return
    finally:
        opened.file.close()


async def _clear(
    opened: Opened, begun: Begun, last_seq: int, grant: Grant, viewer: Account, session: SessionBase
) -> AsyncGenerator[bytes]:
    clear, seq = begun
    yield clear
    while seq <= last_seq:
        await sync_to_async(require_session)(session)
        clear, seq = await sync_to_async(batch)(opened, seq, last_seq, grant, viewer)
        yield clear


async def _converted(
    init: bytes, clear: AsyncGenerator[bytes], still: Callable[[], None], last_seq: int
) -> AsyncGenerator[bytes]:
    """Converting takes longer than reading: whether it may go on is asked every half second here too."""
    loop = asyncio.get_running_loop()
    async with aclosing(clear), conversion.piece_place(), conversion.converting(init) as worker:
        if last_seq == 0:
            yield worker.init
            return
        asked_s = loop.time()
        async for made in conversion.piece_pictures(worker, clear):
            if loop.time() - asked_s >= ASK_AGAIN_S:
                await sync_to_async(still)()
                asked_s = loop.time()
            yield made


def batch(opened: Opened, seq: int, last_seq: int, grant: Grant, viewer: Account) -> Begun:
    """Records from `seq` on in the clear, once everything that may forbid it was asked. Raises `Refusal`."""
    key = segment_key(grant, viewer, opened.file.header, opened.file.end_ns)
    fragments: list[bytes] = []
    size_bytes = 0
    while seq <= last_seq and size_bytes < BATCH_BYTES:
        fragments.append(opened.file.read(seq, key))
        size_bytes += len(fragments[-1])
        seq += 1
    return b"".join(fragments), seq


async def live(
    stack: AsyncExitStack, stream: AsyncIterator[bytes], grant: Grant, viewer: Account, session: SessionBase
) -> AsyncIterator[bytes]:
    """Fragments as the recorder gives them, until the viewer leaves, the camera goes or a rule says no.

    `stack` holds the connection to the recorder; it is closed here. A viewer who leaves and a rule that says
    no end the grant; a camera that goes does not. Signing out anywhere in the same browser ends the look.
    """
    if grant.id in shown_live:  # two asked at the same moment: one look is one stream
        await stack.aclose()
        return
    shown_live.add(grant.id)
    loop = asyncio.get_running_loop()
    asked_s = loop.time()
    by_itself = False
    try:
        async for fragment in stream:
            if loop.time() - asked_s >= ASK_AGAIN_S:
                await sync_to_async(_require_still)(grant, viewer, session)
                asked_s = loop.time()
            yield fragment
        by_itself = True
    except KuramoriError as error:
        by_itself = not isinstance(error, Refusal)
    finally:
        shown_live.discard(grant.id)
        await stack.aclose()
        if not by_itself:
            await asyncio.shield(sync_to_async(granting.end)(grant))


def _require_still(grant: Grant, viewer: Account, session: SessionBase) -> None:
    require_session(session)
    grant_check.require_live(grant, viewer, clock.now_ns())


def require_session(session: SessionBase) -> None:
    """The sign-in that asked still stands, and somebody has touched it lately. Raises `Refusal`."""
    idle.require_open(session)
