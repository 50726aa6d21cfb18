"""Somebody who neither sees nor touches: true controller, records, screens and reader; keys go in, a transcript comes
out.
"""

from collections import deque
from dataclasses import replace
from pathlib import Path

from samples import FakeClock, a_store
from transcript import Transcript

from kiosk.commands import Command, Print
from kiosk.controller import Controller
from kiosk.events import (
    AccessChosen,
    Answer,
    Event,
    HeadphonesMoved,
    KeyPressed,
    Printed,
    PrintFailed,
    PrintUncertain,
)
from kiosk.model import Key, Language, PrinterStatus, Sound, TicketState
from kiosk.monitor import Monitor
from kiosk.protocol import Snapshot
from kiosk.reader import Reader
from kiosk.records import Records
from kiosk.screens.gallery import ORIENTATIONS, PANELS
from kiosk.screens.stage import Stage
from kiosk.spoken import spelled, spoken
from kiosk.texts import Texts
from kiosk.visit import State

ENDS: dict[TicketState, type[Answer]] = {
    TicketState.PRINTED: Printed,
    TicketState.UNCONFIRMED: PrintUncertain,
    TicketState.FAILED: PrintFailed,
}
KEY_SECONDS = 0.5
"""Between two keys; more than a double tap."""


class Listener:
    """Each verb returns the listener, so that a test reads as a screenplay. `paper` is how prints end."""

    def __init__(self, folder: Path, snapshot: Snapshot, orientation: str = "portrait") -> None:
        self.texts, self.voice, self.clock = Texts.load(), Transcript(), FakeClock()
        clock = self.clock.trusted()
        self.store = a_store(folder / "kiosk.sqlite", clock.trusted)
        self._records = Records(self.store, clock, self.clock.monotonic)
        self._records.take_snapshot(snapshot)
        monitor = Monitor(clock, PrinterStatus.READY)
        monitor.snapshot, monitor.scanners = snapshot, {0: True}
        self.transcript: list[str] = []
        """All that was heard so far."""
        self.paper = TicketState.PRINTED
        self._commands: deque[Command] = deque()
        self.controller = Controller(monitor.surroundings, self._commands.append, self.clock.monotonic)
        self.reader = Reader(self.voice, self.texts, self.clock.monotonic, self._turn_on)
        self.stage = Stage(self.texts, PANELS[orientation], self.controller.tap, self.reader)
        self.stage.size = ORIENTATIONS[orientation]
        self.controller.show, self.controller.press = self.stage.show, self.stage.press
        self.controller.tick()

    @property
    def language(self) -> Language:
        return self.controller.visit.language

    @property
    def state(self) -> State:
        return self.controller.visit.state

    def plugs_headphones_in(self) -> "Listener":
        return self.happens(HeadphonesMoved(True))

    def happens(self, event: Event) -> "Listener":
        """The workers answer until there is nothing left to answer."""
        self.controller.handle(event)
        while self._commands:
            command = self._commands.popleft()
            answer = self._print(command) if isinstance(command, Print) else self._records.answer(command)
            if answer:
                self.controller.handle(answer)
        self.clock.passes(KEY_SECONDS)
        return self

    def presses(self, *keys: Key) -> "Listener":
        for key in keys:
            self.happens(KeyPressed(key))
        return self

    def chooses(self, *labels: str) -> "Listener":
        """Goes down until each label is heard, and takes it."""
        for label in labels:
            wanted = spelled(label, self.language, self.texts) if len(label) == 1 else label
            heard: list[str] = []
            while not self._hears_choice(wanted):
                assert len(heard) < 80, f"{wanted!r} is not among {heard}"
                self.presses(Key.DOWN)
                heard.append(self.voice.said[-1])
            self.presses(Key.SELECT)
        return self

    def takes(self, *keys_of_words: str) -> "Listener":
        """Chooses by keys of the languages' files."""
        return self.chooses(*(self.said(each) for each in keys_of_words))

    def types(self, text: str) -> "Listener":
        return self.chooses(*text)

    def hears(self, *parts: str) -> "Listener":
        """Each part was said, in this order, since the last time that something was heard."""
        said = self.voice.text
        for part in parts:
            assert part in said, f"{part!r} is not in {said!r}"
            said = said.partition(part)[2]
        self.transcript += self.voice.said
        self.voice.said.clear()
        return self

    def is_at(self, state: State) -> "Listener":
        assert self.state is state, self.voice.said[-5:]
        return self

    def said(self, key: str, **values: object) -> str:
        """Words of the languages' files as they are said."""
        return spoken(self.texts(key, self.language, **values), self.language, self.texts)

    def _hears_choice(self, label: str) -> bool:
        """Whether the last words were the focused choice, perhaps behind a word that the choices came round."""
        if self.reader.focused is None or not self.voice.said:
            return False
        rounds = [f"{self.said(key)}. " for key in ("spoken.first", "spoken.last")]
        names = (label, self.said("spoken.chosen", label=label))
        return self.voice.said[-1] in {f"{start}{name}." for start in ("", *rounds) for name in names}

    def _turn_on(self) -> None:
        self.controller.handle(AccessChosen(replace(self.controller.visit.access, sound=Sound.ON)))

    def _print(self, command: Print) -> Answer:
        for ticket in command.tickets:
            self.store.begin_print(ticket.id)
            self.store.end_print(ticket.id, self.paper)
        return ENDS[self.paper](command.visit)
