"""A case (案件): somebody wants footage looked at, handed out or kept; by which right, and how it ended."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuramori.cameras.models import Camera
from kuramori.cases import bases, states
from kuramori.retention.hold_models import Hold


class Case(models.Model):
    """One request. What was asked is never edited; what was decided stands in its steps and scopes."""

    # "2026-0007": the year where the body is, and a number that is given once.
    number = models.CharField(max_length=12, unique=True)
    # Which state machine it follows (states.MACHINES), by which right (bases.BASES), and where it stands.
    kind = models.CharField(max_length=16)
    basis = models.CharField(max_length=16)
    state = models.CharField(max_length=12, default=states.RECEIVED)
    # Who asks (F07): name, the office they belong to, rank or post, where to reach them.
    asker_name = models.CharField(_("name"), max_length=80)
    asker_body = models.CharField(_("office or company"), max_length=120, blank=True)
    asker_post = models.CharField(_("rank or post"), max_length=80, blank=True)
    asker_contact = models.CharField(_("where to reach them"), max_length=120, blank=True)
    # The paper that asks: its number, and the day it bears.
    document_number = models.CharField(_("document number"), max_length=80, blank=True)
    document_date = models.DateField(_("date of the document"), null=True, blank=True)
    # 事案の概要 and 利用目的・必要理由.
    summary = models.CharField(_("what happened"), max_length=400)
    need = models.CharField(_("what it is needed for"), max_length=400)
    # A copy is wanted; else looking at it is enough.
    wants_copy = models.BooleanField(default=False)
    # The day by which a copy is to be returned or erased.
    return_by = models.DateField(null=True, blank=True)
    # Where the asker is one of the body's own people; who wrote the case down; when it arrived.
    own_asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="cases_asked"
    )
    taken_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cases_taken_in"
    )
    received_ns = models.BigIntegerField()

    class Meta:
        ordering = ["-received_ns", "-number"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=sorted(states.MACHINES)), name="case_kind_known"),
            models.CheckConstraint(condition=Q(basis__in=sorted(bases.BASES)), name="case_basis_known"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.STATES)), name="case_state_known"),
            models.CheckConstraint(
                condition=~Q(asker_name="") & ~Q(summary="") & ~Q(need=""), name="case_says_who_and_why"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Scope(models.Model):
    """One camera and one interval of a case: what was asked, and what the decision cut it down to."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="scopes")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    # What was asked, nanoseconds since 1970 UTC.
    asked_start_ns = models.BigIntegerField()
    asked_end_ns = models.BigIntegerField()
    # What was allowed, to the second; both empty until decided, and after a no.
    start_ns = models.BigIntegerField(null=True, blank=True)
    end_ns = models.BigIntegerField(null=True, blank=True)
    # The key frame at or before `start_ns`, from which a picture can be decoded: shown before approval.
    shown_from_ns = models.BigIntegerField(null=True, blank=True)
    # What keeps the asked footage beyond its day while the case lasts.
    hold = models.ForeignKey(Hold, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_end_ns__gt=F("asked_start_ns")), name="scope_asks_a_length"
            ),
            models.CheckConstraint(
                condition=Q(start_ns__isnull=True, end_ns__isnull=True)
                | Q(
                    start_ns__gte=F("asked_start_ns"),
                    end_ns__lte=F("asked_end_ns"),
                    end_ns__gt=F("start_ns"),
                ),
                name="scope_is_never_wider_than_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.camera_id}"


class CaseStep(models.Model):
    """One step of a case, written once: a paper checked, a decision, a receipt, a reminder."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    # A word of states.ACTS.
    act = models.CharField(max_length=16)
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    # Who did it; empty for the program.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The second person who signed the printed form, without an account.
    second_person = models.CharField(max_length=80, blank=True)
    at_ns = models.BigIntegerField()
    # The reason in words, and what was checked or handed over: code to value.
    words = models.CharField(max_length=400, blank=True)
    said = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.act}"
