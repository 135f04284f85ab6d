"""What `work` does about devices: looks around the network daily, checks every camera monthly, gently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori import clock
from kuramori.cameras import devices, enrolment, hardening
from kuramori.cameras.device_models import Device, DeviceState
from kuramori.cameras.models import Camera
from kuramori.cameras.position import same
from kuramori.errors import KuramoriError, RecorderUnreachable
from kuramori.footage import device_socket, findings

if TYPE_CHECKING:
    from kuramori.cameras.device_models import DeviceCheck
    from kuramori.cameras.position import Stand

UNDECIDED = "device-undecided"
AGAIN_NS = 3600 * clock.NS_PER_S
_tried_ns: dict[str, int] = {}


def look_around(actor: str = devices.PROGRAM) -> list[Device]:
    """Ask the network which devices are there; one that nobody has decided about is a finding.

    Raises CameraError, RecorderUnreachable.
    """
    new = devices.take_in(device_socket.discover(), actor)
    tell_undecided()
    return new


def look_around_daily() -> None:
    """The same for `work`. A recorder that does not answer is told of elsewhere, and looked for tomorrow."""
    try:
        look_around()
    except RecorderUnreachable:
        tell_undecided()


def tell_undecided() -> None:
    """The findings follow the decisions."""
    for device in Device.objects.all():
        if device.state == DeviceState.FOUND:
            findings.stand(UNDECIDED, device.pk)
        else:
            findings.clear(UNDECIDED, device.pk)


def check(camera: Camera, actor: str = devices.PROGRAM, *, looked: bool = False) -> DeviceCheck:
    """Probe one camera now and keep what was found; `looked`: its device has just said what it is.

    Raises CameraError, RecorderUnreachable.
    """
    device = camera.device
    found = device_socket.check(camera.pk, camera.url, device.xaddr if device else "")
    found["movement"] = _movement(camera)
    if device is not None and not looked:
        try:
            devices.learn(device, device_socket.look(device.xaddr, device=device.pk))
        except KuramoriError:
            pass  # the check stands; what it says of itself is read the next time
    return devices.checked(camera, found, actor)


def stand(camera: Camera) -> Stand | None:
    """Where a movable camera points now; None for one that cannot be moved. Raises CameraError,
    RecorderUnreachable."""
    if camera.device is None or not camera.ptz_profile:
        return None
    return device_socket.stand(camera.device.pk, camera.device.xaddr, camera.ptz_profile)


def watch_places() -> None:
    """Every movable camera still points where it was approved, or its approval is over. One that does not
    answer now is told of by its gap."""
    cameras = Camera.objects.filter(retired_ns=None).exclude(ptz_profile="").select_related("device")
    for camera in cameras:
        approved = enrolment.current_range(camera)
        if approved is None or approved.position is None or approved.left_ns is not None:
            continue
        try:
            told = stand(camera)
        except KuramoriError:
            continue
        if told is not None and (told.position is None or not same(told.position, approved.position)):
            enrolment.left(camera)


def _movement(camera: Camera) -> str:
    """Off: it cannot be moved, or would be noticed. Unknown: it does not tell where it points."""
    if not camera.ptz_profile:
        return hardening.OFF
    try:
        told = stand(camera)
    except KuramoriError:
        return hardening.UNKNOWN
    approved = enrolment.current_range(camera)
    tells = told is not None and told.position is not None
    return hardening.OFF if tells and (approved is None or approved.position) else hardening.UNKNOWN


def check_due() -> None:
    """One camera at most: the one that was checked longest ago, if that is a month. A camera that is not
    there is tried again after an hour."""
    now_ns = clock.now_ns()
    for camera in Camera.objects.filter(retired_ns=None).select_related("device"):
        last = devices.newest_check(camera)
        due = last is None or now_ns - last.at_ns >= hardening.CHECK_EVERY_NS
        if due and now_ns - _tried_ns.get(camera.pk, 0) >= AGAIN_NS:
            _tried_ns[camera.pk] = now_ns
            try:
                check(camera)
            except KuramoriError:
                continue
            return
