"""T in a PKCS#11 token: two private data objects, behind the token's PIN.

The module of the token's maker runs inside this process; it is loaded when it is first needed.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori.errors import CannotErase
from kuramori.vault.secret_bytes import wipe
from kuramori.vault.token_part import PartAway, PartFacts, PartRecord, pack_part, parse_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pkcs11

    from kuramori.vault.slot import Place


class Pkcs11Part:
    """`module` is the maker's library, `token` the token's label; `pin_file` (mode 0600) its user PIN."""

    def __init__(self, module: str, token: str, pin_file: Path, name: str) -> None:
        """`name` tells this recorder's objects from others on the same token."""
        self._module = module
        self._token = token
        self._pin_file = pin_file
        self._name = name
        self._refused: str | None = None  # a wrong PIN is tried once: tokens lock themselves after a few

    def read(self, place: Place) -> PartRecord | None:
        from pkcs11 import Attribute

        with self._session() as session:
            values = [bytes(found[Attribute.VALUE]) for found in self._objects(session, place)]
        records = [record for value in values if (record := parse_part(value)) is not None]
        return records[0] if len(records) == 1 else None

    def write(self, place: Place, record: PartRecord) -> None:
        from pkcs11 import Attribute, ObjectClass

        data = pack_part(record)
        try:
            with self._session() as session:
                for old in self._objects(session, place):
                    old.destroy()
                session.create_object(
                    {
                        Attribute.CLASS: ObjectClass.DATA,
                        Attribute.TOKEN: True,
                        Attribute.PRIVATE: True,
                        Attribute.LABEL: self._label(place),
                        Attribute.VALUE: bytes(data),
                    }
                )
        finally:
            wipe(data)

    def drop(self, place: Place) -> None:
        with self._session() as session:
            for old in self._objects(session, place):
                old.destroy()
            if self._objects(session, place):
                raise CannotErase("token-part-overwrite", place=place)

    def facts(self) -> PartFacts:
        from pkcs11 import SlotFlag

        with self._there() as token:
            hardware = bool(token.slot.flags & SlotFlag.HW_SLOT)
            name = f"{_text(token.manufacturer_id)} {_text(token.model)}".strip()
        return PartFacts("token", name, software=not hardware)

    def release(self) -> None:
        """Objects that are dropped are gone."""

    def _label(self, place: Place) -> str:
        return f"{self._name}-{place}"

    def _objects(self, session: pkcs11.Session, place: Place) -> list[pkcs11.Object]:
        from pkcs11 import Attribute, ObjectClass

        wanted = {Attribute.CLASS: ObjectClass.DATA, Attribute.LABEL: self._label(place)}
        return list(session.get_objects(wanted))

    @contextmanager
    def _session(self) -> Iterator[pkcs11.Session]:
        try:
            pin = self._pin_file.read_text().strip()
        except OSError as wrong:
            raise PartAway("token-pin-file", errno=wrong.errno) from wrong
        if pin == self._refused:
            raise PartAway("token-pin")
        with self._there() as token, self._signed_in(token, pin) as session:
            yield session

    @contextmanager
    def _signed_in(self, token: pkcs11.Token, pin: str) -> Iterator[pkcs11.Session]:
        import pkcs11

        try:
            session = token.open(rw=True, user_pin=pin)
        except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange) as wrong:
            self._refused = pin
            raise PartAway("token-pin") from wrong
        with session:
            yield session

    @contextmanager
    def _there(self) -> Iterator[pkcs11.Token]:
        import pkcs11

        try:
            library = pkcs11.lib(self._module)
            try:
                token = library.get_token(token_label=self._token)
            except pkcs11.NoSuchToken:  # some modules see a token that came later only after a fresh start
                library.reinitialize()
                token = library.get_token(token_label=self._token)
            yield token
        except (pkcs11.PKCS11Error, RuntimeError) as wrong:  # RuntimeError: the module cannot be loaded
            raise PartAway("token", why=type(wrong).__name__) from wrong


def _text(value: str | bytes | None) -> str:
    return value.decode(errors="replace").strip() if isinstance(value, bytes) else str(value or "").strip()
