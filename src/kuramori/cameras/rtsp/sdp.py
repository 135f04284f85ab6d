"""Session descriptions (RFC 4566), read leniently; and which of their tracks we play."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

from kuramori.cameras.rtsp.bits import clean_nal
from kuramori.errors import CameraError

_STATIC_PAYLOADS = {25: "CELB", 26: "JPEG", 28: "NV", 31: "H261", 32: "MPV", 33: "MP2T", 34: "H263"}
_MEDIA_LIMIT = 32
_SETS_LIMIT = 16


@dataclass(slots=True)
class Media:
    """One m= section. `encoding` is upper case, "" if the description never says it."""

    kind: str
    payload: int = -1
    encoding: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    control: str = ""


@dataclass(slots=True)
class Description:
    control: str = ""
    media: list[Media] = field(default_factory=list)


def parse_sdp(body: bytes) -> Description:
    """Whatever can be understood of a description; never fails."""
    described = Description()
    for line in re.split(r"[\r\n]+", body.decode("utf-8", "replace")):
        kind, _, value = line.strip().partition("=")
        if kind == "m" and len(described.media) < _MEDIA_LIMIT:
            described.media.append(_media(value))
        elif kind == "a":
            name, _, text = value.partition(":")
            _attribute(described, name.strip().lower(), text.strip())
    return described


def _media(value: str) -> Media:
    words = value.split()
    media = Media(words[0].lower() if words else "")
    if len(words) > 3 and re.fullmatch(r"\d{1,3}", words[3]):
        media.payload = int(words[3])
        media.encoding = _STATIC_PAYLOADS.get(media.payload, "")
    return media


def _attribute(described: Description, name: str, text: str) -> None:
    media = described.media[-1] if described.media else None
    if name == "control":
        if media is None:
            described.control = text
        else:
            media.control = text
    elif media is None:
        return
    elif name == "rtpmap":
        found = re.match(r"(\d+)\s+([^/\s]+)", text)
        if found and int(found[1]) == media.payload:
            media.encoding = found[2].upper()
    elif name == "fmtp":
        found = re.match(r"(\d+)\s+(.*)", text, re.DOTALL)
        if found and int(found[1]) == media.payload:
            for pair in found[2].split(";"):
                key, _, value = pair.partition("=")
                media.parameters[key.strip().lower()] = value.strip()


def choose_video(described: Description) -> Media:
    """The video track. CameraError "no-video" or "unsupported-codec" says why there is none."""
    videos = [media for media in described.media if media.kind == "video"]
    if not videos:
        raise CameraError("no-video")
    for media in videos:
        if codec_of(media):
            return media
    raise CameraError("unsupported-codec", codec=re.sub(r"[^\w.-]", "", videos[0].encoding)[:20] or "unknown")


def codec_of(media: Media) -> str:
    """ "h264" or "h265", by its name or, where the description never says it, by its parameters; else ""."""
    if media.encoding in ("H264", "H265", "HEVC"):
        return "h264" if media.encoding == "H264" else "h265"
    if not media.encoding and {"sprop-parameter-sets", "packetization-mode"} & media.parameters.keys():
        return "h264"
    if not media.encoding and {"sprop-vps", "sprop-sps", "sprop-pps"} & media.parameters.keys():
        return "h265"
    return ""


def parameter_sets(media: Media) -> list[bytes]:
    """The parameter set NAL units that the description carries; what can't be decoded is passed over."""
    names = ("sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps")
    found: list[bytes] = []
    for name in names:
        for text in media.parameters.get(name, "").split(",")[:_SETS_LIMIT]:
            text = text.strip().strip('"')
            try:
                nal = clean_nal(base64.b64decode(text + "=" * (-len(text) % 4)))
            except (binascii.Error, ValueError):
                continue
            if nal:
                found.append(nal)
    return found


def numbers_packets(media: Media) -> bool:
    """Whether H.265 packets carry decoding order numbers (RFC 7798, 4.4): no camera known to us does."""
    said = (media.parameters.get(name, "0") for name in ("sprop-max-don-diff", "sprop-depack-buf-nalus"))
    return any(value.isdecimal() and int(value[:9]) > 0 for value in said)
