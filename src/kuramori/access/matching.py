"""Every key and every live picture that left the recorder must belong to a grant; if not, that is a finding.

The recorder gives out sealed keys on the word of `web`. It cannot know the grants, so it writes down each
release, and `work` compares: an attacker who owns `web` can ask for keys, but not without being seen.
"""

from __future__ import annotations

from django.db import transaction

from kuramori import clock
from kuramori.access.grant_check import covers
from kuramori.access.models import Grant
from kuramori.footage import findings
from kuramori.footage.models import KeyRelease, LiveViewing, Segment

BATCH = 500
# The journal's and the grant's instants are read from the same clock by different processes.
SLACK_NS = 5 * clock.NS_PER_S


def match_releases() -> int:
    """Judge what is not yet judged; returns how many releases and viewings belong to no fitting grant."""
    wrong = 0
    for release in KeyRelease.objects.filter(verdict="")[:BATCH]:
        with transaction.atomic():
            verdict = _judge_release(release)
            KeyRelease.objects.filter(pk=release.pk).update(verdict=verdict)
            if verdict != "ok":
                wrong += findings.stand(
                    "release-without-grant",
                    f"{release.segment}:{release.journal_seq}",
                    why=verdict,
                    grant=release.grant,
                    camera=release.camera,
                )
    for viewing in LiveViewing.objects.filter(verdict="")[:BATCH]:
        with transaction.atomic():
            verdict = _judge(viewing.grant, viewing.camera, ("live",), viewing.started_ns)[0]
            LiveViewing.objects.filter(pk=viewing.pk).update(verdict=verdict)
            if verdict != "ok":
                wrong += findings.stand(
                    "live-without-grant",
                    f"{viewing.camera}:{viewing.journal_seq}",
                    why=verdict,
                    grant=viewing.grant,
                    camera=viewing.camera,
                )
    return wrong


def _judge_release(release: KeyRelease) -> str:
    verdict, grant = _judge(release.grant, release.camera, ("playback", "packing"), release.at_ns)
    if verdict != "ok" or grant is None:
        return verdict
    segment = Segment.objects.filter(id=release.segment).first()
    if segment is None:
        return "unknown-segment"
    if segment.camera != release.camera:
        return "other-camera"
    end_ns = segment.end_ns or release.at_ns
    return "ok" if covers(grant, segment.start_ns, end_ns) else "other-interval"


def _judge(grant_id: str, camera: str, kinds: tuple[str, ...], at_ns: int) -> tuple[str, Grant | None]:
    grant = Grant.objects.filter(id=grant_id, kind__in=kinds).first()
    if grant is None:
        return "no-such-grant", None
    if grant.camera_id != camera:
        return "other-camera", grant
    ends = [grant.expires_at_ns, grant.withdrawn_ns, grant.ended_ns]
    last_ns = min(end for end in ends if end is not None)
    if not grant.created_ns - SLACK_NS <= at_ns <= last_ns + SLACK_NS:
        return "not-in-force", grant
    return "ok", grant
