"""What the status page judges: asked of the recorder, read from the database where that is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.errors import KuramoriError
from kuramori.footage import findings, recorder_socket
from kuramori.footage.models import CameraState
from kuramori.health import beats, channels
from kuramori.health.models import Alarm
from kuramori.health.verdict import CameraFact, Facts

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWER_S = 2.0


def collect() -> Facts:
    """Facts of this moment."""
    told, now_ns = recorder_status(), clock.now_ns()
    states, cameras_now = _states(told), Camera.objects.filter(retired_ns=None)
    cameras = [
        CameraFact(
            number,
            name,
            *states.get(camera, ("starting", 0)),
            clock_error_ms=whole(of_camera(told, camera).get("clock_error_ms")),
            unreadable=of_camera(told, camera).get("unreadable") is True,
        )
        for camera, number, name in cameras_now.values_list("id", "number", "name")
    ]
    told = told or {}
    return Facts(
        recorder_answers=bool(told),
        cameras=cameras,
        clock=str(_inner(told, "clock").get("state", "trusted")),
        clock_alone_s=whole(_inner(told, "clock").get("alone_s")) or 0,
        stores={
            name: str(_inner(_inner(told, "disk"), name).get("state", "ok")) for name in _inner(told, "disk")
        },
        findings=[finding.code for finding in findings.standing()],
        erasing_fails=bool(_inner(told, "table").get("failing")),
        work_alive=beats.fresh(beats.WORK, now_ns),
        channel_works=channels.one_works(now_ns),
        channels_broken=[row.kind for row in channels.broken()],
        unacknowledged=Alarm.objects.filter(acknowledged_ns=None, over_ns__isnull=False).count(),
    )


def of_camera(told: Mapping[str, Any] | None, camera: str) -> dict[str, Any]:
    """What the recorder says of one camera; empty when it is silent or does not know it."""
    return _inner(_inner(told or {}, "cameras"), camera)


def whole(value: object) -> int | None:
    """A whole number that the recorder told, None for anything else."""
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def recorder_status() -> dict[str, Any] | None:
    """The recorder's account of itself, None when it is silent."""
    try:
        return recorder_socket.status(ANSWER_S)
    except KuramoriError:
        return None


def _states(told: Mapping[str, Any] | None) -> dict[str, tuple[str, int]]:
    """Camera id → state and since when. A silent recorder records nothing, whatever the last row says."""
    if told is None:
        now_ns = clock.now_ns()
        return {row.camera: ("recorder-stopped", now_ns) for row in CameraState.objects.all()}
    return {
        camera: (str(fact.get("state", "starting")), int(fact.get("since_ns") or 0))
        for camera, fact in _inner(told, "cameras").items()
    }


def _inner(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    inner = told.get(name)
    return inner if isinstance(inner, dict) else {}
