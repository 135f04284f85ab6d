"""The pages' ASGI application.

Scripts and styles are answered first. All else runs in one hop to a thread: Django's own chain would go to a
thread and back for each middleware and each signal, which cost two thirds of a piece of video.

Django spools larger request bodies to a file on their way in. No such file may ever exist, so what is
larger than memory allows is refused here, before Django reads the first byte.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuramori.main.settings")

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from servestatic.asgi import FileServerASGI
from servestatic.middleware import ServeStaticMiddleware

from kuramori.main.other_pcs import NearOnly

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    Event = Any
    Receive = Callable[[], Awaitable[Event]]
    Send = Callable[[Event], Awaitable[None]]


THREADS = 16
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


class Pages(ASGIHandler):
    """Django with all middleware and views in one thread; an async view finds the event loop from there."""

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(THREADS, "page")  # lasting ones keep their database connection

    def load_middleware(self, is_async: bool = False) -> None:
        """The chain without a single hop, whatever `is_async` asks for."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The whole chain, run in a thread."""
        answer = sync_to_async(self.get_response, thread_sensitive=False, executor=self._threads)
        return await answer(request)


class StaticFirst:
    """Scripts, styles and pictures of the pages, from the files found at start; all else goes to `inner`."""

    def __init__(self, inner: Callable[..., Awaitable[None]]) -> None:
        self._inner = inner
        self._files = ServeStaticMiddleware(_no_page).files

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        file = self._files.get(scope["path"]) if scope["type"] == "http" else None
        await (FileServerASGI(file) if file is not None else self._inner)(scope, receive, send)


async def _no_page(request: HttpRequest) -> HttpResponse:
    raise AssertionError(request.path)


django.setup(set_prefix=False)
application = NearOnly(SmallBodiesOnly(StaticFirst(Pages()), settings.FILE_UPLOAD_MAX_MEMORY_SIZE))
