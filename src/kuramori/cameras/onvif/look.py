"""What a device shows of itself: maker, firmware, channels with their streams, recordings of its own.

Answers are plain values of bounded length, whatever the device says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuramori.cameras.onvif.device import PTZ, RECORDING
from kuramori.errors import CameraError

if TYPE_CHECKING:
    from kuramori.cameras.onvif.device import Device

MOST_CHANNELS = 64
MOST_PROFILES = 128
MOST_PRESETS = 100
WORD_CHARS = 120


def word(value: object, most: int = WORD_CHARS) -> str:
    """Printable text of at most `most` characters."""
    return "".join(one for one in str(value if value is not None else "") if one.isprintable())[:most]


async def look(device: Device) -> dict[str, Any]:
    """Everything that registration fills in. Raises CameraError like `Device`."""
    services = await device.services()
    info = await device.ask("devicemgmt", "GetDeviceInformation")
    return {
        "manufacturer": word(info.Manufacturer),
        "model": word(info.Model),
        "firmware": word(info.FirmwareVersion),
        "serial": word(info.SerialNumber),
        "clock_off_ms": device.clock_off_ms,
        "channels": await channels(device, ptz=PTZ in services),
    }


async def channels(device: Device, *, ptz: bool) -> list[dict[str, Any]]:
    """One row a video source (an encoder or a DVR has several), each with its streams, largest first."""
    found: dict[str, dict[str, Any]] = {}
    for profile in (await device.ask("media", "GetProfiles") or [])[:MOST_PROFILES]:
        encoder, source = profile.VideoEncoderConfiguration, profile.VideoSourceConfiguration
        if encoder is None or source is None or len(found) > MOST_CHANNELS:
            continue
        uri = await device.ask("media", "GetStreamUri", _stream(profile.token))
        resolution = encoder.Resolution
        row = {
            "token": word(profile.token),
            "name": word(profile.Name),
            "codec": word(encoder.Encoding, 16),
            "width": number(getattr(resolution, "Width", 0)),
            "height": number(getattr(resolution, "Height", 0)),
            "url": word(device.at_home(str(uri.Uri)), 500),
        }
        token = word(source.SourceToken)
        moves = ptz and getattr(profile, "PTZConfiguration", None) is not None
        channel = found.setdefault(token, {"source": token, "ptz": "", "profiles": []})
        channel["ptz"] = channel["ptz"] or (row["token"] if moves else "")
        channel["profiles"].append(row)
    for channel in found.values():
        channel["profiles"].sort(key=lambda row: -row["width"] * row["height"])
    return list(found.values())[:MOST_CHANNELS]


async def protocols(device: Device) -> dict[str, bool]:
    """HTTP, HTTPS, RTSP → whether it is switched on. Raises CameraError `unsupported` like others."""
    rows = await device.ask("devicemgmt", "GetNetworkProtocols")
    return {word(row.Name, 16): bool(row.Enabled) for row in (rows or [])[:16]}


async def records_itself(device: Device) -> bool | None:
    """Whether a recording job of the device's own runs (profile G); None when it does not say."""
    if RECORDING not in await device.services():
        return None
    jobs = await device.ask("recording", "GetRecordingJobs")
    modes = [str(job.JobConfiguration.Mode).lower() for job in (jobs or [])[:MOST_PROFILES]]
    return any(mode == "active" for mode in modes)


async def stand(device: Device, profile: str) -> dict[str, Any]:
    """Where a movable camera points (None: it does not tell), and the places that it knows by name. It is
    never moved."""
    await device.services()
    asked = {"ProfileToken": profile}
    return {
        "position": _position(getattr(await _if_known(device, "GetStatus", asked), "Position", None)),
        "places": [
            {
                "token": word(row.token),
                "name": word(row.Name),
                "position": _position(getattr(row, "PTZPosition", None)),
            }
            for row in (await _if_known(device, "GetPresets", asked) or [])[:MOST_PRESETS]
        ],
    }


async def _if_known(device: Device, operation: str, given: dict[str, Any]) -> Any:
    try:
        return await device.ask("ptz", operation, given)
    except CameraError as problem:
        if problem.code != "unsupported":
            raise
        return None


def _position(said: Any) -> dict[str, float] | None:
    turned, zoom = getattr(said, "PanTilt", None), getattr(said, "Zoom", None)
    axes = {
        "pan": getattr(turned, "x", None),
        "tilt": getattr(turned, "y", None),
        "zoom": getattr(zoom, "x", None),
    }
    return {name: float(value) for name, value in axes.items() if isinstance(value, int | float)} or None


async def set_password(device: Device, user: str, new: str) -> None:
    """Give `user` the password `new`; on a device that has no account yet, make it the first one."""
    account = {"Username": user, "Password": new, "UserLevel": "Administrator"}
    try:
        users = await device.ask("devicemgmt", "GetUsers")
    except CameraError as problem:
        if problem.code != "unsupported":
            raise
        users = [account]
    known = {word(getattr(one, "Username", "")) for one in users or []} or ({user} if users else set())
    operation = "SetUser" if user in known or users else "CreateUsers"
    await device.ask("devicemgmt", operation, {"User": [account]})


def number(value: object) -> int:
    """A whole number from 0 to 65,535; 0 for anything else."""
    return value if isinstance(value, int) and 0 <= value <= 0xFFFF else 0


def _stream(profile: object) -> dict[str, Any]:
    setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    return {"StreamSetup": setup, "ProfileToken": str(profile)}
