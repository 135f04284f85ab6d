"""Memory that is given back is overwritten: played pictures are not to be found in the process of the pages.

Keys are wiped by hand, but a picture on its way to a browser passes through byte strings that nobody owns to
the end. Python's own debugging allocator fills whatever is freed with one byte value.
"""

from __future__ import annotations

FORGETFUL = {"PYTHONMALLOC": "pymalloc_debug"}
"""Environment of every process that handles opened footage; it must be set before Python starts."""
