"""Fixtures of the rig, loaded for every test by tests/conftest.py."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.cameras import GO2RTC, GST_PYTHON, Go2rtc, GstCamera
from tests.rig.clips import make_clip, make_sound

CAMERA_USER = "viewer"
CAMERA_PASSWORD = "Wisteria-trellis-42"  # of the rig's own cameras


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that clips are made in, once per session (or kept where KURAMORI_RIG_CACHE says)."""
    kept = os.environ.get("KURAMORI_RIG_CACHE")
    return Path(kept) if kept else tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def clip(clips: Path) -> Path:
    """8 s of 640×360 H.264 at 15 fps, a key frame every 2 s, frames numbered 0 to 119."""
    return make_clip(clips)


@pytest.fixture(scope="session")
def _gst() -> None:
    if not Path(GST_PYTHON).exists() or os.system(f"{GST_PYTHON} -c 'import gi' 2>/dev/null"):
        pytest.skip("no gst-rtsp-server under Debian's Python: make test installs it")


@pytest.fixture
def gst_camera(_gst: None, clip: Path, clips: Path) -> Iterator[GstCamera]:
    """A camera without password: mounts cam (H.264), sound (H.264 + AAC) and h265."""
    sound = make_sound(clips)
    with GstCamera(
        {"cam": str(clip), "sound": f"{clip}:{sound}", "h265": str(make_clip(clips, "h265"))}
    ) as camera:
        yield camera


@pytest.fixture
def locked_gst_camera(_gst: None, clip: Path) -> Iterator[GstCamera]:
    """A camera behind Digest (CAMERA_USER, CAMERA_PASSWORD): mount cam."""
    with GstCamera({"cam": str(clip)}, auth="digest", user=CAMERA_USER, password=CAMERA_PASSWORD) as camera:
        yield camera


@pytest.fixture
def go2rtc(clip: Path, clips: Path, tmp_path: Path) -> Iterator[Go2rtc]:
    """The second, independent server: stream cam (H.264), fed by ffmpeg."""
    if not GO2RTC.exists():
        pytest.skip("no go2rtc: npm ci installs it")
    wrapped = tmp_path / "cam.mp4"
    remux(clip, wrapped)
    with Go2rtc(tmp_path / "go2rtc", {"cam": str(wrapped)}) as camera:
        yield camera


def remux(clip: Path, into: Path, fps: int = 15) -> None:
    """Wrap an Annex B clip into MP4, so that ffmpeg knows its timing."""
    command = ["ffmpeg", "-v", "error", "-y", "-r", str(fps), "-i", str(clip), "-c", "copy", str(into)]
    subprocess.run(command, check=True)
