"""Requests that no browser of ours sends, at every address there is: names of hosts, methods, numbers,
lengths, cookies, and places to go on to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client

from kuramori.access.models import Approval, Grant, Viewing
from kuramori.ledger.models import Entry
from kuramori.paper.models import Scan
from tests.audit.body import photo
from tests.cases.rig import browser, letter
from tests.footage.index_rows import footage
from tests.matrix.test_addresses import ALL, PUBLIC
from tests.matrix.test_fuzz import LEAVE, stays_here

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.clock import ManualClock
    from tests.footage.world import World

pytestmark = pytest.mark.django_db
OURS = [(name, path) for name, path in ALL if name not in PUBLIC | LEAVE]
ELSEWHERE = (
    "//evil.example", "///evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example",
    "http:evil.example", "https:///evil.example", "javascript:alert(1)", "\tjavascript:alert(1)",
    "//localhost@evil.example", "http://localhost.evil.example/", "data:text/html,x", "/\t/evil.example",
    "/x\r\nSet-Cookie: x=1", "//evil。example",
)  # fmt: skip


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil.example:8640", "localhost@evil.example", "localhost:x",
     "127.0.0.1", "[::1]", "localhost/evil", "", "a" * 5000],
)  # fmt: skip
def test_a_host_name_that_is_not_ours_gets_no_page(world: World, now: ManualClock, host: str) -> None:
    page = browser(world.manager)
    for headers in ({"host": host}, {"host": host, "X-Forwarded-Host": "localhost"}):
        answer = page.get("/", headers=headers)
        assert answer.status_code == 400, host
        assert b"evil" not in answer.content and "evil" not in answer.headers.get("Location", "")


def test_headers_of_a_proxy_change_no_link_no_scheme_and_no_address(world: World, now: ManualClock) -> None:
    said = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "1",
            "X-Forwarded-For": "10.9.8.7", "Forwarded": "for=10.9.8.7;host=evil.example;proto=https",
            "X-Original-URL": "/people/", "X-HTTP-Method-Override": "POST"}  # fmt: skip
    stranger = Client(headers={"host": "localhost"})
    for _name, path in OURS[::5]:
        plain, proxied = stranger.get(path), stranger.get(path, headers=said)
        assert plain.status_code == proxied.status_code, path
        assert plain.headers.get("Location") == proxied.headers.get("Location"), path
    assert not Entry.objects.filter(text__contains="10.9.8.7").exists()


@pytest.mark.parametrize("method", ["head", "options"])
def test_asking_about_an_address_shows_a_stranger_nothing_and_begins_nothing(
    world: World, now: ManualClock, method: str
) -> None:
    stranger, manager = Client(headers={"host": "localhost"}), browser(world.manager)
    manager.raise_request_exception = False
    before = [model.objects.count() for model in (Approval, Grant, Viewing)]
    for number, (name, path) in enumerate(OURS):
        answer = getattr(stranger, method)(path)
        assert answer.status_code in (302, 403, 404, 405), (name, path)
        assert number % 5 or getattr(manager, method)(path).status_code < 500, (name, path)
    assert [model.objects.count() for model in (Approval, Grant, Viewing)] == before


def test_numbers_in_an_address_may_be_as_large_as_they_like(world: World, now: ManualClock) -> None:
    page = browser(world.manager)
    page.raise_request_exception = False
    tried = 0
    for name, path in OURS:
        for number in ("9" * 19, "9" * 5000):
            large = re.sub(r"(?<=[/-])1(?=[/.-])", number, path)
            if large == path:
                continue
            tried += 1
            for answer in (page.get(large), page.post(large)):
                assert answer.status_code < 500, (name, number[:30])
    assert tried > 30


def test_a_very_long_question_and_very_many_fields_are_answered(world: World, now: ManualClock) -> None:
    page = browser(world.manager)
    page.raise_request_exception = False
    many = {f"f{number}": "1" for number in range(5000)}
    for name, path in OURS[::11]:
        assert page.get(f"{path}?{'a=1&' * 5000}").status_code < 500, name
        assert page.get(f"{path}?next={'%2F' * 50_000}").status_code < 500, name
        assert page.post(path, many).status_code < 500, name


@pytest.mark.parametrize(
    "said", ["ja\r\nSet-Cookie: x=1", "en; x=1", "../../en", "xx", "en\x00", "e" * 5000, "<script>"]
)
def test_a_language_that_is_none_is_neither_taken_nor_sent_back(now: ManualClock, said: str) -> None:
    page = Client(headers={"host": "localhost"})
    answer = page.post("/language/", {"language": said, "next": "/accounts/login/"})
    assert answer.status_code == 302 and not answer.cookies
    page.cookies[settings.LANGUAGE_COOKIE_NAME] = said
    shown = page.get("/accounts/login/")
    assert shown["Content-Language"] == "ja" and '<html lang="ja">' in shown.content.decode()
    assert "x=1" not in str(shown.headers) and settings.LANGUAGE_COOKIE_NAME not in shown.cookies


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_the_doors_lead_on_here_only(world: World, now: ManualClock, elsewhere: str) -> None:
    """Each page that reads `next`: what it leads to, and what stands in its links and forms."""
    page = browser(world.manager)
    back = page.post("/language/", {"language": "ja", "next": elsewhere})
    assert stays_here(back["Location"])
    for path in ("/account/second-factor/", "/account/second-factor/done/", "/consoles/prove/",
                 "/storehouse/unlock/", "/account/locked/", "/account/duties/"):  # fmt: skip
        answer = page.get(path, {"next": elsewhere})
        assert stays_here(answer.headers.get("Location", "")), path
        for link in re.findall(r'(?:href|action|data-next)="([^"]*evil[^"]*)"', answer.content.decode()):
            assert stays_here(link), (path, link)


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/cron.d/x.jpg",
        "a\r\nSet-Cookie: x=1.jpg",
        "C:\\x\\..\\y.jpg",
        "\u202egpj.exe",
        "a" * 3000,
        "\x00.jpg",
    ],
)
def test_the_name_of_an_upload_is_kept_nowhere(world: World, now: ManualClock, name: str, data: Path) -> None:
    start_ns, _ = footage(world, now)
    page = browser(world.manager)
    assert page.post("/cases/new/", letter(world, start_ns)).status_code == 302
    before = {path for path in data.rglob("*") if path.is_file()}
    edge = "----x"
    body = (
        (
            f'--{edge}\r\nContent-Disposition: form-data; name="scan"; filename="{name}"\r\n'
            "Content-Type: text/html\r\n\r\n"
        ).encode()
        + photo()
        + f"\r\n--{edge}--\r\n".encode()
    )
    answer = page.post("/cases/2026-0001/scan/", body, f"multipart/form-data; boundary={edge}")
    assert answer.status_code in (302, 400) and "x=1" not in str(answer.headers)
    assert {path for path in data.rglob("*") if path.is_file()} == before, "nothing came onto the disk"
    for kept in Scan.objects.all():
        shown = page.get(f"/scans/{kept.pk}/content")
        assert (shown["Content-Type"], shown["Content-Disposition"]) == ("image/jpeg", "inline")
    assert not Entry.objects.filter(text__contains=".jpg").exists()
    assert not Entry.objects.filter(text__contains="exe").exists()
