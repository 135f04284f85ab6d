"""What the acts and refusals of this room are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.web.refusals import RefusalWords

MANAGER = _("The manager.")
ACTS = {
    "storehouse-key-made": _("Made the storehouse's key"),
    "storehouse-key-discarded": _("Discarded a key that nothing had been locked with"),
    "storehouse-key-renewed": _("Made a new storehouse key for new footage"),
    "storehouse-key-ended": _("Destroyed a storehouse key whose footage is all erased"),
    "key-holder-added": _("Gave a key to the storehouse"),
    "key-holder-ended": _("Ended a key to the storehouse"),
    "two-together": _("Changed whether two people open together"),
    "envelope-opened": _("Opened the emergency envelope"),
    "envelope-acknowledged": _("Took note of the opened envelope"),
    "storehouse-unlock": _("Opening the storehouse"),
    "storehouse-lock": _("Locked the storehouse"),
    "live-look": _("Watched a camera live"),
    "live-look-ended": _("Stopped watching live"),
    "playback-asked": _("Asked to see footage"),
    "playback-declined": _("Declined a request to see footage"),
    "playback-granted": _("Allowed footage to be seen"),
    "playback-look": _("Looked at footage"),
    "playback-ended": _("Finished looking at footage"),
    "grant-withdrawn": _("Withdrew a permission"),
    "segment-key-asked": _("Asked for the key of a piece of footage"),
}
DETAILS = {
    "grant": _("Permission"),
    "request": _("Request"),
    "viewer": _("Who looks"),
    "asked_by": _("Who asked"),
    "purpose": _("Purpose"),
    "case": _("Case number"),
    "self_approved": _("Own approval"),
    "from": _("From"),
    "to": _("To"),
    "until": _("Until"),
    "at": _("At"),
    "start": _("Footage from"),
    "storehouse_key": _("Storehouse key"),
    "storehouse_keys": _("Storehouse keys"),
    "wraps": _("Kept as"),
    "holder": _("Kind of key"),
    "person": _("Person"),
    "emergency": _("Emergency"),
    "cameras": _("Cameras"),
    "on": _("Two together"),
    "wrong_in_a_row": _("Wrong tries in a row"),
    "wait_s": _("Seconds to wait"),
}
REFUSALS = {
    "storehouse-locked": RefusalWords(
        title=_("The storehouse is locked"),
        why=_("Recorded footage can be opened only while a key-holder has opened the storehouse."),
        cure=_("A key-holder opens the storehouse with the passphrase."),
        who=_("A key-holder, normally the manager."),
    ),
    "wait-after-wrong-passphrase": RefusalWords(
        title=_("Wait before the next try"),
        why=_("The passphrase was wrong several times. The next try is possible in %(seconds)s seconds."),
        cure=_("Wait, and read the digits from the slip one group at a time."),
        who=_("Nobody can shorten the wait. The recovery sheet in the safe opens too."),
    ),
    "second-holder-needed": RefusalWords(
        title=_("Two key-holders open together"),
        why=_("This body has decided that no single person opens the recorded footage."),
        cure=_("Type the second key-holder's passphrase, or the recovery sheet's, as well."),
        who=_("Another key-holder."),
    ),
    "opened-by-envelope": RefusalWords(
        title=_("The envelope does not open this"),
        why=_("The emergency envelope opens only the cameras and the two hours that were named."),
        cure=_("A key-holder opens the storehouse with the passphrase."),
        who=_("A key-holder."),
    ),
    "envelope-too-long": RefusalWords(
        title=_("The envelope gives at most %(hours)s hours of footage"),
        why=_("It is for danger, while no key-holder can be reached. The rest waits for one."),
        cure=_("Choose a shorter time."),
        who=_("A key-holder."),
    ),
    "case-missing": RefusalWords(
        title=_("The case number is missing"),
        why=_("Every opening of the envelope belongs to a case."),
        cure=_("Write the number, or the date and a word for what happened."),
        who=_("Whoever opens it."),
    ),
    "last-key-holder": RefusalWords(
        title=_("Too few keys would be left"),
        why=_("Without them nobody could open what is recorded from now on."),
        cure=_("Give another person a key first, or make a new recovery sheet."),
        who=MANAGER,
    ),
    "not-a-key-holder": RefusalWords(
        title=_("Only key-holders take note of this"),
        why=_("The opening of the envelope has to be known to everybody who holds a key."),
        cure=_("Each key-holder takes note with an account of their own."),
        who=_("A key-holder."),
    ),
    "not-an-operator": RefusalWords(
        title=_("Live pictures are for appointed operators"),
        why=_("Nobody but an appointed operator may operate the cameras' screen."),
        cure=_("Be appointed as operator. A manager who operates declares it in the set-up."),
        who=MANAGER,
    ),
    "not-appointed": RefusalWords(
        title=_("No appointment is in force"),
        why=_("Footage is shown only to appointed people."),
        cure=_("The manager appoints the person, and the person accepts."),
        who=MANAGER,
    ),
    "no-grant": RefusalWords(
        title=_("There is no permission for this"),
        why=_(
            "Footage is shown only by a permission for one camera, one interval, one person and one reason."
        ),
        cure=_("Ask for it, with purpose and reason."),
        who=MANAGER,
    ),
    "grant-of-another": RefusalWords(
        title=_("This permission belongs to another person"),
        why=_("A permission names one person and serves nobody else."),
        cure=_("Ask for a permission of your own."),
        who=MANAGER,
    ),
    "grant-withdrawn": RefusalWords(
        title=_("The permission was withdrawn"),
        why=_("The manager has ended it."),
        cure=_("Ask again if there is still a reason."),
        who=MANAGER,
    ),
    "grant-ended": RefusalWords(
        title=_("This look is over"),
        why=_("It was ended. Each look needs a permission of its own."),
        cure=_("Begin a new one."),
        who=MANAGER,
    ),
    "grant-in-use": RefusalWords(
        title=_("This look is open elsewhere"),
        why=_("It is being shown on another page. Each look needs a permission of its own."),
        cure=_("Begin a new one."),
        who=MANAGER,
    ),
    "grant-over": RefusalWords(
        title=_("The permission has run out"),
        why=_("Each permission has an end, never later than the footage itself."),
        cure=_("Ask again if there is still a reason."),
        who=MANAGER,
    ),
    "grant-other-camera": RefusalWords(
        title=_("The permission is for another camera"),
        why=_("A permission names one camera."),
        cure=_("Ask for this camera too."),
        who=MANAGER,
    ),
    "grant-other-interval": RefusalWords(
        title=_("The permission is for another time"),
        why=_("A permission names an interval, and nothing outside it is shown."),
        cure=_("Ask for this interval too."),
        who=MANAGER,
    ),
    "footage-erased": RefusalWords(
        title=_("This footage has been erased"),
        why=_("Its keeping period is over and its key is destroyed. Nobody can bring it back."),
        cure=_("Nothing. The certificate of its erasure is on the page of erasures."),
        who=_("Nobody."),
    ),
    "clock-untrusted": RefusalWords(
        title=_("The recorder is not sure of the time"),
        why=_("Footage that may be past its date is shown to nobody until the time is sure."),
        cure=_("Wait for the time servers, or confirm the time."),
        who=MANAGER,
    ),
    "gate-closed": RefusalWords(
        title=_("This camera's footage is closed at present"),
        why=_("The recorder obeys a rule that is not kept at present."),
        cure=_("The start page shows what is missing."),
        who=MANAGER,
    ),
    "own-request": RefusalWords(
        title=_("Nobody approves their own request"),
        why=_("Who asks and who decides are two persons, unless the body is declared a one-person body."),
        cure=_("Another manager decides, or an operator looks by your permission."),
        who=_("Another manager."),
    ),
    "own-request-too-long": RefusalWords(
        title=_("Own approval covers at most %(minutes)s minutes of footage"),
        why=_("A one-person body may approve its own request only for a short interval."),
        cure=_("Choose a shorter interval."),
        who=_("Nobody within a one-person body."),
    ),
    "purpose-missing": RefusalWords(
        title=_("The purpose is missing"),
        why=_("Footage is looked at only for a purpose from the list."),
        cure=_("Choose a purpose."),
        who=MANAGER,
    ),
    "reason-missing": RefusalWords(
        title=_("The reason is missing"),
        why=_("Every look at footage has a reason in words."),
        cure=_("Write the reason."),
        who=MANAGER,
    ),
}
