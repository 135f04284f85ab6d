"""People who have pledged and been trained: without both an appointment gives no role."""

from __future__ import annotations

from kuramori import clock
from kuramori.people import duties, enrolment, lesson, pledge_words
from kuramori.people.models import Account, Pledge, Training

RIGHT = {one.key: one.right for one in lesson.QUESTIONS}
PASSWORD = "kura no kagi wa futatsu"


def pledge_and_train(account: Account) -> Account:
    """What the page does when everything on it is answered."""
    duties.take(account, version=duties.words().version, answers=RIGHT)
    return account


def manager(username: str = "sato", full_name: str = "佐藤 花子", *, operates: bool = False) -> Account:
    """The first manager, with everything that gives the role."""
    return pledge_and_train(enrolment.create_manager(username, full_name, PASSWORD, operates=operates))


def since(account: Account, from_ns: int, until_ns: int | None = None) -> None:
    """Pledge and training as rows, in force from `from_ns` on."""
    Pledge.objects.create(
        account=account, version=1, text=pledge_words.FIRST, signed_ns=from_ns, until_ns=until_ns
    )
    ends_ns = until_ns or from_ns + 365 * 24 * 3600 * clock.NS_PER_S
    Training.objects.create(account=account, lesson="test", done_ns=from_ns, until_ns=ends_ns)
