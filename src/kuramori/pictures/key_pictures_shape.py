"""What the worker for key frames and whoever asks it have to agree on."""

from __future__ import annotations

from typing import Final

PART_SIDE: Final = 24
"""A part of a picture is compared as so many grey values across and down."""
SCALE: Final = 10_000
"""Boxes are given in ten-thousandths of the picture's width and height."""
