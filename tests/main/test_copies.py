"""The guide's table of copies, walked row by row: each row is looked at on a box that records.

A row without a look here fails, a look without a row fails, and so does any file of the data directory that
no row speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction

from kuramori.access import approved_pictures, key_opening, storehouse_keys, storehouse_session
from kuramori.access.models import KeyWrap
from kuramori.cameras import enrolment
from kuramori.cameras.models import ApprovedPicture
from kuramori.errors import KeyGone
from kuramori.footage import forgetting, intake, recorder_socket
from kuramori.footage.models import Segment
from kuramori.ledger import checking
from kuramori.ledger import forgetting as ledger_forgetting
from kuramori.ledger.models import Entry, Node
from kuramori.main import backup, swap_finding
from kuramori.vault.segment_header import SegmentHeader
from kuramori.vault.segment_reader import SegmentFile
from tests.access.conftest import data, now, recorder, start_recorder, world
from tests.footage.world import CLEAR, RunningRecorder, World
from tests.guideline.set_up import WHOLE

__all__ = ["data", "now", "recorder", "start_recorder", "world"]
pytestmark = pytest.mark.django_db(transaction=True)
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "erasure.md"
DAY_S = 86_400


@dataclass
class Box:
    """A box with one piece of footage, the storehouse open."""

    world: World
    recorder: RunningRecorder
    data: Path
    segment: str
    path: Path
    header: SegmentHeader


def rows(heading: str) -> list[str]:
    """First cells of the guide's table under `heading`."""
    after = GUIDE.read_text(encoding="utf-8").split(heading, 1)[1]
    table = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)
    assert table
    return [line.split("|")[1].strip() for line in table[0].splitlines()[2:]]


@pytest.fixture
def box(world: World, recorder: RunningRecorder, data: Path) -> Box:
    segment, path = recorder.segment(world.camera)
    intake.take_in()
    with SegmentFile.open(path) as file:
        return Box(world, recorder, data, segment, path, file.header)


def later(box: Box, seconds: int) -> None:
    box.recorder.clock.advance_s(seconds)  # type: ignore[attr-defined]
    box.recorder.tick()
    intake.take_in()


def nowhere_clear(box: Box) -> None:
    for path in box.data.rglob("*"):
        if path.is_file():
            assert CLEAR not in path.read_bytes(), path


def sealed_footage(box: Box) -> None:
    nowhere_clear(box)
    later(box, 15 * DAY_S)
    assert not box.path.exists()


def hour_secrets(box: Box) -> None:
    assert list(box.data.glob("store/0/table-copy/*"))
    later(box, 15 * DAY_S)
    with pytest.raises(KeyGone):
        recorder_socket.sealed_key(
            grant="a" * 32, camera=box.header.camera, segment=box.segment, hour=box.header.hour,
            wrapped=box.header.wrapped_key,
        )  # fmt: skip


def played(box: Box) -> None:
    storehouse_session.unlock(box.world.passphrase, box.world.manager)
    far_ns = box.recorder.clock.wall_ns() + 10**18
    key = storehouse_session.keep_released("g", "s", bytearray(b"k" * 32), far_ns)
    storehouse_session.lock()
    assert not any(key)


def approved_picture(box: Box) -> None:
    """Two approvals, then the camera is abolished: never in the clear, one row, none."""
    camera, by = box.world.camera, box.world.manager
    for version in (1, 2):
        with transaction.atomic():
            approved = enrolment.approve_range(camera, WHOLE, [], by)
            approved_pictures.keep(approved, CLEAR, by.actor)
        row = ApprovedPicture.objects.get()
        assert row.version == version and CLEAR not in bytes(row.sealed)
        assert approved_pictures.standing(row) == "locked"
    nowhere_clear(box)
    storehouse_session.unlock(box.world.passphrase, by)
    assert approved_pictures.look(row, by) == CLEAR
    with transaction.atomic():
        enrolment.retire(camera.pk, by, "gone")
    assert not ApprovedPicture.objects.exists()


def index_rows(box: Box) -> None:
    later(box, 15 * DAY_S)
    assert Segment.objects.get(id=box.segment).state == "erased"
    assert forgetting.forget_erased() == 0
    later(box, 92 * DAY_S)
    assert forgetting.forget_erased() == 1


def acts(box: Box) -> None:
    storehouse_session.unlock(box.world.passphrase, box.world.manager)
    storehouse_session.lock(box.world.manager)
    numbers = list(
        Entry.objects.filter(actor=f"account:{box.world.manager.pk}").values_list("seq", flat=True)
    )
    tree = dict(Node.objects.values_list("position", "hash"))
    later(box, 3 * 365 * DAY_S)
    assert ledger_forgetting.forget_old() == 0
    later(box, 4 * DAY_S)
    assert ledger_forgetting.forget_old() >= len(numbers) > 0
    kept = Entry.objects.filter(seq__in=numbers).values_list("text", "salt", "actor")
    assert set(kept) == {("", b"", ledger_forgetting.GONE)}
    assert tree.items() <= dict(Node.objects.values_list("position", "hash")).items()
    assert checking.findings() == []


def storehouse_wraps(box: Box) -> None:
    old = KeyWrap.objects.first()
    assert old is not None
    with storehouse_keys.transaction.atomic():
        storehouse_keys.renew("program:test", "test")
    later(box, 2 * DAY_S)
    assert storehouse_keys.forget_dead_pairs() == 0
    later(box, 14 * DAY_S)
    assert storehouse_keys.forget_dead_pairs() == 1
    old.refresh_from_db()
    assert old.sealed == ""
    assert key_opening.with_digits(box.world.passphrase)


def backup_file(box: Box) -> None:
    assert set(backup.LEFT_OUT) >= {"django_session", "mfa_authenticator"}
    assert backup.DATABASE == "db.sqlite3"  # what it holds is looked through in test_backup.py


def temporary(box: Box) -> None:
    nowhere_clear(box)
    assert not list(box.data.rglob("*.part"))


def swap(box: Box) -> None:
    swap_finding.look()  # stands as a finding where swap is on and in the clear: tests/main/test_swap.py


def out_of_reach(box: Box) -> None:
    """The guide says that the program cannot erase it; there is nothing of it in the data directory."""
    nowhere_clear(box)


LOOKS: dict[str, Callable[[Box], None]] = {
    "sealed footage": sealed_footage,
    "hour secrets": hour_secrets,
    "live picture": nowhere_clear,
    "footage that waits while no disk takes it": nowhere_clear,
    "footage being played": played,
    "browser cache": nowhere_clear,
    "a photo of the screen": out_of_reach,
    "test picture of set-up": nowhere_clear,
    "approved picture": approved_picture,
    "index rows": index_rows,
    "record of acts": acts,
    "sealed storehouse keys": storehouse_wraps,
    "backup file": backup_file,
    "old copy of the data directory": out_of_reach,
    "temporary files": temporary,
    "swap of the recorder": swap,
    "a camera's own card": out_of_reach,
    "footage handed out": out_of_reach,
}


def test_every_row_of_the_guide_is_looked_at_and_nothing_else() -> None:
    assert rows("**Copies.**") == list(LOOKS)


def test_the_japanese_table_has_the_same_copies() -> None:
    """One row more: the photo of the sign, which is no footage, is said in Japanese only."""
    japanese = rows("### 写しの一覧")
    assert len(japanese) == len(LOOKS) + 1
    assert "標識の写真" in japanese


@pytest.mark.parametrize("name", list(LOOKS))
def test_the_copy_goes_when_the_guide_says(name: str, box: Box) -> None:
    LOOKS[name](box)


def test_no_file_of_the_data_directory_is_outside_the_table(box: Box) -> None:
    known = re.compile(
        r"instance\.json|(record/)?lock|keys/.+|record/(settings|clock|set-aside|assurance|slot).*|record/orders.*"
        r"|record/journal/.+|record/(table|slot)/[AB]|record/record\.sock|record/settings\.last-good\.json"
        r"|store/0/table-copy/[AB]|store/0/[0-9a-f]{32}/[0-9TZ]+/.+\.kura"
    )
    found = [path.relative_to(box.data).as_posix() for path in box.data.rglob("*") if not path.is_dir()]
    assert [name for name in found if not known.fullmatch(name)] == []
    assert any(name.endswith(".kura") for name in found)
