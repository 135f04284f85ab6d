"""First sets (ひな型): for each kind of body what set-up proposes, as data files. All is to be adapted."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from kuramori.paper import signs
from kuramori.policy import keeping, purposes

FOLDER = Path(__file__).with_name("starts")


@dataclass(frozen=True, slots=True)
class CameraProposal:
    """A camera such a body often has: its name and where it hangs."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class SignProposal:
    """How its sign looks: wording, size, languages, and the places of a vehicle (one page each)."""

    wording: str
    size: str
    languages: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """One first set. `duties`: who does what and when, in Japanese, as printed on its sheet."""

    name: str
    order: int
    title_ja: str
    title_en: str
    one_person: bool
    days: int
    purpose_code: str
    purpose_text: str
    sign: SignProposal
    sign_place: str
    adopted_by: str
    cameras: tuple[CameraProposal, ...]
    public_place: bool
    vehicle: bool
    need: str
    mitigation: str
    duties: tuple[str, ...]

    @property
    def title(self) -> str:
        """In the language of the page."""
        return self.title_ja if (get_language() or "ja").startswith("ja") else self.title_en


@lru_cache(maxsize=1)
def all_starts() -> dict[str, Start]:
    """Every first set by name, in the order of the page."""
    found = [_read(path) for path in sorted(FOLDER.glob("*.toml"))]
    return {one.name: one for one in sorted(found, key=lambda one: one.order)}


def of(name: str) -> Start | None:
    """The first set of that name; None for none chosen."""
    return all_starts().get(name)


def _read(path: Path) -> Start:
    """Raises KeyError or ValueError for a file that lacks something, or says what no setting allows."""
    said: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    sign = said["sign"]
    start = Start(
        name=path.stem,
        order=said["order"],
        title_ja=said["title"]["ja"],
        title_en=said["title"]["en"],
        one_person=said["one_person"],
        days=said["days"],
        purpose_code=said["purpose"]["code"],
        purpose_text=said["purpose"]["text"],
        sign=SignProposal(sign["wording"], sign["size"], tuple(sign["languages"]), tuple(sign["places"])),
        sign_place=said["sign_place"],
        adopted_by=said["adopted_by"],
        cameras=tuple(CameraProposal(**one) for one in said["cameras"]),
        public_place=said["public_place"],
        vehicle=said["vehicle"],
        need=said["need"],
        mitigation=said["mitigation"],
        duties=tuple(said["duties"]),
    )
    ready = purposes.ready(start.purpose_code)
    right = (
        1 <= start.days <= keeping.MOST_DAYS
        and ready is not None
        and ready.text == start.purpose_text
        and start.sign.wording in signs.HEADS
        and start.sign.size in signs.SIZES
        and set(start.sign.languages) <= set(signs.LANGUAGES)
    )
    if not right:
        raise ValueError(f"{path.name} proposes what no setting allows")
    return start
