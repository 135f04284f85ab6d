"""A camera's address: taken apart once, so that no credential travels on in it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from kuramori.cameras.rtsp.stream import Credentials
from kuramori.errors import CameraError

_UNFIT = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}]|[^\x00-\x7f]")
_USER_INFO = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/?#]*@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect and what to ask for. `url` carries no user and no password."""

    host: str
    port: int
    url: str
    credentials: Credentials | None
    secure: bool = False


def parse_address(url: str) -> Address:
    """Take an rtsp:// address apart; CameraError("protocol", why="address") if it can't be one."""
    try:
        return _parse(url)
    except ValueError:
        pass
    raise CameraError("protocol", why="address")  # outside the handler: its text would quote the address


def _parse(url: str) -> Address:
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in ("rtsp", "rtsps") or not parts.hostname or _UNFIT.search(url):
        raise ValueError
    secure = scheme == "rtsps"
    port = parts.port or (322 if secure else 554)
    return Address(parts.hostname, port, without_user(url), _credentials(parts), secure)


def _credentials(parts: SplitResult) -> Credentials | None:
    if parts.username is None:
        return None
    return Credentials(unquote(parts.username), unquote(parts.password or ""))


def is_loopback(host: str) -> bool:
    """Is `host` this machine by its very text? A name that would have to be looked up is not."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def without_user(url: str) -> str:
    """`url` without "user:password@" and what the wire must not carry (blanks, line ends, fragments)."""
    bare = _USER_INFO.sub(r"\1", url)
    return _UNFIT.sub(lambda found: f"%{ord(found[0]) & 0xFF:02X}", bare.partition("#")[0])


def join_control(base: str, control: str) -> str:
    """The address of a track: cameras expect the word appended to the base, not resolved like a link."""
    if not control or control == "*":
        return base
    if re.match(r"rtsps?://", control, re.IGNORECASE):
        return without_user(control)
    return without_user(f"{base}{'' if base.endswith('/') else '/'}{control.lstrip('/')}")
