"""A demonstration, started as a person starts it, and a real Chromium in front of it; shared by the tests."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from kuramori.main.demo_camera import frame_number
from kuramori.main.demo_camera.camera import PYTHON_WITH_GSTREAMER

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).resolve().parents[2]
START_S = 120.0
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
"""Said alike by a page and by what a test fetches beside it: another program would be another console."""

READ_STRIP = """(video) => {
  if (!video.videoWidth || video.readyState < 2) return null;
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth; canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, 0, video.videoHeight - 8, video.videoWidth, 1, 0, 0, video.videoWidth, 1);
  const row = pen.getImageData(0, 0, canvas.width, 1).data;
  return Array.from({ length: canvas.width }, (_, x) => row[4 * x]);
}"""


@dataclass
class Demo:
    """A running demonstration and what it printed."""

    port: int
    data: Path
    username: str
    password: str
    passphrase: str
    codes: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`kuramori up --demo` in a throw-away directory; set up by the stand-in, recording."""
    if not CHROMIUM.exists() or not Path(PYTHON_WITH_GSTREAMER).exists():
        pytest.skip("needs Debian's chromium and GStreamer")
    with started_demo(tmp_path_factory.mktemp("demo")) as made:
        yield made


@contextmanager
def started_demo(data: Path) -> Iterator[Demo]:
    """A demonstration of one's own in an empty directory."""
    port = free_port()
    env = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "KURAMORI_DATA": str(data),
        "KURAMORI_PORT": str(port),
    }
    env.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "kuramori.main.command", "up", "--demo"]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said: list[str] = []
    reader = threading.Thread(target=_collect, args=(process, said), daemon=True)
    reader.start()
    try:
        yield _handout(port, data, said, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _collect(process: subprocess.Popen[str], said: list[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)


def _handout(port: int, data: Path, said: list[str], process: subprocess.Popen[str]) -> Demo:
    until_s = time.monotonic() + START_S
    while time.monotonic() < until_s and process.poll() is None:
        text = "".join(said)
        if "As second factor" in text:
            return Demo(
                port,
                data,
                _after(text, "user name"),
                _after(text, "/ password"),
                _after(text, "storehouse passphrase"),
                _after(text, "single-use codes").split(),
            )
        time.sleep(0.1)
    pytest.fail("the demonstration did not start:\n" + "".join(said)[-4000:])


def _after(text: str, label: str) -> str:
    found = re.search(re.escape(label) + r"\n\s+(\S.*)\n", text)
    assert found, label
    return found[1].strip()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def session(demo: Demo, browser: Browser) -> Iterator[BrowserContext]:
    """One signed-in browser session of the stand-in (a single-use code as second factor)."""
    context = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900}, user_agent=AGENT)
    page = context.new_page()
    sign_in(page, demo)
    page.close()
    yield context
    context.close()


@pytest.fixture
def desk_page(session: BrowserContext) -> Iterator[Page]:
    """A fresh page in the signed-in session; errors on the page fail the test."""
    page = session.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None
    )
    yield page
    page.close()
    assert wrong == []


def sign_in(page: Page, demo: Demo) -> None:
    """Name, password, one code of the card."""
    page.goto(f"{demo.url}/accounts/login/")
    page.fill("[name=login]", demo.username)
    page.fill("[name=password]", demo.password)
    page.click("main button[type=submit]")
    page.fill("[name=code]", demo.codes.pop())
    page.click("main form:has([name=code]) button[type=submit]")
    page.wait_for_url(re.compile(r"/(\?.*)?$"))


def unlock(page: Page, demo: Demo) -> None:
    """Open the storehouse with the passphrase, if it is not open."""
    page.goto(f"{demo.url}/storehouse/unlock/")
    if page.locator("[name=passphrase]").count():
        page.fill("[name=passphrase]", demo.passphrase)
        page.click("main form:has([name=passphrase]) button[type=submit]")
        page.wait_for_load_state()


def shown_number(page: Page, within_s: float = 60.0) -> int:
    """The frame number in the picture that the page shows now; waits for the first one."""
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        row = page.locator("video").evaluate(READ_STRIP)
        number = frame_number.read_row(row, len(row)) if row else None
        if number is not None:
            return number
        page.wait_for_timeout(50)
    raise AssertionError(f"no picture with a number within {within_s} s")


def shown_something(page: Page, within_s: float = 20.0) -> str:
    """A digest of the picture that the page shows now; waits for the first one."""
    digest = """(video) => {
      if (!video.videoWidth || video.readyState < 2) return "";
      const canvas = document.createElement("canvas");
      canvas.width = 64; canvas.height = 36;
      const pen = canvas.getContext("2d", { willReadFrequently: true });
      pen.drawImage(video, 0, 0, 64, 36);
      const row = Array.from(pen.getImageData(0, 0, 64, 36).data);
      return Math.max(...row.filter((_, at) => at % 4 < 3)) > 60 ? row.join(",") : "";
    }"""
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        if shown := str(page.locator("video").evaluate(digest)):
            return shown
        page.wait_for_timeout(50)
    raise AssertionError(f"no picture within {within_s} s")


def until(page: Page, expression: str, within_s: float = 60.0) -> None:
    """Wait until `expression` is true. (Playwright's own waiting needs eval, which our pages forbid.)"""
    until_s = time.monotonic() + within_s
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < until_s, f"not within {within_s} s: {expression}"
        page.wait_for_timeout(50)


def in_django(demo: Demo, code: str) -> str:
    """What `code` prints, run in a process of its own with Django set up on the demonstration's data."""
    env = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "KURAMORI_DATA": str(demo.data),
        "KURAMORI_PORT": str(demo.port),
        "DJANGO_SETTINGS_MODULE": "kuramori.main.settings",
    }
    argv = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
    return subprocess.run(argv, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def ledgered(demo: Demo, after: int = -1) -> list[dict[str, object]]:
    """The ledger's entries with a number above `after`, as they are written."""
    code = (
        "from kuramori.ledger.models import Entry\n"
        f"print('[' + ','.join(Entry.objects.filter(seq__gt={after}).order_by('seq')"
        ".values_list('text', flat=True)) + ']')"
    )
    entries: list[dict[str, object]] = json.loads(in_django(demo, code))
    return entries


def last_entry(demo: Demo) -> int:
    """The number of the newest ledger entry."""
    code = "from kuramori.ledger.models import Entry\nprint(Entry.objects.order_by('-seq').first().seq)"
    return int(in_django(demo, code))


def recorder_status(demo: Demo) -> dict[str, object]:
    """What the recorder says of itself."""
    code = "import json; from kuramori.footage import recorder_socket as r; print(json.dumps(r.status()))"
    status: dict[str, object] = json.loads(in_django(demo, code))
    return status


def camera_id(demo: Demo) -> str:
    """The demonstration camera's id, from the recorder's settings."""
    settings = json.loads((demo.data / "record" / "settings.json").read_text())
    return str(settings["cameras"][0]["id"])
