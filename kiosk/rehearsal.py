"""One visit without a window, in practice mode: a pass is read, a ticket is issued, and nobody hears of it."""

import time
from collections.abc import Callable
from datetime import datetime

from kiosk.bootstrap import Kiosk
from kiosk.config import Settings
from kiosk.errors import AnjunganError
from kiosk.events import CodeScanned
from kiosk.practice_folder import practise
from kiosk.protocol import Snapshot
from kiosk.visit import State

PATIENCE_SECONDS = 30.0
ROUND_SECONDS = 0.05


class RehearsalFailed(AnjunganError):
    """The visit did not end with the ticket that it must end with; look at the kiosk's log."""


def rehearse(
    settings: Settings,
    now: Callable[[], datetime],
    patience: float = PATIENCE_SECONDS,
    held: Snapshot | None = None,
) -> str:
    """Plays the visit of a person with a booking; returns the ticket's number. The kiosk must not run, for its store is
    opened for the office's last snapshot, unless that is `held`. No device is used, so that no paper lies there in the
    morning.

    Raises RehearsalFailed, ConfigError where there never was a snapshot, StoreError.
    """
    own, made = practise(settings, now, held)
    alone = own.model_copy(update={"printer": None, "scanner": (), "keypad": ()})
    kiosk = Kiosk(alone, wall=now, keeps_time=lambda: True, practice=made)
    lesson = made.lessons[0]
    kiosk.start()
    try:
        _until(kiosk, State.WELCOME, patience)
        kiosk.controller.handle(CodeScanned(lesson.code))
        _until(kiosk, State.TICKET_ON_SCREEN, patience)
        numbers = [each.number for each in kiosk.controller.visit.tickets]
    finally:
        kiosk.stop()
    if numbers != [lesson.booking.applicants[0].number]:
        raise RehearsalFailed(f"the practice visit gave {numbers}, not its booking's number; look at the kiosk's log")
    return numbers[0]


def _until(kiosk: Kiosk, state: State, patience: float) -> None:
    deadline = time.monotonic() + patience
    while kiosk.controller.visit.state is not state:
        if time.monotonic() >= deadline:
            stands = kiosk.controller.visit.state
            raise RehearsalFailed(f"the practice visit stands at {stands}, not at {state}; look at the kiosk's log")
        event = kiosk.inbox.take(ROUND_SECONDS)
        if event:
            kiosk.controller.handle(event)
        kiosk.controller.tick()
