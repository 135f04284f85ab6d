"""A real SOAP device, by the real worker: discovery, looking, passwords, probes, and hostile answers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuramori.cameras.onvif import bounded, discovery
from kuramori.errors import CameraError
from kuramori.pictures import starting
from tests.rig.onvif_device import Character, OnvifDevice

WORKER = "kuramori.cameras.onvif.worker"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;</a>'


def work(**job: Any) -> dict[str, Any]:
    """One job in a worker of its own, as the recorder starts it."""
    done = subprocess.run(
        starting.command(WORKER),
        input=json.dumps(job).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=90,
        **starting.surroundings(),
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def as_admin(device: OnvifDevice, **more: Any) -> dict[str, Any]:
    return {"xaddr": device.xaddr, "user": device.user, "password": device.password, **more}


def test_a_device_is_found_looked_at_given_a_password_and_probed(_gst: None, clip: Path) -> None:
    """Two channels, a clock 4000 s off, an address of its own that is not ours: an encoder as they are."""
    character = Character(channels=2, clock_off_s=4000, names_host="10.9.9.9")
    with OnvifDevice(clip, character=character) as device:
        found = work(do="discover", loopback_only=True)["found"]
        (row,) = [one for one in found if one["endpoint"] == device.endpoint]
        assert (row["xaddr"], row["name"], row["hardware"]) == (device.xaddr, "Momiji", "MJ-3")

        assert work(do="look", xaddr=device.xaddr, user="admin", password="not-it") == {"error": "refused"}
        assert device.tries == 1
        seen = work(do="look", **as_admin(device))
        assert (seen["manufacturer"], seen["firmware"]) == ("Momiji", "2.4.1")
        assert 3_990_000 < seen["clock_off_ms"] < 4_010_000
        assert [one["source"] for one in seen["channels"]] == ["source1", "source2"]
        main = seen["channels"][1]["profiles"][0]
        assert (main["width"], main["url"]) == (640, f"rtsp://127.0.0.1:{device.rtsp.port}/ch2")

        new = "Kaede7Iwana2Tobi"
        assert work(do="set-password", new=new, **as_admin(device)) == {"set": True}
        assert device.accounts == {"admin": new}
        before = device.tries
        job = {"xaddr": device.xaddr, "user": "admin", "password": new, "factory": ["admin", "admin"]}
        findings = work(do="check", url=main["url"], **job)["findings"]
        assert findings == {
            **dict.fromkeys(("anonymous-rtsp", "anonymous-onvif", "factory-password"), "off"),
            **dict.fromkeys(("telnet", "ftp", "upnp", "card-recording"), "off"),
            **dict.fromkeys(("file-upload", "mail-upload", "cloud"), "unknown"),
            "plain-http": "on",
        }
        signed_in_wrongly = device.tries - before
        assert signed_in_wrongly <= 3  # the old password once; the others carried none at all


def test_an_open_camera_that_keeps_its_old_password_and_records_by_itself_is_seen(
    _gst: None, clip: Path
) -> None:
    character = Character(keeps_old_password=True, records=True)
    with OnvifDevice(clip, character=character, discoverable=False) as device:
        work(do="set-password", new="Kaede7Iwana2Tobi", **as_admin(device))
        job = {"xaddr": device.xaddr, "user": "admin", "password": "Kaede7Iwana2Tobi"}
        findings = work(do="check", url=device.rtsp.url("ch1"), factory=["admin", "admin"], **job)["findings"]
        assert (findings["factory-password"], findings["card-recording"]) == ("on", "on")
    with OnvifDevice(clip, character=Character(anonymous=True), discoverable=False) as device:
        findings = work(do="check", url=device.rtsp.url("ch1"), factory=None, **as_admin(device))["findings"]
        assert (findings["anonymous-rtsp"], findings["anonymous-onvif"]) == ("on", "on")


def test_an_unopened_camera_without_any_account_gets_its_first(_gst: None, clip: Path) -> None:
    with OnvifDevice(clip, user="", password="", discoverable=False) as device:
        job = {"xaddr": device.xaddr, "user": "admin", "password": ""}
        assert work(do="set-password", new="Kaede7Iwana2Tobi", **job) == {"set": True}
        assert device.accounts == {"admin": "Kaede7Iwana2Tobi"}
        assert "CreateUsers" in device.asked


def test_a_device_that_answers_rubbish_is_no_more_than_an_error(_gst: None, clip: Path) -> None:
    for garbage in (ENTITIES, b"x" * 3_000_000):
        with OnvifDevice(clip, character=Character(garbage=garbage), discoverable=False) as device:
            assert work(do="look", **as_admin(device)) == {"error": "protocol"}
    for garbage in (
        ENTITIES,
        b"<a" * 400_000,
        b"<a>" * 2_000 + b"</a>" * 2_000,
        b"<\xff\xfe",
        b"<a><b/></c>",
    ):
        with pytest.raises(CameraError):
            bounded.require_harmless(garbage)
    with pytest.raises(CameraError):
        bounded.require_harmless(b"<a>" + b"<b/>" * (bounded.ELEMENTS + 1) + b"</a>")
    bounded.require_harmless(b"<a><b/></a>")


def test_the_worker_reads_no_file_but_the_interpreters(tmp_path: Path) -> None:
    """The very attack: a device has taken the worker over and wants the key table."""
    secret = tmp_path / "table"
    secret.write_text("hour secret")
    program = (
        "import sys, subprocess\nfrom kuramori.cameras.onvif.lock_in import lock_in\nlock_in()\n"
        "for act in (lambda: open(sys.argv[1]), lambda: open(sys.argv[1] + 'x', 'w'),"
        " lambda: open('/etc/passwd'), lambda: subprocess.run(['/bin/true'])):\n"
        "    try: act(); print('open')\n    except OSError as e: print(type(e).__name__)\n"
    )
    done = subprocess.run(
        [*starting.command(WORKER)[:2], "-c", program, str(secret)],
        stdout=subprocess.PIPE,
        check=True,
        **starting.surroundings(),
    )
    assert done.stdout.decode().split() == ["PermissionError"] * 4


def test_an_answer_counts_only_about_its_sender(_gst: None, clip: Path) -> None:
    with OnvifDevice(clip, discoverable=False) as device:
        match = device.match("urn:uuid:m")
        one = discovery.matched(match, "127.0.0.1", "m")
        assert one is not None
        assert one.xaddr == device.xaddr
        assert discovery.matched(match, "127.0.0.2", "m") is None
        assert discovery.matched(match, "127.0.0.1", "another") is None
        assert discovery.matched(ENTITIES, "127.0.0.1", "m") is None


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda s: f"<a>{s}</a>".encode(errors="replace")))
def test_no_bytes_break_what_reads_them(data: bytes) -> None:
    assert discovery.matched(data, "127.0.0.1", "m") is None
    try:
        bounded.require_harmless(data)
    except CameraError as problem:
        assert problem.code == "protocol"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mangled_answer_to_a_probe_is_none_or_honest(data: st.DataObject) -> None:
    whole = (
        b'<e xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        b'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><a:RelatesTo>urn:uuid:m</a:RelatesTo>'
        b"<d:ProbeMatch><a:Address>urn:uuid:1</a:Address><d:Scopes>onvif://www.onvif.org/name/A%20B</d:Scopes>"
        b"<d:XAddrs>http://10.0.0.1/x</d:XAddrs></d:ProbeMatch></e>"
    )
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + data.draw(st.integers(0, 8)) :]
    found = discovery.matched(broken, "10.0.0.1", "m")
    assert found is None or found.host == "10.0.0.1"
