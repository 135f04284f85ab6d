"""What every test stands on: a throw-away data directory, made before Django's settings are read."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

_scratch = tempfile.TemporaryDirectory(prefix="kuramori-tests-")
os.environ["KURAMORI_DATA"] = _scratch.name
os.environ.setdefault("KURAMORI_PORT", "8640")

# How fast a busy machine draws examples says nothing about them.
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")

pytest_plugins = [
    "tests.rig.fixtures",  # real cameras: gst_camera, locked_gst_camera, go2rtc, clip
    "tests.derivation",  # full_cost: passwords and passphrases as dear as people's
]


@pytest.fixture(autouse=True)
def somebody_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tests live through months in one sitting; the idle lock's own tests put another fixture there."""
    from kuramori.people import idle

    monkeypatch.setattr(idle, "locked", lambda session, now_ns: False)
    yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that drive Chromium come last: its driver keeps an event loop running that others would meet."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
