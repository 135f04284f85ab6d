"""The attack of the erasure demonstration: all that is left, plus every passphrase, against a kept copy."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag

from kuramori.access import key_opening
from kuramori.errors import KuramoriError
from kuramori.main.demo_erase_words import row, verdict
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.key_store import KeyStore
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import SealContext, open_segment_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.vault.storehouse import StorehouseKey


def hours_that_fit(data: Path, kept: Path) -> tuple[int, int]:
    """How many hour secrets open anywhere in a copy of `data`, and how many of them unwrap `kept`'s key."""
    with SegmentFile.open(kept) as file, tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "record"
        shutil.copytree(data / "record", copy, ignore=shutil.ignore_patterns("*.sock"))
        left = _hour_secrets(copy)
        return len(left), sum(_unwraps(one, file) for one in left)


def try_everything(data: Path, kept: Path, passphrases: Sequence[str], secret: bytes) -> bool:
    """Whether every try fails on `kept`, and the hour's `secret` lies nowhere under `data`."""
    keys = [_unwrapped(passphrase) for passphrase in passphrases]
    row("保管庫の鍵", "storehouse key", f"opened with {len(keys)} of {len(passphrases)} passphrases")
    tried, fit = hours_that_fit(data, kept)
    with SegmentFile.open(kept) as file:
        wrapped = file.header.wrapped_key
        direct = sum(_opens(key, sealed, file) for key in keys for sealed in (wrapped, wrapped[-80:]))
    hits = [path for path in data.rglob("*") if path.is_file() and secret in path.read_bytes()]
    looked = sum(1 for path in data.rglob("*") if path.is_file())
    good = [
        verdict(
            fit == 0,
            "残っている時間の鍵をすべて試しました",
            "Every hour secret still in the key table",
            f"{tried} tried, {fit} fit",
        ),
        verdict(
            direct == 0,
            "保管庫の鍵だけで開けてみました",
            "The storehouse key alone",
            f"{len(keys)} tried, {direct} fit",
        ),
        verdict(
            not hits,
            "その1時間の鍵を全ファイルの中に探しました",
            "The secret's own bytes, looked for in every file",
            f"{looked} files, {len(hits)} hits",
        ),
    ]
    return all(good)


def _unwrapped(passphrase: str) -> StorehouseKey:
    """The private key that one passphrase opens; a wrong one would be a broken demonstration."""
    try:
        return key_opening.with_digits(passphrase)
    except KuramoriError as wrong:
        raise LookupError("a passphrase opens nothing") from wrong


def _hour_secrets(record: Path) -> list[bytes]:
    """Every hour secret in every table that still opens."""
    table = KeyStore(record).open()
    return [bytes(row_.secret) for row_ in table.hours.values()] if table else []


def _unwraps(secret: bytes, file: SegmentFile) -> bool:
    try:
        unwrap_sealed_key(secret, file.header.segment, file.header.wrapped_key)
    except (KuramoriError, InvalidTag):
        return False
    return True


def _opens(key: StorehouseKey, sealed: bytes, file: SegmentFile) -> bool:
    try:
        file.read(0, open_segment_key(key.private, sealed, SealContext.of(file.header)))
    except (KuramoriError, InvalidTag, ValueError):
        return False
    return True
