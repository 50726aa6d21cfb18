"""A window that is not the kiosk's own says that a technician is in, or guesses: the core believes none of it."""

import json
from base64 import b32encode

import pytest
from running_core import Running, running, until

from kiosk.events import (
    Back,
    DeviceChosen,
    Home,
    LetIn,
    PinTyped,
    TaskChosen,
    TechnicianChosen,
    TechnicianCodeTyped,
    WayInFound,
)
from kiosk.model import Box, Shut, Task, WayIn
from kiosk.protocol import TechnicianActed, TechnicianWay
from kiosk.technician import FREE_TRIES, code_for, kept_of_pin
from kiosk.visit import State
from kiosk.window_messages import LENGTH_BYTES

PIN, SECRET = "481516", b32encode(bytes(20)).decode()
OUTSIDE = [State.WELCOME, State.TECHNICIAN_PIN, State.TECHNICIAN_CODE]


@pytest.fixture
def core(folder):
    with running(folder) as made:
        made.kiosk.store.keep_way_in(TechnicianWay(secret=SECRET, pin=kept_of_pin(PIN)))
        made.comes()
        made.sees(State.WELCOME)
        yield made


def comes_to(core: Running, state: State) -> None:
    if state is not State.WELCOME:
        core.taps(TechnicianChosen())
        core.line.sees(lambda view: view.visit.way_in is not None)
    if state is State.TECHNICIAN_CODE:
        core.taps(PinTyped(PIN))
        core.sees(State.TECHNICIAN_CODE)


def gets_in(core: Running) -> None:
    comes_to(core, State.TECHNICIAN_CODE)
    challenge = core.kiosk.controller.visit.way_in.challenge  # type: ignore[union-attr]
    core.taps(TechnicianCodeTyped(code_for(SECRET, challenge)))
    core.sees(State.TECHNICIAN)


def is_refused(core: Running, times: int) -> bool:
    way = core.kiosk.controller.visit.way_in
    return way is not None and way.wrong and core.kiosk.store.wrong_answers().count == times


def acts(core: Running) -> list[str]:
    return [each.body.act for each in core.kiosk.store.owed(99) if isinstance(each.body, TechnicianActed)]


def raw(kind: str, event: dict[str, object], screen: int) -> bytes:
    body = json.dumps({"kind": kind, "screen": screen, "event": event}).encode()
    return len(body).to_bytes(LENGTH_BYTES) + body


def test_the_right_answers_let_a_technician_in(core: Running) -> None:
    gets_in(core)
    core.taps(TaskChosen(Task.SWITCH_OFF))
    core.sees(State.TECHNICIAN_OUTCOME)
    assert acts(core)[:2] == ["let_in", "switch_off"]


@pytest.mark.parametrize("state", OUTSIDE)
@pytest.mark.parametrize("task", list(Task))
def test_a_task_that_is_told_of_while_nobody_is_in_is_not_done(core: Running, state: State, task: Task) -> None:
    comes_to(core, state)
    core.taps(TaskChosen(task))
    core.taps(Back())
    core.taps(Home())
    until(lambda: core.state is State.WELCOME, "the welcome screen")
    assert acts(core) == []


def test_a_device_that_was_never_found_refused_is_not_let_in(core: Running) -> None:
    gets_in(core)
    core.taps(TaskChosen(Task.ALLOW_DEVICE))
    core.taps(TaskChosen(Task.REFUSED_DEVICES))
    core.sees(State.TECHNICIAN_OUTCOME)
    core.taps(DeviceChosen(0))
    core.taps(Home())
    until(lambda: core.state is State.WELCOME, "the welcome screen")
    assert acts(core) == ["let_in", "refused_devices", "left"]


@pytest.mark.parametrize("state", OUTSIDE)
def test_a_window_cannot_say_that_the_answers_were_right(core: Running, state: State) -> None:
    comes_to(core, state)
    visit, screen = core.kiosk.controller.visit.id, core.kiosk.controller.screen
    answers = {"LetIn": LetIn(visit, Box("9", 0, 0)), "WayInFound": WayInFound(visit, WayIn(challenge="000000"))}
    for kind, said in answers.items():
        told = {
            "visit": visit,
            "box": {"version": "9", "owed": 0, "disk_free_mb": 0},
            "way_in": {"challenge": "000000"},
        }
        fields = {name: told[name] for name in said.__dataclass_fields__}
        core.line.socket.sendall(raw(kind, fields, screen))
        assert core.line.is_ended, "it is dismissed"
        core.comes().sees(lambda view: True)
    assert core.state is state
    core.taps(TaskChosen(Task.RESTART_MACHINE))
    core.taps(Home())
    until(lambda: core.state is State.WELCOME, "the welcome screen")
    assert acts(core) == []


@pytest.mark.parametrize("pin", ["", "48151", "4815162342108", "٤٨١٥١٦", "48151a", "481516\n"])
def test_what_the_keys_cannot_type_is_no_try(core: Running, pin: str) -> None:
    comes_to(core, State.TECHNICIAN_PIN)
    for _ in range(FREE_TRIES):
        core.taps(PinTyped(pin))
    core.taps(PinTyped(PIN))
    core.sees(State.TECHNICIAN_CODE)


def test_a_window_that_guesses_as_fast_as_it_can_is_shut_out_as_a_finger_is(core: Running) -> None:
    comes_to(core, State.TECHNICIAN_PIN)
    for guess in range(FREE_TRIES):
        core.taps(PinTyped(f"48152{guess}"))
        until(lambda guess=guess: is_refused(core, guess + 1), "it to be judged")  # type: ignore[misc]
    core.line.sees(lambda view: view.visit.way_in == WayIn(Shut.WAIT, 1, wrong=True))
    core.taps(PinTyped(PIN))
    core.line.sees(lambda view: view.visit.way_in == WayIn(Shut.WAIT, 1))
    core.taps(Home())
    core.sees(State.WELCOME)
    assert acts(core) == ["shut"]


def test_who_is_in_is_out_after_two_minutes_without_a_touch_and_what_comes_then_is_not_done(core: Running) -> None:
    gets_in(core)
    core.kiosk.ages(121)
    core.sees(State.WELCOME)
    core.taps(TaskChosen(Task.SWITCH_OFF))
    core.taps(Home())
    until(lambda: acts(core) == ["let_in", "left"], "the way out")


def test_the_window_is_never_told_the_secret_or_what_is_kept_of_the_pin(core: Running) -> None:
    gets_in(core)
    heard: list[str] = []
    core.comes()
    while not heard or '"technician"' not in heard[-1]:
        heard.append(core.line.hears().model_dump_json())
    told = "".join(heard)
    assert SECRET not in told
    assert "scrypt" not in told
    assert PIN not in told
