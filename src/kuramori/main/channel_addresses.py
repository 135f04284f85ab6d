"""The addresses that the pages' units must reach: mail server, webhook, time stamps, as the body set them.

Read from the database without Django, by root, when the units are written. Units can name addresses only, so
a server's name is looked up now; when its addresses change, `kuramori install` is called again.
"""

from __future__ import annotations

import ipaddress
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kuramori.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RESOLVERS = Path("/etc/resolv.conf")
QUERIES = (
    "SELECT json_extract(said, '$.host') FROM health_channel WHERE kind = 'mail'",
    "SELECT json_extract(said, '$.url') FROM health_channel WHERE kind = 'webhook'",
    "SELECT url FROM evidence_timestamper",
)


def hosts(data: Path) -> list[str]:
    """Names or addresses of the servers that are set up; none before there is a database."""
    path, found = data / "db.sqlite3", set()
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
        for query in QUERIES:
            try:
                found |= {_host(str(row[0])) for row in database.execute(query) if row[0]}
            except sqlite3.OperationalError:
                continue  # an older version's tables; `update` migrates, then install is called again
    return sorted(found - {""})


def addresses(
    names: Iterable[str], look_up: Callable[[str], list[str]] | None = None, resolvers: Path = RESOLVERS
) -> tuple[str, ...]:
    """Networks for these servers, and the name servers where one of them is a name.

    Raises BadInput `name-unknown` for a name that nobody knows: its alarms would reach nobody.
    """
    found: set[str] = set()
    named = False
    for name in names:
        try:
            found.add(str(ipaddress.ip_network(name, strict=False)))
        except ValueError:
            named = True
            found |= {str(ipaddress.ip_network(one)) for one in (look_up or _look_up)(name)}
    if named:
        found |= _name_servers(resolvers)
    return tuple(sorted(one for one in found if not ipaddress.ip_network(one).is_loopback))


def _host(said: str) -> str:
    return (urlsplit(said).hostname or "") if "://" in said else said


def _look_up(name: str) -> list[str]:
    try:
        return sorted({str(row[4][0]).partition("%")[0] for row in socket.getaddrinfo(name, None)})
    except OSError as wrong:
        raise BadInput("name-unknown", address=name) from wrong


def _name_servers(resolvers: Path) -> set[str]:
    try:
        lines = [line.split() for line in resolvers.read_text().splitlines()]
    except OSError:
        return set()
    said = [words[1].partition("%")[0] for words in lines if len(words) > 1 and words[0] == "nameserver"]
    return {str(ipaddress.ip_network(one)) for one in said}
