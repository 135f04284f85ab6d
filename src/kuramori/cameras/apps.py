from __future__ import annotations

from collections.abc import Iterable

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CamerasConfig(AppConfig):
    name = "kuramori.cameras"
    verbose_name = _("Cameras")

    def ready(self) -> None:
        from kuramori.ledger import words

        words.register(
            {
                "camera-registered": _("Registered a camera"),
                "camera-connection-changed": _("Changed how a camera is reached"),
                "camera-tried": _("Tried a camera and looked at one test picture"),
                "camera-placed": _("Placed a camera on the plan"),
                "range-approved": _("Approved what a camera may see"),
                "camera-left": _("A camera left the place that was approved"),
                "device-found": _("Found a device on the network"),
                "device-out": _("Decided that a device is not one of ours"),
                "device-registered": _("Registered a device"),
                "device-password-made": _("The recorder gave a camera a password of its own making"),
                "device-firmware": _("A device has other firmware than before"),
                "device-support": _("Wrote down until when the maker supports a device"),
                "camera-checked": _("Checked what a camera lets strangers do"),
                "camera-attested": _("Said for a camera what it does not say itself"),
                "credentials-copied": _("Kept a sealed copy of a camera's password"),
                "credentials-taken-over": _("Took a camera's password over from a former recorder"),
            }
        )
        words.register_details(
            {
                "device": _("Device"),
                "field": _("Field of view"),
                "firmware": _("Firmware"),
                "check": _("Check"),
                "preset": _("Approved place"),
                "open": _("Open"),
                "address": _("Address"),
                "compared": _("Compared with"),
            }
        )
        words.register_values(
            "compared",
            {"picture": _("the picture approved before"), "place": _("the plan or the place itself")},
        )
        words.register_namer("device", _names_of_devices)
        words.register_namer("camera", _names_of_cameras)


def _names_of_cameras(ids: Iterable[str]) -> dict[str, str]:
    from kuramori.cameras.models import Camera

    return {camera.id: str(camera) for camera in Camera.objects.filter(pk__in=ids)}


def _names_of_devices(ids: Iterable[str]) -> dict[str, str]:
    from kuramori.cameras.device_models import Device

    return {device.id: str(device) for device in Device.objects.filter(pk__in=ids)}
