"""Makes everything on one store undecryptable at once, by the same orders that erase any hour early.

A key belongs to an hour of a camera, not to a disk: footage of the same hours on another store dies too.
Footage held for a case has keys of its own: a store with such footage is retired only when it is said that
those holds end too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock, local_time
from kuramori.errors import BadInput
from kuramori.footage import orders, store_files
from kuramori.footage.models import LIVING, ErasedHour, HeldSegment, Order, Segment
from kuramori.people.roles import MANAGER, require_role
from kuramori.recorder.footage_files import header_of
from kuramori.retention import holds, media_here, media_register
from kuramori.retention.hold_models import Hold
from kuramori.retention.media_models import Act, Medium, MediumAct
from kuramori.vault.segment_header import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kuramori.people.models import Account

REASON_LENGTH = 180


@dataclass(frozen=True, slots=True)
class Content:
    """What lies on a store: hour ids, and (camera, start of hour in seconds) of each."""

    hours: frozenset[str]
    spans: frozenset[tuple[str, int]]
    elsewhere: int
    """Pieces of footage of the same hours on other stores: they die too."""
    held: frozenset[int] = frozenset()
    """Numbers of the holds that keep pieces of footage on this store."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a retirement has come."""

    ordered: int
    done: int
    refused: int
    hours: int
    certified: int

    @property
    def finished(self) -> bool:
        return self.done == self.ordered and self.certified == self.hours


def content(store: str) -> Content:
    """By the index and by the clear headers of the files, since either may be incomplete."""
    root = media_here.root_of(store)
    begins = store_files.told(root).rstrip("/") + "/"
    rows = Segment.objects.filter(state__in=LIVING)
    here = rows.filter(path__startswith=begins).values_list("hour", "camera", "hour_start_s")
    found = {*here, *_by_headers(root)}
    dead = set(ErasedHour.objects.values_list("hour", flat=True))
    standing = HeldSegment.objects.filter(ended_ns=None)
    by_case = Hold.objects.exclude(order="")
    rests = standing.exclude(hold__in=by_case.values("order")).values("segment")
    partly = set(rows.filter(path__startswith=begins, id__in=rests).values_list("hour", flat=True))
    found = {one for one in found if one[0] not in dead or one[0] in partly}
    kept = standing.filter(segment__in=rows.filter(path__startswith=begins).values("id"))
    held = by_case.filter(order__in=kept.values("hold")).values_list("pk", flat=True)
    hours = frozenset(hour for hour, _, _ in found)
    others = rows.filter(hour__in=hours).exclude(path__startswith=begins).count() if hours else 0
    return Content(
        hours, frozenset((camera, start_s) for _, camera, start_s in found), others, frozenset(held)
    )


def retire(store: str, reason: str, *, manager: Account, held_too: bool = False) -> MediumAct:
    """Order the death of every hour on `store` and note it on its medium.

    Where footage on it is held for a case, `held_too` must say that those holds end as well. Works while the
    storehouse is locked. Raises Refusal (not the manager), BadInput `no-such-store`, `reason-missing`,
    `medium-unregistered`, `store-holds-footage`.
    """
    require_role(manager, clock.now_ns(), MANAGER)
    media_here.root_of(store)
    if not reason.strip():
        raise BadInput("reason-missing")
    medium = Medium.objects.filter(store=store).exclude(acts__act=Act.DESTROYED.value).last()
    if medium is None:
        raise BadInput("medium-unregistered")
    words = reason.strip()[:REASON_LENGTH]
    what = content(store)
    if what.held and not held_too:
        raise BadInput("store-holds-footage")
    with transaction.atomic():
        for hold in Hold.objects.filter(pk__in=what.held, end_order=""):
            holds.end(manager, hold, words)
        made = [
            orders.issue(
                "erase", actor=manager.actor, camera=camera, from_s=from_s, until_s=until_s, reason=words
            )
            for camera, from_s, until_s in intervals(what.spans)
        ]
        return media_register.note(
            medium,
            Act.RETIRED,
            manager,
            local_time.today(),
            reason=words,
            erasing={"orders": made, "hours": sorted(what.hours), "elsewhere": what.elsewhere},
        )


def progress(act: MediumAct) -> Progress:
    """What came of the orders of one retirement."""
    said = act.erasing or {"orders": [], "hours": []}
    states = list(Order.objects.filter(id__in=said["orders"]).values_list("state", flat=True))
    return Progress(
        ordered=len(said["orders"]),
        done=states.count("done"),
        refused=states.count("refused"),
        hours=len(said["hours"]),
        certified=ErasedHour.objects.filter(hour__in=said["hours"]).exclude(certificate="").count(),
    )


def intervals(spans: Iterable[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """Neighbouring hours of one camera as one interval: (camera, from, until) in seconds since 1970."""
    joined: list[tuple[str, int, int]] = []
    for camera, start_s in sorted(spans):
        if joined and joined[-1][0] == camera and joined[-1][2] == start_s:
            joined[-1] = (camera, joined[-1][1], start_s + clock.HOUR_S)
        else:
            joined.append((camera, start_s, start_s + clock.HOUR_S))
    return joined


def _by_headers(root: Path) -> set[tuple[str, str, int]]:
    headers = (header_of(path) for path in root.glob(f"*/*/*{SUFFIX}"))
    return {(one.hour, one.camera, one.hour_start_s) for one in headers if one is not None}
