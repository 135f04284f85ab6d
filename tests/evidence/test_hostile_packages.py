"""What a stranger does to a medium, and what a hostile folder does to whoever checks it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from kuramori.evidence import manifest
from tests.evidence.fixtures import written
from tests.evidence.test_attacks import laid_out, refused, sums_again
from tests.evidence.test_package import verified

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.evidence.packing import Ready
    from tests.footage.world import World

pytestmark = pytest.mark.django_db


HOSTILE = {
    "no manifest at all": {"manifest.json": None},
    "a list": {"manifest.json": b"[]"},
    "a number": {"manifest.json": b"7"},
    "nested": {"manifest.json": b"[" * 200_000},
    "no text": {"SHA256SUMS": b"\xff\xfe"},
    "no signature": {"manifest.json.p7s": b""},
    "a signature that ends early": {"manifest.json.p7s": b"\x30\x84\xff\xff\xff\xff"},
    "a length of a thousand digits": {"manifest.json.p7s": b"\x30\xff" + b"\xff" * 127},
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_package_is_answered_in_words(
    packed: Ready, world: World, tmp_path: Path, how: str
) -> None:
    folder = laid_out(packed, world, tmp_path)
    for name, data in HOSTILE[how].items():
        (folder / name).unlink() if data is None else (folder / name).write_bytes(data)
    sums_again(folder) if "SHA256SUMS" not in HOSTILE[how] else None
    said = verified(folder)
    assert said.returncode in (1, 2) and said.stdout.startswith("NOT "), said.stdout + said.stderr
    assert said.stderr == ""


def test_a_name_in_a_package_says_nothing_in_the_verifiers_place(
    packed: Ready, world: World, tmp_path: Path
) -> None:
    folder = laid_out(packed, world, tmp_path)
    (folder / "x\nWHOLE").write_bytes(b"")
    (folder / "\u202etxt.exe\x1b[2J").write_bytes(b"")
    said = verified(folder)
    assert said.returncode == 1 and said.stdout.count("\n") == 1, said.stdout
    assert said.stdout.startswith("NOT WHOLE") and not set("\u202e\x1b") & set(said.stdout)


def test_a_sealed_zip_that_was_altered_cut_or_spliced_does_not_open(
    packed: Ready, world: World, tmp_path: Path
) -> None:
    """Whoever has no passphrase and holds the medium."""
    path = written(packed, "zip", world, tmp_path)
    whole = path.read_bytes()
    at = whole.index(b"2-viewing/cam01_1_0001.mp4") + 5000

    def opens(data: bytes) -> bool:
        path.write_bytes(data)
        argv = ["7z", "t", f"-p{packed.passphrase}", str(path)]
        return subprocess.run(argv, capture_output=True).returncode == 0

    assert opens(whole)
    assert not opens(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]), "altered"
    assert not opens(whole[: len(whole) // 2]), "shortened"
    assert not opens(whole[:at] + whole[at + 1000 : at + 2000] + whole[at + 1000 :]), "spliced"


def test_a_time_stamp_put_in_afterwards_or_exchanged_is_seen(
    packed: Ready, world: World, tmp_path: Path
) -> None:
    folder = laid_out(packed, world, tmp_path)
    (folder / manifest.STAMP).write_bytes(b"a stamp of something else")
    refused(folder, "not of this package")
    sums_again(folder)
    refused(folder, "not what was signed")
