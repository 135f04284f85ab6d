"""RTSPS: cameras make their own certificates, so one is pinned at enrolment and no other believed after."""

from __future__ import annotations

import hashlib
import hmac
import ssl
from functools import lru_cache
from typing import TYPE_CHECKING

from kuramori.errors import CameraError

if TYPE_CHECKING:
    import asyncio


@lru_cache(maxsize=1)
def context() -> ssl.SSLContext:
    """TLS 1.2 or later; who the other side is, is asked by `require`, before anything is said to it."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def fingerprint(transport: asyncio.BaseTransport) -> str:
    """SHA-256 of the camera's certificate (DER), 64 hex digits."""
    return hashlib.sha256(transport.get_extra_info("ssl_object").getpeercert(binary_form=True)).hexdigest()


def require(seen: str, pinned: str) -> None:
    """CameraError "certificate-unknown" when none is pinned, "certificate-changed" when it is another."""
    if not pinned:
        raise CameraError("certificate-unknown", seen=seen)
    if not hmac.compare_digest(seen, pinned):
        raise CameraError("certificate-changed", seen=seen)
