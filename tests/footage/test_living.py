"""What lies on the disks is added up as it is, a few cameras at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kuramori.footage import living
from kuramori.footage.models import LivingFootage, Segment
from tests.footage.index_rows import footage
from tests.footage.lines import DAY_NS

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from tests.footage.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_lives_is_added_up_by_disk_and_day_of_death_and_the_dead_are_not(
    world: World, now: ManualClock
) -> None:
    since_ns, _until_ns = footage(world, now, 180)
    Segment.objects.update(size_bytes=100)
    first, second, third = Segment.objects.order_by("start_ns")
    Segment.objects.filter(pk=first.pk).update(state="erased")
    Segment.objects.filter(pk=third.pk).update(path=f"store/disk-2/{third.pk}.kura", size_bytes=7)
    Segment.objects.filter(pk=third.pk).update(erase_at_ns=now.wall_ns() + 3 * DAY_NS + 1)
    living.count()
    row = LivingFootage.objects.get(camera=world.camera.pk)
    assert (row.pieces, row.size_bytes, row.oldest_ns) == (2, 107, second.start_ns)
    assert row.dies_ns == now.wall_ns() + 3 * DAY_NS + 1
    assert row.stores == {"0": 100, "disk-2": 7} == living.by_store()
    assert row.dying == {"13": 100, "3": 7}
    assert row.oldest_ns is not None and row.oldest_ns > since_ns
    now.advance_s(20 * 86_400)
    Segment.objects.filter(pk=third.pk).delete()
    living.count()
    row.refresh_from_db()
    assert (row.dying, row.stores) == ({"0": 100}, {"0": 100}), "overdue is due today"
    Segment.objects.all().delete()
    living.count()
    row.refresh_from_db()
    assert (row.pieces, row.size_bytes, row.oldest_ns, row.dies_ns) == (0, 0, None, None)


def test_who_was_counted_longest_ago_comes_next(world: World, now: ManualClock) -> None:
    for number in range(5):
        LivingFootage.objects.create(camera=f"{number}" * 32, counted_ns=number + 1)
    order = []
    for _ in range(6):
        now.advance_s(1)
        assert living.count(for_s=0) == 1
        order.append(LivingFootage.objects.order_by("-counted_ns").values_list("camera", flat=True)[0])
    assert order == [world.camera.pk, *(f"{number}" * 32 for number in range(5))]


def test_a_page_counts_by_itself_only_where_nobody_has(world: World, now: ManualClock) -> None:
    footage(world, now)
    assert living.now()[world.camera.pk].pieces == 1
    Segment.objects.all().delete()
    assert living.now()[world.camera.pk].pieces == 1, "as last counted"
