"""ClamAV, where this machine has it: one upload over clamd's local socket (its INSTREAM command).

Nothing is asked of the network. A clamd that is there and cannot answer is a reason to refuse.
"""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

from kuramori.errors import BadInput

DEBIAN_SOCKET = Path("/run/clamav/clamd.ctl")
TIMEOUT_S = 30.0
_CHUNK_BYTES = 64 * 1024
_ANSWER_BYTES = 4096


def socket_path() -> Path:
    """Where clamd listens: KURAMORI_CLAMD if set, else Debian's place."""
    return Path(os.environ.get("KURAMORI_CLAMD") or DEBIAN_SOCKET)


def checked_by(content: bytes) -> str:
    """The engine and its definitions that found nothing in `content`, or "" where there is no ClamAV.

    Raises BadInput `virus-found` (with its `name`) and `virus-check-failed`.
    """
    if not socket_path().exists() and "KURAMORI_CLAMD" not in os.environ:
        return ""
    try:
        answer = _told(b"zINSTREAM\0", content)
        version = _told(b"zVERSION\0")
    except OSError as error:
        raise BadInput("virus-check-failed") from error
    if answer.endswith(" FOUND"):
        raise BadInput("virus-found", name=answer.removeprefix("stream: ").removesuffix(" FOUND")[:80])
    if answer != "stream: OK":
        raise BadInput("virus-check-failed")
    return version[:120]


def _told(command: bytes, content: bytes | None = None) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(TIMEOUT_S)
        line.connect(str(socket_path()))
        line.sendall(command)
        if content is not None:
            for start in range(0, len(content), _CHUNK_BYTES):
                part = content[start : start + _CHUNK_BYTES]
                line.sendall(struct.pack(">I", len(part)) + part)
            line.sendall(struct.pack(">I", 0))
        said = b""
        while b"\0" not in said and len(said) < _ANSWER_BYTES:
            part = line.recv(_ANSWER_BYTES)
            if not part:
                break
            said += part
    return said.split(b"\0")[0].decode("utf-8", "replace").strip()
