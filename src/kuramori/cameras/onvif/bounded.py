"""What a camera answers over HTTP, with bounds: one host, no redirect, little of it, no document type.

The ONVIF client hands its requests to a session; this one stands before the real one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from kuramori.errors import CameraError

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

ANSWER_BYTES = 1 << 20
DEPTH = 64
ELEMENTS = 20_000


class BoundedSession:
    """Has what the ONVIF client's transport asks of a session: `post`, `closed`."""

    def __init__(self, session: ClientSession, host: str) -> None:
        self._session = session
        self._host = host

    @property
    def closed(self) -> bool:
        return self._session.closed

    async def post(self, address: str, **given: Any) -> BoundedAnswer:
        """Raises CameraError `protocol` for another host than the camera's: a password would go there."""
        if urlsplit(address).hostname != self._host:
            raise CameraError("protocol", why="other-host")
        return BoundedAnswer(await self._session.post(address, allow_redirects=False, **given))


class BoundedAnswer:
    """An answer of which at most `ANSWER_BYTES` are read, and which is harmless XML or refused."""

    def __init__(self, answer: ClientResponse) -> None:
        self._answer = answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._answer, name)

    async def read(self) -> bytes:
        """Raises CameraError `protocol`."""
        content = bytearray()
        async for piece in self._answer.content.iter_chunked(64 * 1024):
            content += piece
            if len(content) > ANSWER_BYTES:
                self._answer.close()
                raise CameraError("protocol", why="too-long")
        if content.lstrip()[:1] == b"<":
            require_harmless(bytes(content))
        return bytes(content)


def require_harmless(content: bytes) -> None:
    """Well-formed, without document type, not deep, not many. Raises CameraError `protocol`."""
    try:
        top = ElementTree.fromstring(content, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        raise CameraError("protocol", why="xml") from None
    count, level = 0, [top]
    for _ in range(DEPTH):
        level = [child for node in level for child in node]
        count += len(level)
        if not level:
            return
        if count > ELEMENTS:
            break
    raise CameraError("protocol", why="xml-size")
