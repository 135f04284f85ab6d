"""First sets: each is whole, allowed by the settings, printed, and what set-up proposes follows from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from kuramori import clock
from kuramori.desk import start_sheet, starting, typed_credentials
from kuramori.desk.models import SetUp
from kuramori.desk.sign_looks import LooksForm
from kuramori.guideline import regulation_adopting
from kuramori.paper import signs
from kuramori.paper.regulations import regulations_pdf
from kuramori.people import setup_link
from kuramori.policy import keeping, purposes
from tests.guideline.set_up import set_up
from tests.paper.test_papers import pages_of, text_of

KINDS = (
    "individual", "association", "apartment", "shop", "shopping-street",
    "bank", "station", "bus", "municipality",
)  # fmt: skip


def test_there_is_one_for_each_kind_of_body() -> None:
    assert tuple(starting.all_starts()) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_printed_whole(kind: str) -> None:
    start = starting.of(kind)
    assert start is not None
    sheet = start_sheet.start_sheet_pdf(start, "令和8年11月25日")
    assert pages_of(sheet) <= 2
    text = text_of(sheet)
    for words in (start.title_ja, start.purpose_text, start.need, start.mitigation, *start.duties):
        assert "".join(words.split()) in text.replace("\u200b", "")
    assert "法律相談ではありません" in text
    looks = start.sign
    pdf = signs.sign_pdf(
        signs.SignSaid(
            "倉吉商店会",
            start.purpose_text,
            (start.purpose_code,),
            "0858-22-0000",
            wording=looks.wording,
            languages=looks.languages,
            places=looks.places,
            size=looks.size,
        )  # fmt: skip
    )
    assert pages_of(pdf) == max(1, len(looks.places))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_what_it_proposes_is_accepted_and_stands_in_the_regulations(
    kind: str, data: Path, now: clock.ManualClock
) -> None:
    start = starting.of(kind)
    assert start is not None
    body = set_up(purpose=False, days=False, key=False)
    purposes.decide(body.camera, start.purpose_text, start.purpose_code, body.manager)
    keeping.decide(body.camera, body.manager, days=start.days)
    text = text_of(regulations_pdf(regulation_adopting.draft()))
    assert start.purpose_text in text
    assert f"{start.days}日間" in text
    SetUp.objects.update_or_create(id=1, defaults={"start": kind})
    looks = LooksForm(LooksForm.proposed())
    assert looks.is_valid()
    assert tuple(looks.cleaned_data["places"]) == start.sign.places


@pytest.mark.django_db(transaction=True)
def test_the_first_page_asks_for_it_and_proposes(data: Path, now: clock.ManualClock) -> None:
    client = Client(headers={"host": "localhost"})
    address = reverse("setup_start", args=[setup_link.make(data)])
    assert "バス(車内)" in client.get(address).content.decode()
    client.post(address, {"kind": "individual"})
    assert SetUp.objects.get().start == "individual"
    assert "checked" in client.get(reverse("setup_body")).content.decode()
    assert client.get(reverse("setup_first_set", args=["bus"])).content.startswith(b"%PDF")
    assert client.get(reverse("setup_first_set", args=["none"])).status_code == 404


def test_what_was_typed_for_a_camera_is_given_once_and_not_for_another(now: clock.ManualClock) -> None:
    typed_credentials.hold(1, "a" * 32, "viewer", "Wisteria-trellis-42")
    assert typed_credentials.take(1, "b" * 32) is None
    assert typed_credentials.take(1, "a" * 32) is None  # the wrong question has wiped it
    typed_credentials.hold(1, "a" * 32, "viewer", "Wisteria-trellis-42")
    assert typed_credentials.take(2, "a" * 32) is None
    assert typed_credentials.are_held(1, "a" * 32)
    assert typed_credentials.take(1, "a" * 32) == ("viewer", "Wisteria-trellis-42")
    typed_credentials.hold(1, "a" * 32, "viewer", "Wisteria-trellis-42")
    now.advance_s(16 * 60)
    assert not typed_credentials.are_held(1, "a" * 32)
    assert typed_credentials.take(1, "a" * 32) is None
