"""A bus: the box goes off with the ignition thirty times a day, and may stand for weeks without clock.

What that does to dates: nothing lives or is shown beyond its day, and footage of a ride whose time nobody
confirmed dies early, by at most the time since somebody last did.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from proofs.clock_life import DAY_S, Life

from kuramori.clock import HOUR_S
from tests.recorder.keeper_rig import SURE

if TYPE_CHECKING:
    from pathlib import Path

IGNITIONS = 30
RIDE_S = 22 * 60
STOP_S = 6 * 60
NIGHT_S = DAY_S - IGNITIONS * (RIDE_S + STOP_S)
SERVICE_S = DAY_S - NIGHT_S
BEGINS = datetime(2026, 12, 1, 21, tzinfo=UTC)  # six in the morning in Japan
SINCE_1970_S = 57 * 365 * DAY_S


async def service(life: Life) -> int:
    """One day on the road, no time server in reach; how many of its rides open at its end."""
    first = len(life.watched)
    for _ in range(IGNITIONS):
        await life.ride(RIDE_S)
        await life.off(STOP_S, sure=False)
    return sum(life.rig.opens(one.written) for one in life.watched[first:])


def test_days_of_thirty_ignitions_a_day_with_the_depots_network_at_night(tmp_path: Path) -> None:
    async def days() -> Life:
        life = Life(tmp_path, BEGINS)
        await life.boot()
        for _ in range(5):
            await service(life)
            await life.off(NIGHT_S)
        return life

    life = asyncio.run(days())
    found = life.verdict()
    assert (found.hours, found.shown_late) == (5 * IGNITIONS, 0)
    assert found.died > IGNITIONS
    assert found.earliest_s >= -SERVICE_S
    assert found.latest_s <= RIDE_S + STOP_S + HOUR_S, "with the next ignition at the latest"
    assert found.state.startswith("trusted")


def test_three_weeks_in_the_yard_with_a_flat_clock_battery(tmp_path: Path) -> None:
    """It wakes in 1970, records, shows nothing old; what is due dies as soon as anybody tells the time."""

    async def story() -> tuple[Life, int, int]:
        life = Life(tmp_path, BEGINS)
        await life.boot()
        await service(life)
        old = list(life.watched)
        await life.off(21 * DAY_S, wall_error_s=-SINCE_1970_S, sure=False)
        shown = sum(life.rig.opens(one.written) for one in old)
        await life.ride(RIDE_S)
        fresh = life.watched[-1]
        today = int(life.rig.opens(fresh.written))
        await life.step(SINCE_1970_S)
        await life.believe(*SURE)
        assert all(one.died_ns is not None for one in old)
        assert fresh.died_ns is None and life.rig.opens(fresh.written)
        return life, shown, today

    life, shown, today = asyncio.run(story())
    assert (shown, today) == (0, 1)
    assert life.verdict().shown_late == 0


def test_days_on_the_road_without_any_network(tmp_path: Path) -> None:
    """Nobody confirms the time: after a running day the box is sealed, recorded but shown to nobody. Once
    it is confirmed, what was recorded since the last ignition opens; rides before keep their early date."""

    async def story() -> tuple[Life, list[int], str]:
        life = Life(tmp_path, BEGINS)
        await life.boot()
        opened = [await service(life)]
        for _ in range(3):
            await life.off(NIGHT_S, sure=False)
            opened.append(await service(life))
        doubt = life.rig.guard.view().confidence
        await life.ride(RIDE_S)
        await life.believe(*SURE)
        return life, opened, doubt

    life, opened, doubt = asyncio.run(story())
    assert (opened[0], opened[-1], doubt) == (IGNITIONS, 0, "sealed")
    assert life.rig.opens(life.watched[-1].written)
    alive = [one for one in life.watched if one.died_ns is None]
    assert all(one.due_ns > life.true_ns for one in alive), "nothing lives beyond its day"
    assert life.verdict().shown_late == 0
