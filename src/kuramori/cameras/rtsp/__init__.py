"""A camera's stream over RTSP: our own client, because reading in large blocks is what makes it cheap.

Imports no Django. `RtspClient` is one connection; who reconnects, and when, is decided above.
"""

from kuramori.cameras.rtsp.client import RtspClient
from kuramori.cameras.rtsp.stream import (
    TICKS_PER_S,
    AccessUnit,
    Credentials,
    StreamSink,
    VideoTrack,
    annexb,
    nal_units,
)

__all__ = [
    "TICKS_PER_S",
    "AccessUnit",
    "Credentials",
    "RtspClient",
    "StreamSink",
    "VideoTrack",
    "annexb",
    "nal_units",
]
