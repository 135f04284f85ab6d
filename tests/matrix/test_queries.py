"""How many questions a page asks the database does not depend on how long the box has been running.

Every row of the past is copied forty times, a day further back each; then every address that needs nothing in
its path is opened again. A page that asks once for each row of a register shows it at once.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from kuramori import clock
from kuramori.cases.case_models import Case
from kuramori.footage.models import ErasedHour, Finding, Gap, KeyRelease, LiveViewing
from kuramori.guideline import judging
from kuramori.health import alarms, days
from kuramori.health.verdict import Trouble
from kuramori.ledger import entries
from kuramori.paper import register
from kuramori.places.room_models import Pc
from kuramori.retention import certify
from tests.audit.conftest import Scene, _module_scene, scene
from tests.cases import rig
from tests.footage.index_rows import footage
from tests.guideline import entering
from tests.guideline.entering import browser, enter
from tests.matrix.test_addresses import addresses

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["_module_scene", "scene"]
pytestmark = pytest.mark.django_db

NO_HISTORY = {
    "places.Body", "places.Site", "places.Plan", "desk.SetUp", "people.Account", "cameras.Camera",
    "access.KeyHolder", "access.KeyWrap", "access.StorehouseKeyPair", "access.StorehouseRule",
    "ledger.Entry", "ledger.Node", "ledger.Checkpoint", "footage.SettingsSerial", "footage.SealingKey",
    "policy.GuidelineChoice", "policy.Verdict",
}  # fmt: skip
"""What there is one of, what names the body's things, and the record, which is added to by acts."""
DAY_NS = 24 * 3600 * clock.NS_PER_S


def histories() -> list[type[models.Model]]:
    every = apps.get_models()
    return [
        one for one in every if one.__module__.startswith("kuramori") and one._meta.label not in NO_HISTORY
    ]


def earlier(row: models.Model, days: int) -> models.Model | None:
    """The same row `days` before, under a name of its own; None where the table holds only one such."""
    said: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(field, models.AutoField):
            continue
        if field.attname.endswith("_ns") and isinstance(value, int):
            value -= days * DAY_NS
        elif isinstance(value, date):
            value -= timedelta(days=days)
        elif field.unique and isinstance(row, Case):
            value = f"2025-{secrets.randbelow(90_000) + 10_000}"
        elif field.unique and isinstance(value, str):
            value = secrets.token_hex(max(1, len(value) // 2))
        elif (
            not field.is_relation
            and (field.unique or field.attname in ("version", "number", "journal_seq"))
            and value
        ):
            value = 1_000_000 + secrets.randbelow(1_000_000_000)
        said[field.attname] = value
    try:
        with transaction.atomic():
            return type(row)._default_manager.create(**said)
    except IntegrityError:
        return None


def more(times: int) -> set[str]:
    """Copies of the first row of every table; which tables have grown."""
    grown = set()
    for model in histories():
        row = model._default_manager.first()
        for number in range(times):
            if row is not None and earlier(row, number + 1) is not None:
                grown.add(model._meta.label)
    for _number in range(times):
        entries.record("playback-look", actor="account:1", obj={}, outcome="allowed", reason="確認")
    return grown


def asked(page: Client, path: str) -> tuple[int, int]:
    """Questions to the database, and the answer's status."""
    with CaptureQueriesContext(connection) as caught:
        answer = page.get(path)
        if answer.streaming:
            answer.close()
    return len(caught), answer.status_code


def lived_in(scene: Scene, page: Client) -> None:
    """A row in as many tables as a quiet month leaves."""
    body, now = scene.body, scene.now
    place = SimpleNamespace(camera=body.camera)
    start_ns, end_ns = footage(place, now, 60)  # type: ignore[arg-type]
    assert page.post("/cases/new/", rig.letter(place, start_ns)).status_code == 302  # type: ignore[arg-type]
    entering.pc(page)
    entering.pc_check(page, Pc.objects.get().pk)
    said = {"received_at": "2026-11-23T10:00", "channel": "telephone", "content": "窓", "handler": "佐藤"}
    entering.step(page, enter(page, "complaints", **said, camera=body.camera.pk), "acknowledged")
    leak = {"aware_at": "2026-11-23T10:00", "aware_who": "佐藤", "trigger": "wrongful", "overview": "流出"}
    entering.step(page, enter(page, "incidents", **leak), "prompt")
    Gap.objects.create(camera=body.camera.pk, since_ns=start_ns, until_ns=end_ns, reason="stalled")
    Finding.objects.create(code="swap-in-the-clear", subject="", found_ns=start_ns, cleared_ns=end_ns)
    for at_ns in (start_ns, end_ns):
        alarms.follow([Trouble("red", "recorder-silent")], at_ns)
    alarms.follow([], end_ns + 3600 * clock.NS_PER_S)
    for one in alarms.waiting():
        alarms.acknowledge(one, body.manager)
    journalled = {"recorder": "0" * 32, "journal_seq": 1, "grant": "9" * 32, "camera": body.camera.pk}
    ErasedHour.objects.create(
        hour="ab" * 16, camera=body.camera.pk, hour_start_s=start_ns // clock.NS_PER_S, erase_at_ns=end_ns,
        erased_at_ns=end_ns, reason="expired", epoch=2, verified=True, level=1, recorder="0" * 32,
        journal_seq=1,
    )  # fmt: skip
    certify.certify()
    KeyRelease.objects.create(**journalled, segment="11" * 16, at_ns=start_ns, verdict="ok")
    LiveViewing.objects.create(
        **journalled, viewing="x", started_ns=start_ns, stopped_ns=end_ns, verdict="ok"
    )
    days.fill()
    judging.judge_all()


def paths() -> list[str]:
    """Every address that needs nothing in its path, and every register's list, on the screen and on paper."""
    made_up = ("0" * 32, "/1", "/x", "2026")
    plain = {path for _name, path in addresses() if not any(one in path for one in made_up)}
    lists = {f"/registers/{one.key}{ending}" for one in register.known() for ending in ("/", ".pdf")}
    return sorted(plain | lists)


def test_no_page_asks_more_when_there_is_more_history(scene: Scene) -> None:
    page = browser(scene.body.manager)
    lived_in(scene, page)
    grown = more(2)
    few = {path: asked(page, path) for path in paths() for _twice in range(2)}
    assert more(40) >= grown and len(grown) >= 34, sorted(grown)
    many = {path: asked(page, path) for path in paths() for _twice in range(2)}
    assert {path: status for path, (_count, status) in many.items() if status >= 500} == {}
    assert sum(status == 200 for _count, status in many.values()) > 80
    assert {path: (few[path], many[path]) for path in many if many[path][0] > few[path][0]} == {}
