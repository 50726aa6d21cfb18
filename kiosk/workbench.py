"""What a technician who is in has the kiosk do, one task after the other (one worker's job, no threads here)."""

from collections.abc import Callable, Mapping

from kiosk.commands import CheckCode, CheckPin, Command, DoTask, LetOut, LookAtWayIn
from kiosk.errors import AnjunganError, NoBoxDoor, StoreError
from kiosk.event_log import Failure, TaskEnded, TaskFailed, TaskRefused, TechnicianLetIn, TechnicianLetOut, note
from kiosk.events import Answer, LetIn, TaskDone, WayInFound
from kiosk.gate import Gate
from kiosk.model import Box, Outcome, Task, TaskEnd
from kiosk.protocol import TechnicianActed
from kiosk.store import Store

OF_THE_TECHNICIAN = (LookAtWayIn, CheckPin, CheckCode, DoTask, LetOut)
"""The commands that it answers."""
Does = Callable[[DoTask], Outcome | None]
"""Does a task; None where another worker will say how it ended."""


class Workbench:
    """Answers a visit's commands about the technician; `tasks` does them, `box` tells how the box is. Every method may
    raise StoreError.
    """

    def __init__(self, gate: Gate, store: Store, box: Callable[[], Box], tasks: Mapping[Task, Does]) -> None:
        self._gate, self._store, self._box, self._tasks = gate, store, box, tasks

    def answer(self, command: Command) -> Answer | None:
        """Does what the command asks; None where nobody waits for an answer, or another worker answers."""
        match command:
            case LookAtWayIn(visit):
                return WayInFound(visit, self._gate.look())
            case CheckPin(visit, pin):
                return WayInFound(visit, self._gate.takes_pin(visit, pin))
            case CheckCode(visit, code):
                return self._check_code(visit, code)
            case DoTask():
                return self._do(command)
            case LetOut():
                self._let_out()
        return None

    def ended(self, outcome: Outcome) -> None:
        """A task has ended, here or at another worker."""
        note(TaskEnded(outcome.task, outcome.end))
        self._store.record(TechnicianActed(act=outcome.task, ended=outcome.end))

    def _check_code(self, visit: int, code: str) -> Answer:
        refused = self._gate.takes_code(visit, code)
        if refused:
            return WayInFound(visit, refused)
        note(TechnicianLetIn())
        self._store.record(TechnicianActed(act="let_in"))
        return LetIn(visit, self._box())

    def _do(self, command: DoTask) -> Answer | None:
        visit, task = command.visit, command.task
        if not self._gate.is_in(visit):
            note(TaskRefused(task))
            return None
        if task in ENDING:
            # What follows ends this process: what was asked for is on the disk before.
            self.ended(Outcome(task, TaskEnd.DONE))
        outcome = self._tried(command)
        if outcome is None:
            return None
        if task not in ENDING or outcome.end is not TaskEnd.DONE:
            self.ended(outcome)
        return TaskDone(visit, outcome)

    def _tried(self, command: DoTask) -> Outcome | None:
        task = command.task
        try:
            return self._tasks[task](command) if task in self._tasks else Outcome(task, TaskEnd.NOT_HERE)
        except NoBoxDoor:
            return Outcome(task, TaskEnd.NOT_HERE)
        except StoreError:
            raise
        except (AnjunganError, OSError) as error:
            note(TaskFailed(task, Failure.of(error)))
            return Outcome(task, TaskEnd.FAILED)

    def _let_out(self) -> None:
        if self._gate.let_out():
            note(TechnicianLetOut())
            self._store.record(TechnicianActed(act="left"))


ENDING = (Task.RESTART_KIOSK, Task.RESTART_MACHINE, Task.SWITCH_OFF, Task.ROLL_BACK)
"""The tasks in the midst of which the kiosk's process ends."""
