"""A kiosk's settings from afar, in versions: the latest is wanted; going back makes a new one of an old one."""

import tomllib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.fleet.rows import KioskSettingsRow
from central.heartbeats import Heartbeat
from kiosk.protocol import REMOTE_TABLES, RemoteSettings

LONGEST = 8000


class BadSettings(Exception):
    """They cannot be sent, in words for who wrote them. `key` is that of the words, `what` what they are about."""

    def __init__(self, key: str, what: str = "") -> None:
        super().__init__(f"{key}: {what}")
        self.key, self.what = key, what


def versions(session: Session, kiosk: str) -> tuple[KioskSettingsRow, ...]:
    """All versions of a kiosk's settings, the latest first."""
    wanted = select(KioskSettingsRow).where(KioskSettingsRow.kiosk == kiosk)
    return tuple(session.scalars(wanted.order_by(KioskSettingsRow.version.desc())))


def set_from_afar(session: Session, kiosk: str, toml: str, note: str, officer: str, now: datetime) -> int:
    """Makes the kiosk's next version, and returns it. Raises BadSettings; what only a kiosk can tell (a printer's URL
    that it does not know) it tells with its next signs of life.
    """
    toml = toml.replace("\r\n", "\n").strip()
    if len(toml) > LONGEST:
        raise BadSettings("too_long", str(LONGEST))
    try:
        tables = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings("not_toml", str(error)) from error
    foreign = sorted(set(tables) - set(REMOTE_TABLES))
    if foreign:
        raise BadSettings("not_from_afar", ", ".join(foreign))
    held = versions(session, kiosk)
    version = held[0].version + 1 if held else 1
    session.add(
        KioskSettingsRow(kiosk=kiosk, version=version, toml=toml, note=note[:200], officer=officer, made_at=now)
    )
    return version


def go_back(session: Session, kiosk: str, version: int, officer: str, now: datetime) -> int:
    """Makes an earlier version (0: the kiosk's own file) the next one; returns its number. Raises BadSettings where
    there is no such version.
    """
    held = session.get(KioskSettingsRow, (kiosk, version))
    if held is None and version:
        raise BadSettings("no_such_version", str(version))
    return set_from_afar(session, kiosk, held.toml if held else "", f"= {version}", officer, now)


def wanted_by(session: Session, kiosk: str, said: Heartbeat) -> RemoteSettings | None:
    """What the kiosk is to be told: the latest version, unless it has it or has refused it."""
    held = versions(session, kiosk)
    if not held or held[0].version in (said.settings_version, said.settings_refused):
        return None
    return RemoteSettings(version=held[0].version, toml=held[0].toml)
