"""What the acts and refusals of packing are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.web.refusals import RefusalWords

ACTS = {
    "package-begun": _("Began a package to hand out"),
    "package-sealed": _("Entered the hashes of a package"),
    "package-packed": _("Packed footage to hand out"),
    "package-failed": _("Could not pack footage"),
    "package-dropped": _("Dropped a package"),
    "package-copy-began": _("Began writing a package out"),
    "package-copied": _("Wrote a package out"),
    "package-passphrase-printed": _("Printed the passphrase of a package"),
    "redaction-set": _("Marked what is to be covered in a picture"),
    "redaction-made": _("Made a redacted film"),
    "redaction-checked": _("Checked a redacted film"),
    "redaction-check-asked": _("Asked somebody to check a redacted film"),
    "redaction-left-out": _("Wrote down why nothing is covered"),
    "time-stamper-set": _("Changed where time stamps come from"),
}
DETAILS = {
    "files": _("Files"),
    "manifest_sha256": _("Hash of the list of contents"),
    "time_stamp": _("Time stamp"),
    "sha256": _("Hash"),
    "bytes": _("Bytes"),
    "form": _("Form"),
    "boxes": _("Boxes"),
    "boxes_sha256": _("Hash of the boxes"),
    "method": _("Way of covering"),
    "films": _("Hashes of the redacted films"),
    "checker": _("Who is to check"),
}
REFUSALS = {
    "package-not-ready": RefusalWords(
        title=_("This package is not ready any more"),
        why=_("What was packed is kept in memory only, for its maker, and ends with the permission."),
        cure=_("Begin a new package in the case."),
        who=_("The manager."),
    ),
    "redaction-needed": RefusalWords(
        title=_("Nothing is covered yet"),
        why=_("Whoever asks for footage of themselves gets no picture in which others can be recognised."),
        cure=_(
            "See the part first and cover the others in it, "
            "or write on that page why nothing has to be covered."
        ),
        who=_("The manager."),
    ),
    "redaction-not-checked": RefusalWords(
        title=_("Nobody else has checked yet what was covered"),
        why=_("A covered film is handed out only after a second person has watched it."),
        cure=_("Make the film and ask another person to check it."),
        who=_("Another manager or operator."),
    ),
    "redaction-changed": RefusalWords(
        title=_("This is not what was checked"),
        why=_("Boxes or seconds were changed after the check, or the film came out differently."),
        cure=_("Make the film again and have it checked again."),
        who=_("Another manager or operator."),
    ),
    "redaction-own-check": RefusalWords(
        title=_("Whoever marked the boxes does not check them"),
        why=_("A second person sees what the first one overlooked."),
        cure=_("Ask another manager or operator to check."),
        who=_("Another manager or operator."),
    ),
}
WRONG = {
    "package-too-large": _("This is too large for one package (3.9 GB). Choose a shorter time."),
    "package-already-packed": _("This package was packed already. Begin a new one in the case."),
    "medium-not-removable": _("There is no such USB memory. Plug it in and choose it again."),
    "medium-full": _("There is not enough room on the USB memory."),
    "medium-has-it-already": _("This package is on the USB memory already."),
    "medium-reads-differently": _("The USB memory reads back something else. Take another one."),
    "medium-failed": _(
        "Writing to the USB memory did not come to an end. Plug it in again or take another one."
    ),
    "too-many-stills": _("At most twelve single pictures for each camera."),
    "still-outside": _("A single picture lies outside the chosen time."),
    "no-camera-named": _("Take at least one camera."),
    "no-footage": _("Nothing was recorded in that time. The timeline shows why."),
    "boxes": _(
        "These boxes cannot be used. Each needs two moments at least, and has to lie inside the picture."
    ),
    "boxes-too-many": _("These are too many boxes (at most 60, with 2,000 moments together)."),
    "chosen-wrong": _("Correct the times first."),
    "boxes-none": _("Draw a box over whoever is to be covered first."),
    "boxes-not-made": _(
        "Boxes were drawn or changed, and no film was made of them. Make the film, or take the boxes away."
    ),
    "boxes-outside": _("A box lies outside the time that was allowed."),
    "redaction-failed": _("The covered film could not be made. Nothing was kept. Try again."),
    "redaction-too-long": _(
        "The covered film is too long for the memory of this machine. Choose a shorter time."
    ),
    "redaction-not-seen": _(
        "Watch the film to its end first. If it does not play any more, have it made again."
    ),
    "redaction-checked-already": _("This film was checked already."),
    "no-such-person": _("Choose another manager or operator."),
    "time-stamp-address": _("This is no address of a time stamp service."),
    "time-stamp-certificate": _("This is no certificate in PEM form."),
}
