"""What the process gives up before it holds a secret: core dumps, being traced, files that others can
read."""

from __future__ import annotations

import ctypes
import os
import resource

from kuramori import sharing

PR_SET_DUMPABLE = 4


def harden() -> None:
    """No core dump, no tracing by others of the same user, new files for nobody else. For the whole
    process."""
    os.umask(sharing.UMASK)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
