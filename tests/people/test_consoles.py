"""Other PCs show pictures only with a registered key, freshly proven, and a good check."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from kuramori import clock, local_time, periods
from kuramori.ledger.models import Entry
from kuramori.paper import register
from kuramori.people import consoles, second_factor
from kuramori.people.console_models import Console
from kuramori.places.models import Pc, PcCheck
from tests.people import dutiful

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.people.models import Account

pytestmark = pytest.mark.django_db
OFFICE, THIEF = "192.168.7.20", "192.168.7.66"
LOOK = f"/live/{'0' * 32}/"
"""No such camera: 404 behind the door, 403 or a way to the proof before it."""


class Browser:
    """A browser of another PC with a key of its own."""

    def __init__(self, account: Account, address: str = OFFICE) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.client = Client(headers={"host": "localhost", "user-agent": "office"}, REMOTE_ADDR=address)
        self.client.force_login(account)

    def signed(self, challenge: str) -> dict[str, str]:
        der = self.key.sign(consoles.PURPOSE + challenge.encode(), ec.ECDSA(SHA256()))
        both = b"".join(one.to_bytes(32) for one in decode_dss_signature(der))
        spki = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return {"key": base64.b64encode(spki).decode(), "signature": base64.b64encode(both).decode()}

    def challenge(self) -> str:
        return str(
            self.client.get("/consoles/prove/", headers={"accept": "application/json"}).json()["challenge"]
        )

    def prove(self) -> int:
        return self.client.post("/consoles/prove/", self.signed(self.challenge())).status_code

    def register(self, pc: int) -> None:
        page = self.client.get("/consoles/").content.decode()
        found = re.search(r'data-challenge="([^"]+)"', page)
        assert found is not None
        self.client.post("/consoles/", self.signed(found[1]) | {"pc": pc})

    def looks(self) -> int:
        """200 behind the door (here: 404, no such camera), 302 to the proof, 403 refused."""
        return self.client.get(LOOK).status_code


@pytest.fixture
def hands() -> Iterator[clock.ManualClock]:
    with clock.use(clock.ManualClock(clock.now_ns())) as hands:
        yield hands


@pytest.fixture
def manager(hands: clock.ManualClock) -> Account:
    account = dutiful.manager(operates=True)
    second_factor.new_card(account)
    return account


@pytest.fixture
def pc(manager: Account) -> int:
    one, checks = register.get("pcs"), register.get("pc-checks")
    assert one is not None and checks is not None
    row = register.enter(one, Pc(name="事務所", place="奥", system="x", antivirus="y", network="線"), manager)
    today = local_time.today() - timedelta(days=1)
    good = PcCheck(
        pc=row,
        checked_on=today,
        who="佐藤",
        protected=True,
        definitions_on=today,
        updated=True,
        screen_lock=True,
    )
    register.enter(checks, good, manager)
    return int(row.number)


def newest_refusal() -> str:
    return (
        Entry.objects.filter(outcome="refused").order_by("-seq").values_list("text", flat=True).first() or ""
    )


def test_from_another_pc_nothing_is_shown_before_it_is_registered(manager: Account, pc: int) -> None:
    office = Browser(manager)
    assert office.looks() == 302
    assert office.client.post(LOOK).status_code == 403
    assert '"console-needed"' in newest_refusal()
    assert office.prove() == 403
    assert '"console-unknown"' in newest_refusal()
    office.register(pc)
    assert office.looks() == 404
    assert Browser(manager, "127.0.0.1").looks() == 404, "the recorder's own screen needs none"


def test_a_proof_goes_stale_and_is_renewed_by_the_key_alone(
    manager: Account, pc: int, hands: clock.ManualClock
) -> None:
    office = Browser(manager)
    office.register(pc)
    hands.advance_s(consoles.PROOF_LASTS_S)
    assert office.looks() == 404
    hands.advance_s(1)
    assert office.looks() == 302
    assert office.client.post(LOOK).status_code == 403
    assert '"console-stale"' in newest_refusal()
    assert office.prove() == 200
    assert office.looks() == 404


def test_a_stolen_cookie_is_refused_on_another_machine_and_is_in_the_ledger(
    manager: Account, pc: int
) -> None:
    office = Browser(manager)
    office.register(pc)
    thief = Client(headers={"host": "localhost", "user-agent": "office"}, REMOTE_ADDR=THIEF)
    thief.cookies = office.client.cookies
    assert thief.get("/account/").status_code == 403
    assert '"console-moved"' in newest_refusal() and THIEF in newest_refusal()
    assert office.looks() == 302, "the session is over for both"


def test_a_cookie_of_the_recorders_screen_is_worth_nothing_at_a_registered_pc(
    manager: Account, pc: int
) -> None:
    """Whoever has it and sits at a PC that is registered and in order."""
    office, screen = Browser(manager), Client(headers={"host": "localhost"})
    office.register(pc)
    screen.force_login(manager)
    assert screen.get(LOOK).status_code == 404, "behind the door"
    office.client.cookies = screen.cookies
    assert office.client.post("/consoles/prove/", office.signed("x")).status_code == 403
    assert '"console-moved"' in newest_refusal() and OFFICE in newest_refusal()
    assert screen.get(LOOK).status_code == 302, "the session is over for both"


def test_a_cookie_from_an_office_is_worth_nothing_at_the_recorder(manager: Account, pc: int) -> None:
    """An office's PC that was never registered shows no pictures; its cookie shows none at the recorder."""
    office, thief = Browser(manager), Client(headers={"host": "localhost", "user-agent": "office"})
    assert office.client.get("/account/").status_code == 200
    thief.cookies = office.client.cookies
    assert thief.get(LOOK).status_code == 403
    assert '"console-moved"' in newest_refusal()
    assert office.client.get("/account/").status_code == 302


def test_a_thief_at_the_same_address_has_no_key(manager: Account, pc: int, hands: clock.ManualClock) -> None:
    office, thief = Browser(manager), Browser(manager)
    office.register(pc)
    thief.client.cookies = office.client.cookies
    hands.advance_s(consoles.PROOF_LASTS_S + 1)
    assert thief.looks() == 302
    assert thief.prove() == 403
    assert thief.client.post("/consoles/prove/", office.signed("another challenge")).status_code == 403
    assert '"console-proof"' in newest_refusal()
    spent = office.challenge()
    assert office.client.post("/consoles/prove/", office.signed(spent)).status_code == 200
    assert office.client.post("/consoles/prove/", office.signed(spent)).status_code == 403, "each once"


def test_an_overdue_check_closes_that_pc_and_a_good_one_opens_it(
    manager: Account, pc: int, hands: clock.ManualClock
) -> None:
    office = Browser(manager)
    office.register(pc)
    hands.advance_s((periods.PC_CHECK_DAYS + periods.WARNING_DAYS - 2) * 86400)
    office.client.force_login(manager)
    assert office.prove() == 200
    assert office.looks() == 404, "the last day of the warning; the check was yesterday"
    hands.advance_s(86400)
    office.client.force_login(manager)
    assert office.prove() == 200
    assert office.looks() == 403
    assert '"pc-check-overdue"' in newest_refusal()
    assert Browser(manager, "127.0.0.1").looks() == 404


def test_taken_away_is_over_at_once(manager: Account, pc: int) -> None:
    office = Browser(manager)
    office.register(pc)
    office.client.post(f"/consoles/{Console.objects.get().pk}/revoke/")
    assert office.looks() == 302
    assert office.prove() == 403
    assert Console.objects.filter(revoked_ns=None).count() == 0
