"""Keys held by people, and the grants by which alone a picture is seen. Instants.

Nanoseconds since 1970 UTC.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuramori.access.approval_models import Approval, Onlooker, Viewing
from kuramori.cameras.models import Camera
from kuramori.footage.models import SealingKey

MAX_SELF_APPROVED_S = 3600
MAX_EMERGENCY_S = 2 * 3600
MAX_EQUIPMENT_CHECK_S = 60
__all__ = [
    "Approval",
    "EmergencyOpening",
    "Grant",
    "KeyHolder",
    "KeyWrap",
    "Onlooker",
    "StorehouseKeyPair",
    "StorehouseRule",
    "Viewing",
    "WrongTries",
]


def new_id() -> str:
    """16 random bytes as 32 lowercase hexadecimal digits."""
    return secrets.token_hex(16)


class StorehouseKeyPair(models.Model):
    """One key pair of the storehouse. Its public half is a SealingKey.

    Its private half exists only wrapped.
    """

    # The public half and the pair's name.
    sealing_key = models.OneToOneField(SealingKey, primary_key=True, on_delete=models.PROTECT)
    # When it was made.
    created_ns = models.BigIntegerField()
    # When new footage stopped being sealed to it; empty for the pair in use.
    retired_ns = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["created_ns"]

    def __str__(self) -> str:
        return self.key_id

    @property
    def key_id(self) -> str:
        """16 hexadecimal digits, as in every segment's header."""
        return self.sealing_key_id

    @property
    def public(self) -> bytes:
        """The X25519 public key, 32 bytes."""
        return bytes.fromhex(self.sealing_key.public)


class KeyHolder(models.Model):
    """Somebody or something that can open the storehouse: a person, the sheet in the safe, the envelope.

    Each has an X25519 pair; its private half lies under 24 machine-made digits, or under a person's own token
    (PKCS#11), and nowhere else.
    """

    PASSPHRASE, TOKEN, SHEET, ENVELOPE = "passphrase", "token", "recovery-sheet", "envelope"
    KINDS = [
        (PASSPHRASE, _("passphrase")),
        (TOKEN, _("security token")),
        (SHEET, _("recovery sheet")),
        (ENVELOPE, _("emergency envelope")),
    ]

    kind = models.CharField(max_length=16, choices=KINDS)
    # The person; empty for sheet and envelope, which belong to the body.
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="key_holdings"
    )
    # X25519 public half, 64 hexadecimal digits. Empty in rows from before holders had pairs: `locked` is then
    # the storehouse key itself, until it is opened the next time.
    public = models.CharField(max_length=64, blank=True)
    # The private half as vault.storehouse.wrap_private or vault.holder_token gives it; emptied at the end.
    locked = models.JSONField()
    created_ns = models.BigIntegerField()
    # When it last opened something.
    used_ns = models.BigIntegerField(null=True, blank=True)
    # When it ended, and why: removed, lost, used, replaced.
    ended_ns = models.BigIntegerField(null=True, blank=True)
    ended_why = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ["created_ns", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["passphrase", "token"], account__isnull=False)
                | Q(kind__in=["recovery-sheet", "envelope"], account__isnull=True),
                name="holder_has_its_account",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(ended_ns__isnull=True, account__isnull=False),
                name="one_holding_per_person",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(ended_ns__isnull=True, account__isnull=True),
                name="one_sheet_and_one_envelope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.account_id or ''}"


class KeyWrap(models.Model):
    """The private half of one pair, sealed to one holder, or to two who must come together."""

    pair = models.ForeignKey(StorehouseKeyPair, on_delete=models.PROTECT, related_name="wraps")
    holder = models.ForeignKey(KeyHolder, on_delete=models.PROTECT, related_name="wraps")
    # The second holder, where two must come together.
    second = models.ForeignKey(
        KeyHolder, null=True, blank=True, on_delete=models.PROTECT, related_name="second_wraps"
    )
    # vault.holder_wrap.seal_to_holders, hexadecimal; emptied when it is destroyed here. The row stays: it
    # tells what an old copy of the database still holds.
    sealed = models.CharField(max_length=400, blank=True)
    created_ns = models.BigIntegerField()
    destroyed_ns = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(destroyed_ns__isnull=True) | Q(sealed=""), name="destroyed_wrap_is_empty"
            ),
            # Two, because SQLite takes empty seconds for different ones.
            models.UniqueConstraint(
                fields=["pair", "holder"],
                condition=Q(destroyed_ns__isnull=True, second__isnull=True),
                name="wrap_once_per_holder",
            ),
            models.UniqueConstraint(
                fields=["pair", "holder", "second"],
                condition=Q(destroyed_ns__isnull=True, second__isnull=False),
                name="wrap_once_per_two_holders",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pair_id} {self.holder_id}"


class StorehouseRule(models.Model):
    """How the storehouse is opened. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # Two key-holders must open together.
    two_together = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="storehouse_rule_is_one")]

    def __str__(self) -> str:
        return str(self.two_together)


class EmergencyOpening(models.Model):
    """The sealed envelope was opened: by whom, why, for which stretch of at most two hours."""

    id = models.CharField(primary_key=True, max_length=32, default=new_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    envelope = models.OneToOneField(KeyHolder, on_delete=models.PROTECT, related_name="opening")
    # What happened, in words, and its case number.
    reason = models.CharField(_("what has happened"), max_length=400)
    case_text = models.CharField(_("case number"), max_length=80)
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField()
    opened_ns = models.BigIntegerField()
    until_ns = models.BigIntegerField()
    # Ids of the key-holders' accounts that have acknowledged it.
    seen_by = models.JSONField(default=list)

    class Meta:
        ordering = ["-opened_ns"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_ns__gt=F("start_ns"))
                & Q(end_ns__lte=F("start_ns") + MAX_EMERGENCY_S * 10**9),
                name="emergency_at_most_two_hours",
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(case_text=""), name="emergency_has_a_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_text} {self.opened_ns}"


class WrongTries(models.Model):
    """Wrong passphrases of one account in a row, and until when the next try is not even looked at."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="wrong_passphrases"
    )
    count = models.PositiveIntegerField(default=0)
    not_before_ns = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.account_id}: {self.count}"


class Grant(models.Model):
    """Leave for one person to see one camera for one reason until an instant: live, or a past interval.

    To pack (`packing`) is leave of its own: who may look may not copy, and a grant to pack shows nothing.
    """

    KINDS = [("live", _("live")), ("playback", _("playback")), ("packing", _("packing a copy"))]

    id = models.CharField(primary_key=True, max_length=32, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=KINDS)
    # Who may look.
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants")
    # Who allowed it; the same person for a live look and for 自己承認.
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="grants")
    # The footage that may be seen: empty for a live look.
    start_ns = models.BigIntegerField(null=True, blank=True)
    end_ns = models.BigIntegerField(null=True, blank=True)
    # From the closed list in access.purposes.
    purpose_code = models.CharField(max_length=32)
    reason = models.CharField(_("reason"), max_length=400)
    # Case number as text, where there is one.
    case_text = models.CharField(_("case number"), max_length=80, blank=True)
    # 自己承認: the asker approved it, in a body declared one-person.
    self_approved = models.BooleanField(default=False)
    # Given by the sealed envelope, to whoever opened it.
    emergency = models.ForeignKey(
        EmergencyOpening, null=True, blank=True, on_delete=models.PROTECT, related_name="grants"
    )
    # The decided case it stands on; empty for live looks, the envelope, and the check that a camera works.
    approval = models.ForeignKey(
        Approval, null=True, blank=True, on_delete=models.PROTECT, related_name="grants"
    )
    # Given before footage was looked at by case alone.
    before_cases = models.BooleanField(default=False)
    created_ns = models.BigIntegerField()
    # The grant is over at this instant, and never later than its footage's death.
    expires_at_ns = models.BigIntegerField()
    # The look was ended by the viewer (live), or nothing more is to come.
    ended_ns = models.BigIntegerField(null=True, blank=True)
    # The registered PC of a live look; empty: the recorder's own screen.
    pc = models.PositiveIntegerField(null=True, blank=True)
    # Withdrawn by a manager: over at once.
    withdrawn_ns = models.BigIntegerField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-created_ns"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="live", start_ns__isnull=True, end_ns__isnull=True)
                | Q(kind__in=["playback", "packing"], start_ns__isnull=False, end_ns__gt=F("start_ns")),
                name="grant_names_its_interval",
            ),
            models.CheckConstraint(condition=~Q(purpose_code="") & ~Q(reason=""), name="grant_has_a_reason"),
            models.CheckConstraint(condition=Q(expires_at_ns__gt=F("created_ns")), name="grant_has_an_end"),
            models.CheckConstraint(
                condition=Q(self_approved=False) | Q(end_ns__lte=F("start_ns") + MAX_SELF_APPROVED_S * 10**9),
                name="self_approved_at_most_an_hour",
            ),
            models.CheckConstraint(
                condition=Q(kind="live")
                | Q(self_approved=True)
                | Q(emergency__isnull=False)
                | Q(approval__isnull=False)  # which says itself who asked and who decided
                | Q(purpose_code="equipment-check")
                | ~Q(account=F("granted_by")),
                name="own_request_is_marked",
            ),
            models.CheckConstraint(
                condition=Q(kind="live")
                | Q(approval__isnull=False)
                | Q(emergency__isnull=False)
                | Q(before_cases=True)
                | Q(
                    purpose_code="equipment-check", end_ns__lte=F("start_ns") + MAX_EQUIPMENT_CHECK_S * 10**9
                ),
                name="playback_stands_on_a_case",
            ),
            models.CheckConstraint(
                condition=Q(emergency__isnull=True) | Q(end_ns__lte=F("start_ns") + MAX_EMERGENCY_S * 10**9),
                name="envelope_gives_at_most_two_hours",
            ),
            models.CheckConstraint(
                condition=~Q(kind="packing") | Q(approval__isnull=False), name="packing_stands_on_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
