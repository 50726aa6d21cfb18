"""What counters tell clerks, in words: why somebody is next, and why something cannot be."""

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
from central.queue.explanation import Explanation

Clock = Callable[[datetime], str]


def why_told(why: Explanation, words: Mapping[str, str], groups: Mapping[str, str], clock: Clock) -> str:
    """Why somebody stands where they stand; `groups` names the priority groups."""
    turn = words[f"turn_{why.turn}"].format(at=clock(why.turn_at))
    return words[f"ground_{why.ground}"].format(
        turn=turn,
        minutes=round(why.waited),
        group=groups.get(why.group or "", ""),
        at=clock(why.callable_from) if why.callable_from else "",
    )


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
