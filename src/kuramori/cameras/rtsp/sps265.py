"""What an H.265 sequence parameter set says (ITU-T H.265, 7.3.2.2): size, profile, reordering."""

from __future__ import annotations

from dataclasses import dataclass

from kuramori.cameras.rtsp.bits import SIZE_LIMIT, Bits
from kuramori.errors import CameraError

_SPS = 33


@dataclass(frozen=True, slots=True)
class Sps265:
    """Size in pixels after cropping; `rfc6381` like "hvc1.1.6.L93.B0" (ISO/IEC 14496-15, annex E).

    `profile_tier_level` is the twelve bytes of general profile, compatibility, constraints and level.
    """

    number: int
    width: int
    height: int
    rfc6381: str
    reorder_frames: int
    profile_tier_level: bytes
    chroma: int
    depth_luma: int
    depth_chroma: int
    layers: int
    nested: int


def parse_sps265(nal: bytes) -> Sps265:
    """Read an SPS NAL unit (its two header bytes included); CameraError("protocol") if it is none."""
    try:
        return _parse(nal[:4096])
    except (IndexError, ValueError):
        raise CameraError("protocol", why="parameter-sets") from None


def _parse(nal: bytes) -> Sps265:
    if nal[0] >> 1 & 63 != _SPS:
        raise ValueError
    bits = Bits(nal, 2)
    bits.take(4)
    layers = bits.take(3) + 1
    nested = bits.take(1)
    profile = bits.take(96).to_bytes(12, "big")
    _sub_layers(bits, layers)
    number = bits.unsigned()
    chroma = bits.unsigned()
    if chroma == 3:
        bits.take(1)
    width, height = bits.unsigned(), bits.unsigned()
    if bits.take(1):
        unit_x, unit_y = 2 if chroma in (1, 2) else 1, 2 if chroma == 1 else 1
        width -= (bits.unsigned() + bits.unsigned()) * unit_x
        height -= (bits.unsigned() + bits.unsigned()) * unit_y
    depth_luma, depth_chroma = bits.unsigned() + 8, bits.unsigned() + 8
    bits.unsigned()  # log2_max_pic_order_cnt_lsb_minus4
    reorder = _reorder_pictures(bits, layers)
    if number > 15 or chroma > 3 or max(depth_luma, depth_chroma) > 15 or layers > 7:
        raise ValueError
    if not (0 < width <= SIZE_LIMIT and 0 < height <= SIZE_LIMIT):
        raise ValueError
    return Sps265(
        number,
        width,
        height,
        _codec(profile),
        reorder,
        profile,
        chroma,
        depth_luma,
        depth_chroma,
        layers,
        nested,
    )


def _sub_layers(bits: Bits, layers: int) -> None:
    """Step over what profile_tier_level says of each lower temporal layer."""
    told = [(bits.take(1), bits.take(1)) for _ in range(layers - 1)]
    if told:
        bits.take(2 * (8 - len(told)))
    for has_profile, has_level in told:
        bits.take(88 * has_profile + 8 * has_level)


def _reorder_pictures(bits: Bits, layers: int) -> int:
    """sps_max_num_reorder_pics of the highest temporal layer."""
    reorder = 0
    for _ in range(layers if bits.take(1) else 1):
        bits.unsigned()
        reorder = bits.unsigned()
        bits.unsigned()
    return min(reorder, 16)


def _codec(profile: bytes) -> str:
    """Profile, compatibility in reverse bit order, tier and level, constraints without their zero end."""
    space = ("", "A", "B", "C")[profile[0] >> 6]
    tier = "H" if profile[0] & 0x20 else "L"
    compatible = int(f"{int.from_bytes(profile[1:5], 'big'):032b}"[::-1], 2)
    constraints = [f"{byte:X}" for byte in profile[5:11].rstrip(b"\0")]
    return ".".join(
        ["hvc1", f"{space}{profile[0] & 31}", f"{compatible:X}", f"{tier}{profile[11]}", *constraints]
    )
