"""Everything published, with whatever a stranger may send: answered, and never a defect."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
import uvicorn
from django.test import Client, RequestFactory
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from kuramori.access import viewings
from kuramori.people.models import Account
from tests.cases.rig import browser
from tests.matrix.test_addresses import ALL, PUBLIC

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from tests.footage.world import World

pytestmark = pytest.mark.django_db

PIECES = [
    *(
        "",
        " ",
        "0",
        "-1",
        "1",
        "9" * 30,
        "1e9",
        "NaN",
        "inf",
        "0x10",
        "１２",
        "true",
        "null",
        "[]",
        "{}",
        "a" * 5000,
    ),
    *(
        "../../etc/passwd",
        "..%2f..%2f",
        "%00",
        "\x00",
        "\r\nSet-Cookie: x=1",
        "\u202e",
        "\ufeff",
        "\ud7ff",
        "🙂" * 50,
    ),
    *(
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
        "{% include 'x' %}",
        "' OR 1=1 --",
        '"><img src=x>',
        "$(id)",
        "; ls",
    ),
    *(
        "2026-13-45T99:99",
        "2026-11-25T10:00",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "//evil.example",
        "javascript:x",
    ),
]
FIELDS = [
    *(
        "camera",
        "start",
        "end",
        "minutes",
        "reason",
        "words",
        "next",
        "viewer",
        "basis",
        "grant",
        "at",
        "say",
        "near",
        "part",
    ),
    *(
        "size",
        "page",
        "back",
        "what",
        "stop",
        "name",
        "code",
        "date",
        "until",
        "p0-name",
        "p0-paper",
        "s0-start",
        "s0-end",
    ),
    *(
        "passphrase",
        "holder",
        "months",
        "days",
        "file",
        "csrfmiddlewaretoken",
        "language",
        "month",
        "before",
        "after",
        "q",
    ),
]
LEAVE = {"account_logout", "live-stream", "storehouse_lock"}


def shoot(page: Client, count: int, seed: int) -> None:
    """So many requests, drawn by `seed`."""
    draw = random.Random(seed)
    page.raise_request_exception = False
    targets = [(name, path) for name, path in ALL if name not in PUBLIC | LEAVE]
    for _ in range(count):
        name, path = draw.choice(targets)
        said: dict[str, object] = {draw.choice(FIELDS): draw.choice(PIECES) for _ in range(draw.randrange(6))}
        if draw.random() < 0.2:
            said[draw.choice(FIELDS)] = [draw.choice(PIECES), draw.choice(PIECES)]
        if draw.random() < 0.2:
            path += draw.choice(["../", "%2e%2e/", "%00", "//", "?" + "a=1&" * 500, ";x", "\\", "x" * 2000])
        headers = {"X-Odd": "x" * draw.randrange(2000), "Range": "bytes=0-", "If-None-Match": "*"}
        send = draw.choice([page.get, page.post])
        answer = send(path, said, headers=headers)
        assert answer.status_code < 500, (name, path, said)
        assert "Set-Cookie: x" not in str(answer.headers), (name, said)
        assert stays_here(answer.headers.get("Location", "")), (name, said)


def stays_here(location: str) -> bool:
    """Whether a redirect leads to this site, as a browser reads it (a backslash is a slash to it)."""
    there = urlsplit(urljoin("http://here/", location.replace("\\", "/")))
    return (there.scheme, there.netloc) == ("http", "here")


@pytest.mark.parametrize(
    "location", ["//evil.example", "http://evil.example/", "\\\\evil", "/\\evil", "data:x"]
)
def test_leaving_would_be_seen(location: str) -> None:
    assert not stays_here(location)
    assert stays_here("/accounts/login/?next=%2F%2Fevil.example") and stays_here("")


def test_whatever_is_sent_is_answered_and_never_a_defect(world: World, now: ManualClock) -> None:
    shoot(browser(world.manager), 120, 1)
    shoot(browser(world.operator), 60, 2)
    assert Account.objects.get(pk=world.manager.pk).is_active


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(3, 13))
def test_much_more_of_it(world: World, now: ManualClock, seed: int) -> None:
    shoot(browser(world.manager), 1000, seed)


def test_a_form_from_elsewhere_is_refused(world: World, now: ManualClock) -> None:
    page = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    page.force_login(world.manager)
    for name, path in ALL:
        if name in PUBLIC or name.startswith(("account_", "mfa_")):
            continue
        answer = page.post(
            path, {"csrfmiddlewaretoken": "a" * 64}, headers={"Origin": "https://evil.example"}
        )
        assert answer.status_code in (302, 403, 404, 405), name
        if answer.status_code == 302:
            assert answer["Location"].startswith(("/accounts/", "/account/", "/setup/")), name


def test_every_answer_has_the_headers_of_ours(world: World, now: ManualClock) -> None:
    for page in (browser(world.manager), Client(headers={"host": "localhost"})):
        for _name, path in ALL[::6]:
            answer = page.get(path)
            assert answer["X-Content-Type-Options"] == "nosniff", path
            assert answer["Referrer-Policy"] == "same-origin", path
            assert "Access-Control-Allow-Origin" not in answer.headers, path
            assert "no-store" in answer["Cache-Control"], path
            policy = answer["Content-Security-Policy"]
            for must in (
                "object-src 'none'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
                "form-action 'self'",
            ):
                assert must in policy, path
            if answer.content and answer["Content-Type"].startswith("text/"):
                assert "charset=utf-8" in answer["Content-Type"], path


def test_forwarded_headers_are_not_believed(world: World) -> None:
    page = browser(world.manager)
    made = RequestFactory(headers={"host": "localhost"})
    consoles = set()
    for said in (
        {},
        {"X-Forwarded-For": "10.9.8.7"},
        {"X-Real-IP": "10.9.8.7"},
        {"Forwarded": "for=10.9.8.7"},
    ):
        request = made.get("/", headers=said)
        request.session = page.session
        consoles.add(viewings.console_of(request))
    assert len(consoles) == 1
    answer = page.get("/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert "evil" not in answer.headers.get("Location", "") and b"evil" not in answer.content


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "FROB"])
def test_other_methods_are_refused(world: World, now: ManualClock, method: str) -> None:
    page = browser(world.manager)
    for name, path in ALL[::9]:
        if name not in PUBLIC:
            assert page.generic(method, path).status_code in (302, 400, 403, 404, 405), (name, method)


class Wire(asyncio.Transport):
    """What a connection's other end would see."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = False

    def write(self, data: bytes) -> None:  # type: ignore[override]
        self.sent += bytes(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: object = None) -> object:
        return ("127.0.0.1", 1) if name in ("peername", "sockname") else default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nContent-Length: 0\r\n",
        b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n",
        b"Content-Length: +0\r\n",
    ],
)
async def test_two_lengths_or_a_length_and_chunks_are_one_request_at_most(head: bytes) -> None:
    seen: list[str] = []

    async def app(scope: dict[str, str], receive: object, send: object) -> None:
        seen.append(scope["path"])
        await send({"type": "http.response.start", "status": 204, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body"})  # type: ignore[operator]

    config = uvicorn.Config(app, proxy_headers=False, lifespan="off", ws="none", log_config=None)  # type: ignore[arg-type]
    config.load()
    state = uvicorn.server.ServerState()
    protocol = AutoHTTPProtocol(config=config, server_state=state, app_state={})  # type: ignore[call-arg]
    wire = Wire()
    protocol.connection_made(wire)
    protocol.data_received(b"POST /seen HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n0\r\n\r\n" + HIDDEN)
    for _ in range(20):
        await asyncio.sleep(0)
    allowed = [["/seen"], []] + ([["/seen", "/hidden"]] if head.endswith(b"chunked\r\n") else [])
    assert seen in allowed, "what follows a doubtful body is no request of its own"
