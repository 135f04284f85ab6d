"""A body set up through the same acts as the pages use."""

from __future__ import annotations

from dataclasses import dataclass

from kuramori import local_time
from kuramori.access import storehouse_keys
from kuramori.cameras import enrolment
from kuramori.cameras.models import Camera
from kuramori.guideline import judging
from kuramori.people import enrolment as people
from kuramori.people.models import Account
from kuramori.places import bodies, signs
from kuramori.places.models import Site
from kuramori.policy import keeping, purposes
from tests.people.dutiful import pledge_and_train

PASSWORD = "kura no kagi wa futatsu"
WHOLE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


@dataclass
class SetUpBody:
    manager: Account
    site: Site
    camera: Camera


def set_up(
    *, purpose: bool = True, days: bool = True, drawn: bool = True, key: bool = True, operates: bool = True
) -> SetUpBody:
    """Everything but the sign; single parts may be left out."""
    bodies.write({"name": "倉吉商店会", "address": "倉吉市明治町", "telephone": "0858-22-0000"}, "anonymous")
    manager = pledge_and_train(people.create_manager("sato", "佐藤 花子", PASSWORD, operates=operates))
    site = bodies.first_site()
    assert site is not None
    if key:
        storehouse_keys.create_first_pair(manager)
    camera = enrolment.register(
        site=site,
        name="入口",
        place_text="玄関右の軒下",
        url="rtsp://127.0.0.1:8554/cam",
        width=640,
        height=360,
        by=manager,
    )
    if purpose:
        purposes.decide(camera, "犯罪の防止", "crime-prevention", manager)
    if days:
        keeping.decide(camera, manager, days=14)
    if drawn:
        enrolment.approve_range(camera, WHOLE, [], manager)
    return SetUpBody(manager, site, camera)


def further_camera(body: SetUpBody, number: int) -> Camera:
    """Another camera of the same place, its purpose, days and range decided."""
    made = enrolment.register(
        site=body.site, name=f"カメラ{number}", place_text="通り", by=body.manager,
        url=f"rtsp://127.0.0.1:8554/{number}", width=640, height=360,
    )  # fmt: skip
    purposes.decide(made, "犯罪の防止", "crime-prevention", body.manager)
    keeping.decide(made, body.manager, days=14)
    enrolment.approve_range(made, WHOLE, [], body.manager)
    return made


def hung(body: SetUpBody) -> SetUpBody:
    """The same with a sign that was photographed, judged."""
    sign = signs.declare(body.site, "玄関の扉", today(), body.manager)
    signs.add_photo(sign, b"photo", body.manager)
    judging.judge_all()
    return body


def today():  # type: ignore[no-untyped-def]
    return local_time.today()
