"""Holds (保全): footage kept beyond its date for a case; who decided, and until when (form F15)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kuramori.cameras.models import Camera
from kuramori.people.models import Account

LONGEST_PROTECTION_NS = 31 * 86_400 * 10**9


class Hold(models.Model):
    """One camera's interval, kept for one case.

    It is *held* only when the recorder has journalled so (`footage.HeldSegment`); before, it is asked for or
    on its way.
    """

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    # The interval, nanoseconds since 1970 UTC.
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField()
    # 案件, 根拠, 理由.
    case_text = models.CharField(max_length=80)
    basis = models.CharField(max_length=160)
    reason = models.CharField(max_length=400)
    # Who asked, where it is somebody outside (police, resident); else who wrote this is the requester.
    asked_by = models.CharField(max_length=100, blank=True)
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    made_at_ns = models.BigIntegerField()
    # Who approved: an account, or the name on the signed form. Both empty: it waits for approval.
    approved_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    second_person = models.CharField(max_length=100, blank=True)
    # Filed by the arrival of a request from outside, before anybody decided: it protects for a short time.
    automatic = models.BooleanField(default=False)
    # 自己承認: a one-person body, at most an hour.
    self_approved = models.BooleanField(default=False)
    # 期限 and 見直し日.
    ends_at_ns = models.BigIntegerField()
    review_at_ns = models.BigIntegerField()
    # The signed order that makes it; empty until it is approved. It is the hold's number for the recorder.
    order = models.CharField(max_length=32, blank=True)
    # The order that ends it early, and why (解除).
    end_order = models.CharField(max_length=32, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-made_at_ns"]
        constraints = [
            models.CheckConstraint(condition=Q(end_ns__gt=F("start_ns")), name="hold_has_a_length"),
            models.CheckConstraint(
                condition=Q(review_at_ns__lte=F("ends_at_ns")), name="hold_reviewed_in_time"
            ),
            models.CheckConstraint(
                condition=~Q(case_text="") & ~Q(basis="") & ~Q(reason=""), name="hold_says_why"
            ),
            models.CheckConstraint(
                condition=Q(automatic=False)
                | (~Q(asked_by="") & Q(ends_at_ns__lte=F("made_at_ns") + LONGEST_PROTECTION_NS)),
                name="protection_is_short_and_for_somebody_outside",
            ),
        ]

    def __str__(self) -> str:
        return self.case_text


class HoldReview(models.Model):
    """Somebody looked at a hold again and found that it is still needed (見直し)."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="reviews")
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at_ns = models.BigIntegerField()
    # Why it is still needed.
    reason = models.CharField(max_length=200)
    # When it is to be looked at next; not later than the hold's end.
    next_ns = models.BigIntegerField()

    class Meta:
        ordering = ["at_ns"]
        constraints = [
            models.CheckConstraint(condition=Q(next_ns__gt=F("at_ns")), name="review_has_a_next_one"),
            models.CheckConstraint(condition=~Q(reason=""), name="review_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.hold_id} {self.at_ns}"
