"""Pledge and training: taking them, renewing them, and how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.people import lesson, periods, pledge_words
from kuramori.people.duty_models import Pledge, PledgeText, Training
from kuramori.people.roles import MANAGER, require_role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kuramori.people.models import Account


@dataclass(frozen=True, slots=True)
class Words:
    """The pledge's words in force, and since when (0: they came with the program)."""

    version: int
    text: str
    from_ns: int


@dataclass(frozen=True, slots=True)
class State:
    """How one person's pledge and training stand; an end of None: not before the words change."""

    pledged: bool
    pledge_until_ns: int | None
    trained: bool
    training_until_ns: int | None

    @property
    def complete(self) -> bool:
        return self.pledged and self.trained

    def due(self, now_ns: int) -> bool:
        """Whether something is missing or will be within two weeks."""
        ends = (self.pledge_until_ns, self.training_until_ns)
        return not self.complete or any(end is not None and end - now_ns <= periods.NOTICE_NS for end in ends)


def words() -> Words:
    """The newest words of the pledge."""
    newest = PledgeText.objects.order_by("-version").first()
    if newest is None:
        return Words(1, pledge_words.FIRST, 0)
    return Words(newest.version, newest.text, newest.from_ns)


def state(account: Account, now_ns: int) -> State:
    """How `account`'s pledge and training stand at `now_ns`."""
    pledges = list(
        Pledge.objects.filter(_open(now_ns), account=account, signed_ns__lte=now_ns).values_list(
            "until_ns", flat=True
        )
    )
    trained = Training.objects.filter(account=account, done_ns__lte=now_ns, until_ns__gt=now_ns)
    until_ns = trained.order_by("-until_ns").values_list("until_ns", flat=True).first()
    ends = [end for end in pledges if end is not None]
    lasts = max(ends) if pledges and len(ends) == len(pledges) else None
    return State(bool(pledges), lasts, until_ns is not None, until_ns)


def take(account: Account, *, version: int, answers: Mapping[str, int], tries: int = 1) -> None:
    """`account` pledges in the words of `version` and has answered the lesson's questions.

    Raises BadInput `pledge-words-changed` where newer words were published meanwhile, and `answers-wrong`
    (`keys`) unless all are right.
    """
    now_words, now_ns = words(), clock.now_ns()
    if version != now_words.version:
        raise BadInput("pledge-words-changed")
    if wrong := wrong_answers(answers):
        raise BadInput("answers-wrong", keys=wrong)
    with transaction.atomic():
        Pledge.objects.create(
            account=account, version=now_words.version, text=now_words.text, signed_ns=now_ns
        )
        until_ns = periods.training_until_ns(now_ns)
        Training.objects.create(
            account=account, lesson=lesson.VERSION, done_ns=now_ns, until_ns=until_ns, tries=tries
        )
        who = {"account": str(account.pk)}
        entries.record("pledged", actor=account.actor, obj=who, detail={"version": now_words.version})
        entries.record(
            "trained", actor=account.actor, obj=who, detail={"lesson": lesson.VERSION, "until_ns": until_ns}
        )


def wrong_answers(answers: Mapping[str, int]) -> list[str]:
    """The questions that were not answered rightly."""
    return [one.key for one in lesson.QUESTIONS if answers.get(one.key) != one.right]


def publish(text: str, by: Account) -> PledgeText:
    """New words of the pledge. Whoever pledged in the older ones has two weeks to pledge anew."""
    now_ns = clock.now_ns()
    require_role(by, now_ns, MANAGER)
    text = text.strip().replace("\r\n", "\n")
    if not text or text == words().text.strip():
        raise BadInput("pledge-words-same")
    with transaction.atomic():
        made = PledgeText.objects.create(
            version=words().version + 1, text=text, from_ns=now_ns, written_by=by
        )
        ends_ns = now_ns + periods.NOTICE_NS
        Pledge.objects.filter(Q(until_ns__isnull=True) | Q(until_ns__gt=ends_ns)).update(until_ns=ends_ns)
        entries.record("pledge-words-written", actor=by.actor, detail={"version": made.version, "text": text})
    return made


def _open(now_ns: int) -> Q:
    return Q(until_ns__isnull=True) | Q(until_ns__gt=now_ns)
