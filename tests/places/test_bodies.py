"""The installing body and its first site, as set-up writes them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.ledger.models import Entry
from kuramori.places import bodies, signs
from kuramori.places.models import Body, Site
from tests.guideline.set_up import set_up, today

pytestmark = pytest.mark.django_db(transaction=True)
NAMED = {"name": "倉吉商店会", "address": "倉吉市", "telephone": "0858-22-0000", "one_person": True}


def test_the_first_site_carries_the_name_until_somebody_names_it(data: Path, now: clock.ManualClock) -> None:
    bodies.write(NAMED, "anonymous")
    bodies.write({**NAMED, "name": "倉吉中央商店会"}, "anonymous")
    assert Body.objects.get().name == Site.objects.get().name == "倉吉中央商店会"
    Site.objects.update(name="本町通り")
    bodies.write(NAMED, "anonymous")
    assert Site.objects.get().name == "本町通り"
    assert Entry.objects.filter(act="body-written").count() == 3


def test_what_is_not_given_stays(data: Path, now: clock.ManualClock) -> None:
    bodies.write(NAMED, "anonymous")
    bodies.write({"telephone": "0858-99-0000"}, "anonymous")
    body = Body.objects.get()
    assert (body.name, body.one_person, body.telephone) == ("倉吉商店会", True, "0858-99-0000")


def test_a_sign_hangs_somewhere_and_not_in_the_future(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    with pytest.raises(BadInput, match="sign-place"):
        signs.declare(body.site, "  ", today(), body.manager)
    with pytest.raises(BadInput, match="sign-in-future"):
        signs.declare(body.site, "玄関", today() + timedelta(days=2), body.manager)


def test_a_sign_taken_down_gets_no_photo(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    sign = signs.declare(body.site, "玄関", today(), body.manager)
    signs.take_down(sign, body.manager)
    sign.refresh_from_db()
    with pytest.raises(BadInput, match="sign-removed"):
        signs.add_photo(sign, b"jpeg", body.manager)
    assert Entry.objects.filter(act="sign-taken-down").count() == 1
