"""Words and options of `kuramori slot`. The vault is imported only when one of them is asked for."""

from __future__ import annotations

import argparse
from pathlib import Path

TPM = "device:/dev/tpmrm0"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's words and options."""
    slot = commands.add_parser("slot", help="where the table's key lives: status, init, move")
    acts = slot.add_subparsers(required=True, metavar="act")
    acts.add_parser("status", help="assurance level and reasons").set_defaults(run=_status)
    for name, words in (("init", "choose before the first recording"), ("move", "take the keys elsewhere")):
        act = acts.add_parser(name, help=words)
        act.add_argument("--file", action="append", default=[], metavar="DIRECTORY", help="two files there")
        act.add_argument("--raw", action="append", default=[], metavar="DEVICE", help="a partition or device")
        act.add_argument("--overwrite", action="store_true", help="what the device holds may be lost")
        act.add_argument(
            "--tpm", nargs="?", const=TPM, metavar="TCTI", help=f"part of the key, in a TPM: {TPM}"
        )
        act.add_argument("--token", metavar="LABEL", help="part of the key, in a PKCS#11 token")
        act.add_argument("--module", help="the token maker's PKCS#11 library")
        act.add_argument("--pin-file", type=Path, help="file with the token's user PIN, mode 0600")
        act.add_argument("--keep-part", action="store_true", help="leave TPM or token as it is")
        act.add_argument("--lost", action="store_true", help="the place that is left is broken or destroyed")
        act.set_defaults(run=_move, first=name == "init")


def _status(chosen: argparse.Namespace) -> int:
    from kuramori.main import slot_command

    return slot_command.status(chosen)


def _move(chosen: argparse.Namespace) -> int:
    from kuramori.main import slot_command

    return slot_command.change(chosen)
