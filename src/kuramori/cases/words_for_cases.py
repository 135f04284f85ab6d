"""What the acts, states and refusals of cases are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.web.refusals import RefusalWords

MANAGER = _("The manager.")
ACTS = {
    "case-received": _("Took in a request for footage"),
    "case-verify": _("Checked the papers of a request"),
    "case-grant": _("Decided: yes"),
    "case-refuse": _("Decided: no"),
    "case-open": _("Opened footage because of danger"),
    "case-confirm": _("Approved an emergency afterwards"),
    "case-disapprove": _("Did not approve an emergency afterwards"),
    "case-keep": _("Decided to keep footage"),
    "case-hand-over": _("Handed footage over"),
    "case-receipt": _("Entered a receipt"),
    "case-return": _("Entered that a copy was returned or erased"),
    "case-revoke": _("Took a permission of a case back"),
    "case-close": _("Closed a case"),
}
DETAILS = {
    "case": _("Case number"),
    "step": _("Step"),
    "basis": _("Basis"),
    "second": _("Second person"),
    "act": _("Act"),
    "state": _("State"),
}
STATES = {
    "received": _("received"),
    "verified": _("papers checked"),
    "granted": _("allowed"),
    "refused": _("declined"),
    "emergency": _("opened in an emergency, not approved yet"),
    "kept": _("kept"),
    "handed": _("handed over, receipt missing"),
    "receipted": _("receipt here, return open"),
    "returned": _("returned or erased"),
    "closed": _("closed"),
}
KINDS = {
    "investigators": _("Investigators, court or bar association"),
    "person-filmed": _("Person filmed"),
    "danger": _("Danger"),
    "own-incident": _("Incident of our own"),
    "preservation": _("Only keep it"),
}
REFUSALS = {
    "case-step-impossible": RefusalWords(
        title=_("This step does not come now"),
        why=_("Every request goes through fixed steps, so that no check is left out."),
        cure=_("The case's page shows which step comes next."),
        who=MANAGER,
    ),
}
