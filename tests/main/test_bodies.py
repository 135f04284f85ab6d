"""No request body ever reaches a temporary file."""

from __future__ import annotations

import asyncio
import tempfile
from typing import Any

import pytest
from django.conf import settings

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
