from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    name = "kuramori.policy"
    verbose_name = _("Policy")

    def ready(self) -> None:
        from kuramori.ledger import words
        from kuramori.web import refusals
        from kuramori.web.refusals import RefusalWords

        words.register(
            {
                "purpose-decided": _("Decided what a camera is for"),
                "retention-decided": _("Decided how long footage is kept"),
                "verdict-changed": _("The state of a clause changed"),
                "deviation-asked": _("Asked to do something otherwise than the guideline says"),
                "deviation-approved": _("Approved a deviation"),
                "guideline-chosen": _("Chose which guideline is followed"),
                "filing-entered": _("Entered what was filed with the city"),
                "regulations-adopted": _("Entered that the regulations were adopted"),
                "regulations-planned": _("Put a change into the draft of the regulations"),
                "regulations-plan-dropped": _("Gave up a change in the draft of the regulations"),
                "deviation-ended": _("Ended a deviation before its day"),
            }
        )
        words.register_details({"deviation": _("Deviation"), "longer_months": _("months kept")})
        words.register_details(
            {
                "approved_by": _("Adopted by"),
                "adopted_on": _("Day of adoption"),
                "paper_sha256": _("Hash of the paper"),
                "planned": _("Planned change"),
                "regulations": _("Version of the regulations"),
            }
        )
        refusals.register(
            {
                "never-deviable": RefusalWords(
                    title=_("Nobody can set this aside"),
                    why=_(
                        "Encryption, the record, masks, erasure on the day, permissions and sign-in are "
                        "never set aside, and neither is what recording cannot do without."
                    ),
                    cure=_("Do what the rule asks."),
                    who=_("Nobody."),
                ),
                "regulations-shorter": RefusalWords(
                    title=_("The regulations keep it shorter"),
                    why=_("The adopted regulations keep this camera's pictures for %(days)s days at most."),
                    cure=_("Adopt a new version of the regulations first."),
                    who=_("The installing body."),
                ),
                "regulations-other-purpose": RefusalWords(
                    title=_("The regulations say another purpose"),
                    why=_("The adopted regulations have this camera for another purpose."),
                    cure=_("Adopt a new version of the regulations first."),
                    who=_("The installing body."),
                ),
                "deviation-over": RefusalWords(
                    title=_("This deviation is over already"),
                    why=_("Its last day has passed before anybody approved it."),
                    cure=_("Ask for a new one."),
                    who=_("The manager."),
                ),
            }
        )

        from kuramori.paper import register
        from kuramori.policy import camera_papers

        words.register({"camera-retired": _("Abolished a camera")})
        for one in camera_papers.REGISTERS:
            register.register(one)
