"""The journal becomes index and ledger once, whole, and never silently wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from kuramori.clock import NS_PER_S
from kuramori.footage import intake, intake_acts
from kuramori.footage.models import ErasedHour, Finding, Gap, Intake, KeyRelease, PictureCheck, Segment
from kuramori.ledger.models import Entry
from kuramori.recorder.journal import Journal
from tests.footage.lines import CAMERA, DAY_NS, dead, ended, opened, rotation

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.clock import ManualClock

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = "01" * 16, "02" * 16, "03" * 16


def fill(journal: Journal, now: ManualClock) -> None:
    start_ns = now.wall_ns()
    journal.append("start", boot="b", version="1", previous_end_ns=0)
    journal.append("segment-open", **opened(ONE, start_ns))
    journal.append("segment-closed", **ended(ONE, start_ns + 300 * NS_PER_S))
    journal.append("gap-open", gap="09" * 16, camera=CAMERA, since_ns=start_ns, reason="unreachable")
    journal.append("gap-closed", gap="09" * 16, camera=CAMERA, until_ns=start_ns + 5)
    journal.append("key-released", grant="0a" * 16, segment=ONE, camera=CAMERA)
    journal.sync()


def acts() -> list[str]:
    return list(Entry.objects.order_by("seq").values_list("act", flat=True))


def test_taking_in_twice_is_taking_in_once(journal: Journal, now: ManualClock) -> None:
    fill(journal, now)
    assert intake.take_in() == journal.last_seq
    before = acts()
    assert intake.take_in() == 0
    intake._tail.cache_clear()  # a fresh process, which knows only what the database says
    assert intake.take_in() == 0
    assert acts() == before
    assert (Segment.objects.count(), Gap.objects.count(), KeyRelease.objects.count()) == (1, 1, 1)


def test_a_view_that_changed_is_a_finding_until_it_is_back_or_approved_anew(
    journal: Journal, now: ManualClock
) -> None:
    def standing() -> list[str]:
        journal.sync()
        intake.take_in()
        return list(Finding.objects.filter(cleared_ns=None).values_list("code", flat=True))

    about: dict[str, Any] = {"camera": CAMERA, "version": 1}
    sketch = {"bits": "0", "sure": "0", "mean": 1, "spread": 1, "sharp": 1}
    journal.append("view-reference", **about, sketch=sketch)
    journal.append("view-changed", **about, fault="defocused")
    assert standing() == ["view-covered"]
    journal.append("view-back", **about)
    assert standing() == []
    journal.append("view-changed", **about, fault="covered")
    journal.append("view-changed", **about, fault="moved")
    journal.append("view-reference", **about, sketch=sketch)  # the same approval in another light
    assert standing() == ["view-moved"]
    row = PictureCheck.objects.get()
    assert (row.view_version, row.view_fault, row.view_fault_ns) == (1, "moved", now.wall_ns())
    journal.append("view-reference", camera=CAMERA, version=2, sketch=sketch)
    assert standing() == [] and PictureCheck.objects.get().view_fault == ""
    assert acts().count("view-changed") == 3


def test_a_closed_segment_leaves_its_hash_in_the_ledger(journal: Journal, now: ManualClock) -> None:
    fill(journal, now)
    intake.take_in()
    written = json.loads(Entry.objects.get(act="segment-closed").text)
    assert written["detail"]["sha256"] == "5a" * 32
    assert written["object"] == {"camera": CAMERA, "segment": ONE}
    assert Segment.objects.get().state == "closed"


def test_a_crash_inside_a_batch_repeats_it_whole(
    journal: Journal, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(journal, now)
    real = intake_acts.apply

    def dies_at_the_gap(recorder: str, entry: dict[str, object]) -> None:
        if entry["kind"] == "gap-closed":
            raise KeyboardInterrupt
        real(recorder, entry)

    monkeypatch.setattr(intake_acts, "apply", dies_at_the_gap)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        intake.take_in()
    assert not Entry.objects.exists() and not Segment.objects.exists() and not Intake.objects.exists()
    monkeypatch.setattr(intake_acts, "apply", real)
    intake.take_in()
    assert acts().count("segment-closed") == 1


def test_a_changed_line_is_found_and_its_word_is_not_taken(
    journal: Journal, now: ManualClock, data: Path
) -> None:
    fill(journal, now)
    path = next((data / "record" / "journal").iterdir())
    path.write_bytes(path.read_bytes().replace(b"unreachable", b"box-off-at1"))
    intake.take_in()
    finding = Finding.objects.get(code="journal-broken")
    assert not Gap.objects.filter(reason="box-off-at1").exists()
    assert "finding" in acts()
    # What the recorder writes afterwards is still taken in.
    journal.append("segment-open", **opened(TWO, now.wall_ns()))
    journal.sync()
    intake.take_in()
    assert Segment.objects.filter(id=TWO).exists()
    assert list(Finding.objects.filter(code="journal-broken")) == [finding]


@pytest.mark.parametrize("line", [1, 3, 5])
def test_a_removed_line_is_found(journal: Journal, now: ManualClock, data: Path, line: int) -> None:
    fill(journal, now)
    path = next((data / "record" / "journal").iterdir())
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:line] + lines[line + 1 :]))
    intake.take_in()
    assert Finding.objects.filter(code="journal-broken").count() == 1


def test_lines_changed_after_they_were_taken_in_are_found_at_the_next_start(
    journal: Journal, now: ManualClock, data: Path
) -> None:
    fill(journal, now)
    intake.take_in()
    path = next((data / "record" / "journal").iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"0a" * 16, b"0b" * 16))
    intake._tail.cache_clear()
    intake.take_in()
    assert Finding.objects.filter(code="journal-broken").exists()


def test_a_journal_cut_behind_our_back_is_found_and_followed_again(
    journal: Journal, now: ManualClock, data: Path
) -> None:
    journal.append("start", boot="b", version="1", previous_end_ns=0)
    journal.sync()
    intake.take_in()
    journal.append("segment-open", **opened(ONE, now.wall_ns()))
    journal.append("segment-open", **opened(TWO, now.wall_ns()))
    journal.sync()
    intake.take_in()
    journal.close()
    path = next((data / "record" / "journal").iterdir())
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-2]))
    intake.take_in()
    assert Finding.objects.filter(code="journal-rewound").count() == 1
    again = Journal(data / "record" / "journal", now)
    again.append("segment-open", **opened(THREE, now.wall_ns()))
    again.close()
    intake.take_in()
    assert Segment.objects.filter(id=THREE).exists()


def test_following_goes_on_over_many_files(data: Path, now: ManualClock) -> None:
    small = Journal(data / "record" / "journal", now, roll_bytes=2000)
    for number in range(40):
        small.append("gap-open", gap=f"{number:032x}", camera=CAMERA, since_ns=1, reason="gate")
        small.append("gap-closed", gap=f"{number:032x}", camera=CAMERA, until_ns=2)
        small.sync()
        if number % 7 == 0:
            intake.take_in()
        if number % 14 == 0:
            intake._tail.cache_clear()
    small.close()
    intake.take_in()
    assert len(list((data / "record" / "journal").iterdir())) > 3
    assert Gap.objects.filter(until_ns=2).count() == 40
    assert not Finding.objects.exists()


def test_a_torn_line_waits_until_it_is_whole(journal: Journal, now: ManualClock, data: Path) -> None:
    fill(journal, now)
    path = next((data / "record" / "journal").iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    taken = intake.take_in()
    path.write_bytes(whole)
    assert taken == journal.last_seq - 1 and intake.take_in() == 1
    assert not Finding.objects.exists()


def test_a_rotation_makes_the_hour_and_its_segments_dead(journal: Journal, now: ManualClock) -> None:
    start_ns = now.wall_ns()
    journal.append("segment-open", **opened(ONE, start_ns))
    journal.append("segment-closed", **ended(ONE, start_ns + NS_PER_S))
    journal.append("rotation", **rotation(7, dead("bb" * 16, start_ns // NS_PER_S, start_ns + 9)))
    journal.sync()
    intake.take_in()
    assert Segment.objects.get().state == "erased"
    hour = ErasedHour.objects.get()
    assert (hour.epoch, hour.erase_at_ns, hour.verified) == (7, start_ns + 9, True)
    assert "key-table-rotated" in acts()


def test_an_unverified_rotation_is_a_finding_until_one_is_verified(
    journal: Journal, now: ManualClock
) -> None:
    journal.append("rotation", **rotation(1, verified=False))
    journal.sync()
    intake.take_in()
    assert Finding.objects.get(code="rotation-not-verified").cleared_ns is None
    journal.append("rotation", **rotation(2))
    journal.sync()
    intake.take_in()
    assert Finding.objects.get(code="rotation-not-verified").cleared_ns is not None


def test_an_unknown_kind_is_said(journal: Journal) -> None:
    journal.append("something-new", camera=CAMERA)
    journal.sync()
    intake.take_in()
    assert Finding.objects.get().subject == "something-new"


@pytest.mark.parametrize("missing", ["purpose_version", "erase_at_ns"])
def test_the_schema_takes_no_segment_without_purpose_or_erase_date(now: ManualClock, missing: str) -> None:
    fields = opened(ONE, now.wall_ns())
    fields["id"] = fields.pop("segment")
    with pytest.raises(IntegrityError), transaction.atomic():
        Segment.objects.create(**{**fields, missing: 0}, state="open")
    with pytest.raises(IntegrityError), transaction.atomic():
        Segment.objects.create(**{**fields, missing: None}, state="open")


def test_another_place_of_the_master_key_is_in_the_ledger(journal: Journal) -> None:
    before = {"slots": ["file"], "key_part": ""}
    journal.append("slot-placed", slots=["raw /dev/sdb3"], key_part="token safe k1", before=before)
    journal.sync()
    intake.take_in()
    said = json.loads(Entry.objects.get(act="key-slot-placed").text)
    assert said["actor"] == "program:record"
    assert said["object"] == {"slots": ["raw /dev/sdb3"], "key_part": "token safe k1"}
    assert said["detail"]["before"] == before


def test_footage_that_bears_a_time_behind_its_death_does_not_stop_the_intake(
    journal: Journal, now: ManualClock
) -> None:
    """A clock showed 2036 and was not believed; the hour is dated when the time is trusted again."""
    start_ns, death_ns = now.wall_ns() + 3650 * DAY_NS, now.wall_ns() + 14 * DAY_NS
    said = opened(ONE, start_ns, provisional=True, erase_at_ns=now.wall_ns())
    journal.append("segment-open", **said)
    journal.append("segment-closed", **ended(ONE, start_ns + 300 * NS_PER_S))
    dated = {"camera": CAMERA, "hour": said["hour"], "hour_start_s": 0, "erase_at_ns": death_ns}
    journal.append("rotation", **rotation(2), dated=[dated])
    journal.sync()
    assert intake.take_in() == journal.last_seq
    row = Segment.objects.get()
    assert (row.erase_at_ns, row.provisional) == (death_ns, True)
    assert acts()[-1] == "key-table-rotated"


def test_a_part_of_an_hour_that_has_no_date_yet_does_not_stop_the_intake(
    journal: Journal, now: ManualClock
) -> None:
    """Erased in part while the clock was not trusted: what stays has the hour's preliminary date."""
    start_ns, early_ns = now.wall_ns(), now.wall_ns() - DAY_NS
    for segment in (ONE, TWO):
        journal.append("segment-open", **opened(segment, start_ns, provisional=True, erase_at_ns=early_ns))
        journal.append("segment-closed", **ended(segment, start_ns + 300 * NS_PER_S))
    hour = opened(ONE, start_ns)["hour"]
    stays = {"hold": "0c" * 16, "camera": CAMERA, "segments": [TWO], "until_ns": early_ns, "rest_of": hour}
    died = dead(hour, start_ns // NS_PER_S // 3600 * 3600, early_ns, "order")
    journal.append("rotation", **rotation(2, died), held=[stays])
    journal.sync()
    assert intake.take_in() == journal.last_seq
    states = {row.id: (row.state, row.provisional) for row in Segment.objects.all()}
    assert states[ONE][0] == "erased"
    assert states[TWO] == ("closed", True)
