"""Words and options of `kuramori install` and `kuramori update`."""

from __future__ import annotations

import argparse
from pathlib import Path

CODE = Path(__file__).resolve().parents[3]
POINTER = Path("/opt/kuramori/current")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands' words and options."""
    install = commands.add_parser("install", help="systemd units, users and rights; starts at boot")
    install.add_argument("--root", type=Path, help="dry run: write the files below this directory only")
    install.add_argument("--code", type=Path, default=CODE, help="the checkout that runs (with its .venv)")
    install.add_argument("--pointer", type=Path, default=POINTER, help="link that says which checkout runs")
    install.add_argument(
        "--exact", action="store_true", help="reach only the cameras of the settings, not all local networks"
    )
    install.add_argument(
        "--allow", action="append", default=[], metavar="ADDRESS", help="such as a time server"
    )
    install.add_argument(
        "--channel",
        action="append",
        default=[],
        metavar="SERVER",
        help="one that alarms go to, beside those that are set on the pages: a name or an address",
    )
    install.set_defaults(run=_install)
    update = commands.add_parser("update", help="go to another checkout; back again if it fails")
    update.add_argument("code", type=Path, help="the new checkout, made ready with `make run-ready`")
    update.add_argument("--pointer", type=Path, default=POINTER)
    update.set_defaults(run=_update)


def _install(chosen: argparse.Namespace) -> int:
    from kuramori.main import installing

    return installing.main(chosen)


def _update(chosen: argparse.Namespace) -> int:
    from kuramori.main import updating

    return updating.main(chosen)
