"""Rights of files that the recorder and the pages exchange: nobody else, or one group when each is a user.

`kuramori up` runs everything as one user: owner only. Installed as a service (KURAMORI_SHARED=1) the
recorder's journal, segments, socket and settings are readable to the group; key table and slot never are.
"""

from __future__ import annotations

import os

SHARED = os.environ.get("KURAMORI_SHARED") == "1"
FOLDER = 0o750 if SHARED else 0o700
FILE = 0o640 if SHARED else 0o600
SOCKET = 0o660 if SHARED else 0o600
UMASK = 0o027 if SHARED else 0o077
