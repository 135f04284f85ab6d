"""An AES-256 ZIP (WinZip AE-2, stored) written as a stream: it goes out while it is made, nothing is kept.

WinZip stretches a passphrase with 1,000 rounds only, so the passphrase itself is 24 random digits. Names of
files can be read without it; they are neutral. Never ZipCrypto.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyzipper

from kuramori import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the package: its name, its length, and how its bytes are come by, as often as asked."""

    name: str
    size_bytes: int
    parts: Callable[[], Iterable[bytes | memoryview]]


class Outlet(io.RawIOBase):
    """What a ZIP is written into: gives the bytes on and counts them; cannot go back."""

    def __init__(self) -> None:
        self.held = bytearray()
        self.sha256 = hashlib.sha256()
        self.size_bytes = 0

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.held += data
        self.sha256.update(data)
        self.size_bytes += len(data)
        return len(data)

    def taken(self) -> bytes:
        """What came since the last time."""
        out, self.held = bytes(self.held), bytearray()
        return out


def stream(members: Iterable[Member], passphrase: str, made_ns: int, outlet: Outlet) -> Iterator[bytes]:
    """The ZIP in blocks of about a megabyte. `outlet` knows its hash and length afterwards.

    `passphrase`: the digits with their dashes, as they stand on paper. Raises ValueError when a member's
    bytes are more or fewer than it said.
    """
    when = clock.utc(made_ns)
    date = (when.year, when.month, when.day, when.hour, when.minute, when.second)
    with pyzipper.AESZipFile(
        outlet, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256, force_wz_aes_version=2)
        for member in members:
            entry = archive.zipinfo_cls(member.name, date)
            entry.compress_type = pyzipper.ZIP_STORED
            written = 0
            with archive.open(entry, "w", force_zip64=True) as into:
                for part in member.parts():
                    into.write(bytes(part))
                    written += len(part)
                    if len(outlet.held) >= BLOCK_BYTES:
                        yield outlet.taken()
            if written != member.size_bytes:
                raise ValueError(f"{member.name}: {written} bytes instead of {member.size_bytes}")
    yield outlet.taken()


def size_bytes(members: Iterable[Member], made_ns: int) -> int:
    """How long the ZIP will be: every byte of overhead is the same whatever is in the files."""
    members = list(members)
    empty = [Member(member.name, 0, lambda: ()) for member in members]
    outlet = Outlet()
    for _ in stream(empty, "0" * 29, made_ns, outlet):
        pass
    return outlet.size_bytes + sum(member.size_bytes for member in members)
