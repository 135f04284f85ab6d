"""The memory of the pages' process, searched while the storehouse is open and after it was locked.

Open, the storehouse's private key and the keys of what was played are there: that is the control. Locked,
none of them is, nor a piece of what was played, nor the passphrase.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.fixtures import AGENT, in_django, shown_number, sign_in, started_demo
from tests.browser.test_playback import open_player
from tests.rig.process_memory import hits

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.fixtures import Demo

pytestmark = [
    pytest.mark.browser,
    pytest.mark.proof,  # a minute and a half; its allocator is tried in tests/main/test_forgetful_memory.py
    pytest.mark.skipif(os.geteuid() != 0, reason="only root reads another process's memory"),
]

NEEDLES = """
import json
from django.conf import settings
from kuramori.access import key_opening
from kuramori.footage import recorder_socket
from kuramori.ledger.models import Entry
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import SealContext, open_segment_key
own = key_opening.with_digits({passphrase!r})
keys, pieces = [], []
asked = [json.loads(one.text) for one in Entry.objects.filter(act="segment-key-asked")]
for path in sorted(settings.DATA.glob("store/0/*/*/*.kura")):
    with SegmentFile.open(path) as file:
        header = file.header
        if header.segment not in {{one["object"]["segment"] for one in asked}}:
            continue
        sealed = recorder_socket.sealed_key(grant="9" * 32, camera=header.camera, segment=header.segment,
                                            hour=header.hour, wrapped=header.wrapped_key)
        key = open_segment_key(own.private, sealed, SealContext.of(header))
        keys.append(bytes(key).hex())
        for info in file.records:
            clear = file.read(info.seq, key)
            pieces.append(clear[len(clear) // 2:][:48].hex())
print(json.dumps({{"private": bytes(own.private).hex(), "keys": keys, "pieces": pieces}}))
"""


def web_of(demo: Demo) -> int:
    """The process that serves the pages of this demonstration."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            ours = f"KURAMORI_DATA={demo.data}".encode() in (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if ours and words[-2:] == [b"web", b""]:
            return int(folder.name)
    raise AssertionError("no process serves the pages")


def lock(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/storehouse/unlock/")
    page.click("form[action$='/storehouse/lock/'] button[type=submit]")
    page.wait_for_load_state()


def test_what_was_open_is_gone_from_memory(tmp_path: Path, browser: Browser) -> None:
    with started_demo(tmp_path) as demo:
        context = browser.new_context(locale="ja-JP", user_agent=AGENT)
        page = context.new_page()
        sign_in(page, demo)
        open_player(page, demo)
        shown_number(page)
        secret = json.loads(in_django(demo, NEEDLES.format(passphrase=demo.passphrase)))
        keys = [bytes.fromhex(one) for one in (secret["private"], *secret["keys"])]
        digits = demo.passphrase.encode()
        words = [digits, digits.replace(b"-", b"").replace(b" ", b"")]
        pieces = [bytes.fromhex(one) for one in secret["pieces"]]
        web = web_of(demo)
        assert all(hits(web, keys)), "the search finds nothing: it proves nothing"
        lock(page, demo)
        left = iter(hits(web, keys + words + pieces))
        assert [next(left) for _key in keys] == [0] * len(keys)
        assert [next(left) for _word in words] == [0, 0]
        assert len(pieces) > 50
        assert [at for at, found in enumerate(left) if found] == []
        context.close()
