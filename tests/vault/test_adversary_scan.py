"""With every passphrase and all that is left in the data directory, an erased hour stays dead.

The attacker uses the independent reader, not our own code, and has every old table as well.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidTag

from kuramori.vault.key_store import KeyStore
from kuramori.vault.key_table import HourRow, KeyTable
from kuramori.vault.storehouse import new_passphrase, unwrap_private, wrap_private
from tests.vault.footage_samples import Footage, footage
from tests.vault.table_samples import scan
from tests.vectors.independent_reader import open_record, parse_segment, segment_key

if TYPE_CHECKING:
    from pathlib import Path

HOURS = 6
HOUR_S = 3600


class Box:
    """A data directory with six hours of one camera, a segment in each, and the people's passphrase."""

    def __init__(self, root: Path) -> None:
        self.root = root
        first = footage(3, seed=100)
        self.passphrase = new_passphrase()
        self.wrapped = wrap_private(first.storehouse, self.passphrase)
        self.made: list[Footage] = [
            footage(3, seed=100 + number, storehouse=first.storehouse) for number in range(HOURS)
        ]
        self.table = KeyTable()
        self.store = KeyStore(root / "record", [root / "store/0/table-copy"])
        self.store.open()
        for number, made in enumerate(self.made):
            made.write(root / f"store/0/{number}.kura")
            head = made.header
            self.table.hours[head.hour] = HourRow(
                head.camera,
                number * HOUR_S,
                head.hour,
                bytearray(made.hour_secret),
                number,
                False,
                "boot-1",
                0,
            )
        self.store.rotate(self.table)

    def erase(self, count: int) -> None:
        """The first `count` hours die."""
        self.table.bury(self.table.expired(count - 1), count, "expired")
        self.store.rotate(self.table)

    def all_bytes(self, *more: Path) -> list[bytes]:
        return [p.read_bytes() for root in (self.root, *more) for p in root.rglob("*") if p.is_file()]


def attack(box: Box, everything: list[bytes]) -> set[int]:
    """Numbers of the segments that open for whoever has everything."""
    private = bytes(unwrap_private(box.wrapped, box.passphrase).private)
    secrets = scan(everything)
    broken = set()
    for data in everything:
        if not data.startswith(b"KURAMORI"):
            continue
        segment = parse_segment(data)
        for secret in secrets.values():  # every secret on every file, whatever its header says
            try:
                key = segment_key(segment.header, secret, private)
            except InvalidTag:
                continue
            clear = [open_record(segment, record, key) for record in segment.records]
            broken |= {number for number, made in enumerate(box.made) if made.payloads == clear[:-1]}
    return broken


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return Box(tmp_path_factory.mktemp("box"))


def test_what_lives_opens_what_was_erased_does_not_and_a_copied_slot_shows_the_scan_works(
    box: Box, tmp_path: Path
) -> None:
    # The control: before anything dies, the attack opens every hour.
    assert attack(box, box.all_bytes()) == set(range(HOURS))

    tables, snapshot = tmp_path / "tables", tmp_path / "snapshot"
    shutil.copytree(box.root / "record/table", tables / "first")
    shutil.copytree(box.root / "record/slot", snapshot)  # what a journal or copy-on-write would keep
    box.erase(2)
    shutil.copytree(box.root / "record/table", tables / "second")
    box.erase(4)

    assert attack(box, box.all_bytes()) == {4, 5}
    # Old tables are worth nothing without their slot.
    assert attack(box, box.all_bytes(tables)) == {4, 5}
    # The negative control: an old slot kept elsewhere brings the dead hours back, and the scan sees it.
    assert attack(box, box.all_bytes(tables, snapshot)) == set(range(HOURS))


def test_the_footage_of_an_erased_hour_may_stay_it_is_noise(tmp_path: Path) -> None:
    box = Box(tmp_path)
    box.erase(HOURS)
    kept = [data for data in box.all_bytes() if data.startswith(b"KURAMORI")]
    assert len(kept) == HOURS
    assert attack(box, box.all_bytes()) == set()
    leftovers = b"".join(box.all_bytes())
    for made in box.made:
        for secret in (made.key, made.hour_secret, bytes(made.storehouse.private)):
            assert secret not in leftovers
            assert secret.hex().encode() not in leftovers


def test_no_erased_secret_stays_in_the_table_object(tmp_path: Path) -> None:
    box = Box(tmp_path)
    rows = list(box.table.hours.values())
    box.erase(3)
    assert [any(row.secret) for row in rows] == [False] * 3 + [True] * 3


@pytest.mark.parametrize("holder", ["hour", "storehouse"])
def test_one_half_alone_opens_nothing(box: Box, holder: str) -> None:
    made = box.made[5]
    segment = parse_segment((box.root / "store/0/5.kura").read_bytes())
    mine = {"hour": made.hour_secret, "storehouse": bytes(made.storehouse.private)}
    wrong = {**dict.fromkeys(mine, bytes(range(32))), holder: mine[holder]}
    with pytest.raises(InvalidTag):
        segment_key(segment.header, wrong["hour"], wrong["storehouse"])
    assert segment_key(segment.header, mine["hour"], mine["storehouse"]) == made.key
