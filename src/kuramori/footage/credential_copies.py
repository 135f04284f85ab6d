"""Keeps, of each camera's credentials, a copy sealed to the storehouse key in force.

The backup carries these rows: a new recorder goes on recording after somebody has unlocked the storehouse.
"""

from __future__ import annotations

from django.db import transaction

from kuramori import clock
from kuramori.cameras.device_models import SealedCredentials
from kuramori.cameras.models import Camera
from kuramori.errors import KuramoriError
from kuramori.footage import datadir, device_socket
from kuramori.footage.models import SealingKey
from kuramori.ledger import entries


def stale(camera: str) -> None:
    """The camera has other credentials now: its copy is made anew."""
    SealedCredentials.objects.filter(camera_id=camera, recorder=datadir.recorder_id()).delete()


def keep() -> int:
    """Make what is missing or sealed to an older storehouse key; returns how many. What another recorder
    left stays until this one has the camera's credentials."""
    sealing = SealingKey.in_force()
    if sealing is None:
        return 0
    current = SealedCredentials.objects.filter(
        recorder=datadir.recorder_id(), storehouse_key=sealing.key_id
    ).values_list("camera_id", flat=True)
    made = 0
    for camera in Camera.objects.filter(retired_ns=None).exclude(pk__in=list(current)):
        try:
            copy = device_socket.sealed_credentials(camera.pk)
        except KuramoriError:
            continue  # it has none here, or the recorder is silent: the next beat asks again
        with transaction.atomic():
            SealedCredentials.objects.update_or_create(
                camera=camera,
                defaults={
                    "recorder": datadir.recorder_id(),
                    "storehouse_key": copy.storehouse_key,
                    "sealed": copy.sealed.hex(),
                    "made_ns": clock.now_ns(),
                },
            )
            entries.record(
                "credentials-copied",
                actor="program:work",
                obj={"camera": camera.pk},
                detail={"storehouse_key": copy.storehouse_key},
            )
        made += 1
    return made
