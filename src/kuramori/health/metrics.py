"""Figures for a Prometheus on this machine: no picture, no name, no person; other machines are refused.

Cameras are named by their number. Nothing is kept between two requests.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.health import days
from kuramori.health.facts import collect, of_camera, recorder_status, whole
from kuramori.health.models import Alarm, CameraDay
from kuramori.health.verdict import light, troubles

if TYPE_CHECKING:
    from django.http import HttpRequest

LIGHTS = {"green": 0, "yellow": 1, "red": 2}
# Name → what it says, and the key of the recorder's answer.
OF_RECORDER = {
    "kuramori_camera_lost_packets": ("Packets lost on the way since the recorder started", "lost_packets"),
    "kuramori_camera_viewers": ("Live viewers now", "viewers"),
    "kuramori_camera_clock_error_ms": ("Error of the camera's clock in milliseconds", "clock_error_ms"),
}


@login_not_required
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """/metrics, to this machine only."""
    if not _here(request.META.get("REMOTE_ADDR", "")):
        return HttpResponseNotFound()
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _here(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    facts, told = collect(), recorder_status()
    _set(registry, "kuramori_light", "0 green, 1 yellow, 2 red", LIGHTS[light(troubles(facts))])
    _set(registry, "kuramori_recorder_answers", "1 while the recorder answers", int(facts.recorder_answers))
    _set(registry, "kuramori_clock_trusted", "1 while the time is sure", int(facts.clock == "trusted"))
    _set(registry, "kuramori_findings", "Findings that stand", len(facts.findings))
    _set(
        registry,
        "kuramori_alarms_waiting",
        "Alarms that nobody has acknowledged",
        Alarm.objects.filter(acknowledged_ns=None).count(),
    )
    free = Gauge("kuramori_disk_free_bytes", "Free space of a store", ["store"], registry=registry)
    for store, disk in (told or {}).get("disk", {}).items():
        free.labels(store).set(disk.get("free_bytes") or 0)
    _of_cameras(registry, told)
    return registry


def _of_cameras(registry: CollectorRegistry, told: dict[str, object] | None) -> None:
    numbers = dict(Camera.objects.filter(retired_ns=None).values_list("pk", "number"))
    recording = Gauge("kuramori_camera_recording", "1 while it is recorded", ["camera"], registry=registry)
    for camera, number in numbers.items():
        recording.labels(number).set(int(of_camera(told, camera).get("state") == "recording"))
    for name, (words, key) in OF_RECORDER.items():
        gauge = Gauge(name, words, ["camera"], registry=registry)
        for camera, number in numbers.items():
            if (value := whole(of_camera(told, camera).get(key))) is not None:
                gauge.labels(number).set(value)
    part = Gauge(
        "kuramori_camera_coverage_today", "Stored part of today so far", ["camera"], registry=registry
    )
    for row in CameraDay.objects.filter(camera__in=numbers, day=days.day_of(clock.now_ns())):
        if row.expected_ms:
            part.labels(numbers[row.camera]).set(row.covered_ms / row.expected_ms)


def _set(registry: CollectorRegistry, name: str, words: str, value: float) -> None:
    Gauge(name, words, registry=registry).set(value)
