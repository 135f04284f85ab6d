"""One device over ONVIF, by the pinned client library: who it is, what it shows, its accounts."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import onvif
from onvif import ONVIFCamera, ONVIFError, ONVIFService
from zeep.exceptions import Error as ZeepError

from kuramori.cameras.onvif.bounded import BoundedSession
from kuramori.errors import CameraError

if TYPE_CHECKING:
    from types import TracebackType

WSDL = str(Path(onvif.__file__).parent / "wsdl")
DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
PTZ = "http://www.onvif.org/ver20/ptz/wsdl"
RECORDING = "http://www.onvif.org/ver10/recording/wsdl"
PATIENCE_S = 8
_REFUSED = ("notauthorized", "not authorized", "authority", "unauthorized", "failedauthentication")


class _Camera(ONVIFCamera):
    """Managed at exactly the address that discovery or a person named."""

    def __init__(self, xaddr: str, user: str | None, password: str | None) -> None:
        parts = urlsplit(xaddr)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        super().__init__(parts.hostname or "", port, user, password, wsdl_dir=WSDL, no_cache=True)
        self._managed_at = xaddr

    def get_definition(self, name: str, port_type: str | None = None) -> tuple[str, str, str]:
        xaddr, wsdl, binding = super().get_definition(name, port_type)
        return (self._managed_at if name == "devicemgmt" else xaddr), wsdl, binding


class Device:
    """Use as an asynchronous context manager. Every call raises CameraError: `unreachable`, `refused` (wrong
    name or password), `unsupported` (the device does not know the request), `protocol`."""

    def __init__(self, xaddr: str, user: str = "", password: str = "") -> None:
        parts = urlsplit(xaddr)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise CameraError("protocol", why="address")
        self.host = parts.hostname
        self.clock_off_ms: int | None = None
        self._camera = _Camera(xaddr, user or None, password or None)
        self._named = bool(user)

    async def __aenter__(self) -> Device:
        """Its clock first, which everybody may ask: the digest of a password carries the time."""
        try:
            said = await self._call("devicemgmt", "GetSystemDateAndTime", authless=True)
            self._learn_clock(said)
        except CameraError as problem:
            if problem.code == "unreachable":
                await self.close()
                raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: object, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._camera.close()

    async def services(self) -> set[str]:
        """The namespaces of what the device offers; their addresses are kept, on the device's own host."""
        rows = await self._call("devicemgmt", "GetServices", {"IncludeCapability": False}, authless=True)
        for row in rows or []:
            if row.Namespace and row.XAddr:
                self._camera.xaddrs[str(row.Namespace)] = self.at_home(str(row.XAddr))
        return set(self._camera.xaddrs)

    def at_home(self, url: str) -> str:
        """`url` on the host that we speak to: a device behind an address translator names another one.
        Nothing of a name or password that stands in it is left."""
        parts = urlsplit(url)
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{parts.port}" if parts.port else ""
        return urlunsplit((parts.scheme, f"{host}{port}", parts.path, parts.query, ""))

    async def ask(self, service: str, operation: str, given: dict[str, Any] | None = None) -> Any:
        """One request under the account; `service` as the library names it (devicemgmt, media, ptz …)."""
        return await self._call(service, operation, given, authless=not self._named)

    async def _call(
        self, name: str, operation: str, given: dict[str, Any] | None = None, *, authless: bool = False
    ) -> Any:
        try:
            async with asyncio.timeout(PATIENCE_S):
                service = await self._service(name)
                asked = getattr(service, ("authless_" if authless else "") + operation)
                return await asked(given)
        except CameraError:
            raise
        except (TimeoutError, aiohttp.ClientConnectionError, OSError):
            raise CameraError("unreachable") from None
        except aiohttp.ClientError:
            raise CameraError("protocol", why="http") from None
        except (ZeepError, ONVIFError) as problem:
            raise CameraError(_meaning(problem)) from None
        except (ValueError, TypeError, AttributeError, KeyError, LookupError):
            raise CameraError("protocol", why="answer") from None  # what a broken answer does to the library

    async def _service(self, name: str) -> ONVIFService:
        service = await self._camera.create_onvif_service(name, read_timeout=PATIENCE_S)
        if not isinstance(service.transport.session, BoundedSession):
            service.transport.session = BoundedSession(service.transport.session, self.host)
        return service

    def _learn_clock(self, said: Any) -> None:
        try:
            day, time = said.UTCDateTime.Date, said.UTCDateTime.Time
            theirs = dt.datetime(
                *(day.Year, day.Month, day.Day, time.Hour, time.Minute, min(time.Second, 59)), tzinfo=dt.UTC
            )
        except (AttributeError, TypeError, ValueError):
            return
        off = theirs - dt.datetime.now(dt.UTC)
        self.clock_off_ms = int(off.total_seconds() * 1000)
        if abs(off) > dt.timedelta(seconds=2):
            self._camera.dt_diff = off
            self._camera.services.clear()


def _meaning(problem: Exception) -> str:
    """The code for a SOAP fault or a failed answer."""
    said = repr(problem) + str(getattr(problem, "subcodes", "")) + str(getattr(problem, "message", ""))
    lowered = said.lower()
    if any(word in lowered for word in _REFUSED) or getattr(problem, "status_code", 0) in (401, 403):
        return "refused"
    if "actionnotsupported" in lowered or "not support" in lowered or "doesn`t support" in lowered:
        return "unsupported"
    return "protocol"
