"""Parsing the settings file: every field named, typed and within bounds; anything else refuses the file."""

from __future__ import annotations

import json
import re
import zoneinfo
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from kuramori.cameras import hours
from kuramori.cameras.rtsp.address import is_loopback
from kuramori.errors import BadInput
from kuramori.pictures import mask_area
from kuramori.recorder.settings_rows import (
    CameraSettings,
    Gate,
    Mask,
    RecorderSettings,
    Retention,
    StorehouseSettings,
    StoreSettings,
)
from kuramori.vault.retention_date import LONGER_MONTHS

FORMAT = 1
ID = re.compile(r"[0-9a-f]{32}\Z")
STORE_ID = re.compile(r"[0-9a-z-]{1,32}\Z")
MAX_DAYS = 31


def parse(data: bytes, *, demo: bool = False, recorder: str | None = None) -> RecorderSettings:
    """The settings in `data`. Raises BadInput: `settings-json`, `settings-format`, `settings-field`, …"""
    try:
        top = json.loads(data)
    except (ValueError, RecursionError):
        raise BadInput("settings-json") from None
    if not isinstance(top, dict) or top.get("format") != FORMAT:
        raise BadInput("settings-format")
    _only(top, "format serial made_at_ns recorder timezone storehouse stores cameras loopback_only")
    loopback_only = _bool(top, "loopback_only") or demo
    settings = RecorderSettings(
        serial=_int(top, "serial"),
        made_at_ns=_int(top, "made_at_ns"),
        recorder=_id(top, "recorder"),
        timezone=_timezone(top),
        storehouse=_storehouse(top["storehouse"]),
        stores=tuple(_store(row) for row in _list(top, "stores")),
        cameras=tuple(_camera(row, loopback_only=loopback_only) for row in _list(top, "cameras")),
        loopback_only=loopback_only,
    )
    if recorder is not None and settings.recorder != recorder:
        raise BadInput("settings-other-recorder")
    ids = [camera.id for camera in settings.cameras]
    if len(set(ids)) != len(ids) or len({store.id for store in settings.stores}) != len(settings.stores):
        raise BadInput("settings-twice")
    return settings


def _camera(row: object, *, loopback_only: bool) -> CameraSettings:
    if not isinstance(row, dict):
        raise BadInput("settings-field")
    row = _only(
        {"masked": False, "mask": None, "certificate": "", "hours": [], "range_version": 0, **row},
        "id number name url priority purpose_version policy_version retention gates masked mask certificate"
        " hours range_version",
    )
    return CameraSettings(
        id=_id(row, "id"),
        number=_int(row, "number"),
        name=_text(row, "name"),
        url=check_address(_text(row, "url"), loopback_only=loopback_only),
        priority=_int(row, "priority"),
        purpose_version=_int(row, "purpose_version", least=1),
        policy_version=_int(row, "policy_version", least=1),
        retention=_retention(row["retention"]),
        gates=tuple(_gate(gate) for gate in _list(row, "gates")),
        masked=_bool(row, "masked"),
        mask=_mask(row),
        certificate=_certificate(row),
        hours=hours.parsed(row["hours"]),
        range_version=_int(row, "range_version"),
    )


def _mask(camera: dict[str, Any]) -> Mask | None:
    if camera["mask"] is None:
        return None
    row = _only(camera["mask"], "version outlines sha256")
    outlines = mask_area.checked(row["outlines"])
    if not camera["masked"] or _text(row, "sha256") != mask_area.fingerprint(outlines):
        raise BadInput("settings-mask")
    return Mask(_int(row, "version", least=1), outlines, row["sha256"])


def _gate(row: object) -> Gate:
    row = _only(row, "gate rule from_ns until_ns")
    name = row["gate"]
    if name not in ("no-record", "sealed"):
        raise BadInput("settings-gate")
    until_ns = None if row["until_ns"] is None else _int(row, "until_ns")
    return Gate(gate=name, rule=_text(row, "rule"), from_ns=_int(row, "from_ns"), until_ns=until_ns)


def _certificate(row: dict[str, Any]) -> str:
    value = _text(row, "certificate")
    if not re.fullmatch(r"(?:[0-9a-f]{64})?", value):
        raise BadInput("settings-field", name="certificate")
    return value


def _retention(row: object) -> Retention:
    """Days or one month; more than a month only by a deviation, whose end stands beside it."""
    if not isinstance(row, dict):
        raise BadInput("settings-field")
    months = until_ns = None
    if "longer_months" in row:
        months, until_ns = (
            _int(row, "longer_months"),
            _int({"longer_until_ns": None, **row}, "longer_until_ns"),
        )
        if months not in LONGER_MONTHS:
            raise BadInput("settings-retention")
        row = {name: value for name, value in row.items() if not name.startswith("longer_")}
    if row == {"months": 1}:
        return Retention(months=1, longer_months=months, longer_until_ns=until_ns)
    row = _only(row, "days")
    days = _int(row, "days", least=1)
    if days > MAX_DAYS:
        raise BadInput("settings-retention")
    return Retention(days=days, longer_months=months, longer_until_ns=until_ns)


def _storehouse(row: object) -> StorehouseSettings | None:
    if row is None:
        return None
    row = _only(row, "key public")
    key, public = _text(row, "key"), _text(row, "public")
    if not re.fullmatch(r"[0-9a-f]{16}", key) or not re.fullmatch(r"[0-9a-f]{64}", public):
        raise BadInput("settings-storehouse")
    return StorehouseSettings(key=key, public=bytes.fromhex(public))


def _store(row: object) -> StoreSettings:
    if not isinstance(row, dict):
        raise BadInput("settings-field")
    row = _only({"marked": False, "draining": False, **row}, "id path reserve_bytes marked draining")
    name = _text(row, "id")
    path = PurePosixPath(_text(row, "path"))
    if not STORE_ID.match(name) or ".." in path.parts or not path.parts:
        raise BadInput("settings-store")
    return StoreSettings(
        id=name,
        path=path,
        reserve_bytes=_int(row, "reserve_bytes"),
        marked=_bool(row, "marked"),
        draining=_bool(row, "draining"),
    )


def check_address(url: str, *, loopback_only: bool) -> str:
    """`url` if it is an RTSP address without credentials, on this machine where asked. Raises BadInput."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise BadInput("settings-address") from None
    if parts.scheme not in ("rtsp", "rtsps") or not host:
        raise BadInput("settings-address")
    if parts.username is not None or parts.password is not None:
        raise BadInput("settings-address-credentials")
    if loopback_only and not is_loopback(host):
        raise BadInput("settings-not-loopback")
    return url


def on_this_machine(url: str) -> bool:
    """Does this RTSP address name this very machine?"""
    return is_loopback(urlsplit(url).hostname or "")


def _timezone(top: dict[str, Any]) -> str:
    name = _text(top, "timezone")
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput("settings-timezone") from None
    return name


def _only(row: object, names: str) -> dict[str, Any]:
    """`row` as an object with exactly these names: an unknown one might be a limit, so it is not ignored."""
    if not isinstance(row, dict) or row.keys() != set(names.split()):
        raise BadInput("settings-field")
    return row


def _int(row: dict[str, Any], name: str, least: int = 0) -> int:
    value = row[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise BadInput("settings-field", name=name)
    return value


def _bool(row: dict[str, Any], name: str) -> bool:
    if not isinstance(row[name], bool):
        raise BadInput("settings-field", name=name)
    return row[name]


def _text(row: dict[str, Any], name: str) -> str:
    if not isinstance(row[name], str):
        raise BadInput("settings-field", name=name)
    return row[name]


def _id(row: dict[str, Any], name: str) -> str:
    value = _text(row, name)
    if not ID.match(value):
        raise BadInput("settings-id")
    return value


def _list(row: dict[str, Any], name: str) -> list[Any]:
    if not isinstance(row[name], list):
        raise BadInput("settings-field", name=name)
    return row[name]
