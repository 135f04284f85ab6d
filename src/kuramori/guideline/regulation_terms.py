"""The settings that the regulations are printed from, as they run, and how they differ from a version.

Persons are not among them: they change every year, and the regulations name offices. Signs and deviations
come and go by registers of their own and are printed beside.
"""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from kuramori import periods
from kuramori.access import granting, storehouse_session
from kuramori.access.models import MAX_EQUIPMENT_CHECK_S, MAX_SELF_APPROVED_S
from kuramori.cameras.models import ApprovedRange, Camera
from kuramori.cases import deciding, following
from kuramori.guideline.profiles import PROFILES
from kuramori.places.models import Body
from kuramori.policy import filing, regulations
from kuramori.policy.models import Purpose, RetentionRule
from kuramori.policy.regulation_models import PlannedChange
from kuramori.policy.regulations import Terms
from kuramori.retention import protecting

TEXT_VERSION = 1
"""Of the articles' wording (`regulations-ja.txt`); another wording is another version to adopt."""
DAY_NS = 86_400 * 10**9


def running(*, with_planned: bool = False) -> Terms:
    """The terms as they run now; `with_planned`: as they will be once the waiting changes are adopted."""
    body = Body.objects.first()
    said: dict[str, Any] = {
        name: getattr(body, name) if body else ""
        for name in ("name", "representative", "address", "telephone", "notice_url")
    }
    guideline = filing.guideline()
    return {
        "text": TEXT_VERSION,
        "body": said,
        "one_person": bool(body and body.one_person),
        "guideline": guideline,
        "cameras": _cameras(regulations.waiting() if with_planned else []),
        "periods": _periods(guideline),
    }


def _periods(guideline: str) -> dict[str, int | bool]:
    rules = PROFILES[guideline].rules
    return {
        "appointment_months": periods.APPOINTMENT_MONTHS,
        "training_months": periods.TRAINING_MONTHS,
        "sign_photo_days": rules.sign_photo_days,
        "sign_photo_again_days": rules.sign_photo_again_days,
        "walk_round_days": rules.walk_round_days,
        "room_check_days": rules.room_check_days,
        "pc_check_days": rules.pc_check_days,
        "privacy_review_days": rules.privacy_review_days,
        "explanation_days": rules.explanation_days,
        "regulations_days": rules.regulations_days,
        "reply_days": periods.COMPLAINT_REPLY_WORKING_DAYS,
        "answer_days": periods.COMPLAINT_ANSWER_DAYS,
        "receipt_days": following.RECEIPT_WITHIN_DAYS,
        "protect_days": protecting.DEFAULT_NS // DAY_NS,
        "protect_most_days": protecting.LONGEST_NS // DAY_NS,
        "confirm_days": deciding.CONFIRM_WITHIN_NS // DAY_NS,
        "danger_hours": deciding.EMERGENCY_LONGEST_S // 3600,
        "own_minutes": MAX_SELF_APPROVED_S // 60,
        "look_minutes": granting.PLAYBACK_DEFAULT_MINUTES,
        "check_minutes": granting.CHECK_WITHIN_S // 60,
        "check_seconds": MAX_EQUIPMENT_CHECK_S,
        "unlock_idle_minutes": storehouse_session.IDLE_S // 60,
        "unlock_minutes": storehouse_session.LONGEST_S // 60,
        "filing": rules.filing_needed,
        "annual_report": rules.annual_report,
    }


def _cameras(planned: list[PlannedChange]) -> list[dict[str, Any]]:
    # Ordered by version, so that the newest of each camera is what remains.
    purposes = dict(Purpose.objects.order_by("version").values_list("camera_id", "text"))
    rules = {
        camera: (most, months)
        for camera, most, months in RetentionRule.objects.order_by("version").values_list(
            "camera_id", "days", "months"
        )
    }
    approved = ApprovedRange.objects.filter(revoked_ns=None).order_by("version")
    ranges = {
        camera: (masks, hours)
        for camera, masks, hours in approved.values_list("camera_id", "mask_polygons", "hours")
    }
    days = {one.camera_id: one.days for one in planned if one.days}
    texts = {one.camera_id: one.purpose_text for one in planned if one.purpose_text}
    rows = []
    for row in Camera.objects.filter(retired_ns=None).select_related("site").order_by("number"):
        most, months = rules.get(row.pk, (None, None))
        masks, hours = ranges.get(row.pk, ([], []))
        rows.append(
            {
                "id": row.pk,
                "number": row.number,
                "name": row.name,
                "site": row.site.name,
                "place": row.place_text,
                "purpose": texts.get(row.pk) or purposes.get(row.pk, ""),
                "days": days.get(row.pk) or most,
                "months": None if row.pk in days else months,
                "masked": bool(masks),
                # Only where there are any, so that what was adopted before says the same as before.
                **({"hours": hours} if hours else {}),
            }
        )
    return rows


def differences(adopted: Terms, now: Terms) -> list[str]:
    """What runs otherwise than `adopted` says: one Japanese sentence each, as they stand in the register."""
    with translation.override("ja"):
        said = _plain_differences(adopted, now)
        before, after = ({one["id"]: one for one in terms["cameras"]} for terms in (adopted, now))
        for pk, camera in after.items():
            if pk not in before:
                said.append(_("Camera %(camera)s was added.") % {"camera": _named(camera)})
            elif before[pk] != camera:
                said += _camera_differences(before[pk], camera)
        for pk, camera in before.items():
            if pk not in after:
                said.append(_("Camera %(camera)s is no more.") % {"camera": _named(camera)})
    return said


def _plain_differences(adopted: Terms, now: Terms) -> list[str]:
    said = []
    if adopted["body"] != now["body"]:
        said.append(_("What is said of the installing body changed."))
    if adopted["one_person"] != now["one_person"]:
        said.append(_("Whether one person runs everything changed."))
    if adopted["guideline"] != now["guideline"]:
        said.append(_("Another guideline is followed."))
    if adopted["periods"] != now["periods"]:
        said.append(_("Periods changed."))
    if adopted["text"] != now["text"]:
        said.append(_("The wording of the articles is a newer one."))
    return said


def _camera_differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    words = {
        "purpose": _("purpose"),
        "place": _("place"),
        "site": _("place"),
        "name": _("name"),
        "number": _("number"),
        "masked": _("masks"),
        "hours": _("hours"),
    }
    said = [
        _("Camera %(camera)s: %(what)s changed.") % {"camera": _named(after), "what": word}
        for field, word in words.items()
        if before.get(field) != after.get(field)
    ]
    if (before["days"], before["months"]) != (after["days"], after["months"]):
        changed = {"camera": _named(after), "before": kept_for(before), "after": kept_for(after)}
        said.append(_("Camera %(camera)s: kept for %(after)s instead of %(before)s.") % changed)
    return said


def _named(camera: dict[str, Any]) -> str:
    return f"{camera['number']} {camera['name']}"


def span(days: int) -> str:
    """A number of days in words: whole years as years."""
    return f"{days // 365}年" if days % 365 == 0 else f"{days}日"


def kept_for(camera: dict[str, Any]) -> str:
    """How long a camera's footage is kept, as the paper says it."""
    if camera["months"]:
        return "1か月"
    return f"{camera['days']}日間" if camera["days"] else "未定"
