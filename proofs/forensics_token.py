"""The known-bad set-up again, a slot whose old copies live on, now with T in a PKCS#11 token (SoftHSM).

T is made anew each day and the old one dropped. Whoever seizes disk and token together gets today's T, so
what was erased since it was made may come back out of old slots; nothing that was erased before. Control:
with every T that there ever was (a token whose memory was copied each day) the older hours come back too.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.vault.slot_rig import new_token, softhsm_home

from kuramori.clock import HOUR_S, NS_PER_S
from proofs.forensics_attack import attack
from proofs.forensics_images import MIB, FileSystem, mounted
from proofs.forensics_months import Box, Footage
from proofs.forensics_scan import Needles

if TYPE_CHECKING:
    from pathlib import Path

FRESH_NS = 2 * HOUR_S * NS_PER_S
HEAD = ("file system", "slot", "hours recorded", "erased before today's T", "back with today's T",
        "erased since", "back", "control: back with every T ever", "live hours that open",
        "Ts on the disk", "level, reasons")  # fmt: skip


@dataclass
class TokenFinding:
    """One file system, the slot as a file on it. All numbers are counts of hours."""

    system: str
    recorded: int
    before: int
    before_back: int
    since: int
    since_back: int
    control_back: int
    live: int
    live_open: int
    values_seen: int
    level: int
    irrecoverable: bool
    reasons: tuple[str, ...]

    @property
    def proves(self) -> bool:
        """Whether old slots were still there to be found: where the control finds none, nobody could."""
        return self.control_back > 0

    def faults(self) -> list[str]:
        """What is not as it must be."""
        found = {
            "hours erased before today's T are back": self.before_back > 0,
            "nothing was erased before today's T": self.before == 0,
            "live hours do not open": self.live_open < self.live,
            "a T is on the disk": self.values_seen > 0,
            "called irrecoverable": self.irrecoverable,
        }
        return [f"{self.system}, slot file with T: {text}" for text, wrong in found.items() if wrong]

    def told(self) -> list[str]:
        """A row of the table."""
        hours = (self.recorded, self.before, self.before_back, self.since, self.since_back)
        opened, level = f"{self.live_open} of {self.live}", f"{self.level}: {', '.join(self.reasons)}"
        control = f"**{self.control_back}**" if self.proves else "0: this row proves nothing"
        return [self.system, "file, T in a token", *map(str, hours), control, opened,
                str(self.values_seen), level]  # fmt: skip


async def _live(box: Box, hours: int, retention: dict[str, Any], footage: Footage) -> None:
    """The months, and then on until T has just been renewed: old slots of the day before are still there."""
    await box.live(hours, retention, footage)
    while box.clock.wall_ns() - box.tokens[-1][1] > FRESH_NS:
        await box.one_hour(footage)


def examine_token(
    system: FileSystem, hours: int, retention: dict[str, Any], scratch: Path, image_bytes: int = 512 * MIB
) -> TokenFinding:
    """Live through the hours with T in a token, then attack the image with today's T, and with all."""
    if not (scratch / "token").exists():
        softhsm_home(scratch / "token")
    place = new_token(f"t{hours}-{system.name.replace(' ', '-')}"[:32], scratch / "token")
    image = scratch / "disk.img"
    footage = Footage(scratch)
    with mounted(system, image, image_bytes) as mount:
        box = Box(mount, None, part=place)
        asyncio.run(_live(box, hours, retention, footage))
        status = box.keeper.status()
        erased = {row["hour"]: row["erased_at_ns"] for row in box.erased()}
        box.switch_off()
    oracle, private = box.oracle, bytes(box.storehouse.private)
    today, made_ns = box.tokens[-1]
    dead = {hour: at for hour, at in erased.items() if hour in oracle.hours}
    alive = oracle.hours.keys() - dead.keys()
    before = {hour for hour, at in dead.items() if at < made_ns}
    loot = attack([image], private, [b"", today])
    back = {hour for hour, secret in oracle.hours.items() if loot.secrets.get(hour) == secret}
    all_loot = attack([image], private, [value for value, _ in box.tokens])
    all_back = {hour for hour in before if all_loot.secrets.get(hour) == oracle.hours[hour]}
    seen = Needles({value for value, _ in box.tokens}).found(image)
    finding = TokenFinding(
        system.name, len(oracle.hours), len(before), len(back & before), len(dead) - len(before),
        len(back & (dead.keys() - before)), len(all_back), len(alive), len(back & alive), len(seen),
        int(str(status["level"])), bool(status["irrecoverable"]), tuple(status["reasons"]),  # type: ignore[arg-type]
    )  # fmt: skip
    image.unlink()
    return finding
