"""A package onto a medium: mounted by the helper alone, for one writing, in a mount namespace of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kuramori.errors import BadInput
from kuramori.evidence import usb
from kuramori.evidence.models import PackageCopy
from tests.browser.box import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.evidence.packing import Ready
    from tests.footage.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.process]


def run(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def medium(tmp_path: Path, data: Path) -> Iterator[str]:
    """A stick of 16 MB behind a loop device, and the helper as root beside the data directory."""
    if os.geteuid() or not Path("/dev/loop-control").exists():
        pytest.skip("needs root and loop devices")
    image = tmp_path / "stick"
    image.write_bytes(bytes(16 * 1024 * 1024))
    run("mkfs.ext4", "-q", "-F", str(image))
    device = run("losetup", "--find", "--show", str(image))
    (data / "db.sqlite3").touch()
    argv = [sys.executable, "-m", "kuramori.main.command", "--data", str(data), "medium", "--device", device]
    helper = subprocess.Popen(
        argv, cwd=REPOSITORY, env=os.environ | {"PYTHONPATH": "src"}, stdout=subprocess.PIPE
    )
    assert helper.stdout is not None and helper.stdout.readline() == b"ready\n"
    yield device
    helper.terminate()
    helper.wait(20)
    run("losetup", "--detach", device)


def on_it(device: str, folder: Path) -> dict[str, bytes]:
    folder.mkdir(exist_ok=True)
    run("mount", "-o", "ro", device, str(folder))
    try:
        return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    finally:
        run("umount", str(folder))


def test_it_writes_reads_back_and_refuses_everything_else(
    medium: str, packed: Ready, world: World, tmp_path: Path
) -> None:
    assert [one.device for one in usb.media()][-1:] == [medium]
    digest = usb.write(packed, medium, world.manager)
    assert medium not in Path("/proc/self/mounts").read_text(), "nobody else ever saw it mounted"
    found = on_it(medium, tmp_path / "m")
    assert list(found) == [f"{packed.package}.zip"] and b"ftyp" not in found[f"{packed.package}.zip"]
    assert PackageCopy.objects.get(form="usb").sha256 == digest
    with pytest.raises(BadInput, match="medium-has-it-already"):
        usb.write(packed, medium, world.manager)
    with pytest.raises(BadInput, match="medium-not-removable"):
        usb.write(packed, "/dev/vda", world.manager)
    for asked in ({"do": "write", "device": medium, "name": "../../etc/x.zip", "bytes": 5},
                  {"do": "write", "device": medium, "name": "EXP-2026-000009.zip", "bytes": -1},
                  {"do": "umount"}):  # fmt: skip
        with pytest.raises(BadInput, match="medium-request"):
            usb._ask(asked, iter(()))
    with pytest.raises(BadInput, match="medium-full"):
        usb._ask({"do": "write", "device": medium, "name": "EXP-2026-000009.zip", "bytes": 10**9}, iter(()))
    assert PackageCopy.objects.filter(form="usb", ended_ns=None).count() == 2, "broken off ones stay visible"


def test_without_the_helper_there_is_no_medium(packed: Ready, world: World) -> None:
    assert usb.media() == []
    with pytest.raises(BadInput, match="medium-failed"):
        usb.write(packed, "/dev/sda1", world.manager)
