"""How a kiosk says that it is, read so that one of a newer version is heard too."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from kiosk import protocol
from kiosk.model import ClockState, PrinterStatus


def _printer(said: Any) -> Any:
    return PrinterStatus.UNKNOWN if isinstance(said, str) and said not in set(PrinterStatus) else said


def _clock(said: Any) -> Any:
    return ClockState.UNTRUSTED if isinstance(said, str) and said not in set(ClockState) else said


class Heartbeat(protocol.Heartbeat):
    """`printer` is UNKNOWN and `clock` UNTRUSTED where the kiosk says what this server does not know."""

    printer: Annotated[PrinterStatus, BeforeValidator(_printer)]
    clock: Annotated[ClockState, BeforeValidator(_clock)] = ClockState.SYNCED
