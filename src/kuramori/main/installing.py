"""`kuramori install`: users, rights, units. `--root DIR` writes the files there and touches nothing else."""

from __future__ import annotations

import grp
import ipaddress
import json
import os
import pwd
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kuramori.errors import BadInput, KuramoriError
from kuramori.main import channel_addresses, instance, other_pcs, rights, units
from kuramori.people import setup_link
from kuramori.vault import slot_config
from kuramori.vault.key_files import RealFiles

if TYPE_CHECKING:
    import argparse

PLAIN = re.compile(r"/[A-Za-z0-9._/-]*\Z")
UNITS, SYSUSERS = "etc/systemd/system", "etc/sysusers.d/kuramori.conf"
POINTER = Path("/opt/kuramori/current")
USERS = f"""\
g {units.GROUP} -
u {units.RECORDER_USER} -:{units.GROUP} "Kuramori recorder" / /usr/sbin/nologin
u {units.PAGES_USER} -:{units.GROUP} "Kuramori pages" / /usr/sbin/nologin
"""


def main(chosen: argparse.Namespace) -> int:
    """Exit code 0 when all is in place; 1 with a reason when nothing could be done."""
    data, code = chosen.data.resolve(), chosen.code.resolve()
    dry = chosen.root is not None
    try:
        if not dry and os.geteuid() != 0:
            raise BadInput("root-needed")
        place = place_of(data, code, chosen.pointer, chosen.port, exact=chosen.exact, more=chosen.allow)
        servers = [*channel_addresses.hosts(data), *chosen.channel]
        place = replace(place, channels=channel_addresses.addresses(servers))
        place = replace(place, token_module=_token_module())
        if other_pcs.host():
            place = replace(place, host=other_pcs.host(), https_port=other_pcs.port())
        written = write(chosen.root or Path("/"), place, chosen.pointer, code)
        for path in written:
            print(path)
        if dry:
            print("\n".join(rights.lines(data)))
        else:
            _take_effect(data, chosen.port)
    except (KuramoriError, OSError, subprocess.CalledProcessError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def place_of(
    data: Path, code: Path, pointer: Path, port: int, *, exact: bool, more: list[str]
) -> units.Place:
    """What the units must know. Raises BadInput `path-for-service` (only plain paths), `no-python`,
    `address`."""
    stores = tuple(path for path in _stores(data) if not path.is_relative_to(data))
    for path in (data, code, pointer, *stores):
        if not PLAIN.match(str(path)):
            raise BadInput("path-for-service", path=path)
    if not (code / ".venv/bin/python").exists():
        raise BadInput("no-python", path=code)
    local = _camera_addresses(data) if exact else units.LOCAL_NETWORKS
    return units.Place(
        pointer / ".venv/bin/python", data, port, stores, _devices(data), (*local, *map(_address, more))
    )


def _token_module() -> str:
    module = os.environ.get("KURAMORI_TOKEN_MODULE", "")
    if module and not PLAIN.match(module):
        raise BadInput("path-for-service", path=module)
    return module


def write(root: Path, place: units.Place, pointer: Path, code: Path) -> list[Path]:
    """Write units, users and the pointer to the program below `root`; returns what was written."""
    files = {f"{UNITS}/{name}": text for name, text in units.texts(place).items()} | {SYSUSERS: USERS}
    written = []
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o644)
        written.append(path)
    point(root / pointer.relative_to("/"), code)
    return [*written, root / pointer.relative_to("/")]


def point(pointer: Path, code: Path) -> None:
    """Let `pointer` lead to `code`, in one step."""
    pointer.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    fresh = pointer.with_name(f".{pointer.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(code)
    fresh.replace(pointer)


def _take_effect(data: Path, port: int) -> None:
    subprocess.run(["systemd-sysusers", f"/{SYSUSERS}"], check=True)
    instance.prepare(data)
    token = setup_link.make(data)
    user, pages = pwd.getpwnam(units.RECORDER_USER), pwd.getpwnam(units.PAGES_USER)
    rights.apply(data, rights.Ids(user.pw_uid, pages.pw_uid, grp.getgrnam(units.GROUP).gr_gid))
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    subprocess.run(["systemctl", "enable", "--now", *units.NAMES], check=True)
    if token:
        print(f"http://localhost:{port}/setup/start/{token}/")


def _stores(data: Path) -> list[Path]:
    return [data / str(store["path"]) for store in _settings(data).get("stores", [])]


def _devices(data: Path) -> tuple[str, ...]:
    set_up = slot_config.load(data / "record", RealFiles()).set_up
    raw = [place.path for place in set_up.slots if place.kind == "raw"]
    tpm = ["/dev/tpmrm0"] if isinstance(set_up.part, slot_config.TpmPlace) else []
    return (*raw, *tpm)


def _camera_addresses(data: Path) -> tuple[str, ...]:
    """Addresses of the cameras in the settings; a name cannot be limited. Raises BadInput `address`."""
    hosts = {urlsplit(str(one["url"])).hostname or "" for one in _settings(data).get("cameras", [])}
    return tuple(sorted(_address(host) for host in hosts if host != "localhost"))


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError as wrong:
        raise BadInput("address", address=text) from wrong


def _settings(data: Path) -> dict[str, list[dict[str, object]]]:
    try:
        said: dict[str, list[dict[str, object]]] = json.loads((data / "record/settings.json").read_text())
    except (OSError, ValueError):
        return {}
    return said
