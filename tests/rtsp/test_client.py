"""One connection's life: signing in, being sent elsewhere, being let down. And no password anywhere."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import re
import traceback

import pytest

from kuramori.cameras.rtsp import Credentials, RtspClient
from kuramori.clock import SystemClock
from tests.rig import packets
from tests.rig.cameras import free_port
from tests.rig.fake_camera import FakeCamera, own_transcript
from tests.rig.sinks import RecordingSink

DESCRIBE, OTHERS = own_transcript("folded-and-junk")
PASSWORD = "Juniper:lantern/77"
UNAUTHORIZED = "RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n{}\r\n\r\n"


async def run(
    url: str, credentials: Credentials | None = None, pictures: int = 3, **patience: float
) -> RecordingSink:
    sink = RecordingSink()
    client = RtspClient(url, credentials, sink, SystemClock(), **patience)
    running = asyncio.create_task(client.run())
    await sink.wait_units(pictures)
    await client.stop()
    await running
    assert len(sink.endings) == 1
    return sink


def digest_camera(algorithm: str, password: str, nonce: str = "n0") -> FakeCamera:
    """A camera that checks the digest of every request by its own arithmetic."""
    make = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]

    def h(*words: str) -> str:
        return make(":".join(words).encode()).hexdigest()

    def guarded(answer: bytes) -> object:
        def check(request: str) -> bytes:
            said = dict(re.findall(r'(\w+)="?([^",\r]*)"?', request.partition("Authorization: Digest ")[2]))
            method, uri = request.split()[:2]
            want = h(
                h("viewer", "cam", password),
                nonce,
                said.get("nc", ""),
                said.get("cnonce", ""),
                "auth",
                h(method, uri),
            )
            if said.get("response") == want and said.get("uri") == uri:
                return answer
            offer = (
                f'WWW-Authenticate: Digest realm="cam", nonce="{nonce}", qop="auth", algorithm={algorithm}'
            )
            return UNAUTHORIZED.format(f'WWW-Authenticate: Basic realm="cam"\r\n{offer}').encode()

        return check

    answers = {"OPTIONS": b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n", "DESCRIBE": DESCRIBE, **OTHERS}
    return FakeCamera({method: guarded(answer) for method, answer in answers.items()}, packets.stream(3))  # type: ignore[misc]


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_digest_signs_in_and_the_password_is_not_sent(algorithm: str) -> None:
    async with digest_camera(algorithm, PASSWORD) as camera:
        sink = await run(camera.url, Credentials("viewer", PASSWORD))
    assert len(sink.units) == 3
    assert PASSWORD not in "".join(camera.requests)
    assert "Basic" not in "".join(camera.requests)


async def test_a_wrong_password_is_tried_once() -> None:
    async with digest_camera("MD5", PASSWORD) as camera:
        sink = await run(camera.url, Credentials("viewer", "wrong"))
    assert sink.state == "refused"
    assert len(camera.requests) == 2


async def test_a_camera_that_asks_for_a_password_we_do_not_have_is_refused() -> None:
    async with digest_camera("MD5", PASSWORD) as camera:
        sink = await run(camera.url)
    assert sink.endings[0] is not None and sink.endings[0].values == {"why": "no-credentials"}


async def test_the_password_in_an_address_is_used_and_taken_out() -> None:
    def basic(request: str) -> bytes:
        if "Authorization: Basic dmlld2VyOkp1bmlwZXI6bGFudGVybi83Nw==" in request:
            return DESCRIBE
        return UNAUTHORIZED.format("WWW-Authenticate: Basic realm=cam").encode()

    async with FakeCamera({"DESCRIBE": basic, **OTHERS}, packets.stream(3)) as camera:
        sink = await run(camera.url.replace("//", "//viewer:Juniper%3Alantern%2F77@"))
    assert len(sink.units) == 3
    assert not [line for line in camera.requests if "viewer" in line or "Juniper" in line]


async def test_no_ending_shows_a_credential(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "Tansy-ladder-5"
    addresses = [
        f"rtsp://viewer:{secret}@127.0.0.1:{free_port()}/x",
        f"rtsp://viewer:{secret}@[bad/x",
        f"rtsp://viewer:{secret}@127.0.0.1:99999/x",
        f"rtsp://viewer:{secret}@name.invalid/x",
        f"rtsps://viewer:{secret}@127.0.0.1/x",
        f"http://viewer:{secret}@127.0.0.1/x",
        f"rtsp://viewer:{secret}@127.0.0.1/x y\r\nEvil: 1",
    ]
    async with digest_camera("MD5", PASSWORD) as camera:
        addresses.append(camera.url.replace("//", f"//viewer:{secret}@"))
        for address in addresses:
            sink = await run(address)
            [ending] = sink.endings
            assert ending is not None
            shown = repr(ending) + str(ending) + "".join(traceback.format_exception(ending))
            assert secret not in shown
    assert secret not in repr(Credentials("viewer", secret)) + caplog.text


async def test_nobody_there_is_unreachable() -> None:
    sink = await run(f"rtsp://127.0.0.1:{free_port()}/x")
    assert sink.state == "unreachable"


async def test_a_camera_that_never_answers_is_unreachable() -> None:
    async with FakeCamera({"DESCRIBE": b" "}) as camera:
        camera.fix_cseq = False
        sink = await run(camera.url, answer_patience_s=0.1)
    assert sink.state == "unreachable"


async def test_an_address_that_is_not_served_is_not_found() -> None:
    async with FakeCamera({"DESCRIBE": b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n"}) as camera:
        assert (await run(camera.url)).state == "not-found"


async def test_a_camera_that_hangs_up_is_closed_by_camera() -> None:
    async with FakeCamera({"DESCRIBE": DESCRIBE, **OTHERS}, packets.stream(2), hang_up=True) as camera:
        sink = await run(camera.url)
    assert len(sink.units) == 2
    assert sink.state == "closed-by-camera"


async def test_a_redirect_is_followed_without_taking_the_password_to_another_machine() -> None:
    async with digest_camera("MD5", PASSWORD) as second:
        elsewhere = f"Location: rtsp://localhost:{second.port}/live"
        moved = f"RTSP/1.0 302 Moved\r\nCSeq: 1\r\n{elsewhere}\r\n\r\n".encode()
        async with FakeCamera({"DESCRIBE": moved}) as first:
            sink = await run(first.url, Credentials("viewer", PASSWORD))
    assert sink.endings[0] is not None and sink.endings[0].values == {"why": "no-credentials"}


async def test_redirects_in_a_circle_end() -> None:
    async with FakeCamera({}) as camera:
        moved = f"RTSP/1.0 301 Moved\r\nCSeq: 1\r\nLocation: {camera.url}\r\n\r\n"
        camera.answers["DESCRIBE"] = moved.encode()
        assert (await run(camera.url)).state == "protocol"


async def test_rtcp_without_pictures_is_stalled() -> None:
    report = packets.interleaved(1, packets.sender_report(3_900_000_000, 0, 0))
    async with FakeCamera({"DESCRIBE": DESCRIBE, **OTHERS}, packets.stream(2)) as camera:

        async def chatter() -> None:
            while True:
                await asyncio.sleep(0.1)
                camera.send(report)

        sink = RecordingSink()
        client = RtspClient(camera.url, None, sink, SystemClock(), stall_patience_s=0.5)
        running = asyncio.create_task(client.run())
        await sink.wait_units(2)
        talking = asyncio.create_task(chatter())
        await running
        talking.cancel()
    assert sink.state == "stalled"
    assert sink.reports


async def test_the_session_is_kept_alive_with_what_the_camera_knows() -> None:
    play = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 5;timeout=1\r\n\r\n"
    async with FakeCamera({"DESCRIBE": DESCRIBE, "PLAY": play}, packets.stream(2)) as camera:
        sink = RecordingSink()
        client = RtspClient(camera.url, None, sink, SystemClock(), stall_patience_s=30)
        running = asyncio.create_task(client.run())
        async with asyncio.timeout(10):
            await camera.asked_for("GET_PARAMETER")
        await client.stop()
        await running
    assert camera.methods()[-1] == "TEARDOWN"
    assert all("Session: 1a2b" in request for request in camera.requests[3:])


async def test_a_sign_in_that_runs_out_in_mid_stream_is_renewed() -> None:
    def keep_alive(request: str) -> bytes:
        if 'nonce="n2"' in request:
            return b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
        return UNAUTHORIZED.format('WWW-Authenticate: Digest realm="cam", nonce="n2"').encode()

    play = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 5;timeout=1\r\n\r\n"
    answers = {"DESCRIBE": DESCRIBE, "PLAY": play, "GET_PARAMETER": keep_alive}
    async with FakeCamera(answers, packets.stream(2)) as camera:
        client = RtspClient(
            camera.url, Credentials("viewer", PASSWORD), RecordingSink(), SystemClock(), stall_patience_s=30
        )
        running = asyncio.create_task(client.run())
        async with asyncio.timeout(10):
            await camera.asked_for("GET_PARAMETER", times=2)
        await client.stop()
        await running
    first, second = [line for line in camera.requests if line.startswith("GET_PARAMETER")][:2]
    assert "Authorization" not in first and 'nonce="n2"' in second


async def test_a_defect_of_ours_in_the_sink_is_not_mistaken_for_the_camera() -> None:
    class Broken(RecordingSink):
        def access_unit(self, au: object) -> None:
            raise ZeroDivisionError

    async with FakeCamera({"DESCRIBE": DESCRIBE, **OTHERS}, packets.stream(2)) as camera:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        with pytest.raises(ZeroDivisionError):
            await RtspClient(camera.url, None, Broken(), SystemClock()).run()


async def test_a_camera_of_this_machine_cannot_send_us_to_another_machine() -> None:
    """A demonstration admits only this machine's cameras (192.0.2.0/24 is nobody's)."""
    moved = b"RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: rtsp://192.0.2.7:554/live\r\n\r\n"
    async with FakeCamera({"DESCRIBE": moved}) as camera:
        sink = await run(camera.url, answer_patience_s=1.0)
    assert sink.endings[0] is not None and sink.endings[0].values == {"why": "redirect"}


async def test_line_ends_without_end_are_garbage_and_end_the_connection() -> None:
    flood = b"\r\n" * 800_000
    async with FakeCamera({"DESCRIBE": DESCRIBE, **OTHERS}, flood) as camera:
        sink = await run(camera.url)
    assert sink.endings[0] is not None and sink.endings[0].values == {"why": "garbage"}


async def test_parameter_sets_too_long_for_a_file_are_never_taken_from_a_description() -> None:
    """An avcC box has 16 bits for their length: one that is longer would break every segment's beginning."""
    sets = b",".join(base64.b64encode(nal) for nal in (packets.SPS, b"\x68\x4a" + b"\xaa" * 70_000))
    sdp = b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 sprop-parameter-sets=" + sets
    head = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: %d\r\n\r\n" % len(sdp)
    async with FakeCamera({"DESCRIBE": head + sdp, **OTHERS}, packets.stream(5)) as camera:
        sink = await run(camera.url)
    assert sink.units and all(len(nal) < 65_536 for track in sink.tracks for nal in track.pps)
