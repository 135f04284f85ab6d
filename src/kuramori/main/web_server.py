"""The `web` process: one uvicorn worker on loopback, and by TLS for other PCs where a host name is set.

It starts locked: no storehouse key survives it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from pathlib import Path

import uvicorn

from kuramori.main import other_pcs
from kuramori.recorder import service_notice
from kuramori.recorder.hardening import harden

BACKLOG = 128
STOP_WITHIN_S = 5
TICKS_PER_S = 10  # of the server's loop
TICKS_PER_SIGN = 5 * TICKS_PER_S


def run(port: int) -> None:
    """Serve the pages on localhost (IPv4, and IPv6 where the machine has it) until SIGTERM.

    In the clear on loopback only; on other addresses by TLS, and only where a host name is set.
    """
    harden()  # passphrases and the opened storehouse key will lie in this process's memory
    config = uvicorn.Config(
        "kuramori.main.asgi:application",
        access_log=False,  # addresses of grants and invitations do not belong into a log
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_WITHIN_S,
        lifespan="off",
        ws="none",
    )
    _Pages(config, _door()).run(sockets=_listen(port))


def _door() -> other_pcs.Door | None:
    host = other_pcs.host()
    return other_pcs.Door(Path(os.environ["KURAMORI_DATA"]), host) if host else None


class _Pages(uvicorn.Server):
    """Tells systemd that the loop that answers the pages is alive; it is restarted where it hangs."""

    def __init__(self, config: uvicorn.Config, door: other_pcs.Door | None) -> None:
        super().__init__(config)
        self._door = door

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._door is not None:
            await self._open(self._door)
        service_notice.tell("READY=1")

    async def _open(self, door: other_pcs.Door) -> None:
        def protocol() -> asyncio.Protocol:
            kind: type[asyncio.Protocol] = self.config.http_protocol_class
            return kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)  # type: ignore[call-arg]

        loop = asyncio.get_running_loop()
        for one in door.sockets(other_pcs.port()):
            server = await loop.create_server(
                protocol, sock=one, ssl=door.context, ssl_handshake_timeout=other_pcs.HANDSHAKE_WITHIN_S
            )
            self.servers.append(server)

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS_PER_SIGN == 0:
            service_notice.tell("WATCHDOG=1")
        if self._door is not None and counter % (other_pcs.LOOK_EVERY_S * TICKS_PER_S) == 0:
            self._door.renew()
        return await super().on_tick(counter)


def _listen(port: int) -> list[socket.socket]:
    sockets = [socket.create_server(("127.0.0.1", port), backlog=BACKLOG)]
    with contextlib.suppress(OSError):
        sockets.append(socket.create_server(("::1", port), family=socket.AF_INET6, backlog=BACKLOG))
    for one in sockets:  # asyncio does so only for sockets it made; without it each answer waits 40 ms
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sockets
