"""From digits to keys: whose digits they are, and which storehouse keys they open, alone or together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from kuramori import clock
from kuramori.access.models import KeyHolder, KeyWrap, StorehouseKeyPair, StorehouseRule
from kuramori.errors import BadInput, Damaged, Refusal, WrongPassphrase
from kuramori.vault import storehouse
from kuramori.vault.holder_token import HolderTokens, TokenTrouble, serial_of
from kuramori.vault.holder_wrap import open_with_holders, seal_to_holders
from kuramori.vault.passphrase import has_passphrase_form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuramori.people.models import Account
    from kuramori.vault.storehouse import StorehouseKey

    Keys = dict[str, StorehouseKey]


def holders() -> list[KeyHolder]:
    """Everybody and everything that can open the storehouse now, oldest first."""
    return list(KeyHolder.objects.filter(ended_ns=None).select_related("account"))


def two_together() -> bool:
    """Whether two key-holders must open together."""
    return StorehouseRule.objects.filter(two_together=True).exists()


def open_wraps(account: Account, passphrase: str, second: str = "") -> Keys:
    """The storehouse keys, by id, that `passphrase` opens: the account's own digits or PIN, else the sheet's.

    Where two must come together, `second` is the digits or PIN of another key-holder, or of the sheet. Raises
    `WrongPassphrase` when digits belong to nobody, `TokenTrouble` for a token that does not answer, `Refusal`
    when the second ones are missing, `BadInput` when there is nothing to open.
    """
    known = [one for one in holders() if one.kind != KeyHolder.ENVELOPE]
    mine = [one for one in known if one.account_id == account.pk]
    sheets = [one for one in known if one.kind == KeyHolder.SHEET]
    if not mine and not sheets:
        raise BadInput("no-storehouse-key")
    first = _whose([*mine, *sheets], passphrase)
    if not two_together():
        older = not first[0].public
        keys = _opened([first])
        if older:
            give_own_pair(first[0], passphrase)
        return keys
    first[1].wipe()
    if not second.strip():
        raise Refusal("second-holder-needed", clause="T6c", kind="regulations")
    other = _whose([one for one in known if one.pk != first[0].pk], second)
    return _opened([_whose([first[0]], passphrase), other])


def open_envelope(passphrase: str) -> tuple[KeyHolder, Keys]:
    """The envelope in force and the storehouse keys that its digits open."""
    envelopes = [one for one in holders() if one.kind == KeyHolder.ENVELOPE]
    if not envelopes:
        raise BadInput("no-envelope")
    found = _whose(envelopes, passphrase)
    return found[0], _opened([found])


def with_digits(passphrase: str) -> StorehouseKey:
    """The storehouse key that these digits alone open, whoever's they are; the newest of several."""
    keys = _opened([_whose(holders(), passphrase)])
    newest = StorehouseKeyPair.objects.filter(sealing_key__in=keys).latest("created_ns").key_id
    for key_id, key in keys.items():
        if key_id != newest:
            key.wipe()
    return keys[newest]


def seal(key: StorehouseKey, pair: StorehouseKeyPair, now_ns: int, only: KeyHolder | None = None) -> None:
    """Give `key` to all holders, or to `only` one, as the rule says: each alone, or every two together.

    The envelope opens alone in both cases: it is for the hour in which nobody else is there.
    """
    known = [one for one in holders() if one.public]
    people = [one for one in known if one.kind != KeyHolder.ENVELOPE]
    groups: list[tuple[KeyHolder, ...]] = [(one,) for one in known if one.kind == KeyHolder.ENVELOPE]
    if two_together():
        groups += [(a, b) for at, a in enumerate(people) for b in people[at + 1 :]]
    else:
        groups += [(one,) for one in people]
    for group in groups:
        if only is None or only in group:
            sealed = seal_to_holders(key, [bytes.fromhex(one.public) for one in group])
            KeyWrap.objects.create(
                pair=pair,
                holder=group[0],
                second=group[1] if len(group) > 1 else None,
                sealed=sealed.hex(),
                created_ns=now_ns,
            )


def destroy(wraps: Iterable[KeyWrap], now_ns: int) -> int:
    """Empty these wraps; their rows stay, since an old copy of the database still has what they held."""
    ids = [wrap.pk for wrap in wraps]
    return KeyWrap.objects.filter(pk__in=ids, destroyed_ns=None).update(sealed="", destroyed_ns=now_ns)


def wraps_of(holder: KeyHolder) -> list[KeyWrap]:
    """The living wraps in which `holder` has a part."""
    return list(KeyWrap.objects.filter(Q(holder=holder) | Q(second=holder), destroyed_ns=None))


def tokens() -> HolderTokens | None:
    """The tokens that this machine can speak to; None where no module is set."""
    return HolderTokens(settings.TOKEN_MODULE) if settings.TOKEN_MODULE else None


def _by_token(candidates: list[KeyHolder], pin: str) -> tuple[KeyHolder, StorehouseKey]:
    """A PIN is asked of one token only: tokens lock themselves after a few wrong ones."""
    known = [one for one in candidates if one.kind == KeyHolder.TOKEN]
    if not known:
        raise WrongPassphrase
    module = tokens()
    if module is None:
        raise TokenTrouble
    there = {token.serial for token in module.seen()}
    present = [one for one in known if serial_of(one.locked) in there]
    if not present:
        raise TokenTrouble
    if len(present) > 1:
        raise TokenTrouble("holder-tokens-several")
    return present[0], module.open(present[0].locked, pin)


def _whose(candidates: list[KeyHolder], passphrase: str) -> tuple[KeyHolder, StorehouseKey]:
    if not has_passphrase_form(passphrase):
        return _by_token(candidates, passphrase.strip())
    for holder in candidates:
        if holder.kind == KeyHolder.TOKEN:
            continue
        try:
            return holder, storehouse.unwrap_private(holder.locked, passphrase)
        except (WrongPassphrase, Damaged):
            continue
    raise WrongPassphrase


def _opened(found: list[tuple[KeyHolder, StorehouseKey]]) -> Keys:
    """Every storehouse key that these holders open together; their own keys are wiped."""
    now_ns = clock.now_ns()
    try:
        keys: Keys = {}
        by_id = {holder.pk: key for holder, key in found}
        for holder, key in found:
            if not holder.public:
                keys[key.id] = _copy(key)
        for wrap in _fitting(list(by_id)):
            together = [by_id[pk] for pk in (wrap.holder_id, wrap.second_id) if pk is not None]
            try:
                keys[wrap.pair_id] = open_with_holders(bytes.fromhex(wrap.sealed), together, wrap.pair_id)
            except Damaged:
                continue
        if not keys:
            raise WrongPassphrase
        KeyHolder.objects.filter(pk__in=by_id).update(used_ns=now_ns)
        return keys
    finally:
        for _, key in found:
            key.wipe()


def _fitting(ids: list[int]) -> list[KeyWrap]:
    living = KeyWrap.objects.filter(destroyed_ns=None, holder__in=ids)
    if len(ids) == 1:
        return list(living.filter(second=None))
    return list(living.filter(second__in=ids))


def _copy(key: StorehouseKey) -> StorehouseKey:
    return storehouse.StorehouseKey(key.id, key.public, bytearray(key.private))


def give_own_pair(holder: KeyHolder, passphrase: str) -> None:
    """Change an older holder over: a pair of its own, to which the storehouse key is sealed."""
    key = storehouse.unwrap_private(holder.locked, passphrase)
    own = storehouse.new_storehouse_key()
    try:
        locked = storehouse.wrap_private(own, passphrase)
        with transaction.atomic():
            KeyHolder.objects.filter(pk=holder.pk).update(public=own.public.hex(), locked=locked)
            holder.refresh_from_db()
            seal(key, StorehouseKeyPair.objects.get(pk=key.id), clock.now_ns(), only=holder)
    finally:
        key.wipe()
        own.wipe()
