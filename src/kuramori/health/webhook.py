"""Alarms as an HTTP request to an address of the body's own choice: JSON, signed, no redirect followed."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
import urllib.error
import urllib.request
from typing import Any

from kuramori.errors import ChannelFailed
from kuramori.health.message import Message
from kuramori.health.models import Channel
from kuramori.health.sealing import opened

ANSWER_S = 15


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def send(channel: Channel, message: Message) -> None:
    """POST `message`; any answer but 2xx is a failure. Raises `ChannelFailed`."""
    body = json.dumps(message.as_json(), ensure_ascii=False).encode()
    request = urllib.request.Request(channel.said["url"], data=body, method="POST")
    request.add_header("Content-Type", "application/json; charset=utf-8")
    request.add_header("User-Agent", "Kuramori")
    if channel.secret:
        key = opened(channel.secret, channel.kind).encode()
        request.add_header(
            "X-Kuramori-Signature", f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"
        )
    # No proxy of the environment: an alarm goes where the page says, or nowhere.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    try:
        with opener.open(request, timeout=ANSWER_S) as answer:
            if not 200 <= answer.status < 300:
                raise ChannelFailed("channel-refused")
    except urllib.error.HTTPError as wrong:
        wrong.close()
        raise ChannelFailed("channel-refused") from wrong
    except urllib.error.URLError as wrong:
        certificate = isinstance(wrong.reason, ssl.SSLError)
        raise ChannelFailed("channel-certificate" if certificate else "channel-unreachable") from wrong
    except OSError as wrong:
        raise ChannelFailed("channel-unreachable") from wrong
