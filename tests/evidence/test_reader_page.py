"""The page that opens itself, in Chromium, from file://, with nothing else there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kuramori.evidence import signing
from tests.evidence.fixtures import written

if TYPE_CHECKING:
    from kuramori.evidence.packing import Ready
    from tests.footage.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
OPENER = Path(__file__).with_name("reader_opener.py")


def opened(path: Path, digits: str, picture: str = "") -> dict[str, Any]:
    """What a receiver sees, in a process that has neither our program nor a network."""
    argv = [sys.executable, str(OPENER), str(path), digits, picture]
    done = subprocess.run(argv, capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_it_opens_checks_itself_and_plays(packed: Ready, world: World, tmp_path: Path) -> None:
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("needs Debian's chromium")
    path = written(packed, "page", world, tmp_path)
    folder = os.environ.get("KURAMORI_SHOTS")
    seen = opened(path, packed.passphrase.replace("-", " "), f"{folder}/reader-page.png" if folder else "")
    assert seen == {"checked": "whole", "good": 3, "signer": signing.fingerprint(), "width": 640, "stills": 2}
    assert opened(path, "0000-0000-0000-0000-0000-0000") == {"checked": "closed"}
    text = path.read_text()
    swapped = text.replace('id="f0000-000000"', 'id="x"').replace('id="f0001-000000"', 'id="f0000-000000"')
    path.write_text(swapped.replace('id="x"', 'id="f0001-000000"'))
    assert opened(path, packed.passphrase) == {"checked": "closed"}, (
        "a piece in another's place opens nothing"
    )
