"""Every role, every act of a look, every state of gate, grant, lock and case, through the real addresses."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.test import Client

from kuramori import clock
from kuramori.access import storehouse_session
from kuramori.access.models import Approval, Grant
from kuramori.clock import NS_PER_S
from kuramori.footage import intake
from kuramori.ledger.models import Entry
from tests.access.approved import approved_grant
from tests.cases.rig import browser
from tests.footage.world import judge, person

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db
ROLES = ("holder", "other-operator", "manager", "no-appointment", "stranger")
ACTS = ("page", "begin", "playlist", "init", "piece")
GATES = ("open", "sealed", "no-view")
GRANTS = ("valid", "withdrawn", "ended", "over", "no-such")
LOCKS = ("unlocked", "locked")
CASES = ("in-force", "taken-back")
BEGUN = ("begun", "not-begun")


def allowed(role: str, act: str, state: tuple[str, str, str, str, str]) -> bool:
    """The rule in one line: the holder, everything in order, and a look begun for what shows pictures."""
    in_order = state[:4] == IN_ORDER
    return role == "holder" and in_order and (act in ("page", "begin") or state[4] == "begun")


@pytest.fixture(autouse=True)
def no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch is a thread with a database connection of its own: it has tests of its own."""
    monkeypatch.setattr("kuramori.access.auto_lock.ensure_running", lambda: None)


class Matrix:
    """A granted half minute, and a browser for each role."""

    def __init__(self, world: World, recorder: RunningRecorder, now: ManualClock) -> None:
        self.world = world
        start_ns = now.wall_ns()
        self.segment, _path = recorder.segment(world.camera, 60)
        now.advance_s(120)
        intake.take_in()
        storehouse_session.unlock(world.passphrase, world.manager)
        self.grant = approved_grant(
            world.manager, world.operator, world.camera, start_ns, start_ns + 30 * NS_PER_S, viewings=200
        )
        now.advance_s(1)
        self.former = person("former")
        self.pages = {
            "holder": browser(world.operator),
            "other-operator": browser(person("sato", "operator")),
            "manager": browser(world.manager),
            "no-appointment": browser(self.former),
            "stranger": Client(headers={"host": "localhost"}),
        }

    def send(self, role: str, act: str, grant: str) -> int:
        page, url = self.pages[role], f"/playback/{grant}/"
        asked = {
            "page": lambda: page.get(url),
            "begin": lambda: page.post(url + "begin"),
            "playlist": lambda: page.get(url + "index.m3u8"),
            "init": lambda: page.get(f"{url}{self.segment}/init.mp4"),
            "piece": lambda: page.get(f"{url}{self.segment}/1-5.m4s"),
        }
        answer = asked[act]()
        answer.close()
        return int(answer.status_code)

    def put_in(self, gate: str, grant: str, lock: str, case: str, begun: str) -> str:
        """Bring everything into this state; returns the grant's id as it will be asked for."""
        now_ns = clock.now_ns()
        if not storehouse_session.is_unlocked():
            storehouse_session.unlock(self.world.passphrase, self.world.manager)
        if begun == "begun":
            assert self.send("holder", "begin", self.grant.id) == 302
        judge(self.world.camera, "" if gate == "open" else gate)
        marks = {"withdrawn": {"withdrawn_ns": now_ns}, "ended": {"ended_ns": now_ns},
                 "over": {"expires_at_ns": self.grant.created_ns + 1}}  # fmt: skip
        Grant.objects.filter(id=self.grant.id).update(**marks.get(grant, {}))
        if case == "taken-back":
            Approval.objects.update(withdrawn_ns=now_ns)
        if lock == "locked":
            storehouse_session.lock(self.world.manager)
        return "0" * 32 if grant == "no-such" else self.grant.id


@pytest.fixture
def matrix(world: World, recorder: RunningRecorder, now: ManualClock) -> Matrix:
    return Matrix(world, recorder, now)


STATES = list(itertools.product(GATES, GRANTS, LOCKS, CASES, BEGUN))
IN_ORDER = ("open", "valid", "unlocked", "in-force")
ONE_WRONG = [state for state in STATES if sum(a != b for a, b in zip(state, IN_ORDER, strict=False)) <= 1]


@pytest.mark.parametrize(
    "states", [ONE_WRONG, pytest.param(STATES, marks=pytest.mark.proof)], ids=["one-wrong", "all"]
)
def test_allowed_is_allowed_and_everything_else_is_refused_and_in_the_ledger(
    matrix: Matrix, states: list[tuple[str, str, str, str, str]]
) -> None:
    seen: dict[bool, int] = {True: 0, False: 0}
    for state in states:
        block = transaction.atomic()
        block._from_testcase = True  # type: ignore[attr-defined]  # what is durable may stand inside it
        with block:
            grant = matrix.put_in(*state)
            for role, act in itertools.product(ROLES, ACTS):
                if role == "no-appointment" and act != "page":
                    continue  # shown out by the first; signed out after that
                before = Entry.objects.filter(outcome="refused").count()
                status = matrix.send(role, act, grant)
                told = Entry.objects.filter(outcome="refused").count() - before
                fine = allowed(role, act, state)
                seen[fine] += 1
                if fine:
                    assert (status, told) == (302 if act == "begin" else 200, 0), (role, act, state)
                    if act == "begin" and state[4] == "not-begun":
                        break  # begun now: the rest of this state is another state
                elif role == "stranger":
                    assert status == 302, (role, act, state)
                else:
                    assert (status, told) == (403, 1), (role, act, state)
            transaction.set_rollback(True)
        matrix.pages["no-appointment"].force_login(matrix.former)
    assert seen[True] >= 6 and seen[False] > 200
