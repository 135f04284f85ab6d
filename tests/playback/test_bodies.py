"""Streamed bodies: asynchronous everywhere, and silent from the moment a rule says no."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "kuramori"


def streaming_calls() -> list[tuple[Path, ast.Call]]:
    """Every `StreamingHttpResponse(...)` in the program."""
    found = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "StreamingHttpResponse":
                found.append((path, node))
    return found


def asynchronous_generators() -> set[str]:
    """Names of all `async def` functions in the program that yield."""
    return {
        function.name
        for path in SOURCE.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.AsyncFunctionDef)
        and any(isinstance(n, ast.Yield) for n in ast.walk(function))
    }


def test_every_streamed_body_is_an_asynchronous_generator() -> None:
    """A synchronous one would be collected in memory as a whole before its first byte leaves."""
    calls = streaming_calls()
    assert len(calls) >= 2, "live and playback stream"
    known = asynchronous_generators()
    for path, call in calls:
        body = call.args[0]
        if isinstance(body, ast.Name):
            body = _assigned(path, body.id)
        assert isinstance(body, ast.Call), f"{path}:{call.lineno}: what is streamed cannot be seen from here"
        name = body.func.attr if isinstance(body.func, ast.Attribute) else getattr(body.func, "id", "")
        assert name in known, f"{path}:{call.lineno}: {name} is no asynchronous generator"


def _assigned(path: Path, name: str) -> ast.expr:
    values = [
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
    ]
    assert len(values) == 1, f"{path}: {name} is assigned more than once"
    return values[0]


def test_no_file_response_and_no_temporary_file_stands_in_the_way_of_pictures() -> None:
    """No picture may be spooled to a disk on its way to the viewer."""
    for path in (SOURCE / "playback").rglob("*.py"):
        text = path.read_text()
        assert "FileResponse" not in text
        assert "tempfile" not in text
