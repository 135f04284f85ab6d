"""The text of the systemd units. Pure: what is written where is `installing`'s.

Two users, one group: `kuramori-record` alone can read key table and slot; `kuramori-pages` (web and work)
alone can read the database and the keys that sign orders and ledger. What they exchange is
readable to the group. Paths must be plain (see `installing`), so nothing needs quoting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.main.forgetful_memory import FORGETFUL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RECORDER_USER, PAGES_USER, GROUP = "kuramori-record", "kuramori-pages", "kuramori"
NAMES = ("kuramori-record", "kuramori-web", "kuramori-work")
LOCAL_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
WATCHDOG_S = 30

ASKING_THE_CLOCK = "SystemCallFilter=adjtimex clock_adjtime clock_adjtime64"
# Device workers lock themselves out of the file system.
LOCKING_IN = "SystemCallFilter=landlock_create_ruleset landlock_add_rule landlock_restrict_self"
HARD = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateIPC=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
LimitCORE=0
IPAddressDeny=any
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the program and its data are. `python` is the interpreter of the version in use."""

    python: Path
    data: Path
    port: int
    stores: tuple[Path, ...] = ()
    """Stores outside the data directory."""
    devices: tuple[str, ...] = ()
    """Key slot's partitions, TPM."""
    outbound: tuple[str, ...] = LOCAL_NETWORKS
    """Addresses that the recorder may speak to, beside this machine: cameras, time servers."""
    channels: tuple[str, ...] = ()
    """Addresses that the pages may speak to: mail server, webhook, time stamps, and who knows their names."""
    host: str = ""
    """Host name by which other PCs of local networks reach the pages; "" for this machine alone."""
    https_port: int = 0
    token_module: str = ""
    """PKCS#11 library for people's security tokens; "" for none."""


def texts(place: Place) -> dict[str, str]:
    """File name → text of the three units."""
    return {
        "kuramori-record.service": _record(place),
        "kuramori-web.service": _web(place),
        "kuramori-work.service": _work(place),
    }


def _record(place: Place) -> str:
    return _unit(
        "Kuramori recorder",
        "After=network.target local-fs.target time-sync.target",
        [
            "Type=notify",
            f"ExecStart={place.python} -m kuramori.recorder --data {place.data}",
            f"User={RECORDER_USER}",
            "UMask=0027",
            "Restart=always",
            "RestartSec=1",
            "TimeoutStartSec=600",
            "TimeoutStopSec=20",
            f"WatchdogSec={WATCHDOG_S}",
            "LimitNOFILE=65536",
            "LimitMEMLOCK=infinity",
            "MemorySwapMax=0",
            "OOMScoreAdjust=-800",
            "CPUWeight=1000",
            "IOWeight=1000",
            "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
            "MemoryDenyWriteExecute=yes",
            _writable([place.data / "record", place.data / "store", *place.stores]),
            *_devices(place.devices),
            # Asks whether the kernel's clock is disciplined; setting it needs a capability nobody has.
            ASKING_THE_CLOCK,
            LOCKING_IN,
            *[f"IPAddressAllow={address}" for address in ("localhost", *place.outbound)],
        ],
        place,
    )


def _web(place: Place) -> str:
    return _unit(
        "Kuramori pages",
        "After=kuramori-record.service",
        [
            "Type=notify",
            "NotifyAccess=main",
            "WatchdogSec=60",
            f"ExecStartPre={place.python} -m kuramori.main.command manage migrate --noinput -v 0",
            f"ExecStart={_command(place)} web",
            *_pages(place),
            *([f"IPAddressAllow={network}" for network in LOCAL_NETWORKS] if place.host else []),
            "ProtectClock=yes",
            "LimitMEMLOCK=infinity",
        ],
        place,
    )


def _work(place: Place) -> str:
    return _unit(
        "Kuramori's clock work",
        "After=kuramori-web.service",
        [
            "Type=notify",
            "NotifyAccess=main",
            f"ExecStart={_command(place)} work",
            *_pages(place),
            "WatchdogSec=300",
            "ProtectClock=yes",
        ],
        place,
    )


def _pages(place: Place) -> list[str]:
    return [
        f"User={PAGES_USER}",
        "UMask=0027",
        "Restart=always",
        "RestartSec=2",
        "TimeoutStopSec=20",
        "MemorySwapMax=0",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
        "MemoryDenyWriteExecute=yes",
        "PrivateDevices=yes",
        *[_pair(name, value) for name, value in FORGETFUL.items()],
        *[f"IPAddressAllow={address}" for address in ("localhost", *place.channels)],
        _writable([place.data]),
        f"InaccessiblePaths=-{place.data}/record/table -{place.data}/record/slot",
    ]


def _unit(words: str, order: str, service: Iterable[str], place: Place) -> str:
    environment = {
        "KURAMORI_DATA": str(place.data),
        "KURAMORI_PORT": str(place.port),
        "KURAMORI_SHARED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }
    if place.host:
        environment |= {"KURAMORI_HOST": place.host, "KURAMORI_HTTPS_PORT": str(place.https_port)}
    if place.token_module:
        environment["KURAMORI_TOKEN_MODULE"] = place.token_module
    said = [_pair(name, value) for name, value in environment.items()]
    return "\n".join(
        [
            "[Unit]",
            f"Description={words}",
            order,
            "StartLimitIntervalSec=0",
            "",
            "[Service]",
            f"Group={GROUP}",
            *said,
            HARD.rstrip(),
            *service,
            "",
            "[Install]",
            "WantedBy=multi-user.target",
            "",
        ]
    )


def _command(place: Place) -> str:
    return f"{place.python} -m kuramori.main.command --data {place.data} --port {place.port}"


def _devices(devices: tuple[str, ...]) -> list[str]:
    if not devices:
        return ["PrivateDevices=yes"]
    return ["DevicePolicy=closed", *[f"DeviceAllow={one} rw" for one in devices]]


def _writable(paths: Iterable[Path]) -> str:
    return "ReadWritePaths=" + " ".join(str(path) for path in paths)


def _pair(name: str, value: str) -> str:
    return f"Environment={name}={value}"
