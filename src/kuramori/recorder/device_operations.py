"""What can be asked of the recorder about devices: found, looked at, given a password, checked.

The recorder makes each password itself. It is durable in the key table before the camera hears of it, and
leaves this process only to the camera's worker and sealed to the storehouse.
"""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kuramori.cameras.rtsp.address import is_loopback
from kuramori.errors import BadInput, CameraError
from kuramori.recorder.device_asking import DeviceAsking
from kuramori.recorder.settings_reading import check_address
from kuramori.recorder.socket_frames import identity, text
from kuramori.vault import credential_seal

if TYPE_CHECKING:
    import asyncio

    from kuramori.recorder.process import Recorder
    from kuramori.recorder.socket_frames import FrameWriter
    from kuramori.recorder.socket_server import Operation

PASSWORD_CHARS = 16  # what nearly every camera takes; of letters and digits: 95 bits
MOST_CAMERAS = 64
_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
NEVER_SET = frozenset({"refused", "unsupported"})


def new_password() -> str:
    """16 letters and digits, of each kind at least one (cameras insist)."""
    while True:
        made = "".join(secrets.choice("".join(_KINDS)) for _ in range(PASSWORD_CHARS))
        if all(set(made) & set(kind) for kind in _KINDS):
            return made


class DeviceOperations:
    """Bound to one running recorder; `table()` is added to what the socket serves."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._asking = DeviceAsking()

    def table(self) -> dict[str, Operation]:
        return {
            "discover": self.discover,
            "device-look": self.look,
            "device-adopt": self.adopt,
            "device-share": self.share,
            "device-check": self.check,
            "device-stand": self.stand,
            "sealed-credentials": self.sealed_credentials,
        }

    async def discover(self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader) -> None:
        await answers.say(await self._asking.ask(do="discover", loopback_only=self._loopback_only()))

    async def look(self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader) -> None:
        """What the device shows, under a name and password that a person typed or under its row's."""
        user, password = self._account(request)
        await answers.say(
            await self._asking.ask(do="look", xaddr=self._xaddr(request), user=user, password=password)
        )

    async def adopt(self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader) -> None:
        """Give the device a password of the recorder's making. Tried again after a failure of any kind: the
        one that may already be set is tried first."""
        device, xaddr = identity(request, "device"), self._xaddr(request)
        keeper = self._recorder.parts.keeper
        user, password = text(request, "user", 64), text(request, "password", 128)
        row = keeper.credentials(device)
        if row is not None and row["user"] == user and await self._opens(xaddr, user, row["password"]):
            await answers.say({"set": True})
            return
        row = {"user": user, "password": new_password(), "factory": password}
        await keeper.change_credentials({device: row})
        try:
            await self._asking.ask(
                do="set-password", xaddr=xaddr, user=user, password=password, new=row["password"]
            )
        except CameraError as problem:
            if problem.code in NEVER_SET:
                await keeper.change_credentials({device: None})
            raise
        await answers.say({"set": True})

    async def share(self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader) -> None:
        """The device's account becomes that of its cameras (an encoder has several)."""
        row = self._recorder.parts.keeper.credentials(identity(request, "device"))
        cameras = request.get("cameras")
        if row is None or not isinstance(cameras, list) or not 0 < len(cameras) <= MOST_CAMERAS:
            raise BadInput("request", name="cameras")
        ids = [identity({"camera": camera}, "camera") for camera in cameras]
        await self._recorder.parts.keeper.change_credentials({camera: dict(row) for camera in ids})
        for camera in ids:
            await self._recorder.renew_worker(camera)
        await answers.say({"ok": True})

    async def check(self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader) -> None:
        """The gentle probes of one camera, under its row of the key table."""
        url = check_address(text(request, "url"), loopback_only=self._loopback_only())
        row = self._recorder.parts.keeper.credentials(identity(request, "camera")) or {}
        factory = [row["user"], row["factory"]] if "factory" in row else None
        await answers.say(
            await self._asking.ask(
                do="check",
                url=url,
                xaddr=self._xaddr(request) if request.get("xaddr") else "",
                user=row.get("user", ""),
                password=row.get("password", ""),
                factory=factory,
            )
        )

    async def stand(self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader) -> None:
        """Where a movable camera points, and the places that it knows. Nothing here moves one."""
        user, password = self._account(request)
        profile, xaddr = text(request, "profile", 120), self._xaddr(request)
        await answers.say(
            await self._asking.ask(do="stand", xaddr=xaddr, user=user, password=password, profile=profile)
        )

    async def sealed_credentials(
        self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader
    ) -> None:
        """A camera's row, sealed to the storehouse key in force: nobody opens it before unlocking."""
        camera, parts = identity(request, "camera"), self._recorder.parts
        row = parts.keeper.credentials(camera)
        storehouse = parts.settings.storehouse if parts.settings is not None else None
        if row is None or storehouse is None:
            raise BadInput("no-credentials" if row is None else "no-storehouse")
        kept = {"user": row["user"], "password": row["password"]}
        sealed = credential_seal.seal(
            storehouse.public, kept, recorder=parts.recorder, camera=camera, key=storehouse.key
        )
        await answers.say({"storehouse": storehouse.key, "sealed": sealed.hex()})

    async def _opens(self, xaddr: str, user: str, password: str) -> bool:
        try:
            await self._asking.ask(do="look", xaddr=xaddr, user=user, password=password)
        except CameraError as problem:
            if problem.code == "refused":
                return False
            raise
        return True

    def _account(self, request: dict[str, Any]) -> tuple[str, str]:
        if "device" in request:
            row = self._recorder.parts.keeper.credentials(identity(request, "device")) or {}
            return row.get("user", ""), row.get("password", "")
        return text(request, "user", 64), text(request, "password", 128)

    def _xaddr(self, request: dict[str, Any]) -> str:
        """Raises BadInput `settings-address`, or `settings-not-loopback` in a demonstration."""
        xaddr = text(request, "xaddr", 500)
        try:
            parts = urlsplit(xaddr)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            raise BadInput("settings-address") from None
        if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
            raise BadInput("settings-address")
        if self._loopback_only() and not is_loopback(host):
            raise BadInput("settings-not-loopback")
        return xaddr

    def _loopback_only(self) -> bool:
        settings = self._recorder.parts.settings
        return self._recorder.demo or (settings is not None and settings.loopback_only)
