"""What `work` does about devices: looks around the network daily, checks every camera monthly, gently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori import clock
from kuramori.cameras import devices, hardening
from kuramori.cameras.device_models import Device, DeviceState
from kuramori.cameras.models import Camera
from kuramori.errors import KuramoriError, RecorderUnreachable
from kuramori.footage import device_socket, findings

if TYPE_CHECKING:
    from kuramori.cameras.device_models import DeviceCheck

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


def check(camera: Camera, actor: str = devices.PROGRAM) -> DeviceCheck:
    """Probe one camera now and keep what was found. Raises CameraError, RecorderUnreachable."""
    device = camera.device
    found = device_socket.check(camera.pk, camera.url, device.xaddr if device else "")
    if device is not None:
        try:
            devices.learn(device, device_socket.look(device.xaddr, device=device.pk))
        except KuramoriError:
            pass  # the check stands; what it says of itself is read the next time
    return devices.checked(camera, found, actor)


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
