"""Where one segment ends and the next begins.

A segment begins at a key frame and lasts at most 300 s. Two things outrank that: it never holds pictures of
two UTC hours or of two runs. When an hour turns between two key frames, the rest of that group of pictures
begins the next segment without one; its first record then lacks the KEY flag, and a player reaches those
pictures only together with the segment before. Keeping them in the old segment would let them outlive, or die
by, the wrong hour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.clock import NS_PER_S

if TYPE_CHECKING:
    from kuramori.recorder.fragmenter import Fragment

SEGMENT_NS = 300 * NS_PER_S


class SegmentRoll:
    """Follows one camera's fragments; asked once for each, in order."""

    def __init__(self) -> None:
        self._first: Fragment | None = None
        self._last_key_ns = 0
        self._group_ns = 0
        self._wanted = False
        self._needs_key = False

    def wish(self) -> None:
        """Begin a new segment at the next key frame (settings changed)."""
        self._wanted = True

    def close(self, *, needs_key: bool) -> None:
        """No segment is open any more; with `needs_key` nothing is stored before a key frame."""
        self._first = None
        self._needs_key = needs_key
        self._last_key_ns = self._group_ns = 0

    def unusable(self, fragment: Fragment) -> bool:
        """Whether this fragment cannot be shown at all: what it builds on was never stored or is erased."""
        return self._first is None and self._needs_key and not fragment.key

    def begins(self, fragment: Fragment) -> bool:
        """Whether `fragment` must be the first of a new segment; remembers it as such."""
        begins = self._must_begin(fragment)
        if fragment.key:
            self._group_ns = self._since_key_ns(fragment)
            self._last_key_ns = fragment.wall_ns
        if begins:
            self._first = fragment
            self._wanted = self._needs_key = False
        return begins

    def _must_begin(self, fragment: Fragment) -> bool:
        first = self._first
        if first is None or fragment.run != first.run or fragment.hour != first.hour or fragment.changed:
            return True
        if not fragment.key:
            return fragment.end_ns - first.wall_ns > SEGMENT_NS
        group_ns = max(self._since_key_ns(fragment), self._group_ns)
        return self._wanted or fragment.wall_ns + group_ns - first.wall_ns > SEGMENT_NS

    def _since_key_ns(self, fragment: Fragment) -> int:
        return fragment.wall_ns - self._last_key_ns if self._last_key_ns else 0
