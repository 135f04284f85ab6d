"""A finalised disc image (ISO 9660 with Joliet) around the sealed ZIP: burnt once, it cannot be changed.

The image is streamed. Its directory is made first, over a file of the ZIP's length that is not there; then
come directory, ZIP, padding.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, cast

import pycdlib

from kuramori.evidence import sealed_zip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.evidence.packing import Ready
    from kuramori.evidence.sealed_zip import Outlet
    from kuramori.people.models import Account

SECTOR_BYTES = 2048
ISO_NAME = "/PACKAGE.ZIP;1"


def writing(ready: Ready, account: Account, outlet: Outlet) -> tuple[Iterator[bytes], int]:
    """The image in blocks, and its length. `outlet` ends with the hash of the image, not of the ZIP."""
    members = ready.members(account)
    size_bytes = sealed_zip.size_bytes(members, ready.made_ns)
    before, after = frame(ready.package, size_bytes)
    inner = sealed_zip.Outlet()
    inside = sealed_zip.stream(members, ready.passphrase, ready.made_ns, inner)
    return _blocks(before, inside, after, outlet), len(before) + size_bytes + len(after)


def frame(name: str, size_bytes: int) -> tuple[bytes, bytes]:
    """What stands before and after a file of that length which is alone on the disc."""
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=3, joliet=3, vol_ident=name.replace("-", "_")[:16])
    iso.add_fp(cast("BinaryIO", _Nothing(size_bytes)), size_bytes, ISO_NAME, joliet_path=f"/{name}.zip")
    iso.force_consistency()
    inode = iso.get_record(iso_path=ISO_NAME).inode
    assert inode is not None
    first = inode.extent_location() * SECTOR_BYTES
    out = _Around(first, size_bytes)
    iso.write_fp(cast("BinaryIO", out), blocksize=1024 * 1024)
    iso.close()
    return out.before(), out.after()


def _blocks(before: bytes, inside: Iterator[bytes], after: bytes, outlet: Outlet) -> Iterator[bytes]:
    outlet.write(before)
    yield outlet.taken()
    for block in inside:
        outlet.write(block)
        yield outlet.taken()
    outlet.write(after)
    yield outlet.taken()


class _Nothing(io.RawIOBase):
    """A file of zeros."""

    mode = "rb"

    def __init__(self, size_bytes: int) -> None:
        self._left = self._size = size_bytes

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size - self._left

    def seek(self, to: int, whence: int = 0) -> int:
        place = to if whence == 0 else self.tell() + to if whence == 1 else self._size + to
        self._left = self._size - place
        return place

    def read(self, count: int = -1) -> bytes:
        count = self._left if count < 0 else min(count, self._left)
        self._left -= count
        return bytes(count)


class _Around(io.RawIOBase):
    """Keeps what is written before and after the file, and lets the file itself go."""

    def __init__(self, first: int, size_bytes: int) -> None:
        self._first, self._end = first, first + size_bytes
        self._at = self._last = 0
        self._before, self._after = bytearray(first), bytearray()

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, to: int, whence: int = 0) -> int:
        self._at = to if whence == 0 else self._at + to if whence == 1 else self._last + to
        return self._at

    def write(self, data: bytes) -> int:  # type: ignore[override]
        at, rest = self._at, memoryview(data)
        if at < self._first:
            taken = rest[: self._first - at]
            self._before[at : at + len(taken)] = taken
            at, rest = at + len(taken), rest[len(taken) :]
        if rest and at < self._end:
            skipped = min(len(rest), self._end - at)
            at, rest = at + skipped, rest[skipped:]
        if rest:
            place = at - self._end
            self._after.extend(bytes(max(0, place - len(self._after))))
            self._after[place : place + len(rest)] = rest
        self._at += len(data)
        self._last = max(self._last, self._at)
        return len(data)

    def truncate(self, size: int | None = None) -> int:
        end = self._at if size is None else size
        self._after.extend(bytes(max(0, end - self._end - len(self._after))))
        return end

    def before(self) -> bytes:
        return bytes(self._before)

    def after(self) -> bytes:
        return bytes(self._after)
