"""T3: people can see that there is a camera, and whose it is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import DAY_NS, WARNING_NS
from kuramori.guideline.clause import AFTER_WARNING, Clause, Cure, Finding
from kuramori.guideline.facts import SignFacts, SiteFacts
from kuramori.guideline.profiles import Rules
from kuramori.web.refusals import RefusalWords


def judge(site: SiteFacts, now_ns: int) -> Finding:
    """The best of the site's signs decides.

    Declared: recorded, and nobody sees it. Photographed: seen too. No photo within 7 days of the declaration,
    or no declaration: not recorded. A photo of more than a year warns for 14 days, then nobody sees.
    """
    findings = [_of(sign, site.rules, now_ns) for sign in site.signs if sign.declared_ns <= now_ns]
    if not findings:
        return Finding("no-record", "sign-missing")
    return min(findings, key=_badness)


def _of(sign: SignFacts, rules: Rules, now_ns: int) -> Finding:
    if sign.photo_ns is None or sign.photo_ns > now_ns:
        due_ns = sign.declared_ns + rules.sign_photo_days * DAY_NS
        if now_ns >= due_ns:
            return Finding("no-record", "sign-photo-overdue")
        return Finding("sealed", "sign-photo-missing", due_ns, "no-record", "sign-photo-overdue")
    old_ns = sign.photo_ns + rules.sign_photo_again_days * DAY_NS
    shut_ns = old_ns + WARNING_NS
    if now_ns >= shut_ns:
        return Finding("sealed", "sign-photo-old")
    gate, code = ("warn", "sign-photo-aging") if now_ns >= old_ns else ("", "")
    return Finding(gate, code, shut_ns, "sealed", "sign-photo-old")  # type: ignore[arg-type]


def _badness(finding: Finding) -> tuple[int, int]:
    """Less is better; between equals, the one that stays so for longer."""
    order = ("", "warn", "sealed", "no-record")
    return order.index(finding.gate), -(finding.turns_at_ns or 0)


CLAUSE = Clause(
    id="T3",
    title=_("A sign that people can see"),
    asks=_(
        "Show at entrances and other places where it is easy to see that a camera is in operation, and"
        " the name of the body that installed it."
    ),
    done_by=_(
        "The sign is printed from what was set up. When the manager declares that it hangs, recording "
        "starts, but nobody can look. A photo of the hanging sign opens viewing. Without a photo for 7"
        " days recording stops. After a year a new photo is asked for."
    ),
    kind="guideline",
    strength="attested",
    subject="site",
    judge=judge,
    reads=(
        "signs",
        "rules",
    ),
    closes="no-record",
    turns=AFTER_WARNING,
    evidence=_("The dated photo of each sign and the wording it carries."),
    forms=("F04",),
    passable=("sign-missing", "sign-photo-missing", "sign-photo-overdue", "sign-photo-old"),
    words={
        "sign-missing": RefusalWords(
            title=_("No sign has been declared"),
            why=_("People have to be told that a camera is there, and by whom, before it films them."),
            cure=_("Print the sign, put it up, and declare where it hangs."),
            who=_("The manager."),
        ),
        "sign-photo-missing": RefusalWords(
            title=_("The photo of the sign is missing"),
            why=_(
                "Pictures are being recorded and locked. They can be seen once a photo shows that the "
                "sign hangs."
            ),
            cure=_("Take a photo of the sign where it hangs and add it here."),
            who=_("The manager."),
        ),
        "sign-photo-overdue": RefusalWords(
            title=_("The photo of the sign has been missing for 7 days"),
            why=_("Nothing shows that the sign hangs, so recording has stopped."),
            cure=_("Take a photo of the sign where it hangs and add it here."),
            who=_("The manager."),
        ),
        "sign-photo-aging": RefusalWords(
            title=_("The photo of the sign is a year old"),
            why=_("Signs fade, fall and get covered. In 14 days viewing will close."),
            cure=_("Take a new photo of the sign and add it here."),
            who=_("The manager."),
        ),
        "sign-photo-old": RefusalWords(
            title=_("The photo of the sign is too old"),
            why=_("Nothing recent shows that the sign still hangs. Recording goes on, but nobody can look."),
            cure=_("Take a new photo of the sign and add it here."),
            who=_("The manager."),
        ),
    },
    cures={
        "sign-missing": Cure("setup_sign", _("Print and declare the sign")),
        "sign-photo-missing": Cure("setup_sign_photo", _("Add the photo")),
        "sign-photo-overdue": Cure("setup_sign_photo", _("Add the photo")),
        "sign-photo-aging": Cure("setup_sign_photo", _("Add a new photo")),
        "sign-photo-old": Cure("setup_sign_photo", _("Add a new photo")),
    },
)
