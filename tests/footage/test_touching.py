"""Which segments reach into an interval, and that the index need not walk through a camera's past for it."""

from __future__ import annotations

import pytest
from django.db import connection

from kuramori.clock import NS_PER_S
from kuramori.footage.models import Segment
from tests.footage import lines

pytestmark = pytest.mark.django_db
HOUR_NS = 3600 * NS_PER_S
T0 = 500_000 * HOUR_NS
CAMERA = "c" * 32


def segment(name: str, start_s: int, end_s: int | None, *, camera: str = CAMERA) -> str:
    fields = lines.opened(name * 16, T0 + start_s * NS_PER_S, camera=camera)
    end_ns = None if end_s is None else T0 + end_s * NS_PER_S
    state = "open" if end_s is None else "closed"
    return Segment.objects.create(id=fields.pop("segment"), end_ns=end_ns, state=state, **fields).pk


def test_those_that_reach_in_and_no_others() -> None:
    segment("01", -600, -300)
    ends_at_the_start = segment("02", -300, 0)
    reaches_in = segment("03", -299, 1)
    inside = segment("04", 1, 60)
    starts_at_the_end = segment("05", 100, 400)
    segment("06", 1, 60, camera="d" * 32)
    still_open = segment("07", 61, None)
    found = [one.pk for one in Segment.objects.touching(CAMERA, T0, T0 + 100 * NS_PER_S)]
    assert found == [reaches_in, inside, still_open]
    assert ends_at_the_start not in found and starts_at_the_end not in found


def test_the_longest_that_there_can_be_reaches_in() -> None:
    """A segment never crosses a UTC hour."""
    whole_hour = segment("01", 0, 3600)
    late = T0 + 3600 * NS_PER_S - 1
    assert [one.pk for one in Segment.objects.touching(CAMERA, late, late + 1)] == [whole_hour]


def test_the_index_is_asked_for_a_stretch_and_not_for_all_of_the_past() -> None:
    query = Segment.objects.touching(CAMERA, T0, T0 + NS_PER_S)
    said = query.explain()
    assert "segment_by_time (camera=? AND start_ns>? AND start_ns<?)" in said, said
    assert connection.vendor == "sqlite"
