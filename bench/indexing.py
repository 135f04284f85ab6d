"""The indexing that `work` does, alone: takes the recorder's journal into index and ledger once a second.

    python -m bench.indexing DIR

Prints READY when the database is made and the journal so far is taken in.
"""

from __future__ import annotations

import os
import sys
import time


def main() -> None:
    os.environ["KURAMORI_DATA"] = sys.argv[1]
    os.environ["DJANGO_SETTINGS_MODULE"] = "kuramori.main.settings"
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    from kuramori.footage import intake

    connection.settings_dict["CONN_MAX_AGE"] = None
    intake.take_in()
    print("READY", flush=True)
    while True:
        time.sleep(1)
        intake.take_in()


if __name__ == "__main__":
    main()
