"""A part of an hour erased early: index, certificate and check agree, and the rest is still shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kuramori.clock import NS_PER_S
from kuramori.footage import checking, intake, rebuild
from kuramori.footage.models import Segment
from kuramori.ledger.models import Entry
from kuramori.retention import early, overdue
from kuramori.retention.models import Certificate
from tests.retention.test_holds import later, sealed
from tests.retention.test_pages import browser, pdf_words

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_order_to_the_certificates(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    first = recorder.segment(world.camera)[1]
    now.advance_s(600)
    second = recorder.segment(world.camera)[1]
    now.advance_s(300)
    intake.take_in()
    key = sealed(first)
    end_ns = now.wall_ns() - 250 * NS_PER_S
    early.erase_early(world.manager, world.camera, end_ns - 100 * NS_PER_S, end_ns, "苦情")
    later(recorder, now, 1)
    assert first.exists() and not second.exists() and sealed(first) == key
    states = {row.path.rpartition("/")[2]: row.state for row in Segment.objects.all()}
    assert states == {first.name: "closed", second.name: "erased"}
    assert checking.check().faults == [] and overdue.look() == 0
    row = Certificate.objects.get()
    said = json.loads(row.document)
    assert said["what"]["pieces_of_footage"] == 1 and said["what"]["pieces_that_stay"] == 1
    assert said["why"] == "苦情"
    page = browser(world.manager)
    assert (
        "残る映像の数: 1"
        in page.get(f"/erasure/{row.id}/", headers={"accept-language": "ja"}).content.decode()
    )
    assert "残る映像の数:1" in "".join(pdf_words(page.get(f"/erasure/{row.id}.pdf").content).split())
    assert Entry.objects.filter(act="rest-of-hour-stays").count() == 1
    rebuild.rebuild()
    assert checking.check().faults == []
    later(recorder, now, 14 * 86_400)
    assert not first.exists() and checking.check().faults == [] and overdue.look() == 0
    whys = [json.loads(one.document)["why"] for one in Certificate.objects.filter(reason="rest-expired")]
    assert whys == ["保管期間が満了したため。"] or len(whys) == 1
    assert Segment.objects.exclude(state="erased").count() == 0
