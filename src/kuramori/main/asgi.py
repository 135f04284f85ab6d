"""The pages' ASGI application.

Django spools larger request bodies to a file on their way in. No such file may ever exist, so what is
larger than memory allows is refused here, before Django reads the first byte.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuramori.main.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Event = Any
    Receive = Callable[[], Awaitable[Event]]
    Send = Callable[[Event], Awaitable[None]]


AT_ONCE = 4
BODY_WITHIN_S = 60.0


class BodyTooLarge(Exception):
    """A body of hidden length, or all bodies together, went over the limit; or one took too many seconds."""


class SmallBodiesOnly:
    """Answers 413 to bodies over `limit` bytes; the connection is cut for those that hid their length.

    All bodies under way together hold at most `AT_ONCE` times as much, each for at most `BODY_WITHIN_S`:
    whoever sends many slow ones takes no memory from the recorder.
    """

    def __init__(self, inner: Callable[..., Awaitable[None]], limit: int) -> None:
        self._inner = inner
        self._limit = limit
        self._held = 0

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        if _declared(scope) > self._limit:
            await _refuse(send)
            return
        seen = 0
        whole = started = False
        until_s = asyncio.get_running_loop().time() + BODY_WITHIN_S

        async def counted() -> Event:
            nonlocal seen, whole
            try:
                async with asyncio.timeout_at(None if whole else until_s):
                    event = await receive()
            except TimeoutError:
                raise BodyTooLarge from None
            whole = not event.get("more_body", False)
            size = len(event.get("body", b""))
            seen += size
            self._held += size
            if seen > self._limit or self._held > AT_ONCE * self._limit:
                raise BodyTooLarge
            return event

        async def noticed(event: Event) -> None:
            nonlocal started
            started = True
            await send(event)

        try:
            await self._inner(scope, counted, noticed)
        except BodyTooLarge:
            if not started:
                await _refuse(send)
        finally:
            self._held -= seen


def _declared(scope: Any) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": "大きすぎます。 Too large.\n".encode()})


application = SmallBodiesOnly(get_asgi_application(), settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
