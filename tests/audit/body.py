"""A small body in good order: papers entered, a sign photographed, regulations adopted, one live look."""

from __future__ import annotations

import io
from datetime import timedelta

from PIL import Image

from kuramori.access import granting
from kuramori.audit.period import Period
from kuramori.clock import ManualClock
from kuramori.guideline import judging, regulation_adopting
from kuramori.guideline.regulation_terms import running
from kuramori.ledger import checkpoints, leaving
from kuramori.places import signs
from kuramori.policy import regulations
from tests.guideline import entering
from tests.guideline.set_up import SetUpBody, set_up, today


def photo() -> bytes:
    """A picture that must never be in a bundle."""
    out = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(out, "JPEG")
    return out.getvalue()


def in_order(now: ManualClock) -> SetUpBody:
    """All of it by the same acts as the pages use; then two hours go by."""
    body = set_up()
    page = entering.browser(body.manager)
    entering.assessment(page, body)
    entering.explanation(page, body)
    entering.walk_round(page, body)
    room = {"name": "事務所", "holds": "録画機", "lock": "シリンダー錠", "allowed": "佐藤", "keys": "2本"}
    entering.enter(page, "rooms", **room, checked_on=entering.day())
    signs.add_photo(signs.declare(body.site, "入口の柱", today(), body.manager), photo(), body.manager)
    regulation_adopting.adopt(
        body.manager,
        sha256=regulations.digest(running(with_planned=True)),
        approved_by="通常総会",
        adopted_on=today(),
    )
    judging.judge_all(actor="program:work")
    now.advance_s(600)
    granting.end(granting.grant_live(body.manager, body.camera))
    head = checkpoints.make()
    assert head is not None
    leaving.left("paper", head, actor=body.manager.actor)
    now.advance_s(7200)
    return body


def period() -> Period:
    """The thirty days until today."""
    return Period(today() - timedelta(days=30), today())
