"""One body in good order for all tests of a file: setting it up takes longer than any of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from kuramori import clock
from kuramori.access import storehouse_keys, storehouse_session
from kuramori.main import instance
from tests.audit.body import in_order
from tests.footage.fixtures import START
from tests.guideline.set_up import SetUpBody


@dataclass
class Scene:
    """The body, its data directory, the clock, and the passphrases that only people hold."""

    body: SetUpBody
    data: Path
    now: clock.ManualClock
    passphrases: list[str]


@pytest.fixture(scope="module")
def _module_scene(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Scene]:
    data, manual, given = tmp_path_factory.mktemp("audit") / "d", clock.ManualClock.at(START), []
    whole = transaction.atomic()
    whole._from_testcase = True  # type: ignore[attr-defined]  # as Django's own: durable blocks may begin in it
    made, real = instance.prepare(data), storehouse_keys.create_first_pair

    def remembered(by: Any) -> tuple[str, str]:
        pair = real(by)
        given.extend(pair)
        return pair

    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        override_settings(INSTANCE=made, DATA=data),
        clock.use(manual),
        whole,
    ):
        patch.setattr(storehouse_keys, "create_first_pair", remembered)
        storehouse_session._opened = None
        yield Scene(in_order(manual), data, manual, given)
        transaction.set_rollback(True)


@pytest.fixture
def scene(_module_scene: Scene) -> Iterator[Scene]:
    """As it was set up: the test's own transaction takes back its rows, and this its time."""
    wall_ns = _module_scene.now.wall_ns()
    yield _module_scene
    _module_scene.now.advance_s((wall_ns - _module_scene.now.wall_ns()) / clock.NS_PER_S)
