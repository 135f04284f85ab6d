"""Decisions about devices: found, registered, not ours; what a check found; what a person says for it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kuramori import clock
from kuramori.cameras import hardening
from kuramori.cameras.device_models import Device, DeviceAttestation, DeviceCheck, DeviceState
from kuramori.errors import BadInput
from kuramori.ledger import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.contrib.auth.base_user import AbstractBaseUser

    from kuramori.cameras.models import Camera

PROGRAM = "program:work"


def take_in(found: Iterable[Mapping[str, str]], actor: str = PROGRAM) -> list[Device]:
    """Rows for what answered; returns the new ones. A known device may have moved to another address."""
    now_ns, new = clock.now_ns(), []
    with transaction.atomic():
        for row in found:
            if "@" in row["xaddr"]:
                continue
            device, made = Device.objects.get_or_create(
                endpoint=row["endpoint"][:120],
                defaults={"id": secrets.token_hex(16), "found_ns": now_ns, "seen_ns": now_ns, **_where(row)},
            )
            if not made:
                Device.objects.filter(pk=device.pk).update(seen_ns=now_ns, **_where(row))
                continue
            new.append(device)
            entries.record(
                "device-found", actor=actor, obj={"device": device.pk}, detail={"address": device.host}
            )
    return new


def decide_out(device: Device, reason: str, by: AbstractBaseUser) -> None:
    """A person says that this device is not one of the body's cameras. Raises BadInput."""
    if device.state == DeviceState.REGISTERED:
        raise BadInput("device-registered")
    if not reason.strip():
        raise BadInput("device-reason")
    with transaction.atomic():
        _decide(device, DeviceState.OUT, by, reason=reason.strip())
        entries.record(
            "device-out", actor=entries.actor_of(by), obj={"device": device.pk}, reason=reason.strip()
        )


def registered(device: Device, by: AbstractBaseUser) -> None:
    """Its cameras are registered."""
    with transaction.atomic():
        _decide(device, DeviceState.REGISTERED, by, reason="")
        entries.record("device-registered", actor=entries.actor_of(by), obj={"device": device.pk})


def password_set(device: Device, by: AbstractBaseUser) -> None:
    """The recorder has given it a password. Which, nobody knows."""
    with transaction.atomic():
        Device.objects.filter(pk=device.pk).update(password_set_ns=clock.now_ns())
        entries.record("device-password-made", actor=entries.actor_of(by), obj={"device": device.pk})


def learn(device: Device, seen: Mapping[str, Any]) -> None:
    """What the device says of itself; another firmware than before is an entry."""
    said = {name: str(seen.get(name, ""))[:120] for name in ("manufacturer", "model", "firmware", "serial")}
    before = device.firmware
    with transaction.atomic():
        Device.objects.filter(pk=device.pk).update(**said)
        if before and before != said["firmware"]:
            entries.record(
                "device-firmware",
                actor=PROGRAM,
                obj={"device": device.pk},
                detail={"firmware": said["firmware"], "before": before},
            )
    for name, value in said.items():
        setattr(device, name, value)


def support_ends(device: Device, day: date | None, by: AbstractBaseUser) -> None:
    """Until when the maker mends holes, as the maker says."""
    with transaction.atomic():
        Device.objects.filter(pk=device.pk).update(support_until=day)
        entries.record(
            "device-support",
            actor=entries.actor_of(by),
            obj={"device": device.pk},
            detail={"until": day.isoformat() if day else ""},
        )


def checked(camera: Camera, findings: Mapping[str, str], actor: str = PROGRAM) -> DeviceCheck:
    """Keep what a run of the probes found; names that nobody asked for are dropped."""
    kept = {name: state for name, state in findings.items() if name in hardening.BY_NAME}
    with transaction.atomic():
        row = DeviceCheck.objects.create(camera=camera, at_ns=clock.now_ns(), findings=kept)
        entries.record(
            "camera-checked",
            actor=actor,
            obj={"camera": camera.pk},
            outcome="failed" if hardening.is_open(kept) else "done",
            detail={"open": [name for name, state in kept.items() if state == hardening.ON]},
        )
    return row


def attest(camera: Camera, name: str, words: str, by: AbstractBaseUser) -> DeviceAttestation:
    """A person has looked, and says for a year how. Raises BadInput for what the program sees itself."""
    check = hardening.BY_NAME.get(name)
    if check is None or not check.attestable:
        raise BadInput("attestation-not-asked")
    if not words.strip():
        raise BadInput("attestation-words")
    now_ns = clock.now_ns()
    with transaction.atomic():
        row = DeviceAttestation.objects.create(
            camera=camera,
            check_name=name,
            words=words.strip(),
            by_id=by.pk,
            at_ns=now_ns,
            until_ns=now_ns + hardening.ATTESTED_FOR_NS,
        )
        entries.record(
            "camera-attested",
            actor=entries.actor_of(by),
            obj={"camera": camera.pk},
            detail={"check": name},
            reason=words.strip(),
        )
    return row


def newest_check(camera: Camera) -> DeviceCheck | None:
    return DeviceCheck.objects.filter(camera=camera).order_by("-at_ns").first()


def said_until(camera: Camera) -> dict[str, int]:
    """Name of a check → until when the newest word for it counts."""
    rows = DeviceAttestation.objects.filter(camera=camera).order_by("at_ns")
    return dict(rows.values_list("check_name", "until_ns"))


def _decide(device: Device, state: str, by: AbstractBaseUser, *, reason: str) -> None:
    Device.objects.filter(pk=device.pk).update(
        state=state, reason=reason, decided_by_id=by.pk, decided_ns=clock.now_ns()
    )


def _where(row: Mapping[str, str]) -> dict[str, str]:
    name = " ".join(one for one in (row.get("name", ""), row.get("hardware", "")) if one)
    return {"xaddr": row["xaddr"][:500], "host": row["host"][:64], "name": name[:120]}
