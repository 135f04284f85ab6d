"""The `web` process: one uvicorn worker on loopback. It starts locked: no storehouse key survives it."""

from __future__ import annotations

import contextlib
import socket

import uvicorn

from kuramori.recorder import service_notice
from kuramori.recorder.hardening import harden

BACKLOG = 128
STOP_WITHIN_S = 5
TICKS_PER_SIGN = 50  # of the server's loop, ten a second


def run(port: int) -> None:
    """Serve the pages on localhost (IPv4, and IPv6 where the machine has it) until SIGTERM."""
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
    _Told(config).run(sockets=_listen(port))


class _Told(uvicorn.Server):
    """Tells systemd that the loop that answers the pages is alive; it is restarted where it hangs."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        service_notice.tell("READY=1")

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS_PER_SIGN == 0:
            service_notice.tell("WATCHDOG=1")
        return await super().on_tick(counter)


def _listen(port: int) -> list[socket.socket]:
    sockets = [socket.create_server(("127.0.0.1", port), backlog=BACKLOG)]
    with contextlib.suppress(OSError):
        sockets.append(socket.create_server(("::1", port), family=socket.AF_INET6, backlog=BACKLOG))
    for one in sockets:  # asyncio does so only for sockets it made; without it each answer waits 40 ms
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sockets
