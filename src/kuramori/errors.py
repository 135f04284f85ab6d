"""The error tree. Codes and values only: words are chosen where a person reads them.

KuramoriError
├── Refusal            a rule says no: carries rule, kind of rule and code; always ledgered
├── BadInput           a person or a file gave something unusable
├── CameraError        the camera or its stream; `code` is the camera's state
├── StorehouseError    segments, keys, slots
│   ├── StorehouseLocked     nobody has unlocked it
│   ├── WrongPassphrase      the passphrase opens nothing
│   ├── KeyGone              the hour was erased: nothing opens it any more
│   ├── Damaged              bytes do not authenticate or do not parse
│   └── CannotErase          a key could not be destroyed; tried again, overdue is a finding
├── DiskFailed         a store failed once and is not trusted again
├── ChannelFailed      an alarm did not arrive at the other side; `code` says why
├── TooBusy            as much of this as the machine can do at once is being done already
├── RecorderUnreachable  the recorder's socket does not answer
└── AlreadyRunning     another process owns the data directory
"""

from __future__ import annotations

from typing import Literal

RuleKind = Literal["law", "regulations", "guideline", "security"]


class KuramoriError(Exception):
    """Root of all errors this program raises on purpose.

    `code` is a stable kebab-case word; `values` fill the message that the edge chooses for it.
    Never put a secret, a password or an address with credentials into `values`.
    """

    default_code = "error"

    def __init__(self, code: str | None = None, **values: object) -> None:
        self.code = code or self.default_code
        self.values = values
        super().__init__(self.code, values)

    def __str__(self) -> str:
        shown = " ".join(f"{key}={value}" for key, value in self.values.items())
        return f"{self.code} {shown}".strip()


class Refusal(KuramoriError):
    """An act that a rule forbids now. `clause` names the rule (T3, T4a …), `kind` its strength."""

    default_code = "refused"

    def __init__(self, code: str, *, clause: str, kind: RuleKind = "guideline", **values: object) -> None:
        super().__init__(code, **values)
        self.clause = clause
        self.kind = kind


class BadInput(KuramoriError):
    default_code = "bad-input"


class CameraError(KuramoriError):
    default_code = "camera"


class StorehouseError(KuramoriError):
    default_code = "storehouse"


class StorehouseLocked(StorehouseError):
    default_code = "storehouse-locked"


class WrongPassphrase(StorehouseError):
    default_code = "wrong-passphrase"


class KeyGone(StorehouseError):
    default_code = "key-gone"


class Damaged(StorehouseError):
    default_code = "damaged"


class CannotErase(StorehouseError):
    default_code = "cannot-erase"


class DiskFailed(KuramoriError):
    default_code = "disk-failed"


class RecorderUnreachable(KuramoriError):
    default_code = "recorder-unreachable"


class TooBusy(KuramoriError):
    default_code = "too-busy"


class ChannelFailed(KuramoriError):
    default_code = "channel-failed"


class AlreadyRunning(KuramoriError):
    default_code = "already-running"
