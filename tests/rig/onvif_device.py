"""A device for tests: real SOAP over HTTP with WS-UsernameToken digests, WS-Discovery, and a real RTSP server
behind it whose password is the account's.

It answers as the ONVIF documents say (Core 5.12: a wrong token is a fault ter:NotAuthorized with HTTP 400),
keeps accounts, refuses stale and repeated tokens, and can be opened (`anonymous`) or record by itself.
"""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from defusedxml import ElementTree

from tests.rig.cameras import GstCamera

if TYPE_CHECKING:
    from types import TracebackType

ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DISCOVERY = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
NAMES = {
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "trc": "http://www.onvif.org/ver10/recording/wsdl",
    "tptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "tt": "http://www.onvif.org/ver10/schema",
    "ter": "http://www.onvif.org/ver10/error",
    "s": ENVELOPE,
}
XMLNS = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
FREE = {"GetSystemDateAndTime", "GetServices", "GetCapabilities"}  # pre-authentication class
STALE_S = 300


@dataclass
class Character:
    """What kind of device it is."""

    manufacturer: str = "Momiji"
    model: str = "MJ-3"
    firmware: str = "2.4.1"
    serial: str = "000123"
    channels: int = 1
    codec: str = "H264"
    anonymous: bool = False
    """Answers everybody."""
    records: bool | None = False
    """A recording job of its own; None: no recording service."""
    moves: bool = False
    tells_position: bool = True
    clock_off_s: int = 0
    keeps_old_password: bool = False
    """Firmware that lets the password it came with open for ever."""
    names_host: str = ""
    """What it takes its own address for, as behind an address translator."""
    garbage: bytes = b""
    """Said in place of every answer."""


@dataclass
class OnvifDevice:
    """Use as a context manager: `xaddr`, `endpoint`, `accounts` (name → password), `tries` (refused)."""

    clip: Path
    user: str = "admin"
    password: str = "admin"
    character: Character = field(default_factory=Character)
    discoverable: bool = True
    accounts: dict[str, str] = field(init=False)
    tries: int = 0
    asked: list[str] = field(default_factory=list)
    position: tuple[float, float, float] = (0.25, -0.5, 0.0)
    """Where it points: pan, tilt, zoom. `gate` lies there."""

    def __enter__(self) -> OnvifDevice:
        self.accounts = {self.user: self.password} if self.user else {}
        self._factory = (self.user, self.password)
        self._seen: set[str] = set()
        self.endpoint = f"urn:uuid:{uuid.uuid4()}"
        mounts = {f"ch{n}": str(self.clip) for n in range(1, self.character.channels + 1)}
        auth = "none" if self.character.anonymous else "digest"
        self.rtsp = GstCamera(mounts, auth=auth, user=self.user or "admin", password=self.password or "-")
        self.rtsp.__enter__()
        device = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = device.answer(body)
                self.send_response(status)
                self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None: ...

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        self.xaddr = f"http://127.0.0.1:{self._http.server_port}/onvif/device_service"
        self._line = self._listen() if self.discoverable else None
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        if self._line is not None:
            self._line.close()
        self._http.shutdown()
        self._http.server_close()
        self.rtsp.kill()

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """HTTP status and SOAP answer to one request."""
        if self.character.garbage:
            return 200, self.character.garbage
        top = ElementTree.fromstring(body)
        request = top.find(f"{{{ENVELOPE}}}Body")[0]
        name = request.tag.rpartition("}")[2]
        self.asked.append(name)
        if name not in FREE and not self._allowed(top, name):
            self.tries += 1
            return 400, envelope(fault("ter:NotAuthorized", "Sender not Authorized"))
        known = getattr(self, f"_{name}", None)
        if known is None:
            return 500, envelope(fault("ter:ActionNotSupported", "Optional Action Not Implemented"))
        return 200, envelope(known(request))

    def _allowed(self, top: Any, name: str) -> bool:
        if self.character.anonymous or (not self.accounts and name in ("CreateUsers", "GetUsers")):
            return True
        token = top.find(f".//{{{SECURITY}}}UsernameToken")
        if token is None:
            return False
        user = token.findtext(f"{{{SECURITY}}}Username") or ""
        nonce, created = token.findtext(f"{{{SECURITY}}}Nonce") or "", token.findtext(f"{{{UTILITY}}}Created")
        said = token.findtext(f"{{{SECURITY}}}Password")
        try:
            made = datetime.fromisoformat((created or "").replace("Z", "+00:00"))
        except ValueError:
            return False
        ours = datetime.now(UTC).timestamp() + self.character.clock_off_s
        if abs(made.timestamp() - ours) > STALE_S or nonce in self._seen:
            return False
        self._seen.add(nonce)
        tried = [self.accounts[user]] if user in self.accounts else []
        if self.character.keeps_old_password and user == self._factory[0]:
            tried.append(self._factory[1])
        return any(said == digest(nonce, created or "", password) for password in tried)

    # device management

    def _GetSystemDateAndTime(self, _: Any) -> str:
        now = datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.character.clock_off_s, UTC)
        time = f"<tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute>"
        time += f"<tt:Second>{now.second}</tt:Second>"
        day = f"<tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day>"
        inner = f"<tt:UTCDateTime><tt:Time>{time}</tt:Time><tt:Date>{day}</tt:Date></tt:UTCDateTime>"
        how = "<tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>"
        return said(
            "tds", "GetSystemDateAndTime", f"<tds:SystemDateAndTime>{how}{inner}</tds:SystemDateAndTime>"
        )

    def _GetServices(self, _: Any) -> str:
        host = self.character.names_host or "127.0.0.1"
        offered = ["tds", "trt"]
        offered += ["trc"] if self.character.records is not None else []
        offered += ["tptz"] if self.character.moves else []
        rows = "".join(
            f"<tds:Service><tds:Namespace>{NAMES[one]}</tds:Namespace>"
            f"<tds:XAddr>http://{host}:{self._http.server_port}/onvif/{one}</tds:XAddr>"
            "<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>"
            for one in offered
        )
        return said("tds", "GetServices", rows)

    def _GetDeviceInformation(self, _: Any) -> str:
        c = self.character
        rows = {"Manufacturer": c.manufacturer, "Model": c.model, "FirmwareVersion": c.firmware}
        rows |= {"SerialNumber": c.serial, "HardwareId": "1"}
        inner = "".join(f"<tds:{name}>{value}</tds:{name}>" for name, value in rows.items())
        return said("tds", "GetDeviceInformation", inner)

    def _GetNetworkProtocols(self, _: Any) -> str:
        rows = (("HTTP", self._http.server_port), ("RTSP", self.rtsp.port))
        inner = "".join(
            f"<tds:NetworkProtocols><tt:Name>{name}</tt:Name><tt:Enabled>true</tt:Enabled>"
            f"<tt:Port>{port}</tt:Port></tds:NetworkProtocols>"
            for name, port in rows
        )
        return said("tds", "GetNetworkProtocols", inner)

    def _GetUsers(self, _: Any) -> str:
        inner = "".join(
            f"<tds:User><tt:Username>{name}</tt:Username><tt:UserLevel>Administrator</tt:UserLevel></tds:User>"
            for name in self.accounts
        )
        return said("tds", "GetUsers", inner)

    def _SetUser(self, request: Any) -> str:
        self._keep(request)
        return said("tds", "SetUser", "")

    def _CreateUsers(self, request: Any) -> str:
        self._keep(request)
        return said("tds", "CreateUsers", "")

    def _keep(self, request: Any) -> None:
        for row in request:
            name = row.findtext(f"{{{NAMES['tt']}}}Username") or ""
            self.accounts[name] = row.findtext(f"{{{NAMES['tt']}}}Password") or ""
            if not self.character.anonymous:
                self.rtsp.order(f"password={self.accounts[name]}")

    # media, recording, movement

    def _GetProfiles(self, _: Any) -> str:
        sizes = (("sub", 320, 180), ("main", 640, 360))
        rows = "".join(
            self._profile(channel, name, width, height)
            for channel in range(1, self.character.channels + 1)
            for name, width, height in sizes
        )
        return said("trt", "GetProfiles", rows)

    def _profile(self, channel: int, name: str, width: int, height: int) -> str:
        size = f"<tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height>"
        moving = '<tt:PTZConfiguration token="p"><tt:Name>p</tt:Name><tt:UseCount>1</tt:UseCount>'
        moving += "<tt:NodeToken>n</tt:NodeToken></tt:PTZConfiguration>"
        return (
            f'<trt:Profiles token="{name}{channel}" fixed="true"><tt:Name>{name}{channel}</tt:Name>'
            f'<tt:VideoSourceConfiguration token="v{channel}"><tt:Name>v</tt:Name>'
            f"<tt:UseCount>2</tt:UseCount><tt:SourceToken>source{channel}</tt:SourceToken>"
            '<tt:Bounds x="0" y="0" width="640" height="360"/></tt:VideoSourceConfiguration>'
            f'<tt:VideoEncoderConfiguration token="e{name}{channel}"><tt:Name>e</tt:Name>'
            f"<tt:UseCount>1</tt:UseCount><tt:Encoding>{self.character.codec}</tt:Encoding>"
            f"<tt:Resolution>{size}</tt:Resolution><tt:Quality>4</tt:Quality>"
            "<tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:VideoEncoderConfiguration>"
            f"{moving if self.character.moves else ''}</trt:Profiles>"
        )

    def _GetStreamUri(self, request: Any) -> str:
        token = request.findtext(f"{{{NAMES['trt']}}}ProfileToken") or ""
        host = self.character.names_host or "127.0.0.1"
        url = f"rtsp://{host}:{self.rtsp.port}/ch{token[-1]}"
        rest = "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false"
        rest += "</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout>"
        return said("trt", "GetStreamUri", f"<trt:MediaUri><tt:Uri>{url}</tt:Uri>{rest}</trt:MediaUri>")

    def _GetRecordingJobs(self, _: Any) -> str:
        job = "<trc:JobItem><tt:JobToken>j</tt:JobToken><tt:JobConfiguration><tt:RecordingToken>r"
        job += "</tt:RecordingToken><tt:Mode>Active</tt:Mode><tt:Priority>1</tt:Priority>"
        job += "</tt:JobConfiguration></trc:JobItem>"
        return said("trc", "GetRecordingJobs", job if self.character.records else "")

    def _GetPresets(self, _: Any) -> str:
        rows = "".join(
            f'<tptz:Preset token="{n}"><tt:Name>{name}</tt:Name>{axes("tt:PTZPosition", where)}</tptz:Preset>'
            for n, name, where in ((1, "gate", (0.25, -0.5, 0.0)), (2, "yard", (-0.75, 0.0, 0.5)))
        )
        return said("tptz", "GetPresets", rows)

    def _GetStatus(self, _: Any) -> str:
        where = axes("tt:Position", self.position) if self.character.tells_position else ""
        rest = "<tt:UtcTime>2026-11-26T00:00:00Z</tt:UtcTime>"
        return said("tptz", "GetStatus", f"<tptz:PTZStatus>{where}{rest}</tptz:PTZStatus>")

    # discovery

    def _listen(self) -> socket.socket:
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind(("239.255.255.250", 3702))
        joined = struct.pack("4s4s", socket.inet_aton("239.255.255.250"), socket.inet_aton("127.0.0.1"))
        line.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
        threading.Thread(target=self._hear, args=(line,), daemon=True).start()
        return line

    def _hear(self, line: socket.socket) -> None:
        while True:
            try:
                asked, sender = line.recvfrom(65536)
                message = ElementTree.fromstring(asked).findtext(f".//{{{ADDRESSING}}}MessageID")
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
                    out.bind(("127.0.0.1", 0))
                    out.sendto(self.match(message or ""), sender)
            except ElementTree.ParseError:
                continue
            except OSError:
                return

    def match(self, message: str) -> bytes:
        scopes = f"onvif://www.onvif.org/name/{self.character.manufacturer}"
        scopes += f" onvif://www.onvif.org/hardware/{self.character.model}"
        return (
            f'<s:Envelope xmlns:s="{ENVELOPE}" xmlns:a="{ADDRESSING}" xmlns:d="{DISCOVERY}"><s:Header>'
            f"<a:RelatesTo>{message}</a:RelatesTo></s:Header><s:Body><d:ProbeMatches><d:ProbeMatch>"
            f"<a:EndpointReference><a:Address>{self.endpoint}</a:Address></a:EndpointReference>"
            f"<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>{scopes}</d:Scopes>"
            f"<d:XAddrs>http://203.0.113.9/elsewhere {self.xaddr}</d:XAddrs>"
            "<d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
        ).encode()


def digest(nonce: str, created: str, password: str) -> str:
    """Base64 of SHA-1 over nonce, time and password (WS-Security UsernameToken Profile 1.0)."""
    whole = base64.b64decode(nonce) + created.encode() + password.encode()
    return base64.b64encode(hashlib.sha1(whole).digest()).decode()  # noqa: S324  the protocol's own


def axes(name: str, where: tuple[float, float, float]) -> str:
    """Pan, tilt and zoom as the schema has them."""
    pan, tilt, zoom = where
    return f'<{name}><tt:PanTilt x="{pan}" y="{tilt}"/><tt:Zoom x="{zoom}"/></{name}>'


def said(prefix: str, operation: str, inner: str) -> str:
    return f"<{prefix}:{operation}Response>{inner}</{prefix}:{operation}Response>"


def fault(subcode: str, reason: str) -> str:
    return (
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>"
        + subcode
        + "</s:Value></s:Subcode>"
        f'</s:Code><s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason></s:Fault>'
    )


def envelope(inner: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f"{head}<s:Envelope {XMLNS}><s:Body>{inner}</s:Body></s:Envelope>".encode()
