"""The registers of this room: rooms, keys, entries, PCs with their checks, devices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from kuramori import clock, local_time, periods
from kuramori.errors import BadInput
from kuramori.paper.register import Line, Register
from kuramori.places import pcs
from kuramori.places.room_models import Device, KeyMove, Pc, PcCheck, Room, RoomEntry
from kuramori.web.refusals import RefusalWords

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

REFUSALS = {
    "pc-unknown": RefusalWords(
        title=_("This PC is not in the register"),
        why=_("Pictures are shown only on PCs that are registered."),
        cure=_("Enter the PC in the register and check it."),
        who=_("The manager."),
    ),
}


def room_lines(row: Room, steps: Sequence[Any], now_ns: int) -> list[Line]:
    due = row.checked_on + timedelta(days=periods.ROOM_CHECK_DAYS)
    late = local_time.day_of(now_ns) > due
    return [Line(_("next check of the lock"), str(due), "bad" if late else "good")]


def check_room(row: Room, by: AbstractBaseUser) -> None:
    pcs.require_past(row.checked_on)


def check_move(row: KeyMove, by: AbstractBaseUser) -> None:
    pcs.require_past(row.done_on)


def check_entry(row: RoomEntry, by: AbstractBaseUser) -> None:
    if row.left_at < row.came_at:
        raise BadInput("left-before")
    if row.left_at > clock.utc(clock.now_ns()):
        raise BadInput("day-to-come")


def check_pc_check(row: PcCheck, by: AbstractBaseUser) -> None:
    pcs.require_past(row.checked_on)
    if row.definitions_on > row.checked_on:
        raise BadInput("day-to-come")
    row.pc_id = row.pc.first_pk
    good = row.protected and row.updated and row.screen_lock
    if not good and not row.measures.strip():
        raise BadInput("check-measures")


def check_lines(row: PcCheck, steps: Sequence[Any], now_ns: int) -> list[Line]:
    if not pcs.good(row):
        return [Line(_("state"), str(_("not good: put it right, then check again")), "bad")]
    due = row.checked_on + timedelta(days=periods.PC_CHECK_DAYS)
    late = local_time.day_of(now_ns) >= due
    return [Line(_("check again by"), str(due), "warn" if late else "good")]


def device_lines(row: Device, steps: Sequence[Any], now_ns: int) -> list[Line]:
    told = []
    if row.supported_until and local_time.day_of(now_ns) > row.supported_until:
        told.append(Line(_("state"), str(_("no longer supported by its maker")), "bad"))
    if not row.own_password:
        told.append(Line(_("state"), str(_("no password of its own")), "bad"))
    return told


WORDS = {
    "left-before": _("Nobody leaves before coming."),
    "check-measures": _("Something is not good: write what was done about it."),
}
MANAGER = ("manager",)
REGISTERS = (
    Register(
        key="rooms",
        form="F14",
        clause="T6b",
        title=_("Rooms and locks"),
        new_words=_("Enter a room"),
        model=Room,
        fields=("name", "holds", "lock", "allowed", "keys", "checked_on"),
        enter_roles=MANAGER,
        check=check_room,
        lines=room_lines,
        order=30,
    ),
    Register(
        key="keys",
        form="F14",
        clause="T6b",
        title=_("Keys of rooms"),
        new_words=_("Enter what happened to a key"),
        model=KeyMove,
        fields=("room", "key", "act", "done_on", "person"),
        check=check_move,
        order=31,
    ),
    Register(
        key="entries",
        form="F14",
        clause="T6b",
        title=_("Who was in a room"),
        new_words=_("Enter a stay in a room"),
        model=RoomEntry,
        fields=("room", "came_at", "left_at", "name", "why", "with_whom", "locked", "key"),
        check=check_entry,
        words=WORDS,
        order=32,
    ),
    Register(
        key="pcs",
        form="F22",
        clause="T6f",
        title=_("PCs"),
        new_words=_("Enter a PC"),
        model=Pc,
        fields=("name", "place", "system", "antivirus", "encrypted", "network", "out_of_use"),
        enter_roles=MANAGER,
        order=33,
    ),
    Register(
        key="pc-checks",
        form="F22",
        clause="T6f",
        title=_("Checks of PCs"),
        new_words=_("Check a PC (one minute)"),
        about=_("Every three months. Pictures are not shown on a PC whose check is overdue or was not good."),
        model=PcCheck,
        fields=(
            "pc",
            "checked_on",
            "who",
            "protected",
            "definitions_on",
            "updated",
            "screen_lock",
            "measures",
        ),
        check=check_pc_check,
        lines=check_lines,
        words=WORDS,
        correctable=False,
        at_console=True,
        order=34,
    ),
    Register(
        key="devices",
        form="F22",
        clause="T6g",
        title=_("Devices"),
        new_words=_("Enter a device"),
        model=Device,
        fields=(
            *("kind", "make", "serial", "firmware", "label", "supported_until"),
            *("own_password", "services_off", "place"),
        ),
        enter_roles=MANAGER,
        lines=device_lines,
        order=35,
    ),
)
