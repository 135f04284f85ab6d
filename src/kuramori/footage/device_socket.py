"""Asking the running recorder about devices: only it may speak to cameras. Errors as in recorder_socket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kuramori.cameras.position import Place, Stand, parsed
from kuramori.errors import BadInput, CameraError
from kuramori.footage import recorder_socket

DEVICE_S = 75.0
OWN = frozenset({"worker-not-confined", "no-credentials", "no-storehouse", "settings-not-loopback"})


@dataclass(frozen=True, slots=True)
class Sealed:
    """A camera's credentials as only the storehouse's private key opens them."""

    storehouse_key: str
    sealed: bytes


def discover() -> list[dict[str, str]]:
    """Devices that answer on the network: endpoint, xaddr, host, name, hardware."""
    found = _ask({"op": "discover"}).get("found")
    rows = found if isinstance(found, list) else []
    names = ("endpoint", "xaddr", "host", "name", "hardware")
    return [{name: str(row.get(name, ""))[:500] for name in names} for row in rows if isinstance(row, dict)]


def look(xaddr: str, *, user: str = "", password: str = "", device: str = "") -> dict[str, Any]:
    """What a device shows, under the account typed or the one that the recorder keeps for `device`."""
    account = {"device": device} if device else {"user": user, "password": password}
    return _ask({"op": "device-look", "xaddr": xaddr, **account})


def adopt(device: str, xaddr: str, user: str, password: str) -> None:
    """Have the recorder give the device a password of its own making; nobody is told which."""
    _ask({"op": "device-adopt", "device": device, "xaddr": xaddr, "user": user, "password": password})


def share(device: str, cameras: list[str]) -> None:
    """The device's account becomes that of these cameras."""
    _ask({"op": "device-share", "device": device, "cameras": cameras})


def check(camera: str, url: str, xaddr: str) -> dict[str, str]:
    """Finding by name: off, on or unknown."""
    found = _ask({"op": "device-check", "camera": camera, "url": url, "xaddr": xaddr}).get("findings")
    if not isinstance(found, dict):
        raise CameraError("protocol")
    return {str(name)[:32]: str(state)[:8] for name, state in found.items()}


def stand(device: str, xaddr: str, profile: str) -> Stand:
    """Where a movable camera points, and the places that it knows."""
    said = _ask({"op": "device-stand", "device": device, "xaddr": xaddr, "profile": profile})
    rows = said.get("places")
    places = (
        Place(str(row.get("token", "")), str(row.get("name", "")), parsed(row.get("position")))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    )
    return Stand(parsed(said.get("position")), tuple(places))


def sealed_credentials(camera: str) -> Sealed:
    """Raises BadInput `no-credentials`, `no-storehouse`."""
    said = _ask({"op": "sealed-credentials", "camera": camera})
    return Sealed(str(said["storehouse"]), bytes.fromhex(str(said["sealed"])))


def _ask(request: dict[str, Any]) -> dict[str, Any]:
    answer = recorder_socket.exchange(request, DEVICE_S)
    if "error" in answer:
        code = str(answer["error"])
        raise BadInput(code) if code in OWN else CameraError(code)
    return answer
