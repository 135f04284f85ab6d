"""Time stamps from a real responder (openssl ts), and forged ones."""

from __future__ import annotations

import http.server
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from kuramori.errors import BadInput, ChannelFailed
from kuramori.evidence import manifest, time_stamps
from kuramori.evidence.models import TimeStamper
from tests.evidence.fixtures import Footage, pack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kuramori.access.models import Approval
    from tests.footage.world import World

pytestmark = pytest.mark.django_db
CONFIG = """
[tsa]
default_tsa = t
[t]
dir = .
serial = ./serial
crypto_device = builtin
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ordering = yes
tsa_name = no
ess_cert_id_chain = no
[ext]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
"""


class Responder:
    """An RFC 3161 responder on loopback: openssl answers each query."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.instead = folder, b""
        folder.mkdir()
        (folder / "c").write_text(CONFIG)
        (folder / "serial").write_text("01\n")
        self._run("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 3650 -subj /CN=Root "
                  "-config /etc/ssl/openssl.cnf -extensions v3_ca")  # fmt: skip
        self._run("req -new -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=TSA")
        self._run("x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem -days 3000 "
                  "-extfile c -extensions ext")  # fmt: skip
        outer = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                answer = outer.instead or outer.answer(asked)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/"

    @property
    def root(self) -> str:
        return (self.folder / "ca.pem").read_text()

    def answer(self, asked: bytes) -> bytes:
        (self.folder / "q").write_bytes(asked)
        self._run("ts -reply -config c -queryfile q -out a")
        return (self.folder / "a").read_bytes()

    def _run(self, words: str) -> None:
        subprocess.run(["openssl", *words.split()], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def responder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Responder]:
    made = Responder(tmp_path_factory.mktemp("tsa") / "x")
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_package_with_a_time_stamp_that_openssl_checks(
    world: World, footage: Footage, case: Approval, responder: Responder, tmp_path: Path
) -> None:
    TimeStamper.objects.create(url=responder.url, certificate=responder.root, entered_by=world.manager)
    ready = pack(world, footage)
    for name in (manifest.SIGNATURE, manifest.STAMP):
        (tmp_path / name).write_bytes(ready.papers[name])
    argv = ["openssl", "ts", "-verify", "-data", manifest.SIGNATURE, "-in", manifest.STAMP, "-CAfile",
            str(responder.folder / "ca.pem")]  # fmt: skip
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (tmp_path / manifest.SIGNATURE).write_bytes(ready.papers[manifest.SIGNATURE] + b" ")
    assert subprocess.run(argv, cwd=tmp_path, capture_output=True).returncode != 0


def test_forged_stamps_are_not_taken_and_the_package_says_so(
    world: World, footage: Footage, case: Approval, responder: Responder, tmp_path: Path
) -> None:
    by = TimeStamper.objects.create(url=responder.url, certificate=responder.root, entered_by=world.manager)
    good = time_stamps.stamp(b"this", by)
    assert time_stamps.holds(good, b"this", by)
    assert not time_stamps.holds(good, b"that", by), "of other data"
    assert not time_stamps.holds(good[:-10], b"this", by)
    other = Responder(tmp_path / "other")
    other.server.server_close()
    stranger = TimeStamper(url=responder.url, certificate=other.root, entered_by=world.manager)
    assert not time_stamps.holds(good, b"this", stranger), "by somebody else's root"
    try:
        for rubbish in (b"no stamp", good):
            responder.instead = rubbish
            with pytest.raises(ChannelFailed, match="time-stamp-wrong"):
                time_stamps.stamp(b"another", by)
        ready = pack(world, footage)
    finally:
        responder.instead = b""
    assert manifest.STAMP not in ready.papers
    assert "正しくない" in ready.papers["README.txt"].decode()


def test_a_responder_that_is_not_there_delays_nothing_for_ever(world: World) -> None:
    by = TimeStamper(url="http://127.0.0.1:9/", certificate="", entered_by=world.manager)
    with pytest.raises(ChannelFailed, match="time-stamp-unreachable"):
        time_stamps.stamp(b"x", by)
    for url, root in (("file:///etc/passwd", ""), ("http://a:b@c/", ""), ("http://x/", "no certificate")):
        with pytest.raises(BadInput):
            time_stamps.require_usable(url, root)
