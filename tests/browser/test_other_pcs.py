"""Another PC, in a network namespace of its own: trusted by hand, reached by name, TLS alone."""

from __future__ import annotations

import ipaddress
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.box import REPOSITORY, Box

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.browser
HOST = "kuramori.test"
NAMED = "kura"
"""How our namespaces begin; the process id follows."""
NEEDS = ("ip", "certutil", "unshare", "chromium")
ELSEWHERE = '''
import json, os, sys
EXPORT = """async () => {
  const opening = indexedDB.open("kuramori-console", 1);
  await new Promise((done) => { opening.onsuccess = done; });
  const asked = opening.result.transaction("keys").objectStore("keys").get("own");
  await new Promise((done) => { asked.onsuccess = done; });
  return crypto.subtle.exportKey("pkcs8", asked.result.privateKey).then(() => "out", (no) => no.name);
}"""
from playwright.sync_api import sync_playwright
host, here, port, plain, password, shots = sys.argv[1:]
told = {}
with sync_playwright() as playwright:
    context = playwright.chromium.launch_persistent_context(
        os.path.join(os.environ["HOME"], "profile"), executable_path="/usr/bin/chromium", locale="ja-JP",
        args=["--no-sandbox", f"--host-resolver-rules=MAP {host} {here}"],
        viewport={"width": 1280, "height": 900})
    def reach(url):
        global page
        page = context.new_page()
        try:
            return page.goto(url, timeout=60000).status
        except Exception as error:
            return str(error).split(" at ")[0]
    told["plain"] = reach(f"http://{host}:{plain}/status/")
    told["plain on the open port"] = reach(f"http://{host}:{port}/status/")
    told["by number"] = reach(f"https://{here}:{port}/status/")
    told["by name"] = reach(f"https://{host}:{port}/other-pcs/")
    if told["by name"] == 200:
        page.screenshot(path=f"{shots}/other-pcs.png", full_page=True)
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}})
        page.goto(f"https://{host}:{port}/account/")
        page.fill("input[name=login]", "sato")
        page.fill("input[name=password]", password)
        page.locator("main button.button").first.click()
        page.wait_for_load_state()
        page.goto(f"https://{host}:{port}/account/second-factor/passkey/")
        page.check("input[name=passwordless]")
        page.click("#mfa_webauthn_add")
        page.wait_for_url("**/account/")
        page.locator(".person form[action='/accounts/logout/'] button").click()
        page.wait_for_url("**/accounts/login/**")
        page.click("#passkey_login")
        page.wait_for_url(lambda url: "/accounts/" not in url)
        told["after the passkey"] = page.url.removeprefix(f"https://{host}:{port}")
        base, camera = f"https://{host}:{port}", "/live/" + "0" * 32 + "/"
        page.goto(base + camera)
        page.wait_for_selector("[data-console-unknown]:not([hidden])")
        told["before it is registered"] = page.url.removeprefix(base).partition("?")[0]
        page.goto(base + "/consoles/")
        page.click("[data-console-register] button")
        page.wait_for_selector(".message-success")
        page.screenshot(path=f"{shots}/consoles.png", full_page=True)
        told["registered"] = page.goto(base + camera).status
        told["key"] = page.evaluate(EXPORT)
        told["insecure cookies"] = [one["name"] for one in context.cookies() if not one["secure"]]
    context.close()
print(json.dumps(told))
'''


MANAGER_AND_PC = """
from datetime import date
from kuramori.paper import register
from kuramori.places.models import Pc, PcCheck
from tests.people import dutiful
manager = dutiful.manager(operates=True)
pc = Pc(name="事務所のパソコン", place="奥", system="x", antivirus="y", network="線")
pc = register.enter(register.get("pcs"), pc, manager)
good = {"protected": True, "updated": True, "screen_lock": True}
day = date.today().replace(day=1)
check = PcCheck(pc=pc, checked_on=day, who="佐藤", definitions_on=day, **good)
register.enter(register.get("pc-checks"), check, manager)
"""


def _addresses(pid: int) -> tuple[str, str]:
    """Two addresses that no other living process of this machine takes (a /30 of 10.128.0.0/9 each)."""
    first = int(ipaddress.ip_address("10.128.0.0")) + 4 * (pid % 2**21)
    return str(ipaddress.ip_address(first + 1)), str(ipaddress.ip_address(first + 2))


def _clear_killed_runs() -> None:
    """Take down what a run left that was killed: its namespace, and with it both ends of its cable."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False).stdout
    for name in (line.split()[0] for line in listed.splitlines() if line.startswith(NAMED)):
        pid = name.removeprefix(NAMED)
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            subprocess.run(["ip", "netns", "del", name], check=False)
            subprocess.run(["ip", "link", "del", f"kn{pid}"], check=False, stderr=subprocess.DEVNULL)


@pytest.fixture
def cable() -> Iterator[tuple[str, str]]:
    """Two ends of a cable, here and in a namespace of its own; gives that one's name and our address."""
    if os.geteuid() != 0 or any(shutil.which(one) is None for one in NEEDS):
        pytest.skip("needs root, iproute2, libnss3-tools and chromium")
    _clear_killed_runs()
    name, near, far = f"{NAMED}{os.getpid()}", f"kn{os.getpid()}", f"kf{os.getpid()}"
    here, there = _addresses(os.getpid())
    if subprocess.run(["ip", "netns", "add", name], check=False).returncode:
        pytest.skip("no network namespaces here")
    inside = ["ip", "-n", name]
    try:
        for line in (
            ["ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", name],
            ["ip", "addr", "add", f"{here}/30", "dev", near],
            ["ip", "link", "set", near, "up"],
            [*inside, "addr", "add", f"{there}/30", "dev", far],
            [*inside, "link", "set", far, "up"],
            [*inside, "link", "set", "lo", "up"],
        ):
            subprocess.run(line, check=True)
        yield name, here
    finally:
        subprocess.run(["ip", "netns", "del", name], check=False)
        subprocess.run(["ip", "link", "del", near], check=False, stderr=subprocess.DEVNULL)


class OpenBox(Box):
    """A box that other PCs reach by its host name."""

    @property
    def https_port(self) -> int:
        return self.port + 1

    @property
    def env(self) -> dict[str, str]:
        return super().env | {"KURAMORI_HOST": HOST, "KURAMORI_HTTPS_PORT": str(self.https_port)}


@pytest.fixture
def open_box(tmp_path: Path) -> Iterator[OpenBox]:
    box = OpenBox(tmp_path / "data")
    try:
        box.start()
        box.run(MANAGER_AND_PC)
        yield box
    finally:
        box.stop()


def elsewhere(cable: tuple[str, str], box: OpenBox, home: Path, *, trusting: bool) -> dict[str, object]:
    """What a Chromium in the other namespace finds; `trusting`: the authority was installed there."""
    import json

    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    database = ["-d", f"sql:{store}"]
    subprocess.run(["certutil", "-N", *database, "--empty-password"], check=True)
    if trusting:
        top = box.data / "keys" / "https" / HOST / "authority.crt"
        add = ["certutil", "-A", *database, "-n", "kuramori", "-t", "C,,", "-i", str(top)]
        subprocess.run(add, check=True)
    name, here = cable
    argv = [HOST, here, str(box.https_port), str(box.port), "kura no kagi wa futatsu", str(home)]
    done = subprocess.run(
        ["ip", "netns", "exec", name, sys.executable, "-c", ELSEWHERE, *argv],
        env=os.environ | {"HOME": str(home)},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_another_pc_reaches_the_pages_by_name_and_never_in_the_clear(
    cable: tuple[str, str], open_box: OpenBox, tmp_path: Path
) -> None:
    stranger = elsewhere(cable, open_box, tmp_path / "stranger", trusting=False)
    assert "ERR_CERT_AUTHORITY_INVALID" in str(stranger["by name"])
    told = elsewhere(cable, open_box, tmp_path / "office", trusting=True)
    assert "ERR_CONNECTION_REFUSED" in str(told["plain"])
    assert str(told["plain on the open port"]).startswith("Page.goto: net::ERR_"), told
    assert "ERR_CERT" in str(told["by number"])
    assert told["by name"] == 200
    assert told["after the passkey"] == "/setup/body/", "signed in under the host name; nothing is set up yet"
    assert told["before it is registered"] == "/consoles/prove/"
    assert told["registered"] == 404, "behind the door; there is no such camera"
    assert told["key"] == "InvalidAccessError", "the key cannot be taken out of the browser"
    assert told["insecure cookies"] == []
    keep = os.environ.get("KURAMORI_SHOTS")
    if keep:
        for name in ("other-pcs.png", "consoles.png"):
            shutil.copy(tmp_path / "office" / name, keep)
