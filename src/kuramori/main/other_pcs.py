"""How other PCs of the office reach the pages: TLS 1.3 on a port of its own, for local networks alone."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kuramori import clock
from kuramori.main.units import LOCAL_NETWORKS
from kuramori.web import authority

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HOST, PORT = "KURAMORI_HOST", "KURAMORI_HTTPS_PORT"
HANDSHAKE_WITHIN_S = 10.0
BACKLOG = 128
LOOK_EVERY_S = 3600
_NEAR = tuple(ipaddress.ip_network(one) for one in (*LOCAL_NETWORKS, "127.0.0.0/8", "::1/128"))


def host() -> str:
    """The host name that other PCs use; "" where only this machine is served."""
    return os.environ.get(HOST, "")


def port() -> int:
    return int(os.environ.get(PORT) or 0) or int(os.environ.get("KURAMORI_PORT", "8640")) + 1


class Door:
    """The TLS side of the pages: its sockets, and a context that takes up a renewed certificate."""

    def __init__(self, data: Path, host: str) -> None:
        self._data, self._host = data, host
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.renew()

    def renew(self) -> None:
        """Load the certificate that is right now; handshakes from here on show it."""
        path = authority.chain(self._data, self._host, clock.utc(clock.now_ns()))
        self.context.load_cert_chain(path)

    @staticmethod
    def sockets(port: int) -> list[socket.socket]:
        """Listening on all of this machine's addresses."""
        made = [socket.create_server(("0.0.0.0", port), backlog=BACKLOG)]  # noqa: S104  TLS alone answers
        with contextlib.suppress(OSError):
            six = socket.create_server(("::", port), family=socket.AF_INET6, backlog=BACKLOG)
            made.append(six)
        for one in made:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made


class NearOnly:
    """Answers 403 to whoever calls from outside the local networks: this is never a page of the internet."""

    def __init__(self, inner: Callable[..., Awaitable[None]]) -> None:
        self._inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and not near((scope.get("client") or ("",))[0]):
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send(
                {"type": "http.response.body", "body": "この網からは使えません。 Not from here.\n".encode()}
            )
            return
        await self._inner(scope, receive, send)


def near(address: str) -> bool:
    """Whether an address is this machine's or of a local network."""
    try:
        said = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(said, "ipv4_mapped", None)
    return any(
        (mapped or said) in network for network in _NEAR if network.version == (mapped or said).version
    )
