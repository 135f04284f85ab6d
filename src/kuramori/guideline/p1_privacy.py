"""P1: people are free not to be filmed and shown at will."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import DAY_NS, WARNING_NS, owed, renewed
from kuramori.guideline.clause import AFTER_WARNING, Clause, Cure, Finding
from kuramori.guideline.facts import CameraFacts
from kuramori.web.refusals import RefusalWords


def judge(camera: CameraFacts, now_ns: int) -> Finding:
    """Need and privacy were weighed within fourteen days of registering or a change; again after years."""
    if camera.privacy_ns is None:
        return owed(camera.registered_ns + WARNING_NS, now_ns, "privacy", "no-export")
    if camera.changed_ns is not None and camera.privacy_ns < camera.changed_ns:
        return owed(camera.changed_ns + WARNING_NS, now_ns, "privacy", "no-export")
    period_ns = camera.rules.privacy_review_days * DAY_NS
    since_ns, again_ns = camera.registered_ns, camera.privacy_again_ns
    return renewed(camera.privacy_ns, since_ns, period_ns, now_ns, "privacy", "no-export", again_ns)


CLAUSE = Clause(
    id="P1",
    title=_("Respect for people's privacy"),
    asks=_(
        "Everybody is free not to have their face and figure filmed and shown at will. Take good care "
        "not to infringe people's rights."
    ),
    done_by=_(
        "What nobody has decided stays closed: no picture is recorded or seen before it is clear what "
        "for, where, how long and by whom. Sound is never recorded, and nobody can be searched for by "
        "face, number plate or name."
    ),
    kind="guideline",
    strength="enforced",
    subject="camera",
    judge=judge,
    reads=(
        "registered_ns",
        "privacy_ns",
        "privacy_again_ns",
        "changed_ns",
        "rules",
    ),
    closes="no-export",
    turns=AFTER_WARNING,
    evidence=_("The assessment of each camera with its date, and every earlier one."),
    forms=("F01",),
    words={
        "privacy-due": RefusalWords(
            title=_("Weigh once more what this camera means for people"),
            why=_(
                "Need and privacy are weighed when a camera is put up, after each change, and every three "
                "years."
            ),
            cure=_("Answer the four questions about need, other means, people concerned and protection."),
            who=_("The manager."),
        ),
        "privacy-late": RefusalWords(
            title=_("Nobody has weighed what this camera means for people"),
            why=_("Nothing can be handed out until need and privacy have been weighed."),
            cure=_("Answer the four questions about need, other means, people concerned and protection."),
            who=_("The manager."),
        ),
    },
    cures={
        "privacy-due": Cure("register_new", _("Answer the four questions"), "assessments"),
        "privacy-late": Cure("register_new", _("Answer the four questions"), "assessments"),
    },
    passable=("privacy-late",),
)
