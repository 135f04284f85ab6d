"""Said at start, not at the first print: the faces for paper are missing."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from kuramori.paper import faces


@register()
def faces_are_here(**_options: Any) -> list[CheckMessage]:
    missing = faces.missing()
    if not missing:
        return []
    hint = "apt-get install fonts-morisawa-bizud-gothic fonts-morisawa-bizud-mincho fonts-noto-cjk"
    return [Error(f"fonts for paper are missing: {', '.join(missing)}", hint=hint, id="paper.E001")]
