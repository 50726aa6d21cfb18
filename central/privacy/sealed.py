"""A column whose text lies encrypted in the database: `body: Mapped[str] = mapped_column(Sealed)`, no more is needed.
It cannot be searched or sorted by.
"""

from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Text, TypeDecorator
from sqlalchemy.engine import Dialect

from central.privacy.keyring import Keyring

_KEYRINGS: "WeakKeyDictionary[Dialect, Keyring]" = WeakKeyDictionary()
"""By the dialect, which each engine has one of, and which is all that a type is told."""


class Sealed(TypeDecorator[str]):
    """Text, encrypted and authenticated by the keyring of the engine. Reading raises DataKeyMissing, SealBroken."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _KEYRINGS[dialect].seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _KEYRINGS[dialect].open(value)


def use(engine: Engine, keyring: Keyring) -> None:
    """Sealed columns of this engine are read and written with this keyring."""
    _KEYRINGS[engine.dialect] = keyring


def keyring_of(engine: Engine) -> Keyring:
    """The keyring that the engine uses."""
    return _KEYRINGS[engine.dialect]
