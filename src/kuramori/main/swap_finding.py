"""Swap in the clear as a standing finding."""

from __future__ import annotations

from kuramori.footage import findings
from kuramori.main import swap

CODE = "swap-in-the-clear"


def look() -> None:
    """Raise the finding while unencrypted swap is on, clear it when it is off."""
    if areas := swap.in_the_clear():
        findings.stand(CODE, areas=areas)
    else:
        findings.clear(CODE)
