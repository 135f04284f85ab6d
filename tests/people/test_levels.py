"""At a registered console its own key is second factor for the daily pages, and for nothing else."""

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
from django.core.cache import cache
from django.test import Client
from django.urls import resolve

from kuramori import clock, local_time
from kuramori.ledger.models import Entry
from kuramori.paper import register
from kuramori.people import consoles, doors, levels, second_factor
from kuramori.people.console_models import Console
from kuramori.places.models import Pc, PcCheck
from tests.matrix.test_addresses import ALL
from tests.people import dutiful
from tests.people.test_doors import WITHOUT_SIGN_IN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.people.models import Account

pytestmark = pytest.mark.django_db
OFFICE = "192.168.7.20"
DAILY_REGISTERS = {"complaints", "rounds", "inspections", "pc-checks"}
"""Whoever lets another register in with a console's key alone writes it down here."""


class Pc20:
    """The office's registered PC: its browser's key, and one sign-in after another."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.fresh()

    def fresh(self) -> Client:
        self.client = Client(headers={"host": "localhost", "user-agent": "office"}, REMOTE_ADDR=OFFICE)
        return self.client

    def signed(self, challenge: str) -> dict[str, str]:
        der = self.key.sign(consoles.PURPOSE + challenge.encode(), ec.ECDSA(SHA256()))
        both = b"".join(one.to_bytes(32) for one in decode_dss_signature(der))
        spki = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return {"key": base64.b64encode(spki).decode(), "signature": base64.b64encode(both).decode()}

    def password(self) -> None:
        answer = self.client.post("/accounts/login/", {"login": "sato", "password": dutiful.PASSWORD})
        assert answer["Location"] == "/accounts/second/"

    def by_key(self) -> int:
        challenge = self.client.get("/accounts/second/console/").json()["challenge"]
        return self.client.post("/accounts/second/console/", self.signed(challenge)).status_code


@pytest.fixture(autouse=True)
def somebody_stays() -> Iterator[None]:
    """Nobody does, here; and wrong tries count for one test alone."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def manager() -> Account:
    return dutiful.manager(operates=True)


@pytest.fixture
def codes(manager: Account) -> list[str]:
    return second_factor.new_card(manager)


@pytest.fixture
def office(manager: Account, codes: list[str]) -> Pc20:
    one, checks = register.get("pcs"), register.get("pc-checks")
    assert one is not None and checks is not None
    row = register.enter(one, Pc(name="事務所", place="奥", system="x", antivirus="y", network="線"), manager)
    day = local_time.today() - timedelta(days=1)
    good = PcCheck(pc=row, checked_on=day, who="佐藤", protected=True, definitions_on=day, updated=True,
                   screen_lock=True)  # fmt: skip
    register.enter(checks, good, manager)
    pc = Pc20()
    pc.client.force_login(manager)
    found = re.search(r'data-challenge="([^"]+)"', pc.client.get("/consoles/").content.decode())
    assert found is not None
    pc.client.post("/consoles/", pc.signed(found[1]) | {"pc": row.number})
    pc.fresh()
    return pc


@pytest.fixture
def by_key(office: Pc20) -> Client:
    office.password()
    assert office.by_key() == 302
    return office.client


def newest(outcome: str = "refused") -> str:
    rows = Entry.objects.filter(outcome=outcome).order_by("-seq").values_list("text", flat=True)
    return rows.first() or ""


def test_daily_pages_open_by_the_console_s_key(by_key: Client) -> None:
    for path in (
        "/state/",
        "/alarms/",
        "/live/",
        "/registers/complaints/",
        "/registers/rounds/new/",
        "/account/",
    ):
        assert by_key.get(path).status_code == 200, path
    assert '"pc":1' in Entry.objects.filter(act="signed-in").latest("seq").text


def test_every_other_address_asks_for_the_full_second_factor(by_key: Client) -> None:
    """All there are: a new page is closed until somebody has named it."""
    tried = 0
    for name, path in ALL:
        if name in WITHOUT_SIGN_IN | doors.OPEN or levels.console_suffices(resolve(path)):
            continue
        led = by_key.get(path)
        assert led.status_code == 302 and led["Location"].startswith("/account/confirm/?next="), name
        before = Entry.objects.filter(outcome="refused").count()
        for asked in (by_key.post(path), by_key.get(path, headers={"Sec-Fetch-Dest": "empty"})):
            assert asked.status_code == 403, name
        assert Entry.objects.filter(outcome="refused").count() == before + 2, name
        assert '"full-second-factor"' in newest()
        tried += 1
    assert tried > 120


def test_never_playback_handing_out_settings_or_people() -> None:
    """Of what is named, nothing belongs to a room that plays back or hands out, and no register but four."""
    registers = {one.key for one in register.known() if one.at_console}
    assert registers == DAILY_REGISTERS
    paths = dict(ALL)
    beginnings = ("/live/", "/status/", "/alarms/", "/health/", "/state/", "/account/", "/consoles/prove/",
                  "/registers/")  # fmt: skip
    for name in levels.AT_A_CONSOLE:
        assert paths[name] == "/" or paths[name].startswith(beginnings), name
    assert not levels.AT_A_CONSOLE & {"alarm_channel", "alarm_contact", "account_change_password"}


def test_the_full_second_factor_leads_back_and_opens_the_rest(by_key: Client, codes: list[str]) -> None:
    led = by_key.get("/people/?a=1")
    page = by_key.get(led["Location"])
    assert "本人の確認" in page.content.decode() and 'value="/people/?a=1"' in page.content.decode()
    assert by_key.post(led["Location"], {"password": dutiful.PASSWORD}).status_code == 422
    assert by_key.post(led["Location"], {"code": "00000000"}).status_code == 422
    assert by_key.get("/people/").status_code == 302, "neither password nor a wrong code suffices"
    back = by_key.post("/account/confirm/", {"code": codes[0], "next": "/people/?a=1"})
    assert back["Location"] == "/people/?a=1"
    assert by_key.get("/people/").status_code == 200
    assert Entry.objects.filter(act="second-factor-given").count() == 1


def test_by_the_key_nobody_makes_themselves_a_second_factor(by_key: Client) -> None:
    """Else password and PC would soon be everything."""
    for path in (
        "/account/second-factor/", "/account/second-factor/card/", "/account/second-factor/app/",
        "/account/second-factor/passkey/", "/account/password/", "/account/second-factor/codes/",
    ):  # fmt: skip
        assert by_key.get(path)["Location"].startswith("/account/confirm/"), path
        assert by_key.post(path).status_code == 403, path


def test_the_key_alone_or_another_key_signs_nobody_in(office: Pc20) -> None:
    assert office.client.get("/accounts/second/console/")["Location"].startswith("/accounts/login/")
    office.password()
    right, office.key = office.key, ec.generate_private_key(ec.SECP256R1())
    assert office.by_key() == 403
    assert office.client.get("/account/")["Location"].startswith("/accounts/login/")
    office.key = right
    spent = office.client.get("/accounts/second/console/").json()["challenge"]
    office.client.get("/accounts/second/console/")
    assert office.client.post("/accounts/second/console/", office.signed(spent)).status_code == 403


def test_a_pc_whose_check_is_overdue_and_one_taken_away_sign_nobody_in(office: Pc20) -> None:
    with clock.use(clock.ManualClock(clock.now_ns() + 200 * 24 * 3600 * clock.NS_PER_S)):
        office.password()
        assert office.by_key() == 403
        assert '"pc-check-overdue"' in newest()
    Console.objects.update(revoked_ns=clock.now_ns())
    office.fresh()
    office.password()
    assert office.by_key() == 403


def test_taking_the_console_away_ends_what_it_opened(by_key: Client, codes: list[str]) -> None:
    assert by_key.get("/alarms/").status_code == 200
    Console.objects.update(revoked_ns=clock.now_ns())
    assert by_key.get("/alarms/")["Location"].startswith("/account/confirm/")
    by_key.post("/account/confirm/", {"code": codes[0]})
    assert by_key.get("/alarms/").status_code == 200, "the person's own second factor is another matter"


def test_with_the_person_s_own_code_the_pc_adds_nothing_to_ask(office: Pc20, codes: list[str]) -> None:
    office.password()
    office.client.post("/accounts/second/", {"code": codes[0]})
    assert office.client.get("/people/").status_code == 200


def test_signing_in_again_by_the_key_is_the_small_one_again(office: Pc20, codes: list[str]) -> None:
    office.password()
    office.client.post("/accounts/second/", {"code": codes[0]})
    office.client.post("/accounts/logout/")
    office.password()
    assert office.by_key() == 302
    assert office.client.get("/people/")["Location"].startswith("/account/confirm/")


@pytest.mark.parametrize("way", ["password", "code"])
def test_unlocking_by_password_falls_back_to_what_the_key_opened(
    by_key: Client, codes: list[str], way: str
) -> None:
    by_key.post("/account/confirm/", {"code": codes[0]})
    assert by_key.get("/people/").status_code == 200
    by_key.post("/account/lock/")
    by_key.post("/account/locked/", {way: {"password": dutiful.PASSWORD, "code": codes[1]}[way]})
    assert by_key.get("/alarms/").status_code == 200
    assert by_key.get("/people/").status_code == {"password": 302, "code": 200}[way]
