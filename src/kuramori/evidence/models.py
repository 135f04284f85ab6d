"""Packages: what was put together for whom, and each copy that left the house. No picture, no passphrase."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuramori.access.models import Approval
from kuramori.evidence.redaction_models import Redaction

__all__ = ["CHOSEN", "DROPPED", "FAILED", "PACKED", "PACKING", "Package", "PackageCopy", "PackagePart",
           "Redaction", "TimeStamper"]  # fmt: skip

CHOSEN, PACKING, PACKED, FAILED, DROPPED = "chosen", "packing", "packed", "failed", "dropped"
STATES = (CHOSEN, PACKING, PACKED, FAILED, DROPPED)


class Package(models.Model):
    """証拠パッケージ: a copy of footage of one decided case for one receiver."""

    # "EXP-2026-000123": given once.
    number = models.CharField(primary_key=True, max_length=16)
    case_number = models.CharField(max_length=12)
    # What the case says of itself at that moment, for the manifest: basis, document, who asks, who decided.
    case = models.JSONField(default=dict)
    receiver = models.CharField(_("handed to"), max_length=120)
    return_by = models.DateField(_("to be returned or erased by"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_ns = models.BigIntegerField()
    state = models.CharField(max_length=8, default=CHOSEN)
    # Why packing failed: a code.
    why = models.CharField(max_length=48, blank=True)
    packed_ns = models.BigIntegerField(null=True, blank=True)
    # SHA-256 of manifest.json, and the number of the ledger entry that names every file's hash.
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    sealed_seq = models.BigIntegerField(null=True, blank=True)
    # Whether a time stamp is in it, else why not.
    time_stamp = models.CharField(max_length=48, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="package_state_known"),
            models.CheckConstraint(
                condition=~Q(case_number="") & ~Q(receiver=""), name="package_has_case_and_receiver"
            ),
            models.CheckConstraint(
                condition=~Q(state=PACKED) | ~Q(manifest_sha256=""), name="packed_has_a_manifest"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PackagePart(models.Model):
    """One camera's interval in a package: never more than the approval it stands on."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="parts")
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="+")
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField()
    # Moments of single pictures, nanoseconds since 1970 UTC.
    stills_ns = models.JSONField(default=list, blank=True)
    # Why nothing is covered where a person asks for footage of themselves.
    as_recorded_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end_ns__gt=F("start_ns")), name="part_has_a_length"),
            models.UniqueConstraint(fields=["package", "approval"], name="approval_once_in_a_package"),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} {self.approval_id}"


class PackageCopy(models.Model):
    """媒体: one writing of a package; each is counted."""

    FORMS = [("zip", _("sealed ZIP")), ("page", _("page that opens itself")), ("disc", _("disc image")),
             ("usb", _("USB memory"))]  # fmt: skip

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="copies")
    form = models.CharField(max_length=4, choices=FORMS)
    began_ns = models.BigIntegerField()
    # Empty until the last byte has left.
    ended_ns = models.BigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.package_id} {self.form}"


class TimeStamper(models.Model):
    """The RFC 3161 responder in use. At most one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    url = models.URLField(_("address"), max_length=200)
    # Its root certificate, PEM.
    certificate = models.TextField(_("certificate (PEM)"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="time_stamper_is_one")]

    def __str__(self) -> str:
        return self.url
