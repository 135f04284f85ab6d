"""Footage of two hours ago as rows, a browser, and the letter of a police station."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.test import Client
from django.utils import timezone

from kuramori import clock
from kuramori.clock import NS_PER_S
from kuramori.people import second_factor

if TYPE_CHECKING:
    from kuramori.people.models import Account
    from tests.footage.world import World

PAPERS = {
    "document_number": "鳥署刑発第12号",
    "document_day": "2026-11-20",
    "office": "鳥取警察署",
    "officer": "巡査部長 山田",
    "original_seen": "on",
    "called_number": "0857-00-0110",
    "called_person": "受付 10:15",
    "relation": "自転車が盗まれた場所と時刻",
}


def browser(account: Account, **headers: str) -> Client:
    """Somebody signed in with a second factor."""
    second_factor.new_card(account)
    client = Client(headers={"host": "localhost", **headers})
    client.force_login(account)
    return client


def local(ns: int) -> str:
    """As the forms take it."""
    return timezone.localtime(clock.utc(ns)).strftime("%Y-%m-%dT%H:%M:%S")


def letter(world: World, start_ns: int, minutes: int = 30, **changed: Any) -> dict[str, Any]:
    """What an office clerk types from a letter."""
    return {
        "basis": "inquiry",
        "asker_body": "鳥取警察署",
        "asker_post": "巡査部長",
        "asker_name": "山田",
        "document_number": "鳥署刑発第12号",
        "document_date": "2026-11-20",
        "summary": "自転車の盗難",
        "need": "犯人の特定",
        "s0-camera": world.camera.id,
        "s0-start": local(start_ns),
        "s0-end": local(start_ns + minutes * 60 * NS_PER_S),
        **changed,
    }
