"""The units say what systemd understands, expose little, and the dry run touches nothing."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kuramori.errors import BadInput
from kuramori.main import channel_addresses, units
from kuramori.main.command import main

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
MOST_EXPOSURE = 2.0


@pytest.fixture
def written(tmp_path: Path) -> list[Path]:
    place = units.Place(Path(sys.executable), Path("/var/lib/kuramori"), 8640, devices=("/dev/sdb3",))
    paths = []
    for name, text in units.texts(place).items():
        (tmp_path / name).write_text(text)
        paths.append(tmp_path / name)
    return paths


@needs_systemd
def test_systemd_finds_nothing_wrong(written: list[Path]) -> None:
    told = subprocess.run(
        ["systemd-analyze", "verify", *written], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0 and told.stderr == ""
    written[0].write_text(written[0].read_text().replace("Restart=", "Restrat="))
    again = subprocess.run(
        ["systemd-analyze", "verify", *written], capture_output=True, text=True, check=False
    )
    assert "Restrat" in again.stderr, "it would have been found"


@needs_systemd
def test_each_unit_exposes_little(written: list[Path]) -> None:
    for path in written:
        argv = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(path)]
        said = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
        found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
        assert found is not None and float(found[1]) <= MOST_EXPOSURE, said[-200:]


def test_the_recorder_reaches_cameras_only_and_the_pages_nobody() -> None:
    place = units.Place(Path("/p"), Path("/d"), 1, outbound=("192.168.7.20/32",))
    said = units.texts(place)
    for text in said.values():
        assert "IPAddressDeny=any" in text and "LimitCORE=0" in text and "NoNewPrivileges=yes" in text
    assert "IPAddressAllow=192.168.7.20/32" in said["kuramori-record.service"]
    for name in ("kuramori-web.service", "kuramori-work.service"):
        assert re.findall("IPAddressAllow=(.*)", said[name]) == ["localhost"]
        assert "/d/record/table" in re.findall("InaccessiblePaths=(.*)", said[name])[0]


def test_the_library_for_security_tokens_reaches_the_pages() -> None:
    place = units.Place(Path("/p"), Path("/d"), 1, token_module="/usr/lib/opensc-pkcs11.so")
    said = units.texts(place)["kuramori-web.service"]
    assert "Environment=KURAMORI_TOKEN_MODULE=/usr/lib/opensc-pkcs11.so" in said
    assert "AF_UNIX" in said  # the reader is the card service's, not ours


def test_a_dry_run_writes_below_its_root_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, root = tmp_path / "data", tmp_path / "root"
    code = tmp_path / "code"
    (code / ".venv/bin").mkdir(parents=True)
    (code / ".venv/bin/python").symlink_to(sys.executable)
    asked = ["--data", str(data), "install", "--root", str(root), "--code", str(code)]
    assert main(asked) == 0
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir()}
    assert found == {
        *(f"etc/systemd/system/{name}.service" for name in units.NAMES),
        "etc/sysusers.d/kuramori.conf",
    }
    assert (root / "opt/kuramori/current").resolve() == code
    assert not data.exists()
    assert "3770" in capsys.readouterr().out, "the rights are told"


def test_a_path_that_systemd_would_read_otherwise_is_refused(tmp_path: Path) -> None:
    for name in ("with space", "per%cent", 'quo"te', "new\nline"):
        assert main(["--data", str(tmp_path / name), "install", "--root", str(tmp_path / "r")]) == 1
    assert not (tmp_path / "r").exists()


def test_alarms_reach_the_servers_that_the_pages_name_and_nobody_else(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    assert channel_addresses.hosts(data) == []
    with closing(sqlite3.connect(data / "db.sqlite3")) as database:
        database.execute("CREATE TABLE health_channel (kind TEXT, said TEXT)")
        said = {"mail": {"host": "mail.example"}, "webhook": {"url": "https://192.0.2.7:8443/alarm"}}
        for kind, row in said.items():
            database.execute("INSERT INTO health_channel VALUES (?, ?)", (kind, json.dumps(row)))
        database.commit()
    names = channel_addresses.hosts(data)
    assert names == ["192.0.2.7", "mail.example"]
    resolvers = tmp_path / "resolv.conf"
    resolvers.write_text("# none\nsearch example\nnameserver 127.0.0.53\nnameserver 192.168.7.1\n")
    known = {"mail.example": ["198.51.100.4", "2001:db8::4"]}
    found = channel_addresses.addresses(names, known.__getitem__, resolvers)
    assert found == ("192.0.2.7/32", "192.168.7.1/32", "198.51.100.4/32", "2001:db8::4/128")
    said_units = units.texts(units.Place(Path("/p"), Path("/d"), 1, channels=found))
    for name in ("kuramori-web.service", "kuramori-work.service"):
        assert re.findall("IPAddressAllow=(.*)", said_units[name]) == ["localhost", *found]
    assert "198.51.100.4" not in said_units["kuramori-record.service"]


def test_without_a_name_no_name_server_is_reached(tmp_path: Path) -> None:
    resolvers = tmp_path / "resolv.conf"
    resolvers.write_text("nameserver 192.168.7.1\n")
    assert channel_addresses.addresses(["192.0.2.7"], resolvers=resolvers) == ("192.0.2.7/32",)
    with pytest.raises(BadInput, match="name-unknown"):
        channel_addresses.addresses(["no-such-server.invalid"], resolvers=resolvers)
