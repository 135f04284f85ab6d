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
    "time-stamper-set": _("Changed where time stamps come from"),
}
DETAILS = {
    "files": _("Files"),
    "manifest_sha256": _("Hash of the list of contents"),
    "time_stamp": _("Time stamp"),
    "sha256": _("Hash"),
    "bytes": _("Bytes"),
    "form": _("Form"),
}
REFUSALS = {
    "package-not-ready": RefusalWords(
        title=_("This package is not ready any more"),
        why=_("What was packed is kept in memory only, for its maker, and ends with the permission."),
        cure=_("Begin a new package in the case."),
        who=_("The manager."),
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
    "time-stamp-address": _("This is no address of a time stamp service."),
    "time-stamp-certificate": _("This is no certificate in PEM form."),
}
