"""The `kuramori` command. `up` and `record` never import Django; the other parts do when they are called."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from kuramori.errors import AlreadyRunning, BadInput, KuramoriError
from kuramori.main import certificate_options, service_options, slot_options
from kuramori.web import authority

PORT = 8640


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the process's exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["manage"]:
        return _manage(arguments[1:])
    chosen = _parser().parse_args(arguments)
    os.environ["KURAMORI_DATA"] = str(chosen.data.resolve())
    os.environ["KURAMORI_PORT"] = str(chosen.port)
    if chosen.host:
        try:
            os.environ["KURAMORI_HOST"] = authority.checked_host(chosen.host)
        except BadInput:
            return _fail(f"{chosen.host} is no host name. Use one such as kuramori.local, not an address.")
        os.environ["KURAMORI_HTTPS_PORT"] = str(chosen.https_port or chosen.port + 1)
    if chosen.token_module:
        os.environ["KURAMORI_TOKEN_MODULE"] = chosen.token_module
    result: int = chosen.run(chosen)
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kuramori", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("KURAMORI_DATA", "data")))
    parser.add_argument("--port", type=int, default=int(os.environ.get("KURAMORI_PORT", PORT)))
    host = os.environ.get("KURAMORI_HOST", "")
    parser.add_argument("--host", default=host, help="host name by which other PCs reach the pages, by https")
    parser.add_argument("--https-port", type=int, default=int(os.environ.get("KURAMORI_HTTPS_PORT") or 0))
    parser.add_argument(
        "--token-module",
        default=os.environ.get("KURAMORI_TOKEN_MODULE", ""),
        help="the maker's PKCS#11 library, where people hold the storehouse's key by security tokens",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    up = commands.add_parser("up", help="start everything on this machine; Ctrl-C stops")
    up.add_argument("--demo", action="store_true", help="with a demonstration camera, in its own directory")
    up.set_defaults(run=_up)
    for name, run, words in (
        ("record", _record, "only the recorder"),
        ("web", _web, "only the pages"),
        ("work", _work, "only the clock's work"),
        ("demo-erase", _demo_erase, "watch one hour die in a throw-away copy"),
    ):
        commands.add_parser(name, help=words).set_defaults(run=run)
    check = commands.add_parser("check", help="do index, files, headers, keys and journal agree?")
    check.add_argument("--rebuild", action="store_true", help="make the index again from the files")
    check.set_defaults(run=_check)
    verify = commands.add_parser("verify-ledger", help="is the ledger whole? writes an export if asked")
    verify.add_argument("--export", type=Path, help="write an export for the stand-alone verifier")
    verify.set_defaults(run=_verify_ledger)
    slot_options.add_to(commands)
    backup = commands.add_parser("backup", help="papers, settings, keys under lock, record: no footage")
    backup.add_argument("file", type=Path)
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="begin a new recorder from a backup")
    restore.add_argument("file", type=Path)
    restore.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="a new, empty directory")
    restore.set_defaults(run=_restore)
    retire = commands.add_parser("retire", help="everything on a store loses its keys, at once and for good")
    retire.add_argument("store", help="the store's name in the settings, such as 0")
    retire.add_argument("--manager", required=True, help="sign-in name of the manager who decides")
    retire.add_argument("--reason", required=True, help="stands on the certificates; no names")
    retire.add_argument("--yes", action="store_true", help="do not ask")
    retire.add_argument(
        "--held-too", action="store_true", help="also what is kept for a case: those holds end"
    )
    retire.set_defaults(run=_retire)
    certificate_options.add_to(commands)
    medium = commands.add_parser("medium", help="as root: the part that mounts USB memories for packages")
    medium.add_argument("--device", action="append", default=[], help="allow one beside the removable ones")
    medium.set_defaults(run=_medium)
    service_options.add_to(commands)
    commands.add_parser("manage", help="Django's own commands")
    return parser


def _up(chosen: argparse.Namespace) -> int:
    from kuramori.main.supervisor import PortTaken, Supervisor

    supervisor = Supervisor(chosen.data, chosen.port, demo=chosen.demo)
    try:
        supervisor.start()
        supervisor.run()
    except AlreadyRunning as error:
        where = f"{chosen.data} (process {error.values['pid']})"
        return _fail(f"Kuramori already runs on {where}. Stop it first, or use another DATA=directory.")
    except PortTaken as error:
        return _fail(f"Another program uses port {error.values['port']}. Choose another: PORT=number.")
    except KuramoriError as error:
        return _fail(f"Could not start: {error}")
    finally:
        supervisor.stop()
    return 0


def _record(chosen: argparse.Namespace) -> int:
    os.execv(sys.executable, [sys.executable, "-m", "kuramori.recorder", "--data", str(chosen.data)])


def _web(chosen: argparse.Namespace) -> int:
    from kuramori.main import web_server

    web_server.run(chosen.port)
    return 0


def _work(_chosen: argparse.Namespace) -> int:
    _django()
    from kuramori.main import work

    work.main()
    return 0


def _demo_erase(_chosen: argparse.Namespace) -> int:
    from kuramori.main import demo_erase

    return demo_erase.main()


def _check(chosen: argparse.Namespace) -> int:
    _django()
    from kuramori.main import checking

    return checking.main(rebuild=chosen.rebuild)


def _retire(chosen: argparse.Namespace) -> int:
    _django()
    from kuramori.main import retire_command

    return retire_command.main(chosen)


def _medium(chosen: argparse.Namespace) -> int:
    from kuramori.main import medium

    return medium.main(chosen.data.resolve(), tuple(chosen.device))


def _verify_ledger(chosen: argparse.Namespace) -> int:
    _django()
    from kuramori.main import checking

    return checking.ledger(chosen.export)


def _backup(chosen: argparse.Namespace) -> int:
    _django()
    from kuramori.main import backup

    return backup.main(chosen.file)


def _restore(chosen: argparse.Namespace) -> int:
    from kuramori.main import restore

    return restore.main(chosen.file, chosen.data.resolve())


def _manage(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuramori.main.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["kuramori manage", *arguments])
    return 0


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuramori.main.settings")
    import django

    django.setup()


def _fail(words: str) -> int:
    print(words, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
