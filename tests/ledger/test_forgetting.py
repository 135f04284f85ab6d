"""Personal data goes after three years, from every file of the database; the tree stays as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kuramori import clock
from kuramori.ledger import checking, checkpoints, entries, exporting, forgetting, reading, verify_ledger
from kuramori.ledger.models import Entry
from kuramori.ledger.verify_ledger import Wrong
from tests.browser.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

YEAR_S = 366 * 24 * 3600
NAME = "山田太郎巡査部長"


@pytest.fixture
def hands() -> Iterator[clock.ManualClock]:
    with clock.use(clock.ManualClock.at("2026-11-23T09:00:00+00:00")) as manual:
        yield manual


def old_ledger(hands: clock.ManualClock) -> str:
    for number in range(20):
        entries.record_now("playback-look", actor="account:7", reason=NAME, obj={"number": number})
    note = checkpoints.make()
    hands.advance_s(3 * YEAR_S + 1)
    for number in range(5):
        entries.record_now("playback-look", actor="account:8", reason=NAME, obj={"number": number})
    assert note is not None
    return note.note


@pytest.mark.django_db
def test_old_words_go_and_the_tree_still_fits_the_old_checkpoint(hands: clock.ManualClock) -> None:
    note = old_ledger(hands)
    assert forgetting.forget_old() == 20
    assert forgetting.forget_old() == 0
    assert checking.findings() == []
    lines = "".join(exporting.lines()).splitlines()
    report = verify_ledger.verify(lines, [note])
    assert report[0] == "26 entries, 20 of them without text"
    assert sum(NAME in line for line in lines) == 5
    shown = reading.page({})
    assert len(shown.rows) == 26 and shown.rows[-1].who != "account:7"
    told = json.loads(Entry.objects.get(act="ledger-forgot").text)["detail"]
    assert (told["first"], told["last"]) == (0, 19)


@pytest.mark.django_db
def test_forgetting_is_no_way_to_change_an_entry(hands: clock.ManualClock) -> None:
    note = old_ledger(hands)
    forgetting.forget_old()
    lines = [json.loads(line) for line in "".join(exporting.lines()).splitlines()]
    lines[6]["leaf"] = "00" * 32
    with pytest.raises(Wrong, match="not those of the checkpoint"):
        verify_ledger.verify([json.dumps(line) for line in lines], [note])
    lines = [json.loads(line) for line in "".join(exporting.lines()).splitlines()]
    lines[6] |= {"salt": "00" * 16, "text": json.dumps({"seq": 5, "act": "x"})}
    with pytest.raises(Wrong, match="altered"):
        verify_ledger.verify([json.dumps(line) for line in lines], [note])


@pytest.mark.process
def test_not_a_byte_of_it_is_left_in_any_file_of_the_data_directory(tmp_path: Path) -> None:
    box = Box(tmp_path / "data")
    box.command("manage", "migrate", "--noinput", "-v", "0")
    written = f"""
from kuramori import clock
from kuramori.ledger import entries, forgetting
with clock.use(clock.ManualClock.at("2020-01-01T00:00:00+00:00")):
    for number in range(300):
        entries.record_now("playback-look", actor="account:7", reason={NAME!r})
"""
    box.run(written)
    assert found(box.data), "it was there"
    told = "print(forgetting.forget_old(), checking.findings())"
    assert box.run(f"from kuramori.ledger import checking, forgetting\n{told}") == "300 []"
    assert found(box.data) == []


def found(data: Path) -> list[str]:
    return [path.name for path in data.rglob("*") if path.is_file() and NAME.encode() in path.read_bytes()]
