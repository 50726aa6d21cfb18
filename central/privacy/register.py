"""The register of processing: what is held of persons, where, why, for how long, and who sees it."""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.booking.rows import BookingRulesRow
from central.booking.rules import BookingRules
from central.privacy.rows import KeepingRow
from kiosk.model import Words

FILE = Path(__file__).parent / "register.toml"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Keeping(_Entry):
    """For how long: words with `{days}` in the number's place. `days` is the default and `longest` the most that an
    office may set; None where time is not what decides.
    """

    id: str
    en: str
    days: int | None = None
    longest: int | None = None

    def words(self, days: int | None) -> Words:
        """In words, for this number of days."""
        return Words(self.id.format(days=days), self.en.format(days=days))


class Held(_Entry):
    """One kind of data. `columns` are written as table.column; `whom` it is about; `kept` is a rule's name. `sealed`
    are those columns that lie encrypted. `erased` is what becomes of it when its person wants it erased.
    """

    name: str
    columns: tuple[str, ...]
    whom: Literal["applicant", "visitor", "officer", "partner"]
    basis: str
    kept: str
    sealed: tuple[str, ...]
    erased: Literal["deleted", "blanked", "kept"]
    seen_by: tuple[str, ...]
    what: Words
    purpose: Words

    @property
    def is_public(self) -> bool:
        """Whether it is told on the page for everybody: it is about those who come, not about who works here."""
        return self.whom in ("applicant", "visitor")


class HeldByKiosk(_Entry):
    """What a kiosk's store holds, by its tables and columns."""

    name: str
    columns: tuple[str, ...]
    kept: str
    what: Words
    purpose: Words


class Register(_Entry):
    """All of it. `fields` says what the fields of a person's export mean. Columns that are about nobody are in
    `impersonal`, by table.
    """

    basis: dict[str, Words]
    kept: dict[str, Keeping]
    held: tuple[Held, ...]
    kiosk: tuple[HeldByKiosk, ...]
    fields: dict[str, Words]
    impersonal: dict[str, tuple[str, ...]]
    kiosk_impersonal: dict[str, tuple[str, ...]] = Field(default_factory=dict)


def load_register(file: Path = FILE) -> Register:
    """The register as it is written in the file."""
    return Register.model_validate(tomllib.loads(file.read_text("utf-8")))


REGISTER = load_register()


def days_kept(session: Session, office: str) -> dict[str, int]:
    """For how many days an office keeps things, by the rules that time decides; of the booking site its own rules say
    so, which the site tells whoever books.
    """
    days = {name: each.days for name, each in REGISTER.kept.items() if each.days is not None}
    booking = session.get(BookingRulesRow, office)
    if booking:
        days["booking_site"] = BookingRules.model_validate_json(booking.body).retention_days
    own = select(KeepingRow.rule, KeepingRow.days).where(KeepingRow.office == office, KeepingRow.rule.in_(days))
    return days | {row.rule: row.days for row in session.execute(own)}


def keep(session: Session, office: str, rule: str, days: int) -> None:
    """An office keeps it for so many days from now on. Raises ValueError for what the register does not allow."""
    longest = REGISTER.kept[rule].longest if rule in REGISTER.kept else None
    if longest is None:
        raise ValueError(f"there is no rule {rule} with a number of days")
    if not 1 <= days <= longest:
        raise ValueError(f"{rule} are kept for 1 to {longest} days")
    session.merge(KeepingRow(office=office, rule=rule, days=days))
