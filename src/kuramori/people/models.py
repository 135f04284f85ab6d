"""Who works with the system: one account per natural person, and the appointments that give it a role.

There are no permission columns and no superuser: what an account may do follows from its appointments alone.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.people.console_models import Console
from kuramori.people.contract_models import Contract, ContractStep, Visit
from kuramori.people.duty_models import Pledge, PledgeText, Training

__all__ = [
    "Account",
    "Appointment",
    "Console",
    "Contract",
    "ContractStep",
    "Invitation",
    "Pledge",
    "PledgeText",
    "Role",
    "Training",
    "Visit",
]

LONGEST_APPOINTMENT_NS = 397 * 24 * 3600 * clock.NS_PER_S
"""13 months at their longest: 366 days and the 31 of one more month."""


class AccountQueries(BaseUserManager["Account"]):
    """Making accounts; Django's sign-in looks them up by natural key through it."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Account:
        """A new account; without a password nobody can sign in to it until one is set."""
        account = self.model(username=self.model.normalize_username(username), **fields)
        account.set_password(password)
        account.full_clean(exclude=["password"])
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A natural person who signs in. No e-mail address is needed or kept."""

    username = models.CharField(
        _("user name"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()]
    )
    full_name = models.CharField(_("full name"), max_length=120)
    is_active = models.BooleanField(default=True)
    created_ns = models.BigIntegerField(default=clock.now_ns)
    stand_in = models.BooleanField(default=False)
    """The demonstration's stand-in for a person; said on every page."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects: ClassVar[AccountQueries] = AccountQueries()

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    @property
    def actor(self) -> str:
        """The account's name in the ledger."""
        return f"account:{self.pk}"


class Role(models.TextChoices):
    """The two roles of the guideline that sign in."""

    MANAGER = "manager", _("Manager")
    OPERATOR = "operator", _("Operator")


class Appointment(models.Model):
    """One person, one role, one period of at most 13 months: accepted, begun, not ended, not revoked.

    F05 of the guideline's forms. A row is never edited: it is accepted once and ended once.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=20, choices=Role.choices)
    post = models.CharField(_("post in the body"), max_length=60, blank=True)
    scope_text = models.CharField(_("what the work covers"), max_length=200, blank=True)
    deputy = models.BooleanField(_("deputy"), default=False)
    starts_ns = models.BigIntegerField()
    ends_ns = models.BigIntegerField()
    accepted_at_ns = models.BigIntegerField(null=True, blank=True)
    revoked_at_ns = models.BigIntegerField(null=True, blank=True)
    ended_why = models.CharField(_("why it ended"), max_length=200, blank=True)
    succeeds = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successors"
    )
    """The appointment that ends when this one is accepted."""
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    """Of a firm's person: the contract (its first version) with which the role ends."""
    appointed_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments_made"
    )
    created_ns = models.BigIntegerField(default=clock.now_ns)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="appointment_role_known"),
            models.CheckConstraint(
                condition=models.Q(ends_ns__gt=models.F("starts_ns")), name="appointment_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_ns__lte=models.F("starts_ns") + LONGEST_APPOINTMENT_NS),
                name="appointment_at_most_13_months",
            ),
            models.CheckConstraint(
                condition=models.Q(contract__isnull=True) | models.Q(role=Role.OPERATOR),
                name="appointment_of_a_firm_operates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.role}"

    def in_force(self, now_ns: int) -> bool:
        """Whether the appointment is in force at `now_ns` (ns since 1970 UTC).

        It gives its role (`roles.role_of`) only together with a current pledge and training, and to a firm's
        person only under a contract in force.
        """
        return (
            self.accepted_at_ns is not None
            and self.accepted_at_ns <= now_ns
            and self.starts_ns <= now_ns
            and now_ns < self.ends_ns
            and (self.revoked_at_ns is None or now_ns < self.revoked_at_ns)
        )


class Invitation(models.Model):
    """A one-time link by which an appointed person accepts and chooses a password. Only its hash is kept."""

    appointment = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="invitation")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at_ns = models.BigIntegerField()
    used_at_ns = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.appointment_id}"
