"""What this room keeps: bookmarks. No picture, and nothing of what a picture shows, is among it."""

from __future__ import annotations

from kuramori.playback.bookmark_models import Bookmark

__all__ = ["Bookmark"]
