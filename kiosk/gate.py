"""Who gets in as a technician: first the PIN, then the code that answers a challenge; a shut way in for who guesses.

Nothing here asks what time it is: a wait is measured by how long the machine has been up, and begins anew when it is
started anew.
"""

from collections.abc import Callable
from dataclasses import replace
from math import ceil

from kiosk.clock import Uptime
from kiosk.event_log import TechnicianAsked, TechnicianRefused, WayInShut, note
from kiosk.model import Shut, WayIn, WrongAnswers
from kiosk.protocol import TechnicianActed
from kiosk.store import Store
from kiosk.technician import answers, drawn_challenge, is_the_pin, shut_seconds


class Gate:
    """For one worker. Every method may raise StoreError. `draw` makes challenges; `uptime` is the machine's."""

    def __init__(self, store: Store, uptime: Uptime, draw: Callable[[], str] = drawn_challenge) -> None:
        self._store, self._uptime, self._draw = store, uptime, draw
        self._asked: tuple[int, str] | None = None
        self._inside: int | None = None

    def look(self) -> WayIn:
        """How the way in stands; somebody asks for it."""
        note(TechnicianAsked())
        return self._stands()

    def takes_pin(self, visit: int, pin: str) -> WayIn:
        """A challenge for the right PIN."""
        stands = self._stands()
        way = self._store.way_in()
        if stands.shut or way is None:
            return stands
        before = self._count()
        if not is_the_pin(way.pin, pin):
            return self._refused()
        # Those before it still count, lest the right PIN wash away guesses at the code.
        self._store.keep_wrong_answers(before)
        return self._ask(visit)

    def takes_code(self, visit: int, code: str) -> WayIn | None:
        """None for the right code: the visit is a technician's from now on. A challenge is asked once."""
        asked, self._asked = self._asked, None
        stands = self._stands()
        way = self._store.way_in()
        if stands.shut or way is None or asked is None or asked[0] != visit:
            return stands
        self._count()
        if not answers(way.secret, asked[1], code):
            refused = self._refused()
            return refused if refused.shut else replace(self._ask(visit), wrong=True)
        self._store.keep_wrong_answers(WrongAnswers())
        self._inside = visit
        return None

    def is_in(self, visit: int) -> bool:
        """Whether a visit is a technician's."""
        return self._inside == visit

    def let_out(self) -> bool:
        """No visit is a technician's any more; returns whether one was."""
        was, self._inside, self._asked = self._inside is not None, None, None
        return was

    def rest(self) -> None:
        """To be called now and then: a wait that is over is forgotten, so that a later start does not begin it anew."""
        wrong = self._store.wrong_answers()
        if wrong.boot == self._uptime.boot and self._left(wrong) <= 0:
            self._store.keep_wrong_answers(replace(wrong, boot=""))

    def _stands(self) -> WayIn:
        way, wrong = self._store.way_in(), self._store.wrong_answers()
        if wrong.boot and wrong.boot != self._uptime.boot:
            wrong = self._shut(wrong)
        left = self._left(wrong)
        if left > 0:
            return WayIn(Shut.WAIT, ceil(left / 60))
        if way is None:
            return WayIn(Shut.NOT_TOLD)
        return WayIn() if way.pin else WayIn(Shut.NO_PIN)

    def _ask(self, visit: int) -> WayIn:
        challenge = self._draw()
        while not self._store.use_challenge(challenge):
            challenge = self._draw()
        self._asked = visit, challenge
        return WayIn(challenge=challenge)

    def _count(self) -> WrongAnswers:
        """Counts an answer as wrong, and shuts the way in for it, before it is judged: no cut of the power gives a try
        back. Returns what was counted before.
        """
        before = self._store.wrong_answers()
        self._shut(replace(before, count=before.count + 1))
        return before

    def _refused(self) -> WayIn:
        count = self._store.wrong_answers().count
        note(TechnicianRefused(count))
        if shut_seconds(count):
            note(WayInShut(round(shut_seconds(count) / 60)))
            self._store.record(TechnicianActed(act="shut"))
        return replace(self._stands(), wrong=True)

    def _shut(self, wrong: WrongAnswers) -> WrongAnswers:
        """Shut from now on for as long as so many wrong answers are worth, which may be not at all."""
        wait = shut_seconds(wrong.count)
        kept = WrongAnswers(wrong.count, self._uptime.boot if wait else "", self._uptime.seconds() + wait)
        self._store.keep_wrong_answers(kept)
        return kept

    def _left(self, wrong: WrongAnswers) -> float:
        return wrong.until - self._uptime.seconds() if wrong.boot else 0.0
