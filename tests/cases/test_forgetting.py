"""Three years after a case was closed nothing kept names who asked, who looked on, or what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.apps import apps

from kuramori.access import storehouse_session
from kuramori.access.models import Approval, Grant, Onlooker, Viewing
from kuramori.cases import forgetting
from kuramori.ledger import forgetting as ledger_forgetting
from kuramori.playback.models import Bookmark
from tests.cases.rig import PAPERS, browser
from tests.cases.test_story import MINUTE_NS, do, taken_in, yes
from tests.footage.index_rows import footage

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from tests.footage.world import World

pytestmark = pytest.mark.django_db
YEAR_S = 366 * 86_400
WORDS = ("山田", "自転車", "犯人", "受付 10:15", "鳥署刑発", "この時間で足りる", "赤い服", "警察手帳", "佐藤")


@pytest.fixture(autouse=True)
def no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch is a thread with a database connection of its own: it has tests of its own."""
    monkeypatch.setattr("kuramori.access.auto_lock.ensure_running", lambda: None)


def told() -> dict[str, list[str]]:
    """Which of the words stand in which table."""
    found = {}
    for model in apps.get_models():
        rows = str(list(model._default_manager.values()))
        if said := [word for word in WORDS if word in rows]:
            found[model._meta.label] = said
    return found


def closed_case(world: World, now: ManualClock) -> None:
    start_ns, _ = footage(world, now)
    manager = browser(world.manager)
    case = taken_in(manager, world, start_ns)
    assert do(manager, case, "verify", PAPERS) == 302
    assert do(manager, case, "grant", yes(case, start_ns + MINUTE_NS)) == 302
    storehouse_session.unlock(world.passphrase, world.manager)
    look = f"/cases/{case.number}/let/{Approval.objects.get().id}/"
    assert manager.post(look, {"viewer": world.manager.pk, "minutes": "60"}).status_code == 302
    grant = Grant.objects.get()
    viewing = Viewing.objects.create(grant=grant, number=1, console="x", began_ns=now.wall_ns())
    Onlooker.objects.create(
        viewing=viewing, role="officer", name="佐藤", paper="警察手帳 1", accepted="screen", entered_ns=1
    )
    Bookmark.objects.create(
        case_number=case.number, camera=world.camera, at_ns=start_ns, words="赤い服", made_by=world.manager,
        made_ns=1,
    )  # fmt: skip
    assert do(manager, case, "close", {"words": "この時間で足りる"}) == 302


def test_nothing_names_anybody_three_years_after_the_end(world: World, now: ManualClock) -> None:
    closed_case(world, now)
    before = told()
    assert {word for words in before.values() for word in words} == set(WORDS)
    now.advance_s(3 * YEAR_S - 400 * 86_400)
    assert forgetting.forget_old() == 0 and told() == before, "not before its time"
    now.advance_s(401 * 86_400)
    assert forgetting.forget_old() == 1
    ledger_forgetting.forget_old()
    assert told() == {}
    assert forgetting.forget_old() == 0
