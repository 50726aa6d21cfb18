"""Why something that a clerk wanted cannot be, in words."""

from collections.abc import Callable, Mapping
from datetime import datetime

from central.counters.refusals import (
    CallEnded,
    CallRefused,
    CounterClosed,
    CounterTaken,
    NobodyWaits,
    NotWaiting,
    StillServing,
)

Clock = Callable[[datetime], str]


def refusal_told(refused: CallRefused, words: Mapping[str, str], clock: Clock) -> str:
    """Why something that a clerk wanted was not done."""
    match refused:
        case NotWaiting() as no:
            key = "was_faster" if no.state == "called" else "not_waiting"
            return words[key].format(number=no.number, counter=no.counter)
        case StillServing() as no:
            return words["still_serving"].format(number=no.number)
        case NobodyWaits(from_when=None):
            return words["nobody_waits"]
        case NobodyWaits(from_when=datetime() as when):
            return words["nobody_yet"].format(at=clock(when))
        case CounterTaken() as no:
            return words["counter_taken"].format(clerk=no.clerk)
        case CounterClosed():
            return words["counter_closed"]
        case CallEnded():
            return words["call_ended"]
        case _:
            return words["changed_meanwhile"]
