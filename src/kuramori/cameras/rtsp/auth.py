"""Answers to a camera's challenge: Basic, and Digest with MD5 or SHA-256 (RFC 2617, RFC 7616)."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kuramori.cameras.rtsp.stream import Credentials

# strongest first; "-sess" variants and absent algorithms are folded into these
_HASHES = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}
_TOKEN = re.compile(r'([A-Za-z][\w-]*)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,]*)|([A-Za-z][\w-]*)')


@dataclass(slots=True)
class Challenge:
    """One WWW-Authenticate offer."""

    scheme: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def algorithm(self) -> str:
        return self.fields.get("algorithm", "MD5").upper()

    @property
    def rank(self) -> int:
        """Higher is stronger; 0 is nothing that we can answer."""
        if self.scheme == "basic":
            return 1
        if self.scheme != "digest" or "nonce" not in self.fields:
            return 0
        return {"MD5": 2, "SHA-256": 3}.get(self.algorithm.removesuffix("-SESS"), 0)


def parse_challenges(values: list[str]) -> list[Challenge]:
    """All offers of all WWW-Authenticate headers, several in one header included."""
    found: list[Challenge] = []
    for value in values:
        for name, text, scheme in _TOKEN.findall(value[:8192]):
            if scheme:
                found.append(Challenge(scheme.lower()))
            elif found:
                found[-1].fields[name.lower()] = re.sub(r"\\(.)", r"\1", text.strip('"'))
    return found


class Authorizer:
    """Writes the Authorization header of each request, once the camera has said how it wants it."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._challenge: Challenge | None = None
        self._count = 0

    def take(self, values: list[str], *, tried: bool) -> bool:
        """Learn from a 401; `tried`: it answers a request that answered a challenge. False: give up."""
        best = max(parse_challenges(values), key=lambda offer: offer.rank, default=None)
        if best is None or best.rank == 0:
            return False
        self._challenge = best
        self._count = 0
        return not tried or best.fields.get("stale", "").lower() == "true"

    def header(self, method: str, url: str) -> str | None:
        if self._challenge is None:
            return None
        if self._challenge.scheme == "basic":
            pair = f"{self._credentials.user}:{self._credentials.password}".encode()
            return f"Basic {base64.b64encode(pair).decode()}"
        return self._digest(self._challenge, method, url, secrets.token_hex(8))

    def _digest(self, challenge: Challenge, method: str, url: str, cnonce: str) -> str:
        fields = challenge.fields
        make = _HASHES[challenge.algorithm.removesuffix("-SESS")]

        def digest(*words: str) -> str:
            return make(":".join(words).encode()).hexdigest()

        realm, nonce = fields.get("realm", ""), fields["nonce"]
        secret = digest(self._credentials.user, realm, self._credentials.password)
        if challenge.algorithm.endswith("-SESS"):
            secret = digest(secret, nonce, cnonce)
        act = digest(method, url)
        said = {"username": self._credentials.user, "realm": realm, "nonce": nonce, "uri": url}
        plain = {}
        if "auth" in re.split(r"[\s,]+", fields.get("qop", "").lower()):
            self._count += 1
            plain = {"qop": "auth", "nc": f"{self._count:08x}"}
            said["cnonce"] = cnonce
            said["response"] = digest(secret, nonce, plain["nc"], cnonce, "auth", act)
        else:
            said["response"] = digest(secret, nonce, act)
        if "opaque" in fields:
            said["opaque"] = fields["opaque"]
        if "algorithm" in fields:
            plain["algorithm"] = fields["algorithm"]
        words = [f'{name}="{_quoted(value)}"' for name, value in said.items()]
        words += [f"{name}={_bare(value)}" for name, value in plain.items()]
        return "Digest " + ", ".join(words)


def _quoted(value: str) -> str:
    return re.sub(r"[\r\n\0]", "", value).replace("\\", "\\\\").replace('"', '\\"')


def _bare(value: str) -> str:
    return re.sub(r"[^\w-]", "", value)
