"""What acts are called on the page. Rooms register their own from AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

Namer = Callable[[Iterable[str]], Mapping[str, str]]
"""Turns ids into what people call the things, in one query."""

_acts: dict[str, Words] = {}
_details: dict[str, Words] = {}
_values: dict[str, dict[str, Words]] = {}
_namers: dict[str, Namer] = {}
_reasons: list[Callable[[str], str | None]] = []
_ACTORS: dict[str, Words] = {
    "gone": _("erased after its time"),
    "anonymous": _("Somebody not signed in"),
    "program:work": _("The program"),
    "program:record": _("The recorder"),
}
_OUTCOMES: dict[str, Words] = {
    "done": _("done"),
    "allowed": _("allowed"),
    "refused": _("refused"),
    "failed": _("failed"),
}


def register(acts: Mapping[str, Words]) -> None:
    """Add plain sentences for acts, such as {"live-started": _("Watched a camera live")}."""
    _acts.update(acts)


def register_details(labels: Mapping[str, Words]) -> None:
    """Add labels for the keys of `obj` and `detail`, such as {"camera": _("Camera")}."""
    _details.update(labels)


def register_namer(key: str, namer: Namer) -> None:
    """Say how ids under `key` of an entry's object are turned into names."""
    _namers[key] = namer


def of_act(act: str) -> str:
    return str(_acts.get(act, act))


def register_values(key: str, values: Mapping[str, Words]) -> None:
    """Add words for the values that `key` may have, such as ("role", {"manager": _("Manager")})."""
    _values.setdefault(key, {}).update(values)


def register_reasons(teller: Callable[[str], str | None]) -> None:
    """Say how a refusal's code (an entry's reason) is put into words; None for an unknown code."""
    _reasons.append(teller)


def of_reason(reason: str) -> str:
    for teller in _reasons:
        if told := teller(reason):
            return told
    return reason


def of_actor(actor: str) -> str:
    if actor.startswith("program:"):
        actor = actor if actor in _ACTORS else "program:work"
    return str(_ACTORS.get(actor, actor))


def of_outcome(outcome: str) -> str:
    return str(_OUTCOMES.get(outcome, outcome))


def of_value(key: str, value: str) -> str:
    return str(_values.get(key, {}).get(value, value))


def of_detail(key: str) -> str:
    return str(_details.get(key, key))


def known_acts() -> dict[str, str]:
    return {act: str(words) for act, words in sorted(_acts.items())}


def for_reader(texts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Everything that puts these entries into words, for somebody who has them without this program."""
    texts = list(texts)
    reasons = {str(text["reason"]) for text in texts if text["reason"]}
    named: dict[str, dict[str, str]] = {}
    for (key, one), name in names(ids(texts)).items():
        named.setdefault(key, {})[one] = name
    return {
        "acts": known_acts(),
        "details": {key: str(label) for key, label in sorted(_details.items())},
        "values": {key: {one: str(said) for one, said in known.items()} for key, known in _values.items()},
        "actors": {actor: str(said) for actor, said in _ACTORS.items()},
        "outcomes": {outcome: str(said) for outcome, said in _OUTCOMES.items()},
        "reasons": {reason: of_reason(reason) for reason in sorted(reasons)},
        "names": named,
    }


def ids(texts: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """What entries mention, by key: people under "account", the rest as `object` and `detail` have it."""
    wanted: dict[str, set[str]] = {"account": set()}
    for text in texts:
        for key, value in ({"": text["actor"]} | text["object"] | text["detail"]).items():
            if not isinstance(value, str):
                continue
            if value.startswith("account:"):
                key, value = "account", value.removeprefix("account:")  # noqa: PLW2901
            wanted.setdefault(key, set()).add(value)
    return wanted


def names(wanted: Mapping[str, Iterable[str]]) -> dict[tuple[str, str], str]:
    """Names for the ids under each key; one query for each key that has a namer."""
    found: dict[tuple[str, str], str] = {}
    for key, ids in wanted.items():
        if namer := _namers.get(key):
            found.update({(key, one): name for one, name in namer(set(ids)).items()})
    return found
