"""What a sequence parameter set says (ITU-T H.264, 7.3.2.1): size, profile, reordering."""

from __future__ import annotations

from dataclasses import dataclass

from kuramori.cameras.rtsp.bits import SIZE_LIMIT, Bits
from kuramori.errors import CameraError

_HIGH_PROFILES = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}


@dataclass(frozen=True, slots=True)
class Sps:
    """Size in pixels after cropping; `rfc6381` like "avc1.64001f"; `reorder_frames` 0 if not said."""

    number: int
    width: int
    height: int
    rfc6381: str
    reorder_frames: int


def parse_sps(nal: bytes) -> Sps:
    """Read an SPS NAL unit (header byte included); CameraError("protocol") if it is none."""
    try:
        return _parse(nal[:1024])
    except (IndexError, ValueError):
        raise CameraError("protocol", why="parameter-sets") from None


def _parse(nal: bytes) -> Sps:
    if nal[0] & 31 != 7:
        raise ValueError
    bits = Bits(nal)
    profile, _compatibility, _level = bits.take(8), bits.take(8), bits.take(8)
    number = bits.unsigned()
    chroma, planes = _chroma(bits) if profile in _HIGH_PROFILES else (1, False)
    bits.unsigned()  # log2_max_frame_num_minus4
    _order_count(bits)
    bits.unsigned()  # max_num_ref_frames
    bits.take(1)
    across, down = bits.unsigned() + 1, bits.unsigned() + 1
    frames_only = bits.take(1)
    if not frames_only:
        bits.take(1)
    bits.take(1)
    width, height = across * 16, down * 16 * (2 - frames_only)
    if bits.take(1):
        unit_x = 2 if chroma in (1, 2) and not planes else 1
        unit_y = (2 if chroma == 1 and not planes else 1) * (2 - frames_only)
        width -= (bits.unsigned() + bits.unsigned()) * unit_x
        height -= (bits.unsigned() + bits.unsigned()) * unit_y
    if number > 31 or not (0 < width <= SIZE_LIMIT and 0 < height <= SIZE_LIMIT):
        raise ValueError
    return Sps(number, width, height, f"avc1.{nal[1:4].hex()}", _reorder_frames(bits, profile))


def _chroma(bits: Bits) -> tuple[int, bool]:
    """chroma_format_idc and separate_colour_plane_flag; steps over bit depths and scaling lists."""
    chroma = bits.unsigned()
    planes = bool(bits.take(1)) if chroma == 3 else False
    bits.unsigned()
    bits.unsigned()
    bits.take(1)
    if bits.take(1):
        for index in range(8 if chroma != 3 else 12):
            if bits.take(1):
                _scaling_list(bits, 16 if index < 6 else 64)
    return chroma, planes


def _scaling_list(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _order_count(bits: Bits) -> None:
    kind = bits.unsigned()
    if kind == 0:
        bits.unsigned()
    elif kind == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.unsigned(), 256)):
            bits.signed()


def _reorder_frames(bits: Bits, profile: int) -> int:
    """max_num_reorder_frames of the VUI; 0 if the camera does not say or the VUI is cut."""
    if profile == 66:
        return 0
    try:
        if not bits.take(1):
            return 0
        return min(_vui_reorder_frames(bits), 16)
    except IndexError:
        return 0


def _vui_reorder_frames(bits: Bits) -> int:
    if bits.take(1) and bits.take(8) == 255:  # aspect ratio, extended
        bits.take(32)
    if bits.take(1):  # overscan
        bits.take(1)
    if bits.take(1):  # video signal type
        bits.take(4)
        if bits.take(1):
            bits.take(24)
    if bits.take(1):  # chroma location
        bits.unsigned()
        bits.unsigned()
    if bits.take(1):  # timing
        bits.take(65)
    nal_hrd = bits.take(1)
    if nal_hrd:
        _hrd(bits)
    vcl_hrd = bits.take(1)
    if vcl_hrd:
        _hrd(bits)
    if nal_hrd or vcl_hrd:
        bits.take(1)
    bits.take(1)
    if not bits.take(1):
        return 0
    bits.take(1)
    for _ in range(4):
        bits.unsigned()
    return bits.unsigned()


def _hrd(bits: Bits) -> None:
    count = min(bits.unsigned() + 1, 32)
    bits.take(8)
    for _ in range(count):
        bits.unsigned()
        bits.unsigned()
        bits.take(1)
    bits.take(20)
