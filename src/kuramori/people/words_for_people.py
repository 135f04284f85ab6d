"""What the acts and refusals of this room are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kuramori.web.refusals import RefusalWords

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ACTS = {
    "signed-in": _("Signing in"),
    "signed-out": _("Signing out"),
    "password-changed": _("Changed the password"),
    "second-factor": _("Second factor"),
    "second-factor-added": _("Added a second factor"),
    "second-factor-removed": _("Removed a second factor"),
    "appointed": _("Appointed a person"),
    "appointment-accepted": _("Accepted an appointment"),
    "appointment-revoked": _("Ended an appointment"),
    "invitation-renewed": _("Made a new invitation link"),
    "pledged": _("Pledged secrecy"),
    "trained": _("Took the yearly training"),
    "pledge-words-written": _("Wrote new words of the pledge"),
    "lasting-duty": _("Reminded of the duty that lasts after leaving"),
    "refused": _("Refused by a rule"),
    "console-registered": _("Registered a console"),
    "console-revoked": _("Took a console away"),
    "session-locked": _("Locked a page that nobody touched"),
    "session-unlocked": _("Unlocked a page"),
    "second-factor-given": _("Gave the full second factor"),
    "idle-minutes-set": _("Set after how many minutes pages are covered"),
}
DETAILS = {
    "account": _("Person"),
    "appointment": _("Appointment"),
    "role": _("Role"),
    "ends_ns": _("Until"),
    "kind": _("Kind"),
    "step": _("Step"),
    "version": _("Version"),
    "lesson": _("Lesson"),
    "until_ns": _("Until"),
    "deputy": _("Deputy"),
    "text": _("Words"),
    "address": _("Network address"),
    "page": _("Page"),
    "clause": _("Clause"),
    "rule": _("Kind of rule"),
    "pc": _("PC"),
    "contract": _("Contract"),
    "pc_check": _("Check of the PC"),
    "way": _("By"),
    "minutes": _("Minutes"),
}
VALUES = {
    "role": {"manager": _("Manager"), "operator": _("Operator")},
    "kind": {
        "totp": _("Authenticator app"),
        "webauthn": _("Passkey or security key"),
        "recovery_codes": _("Printed card"),
    },
    "step": {
        "password": _("Password"),
        "second-factor": _("Second factor"),
        "console": _("The PC's own key"),
    },
    "way": {
        "password": _("Password"),
        "code": _("Code"),
        "passkey": _("Passkey or security key"),
    },
    "rule": {
        "law": _("the law"),
        "regulations": _("the body's own regulations"),
        "guideline": _("the guideline"),
        "security": _("a safeguard of this system"),
    },
}
REFUSALS = {
    "no-appointment": RefusalWords(
        title=_("Your appointment is not in force"),
        why=_("Only people who are appointed, and whose appointment has begun and not ended, may work here."),
        cure=_("The manager appoints you anew and you accept it."),
        who=_("The manager."),
    ),
    "console-needed": RefusalWords(
        title=_("This PC is not registered"),
        why=_("Pictures are shown at the recorder's own screen and on PCs that are registered and checked."),
        cure=_("The manager registers this browser on the page of consoles, at this PC."),
        who=_("The manager."),
    ),
    "console-unknown": RefusalWords(
        title=_("This PC is not registered"),
        why=_("The key of this browser is not registered, or no longer."),
        cure=_("The manager registers this browser on the page of consoles, at this PC."),
        who=_("The manager."),
    ),
    "console-stale": RefusalWords(
        title=_("This PC must prove itself again"),
        why=_("Pictures go only to a PC that has proven within ten minutes which one it is."),
        cure=_("Open the page anew."),
        who=_("You yourself."),
    ),
    "console-proof": RefusalWords(
        title=_("The proof of this PC was not right"),
        why=_("It was not made by the key that is registered for this PC."),
        cure=_("Open the page anew; if it stays like this, the manager registers this browser again."),
        who=_("The manager."),
    ),
    "console-other": RefusalWords(
        title=_("You signed in at another PC"),
        why=_("A sign-in counts at the PC where it was made."),
        cure=_("Sign out and sign in here."),
        who=_("You yourself."),
    ),
    "console-moved": RefusalWords(
        title=_("This sign-in belongs to another PC"),
        why=_("It was made at one PC and now came from another machine or program. It has been ended."),
        cure=_("Sign in again. If it was not you, tell the manager at once."),
        who=_("You yourself."),
    ),
    "session-locked": RefusalWords(
        title=_("This page is covered"),
        why=_("Nobody has touched it for the minutes that the body has set."),
        cure=_("Open any page and type your password or give your second factor."),
        who=_("You yourself."),
    ),
    "full-second-factor": RefusalWords(
        title=_("Your own second factor is needed"),
        why=_("This PC's own key suffices for live pictures, status, complaints and inspections only."),
        cure=_("Open the page anew and give your second factor."),
        who=_("You yourself."),
    ),
    "role-needed": RefusalWords(
        title=_("This belongs to another role"),
        why=_("Your appointment does not include this."),
        cure=_("Ask the manager to do it, or to appoint you for it."),
        who=_("The manager."),
    ),
}


def account_names(ids: Iterable[str]) -> Mapping[str, str]:
    """Names of accounts by id."""
    from kuramori.people.models import Account

    known = Account.objects.filter(pk__in=[one for one in ids if one.isdecimal()])
    return {str(pk): name for pk, name in known.values_list("pk", "full_name")}
