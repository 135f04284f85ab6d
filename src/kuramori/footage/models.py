"""What the recorder's journal and the files' headers say, as rows that pages can ask.

Segment and Gap are a cache: `kuramori check --rebuild` remakes them from the files. They name cameras by id
and point at no other table, so that a rebuild needs nothing but the files. Instants are nanoseconds since
1970 UTC, ids are 32 lowercase hexadecimal digits.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kuramori.footage.disk_models import AddedDisk as AddedDisk
from kuramori.footage.disk_models import WhenShort as WhenShort
from kuramori.footage.living_models import LivingFootage as LivingFootage
from kuramori.footage.picture_check_models import PictureCheck as PictureCheck

LIVING = ("open", "closed", "cut")
SEGMENT_STATES = (*LIVING, "erased")


HOUR_NS = 3600 * 10**9


class Segments(models.QuerySet["Segment"]):
    """Rows of the index."""

    def touching(self, camera: str, start_ns: int, end_ns: int) -> Segments:
        """Those of `camera` that reach into the interval, by time.

        A segment never crosses a UTC hour, so none that began more than an hour before reaches in. That is
        said to the index too: it would walk through all of the camera's past otherwise.
        """
        reaching = Q(end_ns__isnull=True) | Q(end_ns__gt=start_ns)
        near = self.filter(reaching, camera=camera, start_ns__gte=start_ns - HOUR_NS, start_ns__lt=end_ns)
        return near.order_by("start_ns")

    def alive(self, now_ns: int) -> Segments:
        """Those that are not erased, and not past their day."""
        return self.filter(erase_at_ns__gt=now_ns).exclude(state="erased")


class Segment(models.Model):
    """One segment file of one camera.

    At most five minutes, never across a UTC hour, dead at `erase_at_ns`.
    """

    # The segment's own random id; also the end of its file's name.
    id = models.CharField(primary_key=True, max_length=32)
    # The camera that was recorded (cameras.Camera.id).
    camera = models.CharField(max_length=32)
    # Where the file lies, relative to the data directory.
    path = models.CharField(max_length=255)
    # First frame, by the recorder's wall clock.
    start_ns = models.BigIntegerField()
    # End of the last frame; empty while the segment is being written.
    end_ns = models.BigIntegerField(null=True)
    # The hour secret that its key is wrapped under: when that is gone, so is the footage.
    hour = models.CharField(max_length=32)
    # The UTC hour it lies in, seconds since 1970.
    hour_start_s = models.BigIntegerField()
    # When it dies, as promised at the moment of recording. Never empty.
    erase_at_ns = models.BigIntegerField()
    # The recorder's run (one connection to one camera) that wrote it.
    run = models.CharField(max_length=32)
    # The version of the camera's purpose it was taken for. Never empty, never zero.
    purpose_version = models.PositiveIntegerField()
    # The version of the camera's retention rule.
    policy_version = models.PositiveIntegerField()
    # The storehouse key its segment key is sealed to, 16 hexadecimal digits.
    storehouse_key = models.CharField(max_length=16)
    # RFC 6381 name of the video codec.
    codec = models.CharField(max_length=32)
    # Picture size in pixels.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    # SHA-256 of the closed file; empty while open, and for a cut file until it was read through.
    sha256 = models.CharField(max_length=64, blank=True)
    # Records in the file, the initialisation record and the closing one included.
    records = models.PositiveIntegerField(default=0)
    # Size of the file.
    size_bytes = models.BigIntegerField(default=0)
    # Access units that the network lost on the way.
    lost_packets = models.PositiveIntegerField(default=0)
    # open: being written; closed: ended by its last record; cut: ended by a crash; erased: its hour is gone.
    state = models.CharField(max_length=6, choices=[(s, s) for s in SEGMENT_STATES])
    # Recorded while the erasure clock was not yet trusted.
    provisional = models.BooleanField(default=False)

    objects = Segments.as_manager()

    class Meta:
        ordering = ["camera", "start_ns"]
        indexes = [
            models.Index(fields=["camera", "start_ns"], name="segment_by_time"),
            models.Index(fields=["hour"], name="segment_by_hour"),
            models.Index(fields=["camera", "end_ns"], name="segment_by_end"),
            models.Index(fields=["state", "erase_at_ns"], name="segment_by_death"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(purpose_version__gte=1), name="segment_has_a_purpose"),
            models.CheckConstraint(
                # A provisional hour is dated from the last trusted time, which may be long past.
                condition=Q(erase_at_ns__gt=F("start_ns")) | Q(provisional=True, erase_at_ns__gt=0),
                name="segment_has_an_erase_date",
            ),
            models.CheckConstraint(
                condition=Q(end_ns__isnull=True) | Q(end_ns__gte=F("start_ns")),
                name="segment_ends_after_its_start",
            ),
            models.CheckConstraint(condition=Q(state__in=SEGMENT_STATES), name="segment_known_state"),
        ]

    def __str__(self) -> str:
        return f"{self.camera} {self.start_ns} {self.state}"


class Gap(models.Model):
    """A stretch of time without footage of one camera, and why."""

    # The gap's own random id.
    id = models.CharField(primary_key=True, max_length=32)
    # The camera that was not recorded.
    camera = models.CharField(max_length=32)
    # From when on nothing was stored.
    since_ns = models.BigIntegerField()
    # Until when; empty while the gap lasts.
    until_ns = models.BigIntegerField(null=True)
    # A camera state, or recorder-stopped, box-off, gate, masked. Never empty.
    reason = models.CharField(max_length=32)

    class Meta:
        ordering = ["camera", "since_ns"]
        indexes = [models.Index(fields=["camera", "since_ns"], name="gap_by_time")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="gap_has_a_reason"),
            models.CheckConstraint(
                condition=Q(until_ns__isnull=True) | Q(until_ns__gte=F("since_ns")),
                name="gap_ends_after_its_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera} {self.since_ns} {self.reason}"


class CameraState(models.Model):
    """The last state that the recorder journalled for a camera."""

    # The camera (cameras.Camera.id).
    camera = models.CharField(primary_key=True, max_length=32)
    # A word of the recorder's closed list (recording, unreachable, refused …).
    state = models.CharField(max_length=24)
    # Since when.
    since_ns = models.BigIntegerField()
    # A technical word more, never a credential.
    detail = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.camera} {self.state}"


class RecorderFact(models.Model):
    """The last thing the recorder journalled about itself under one name.

    Clock, disk:0, rotation, settings, run.
    """

    # What the fact is about.
    name = models.CharField(primary_key=True, max_length=40)
    # The journal line's own fields.
    value = models.JSONField(default=dict)
    # When the recorder wrote it.
    at_ns = models.BigIntegerField()

    def __str__(self) -> str:
        return self.name


class Intake(models.Model):
    """How far one recorder's journal has been taken in: sequence and hash of the last line."""

    # The recorder's id (instance.json).
    recorder = models.CharField(primary_key=True, max_length=32)
    # Sequence number of the last line taken in.
    last_seq = models.BigIntegerField(default=0)
    # SHA-256 of that line's bytes: the next line must name it.
    last_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.recorder} {self.last_seq}"


class IntakeMark(models.Model):
    """Hash of the last line of an earlier batch: tells a cut or forked journal from a short one."""

    # The recorder's id.
    recorder = models.CharField(max_length=32)
    # Sequence number of the line.
    seq = models.BigIntegerField()
    # SHA-256 of its bytes as they were taken in.
    line_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["recorder", "seq"]
        constraints = [models.UniqueConstraint(fields=["recorder", "seq"], name="intake_mark_once")]

    def __str__(self) -> str:
        return f"{self.recorder} {self.seq}"


class ErasedHour(models.Model):
    """One hour secret that a rotation dropped, as journalled. `retention` makes the certificate from it."""

    # The lost hour secret's id.
    hour = models.CharField(primary_key=True, max_length=32)
    # The camera whose hour it was.
    camera = models.CharField(max_length=32)
    # The UTC hour, seconds since 1970.
    hour_start_s = models.BigIntegerField()
    # When it was due.
    erase_at_ns = models.BigIntegerField()
    # When the rotation that lost it was finished.
    erased_at_ns = models.BigIntegerField()
    # Why: expired, order, and so on.
    reason = models.CharField(max_length=200)
    # Number of the key table that no longer holds it.
    epoch = models.BigIntegerField()
    # Whether the successor was read back and the old slot's overwriting confirmed.
    verified = models.BooleanField()
    # Assurance level at that moment, and the level's reasons.
    level = models.PositiveSmallIntegerField()
    level_reasons = models.JSONField(default=list)
    # Recorder and sequence number of the journal's rotation line that told of it last.
    recorder = models.CharField(max_length=32)
    journal_seq = models.BigIntegerField()
    # Number of the certificate that `retention` wrote for it; empty until then.
    certificate = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["journal_seq", "hour"]
        indexes = [
            models.Index(fields=["camera", "hour_start_s"], name="erased_hour_by_time"),
            models.Index(fields=["certificate"], name="erased_hour_by_certificate"),
            models.Index(fields=["recorder", "journal_seq"], name="erased_hour_by_line"),
        ]

    def __str__(self) -> str:
        return f"{self.camera} {self.hour_start_s}"


class HeldSegment(models.Model):
    """One segment that a hold keeps, as a durable rotation told: it lives until `until_ns`, or until ended.

    The hold's paper (case, basis, who) is in `retention`.
    """

    # The order that made the hold.
    hold = models.CharField(max_length=32)
    # The segment, and its camera.
    segment = models.CharField(max_length=32)
    camera = models.CharField(max_length=32)
    # The stated end.
    until_ns = models.BigIntegerField()
    # When the recorder journalled that it has it, and when that it is over (empty: it stands).
    held_ns = models.BigIntegerField()
    ended_ns = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["segment"], name="held_by_segment")]
        constraints = [models.UniqueConstraint(fields=["hold", "segment"], name="held_once")]

    def __str__(self) -> str:
        return f"{self.hold} {self.segment}"


class KeyRelease(models.Model):
    """The recorder gave out the sealed key of one segment, on the word of `web`.

    `access` matches it to a grant.
    """

    # The journal line it was read from.
    recorder = models.CharField(max_length=32)
    journal_seq = models.BigIntegerField()
    # The grant that `web` named.
    grant = models.CharField(max_length=32)
    # The segment whose sealed key left, and its camera.
    segment = models.CharField(max_length=32)
    camera = models.CharField(max_length=32)
    # When.
    at_ns = models.BigIntegerField()
    # What matching said: empty = not yet matched, ok, or the code of a finding.
    verdict = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["journal_seq"]
        indexes = [models.Index(fields=["verdict"], name="release_by_verdict")]
        constraints = [models.UniqueConstraint(fields=["recorder", "journal_seq"], name="release_once")]

    def __str__(self) -> str:
        return f"{self.grant} {self.segment}"


class LiveViewing(models.Model):
    """One live viewer as the recorder saw it."""

    # The journal line that began it.
    recorder = models.CharField(max_length=32)
    journal_seq = models.BigIntegerField()
    # What `web` said of the viewer; whatever it says, each beginning is a row of its own.
    viewing = models.CharField(max_length=64)
    # The grant that `web` named, and the camera.
    grant = models.CharField(max_length=32)
    camera = models.CharField(max_length=32)
    # When the first byte left, and when the last one did.
    started_ns = models.BigIntegerField()
    stopped_ns = models.BigIntegerField(null=True)
    # What matching said, as in KeyRelease.
    verdict = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [models.Index(fields=["verdict"], name="viewing_by_verdict")]
        constraints = [models.UniqueConstraint(fields=["recorder", "journal_seq"], name="viewing_once")]

    def __str__(self) -> str:
        return f"{self.grant} {self.camera}"


class SealingKey(models.Model):
    """The public half that recording seals to. `access` makes the pair and writes this row.

    The newest one counts.
    """

    # First 16 hexadecimal digits that name the pair, in every segment's header.
    key_id = models.CharField(primary_key=True, max_length=16)
    # X25519 public key, 64 hexadecimal digits.
    public = models.CharField(max_length=64)
    # Since when new footage is sealed to it.
    since_ns = models.BigIntegerField()

    class Meta:
        ordering = ["since_ns"]

    def __str__(self) -> str:
        return self.key_id

    @classmethod
    def in_force(cls) -> SealingKey | None:
        """The newest; None before the storehouse has a key."""
        return cls.objects.order_by("-since_ns").first()


class SettingsSerial(models.Model):
    """The serial number of the recorder's settings file; moves only when what the file says has changed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # Number in the file that was written last.
    serial = models.BigIntegerField(default=0)
    # SHA-256 of what that file says, serial and time of writing left out.
    content_sha256 = models.CharField(max_length=64, blank=True)
    # When it was written.
    made_at_ns = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="settings_serial_is_one")]

    def __str__(self) -> str:
        return str(self.serial)


class Order(models.Model):
    """An order given to the recorder, and what became of it.

    The order itself is signed and spooled, not kept here.
    """

    # The order's own random id; the recorder takes each id once.
    id = models.CharField(primary_key=True, max_length=32)
    # ack, erase, confirm-clock.
    kind = models.CharField(max_length=16)
    # When it was decided.
    made_at_ns = models.BigIntegerField()
    # Why, in the words of whoever decided it; for the certificate of an early erasure.
    reason = models.CharField(max_length=400, blank=True)
    # issued, done, refused.
    state = models.CharField(max_length=8, default="issued")
    # The recorder's word for a refusal.
    why = models.CharField(max_length=64, blank=True)
    # When the recorder journalled its answer.
    settled_ns = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["made_at_ns"]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Finding(models.Model):
    """Something that is not as it must be: found by intake, matching, erasure or `check`.

    One row while it lasts.
    """

    # A stable kebab-case word.
    code = models.CharField(max_length=48)
    # What it is about: a camera, a journal line, an hour.
    subject = models.CharField(max_length=120, blank=True)
    # Values that a page or a report may show.
    detail = models.JSONField(default=dict)
    # When it was found, and when it was over (empty: it stands).
    found_ns = models.BigIntegerField()
    cleared_ns = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["found_ns"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "subject"], condition=Q(cleared_ns__isnull=True), name="finding_stands_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject}"
