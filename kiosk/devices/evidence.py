"""What a printer's answers prove of a ticket, best first, and the questions that get them (no I/O)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from random import Random

from kiosk.devices.replies import Heard

PROCESS_ID = b"\x1d(H\x06\x00\x30\x30"
"""GS ( H function 48: its four bytes, 20h to 7Eh, come back when all before it has been printed."""

BARRIER = b"\x1dr\x01"
"""GS r 1: answered with the paper sensors' state when all before it has been worked through."""

_RUNS = range(15, 45, 2)
"""How many barriers follow a piece of a ticket, in turn. The answers to a barrier bear no name, so their count names
them: no two or three whole late runs together have the length of another (two odd numbers make an even one, and three
make more than the longest), and one length comes again after fourteen others."""

_FIRST, _LETTERS = 0x20, 95
_IDS = _LETTERS**4
_STRIDE = 31_415_927
"""Has no factor in common with `_IDS`, so no id comes again before all others; and neighbours look nothing alike."""


class Evidence(IntEnum):
    """How far a printer can prove that a ticket is on paper.

    PROCESS_ID: it answers GS ( H function 48 when all before it is printed, naming the piece that is meant: the
    ticket is on paper. BARRIER: it answers GS r 1 when all before it is worked through, the cut of the ticket
    included, without naming it. REAL_TIME: it answers DLE EOT n, which proves that it can print, not that it did.
    NONE: it answers nothing. A ticket is PRINTED by PROCESS_ID and BARRIER only; on the other two the person is asked.
    """

    NONE = 0
    REAL_TIME = 1
    BARRIER = 2
    PROCESS_ID = 3


@dataclass(frozen=True)
class Question:
    """What is sent after a piece of data, and whether what was heard since then answers it."""

    data: bytes
    answered: Callable[[Heard], bool]


class Questions:
    """Makes questions, each of which has another answer than those before it.

    Process ids start anywhere, so that neither noise nor the answer to an earlier process of the kiosk is likely to
    hit the one that is waited for (1 in 95^4 for a well-formed answer, 1 in 2^56 for noise of that length).
    """

    def __init__(self, random: Random) -> None:
        self._id = random.randrange(_IDS)
        self._turn = random.randrange(len(_RUNS))

    def by(self, evidence: Evidence) -> Question:
        """A question whose answer is `evidence`: PROCESS_ID or BARRIER."""
        return self.process_id() if evidence is Evidence.PROCESS_ID else self.barriers()

    def process_id(self) -> Question:
        self._id = (self._id + _STRIDE) % _IDS
        name = _letters(self._id)
        answer = b"\x37\x22" + name + b"\x00"
        return Question(PROCESS_ID + name, lambda heard: answer in heard.data)

    def barriers(self) -> Question:
        """Answered by just as many equal bytes as barriers were sent, and nothing that the printer has no cause for."""
        self._turn = (self._turn + 1) % len(_RUNS)
        run = _RUNS[self._turn]
        return Question(
            BARRIER * run,
            lambda heard: len(heard.barriers) == run and len(set(heard.barriers)) == 1 and not heard.strays,
        )


def _letters(number: int) -> bytes:
    return bytes(_FIRST + number // _LETTERS**place % _LETTERS for place in (3, 2, 1, 0))
