"""Real parts for tests of key slots: a TPM 2.0 (swtpm), a PKCS#11 token (SoftHSM2), loop devices.

All three must be there wherever the tests run (packaging/system-packages test): nothing is skipped.
"""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori.errors import CannotErase
from kuramori.vault.configured_store import key_store
from kuramori.vault.slot_config import SetUp, SlotPlace, TokenPlace, TpmPlace
from kuramori.vault.token_part import PartAway, PartFacts, PartRecord
from kuramori.vault.tpm_part import TpmPart, free_indices, new_password

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.vault.key_store import KeyStore
    from kuramori.vault.slot import Place
    from tests.vault.power_cut_files import PowerCutFiles

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "314159"
DAY_NS = 24 * 3600 * 10**9


class Tpm:
    """One swtpm: a TPM that can be unplugged and plugged in again, its memory in `directory`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()
        self._process: subprocess.Popen[bytes] | None = None
        self.plug_in()

    @property
    def tcti(self) -> str:
        return f"swtpm:path={self.directory}/s"

    def plug_in(self) -> None:
        words = ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.directory}"]
        words += ["--server", f"type=unixio,path={self.directory}/s"]
        words += ["--ctrl", f"type=unixio,path={self.directory}/s.ctrl"]
        words += ["--flags", "not-need-init,startup-clear"]
        self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while not (self.directory / "s").exists():
            assert time.monotonic() < until, "swtpm does not start"
            time.sleep(0.01)

    def unplug(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            for name in ("s", "s.ctrl"):
                (self.directory / name).unlink(missing_ok=True)

    def place(self) -> TpmPlace:
        """Two free indices; they are defined by a move, or by `TpmPart.define`."""
        return TpmPlace(self.tcti, free_indices(self.tcti), new_password())

    def part(self) -> TpmPart:
        place = self.place()
        part = TpmPart(place.tcti, place.indices, place.password)
        part.define()
        return part


def new_token(label: str, directory: Path) -> TokenPlace:
    """A token in the SoftHSM that SOFTHSM2_CONF names."""
    words = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", PIN]
    subprocess.run(words, check=True, capture_output=True)
    pin_file = directory / f"{label}.pin"
    pin_file.write_text(PIN + "\n")
    return TokenPlace(SOFTHSM, label, str(pin_file), f"kuramori-{label}")


@contextmanager
def loop_device(image: Path, size_bytes: int = 4 * 1024 * 1024) -> Iterator[Path]:
    """A block device over `image`. Needs root, as the CI and a fitter have."""
    with image.open("wb") as file:
        file.truncate(size_bytes)
    made = subprocess.run(["losetup", "-f", "--show", str(image)], check=True, capture_output=True, text=True)
    device = Path(made.stdout.strip())
    try:
        yield device
    finally:
        subprocess.run(["losetup", "-d", str(device)], check=True)


class PartInMemory:
    """A holder of T whose memory survives power cuts, and at whose steps power can be cut."""

    def __init__(self, files: PowerCutFiles, kept: dict[Place, bytes] | None = None) -> None:
        self.kept: dict[Place, bytes] = {} if kept is None else kept
        self._files = files
        self.away = False
        self.stuck = False

    def read(self, place: Place) -> PartRecord | None:
        if self.away:
            raise PartAway
        stored = self.kept.get(place)
        if stored is None:
            return None
        return PartRecord(int.from_bytes(stored[:8], "big"), bytearray(stored[8:]))

    def write(self, place: Place, record: PartRecord) -> None:
        if self.away:
            raise PartAway
        stored = record.made_at_ns.to_bytes(8, "big") + record.value
        with self._files.step(f"part-write {place}") as fault:
            if fault in ("torn", "torn-pages"):  # a chip may have done it, or spoiled what was there
                self.kept.pop(place, None)
            elif fault != "before":
                self.kept[place] = stored

    def drop(self, place: Place) -> None:
        if self.away:
            raise PartAway
        if self.stuck:
            raise CannotErase("token-part-overwrite", place=place)
        with self._files.step(f"part-drop {place}") as fault:
            if fault != "before":
                self.kept.pop(place, None)

    def facts(self) -> PartFacts:
        return PartFacts("token", "in memory", software=False)

    def release(self) -> None:
        """Nothing to give back."""


def configured(root: Path) -> KeyStore:
    """The store that slot.json under root/record describes, with one table copy."""
    return key_store(root / "record", [root / "copy0"])


def softhsm_home(directory: Path) -> None:
    """Make this process's SoftHSM keep its tokens there; before its module is first loaded."""
    (directory / "tokens").mkdir(parents=True)
    (directory / "conf").write_text(f"directories.tokendir = {directory}/tokens\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(directory / "conf")


def raw(path: Path) -> SlotPlace:
    return SlotPlace("raw", str(path))


def in_directory(path: Path) -> SlotPlace:
    return SlotPlace("file", str(path))


__all__ = ["SetUp", "SlotPlace", "TokenPlace", "TpmPlace"]
