"""No request body ever reaches a temporary file."""

from __future__ import annotations

import asyncio
import tempfile
from typing import Any

import pytest
from django.conf import settings

from kuramori.main import asgi
from kuramori.main.asgi import application

LIMIT = settings.FILE_UPLOAD_MAX_MEMORY_SIZE
CHUNK = b"x" * 65536


async def answer(headers: list[tuple[bytes, bytes]], chunks: int, *, endless: bool = False) -> int:
    """The status of a POST whose body comes in `chunks` pieces of 64 KiB."""
    sent = 0

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent >= chunks:
            await asyncio.Event().wait()  # the client says no more and waits for the answer
        sent += 1
        return {"type": "http.request", "body": CHUNK, "more_body": sent < chunks or endless}

    status = 0

    async def send(event: dict[str, Any]) -> None:
        nonlocal status
        status = event.get("status", status)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/language/",
        "raw_path": b"/language/",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost"), *headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await application(scope, receive, send)
    return status


@pytest.fixture
def no_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to roll a spooled body over to disk fails the test."""

    def refuse(_self: Any) -> None:
        raise AssertionError("a request body went to a temporary file")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)


@pytest.mark.django_db(transaction=True)
async def test_a_body_just_within_memory_is_read(no_temporary_files: None) -> None:
    assert await answer([(b"content-type", b"application/octet-stream")], LIMIT // len(CHUNK)) == 403


async def test_a_declared_larger_body_is_refused_unread(no_temporary_files: None) -> None:
    assert await answer([(b"content-length", str(LIMIT + 1).encode())], 0) == 413


async def test_a_body_that_hides_its_length_is_cut(no_temporary_files: None) -> None:
    assert await answer([], LIMIT // len(CHUNK) + 2, endless=True) == 413


@pytest.mark.django_db(transaction=True)
async def test_many_slow_bodies_together_take_little_memory(no_temporary_files: None) -> None:
    """Each within the limit, none ever finished: the later senders are turned away."""
    slow = [asyncio.create_task(answer([], LIMIT // len(CHUNK) - 8, endless=True)) for _ in range(10)]
    done, waiting = await asyncio.wait(slow, timeout=2.0)
    assert len(waiting) <= 4 and {task.result() for task in done} == {413}
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await answer([(b"content-length", b"1")], 1) == 403, "what the slow ones held is given back"


async def test_a_body_that_never_ends_is_not_waited_for(
    no_temporary_files: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "BODY_WITHIN_S", 0.05)
    assert await asyncio.wait_for(answer([], 1, endless=True), 5.0) == 413
