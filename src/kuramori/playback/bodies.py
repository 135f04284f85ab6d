"""Streamed bodies with pictures in them: async generators only, asked again and again whether they may go on.

Under ASGI Django would first collect a synchronous iterator in memory; an async one waits for the viewer.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async

from kuramori import clock
from kuramori.access import grant_check, granting
from kuramori.access.released_keys import segment_key
from kuramori.errors import KuramoriError, Refusal, StorehouseError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AsyncExitStack

    from django.contrib.sessions.backends.base import SessionBase

    from kuramori.access.models import Grant
    from kuramori.footage.recorder_socket import Live
    from kuramori.people.models import Account
    from kuramori.playback.opened import Opened

BATCH_BYTES = 512 * 1024
ASK_AGAIN_S = 0.5

shown_live: set[str] = set()
"""Grants whose one live stream is under way in this process, which is the only one that shows pictures."""


Begun = tuple[bytes, int]
"""Bytes in the clear, and the number of the record that comes after them."""


async def piece(
    opened: Opened, begun: Begun, last_seq: int, grant: Grant, viewer: Account, session: SessionBase
) -> AsyncIterator[bytes]:
    """What `batch` has begun, then the rest up to record `last_seq`, about half a megabyte at a time.

    Before each further batch session, grant, gates and lock are asked; a no ends the body without a byte.
    """
    clear, seq = begun
    try:
        yield clear
        while seq <= last_seq:
            try:
                await sync_to_async(_require_session)(session)
                clear, seq = await sync_to_async(batch)(opened, seq, last_seq, grant, viewer)
            except (Refusal, StorehouseError):
                return
            yield clear
    finally:
        opened.file.close()


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
    stack: AsyncExitStack, stream: Live, grant: Grant, viewer: Account, session: SessionBase
) -> AsyncIterator[bytes]:
    """The recorder's fragments as they come, until the viewer leaves, the camera goes or a rule says no.

    `stack` holds the connection to the recorder; it is closed here. A viewer who leaves ends the grant, and
    signing out anywhere in the same browser ends the look.
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
    except KuramoriError:
        by_itself = True
    finally:
        shown_live.discard(grant.id)
        await stack.aclose()
        if not by_itself:
            await asyncio.shield(sync_to_async(granting.end)(grant))


def _require_still(grant: Grant, viewer: Account, session: SessionBase) -> None:
    _require_session(session)
    grant_check.require_live(grant, viewer, clock.now_ns())


def _require_session(session: SessionBase) -> None:
    if not session.session_key or not session.exists(session.session_key):
        raise Refusal("no-grant", clause="T7")
