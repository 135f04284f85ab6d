"""`kuramori certificate`: use the body's own certificate for other PCs, or the one made here again."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.web import authority

if TYPE_CHECKING:
    import argparse

WORDS = {
    "certificate-unreadable": "The certificate or key cannot be read: PEM, no password, names in it.",
    "certificate-key": "The key belongs to another certificate.",
    "certificate-host": "The certificate is for another host name.",
    "certificate-dates": "The certificate has run out or has not begun.",
}


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    one = commands.add_parser("certificate", help="the body's own certificate for other PCs; needs --host")
    one.add_argument("certificate", type=Path, nargs="?", help="PEM, with what stands above it")
    one.add_argument("key", type=Path, nargs="?", help="PEM, without a password")
    one.add_argument("--made-here", action="store_true", help="back to the one made by this recorder")
    one.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    host, data = os.environ.get("KURAMORI_HOST", ""), chosen.data.resolve()
    if not host:
        print("Say for which host name: kuramori --host NAME certificate …", file=sys.stderr)
        return 1
    if chosen.made_here:
        authority.give_up_own(data, host)
    elif chosen.certificate and chosen.key:
        try:
            given = chosen.certificate.read_bytes(), chosen.key.read_bytes()
            leaf = authority.take_own(data, host, *given, clock.utc(clock.now_ns()))
        except BadInput as wrong:
            print(WORDS[wrong.code], file=sys.stderr)
            return 1
        except OSError as wrong:
            print(wrong, file=sys.stderr)
            return 1
        print(f"In use within the hour, until {leaf.not_valid_after_utc:%Y-%m-%d}.")
    shown = authority.served(data, host)
    print(authority.fingerprint(shown) if shown else authority.fingerprint(authority.authority(data, host)))
    return 0
