"""The recorder examines itself: pure rules, and what is kept of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kuramori import clock
from kuramori.health import self_check
from kuramori.health.models import SelfCheck
from kuramori.health.self_rules import Found, faults, listening, security_updates, under
from kuramori.health.waiting_updates import LONGEST_NS, WaitingUpdates
from kuramori.ledger.models import Entry
from tests.footage.fixtures import data, now, world
from tests.footage.world import World
from tests.retention.test_pages import browser

__all__ = ["data", "now", "world"]
GOOD = Found(
    updates_waiting=0, lists_age_days=1, disk_encrypted=True, open_ports=(22, 8643), clock_trusted=True
)
OWN = frozenset({8643})
TCP = """  sl  local_address rem_address   st tx_queue rx_queue
   0: 0100007F:21C0 00000000:0000 0A 00000000:00000000
   1: 00000000:0016 00000000:0000 0A 00000000:00000000
   2: 0A00020F:1F90 0A000202:D431 01 00000000:00000000
"""
MOUNTS = """25 1 254:0 / / rw - ext4 /dev/mapper/root rw
31 25 8:2 / /var/lib/kuramori rw - ext4 /dev/sda2 rw
32 25 0:20 / /var/lib rw - tmpfs tmpfs rw
"""


def test_a_machine_in_order_has_no_faults() -> None:
    assert faults(GOOD, OWN) == ()


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (replace(GOOD, updates_waiting=1), "recorder-updates"),
        (replace(GOOD, lists_age_days=15), "recorder-updates"),
        (replace(GOOD, disk_encrypted=False), "recorder-disk"),
        (replace(GOOD, open_ports=(22, 23)), "recorder-ports"),
        (replace(GOOD, clock_trusted=False), "recorder-clock"),
    ],
)
def test_each_fault_is_seen(found: Found, code: str) -> None:
    assert faults(found, OWN) == (code,)


def test_what_could_not_be_found_out_is_not_in_order() -> None:
    assert len(faults(Found(), OWN)) == 4


def test_ports_updates_and_mounts_are_read_as_the_machine_writes_them() -> None:
    assert listening(TCP, self_check.LOOPBACK_4) == {22}
    said = "Inst openssl [1] (2 Debian-Security:12/oldstable-security)\nInst vim (3 Debian:12)\nConf vim"
    assert security_updates(said) == 1
    assert under(MOUNTS, "/var/lib/kuramori/db") == "/dev/sda2"
    assert under(MOUNTS, "/var/lib/kuramori-other") == "tmpfs"
    assert under(MOUNTS, "/home") == "/dev/mapper/root"


def test_a_disk_is_encrypted_when_everything_under_it_is(tmp_path: Path) -> None:
    crypt, plain, volume = tmp_path / "crypt", tmp_path / "plain", tmp_path / "volume"
    (crypt / "dm").mkdir(parents=True)
    (crypt / "dm" / "uuid").write_text("CRYPT-LUKS2-00")
    plain.mkdir()
    (volume / "slaves").mkdir(parents=True)
    (volume / "slaves" / "a").symlink_to(crypt)
    assert self_check._crypt(volume)
    (volume / "slaves" / "b").symlink_to(plain)
    assert not self_check._crypt(volume)


@pytest.mark.django_db
def test_a_row_only_when_something_is_otherwise_and_an_old_look_is_none(
    world: World, now: clock.ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = GOOD
    monkeypatch.setattr(self_check, "examine", lambda: said)
    monkeypatch.setattr(self_check, "waiting_updates", WaitingUpdates(("true",)))
    self_check.look()  # asks; the answer is there at a later look
    assert not SelfCheck.objects.exists()
    self_check.waiting_updates._running.wait()  # type: ignore[union-attr]
    monkeypatch.setattr(self_check, "own_ports", lambda: OWN)
    assert self_check.faults() == self_check.UNEXAMINED
    self_check.look()
    now.advance_s(3600)
    self_check.look()
    assert SelfCheck.objects.count() == 1 and self_check.faults() == ()
    said = replace(GOOD, disk_encrypted=False)
    self_check.look()
    assert self_check.faults() == ("recorder-disk",)
    assert Entry.objects.filter(act="recorder-examined-itself").count() == 2
    page = browser(world.manager).get("/health/self-check/").content.decode()
    assert "暗号化されていません" in page and "22, 8643" in page
    now.advance_s(7 * 3600)
    assert self_check.faults() == self_check.UNEXAMINED


@pytest.mark.parametrize(
    ("command", "number"),
    [
        (("echo", "Inst openssl (1 Debian-Security:12)"), 1),
        (("false",), None),
        (("/no/such/program",), None),
    ],
)
def test_apt_is_asked_beside_our_work_and_may_fail(command: tuple[str, ...], number: int | None) -> None:
    asked = WaitingUpdates(command)
    asked.known(0)
    if asked._running:
        asked._running.wait()
    assert asked.known(1) and asked.number == number


def test_an_answer_that_never_comes_is_none() -> None:
    asked = WaitingUpdates(("sleep", "60"))
    assert not asked.known(0) and not asked.known(1)
    assert asked.known(LONGEST_NS) and asked.number is None


def test_this_machine_answers_and_says_what_it_does_not_know() -> None:
    assert self_check._ports() is not None
    assert self_check.encrypted(Path("/proc")) in (None, False)
