"""Entering rows of registers through their pages, as a person does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.test import Client

from kuramori import local_time
from kuramori.people import second_factor
from kuramori.people.models import Account
from tests.guideline.set_up import SetUpBody

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def browser(account: Account, **more: str) -> Client:
    """Signed in with a second factor."""
    second_factor.new_card(account)
    made = Client(headers={"host": "localhost"}, **more)  # type: ignore[arg-type]
    made.force_login(account, backend=BACKEND)
    return made


def day(after: int = 0) -> date:
    """Today where the body is, or some days after."""
    return local_time.today() + timedelta(days=after)


def enter(page: Client, key: str, **said: Any) -> str:
    """A new row; returns its address."""
    answer = page.post(f"/registers/{key}/new/", said)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def step(page: Client, address: str, kind: str, **said: Any) -> None:
    answer = page.post(f"{address}step/", {"kind": kind, "done_on": str(day()), "text": "した", **said})
    assert answer.status_code == 302, answer.content.decode()


def assessment(page: Client, body: SetUpBody, **more: Any) -> str:
    words = dict.fromkeys(("need", "alternatives", "affected", "mitigations"), "書いた")
    said = {"camera": body.camera.pk, "assessed_on": day(), "review_on": day(365 * 3), **words, **more}
    return enter(page, "assessments", **said)


def explanation(page: Client, body: SetUpBody, **more: Any) -> str:
    words = dict.fromkeys(("company", "emergency", "updates_by", "disposal"), "倉吉電器")
    said = {"camera": body.camera.pk, "done_on": day(), "explained_by": "中村", "received_by": "佐藤 花子"}
    return enter(page, "explanations", **words, **said, precautions="on", leak_steps="on", **more)


def walk_round(page: Client, body: SetUpBody, **more: Any) -> str:
    looked = ("recording", "picture", "aim", "mount", "sign", "locks", "storage", "firmware", "passwords")
    said = {"site": body.site.pk, "done_on": day(), "who": "佐藤 花子", "next_on": day(180)}
    return enter(page, "rounds", **{**dict.fromkeys(looked, "good"), **said, **more})


def pc(page: Client, name: str = "事務所") -> str:
    said = {"name": name, "place": "事務所", "system": "Windows 11", "antivirus": "あり", "network": "有線"}
    return enter(page, "pcs", **said)


def pc_check(page: Client, row: int, **more: Any) -> str:
    good = dict.fromkeys(("protected", "updated", "screen_lock"), "on")
    said = {"pc": row, "checked_on": day(), "definitions_on": day(), "who": "佐藤 花子", **good, **more}
    return enter(page, "pc-checks", **{name: value for name, value in said.items() if value is not None})
