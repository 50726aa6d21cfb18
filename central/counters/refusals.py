"""Why a counter's wish cannot be granted; pages put it into words."""

from datetime import datetime

from kiosk.model import QueueState


class CallRefused(Exception):
    """Something that a counter wants cannot be, as things are now; nothing was changed."""


class UnknownHere(CallRefused):
    """There is no such counter, ticket or call at this office, or no such stage of that service."""


class CounterTaken(CallRefused):
    """The counter was opened today by somebody else, `clerk`."""

    def __init__(self, clerk: str) -> None:
        super().__init__(f"the counter is open for {clerk}")
        self.clerk = clerk


class CounterClosed(CallRefused):
    """The counter is not open for whoever asks."""


class StillServing(CallRefused):
    """The counter has a call that has not ended, of the ticket `number`."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} is still at the counter")
        self.number = number


class NobodyWaits(CallRefused):
    """Nobody can be called here now; `from_when` (UTC) on an early comer can be, None where nobody waits at all."""

    def __init__(self, from_when: datetime | None) -> None:
        super().__init__("nobody waits for this counter")
        self.from_when = from_when


class NotWaiting(CallRefused):
    """The ticket `number` is not in the queue any more: it is in this `state`, at `counter` where it was called."""

    def __init__(self, number: str, state: QueueState, counter: str) -> None:
        super().__init__(f"{number} is {state}")
        self.number, self.state, self.counter = number, state, counter


class CallEnded(CallRefused):
    """The call has ended before, with this `outcome`."""

    def __init__(self, outcome: str) -> None:
        super().__init__(f"the call has ended: {outcome}")
        self.outcome = outcome
