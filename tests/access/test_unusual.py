"""Unusual looks, judged as plain values; and who may say that they were explained."""

from __future__ import annotations

import pytest

from kuramori.access import unusual
from kuramori.access.unusual import MOST_LOOKS_A_DAY, NIGHT, OWN, VOLUME, Look, judge
from kuramori.errors import BadInput, Refusal
from kuramori.footage import findings
from kuramori.footage.models import Finding
from tests.footage.world import World, person


def looks(
    count: int, *, hour: int = 10, footage_s: int = 60, own: bool = False, day: str = "d"
) -> list[Look]:
    return [Look(number, 7, day, hour, footage_s, own) for number in range(count)]


def codes(found: list[Look]) -> set[str]:
    return {code for code, _subject, _account in judge(found)}


def test_an_ordinary_day_is_silent() -> None:
    assert codes(looks(MOST_LOOKS_A_DAY)) == set()
    assert codes(looks(MOST_LOOKS_A_DAY, day="a") + looks(MOST_LOOKS_A_DAY, day="b")) == set()


def test_much_at_night_and_own_are_told() -> None:
    assert codes(looks(MOST_LOOKS_A_DAY + 1)) == {VOLUME}
    assert codes(looks(2, footage_s=5 * 3600)) == {VOLUME}
    assert codes(looks(1, hour=5)) == codes(looks(1, hour=22)) == {NIGHT}
    assert codes(looks(1, hour=6)) == codes(looks(1, hour=21)) == set()
    assert codes(looks(1, own=True)) == {OWN}


@pytest.mark.django_db
def test_who_looked_cannot_explain_it_away_alone(world: World) -> None:
    findings.stand(NIGHT, "x", viewer=world.manager.actor)
    finding = Finding.objects.get(code=NIGHT)
    with pytest.raises(Refusal, match="own-request"):
        unusual.seen(world.manager, finding, "当直")
    with pytest.raises(Refusal, match="own-request"):
        unusual.seen(world.manager, finding, "当直", world.manager.full_name)
    with pytest.raises(Refusal, match="role-needed"):
        unusual.seen(person("stranger"), finding, "当直")
    with pytest.raises(BadInput):
        unusual.seen(world.operator, finding, " ")
    unusual.seen(world.operator, finding, "当直の確認")
    assert not Finding.objects.filter(code=NIGHT, cleared_ns=None).exists()
