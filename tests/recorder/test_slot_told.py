"""Where the key slot lies is in the journal: at the first start, and whenever it is another place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuramori.clock import ManualClock
from kuramori.recorder import slot_told
from kuramori.recorder.journal import Journal
from kuramori.recorder.journal_reader import read_after
from kuramori.vault import slot_config
from kuramori.vault.key_files import RealFiles
from kuramori.vault.slot_config import SetUp, SlotConfig, SlotPlace, TokenPlace, TpmPlace

if TYPE_CHECKING:
    from pathlib import Path


def start(record: Path) -> list[dict[str, Any]]:
    """One start of the recorder as far as this goes; what the journal has then."""
    journal = Journal(record / "journal", ManualClock.at("2026-12-01T00:00:00+09:00"))
    slot_told.tell(journal, record)
    journal.close()
    return [entry for entry, _ in read_after(record / "journal") if entry["kind"] == "slot-placed"]


def place(record: Path, set_up: SetUp) -> None:
    slot_config.save(record, SlotConfig(set_up), RealFiles())


def test_the_first_place_is_told_once(tmp_path: Path) -> None:
    (first,) = start(tmp_path)
    assert (first["slots"], first["key_part"], first["before"]) == (["file"], "", None)
    assert start(tmp_path) == [first]


def test_another_place_is_told_with_the_one_before(tmp_path: Path) -> None:
    start(tmp_path)
    place(tmp_path, SetUp((SlotPlace("raw", "/dev/sdb3"),), TpmPlace("device:/dev/tpmrm0", (1, 2), "f" * 32)))
    moved = start(tmp_path)[-1]
    assert moved["slots"] == ["raw /dev/sdb3"]
    assert moved["key_part"] == "tpm device:/dev/tpmrm0 0x1 0x2"
    assert moved["before"] == {"slots": ["file"], "key_part": ""}
    place(tmp_path, SetUp())  # by an editor as well
    assert start(tmp_path)[-1]["before"] == {"slots": moved["slots"], "key_part": moved["key_part"]}
    assert len(start(tmp_path)) == 3


def test_no_password_and_no_pin_is_told(tmp_path: Path) -> None:
    password = "deadbeef" * 4
    place(tmp_path, SetUp(part=TpmPlace("swtpm:path=s", (1, 2), password)))
    start(tmp_path)
    place(tmp_path, SetUp(part=TokenPlace("/lib/p11.so", "safe", "/etc/secret-pin", "kuramori-1")))
    told = start(tmp_path)
    assert told[-1]["key_part"] == "token safe kuramori-1"
    journal = b"".join(path.read_bytes() for path in (tmp_path / "journal").iterdir())
    assert password.encode() not in journal and b"secret-pin" not in journal
