"""Fixtures of the vault's tests."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.vault.slot_rig import Tpm, loop_device, softhsm_home

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def tpm() -> Iterator[Tpm]:
    home = Path(tempfile.mkdtemp(prefix="tpm-"))  # a socket's path must be short
    made = Tpm(home / "t")
    yield made
    made.unplug()
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> None:
    softhsm_home(tmp_path_factory.mktemp("softhsm"))


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Path]:
    with loop_device(tmp_path / "disk.img") as found:
        yield found
