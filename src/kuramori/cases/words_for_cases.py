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
    "case-pack": _("Began a package for a case"),
    "case-hand-over": _("Handed footage over"),
    "case-receipt": _("Entered a receipt"),
    "case-return": _("Entered that a copy was returned or erased"),
    "case-revoke": _("Took a permission of a case back"),
    "case-printed": _("Printed a form of a case"),
    "case-forgotten": _("Erased names and words of an old case"),
    "case-close": _("Closed a case"),
}
DETAILS = {
    "case": _("Case number"),
    "step": _("Step"),
    "basis": _("Basis"),
    "second": _("Second person"),
    "act": _("Act"),
    "state": _("State"),
    "form": _("Form"),
    "missing": _("Missing"),
    "asker": _("Who asks"),
    "document": _("Document number"),
    "asked": _("Asked"),
    "allowed": _("Allowed"),
    "viewings": _("Number of looks"),
    "copy": _("A copy may be made"),
    "ground": _("Ground"),
    "medium": _("Medium"),
    "receiver": _("Handed to"),
    "return_by": _("To be returned or erased by"),
    "signed_by": _("Who signed the receipt"),
    "signed_on": _("Date on the receipt"),
    "done_on": _("Day"),
    "told_by": _("Who says so"),
}
STATES = {
    "received": _("received"),
    "verified": _("papers checked"),
    "granted": _("allowed"),
    "refused": _("declined"),
    "emergency": _("opened in an emergency, not approved yet"),
    "kept": _("kept"),
    "packed": _("package being made"),
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
PAPERS = {
    "F07": _("Application"),
    "F08": _("Check of the papers"),
    "F09": _("Decision and notice"),
    "F10": _("Register of looks"),
    "F11": _("Receipt and pledge"),
    "F12": _("Register of copies"),
    "F23": _("Request and answer of the person filmed"),
}
REFUSALS = {
    "case-step-impossible": RefusalWords(
        title=_("This step does not come now"),
        why=_("Every request goes through fixed steps, so that no check is left out."),
        cure=_("The case's page shows which step comes next."),
        who=MANAGER,
    ),
    "papers-missing": RefusalWords(
        title=_("A paper or a check is missing"),
        why=_("Each right has its own papers, and nothing is shown before all were seen: %(missing)s"),
        cure=_("Get what is missing, or decline."),
        who=MANAGER,
    ),
    "wider-than-asked": RefusalWords(
        title=_("This is more than was asked"),
        why=_("A decision may cut a request down and never widen it."),
        cure=_("Stay within what was asked. More needs a request of its own."),
        who=MANAGER,
    ),
    "emergency-too-long": RefusalWords(
        title=_("An emergency opens at most %(hours)s hours of footage"),
        why=_("It is for what cannot wait, and no more."),
        cure=_("Choose a shorter time. The rest goes the ordinary way."),
        who=MANAGER,
    ),
}
