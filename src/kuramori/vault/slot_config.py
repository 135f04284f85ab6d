"""DATA/record/slot.json: where the key slot lives, and T. Written by `kuramori slot`, read by the recorder.

It holds no key: the password of the TPM's indices only keeps other accounts of this machine from reading T.
No file means the slot of two files under DATA/record/slot and no T.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from kuramori.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.vault.key_files import KeyFiles

FORMAT = 1
NAME = "slot.json"


@dataclass(frozen=True, slots=True)
class SlotPlace:
    """One medium of the slot: a directory for two files, or a device. Empty path: DATA/record/slot."""

    kind: Literal["file", "raw"] = "file"
    path: str = ""


@dataclass(frozen=True, slots=True)
class TpmPlace:
    """T in two NV indices of a TPM."""

    tcti: str
    indices: tuple[int, int]
    password: str


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """T in two objects of a PKCS#11 token."""

    module: str
    token: str
    pin_file: str
    name: str


@dataclass(frozen=True, slots=True)
class SetUp:
    """Media of the slot (two and more are mirrors) and where T is."""

    slots: tuple[SlotPlace, ...] = (SlotPlace(),)
    part: TpmPlace | TokenPlace | None = None

    def without(self, other: SetUp) -> SetUp:
        """What `other` does not use as well."""
        slots = tuple(place for place in self.slots if place not in other.slots)
        return SetUp(slots, None if self.part == other.part else self.part)


@dataclass(frozen=True, slots=True)
class SlotConfig:
    """`leaving`: where the keys were before a move that is not finished."""

    set_up: SetUp = SetUp()
    leaving: SetUp | None = None


def load(record_dir: Path, files: KeyFiles) -> SlotConfig:
    """The configuration in force. Raises `BadInput("slot-config")`: guessing could pass by the keys."""
    path = record_dir / NAME
    if not files.exists(path):
        return SlotConfig()
    try:
        document = json.loads(files.read(path)[0])
        if document["format"] != FORMAT:
            raise BadInput("slot-config", format=document["format"])
        leaving = document["leaving"]
        return SlotConfig(_set_up(document), None if leaving is None else _set_up(leaving))
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise BadInput("slot-config", path=path) from wrong


def save(record_dir: Path, config: SlotConfig, files: KeyFiles) -> None:
    """Replace the configuration; only while no recorder runs, or by the recorder itself. Raises `OSError`."""
    leaving = config.leaving and _document(config.leaving)
    document = {"format": FORMAT, **_document(config.set_up), "leaving": leaving}
    files.replace(record_dir / NAME, json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n")


def _document(set_up: SetUp) -> dict[str, Any]:
    part = set_up.part
    kind = {} if part is None else {"kind": "tpm" if isinstance(part, TpmPlace) else "pkcs11"}
    return {
        "slots": [asdict(place) for place in set_up.slots],
        "part": None if part is None else {**kind, **asdict(part)},
    }


def _set_up(document: dict[str, Any]) -> SetUp:
    slots = tuple(SlotPlace(**place) for place in document["slots"])
    if any(place.kind not in ("file", "raw") for place in slots):
        raise ValueError("unknown kind of slot")
    part = document["part"]
    if part is None:
        return SetUp(slots)
    fields = {name: value for name, value in part.items() if name != "kind"}
    if part["kind"] == "tpm":
        first, second = fields.pop("indices")
        return SetUp(slots, TpmPlace(indices=(int(first), int(second)), **fields))
    if part["kind"] == "pkcs11":
        return SetUp(slots, TokenPlace(**fields))
    raise ValueError("unknown kind of part")
