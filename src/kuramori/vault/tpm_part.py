"""T in a TPM 2.0: two NV indices, read and written by the `tpm2-tools` programs.

An index asks for its own password, so the recorder needs no authority over the TPM; defining and undefining
take the owner's, which is empty unless somebody set it. Secrets go through pipes and memory, never through a
command line or a file.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from kuramori.errors import CannotErase
from kuramori.vault.secret_bytes import fresh_secret, wipe
from kuramori.vault.slot import PLACES
from kuramori.vault.token_part import RECORD_BYTES, PartAway, PartFacts, PartRecord, pack_part, parse_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.vault.slot import Place

FIRST_INDEX = 0x01804B00  # in the range that the TPM's owner may give away
LAST_INDEX = 0x01804BFF
TIMEOUT_S = 30.0
_ATTRIBUTES = "ownerwrite|ownerread|authwrite|authread|no_da"
# Makers whose TPMs are programs: swtpm and its relatives, and the ones clouds give to virtual machines.
_SOFTWARE_MAKERS = frozenset({"IBM", "MSFT", "GOOG", "AMZN", "XCG"})


class TpmPart:
    """`tcti` names the way to the TPM, for example `device:/dev/tpmrm0`."""

    def __init__(self, tcti: str, indices: tuple[int, int], password: str) -> None:
        """`indices` are NV handles of places A and B; `password` (at most 32 bytes) opens both."""
        self._tcti = tcti
        self._indices = dict(zip(PLACES, indices, strict=True))
        self._password = password

    def read(self, place: Place) -> PartRecord | None:
        return parse_part(self._read(place))

    def write(self, place: Place, record: PartRecord) -> None:
        data = pack_part(record)
        try:
            self._write(place, data)
        finally:
            wipe(data)

    def drop(self, place: Place) -> None:
        noise = fresh_secret(RECORD_BYTES)
        self._write(place, noise)
        if self._read(place) != noise:
            raise CannotErase("token-part-overwrite", place=place)

    def facts(self) -> PartFacts:
        return tpm_facts(_tool(self._tcti, "tpm2_getcap", "properties-fixed").decode(errors="replace"))

    def define(self) -> None:
        """Make both indices, filled with noise. Raises `PartAway` when the owner's password is set."""
        for place, index in self._indices.items():
            with _in_memory(self._password) as password:
                options = ["-C", "o", "-s", str(RECORD_BYTES), "-a", _ATTRIBUTES, "-p", f"file:{password}"]
                _tool(self._tcti, "tpm2_nvdefine", f"{index:#x}", *options)
            self.drop(place)

    def release(self) -> None:
        for index in self._indices.values():
            with suppress(PartAway):  # what it held is overwritten: an index left over does no harm
                _tool(self._tcti, "tpm2_nvundefine", f"{index:#x}", "-C", "o")

    def _read(self, place: Place) -> bytes:
        return self._nv("tpm2_nvread", place, "-s", str(RECORD_BYTES))

    def _write(self, place: Place, data: bytearray) -> None:
        self._nv("tpm2_nvwrite", place, "-i", "-", data=data)

    def _nv(self, tool: str, place: Place, *options: str, data: bytes | bytearray = b"") -> bytes:
        index = f"{self._indices[place]:#x}"
        with _in_memory(self._password) as password:
            return _tool(self._tcti, tool, index, "-C", index, "-P", f"file:{password}", *options, data=data)


def free_indices(tcti: str) -> tuple[int, int]:
    """Two handles that nobody uses. Raises `PartAway`."""
    shown = _tool(tcti, "tpm2_getcap", "handles-nv-index").decode(errors="replace")
    taken = {int(handle, 16) for handle in re.findall(r"0x[0-9A-Fa-f]+", shown)}
    free = [index for index in range(FIRST_INDEX, LAST_INDEX + 1) if index not in taken]
    if len(free) < 2:
        raise PartAway("tpm-full")
    return free[0], free[1]


def new_password() -> str:
    """For both indices of one recorder: 32 characters, as long as a TPM takes."""
    return secrets.token_hex(16)


def tpm_facts(properties: str) -> PartFacts:
    """From what `tpm2_getcap properties-fixed` prints."""
    values = dict(re.findall(r'TPM2_PT_(\w+):\n(?:.*\n)?\s+value: "([^"]*)"', properties))
    maker = values.get("MANUFACTURER", "").strip()
    vendor = " ".join(values.get(f"VENDOR_STRING_{n}", "").strip() for n in range(1, 5)).strip()
    software = not maker or maker in _SOFTWARE_MAKERS or vendor.startswith("SW")
    return PartFacts("tpm", f"{maker} {vendor}".strip(), software)


def _tool(tcti: str, tool: str, *options: str, data: bytes | bytearray = b"") -> bytes:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "TPM2TOOLS_TCTI": tcti, "TSS2_LOG": "all+none"}
    opened = [int(fd) for fd in re.findall(r"file:/proc/self/fd/(\d+)", " ".join(options))]
    try:
        done = subprocess.run(
            [tool, *options],
            input=data,
            capture_output=True,
            timeout=TIMEOUT_S,
            pass_fds=opened,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as wrong:
        raise PartAway("tpm-tool", tool=tool) from wrong
    if done.returncode:
        raise PartAway("tpm-tool", tool=tool, status=done.returncode)
    return done.stdout


@contextmanager
def _in_memory(password: str) -> Iterator[str]:
    """A path to the password that only our children see: arguments and files could be read by others."""
    handle = os.memfd_create("password")
    try:
        os.write(handle, password.encode())
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)
