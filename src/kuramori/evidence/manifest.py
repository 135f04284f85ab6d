"""The manifest of a package: what is in it, where it came from, who decided, how to see that it is whole.

Pure: everything comes in as values. The form is `kuramori-evidence/1` (docs/design/evidence.md).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kuramori import clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kuramori.evidence.clips import Clip

FORMAT = "kuramori-evidence/1"
NAME, SIGNATURE, STAMP, SUMS = "manifest.json", "manifest.json.p7s", "manifest.json.p7s.tsr", "SHA256SUMS"
SUMS_SIGNATURE = "SHA256SUMS.p7s"


def moment(ns: int, zone: str) -> dict[str, str]:
    """An instant as UTC and where the camera is."""
    return {"utc": clock.iso(ns), "local": clock.utc(ns).astimezone(ZoneInfo(zone)).isoformat()}


def clip_said(clip: Clip, zone: str) -> dict[str, Any]:
    """One clip: both files, the hash that ties them together, and the segments it was cut from."""
    header = clip.header
    return {
        "from": moment(clip.start_ns, zone),
        "to": moment(clip.end_ns, zone),
        "pictures": len(clip.table.sizes),
        "codec": header.codec,
        "width": header.width,
        "height": header.height,
        **_recorded(clip),
        "original": {"file": clip.original_name, **clip.original.said()},
        "viewing": {"file": clip.viewing_name, **clip.viewing.said()},
    }


def source_said(clip: Clip) -> dict[str, Any]:
    """What a redacted film was made of. That stretch as recorded is not in the package; its hash is, so
    that it can be told apart if a court asks for it later."""
    return {**_recorded(clip), "codec": clip.header.codec, "original_sha256": clip.original.said()["sha256"]}


def hashes(footage: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """File name to SHA-256 of everything with pictures in it, as the ledger entry names them."""
    found = {}
    for camera in footage:
        for clip in camera["clips"]:
            for kind in ("original", "viewing"):
                found[clip[kind]["file"]] = clip[kind]["sha256"]
        for still in camera["stills"]:
            found[still["file"]] = still["sha256"]
        for made in camera.get("derivatives", ()):
            found[made["file"]] = made["sha256"]
    return found


def _recorded(clip: Clip) -> dict[str, Any]:
    header = clip.header
    return {
        "recorded_under": {
            "purpose_version": header.purpose_version,
            "policy_version": header.policy_version,
            "mask_version": header.mask_version,
            "mask_sha256": header.mask_sha256,
            "clock_trusted": not header.provisional,
            "clock_error_ms": header.clock_error_ms,
        },
        "run": header.run,
        "segments": clip.segments,
        # SHA-256 over all pictures as they are coded, one after the other: the same in both files.
        "stream_sha256": clip.stream_sha256,
    }


def written(said: Mapping[str, Any]) -> bytes:
    """The manifest's bytes: UTF-8, two spaces, one final line feed."""
    return json.dumps(said, ensure_ascii=False, indent=2).encode() + b"\n"


def sums(files: Mapping[str, str]) -> bytes:
    """SHA256SUMS as `sha256sum -c` reads it."""
    return "".join(f"{digest}  {name}\n" for name, digest in files.items()).encode()
