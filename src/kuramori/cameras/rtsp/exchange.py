"""Requests and their answers on one connection: numbering, sign-in, patience."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp.auth import Authorizer
from kuramori.cameras.rtsp.message import Message, write_request
from kuramori.errors import CameraError

if TYPE_CHECKING:
    from kuramori.cameras.rtsp.stream import Credentials
    from kuramori.cameras.rtsp.wire import Wire

_TRIES = 4


class Exchange:
    """One request at a time. Cameras number answers wrongly: only one to an abandoned request is dropped."""

    def __init__(self, wire: Wire, credentials: Credentials | None, patience_s: float) -> None:
        self._wire = wire
        self._authorizer = Authorizer(credentials) if credentials else None
        self._patience_s = patience_s
        self._number = 0
        self._abandoned: set[int] = set()
        self._turn = asyncio.Lock()
        self.session = ""

    async def ask(self, method: str, url: str, headers: dict[str, str] | None = None) -> Message:
        """Send and wait; signs in when told to. CameraError: "refused", "unreachable", or how it ended."""
        async with self._turn:
            for attempt in range(_TRIES):
                answer = await self._once(method, url, headers or {})
                if answer.status != 401:
                    return answer
                if self._authorizer is None:
                    raise CameraError("refused", why="no-credentials")
                if not self._authorizer.take(answer.all("www-authenticate"), tried=attempt > 0):
                    break
        raise CameraError("refused", why="credentials")

    def send(self, method: str, url: str) -> None:
        """Send and wait for nothing."""
        self._wire.write(self._request(method, url, {}))
        self._abandoned.add(self._number)

    def unasked(self) -> list[Message]:
        """What has come while nobody waited: answers to `send`, requests of the camera's own."""
        self._abandoned.clear()
        found: list[Message] = []
        while not self._wire.answers.empty():
            answer = self._wire.answers.get_nowait()
            if answer.status == 401 and self._authorizer is not None:
                self._authorizer.take(answer.all("www-authenticate"), tried=False)
            found.append(answer)
        return found

    def _request(self, method: str, url: str, headers: dict[str, str]) -> bytes:
        self._number += 1
        fields = {"CSeq": str(self._number), "User-Agent": "kuramori", **headers}
        if self.session:
            fields["Session"] = self.session
        said = self._authorizer.header(method, url) if self._authorizer else None
        if said:
            fields["Authorization"] = said
        return write_request(method, url, fields)

    async def _once(self, method: str, url: str, headers: dict[str, str]) -> Message:
        self._wire.write(self._request(method, url, headers))
        try:
            async with asyncio.timeout(self._patience_s):
                while True:
                    answer = await self._next()
                    if answer.status >= 200 and not self._is_stale(answer):
                        return answer
        except TimeoutError:
            self._abandoned.add(self._number)
            raise CameraError("unreachable", why="no-answer", method=method) from None

    def _is_stale(self, answer: Message) -> bool:
        number = answer.get("cseq")
        if number.isdecimal() and len(number) < 10 and int(number) in self._abandoned:
            self._abandoned.discard(int(number))
            return True
        return False

    async def _next(self) -> Message:
        """The next message; the connection's end raises its reason."""
        if not self._wire.answers.empty():
            return self._wire.answers.get_nowait()
        waiting = asyncio.ensure_future(self._wire.answers.get())
        either: set[asyncio.Future[Message] | asyncio.Future[CameraError]] = {waiting, self._wire.over}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if waiting.done() and not waiting.cancelled():
            return waiting.result()
        raise self._wire.over.result()
