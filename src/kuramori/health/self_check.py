"""The recorder examines itself: updates once a day, disk, open doors and clock all the time (T6f)."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.db import transaction

from kuramori import clock
from kuramori.health.facts import recorder_status
from kuramori.health.models import SelfCheck
from kuramori.health.self_rules import LISTS_DAYS, Found, listening, under
from kuramori.health.self_rules import faults as judged
from kuramori.health.waiting_updates import WaitingUpdates
from kuramori.ledger import entries

WORK = "program:work"
STALE_NS = 6 * clock.HOUR_S * clock.NS_PER_S
UNEXAMINED = ("recorder-unexamined",)
LOOPBACK_4 = ("0100007F",)
LOOPBACK_6 = ("00000000000000000000000001000000", "0000000000000000FFFF00000100007F")
APT_LISTS = Path("/var/lib/apt/lists")
waiting_updates = WaitingUpdates()


def look() -> None:
    """Examine the machine; a new row and an entry in the record only when something is otherwise."""
    if not waiting_updates.known(clock.now_ns()):
        return  # apt has not answered yet
    found = examine()
    said, now_ns = list(judged(found, own_ports())), clock.now_ns()
    with transaction.atomic():
        last = SelfCheck.objects.order_by("-pk").first()
        if last is not None and (last.faults, last.found) == (said, _kept(found)):
            SelfCheck.objects.filter(pk=last.pk).update(looked_ns=now_ns)
            return
        SelfCheck.objects.create(faults=said, found=_kept(found), since_ns=now_ns, looked_ns=now_ns)
        entries.record(
            "recorder-examined-itself",
            actor=WORK,
            outcome="failed" if said else "done",
            detail={"faults": said},
        )


def faults() -> tuple[str, ...]:
    """What is not in order, by the newest look; a look too long ago is none."""
    last = newest()
    if last is None or clock.now_ns() - last.looked_ns > STALE_NS:
        return UNEXAMINED
    return tuple(last.faults)


def newest() -> SelfCheck | None:
    """The newest look."""
    return SelfCheck.objects.order_by("-pk").first()


def own_ports() -> frozenset[int]:
    """The ports at which our own pages may be reached from other machines."""
    return frozenset({int(port) for port in getattr(settings, "PORTS_FOR_OTHERS", ())})


def examine() -> Found:
    """Ask the machine itself; whatever it does not tell stays None."""
    told = recorder_status()
    state = told.get("clock") if told else None
    return Found(
        updates_waiting=waiting_updates.number,
        lists_age_days=_lists_age(),
        disk_encrypted=encrypted(Path(settings.DATA)),
        open_ports=_ports(),
        clock_trusted=None if not isinstance(state, dict) else state.get("state") == "trusted",
    )


def encrypted(path: Path, devices: Path = Path("/sys/dev/block")) -> bool | None:
    """Whether `path` lies on an encrypted disk; None where its device is not known (memory, overlay)."""
    try:
        source = under(Path("/proc/self/mountinfo").read_text(), str(path.resolve()))
        number = Path(source).stat().st_rdev if source.startswith("/dev/") else path.stat().st_dev
    except OSError:
        return None
    node = devices / f"{os.major(number)}:{os.minor(number)}"
    return _crypt(node) if node.exists() else None


def _crypt(node: Path) -> bool:
    """A device is encrypted when it is a crypt target, or when everything under it is."""
    uuid = node / "dm" / "uuid"
    if uuid.exists() and uuid.read_text().startswith("CRYPT-"):
        return True
    slaves = sorted((node / "slaves").glob("*")) if (node / "slaves").is_dir() else []
    return bool(slaves) and all(_crypt(slave) for slave in slaves)


def _lists_age() -> int | None:
    stamps = [one.stat().st_mtime for one in APT_LISTS.glob("*Release")] if APT_LISTS.is_dir() else []
    if not stamps:
        return None
    return max(0, int(clock.now_ns() / clock.NS_PER_S - max(stamps)) // 86_400)


def _ports() -> tuple[int, ...] | None:
    try:
        four, six = Path("/proc/net/tcp").read_text(), Path("/proc/net/tcp6")
        found = listening(four, LOOPBACK_4)
        if six.exists():
            found |= listening(six.read_text(), LOOPBACK_6)
    except OSError:
        return None
    return tuple(sorted(found))


def _kept(found: Found) -> dict[str, object]:
    """As the row keeps it: the age of the lists only as fresh or not, so that a row is not new every day."""
    said = asdict(found) | {"open_ports": list(found.open_ports) if found.open_ports is not None else None}
    age = said.pop("lists_age_days")
    return {**said, "asked_for_updates": age is not None and age <= LISTS_DAYS}
