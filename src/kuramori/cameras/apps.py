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
                "range-approved": _("Approved what a camera may see"),
            }
        )
        words.register_namer("camera", _names_of_cameras)


def _names_of_cameras(ids: Iterable[str]) -> dict[str, str]:
    from kuramori.cameras.models import Camera

    return {camera.id: str(camera) for camera in Camera.objects.filter(pk__in=ids)}
