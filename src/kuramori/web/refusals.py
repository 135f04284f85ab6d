"""The words of refusals: what was refused, why, what cures it and who may decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    from kuramori.errors import Refusal

    Words = str | _StrPromise


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """What a person reads when an act is refused. `%(name)s` takes the refusal's values."""

    title: Words
    why: Words
    cure: Words
    who: Words


UNKNOWN = RefusalWords(
    title=_("This is not possible now"),
    why=_("A rule of this system does not allow it."),
    cure=_("Ask the manager what is missing."),
    who=_("The manager."),
)
_words: dict[str, RefusalWords] = {}


def register(words: Mapping[str, RefusalWords]) -> None:
    """Add the words for refusal codes; each room does so from its AppConfig.ready()."""
    _words.update(words)


def known_codes() -> set[str]:
    return set(_words)


def title_of(code: str) -> str | None:
    """The title of a refusal by its code, None for a code nobody has registered."""
    words = _words.get(code)
    return str(words.title) if words else None


def words_for(refusal: Refusal) -> RefusalWords:
    """The words for `refusal`, with its values filled in."""
    words = _words.get(refusal.code, UNKNOWN)
    values = _Shown(refusal.values)
    return RefusalWords(*(str(text) % values for text in (words.title, words.why, words.cure, words.who)))


class _Shown(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


def page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page (403) that explains `refusal`."""
    return render(request, "web/refusal.html", {"refusal": refusal, "words": words_for(refusal)}, status=403)
