"""What this machine uses for recordings and keys, and whether the register knows it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from kuramori.errors import BadInput
from kuramori.footage import datadir
from kuramori.retention.media_models import Act, Kind, Medium
from kuramori.vault import slot_config
from kuramori.vault.key_files import RealFiles


@dataclass(frozen=True, slots=True)
class InUse:
    """A place in use: a store (its id), or a key slot on a medium of its own. `path` is where it lies."""

    kind: str
    store: str
    path: str


def in_use() -> list[InUse]:
    """The stores of the recorder's settings, and slots that are not a file of this data directory."""
    found = [InUse(Kind.STORE.value, store, path) for store, path in stores().items()]
    try:
        places = slot_config.load(datadir.record_dir(), RealFiles()).set_up.slots
    except BadInput:
        places = ()
    found += [InUse(Kind.SLOT.value, "", place.path) for place in places if place.path]
    return found


def unregistered() -> list[InUse]:
    """What is in use and not in the register. A slot counts as known when as many slots are registered."""
    living = Medium.objects.exclude(acts__act=Act.DESTROYED.value)
    known = set(living.filter(kind=Kind.STORE).values_list("store", flat=True))
    slots = living.filter(kind=Kind.SLOT).count()
    missing = []
    for one in in_use():
        if one.kind == Kind.STORE:
            if one.store not in known:
                missing.append(one)
        elif slots:
            slots -= 1
        else:
            missing.append(one)
    return missing


def stores() -> dict[str, str]:
    """Store id → path (relative to the data directory, or absolute); the usual store always."""
    usual = {"0": "store/0"}
    try:
        said = json.loads((datadir.record_dir() / "settings.json").read_text())
        return usual | {str(store["id"]): str(store["path"]) for store in said["stores"]}
    except (OSError, ValueError, KeyError, TypeError):
        return usual


def root_of(store: str) -> Path:
    """Where a store lies. Raises BadInput `no-such-store`."""
    path = stores().get(store)
    if path is None:
        raise BadInput("no-such-store", store=store)
    return datadir.data() / path
