"""What a journal's entries leave open: running segments, running gaps, orders already taken.

A start needs exactly this from the past; it is carried into the first entry of every journal file.
"""

from __future__ import annotations

from typing import Any

ORDERS_CARRIED = 256
"""Order ids carried over; all older ones are in the file of taken orders."""


class OpenThings:
    """Folds entries one by one; `snapshot()` and `from_snapshot()` carry the result from file to file."""

    def __init__(self) -> None:
        self.segments: dict[str, dict[str, Any]] = {}
        """segment id → its `segment-open` fields."""
        self.gaps: dict[str, dict[str, Any]] = {}
        """gap id → its `gap-open` fields."""
        self.orders: list[str] = []
        """Ids of the orders taken last, done or refused."""
        self.running = False
        """A `start` without its `stop`: the recorder ended without saying so."""
        self.recording: dict[str, int] = {}
        """camera → time (ns) up to which its footage or a closed gap accounts for it, from entries alone."""
        self.boot = ""
        self.doubts: dict[str, dict[str, int]] = {}
        """camera → since_ns, until_ns of footage that may not be masked and has not been erased yet."""
        self.slot: dict[str, Any] | None = None
        """Where the key slot and T were when that was last told (`slot_told`)."""
        self.failed_masks: dict[str, int] = {}
        """camera → version of the mask that was found missing in its pictures."""
        self.views: dict[str, dict[str, Any]] = {}
        """camera → version of the approval, references (sketches) taken under it, fault that stands or ""."""

    def apply(self, seq: int, kind: str, fields: dict[str, Any]) -> None:
        """Take in one entry. Unknown kinds change nothing."""
        if kind == "segment-open":
            self.segments[fields["segment"]] = {**fields}
        elif kind in ("segment-closed", "segment-cut"):
            self.segments.pop(fields["segment"], None)
            self._covered(fields.get("camera"), fields.get("end_ns"))
        elif kind == "files-erased":
            for segment in fields["segments"]:
                self.segments.pop(segment, None)
        elif kind == "gap-open":
            self.gaps[fields["gap"]] = {**fields}
        elif kind == "gap-closed":
            self.gaps.pop(fields["gap"], None)
            self._covered(fields.get("camera"), fields.get("until_ns"))
        elif kind == "order-done" or (kind == "order-refused" and fields["order_kind"]):
            self.orders = [*self.orders[-ORDERS_CARRIED + 1 :], str(fields["order"])]
        elif kind == "start":
            self.running, self.boot = True, fields.get("boot", "")
        elif kind == "stop":
            self.running = False
        elif kind == "slot-placed":
            self.slot = {"slots": list(fields["slots"]), "key_part": fields["key_part"]}
        elif kind == "mask-failed":
            self._doubt(fields)
        elif kind == "mask-erased":
            self.doubts.pop(fields["camera"], None)
        elif kind in ("view-reference", "view-changed", "view-back"):
            self._view(kind, fields)
        elif kind == "carried":
            self._restore(fields)

    def snapshot(self) -> dict[str, Any]:
        """JSON-able fields of a `carried` entry."""
        return {
            "segments": list(self.segments.values()),
            "gaps": list(self.gaps.values()),
            "orders": list(self.orders),
            "running": self.running,
            "recording": [{"camera": camera, "until_ns": at} for camera, at in self.recording.items()],
            "boot": self.boot,
            "slot": self.slot,
            "doubts": [{"camera": camera, **row} for camera, row in self.doubts.items()],
            "failed_masks": [{"camera": camera, "version": at} for camera, at in self.failed_masks.items()],
            "views": [{"camera": camera, **row} for camera, row in self.views.items()],
        }

    def _restore(self, fields: dict[str, Any]) -> None:
        self.segments = {row["segment"]: dict(row) for row in fields["segments"]}
        self.gaps = {row["gap"]: dict(row) for row in fields["gaps"]}
        self.orders = list(fields["orders"])
        self.running = bool(fields["running"])
        self.recording = {row["camera"]: row["until_ns"] for row in fields["recording"]}
        self.boot = str(fields["boot"])
        self.slot = fields.get("slot")
        doubts = fields.get("doubts", [])  # none of these was known to the first version
        self.doubts = {row["camera"]: {n: row[n] for n in ("since_ns", "until_ns")} for row in doubts}
        self.failed_masks = {row["camera"]: row["version"] for row in fields.get("failed_masks", [])}
        names = ("version", "references", "fault")
        self.views = {row["camera"]: {n: row[n] for n in names} for row in fields.get("views", [])}

    def _doubt(self, fields: dict[str, Any]) -> None:
        camera, since_ns = fields["camera"], fields["since_ns"]
        if since_ns is not None:
            before = self.doubts.get(camera, {}).get("since_ns", since_ns)
            self.doubts[camera] = {"since_ns": min(before, since_ns), "until_ns": fields["until_ns"]}
        if fields["latched"]:
            self.failed_masks[camera] = fields["version"]

    def _view(self, kind: str, fields: dict[str, Any]) -> None:
        row = self.views.get(fields["camera"])
        if row is None or row["version"] != fields["version"]:
            row = {"version": fields["version"], "references": [], "fault": ""}
        references = [*row["references"], *([fields["sketch"]] if kind == "view-reference" else [])]
        fault = row["fault"] if kind == "view-reference" else fields.get("fault", "")
        self.views[fields["camera"]] = {**row, "references": references, "fault": fault}

    def _covered(self, camera: str | None, until_ns: int | None) -> None:
        if camera is not None and until_ns is not None:
            self.recording[camera] = max(until_ns, self.recording.get(camera, 0))
