"""RTSPS against a real server: the pinned certificate and no other; nothing is said to a stranger."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from kuramori.cameras.rtsp import Credentials, RtspClient
from kuramori.clock import SystemClock
from tests.rig.cameras import GstCamera
from tests.rig.fixtures import CAMERA_PASSWORD, CAMERA_USER
from tests.rig.sinks import RecordingSink

pytestmark = pytest.mark.process


def certificate(path: Path) -> Path:
    """A fresh self-signed certificate with its key, as a camera makes one."""
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=cam"
    )
    key, made = path.with_suffix(".key"), path.with_suffix(".crt")
    subprocess.run(
        [*command.split(), "-keyout", str(key), "-out", str(made)], check=True, capture_output=True
    )
    path.write_bytes(made.read_bytes() + key.read_bytes())
    return path


async def play(url: str, pinned: str | None) -> tuple[RecordingSink, str]:
    sink = RecordingSink()
    client = RtspClient(url, Credentials(CAMERA_USER, CAMERA_PASSWORD), sink, SystemClock(), pinned=pinned)
    running = asyncio.create_task(client.run())
    await sink.wait_units(10)
    await client.stop()
    await running
    return sink, client.certificate_seen


async def test_the_pinned_certificate_is_believed_and_another_refused(
    clip: Path, _gst: None, tmp_path: Path
) -> None:
    def camera(name: str) -> GstCamera:
        return GstCamera(
            {"cam": str(clip)},
            auth="digest",
            user=CAMERA_USER,
            password=CAMERA_PASSWORD,
            tls=certificate(tmp_path / name),
        )

    with camera("one.pem") as first:
        sink, seen = await play(first.url("cam"), None)
        assert len(sink.units) >= 10 and len(seen) == 64
        sink, _ = await play(first.url("cam"), seen)
        assert len(sink.units) >= 10 and not any(unit.damaged for unit in sink.units)
        unknown, _ = await play(first.url("cam"), "")
    assert unknown.state == "certificate-unknown" and not unknown.units
    with camera("two.pem") as other:
        changed, now = await play(other.url("cam"), seen)
    assert changed.state == "certificate-changed" and not changed.units
    assert now != seen


async def test_a_camera_without_tls_is_told_apart(gst_camera: GstCamera) -> None:
    sink, _ = await play(gst_camera.url("cam").replace("rtsp:", "rtsps:"), None)
    assert sink.endings[0] is not None
    assert (sink.state, sink.endings[0].values) in (
        ("protocol", {"why": "tls"}),
        ("unreachable", {"why": "network"}),
    )
