"""Which devices answer on the network: WS-Discovery (OASIS 2005/04, as ONVIF Core 7 uses it), IPv4.

One probe by multicast, some seconds of listening. What answers is believed only about itself: an address
counts when it is the one that the answer came from.
"""

from __future__ import annotations

import fcntl
import re
import socket
import struct
import time
import uuid
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

GROUP, PORT = "239.255.255.250", 3702
LISTEN_S = 3.0
MOST_ANSWERS = 512
DATAGRAM_BYTES = 16 * 1024
WORD_CHARS = 120
_SIOCGIFADDR = 0x8915
_DISCOVERY = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
_ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_PROBE = """\
<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="{addressing}" xmlns:d="{discovery}" \
xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header>\
<a:Action s:mustUnderstand="1">{discovery}/Probe</a:Action><a:MessageID>urn:uuid:{message}</a:MessageID>\
<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>\
<s:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>"""


@dataclass(frozen=True, slots=True)
class Found:
    """One device that answered: its lasting name, where it is managed, and what it calls itself."""

    endpoint: str
    xaddr: str
    host: str
    name: str = ""
    hardware: str = ""


def discover(*, loopback_only: bool, listen_s: float = LISTEN_S) -> list[Found]:
    """Ask on every interface (or on this machine alone) and listen; one row a device."""
    found: dict[str, Found] = {}
    message = str(uuid.uuid4())
    probe = _PROBE.format(addressing=_ADDRESSING, discovery=_DISCOVERY, message=message).encode()
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as line:
        line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        for address in ["127.0.0.1"] if loopback_only else own_addresses():
            line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
            try:
                line.sendto(probe, (GROUP, PORT))
            except OSError:
                continue  # an interface that is down: the others are asked
        until_s = time.monotonic() + listen_s
        for _ in range(MOST_ANSWERS):
            line.settimeout(max(0.001, until_s - time.monotonic()))
            try:
                datagram, (host, _port) = line.recvfrom(DATAGRAM_BYTES)
            except TimeoutError:
                break
            if (one := matched(datagram, host, message)) is not None:
                found.setdefault(one.endpoint, one)
            if time.monotonic() >= until_s:
                break
    return list(found.values())


def matched(datagram: bytes, host: str, message: str) -> Found | None:
    """The device in an answer to our own `message`, sent from `host`; None for anything else."""
    try:
        top = ElementTree.fromstring(datagram, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    if _text(top, f".//{{{_ADDRESSING}}}RelatesTo") != f"urn:uuid:{message}":
        return None
    match = top.find(f".//{{{_DISCOVERY}}}ProbeMatch")
    if match is None:
        return None
    endpoint = _text(match, f".//{{{_ADDRESSING}}}Address")
    offered = _text(match, f"{{{_DISCOVERY}}}XAddrs").split()[:8]
    ours = [one for one in offered if _at(one, host)]
    if not endpoint or not ours:
        return None
    scopes = _text(match, f"{{{_DISCOVERY}}}Scopes")
    return Found(endpoint[:WORD_CHARS], ours[0][:500], host, scope(scopes, "name"), scope(scopes, "hardware"))


def scope(scopes: str, kind: str) -> str:
    """What a device says of itself under onvif://www.onvif.org/<kind>/ (ONVIF Core 7.3.2.2)."""
    said = re.search(rf"onvif://www\.onvif\.org/{kind}/(\S+)", scopes)
    return "".join(one for one in unquote(said[1]) if one.isprintable())[:WORD_CHARS] if said else ""


def own_addresses() -> list[str]:
    """The IPv4 address of each interface; loopback too: a USB camera's server runs on this very machine."""
    found = []
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as line:
        for _index, name in socket.if_nameindex():
            try:
                said = fcntl.ioctl(line, _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # an interface without an address
            found.append(socket.inet_ntoa(said[20:24]))
    return found


def _at(xaddr: str, host: str) -> bool:
    try:
        parts = urlsplit(xaddr)
        return parts.scheme in ("http", "https") and parts.hostname == host and parts.port != 0
    except ValueError:
        return False


def _text(top: Element, path: str) -> str:
    node = top.find(path)
    return (node.text or "").strip() if node is not None else ""
