"""The seven questions: which are answered, and where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.access import storehouse_keys
from kuramori.cameras.models import ApprovedRange, Camera
from kuramori.desk.models import SetUp
from kuramori.people.roles import MANAGER, appointed
from kuramori.places.models import Body, Sign
from kuramori.policy import regulations

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

QUESTIONS: tuple[tuple[str, str | _StrPromise], ...] = (
    ("body", _("Name and place")),
    ("manager", _("Manager's account")),
    ("key", _("Storehouse key")),
    ("purpose", _("Purpose and days kept")),
    ("camera", _("Cameras")),
    ("sign", _("Sign")),
    ("regulations", _("Regulations")),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One question as the progress line shows it. `state`: done, current or later."""

    number: int
    key: str
    title: str | _StrPromise
    href: str
    state: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Which questions are answered; read from the rows, so set-up goes on wherever it was left."""

    body: bool
    manager: bool
    key: bool
    purpose: bool
    camera: bool
    sign: bool
    regulations: bool

    def first_open(self) -> str | None:
        return next((key for key, _title in QUESTIONS if not getattr(self, key)), None)


def answered() -> Answered:
    """The state of the seven questions now."""
    kept = SetUp.objects.first() or SetUp()
    cameras = Camera.objects.exists()  # a camera was registered, so what comes before it was answered
    return Answered(
        body=Body.objects.exists(),
        manager=appointed(clock.now_ns()).filter(role=MANAGER).exists(),
        key=storehouse_keys.exists() and (kept.key_confirmed_ns is not None or cameras),
        purpose=bool(kept.purpose_text and kept.days) or cameras,
        camera=_approved_cameras(),
        sign=Sign.objects.filter(removed_ns=None, photo_at_ns__isnull=False).exists(),
        regulations=regulations.adopted_ns() is not None,
    )


def progress(current: str) -> list[Step]:
    """The line of questions for a page that asks `current`."""
    now = answered()
    steps = []
    for number, (key, title) in enumerate(QUESTIONS, start=1):
        done = getattr(now, key)
        state = "current" if key == current else ("done" if done else "later")
        # The manager's account is made once; afterwards it has pages of its own.
        href = href_of(key) if done and key not in ("manager", "key") else ""
        steps.append(Step(number, key, title, href, state))
    return steps


def next_href() -> str:
    """The address of the first open question, or the start page when all are answered."""
    key = answered().first_open()
    if key is None:
        return reverse("dashboard")
    if key == "camera":
        waiting = Camera.objects.filter(retired_ns=None, ranges__isnull=True).order_by("number").first()
        return reverse("setup_range", args=[waiting.pk]) if waiting else reverse("setup_camera")
    if key == "sign" and Sign.objects.filter(removed_ns=None).exists():
        return reverse("setup_sign_photo")
    return href_of(key)


def href_of(key: str) -> str:
    """The page of a question; the regulations have theirs outside set-up."""
    return reverse("regulations" if key == "regulations" else f"setup_{key}")


def must_go_on() -> bool:
    """Whether one of the first five questions is open: until then the start page has nothing to show."""
    return answered().first_open() not in (None, "sign", "regulations")


def _approved_cameras() -> bool:
    return ApprovedRange.objects.filter(camera__retired_ns=None, revoked_ns=None).exists()
