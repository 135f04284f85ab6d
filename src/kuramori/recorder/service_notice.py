"""Tells systemd that the process is ready and alive; nothing at all when it was not started by systemd."""

from __future__ import annotations

import os
import socket


def tell(state: str) -> None:
    """`state` is "READY=1", "WATCHDOG=1" or "STOPPING=1" (sd_notify's protocol). Never fails, never waits."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as line:
        try:
            line.sendto(state.encode(), f"\0{address[1:]}" if address[0] == "@" else address)
        except OSError:
            pass  # systemd restarts what it does not hear from; there is nobody else to tell
