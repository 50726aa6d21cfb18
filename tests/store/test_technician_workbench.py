"""A technician's tasks: done for who was let in, one after the other, each on the record with its end."""

from base64 import b32encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.clock import Uptime
from kiosk.commands import CheckCode, CheckPin, DoTask, LetOut, LookAtWayIn
from kiosk.errors import BoxDoorError, NoBoxDoor, StoreError
from kiosk.events import LetIn, TaskDone, WayInFound
from kiosk.gate import Gate
from kiosk.model import INDONESIAN, Box, Outcome, StoreFault, Task, TaskEnd, WayIn
from kiosk.protocol import TechnicianActed, TechnicianWay
from kiosk.store import Store
from kiosk.technician import code_for, kept_of_pin
from kiosk.workbench import Workbench

PIN, SECRET = "481516", b32encode(bytes(20)).decode()
BOX = Box("0.1.0", 3, 20_000)


class Bench:
    """A workbench over a true store; `does` keeps what was done."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "kiosk.sqlite", bytes(32), lambda: None)
        self.store.keep_way_in(TechnicianWay(secret=SECRET, pin=kept_of_pin(PIN)))
        self.done: list[Task] = []
        self.fails: Exception | None = None
        gate = Gate(self.store, Uptime("boot", lambda: 100.0))
        tasks = {each: self._does for each in Task if each is not Task.BUNDLE}
        self.bench = Workbench(gate, self.store, lambda: BOX, tasks)

    def _does(self, command: DoTask) -> Outcome:
        self.done.append(command.task)
        if self.fails:
            raise self.fails
        return Outcome(command.task, TaskEnd.DONE)

    def does(self, visit: int, task: Task) -> TaskDone | None:
        answer = self.bench.answer(DoTask(visit, task, INDONESIAN))
        assert answer is None or isinstance(answer, TaskDone)
        return answer

    def lets_in(self, visit: int) -> None:
        assert self.bench.answer(LookAtWayIn(visit)) == WayInFound(visit, WayIn())
        asked = self.bench.answer(CheckPin(visit, PIN))
        assert isinstance(asked, WayInFound)
        code = code_for(SECRET, asked.way_in.challenge)
        assert self.bench.answer(CheckCode(visit, code)) == LetIn(visit, BOX)

    @property
    def acts(self) -> list[tuple[str, str]]:
        found = [each.body for each in self.store.owed(99)]
        return [(each.act, each.ended) for each in found if isinstance(each, TechnicianActed)]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.store.close()


@pytest.mark.parametrize("task", list(Task))
def test_nothing_is_done_before_a_technician_is_in_for_another_visit_or_after_the_way_out(
    bench: Bench, task: Task
) -> None:
    assert bench.does(1, task) is None
    bench.bench.answer(CheckPin(1, PIN))
    assert bench.does(1, task) is None
    bench.lets_in(2)
    assert bench.does(3, task) is None
    bench.bench.answer(LetOut(4))
    assert bench.does(2, task) is None
    assert bench.done == []
    assert bench.acts == [("let_in", "done"), ("left", "done")]


def test_a_task_is_done_and_on_the_record(bench: Bench) -> None:
    bench.lets_in(1)
    assert bench.does(1, Task.CHECK) == TaskDone(1, Outcome(Task.CHECK, TaskEnd.DONE))
    assert bench.acts[1:] == [("check", "done")]


@pytest.mark.parametrize(
    ("error", "end"),
    [(BoxDoorError("x"), TaskEnd.FAILED), (OSError(), TaskEnd.FAILED), (NoBoxDoor("x"), TaskEnd.NOT_HERE)],
)  # fmt: skip
def test_a_task_that_cannot_be_done_says_so_and_the_next_one_is_tried(
    bench: Bench, error: Exception, end: TaskEnd
) -> None:
    bench.lets_in(1)
    bench.fails = error
    assert bench.does(1, Task.CHECK) == TaskDone(1, Outcome(Task.CHECK, end))
    bench.fails = None
    assert bench.does(1, Task.CHECK) == TaskDone(1, Outcome(Task.CHECK, TaskEnd.DONE))
    assert bench.acts[1:] == [("check", end), ("check", "done")]


def test_a_task_that_this_box_has_not_got_says_so(bench: Bench) -> None:
    bench.lets_in(1)
    assert bench.does(1, Task.BUNDLE) == TaskDone(1, Outcome(Task.BUNDLE, TaskEnd.NOT_HERE))


def test_a_store_that_fails_puts_the_kiosk_out_of_service(bench: Bench) -> None:
    bench.lets_in(1)
    bench.fails = StoreError(StoreFault.DISK_FULL, "x")
    with pytest.raises(StoreError):
        bench.does(1, Task.REHEARSAL)


@pytest.mark.parametrize("task", [Task.RESTART_KIOSK, Task.RESTART_MACHINE, Task.SWITCH_OFF, Task.ROLL_BACK])
def test_what_ends_the_kiosk_is_on_the_record_before_it_is_done(bench: Bench, task: Task) -> None:
    class Ended(BaseException):
        pass

    bench.lets_in(1)
    bench.fails = Ended()  # type: ignore[assignment]
    with pytest.raises(Ended):
        bench.does(1, task)
    assert bench.acts[1:] == [(task, "done")]
    bench.fails = BoxDoorError("x")
    bench.does(1, task)
    assert bench.acts[2:] == [(task, "done"), (task, "failed")]
