"""The set-up of the demonstration: every step a real function of its room, no gate left out."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction

from kuramori import clock
from kuramori.access import storehouse_keys
from kuramori.cameras import address, enrolment, known_passwords
from kuramori.cameras.models import Camera
from kuramori.footage import orders, recorder_socket, settings_file
from kuramori.guideline import judging
from kuramori.ledger import entries
from kuramori.main.demo_sign import photo_of_sign
from kuramori.people import duties, lesson, second_factor
from kuramori.people import enrolment as people_enrolment
from kuramori.people.models import Account
from kuramori.pictures.asking import photo_picture
from kuramori.places import bodies, signs
from kuramori.policy import keeping, purposes

BODY = "くらもり商店街振興組合(実演)"
TELEPHONE = "0857-00-0000"
STAND_IN = "実演 太郎(代役)"
CODES_SHOWN = 6
WHOLE_PICTURE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
_NAMES = ("sakura", "matsu", "tsubaki", "kaede", "ume", "yanagi", "ayame", "hagi")


@dataclass(frozen=True, slots=True)
class Handout:
    """What the visitor needs to get in; printed once, kept nowhere."""

    username: str
    password: str
    totp_secret: str
    codes: list[str]
    passphrase: str
    recovery: str


def first_time(url: str, user: str, password: str) -> Handout:
    """Answer the seven questions as the stand-in; returns what the visitor needs, kept nowhere."""
    bodies.write(
        {"name": BODY, "address": "鳥取県鳥取市(実演)", "telephone": TELEPHONE, "one_person": True},
        "program:demo",
    )
    username, own_password = f"{secrets.choice(_NAMES)}-{secrets.randbelow(9000) + 1000}", _password()
    account = people_enrolment.create_manager(username, STAND_IN, own_password, operates=True, stand_in=True)
    answers = {one.key: one.right for one in lesson.QUESTIONS}
    duties.take(account, version=duties.words().version, answers=answers)
    totp_secret = base64.b32encode(secrets.token_bytes(20)).decode()
    with transaction.atomic():
        TOTP.activate(account, totp_secret)
        entries.record("second-factor-added", actor=account.actor, obj={"kind": "totp"})
    codes = second_factor.new_card(account)[:CODES_SHOWN]
    _confirm_clock(account)
    passphrase, recovery = storehouse_keys.create_first_pair(account)
    camera = register(url, user, password, account)
    recorder_socket.put_credentials(camera.id, user, password)
    _hang_sign(account)
    judging.judge_all(actor=account.actor)
    settings_file.write(account.actor)
    recorder_socket.wake()
    return Handout(username, own_password, totp_secret, codes, passphrase, recovery)


def reconnect(camera: Camera, url: str, user: str, password: str) -> None:
    """A later start: the camera has a new password, and perhaps a new port."""
    by = Account.objects.order_by("pk").first()
    assert by is not None
    _confirm_clock(by)
    if camera.url != address.canonical(url, loopback_only=True):
        enrolment.change_connection(camera, url=url, width=camera.width, height=camera.height, by=by)
        settings_file.write(by.actor)
    recorder_socket.put_credentials(camera.id, user, password)
    recorder_socket.wake()


def _confirm_clock(by: Account) -> None:
    """The stand-in says that this machine's clock is right, where nothing else vouches for it."""
    if recorder_socket.status()["clock"]["state"] != "trusted":
        orders.issue("confirm-clock", actor=by.actor, wall_ns=clock.now_ns(), by=by.actor)
        recorder_socket.wake()


def register(url: str, user: str, password: str, by: Account, name: str = "商店街 入口") -> Camera:
    """One camera, with purpose, period and approved range, as the stand-in answers."""
    known_passwords.require_own(user, password)
    seen = recorder_socket.probe(address.canonical(url, loopback_only=True), user, password)
    site = bodies.first_site()
    assert site is not None
    camera = enrolment.register(
        site=site,
        name=name,
        place_text="アーケード東口の柱",
        url=address.canonical(url, loopback_only=True),
        width=seen.width,
        height=seen.height,
        by=by,
    )
    purposes.decide(camera, purposes.READY[0].text, purposes.READY[0].code, by)
    keeping.decide(camera, by, days=keeping.DEFAULT_DAYS)
    enrolment.approve_range(camera, WHOLE_PICTURE, [], by)
    return camera


def _hang_sign(by: Account) -> None:
    body, site = bodies.current(), bodies.first_site()
    assert body is not None
    assert site is not None
    today = datetime.fromtimestamp(clock.now_ns() / clock.NS_PER_S, ZoneInfo(body.timezone)).date()
    sign = signs.declare(site, "アーケード東口の柱、目の高さ", today, by)
    signs.add_photo(sign, photo_picture(photo_of_sign(BODY, TELEPHONE)).jpeg, by)


def _password() -> str:
    """Four groups of four letters and digits that are hard to mistake for each other."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
