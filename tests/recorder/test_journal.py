"""The journal: whole lines kept, torn ones dropped, any change of the past seen."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from kuramori.clock import ManualClock
from kuramori.errors import DiskFailed
from kuramori.recorder.journal import Journal
from kuramori.recorder.journal_chain import files
from kuramori.recorder.journal_reader import JournalBroken, after_break, read_after, verify

NOW = "2026-11-23T09:00:00+09:00"


def _journal(path: Path, **more: int) -> Journal:
    return Journal(path, ManualClock.at(NOW), **more)


def _kinds(path: Path) -> list[str]:
    return [entry["kind"] for entry, _ in read_after(path)]


def test_entries_come_back_in_order_with_exact_nanoseconds(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    journal.append("disk", store="0", state="ok", free_bytes=5, since_ns=1795391999999999999)
    journal.append_durable("stop")
    (_carried, disk, stop) = [entry for entry, _ in read_after(tmp_path)]
    assert disk["since_ns"] == 1795391999999999999
    assert [disk["seq"], stop["seq"]] == [2, 3]


def test_an_entry_that_was_not_synced_is_not_on_disk(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    journal.append_durable("start", boot="b")
    journal.append("stop")
    assert _kinds(tmp_path) == ["carried", "start"]


def test_a_torn_last_line_is_dropped_and_the_chain_goes_on(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    journal.append_durable("start", boot="b")
    with files(tmp_path)[-1].open("ab") as file:
        file.write(b'{"at_ns":"17953')
    again = _journal(tmp_path)
    again.append_durable("stop")
    assert _kinds(tmp_path) == ["carried", "start", "journal-torn", "stop"]
    assert verify(tmp_path)[0] == 4


@pytest.mark.parametrize("zeros", [1, 4096])
def test_zeros_left_by_a_power_cut_are_dropped(tmp_path: Path, zeros: int) -> None:
    _journal(tmp_path).append_durable("start", boot="b")
    with files(tmp_path)[-1].open("ab") as file:
        file.write(bytes(zeros) + b"\n")
    again = _journal(tmp_path)
    again.append_durable("stop")
    assert _kinds(tmp_path) == ["carried", "start", "journal-torn", "stop"]


def _change(path: Path, before: bytes, after: bytes) -> None:
    file = files(path)[0]
    data = file.read_bytes()
    assert before in data
    file.write_bytes(data.replace(before, after, 1))


def test_a_changed_entry_is_seen_by_the_reader_and_by_the_recorder(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    for number in range(3):
        journal.append_durable("files-erased", segments=[f"{number:032x}"])
    _change(tmp_path, b"%032x" % 1, b"%032x" % 9)
    with pytest.raises(JournalBroken) as seen:
        list(read_after(tmp_path))
    assert seen.value.values["seq"] == 4
    again = _journal(tmp_path)
    again.append_durable("stop")
    assert again.found.broken
    place = after_break(tmp_path, 4)
    assert place is not None
    rest = [entry["kind"] for entry, _ in read_after(tmp_path, *place)]
    assert rest == ["carried", "journal-broken", "stop"]


def test_a_dropped_entry_is_seen(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    for number in range(3):
        journal.append_durable("files-erased", segments=[f"{number:032x}"])
    lines = files(tmp_path)[0].read_bytes().splitlines(keepends=True)
    files(tmp_path)[0].write_bytes(b"".join([*lines[:1], *lines[2:]]))
    with pytest.raises(JournalBroken):
        list(read_after(tmp_path))


def test_a_journal_rewritten_after_it_was_taken_in_is_seen(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    _journal(one).append_durable("start", boot="a")
    _journal(other).append_durable("start", boot="b")
    taken = [(entry["seq"], hashed) for entry, hashed in read_after(one)][-1]
    with pytest.raises(JournalBroken):
        list(read_after(other, *taken))


def test_files_roll_over_and_a_start_needs_only_the_last(tmp_path: Path) -> None:
    journal = _journal(tmp_path, roll_bytes=2000)
    journal.append("gap-open", gap="9" * 32, camera="c", since_ns=5, reason="unreachable")
    for number in range(60):
        journal.append_durable("files-erased", segments=[f"{number:032x}"])
    names = files(tmp_path)
    assert len(names) > 3
    assert verify(tmp_path)[0] == journal.last_seq
    for path in names[:-1]:
        path.unlink()
    again = _journal(tmp_path)
    assert again.things.gaps["9" * 32]["reason"] == "unreachable"
    assert again.last_seq == journal.last_seq


def test_a_crash_while_a_new_file_is_begun_forgets_nothing(tmp_path: Path) -> None:
    journal = _journal(tmp_path, roll_bytes=600)
    journal.append("gap-open", gap="9" * 32, camera="c", since_ns=5, reason="unreachable")
    while files(tmp_path)[-1].stat().st_size or len(files(tmp_path)) == 1:
        journal.append_durable("files-erased", segments=["a" * 32])
    again = _journal(tmp_path)
    assert again.things.gaps["9" * 32]["camera"] == "c"
    again.append_durable("stop")
    assert verify(tmp_path)[0] == again.last_seq
    assert _kinds(tmp_path)[-2:] == ["carried", "stop"]


def test_reading_goes_on_from_any_entry_across_files(tmp_path: Path) -> None:
    journal = _journal(tmp_path, roll_bytes=1500)
    for number in range(30):
        journal.append_durable("files-erased", segments=[f"{number:032x}"])
    every = [(entry["seq"], hashed) for entry, hashed in read_after(tmp_path)]
    for at, place in enumerate(every):
        assert [(entry["seq"], hashed) for entry, hashed in read_after(tmp_path, *place)] == every[at + 1 :]


def test_many_threads_share_syncs_and_nothing_is_lost(tmp_path: Path) -> None:
    journal = _journal(tmp_path, roll_bytes=20_000)

    def work(number: int) -> None:
        for turn in range(40):
            seq = journal.append("camera-state", camera=str(number), state=str(turn), detail="")
            journal.sync()
            assert any(entry["seq"] == seq for entry, _ in read_after(tmp_path, 0)) or turn

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = [entry for entry, _ in read_after(tmp_path) if entry["kind"] == "camera-state"]
    assert len(states) == 240
    assert verify(tmp_path)[0] == journal.last_seq


def _refused(journal: Journal) -> None:
    """Its disk has no room from now on."""
    import os

    os.close(journal._fd)
    journal._fd = os.open("/dev/full", os.O_WRONLY)


def test_after_a_failed_write_nothing_is_durable_until_it_is_mended(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    journal.append_durable("start", boot="b")
    _refused(journal)
    with pytest.raises(DiskFailed):
        journal.append_durable("camera-state", camera="c", state="recording", detail="")
    journal.append("gap-open", gap="9" * 32, camera="c", since_ns=5, reason="disk-full")
    with pytest.raises(DiskFailed):
        journal.sync()
    assert journal.failing and _kinds(tmp_path) == ["carried", "start"]
    assert journal.mend() and not journal.failing
    journal.append_durable("stop")
    assert _kinds(tmp_path) == ["carried", "start", "camera-state", "gap-open", "stop"]
    assert verify(tmp_path)[0] == journal.last_seq == 5


def test_what_a_failed_write_left_behind_is_written_anew(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    journal.append_durable("start", boot="b")
    with files(tmp_path)[-1].open("ab") as file:
        file.write(b'{"at_ns":"1795')  # half of what the disk was given
    _refused(journal)
    with pytest.raises(DiskFailed):
        journal.append_durable("stop")
    assert journal.mend()
    assert _kinds(tmp_path) == ["carried", "start", "stop"]
    assert verify(tmp_path)[0] == 3


def test_a_disk_that_still_refuses_and_one_that_lost_the_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = _journal(tmp_path)
    journal.append_durable("start", boot="b")
    _refused(journal)
    with pytest.raises(DiskFailed):
        journal.append_durable("stop")
    path = files(tmp_path)[-1]
    path.rename(path.with_suffix(".away"))
    assert not journal.mend() and journal.failing
    path.with_suffix(".away").rename(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    with pytest.raises(DiskFailed, match="journal-lost"):
        journal.mend()
    path.write_bytes(whole)
    monkeypatch.setattr("kuramori.recorder.journal.WAITING_MOST", 0)
    with pytest.raises(DiskFailed, match="journal-lost"):
        journal.mend()


def test_a_new_file_that_cannot_be_begun_does_not_end_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = _journal(tmp_path, roll_bytes=300)

    def refused(_: Path) -> None:
        raise OSError(28, "no room")

    monkeypatch.setattr("kuramori.recorder.journal._sync_folder", refused)
    for _ in range(5):
        journal.append_durable("start", boot="b")
    assert len(files(tmp_path)) == 1
    monkeypatch.undo()
    journal.append_durable("stop")
    assert len(files(tmp_path)) == 2 and verify(tmp_path)[0] == journal.last_seq - 1
