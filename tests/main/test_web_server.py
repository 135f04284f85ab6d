"""The process that holds the opened storehouse key leaves no memory image behind, however it was started."""

from __future__ import annotations

import json
import subprocess
import sys

IN_ITS_PLACE = """
import ctypes, json, os, resource, uvicorn
from kuramori.main import web_server
resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
def serve(self, sockets=None):
    dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)  # PR_GET_DUMPABLE: also what a piped core pattern asks
    print(json.dumps([dumpable, resource.getrlimit(resource.RLIMIT_CORE), os.umask(0)]))
uvicorn.Server.run = serve
web_server.run(0)
"""


def test_no_core_dump_and_no_file_for_others() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_ITS_PLACE], capture_output=True, text=True, check=True, timeout=30
    )
    dumpable, limits, umask = json.loads(done.stdout)
    assert (dumpable, limits, umask & 0o007) == (0, [0, 0], 0o007)
