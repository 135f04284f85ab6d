"""Disks for recordings: adding, emptying, taking out of use; and what the body wants when room is short.

A disk is mounted at DATA/store/NAME by whoever put it in; from then on the browser does. The recorder writes
a marker on it, by which it knows the disk again.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.footage import datadir, recorder_socket, settings_file
from kuramori.footage.models import LIVING, AddedDisk, Segment, WhenShort
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, require_role

if TYPE_CHECKING:
    from kuramori.people.models import Account

OWN = "0"
NAME = re.compile(r"[0-9a-z][0-9a-z-]{0,31}\Z")


def mounted() -> list[str]:
    """Names of folders below DATA/store on which a disk is mounted and that are not in use yet."""
    known = {OWN, *AddedDisk.objects.filter(removed_ns=None).values_list("name", flat=True)}
    folder = datadir.data() / "store"
    try:
        names = sorted(entry.name for entry in folder.iterdir() if NAME.match(entry.name))
    except OSError:
        return []
    return [name for name in names if name not in known and os.path.ismount(folder / name)]


def in_use() -> list[AddedDisk]:
    """The disks that the recorder's settings name, oldest first."""
    return list(AddedDisk.objects.filter(removed_ns=None))


def add(by: Account, name: str) -> AddedDisk:
    """Take a mounted disk into use: it gets new footage from then on, before the box's own disk.

    Raises Refusal, BadInput `disk-not-mounted`, or what the recorder says (`disk-of-another`,
    `disk-not-writable`, RecorderUnreachable).
    """
    require_role(by, clock.now_ns(), MANAGER)
    if name not in mounted():
        raise BadInput("disk-not-mounted")
    recorder_socket.mark_disk(name)
    with transaction.atomic():
        row = AddedDisk.objects.create(name=name, added_ns=clock.now_ns())
        _told("disk-added", by, row)
    return row


def drain(by: Account, row: AddedDisk, *, on: bool) -> None:
    """Put nothing new there (`on`), or do again. What lies there stays until its day."""
    require_role(by, clock.now_ns(), MANAGER)
    with transaction.atomic():
        row = AddedDisk.objects.select_for_update().get(pk=row.pk)
        if row.removed_ns is not None or (row.draining_ns is not None) == on:
            raise BadInput("disk-changed-meanwhile")
        row.draining_ns = clock.now_ns() if on else None
        row.save(update_fields=["draining_ns"])
        _told("disk-draining" if on else "disk-filling", by, row)


def remove(by: Account, row: AddedDisk) -> None:
    """Take it out of use. Raises BadInput `disk-not-empty` while footage of it lives by the index."""
    require_role(by, clock.now_ns(), MANAGER)
    with transaction.atomic():
        row = AddedDisk.objects.select_for_update().get(pk=row.pk)
        if row.removed_ns is not None or row.draining_ns is None:
            raise BadInput("disk-changed-meanwhile")
        if living(row.name).exists():
            raise BadInput("disk-not-empty")
        row.removed_ns = clock.now_ns()
        row.save(update_fields=["removed_ns"])
        _told("disk-removed", by, row)


def living(name: str) -> Any:
    """The segments that live on a disk, by the index."""
    return Segment.objects.filter(state__in=LIVING, path__startswith=f"store/{name}/")


def when_short() -> str:
    """`stop` (the least important camera stops) or `erase` (the oldest footage dies early)."""
    row = WhenShort.objects.filter(id=1).first()
    return row.choice if row else WhenShort.STOP


def choose(by: Account, choice: str) -> None:
    """Set that. Raises Refusal; BadInput `no-such-choice`."""
    require_role(by, clock.now_ns(), MANAGER)
    if choice not in (WhenShort.STOP, WhenShort.ERASE):
        raise BadInput("no-such-choice")
    if choice == when_short():
        return
    with transaction.atomic():
        WhenShort.objects.update_or_create(id=1, defaults={"choice": choice, "since_ns": clock.now_ns()})
        entries.record("when-short-chosen", actor=by.actor, obj={"choice": choice})


def _told(act: str, by: Account, row: AddedDisk) -> None:
    entries.record(act, actor=by.actor, obj={"disk": row.name})
    settings_file.write(by.actor)
