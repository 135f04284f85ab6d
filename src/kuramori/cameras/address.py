"""A camera's address as a person types it, checked and put into one form."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit, urlunsplit

from kuramori.cameras.rtsp.address import is_loopback
from kuramori.errors import BadInput

DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322}


def has_credentials(url: str) -> bool:
    """Whether a user name or password is written into the address (some cameras ask for it in the path)."""
    lowered = url.lower()
    return "@" in lowered or any(word in lowered for word in ("password=", "passwd=", "pwd=", "pass="))


def canonical(url: str, *, loopback_only: bool = False) -> str:
    """The address in one form, `rtsp://host[:port]/path` (or `rtsps`).

    Raises BadInput: `address-scheme`, `address-credentials`, `address-host`, `address-port`,
    `address-not-loopback` (a demonstration's data directory admits only cameras of this machine).
    """
    text = url.strip()
    if "://" not in text:
        text = f"rtsp://{text}"
    if has_credentials(text):
        raise BadInput("address-credentials")
    parts = _split(text)
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise BadInput("address-scheme")
    host = parts.hostname or ""
    if not host or any(character.isspace() for character in text):
        raise BadInput("address-host")
    if loopback_only and not is_loopback(host):
        raise BadInput("address-not-loopback")
    shown = f"[{host}]" if ":" in host else host
    port = parts.port
    netloc = shown if port in (None, DEFAULT_PORTS[scheme]) else f"{shown}:{port}"
    return urlunsplit((scheme, netloc, parts.path or "/", parts.query, ""))


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # parsed lazily: raises here, not later
    except ValueError as error:
        raise BadInput("address-port") from error
    return parts
