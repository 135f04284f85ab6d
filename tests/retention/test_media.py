"""The register of media: nothing is edited, two are needed for the end, and every act is in the ledger."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from kuramori.footage import datadir
from kuramori.ledger.models import Entry
from kuramori.retention import media_here
from kuramori.retention.media_models import Act, Medium, MediumAct
from tests.retention.test_pages import browser, pdf_words

if TYPE_CHECKING:
    from django.test import Client

    from tests.footage.world import World

pytestmark = pytest.mark.django_db(transaction=True)

DISK = {
    "kind": "store",
    "make": "Seagate ST2000",
    "serial": "ZFN0ABCD",
    "since": "2026-11-01",
    "place": "事務所の鍵付き棚",
}
END = {
    "done_on": "2026-11-23",
    "method": "shredded",
    "person": "山田 太郎",
    "second": "鈴木 花子",
    "reason": "故障",
    "paper": "",
}


def photo() -> io.BytesIO:
    """A photograph with something written beside it."""
    out, picture = io.BytesIO(), Image.new("RGB", (320, 240), "red")
    exif = Image.Exif()
    exif[0x010E] = "where the telephone was"
    picture.save(out, "JPEG", exif=exif)
    out.seek(0)
    out.name = "photo.jpg"
    return out


def acts(number: int = 1) -> list[str]:
    return list(MediumAct.objects.filter(medium__number=number).values_list("act", flat=True))


@pytest.fixture
def page(world: World) -> Client:
    return browser(world.manager)


def test_a_medium_is_entered_counted_taken_out_and_brought_back(page: Client) -> None:
    assert page.post("/media/new/", DISK).headers["Location"] == "/media/1/"
    day = {"done_on": "2026-11-23", "person": "山田"}
    assert page.post("/media/1/stock-take/", day).status_code == 302
    away = {**day, "place": "県警", "reason": "提供"}
    assert page.post("/media/1/taken-out/", {**away, "second": " 山田 "}).status_code == 422, "same person"
    assert page.post("/media/1/returned/", {**day, "place": "棚"}).status_code == 422, "it is not out"
    assert page.post("/media/1/taken-out/", {**away, "second": "鈴木"}).status_code == 302
    assert "県警" in page.get("/media/").content.decode()
    assert page.post("/media/1/taken-out/", {**away, "second": "鈴木"}).status_code == 422, "it is out"
    assert page.post("/media/1/returned/", {**day, "place": "棚"}).status_code == 302
    assert acts() == ["registered", "stock-take", "taken-out", "returned"]
    told = [entry.act for entry in Entry.objects.filter(act__startswith="medium-").order_by("seq")]
    assert told == ["medium-registered", "medium-stock-take", "medium-taken-out", "medium-returned"]
    shown = page.get("/media/1/").content.decode()
    assert "ZFN0ABCD" in shown and "2026-11-01" in shown


def test_the_same_serial_number_and_days_to_come_are_refused(page: Client) -> None:
    page.post("/media/new/", DISK)
    assert page.post("/media/new/", DISK).status_code == 422
    assert page.post("/media/new/", {**DISK, "serial": "2", "since": "2026-11-25"}).status_code == 422
    assert Medium.objects.count() == 1


def test_an_end_needs_two_names_and_a_photo_and_is_final(page: Client) -> None:
    page.post("/media/new/", {**DISK, "kind": "other"})
    for wrong in (
        {"second": "山田 太郎"},
        {"second": " 山田 太 郎"},
        {"second": ""},
        {"method": "contractor"},
        {"done_on": "2026-12-24"},
        {"photo": io.BytesIO(b"no picture at all")},
    ):
        answer = page.post("/media/1/destroy/", {**END, "photo": photo(), **wrong})
        assert answer.status_code == 422, wrong
    assert page.post("/media/1/destroy/", END).status_code == 422, "no photo"
    assert acts() == ["registered"]
    assert page.post("/media/1/destroy/", {**END, "photo": photo()}).status_code == 302
    kept = MediumAct.objects.get(act=Act.DESTROYED)
    assert bytes(kept.photo_jpeg or b"").startswith(b"\xff\xd8\xff")
    assert b"telephone" not in bytes(kept.photo_jpeg or b""), "made anew"
    entry = json.loads(Entry.objects.get(act="medium-destroyed").text)
    assert entry["detail"]["person"] == "山田 太郎" and len(entry["detail"]["photo_sha256"]) == 64
    assert page.post("/media/1/destroy/", {**END, "photo": photo()}).status_code == 422
    day = {"done_on": "2026-11-23", "person": "山田"}
    assert page.post("/media/1/stock-take/", day).status_code == 422, "nothing after the end"
    words = pdf_words(page.get("/media/1/destruction.pdf").content)
    assert "ZFN0ABCD" in words and "鈴木 花子" in words and words.count("\f") == 1
    assert page.get("/media/1/photo.jpg")["Content-Type"] == "image/jpeg"


def test_an_operator_counts_but_neither_enters_nor_ends(page: Client, world: World) -> None:
    page.post("/media/new/", DISK)
    other = browser(world.operator)
    assert other.get("/media/").status_code == other.get("/media/1/").status_code == 200
    assert other.get("/media/1/stock-take/").status_code == 200
    for address in ("/media/new/", "/media/1/destroy/", "/media/1/retire/", "/media/1/taken-out/"):
        assert other.post(address, {**DISK, **END}).status_code == 403, address
    assert acts() == ["registered"]


def test_the_disk_in_use_is_named_until_it_is_entered(page: Client) -> None:
    assert [one.store for one in media_here.unregistered()] == ["0"]
    (datadir.record_dir() / "slot.json").write_text(
        json.dumps(
            {"format": 1, "slots": [{"kind": "raw", "path": "/dev/sdz9"}], "part": None, "leaving": None}
        )
    )
    shown = page.get("/media/").content.decode()
    assert "store/0" in shown and "/dev/sdz9" in shown
    page.post("/media/new/", {**DISK, "store": "0"})
    page.post("/media/new/", {**DISK, "kind": "slot", "serial": "slot"})
    assert media_here.unregistered() == []
    assert "/dev/sdz9" not in page.get("/media/").content.decode()


def test_no_code_changes_or_deletes_a_row_of_the_register() -> None:
    from pathlib import Path

    import kuramori.retention

    for path in Path(kuramori.retention.__file__).parent.glob("*.py"):
        text = path.read_text()
        for word in ("Medium", "MediumAct"):
            for verb in (".delete(", ".update(", ".save("):
                assert not [line for line in text.splitlines() if word in line and verb in line], path
