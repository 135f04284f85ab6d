"""The other side of an alarm: a real mail server and a real HTTP endpoint on loopback."""

from __future__ import annotations

import json
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Mailbox:
    """An SMTP server that keeps what it takes; `refuse` is an answer such as "550 no such user"."""

    def __init__(self, *, user: str = "", password: str = "") -> None:
        self.letters: list[EmailMessage] = []
        self.refuse = ""
        self._user, self._password = user, password
        more: dict[str, Any] = (
            {"authenticator": self._sign_in, "auth_required": True, "auth_require_tls": False} if user else {}
        )
        self._controller = Controller(self, hostname="127.0.0.1", port=0, **more)

    def __enter__(self) -> Mailbox:
        # With port 0 the library's own trial connection would go astray, so the loop is started by hand.
        self._controller.port = _free_port()
        self._controller.start()
        self.port = self._controller.port
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"

    def _sign_in(self, server: Any, session: Any, envelope: Any, kind: str, data: Any) -> AuthResult:
        right = (
            isinstance(data, LoginPassword)
            and data.login == self._user.encode()
            and data.password == self._password.encode()
        )
        return AuthResult(success=right, handled=False)


class Endpoint:
    """An HTTP server that keeps what is posted; `answer` is the status it gives."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answer = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body))
                self.send_response(outer.answer)
                if outer.answer == 302:
                    self.send_header("Location", outer.url)
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/alarm"

    def __enter__(self) -> Endpoint:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def told(self) -> list[dict[str, Any]]:
        """The messages' contents."""
        return [json.loads(body) for _headers, body in self.got]


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
