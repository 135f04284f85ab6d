"""The one file by which everything a person decided reaches the recorder.

It is composed from rows, replaced atomically, and its serial moves only when what it says has changed. A
gate is written with the instants between which it is closed, so the recorder obeys a pledge that runs out
at midnight with nobody running at midnight.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import transaction

from kuramori import clock
from kuramori.cameras import enrolment
from kuramori.cameras.models import Camera
from kuramori.errors import BadInput, Damaged
from kuramori.footage import datadir, findings, recorder_socket
from kuramori.footage.models import AddedDisk, SealingKey, SettingsSerial
from kuramori.ledger import entries
from kuramori.pictures import mask_area
from kuramori.places import bodies
from kuramori.policy import deviations
from kuramori.policy.models import Purpose, RetentionRule, Verdict
from kuramori.recorder import exact_json

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.cameras.models import ApprovedRange
    from kuramori.policy.deviations import InForce

FORMAT = 1
CAMERA_GATES = ("no-record", "sealed")
DEFAULT_RESERVE_BYTES = 1 << 30


def write(actor: str = "program:work") -> None:
    """Bring the recorder's settings file up to date with the rows and wake the recorder.

    May be called after any change and as often as one likes; inside a transaction it acts at the commit.
    """
    transaction.on_commit(lambda: write_now(actor))


def write_now(actor: str = "program:work") -> int:
    """Compose and replace the file now; returns the serial that counts.

    Same content, same serial, no write.
    """
    with transaction.atomic():
        # The row is the lock: two processes that write at once would otherwise swap old for new.
        row, _ = SettingsSerial.objects.select_for_update().get_or_create(id=1)
        said = content()
        digest = hashlib.sha256(exact_json.dumps(said)).hexdigest()
        path = datadir.record_dir() / "settings.json"
        if digest == row.content_sha256 and _says(path, row):
            return row.serial
        row.serial, row.content_sha256, row.made_at_ns = row.serial + 1, digest, clock.now_ns()
        row.save()
        entries.record(
            "settings-written",
            actor=actor,
            obj={"serial": row.serial},
            outcome="done",
            detail={"sha256": digest},
        )
        whole = {"format": FORMAT, "serial": row.serial, "made_at_ns": row.made_at_ns, **said}
        datadir.write_durably(path, json.dumps(whole, ensure_ascii=False, indent=1).encode())
    recorder_socket.wake_if_running()
    return row.serial


def keep() -> None:
    """Write the file again when it is not the one that was written, with a finding in the ledger.

    Whoever can change it opens gates, or has footage sealed to a key of their own.
    """
    with transaction.atomic():  # takes the database's write lock: no other process is half-way through
        row = SettingsSerial.objects.filter(id=1).first()
        if row is None or _says(datadir.record_dir() / "settings.json", row):
            return
        findings.stand("settings-changed", str(row.serial))
    write_now()
    findings.clear("settings-changed", str(row.serial))


def _says(path: Path, row: SettingsSerial) -> bool:
    """Whether the file at `path` is the one that `row` remembers writing."""
    try:
        said = json.loads(path.read_bytes())
        made = {name: said.pop(name) for name in ("format", "serial", "made_at_ns")}
        digest = hashlib.sha256(exact_json.dumps(said)).hexdigest()
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError, Damaged):
        return False
    return digest == row.content_sha256 and made == {
        "format": FORMAT,
        "serial": row.serial,
        "made_at_ns": row.made_at_ns,
    }


def content() -> dict[str, Any]:
    """What the file says, without its serial and time of writing."""
    sealing = SealingKey.in_force()
    return {
        "recorder": datadir.recorder_id(),
        "timezone": bodies.timezone(),
        "storehouse": {"key": sealing.key_id, "public": sealing.public} if sealing else None,
        "stores": _stores(),
        "cameras": [
            described for camera in Camera.objects.filter(retired_ns=None) if (described := _camera(camera))
        ],
        "loopback_only": bool(getattr(settings, "DEMO", False)),
    }


def _camera(camera: Camera) -> dict[str, Any] | None:
    """One camera's part; None while nobody has said what it is for and how long its footage is kept."""
    purpose = Purpose.objects.filter(camera=camera).order_by("-version").first()
    rule = RetentionRule.objects.filter(camera=camera).order_by("-version").first()
    if purpose is None or rule is None:
        return None
    approved = enrolment.current_range(camera)
    return {
        "id": camera.id,
        "number": camera.number,
        "name": camera.name,
        "url": camera.url,
        "priority": camera.priority,
        "purpose_version": purpose.version,
        "policy_version": rule.version,
        "retention": _retention(rule),
        "gates": _gates(camera),
        **_mask(approved),
        "certificate": camera.certificate_sha256,
        "hours": approved.hours if approved else [],
        "range_version": approved.version if approved else 0,
    }


def _retention(rule: RetentionRule) -> dict[str, Any]:
    """The period; where a deviation lengthens it, with the instant at which that deviation is over."""
    said: dict[str, Any] = {"days": rule.days} if rule.days else {"months": rule.months}
    if rule.deviation and rule.longer_months:
        said |= {"longer_months": rule.longer_months, "longer_until_ns": rule.deviation.over_at_ns}
    return said


def _gates(camera: Camera) -> list[dict[str, Any]]:
    """The recorder's gates for one camera, from the verdicts about it, its site and the body."""
    verdicts = [
        verdict
        for kind, subject in (("camera", camera.id), ("site", str(camera.site_id)), ("body", "1"))
        for verdict in Verdict.objects.filter(subject_kind=kind, subject_id=subject)
    ]
    if not any(verdict.subject_kind == "camera" for verdict in verdicts):
        # Nobody has judged this camera yet: closed, as with everything that nobody has decided.
        return [{"gate": "no-record", "rule": "unjudged", "from_ns": 0, "until_ns": None}]
    # The recorder knows no cases: for which case a camera is open, `access` asks with every grant.
    passed = deviations.all_in_force(clock.now_ns(), deviations.ANY_CASE)
    spans = [
        kept for verdict in verdicts for span in _spans(verdict) for kept in _left(span, verdict, passed)
    ]
    return sorted(spans, key=lambda span: (span["rule"], span["from_ns"]))


class Span(NamedTuple):
    """A gate closed from one instant to another (None: until cured), and for which reason."""

    gate: str
    code: str
    from_ns: int
    until_ns: int | None


def _spans(verdict: Verdict) -> list[Span]:
    spans = []
    changes = verdict.turns_at_ns is not None and verdict.turns_to_gate != verdict.gate
    if verdict.gate in CAMERA_GATES:
        # From 0: it is closed as this is written, and a clock that is set back must not open it.
        until_ns = verdict.turns_at_ns if changes else None
        spans.append(Span(verdict.gate, verdict.code, 0, until_ns))
    if changes and verdict.turns_to_gate in CAMERA_GATES:
        spans.append(Span(verdict.turns_to_gate, verdict.turns_to_code, verdict.turns_at_ns or 0, None))
    return spans


def _left(span: Span, verdict: Verdict, passed: InForce) -> list[dict[str, Any]]:
    """What a deviation in force leaves of a span: what comes after the deviation's end.

    Its beginning lies in the past as this is written and is left out, so that a clock that is set back stops
    nothing that somebody approved.
    """
    by = passed.passing(span.code, verdict.subject_kind, verdict.subject_id)
    from_ns = max(span.from_ns, by.over_at_ns) if by else span.from_ns
    if span.until_ns is not None and from_ns >= span.until_ns:
        return []
    return [{"gate": span.gate, "rule": verdict.clause, "from_ns": from_ns, "until_ns": span.until_ns}]


def _mask(approved: ApprovedRange | None) -> dict[str, Any]:
    """Which parts must not exist in the picture. `masked` alone stops the camera: a mask that cannot be told
    must not be left out."""
    if approved is None or not approved.mask_polygons:
        return {"masked": False, "mask": None}
    try:
        outlines = mask_area.from_shares(approved.mask_polygons)
    except BadInput:
        return {"masked": True, "mask": None}
    mask = {
        "version": approved.version,
        "outlines": [[list(point) for point in outline] for outline in outlines],
        "sha256": mask_area.fingerprint(outlines),
    }
    return {"masked": True, "mask": mask}


def _stores() -> list[dict[str, Any]]:
    """Places for footage in the order in which they are filled: added disks, then the box's own."""
    reserve = reserve_bytes()
    added = [
        {
            "id": row.name,
            "path": f"store/{row.name}",
            "reserve_bytes": reserve,
            "marked": True,
            "draining": row.draining_ns is not None,
        }
        for row in AddedDisk.objects.filter(removed_ns=None)
    ]
    return [*added, {"id": "0", "path": "store/0", "reserve_bytes": reserve}]


def reserve_bytes() -> int:
    """What each disk keeps free."""
    return int(getattr(settings, "STORE_RESERVE_BYTES", DEFAULT_RESERVE_BYTES))
