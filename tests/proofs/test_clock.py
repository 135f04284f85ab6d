"""Short form of `python -m proofs.clock`: some of its stories and days."""

from __future__ import annotations

from pathlib import Path

import pytest
from proofs.clock_calendar import DAYS, calendar_table

from proofs import clock

STORIES = {story.name: story for story in clock.STORIES}
SHORT = (
    "off for two days, one witness",
    "2036 for six hours, not believed",
    "boot in 1970, repaired after 5 h",
)


@pytest.mark.parametrize("name", SHORT)
def test_nothing_is_shown_or_lives_after_its_day(name: str, tmp_path: Path) -> None:
    seen = clock.live(STORIES[name], tmp_path)
    assert clock.faults(STORIES[name], seen) == []


def test_a_story_with_a_limit_that_does_not_hold_is_told(tmp_path: Path) -> None:
    """Two liars make footage die early: under a limit of an hour that is a fault."""
    story = clock.Story("two liars", STORIES["2036 for six hours, two liars"].tell)
    told = clock.faults(story, clock.live(story, tmp_path))
    assert any("early" in fault for fault in told) and any("shown" in fault for fault in told)


@pytest.mark.parametrize("name", ["month end", "leap year, 31 January", "the hour that is twice"])
def test_footage_dies_on_the_day_of_the_calendar(name: str, tmp_path: Path) -> None:
    _, faults = calendar_table(tmp_path, [day for day in DAYS if day.name == name])
    assert faults == []
