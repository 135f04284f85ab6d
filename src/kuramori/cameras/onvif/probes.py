"""Gentle probes of one camera: what a stranger on the network would get, and what it keeps or sends alone.

At most two sign-ins that must fail in a run (none, and the password it came with), never a list of guesses.
Each finding is `off` (as it must be), `on`, or `unknown` (the camera does not say: a person has to look).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kuramori.cameras.onvif import look
from kuramori.cameras.onvif.device import MEDIA, Device
from kuramori.cameras.rtsp import Credentials, RtspClient
from kuramori.clock import SystemClock
from kuramori.errors import CameraError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from kuramori.cameras.rtsp import AccessUnit, VideoTrack

PATIENCE_S = 6.0
PORT_S = 2.0
UPNP_S = 1.5
TELNET, FTP, HTTP, SSDP = 23, 21, 80, 1900
OFF, ON, UNKNOWN = "off", "on", "unknown"
_SEARCH = (
    'M-SEARCH * HTTP/1.1\r\nHOST: {host}:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: upnp:rootdevice\r\n\r\n'
)


async def check(job: dict[str, Any]) -> dict[str, str]:
    """Finding by name. `job`: url, xaddr ("" without ONVIF), user, password, factory (name and password the
    camera came with, or none). Raises CameraError `unreachable` when the camera is not there."""
    url, xaddr = str(job["url"]), str(job["xaddr"])
    host = urlsplit(url).hostname or ""
    found = {"anonymous-rtsp": await rtsp_open(url, None)}
    ports = await asyncio.gather(*(port_open(host, port) for port in (TELNET, FTP, HTTP)), upnp(host))
    found |= dict(zip(("telnet", "ftp", "plain-http", "upnp"), ports, strict=True))
    found["factory-password"] = await factory_opens(url, xaddr, job.get("factory"))
    found |= {"anonymous-onvif": OFF, "card-recording": UNKNOWN, "file-upload": UNKNOWN}
    found |= {
        "mail-upload": UNKNOWN,
        "cloud": UNKNOWN,
    }  # ONVIF, as the client speaks it, has no word for these
    if xaddr:
        found["anonymous-onvif"] = await onvif_open(xaddr)
        async with Device(xaddr, str(job["user"]), str(job["password"])) as device:
            found |= await told(device, xaddr)
    return found


async def told(device: Device, xaddr: str) -> dict[str, str]:
    """What the device says of itself under its account."""
    found = {"plain-http": ON} if xaddr.startswith("http:") else {}
    with contextlib.suppress(CameraError):
        if (await look.protocols(device)).get("HTTP"):
            found["plain-http"] = ON
    found["card-recording"] = await _said(look.records_itself(device))
    return found


async def rtsp_open(url: str, credentials: Credentials | None) -> str:
    """Whether pictures come under these credentials (none: anybody's). Raises CameraError `unreachable`."""
    sink = _First()
    client = RtspClient(url, credentials, sink, SystemClock(), pinned=None, answer_patience_s=PATIENCE_S)
    running = asyncio.create_task(client.run())
    try:
        async with asyncio.timeout(PATIENCE_S):
            await sink.known.wait()
    except TimeoutError:
        return UNKNOWN
    finally:
        await client.stop()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    if sink.seen:
        return ON
    code = sink.error.code if sink.error else ""
    if code == "unreachable":
        raise CameraError("unreachable")
    return OFF if code in ("refused", "not-found") else UNKNOWN


async def onvif_open(xaddr: str) -> str:
    """Whether anybody may ask for the device's data or its streams."""
    async with Device(xaddr) as device:
        answers = [await _opens(device, "devicemgmt", "GetDeviceInformation")]
        with contextlib.suppress(CameraError):
            if MEDIA in await device.services():
                answers.append(await _opens(device, "media", "GetProfiles"))
    return ON if ON in answers else answers[0]


async def factory_opens(url: str, xaddr: str, factory: object) -> str:
    """One try with the password that the camera came with; where none is known, with an empty one."""
    user, password = factory if isinstance(factory, list) and len(factory) == 2 else ("admin", "")
    if xaddr:
        async with Device(xaddr, str(user), str(password)) as device:
            return await _opens(device, "devicemgmt", "GetDeviceInformation")
    return await rtsp_open(url, Credentials(str(user), str(password)))


async def port_open(host: str, port: int) -> str:
    """Whether somebody listens; a port that does not answer is shut."""
    try:
        async with asyncio.timeout(PORT_S):
            _reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return OFF
    writer.close()
    return ON


async def upnp(host: str) -> str:
    """Whether the device answers a search by UPnP that is sent to it alone."""
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[str] = loop.create_future()
    try:
        line, _ = await loop.create_datagram_endpoint(
            lambda: _Heard(heard), remote_addr=(host, SSDP), family=socket.AF_INET
        )
    except OSError:
        return OFF
    try:
        line.sendto(_SEARCH.format(host=host).encode())
        async with asyncio.timeout(UPNP_S):
            return await heard
    except (OSError, TimeoutError):
        return OFF
    finally:
        line.close()


async def _opens(device: Device, service: str, operation: str) -> str:
    try:
        await device.ask(service, operation)
    except CameraError as problem:
        return OFF if problem.code == "refused" else UNKNOWN
    return ON


async def _said(asked: Awaitable[bool | None]) -> str:
    try:
        answer = await asked
    except CameraError:
        return UNKNOWN
    return UNKNOWN if answer is None else (ON if answer else OFF)


class _Heard(asyncio.DatagramProtocol):
    def __init__(self, heard: asyncio.Future[str]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not self._heard.done():
            self._heard.set_result(ON if data.startswith(b"HTTP/1.1 200") else UNKNOWN)

    def error_received(self, exc: Exception) -> None:
        if not self._heard.done():
            self._heard.set_result(OFF)


class _First:
    """A sink that waits for the first picture, or for why there is none."""

    def __init__(self) -> None:
        self.known = asyncio.Event()
        self.seen = False
        self.error: CameraError | None = None

    def opened(self, video: VideoTrack) -> None:
        self.seen = True
        self.known.set()

    def access_unit(self, au: AccessUnit) -> None: ...

    def lost(self, packets: int) -> None: ...

    def sender_report(self, ntp_ns: int, rtp_90k: int) -> None: ...

    def closed(self, error: CameraError | None) -> None:
        self.error = error
        self.known.set()
