"""What the viewing desk's acts and refusals are called on the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kuramori.web.refusals import RefusalWords

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ACTS: dict[str, str | _StrPromise] = {
    "bookmark-set": _("Set a bookmark in a case"),
    "bookmark-taken-back": _("Took back a bookmark"),
    "changes-searched": _("Searched a part of the picture for changes"),
    "still-printed": _("Printed a picture for a case"),
    "picture-kept-back": _("A picture was not given out"),
}
DETAILS: dict[str, str | _StrPromise] = {
    "bookmark": _("Bookmark"),
    "part": _("Part of the picture"),
}
REFUSALS: dict[str, RefusalWords] = {
    "no-download": RefusalWords(
        title=_("Recordings are not downloaded here"),
        why=_(
            "Pictures go to the player of this page alone. "
            "Copies leave by a sealed package, and nothing else."
        ),
        cure=_("Have a copy packed in the case; it is then sealed and written down."),
        who=_("The manager, in the case."),
    ),
    "bookmark-needs-a-case": RefusalWords(
        title=_("Bookmarks belong to a case"),
        why=_("A check of a camera leaves nothing behind."),
        cure=_("Begin a case for what happened."),
        who=_("The manager."),
    ),
    "print-needs-a-case": RefusalWords(
        title=_("A picture is printed for a case only"),
        why=_("A printed picture is a copy. It needs a case that says what for."),
        cure=_("Begin a case for what happened."),
        who=_("The manager."),
    ),
}
