"""What a decided case allows of one camera, and the looks that were taken by it."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuramori.cameras.models import Camera

LONGEST_OWN_S = 3600


def new_id() -> str:
    """16 random bytes as 32 lowercase hexadecimal digits."""
    return secrets.token_hex(16)


class Approval(models.Model):
    """承認: one camera and one interval of a decided case. Every grant to play back stands on one."""

    id = models.CharField(primary_key=True, max_length=32, default=new_id, editable=False)
    # The case it belongs to, by its number.
    case_number = models.CharField(max_length=12)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    # What may be seen, to the second, nanoseconds since 1970 UTC.
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField()
    # From access.purposes, and in words.
    purpose_code = models.CharField(max_length=32)
    reason = models.CharField(_("reason"), max_length=400)
    # Who asked, where it was one of the body's own people; empty: somebody outside, who is the requester.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # 第二者: who signed the printed form without an account.
    second_person = models.CharField(max_length=80, blank=True)
    # 自己承認, in a body declared one-person.
    self_approved = models.BooleanField(default=False)
    # A copy may be packed; else looking at the screen is all.
    may_copy = models.BooleanField(default=False)
    # Somebody else of the body has to be there while people from outside watch.
    witness = models.BooleanField(default=False)
    # How often it may be looked at.
    viewings = models.PositiveSmallIntegerField(default=3)
    created_ns = models.BigIntegerField()
    expires_at_ns = models.BigIntegerField()
    withdrawn_ns = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-created_ns"]
        constraints = [
            models.CheckConstraint(condition=Q(end_ns__gt=F("start_ns")), name="approval_names_its_interval"),
            models.CheckConstraint(
                condition=~Q(case_number="") & ~Q(purpose_code="") & ~Q(reason=""), name="approval_has_a_case"
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True)
                | ~Q(asked_by=F("decided_by"))
                | ~Q(second_person="")
                | Q(self_approved=True),
                name="nobody_approves_their_own_request",
            ),
            models.CheckConstraint(
                condition=Q(self_approved=False) | Q(end_ns__lte=F("start_ns") + LONGEST_OWN_S * 10**9),
                name="own_approval_at_most_an_hour",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.camera_id}"


class Viewing(models.Model):
    """閲覧: one look by one grant at one console, from its first frame on (form F10)."""

    grant = models.ForeignKey("access.Grant", on_delete=models.PROTECT, related_name="viewing_rows")
    # Counted from 1 within the grant's approval.
    number = models.PositiveSmallIntegerField()
    console = models.CharField(max_length=64)
    # The registered PC; empty: the recorder's own screen.
    pc = models.PositiveIntegerField(null=True, blank=True)
    began_ns = models.BigIntegerField()
    ended_ns = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-began_ns"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant"], condition=Q(ended_ns__isnull=True), name="one_viewing_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.number}"


class Onlooker(models.Model):
    """同席者: somebody without an account who watches at the screen; entered before the first frame."""

    ASKER, WITNESS = "asker", "witness"
    ROLES = [(ASKER, _("watches for the asker")), (WITNESS, _("witness"))]
    TERMS = [("screen", _("accepted on this screen")), ("paper", _("signed the printed terms"))]

    viewing = models.ForeignKey(Viewing, on_delete=models.PROTECT, related_name="onlookers")
    role = models.CharField(_("as"), max_length=8, choices=ROLES)
    name = models.CharField(_("full name"), max_length=80)
    office = models.CharField(_("office or company"), max_length=120, blank=True)
    # How they showed who they are: kind and number of the paper.
    paper = models.CharField(_("identity shown by (kind and number)"), max_length=120)
    accepted = models.CharField(_("terms"), max_length=8, choices=TERMS)
    entered_ns = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(paper=""), name="onlooker_is_named"),
            models.CheckConstraint(condition=Q(accepted__in=["screen", "paper"]), name="terms_are_accepted"),
        ]

    def __str__(self) -> str:
        return self.name
