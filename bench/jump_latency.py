"""First frame after a jump: under a grant, and the same player on the same footage as plain files.

The player's page, its scripts, the playlist, every piece and the timeline's data are fetched once under the
grant and laid down under the same addresses in a directory that Python's own static server serves. Then both
pages jump in turn (ABAB) to the same moments, each outside what is buffered.
"""

from __future__ import annotations

import posixpath
import random
import re
import statistics
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from tests.browser.fixtures import CHROMIUM, shown_number

from bench.results import Result
from bench.watching_box import WatchingBox, watching_box

AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
BAR = 1.5
IMPORTED = re.compile(r'from "(\.[^"]+)"')
FARTHER_S = 8.0
JUMP = """(ms) => new Promise((done, failed) => {
  const player = window.kuramoriPlayer, video = player.video;
  player.play = () => {};
  video.pause();
  setTimeout(() => failed(new Error("no picture after the jump")), 10000);
  const before = performance.now();
  video.addEventListener("seeked", () => done(performance.now() - before), { once: true });
  player.seek(ms);
})"""
SHORT_BUFFER = """Object.assign(kuramoriPlayer.hls.config,
  { maxBufferLength: 3, maxMaxBufferLength: 4, backBufferLength: 0 })"""


class PlainFiles(SimpleHTTPRequestHandler):
    """The static server, with the types that browsers insist on and without a log."""

    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".js": "text/javascript",
        ".m4s": "video/mp4",
        ".m3u8": "application/vnd.apple.mpegurl",
    }

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def run(quick: bool = False) -> list[Result]:
    """Rows: median first frame of each, and their ratio, which has the bar."""
    recorded_s, jumps = (24, 12) if quick else (120, 60)
    with (
        tempfile.TemporaryDirectory(prefix="kuramori-bench-") as data,
        tempfile.TemporaryDirectory() as plain,
        watching_box(Path(data)) as box,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        ours = chromium.new_page(user_agent=AGENT)
        box.sign_in(ours)
        time.sleep(recorded_s)
        from_ms, until_ms = _open_player(box, ours, recorded_s)
        theirs, server = _mirror(ours, box, Path(plain)), _serve(Path(plain))
        foreign = chromium.new_page()
        foreign.goto(f"http://127.0.0.1:{server.server_address[1]}{theirs}")
        shown_number(foreign)
        granted, static = _jump(ours, foreign, from_ms, until_ms, jumps)
        server.shutdown()
        chromium.close()
    ratio = statistics.median(granted) / statistics.median(static)
    return [
        Result("first frame after a jump, granted, median", statistics.median(granted), "ms"),
        Result("first frame after a jump, plain files, median", statistics.median(static), "ms"),
        Result("first frame after a jump, granted ÷ plain files", ratio, "×", BAR),
    ]


def _open_player(box: WatchingBox, page: Page, seconds: int) -> tuple[float, float]:
    japan = timezone(timedelta(hours=9))
    minutes = 1 if seconds < 60 else 5
    start = datetime.now(japan) - timedelta(seconds=minutes * 60 - 1)
    page.goto(f"{box.url}/cases/own/")
    page.fill("[name=start]", start.strftime("%Y-%m-%dT%H:%M:%S"))
    page.select_option("[name=minutes]", str(minutes))
    page.fill("[name=reason]", "測定")
    page.click("form.ask button[type=submit]")
    page.click("form[action$='/begin'] button[type=submit]")
    shown_number(page)
    pieces = "kuramoriPlayer.pieces"
    from_ms = page.evaluate(f"{pieces}[0].programDateTime")
    return from_ms, page.evaluate(f"{pieces}.at(-1).programDateTime")


def _mirror(page: Page, box: WatchingBox, root: Path) -> str:
    """Lay down everything the page fetches under the same addresses; returns the page's address."""
    address = page.evaluate("location.pathname")
    html = page.request.get(box.url + address).text()
    listed_at = page.evaluate("new URL(kuramoriPlayer.hls.url, location).pathname")
    playlist = page.request.get(box.url + listed_at).text()
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', html))
    for script in [path for path in files if path.endswith("js")]:
        files |= _imported(page, box.url, script)
    coverage = re.search(r'<kura-timeline src="([^"]+)"', html)
    names = re.findall(r'^(?:#EXT-X-MAP:URI=")?([0-9a-f]{32}/[^"\n]+)"?$', playlist, re.M)
    assert coverage
    pieces = [posixpath.join(posixpath.dirname(listed_at), name) for name in names]
    for path in [*files, *pieces, listed_at, address + "status"]:
        _lay_down(root, path, page.request.get(box.url + path).body())
    _lay_down(root, address + "index.html", html.encode())
    _lay_down(root, coverage[1] + "index.html", page.request.get(box.url + coverage[1]).body())
    return str(address)


def _imported(page: Page, url: str, script: str) -> set[str]:
    """Addresses of the modules that a script imports, and of what those import."""
    source = page.request.get(url + script).text()
    direct = {posixpath.normpath(f"{posixpath.dirname(script)}/{path}") for path in IMPORTED.findall(source)}
    return direct.union(*(_imported(page, url, path) for path in direct))


def _lay_down(root: Path, path: str, body: bytes) -> None:
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)


def _serve(root: Path) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(PlainFiles, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _jump(
    ours: Page, theirs: Page, from_ms: float, until_ms: float, jumps: int
) -> tuple[list[float], list[float]]:
    draw = random.Random(1)  # the same moments in every run
    took: tuple[list[float], list[float]] = ([], [])
    for page in (ours, theirs):
        page.evaluate(SHORT_BUFFER)
    here = from_ms
    for _ in range(jumps):
        far = here
        while abs(far - here) < FARTHER_S * 1000:
            far = draw.uniform(from_ms, until_ms)
        here = far
        for page, times in zip((ours, theirs), took, strict=True):
            times.append(page.evaluate(JUMP, here))
    return took


if __name__ == "__main__":
    from bench.results import table

    print(table(run(quick=True)))
