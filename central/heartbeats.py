"""How a kiosk says that it is, read so that one of a newer version is heard too."""

from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

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


def is_news(held: str | None, told: Heartbeat) -> bool:
    """Whether a heartbeat says anything that the one before, as JSON, did not, but for its time, the screen that people
    move on, and how much is owed between two rounds.
    """
    try:
        before = Heartbeat.model_validate_json(held or "")
    except ValidationError:
        return True
    passing = {"at", "screen", "owed"}
    return before.model_dump(exclude=passing) != told.model_dump(exclude=passing)
