"""Why somebody stands where they stand, in kinds and numbers; pages put it into words (pure)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from central.queue.turn import TurnKind


class Ground(StrEnum):
    """What decided a place. TURN: the earliest turn. WAITED: nobody who has waited so long is overtaken. PRIORITY: the
    time of a priority group counts more. QUOTA: the same, but enough were let go before others just now. EARLY: the
    slot has not come. IDLE: the slot has not come, but nobody else waits.
    """

    TURN = "turn"
    WAITED = "waited"
    PRIORITY = "priority"
    QUOTA = "quota"
    EARLY = "early"
    IDLE = "idle"


@dataclass(frozen=True)
class Explanation:
    """A place in the order, as it was decided at an instant.

    `turn_at` and `turn` are what the place is reckoned from; `waited` since then and `counted`, with the head start and
    the weight of a priority group, are minutes, below 0 before the turn. `callable_from` is when an early comer may be
    called. `ahead_of_turn`: somebody with an earlier turn waits behind.
    """

    ground: Ground
    turn: TurnKind
    turn_at: datetime
    waited: float
    counted: float
    group: str | None = None
    callable_from: datetime | None = None
    ahead_of_turn: bool = False

    @property
    def may_be_called(self) -> bool:
        """Whether it may be called at all."""
        return self.ground is not Ground.EARLY
