"""What each of a technician's tasks is: here, at another worker, or at the box's root."""

from collections.abc import Callable, Mapping
from pathlib import Path

from kiosk.box_door import Said, Verb, ask
from kiosk.client import Client
from kiosk.commands import DoTask, PrintTrial
from kiosk.errors import BoxDoorError, NoBoxDoor
from kiosk.model import DeviceKind, Finding, Outcome, RefusedDevice, Task, TaskEnd, Verdict, Words
from kiosk.protocol import Snapshot
from kiosk.store import Store
from kiosk.workbench import Does

LONGEST_WORDS = 600
"""Of a finding, in characters: more is not read on a screen."""
MOST_FINDINGS = 80
MOST_DEVICES = 12


class Tasks:
    """The tasks of a kiosk, for one worker. `client` makes what speaks to the central server; `print_trial` hands a
    trial slip to the printer's worker, `restart` ends this process to be started anew, `rehearse` plays a practice
    visit at an office, and returns its number.
    """

    def __init__(
        self,
        store: Store,
        box_door: Path | None,
        client: Callable[[], Client],
        print_trial: Callable[[PrintTrial], None],
        restart: Callable[[], None],
        rehearse: Callable[[Snapshot], str],
    ) -> None:
        self._store, self._box_door, self._rehearse = store, box_door, rehearse
        self._client, self._print_trial, self._restart = client, print_trial, restart
        self.by_name: Mapping[Task, Does] = {
            Task.TRIAL_SLIP: self._trial_slip,
            Task.CHECK: self._check,
            Task.REHEARSAL: self._rehearsal,
            Task.BUNDLE: self._bundle,
            Task.REFUSED_DEVICES: self._refused_devices,
            Task.ALLOW_DEVICE: self._allow_device,
            Task.ROLL_BACK: lambda command: self._by_root(command, Verb.ROLL_BACK),
            Task.NEW_ROLL: lambda command: Outcome(Task.NEW_ROLL, TaskEnd.DONE),
            Task.RESTART_KIOSK: self._restart_kiosk,
            Task.RESTART_MACHINE: lambda command: self._by_root(command, Verb.RESTART_MACHINE),
            Task.SWITCH_OFF: lambda command: self._by_root(command, Verb.SWITCH_OFF),
        }

    def _trial_slip(self, command: DoTask) -> None:
        self._print_trial(PrintTrial(command.visit, command.language))

    def _check(self, command: DoTask) -> Outcome:
        findings = tuple(_finding(each) for each in self._ask(Verb.CHECK).words.get("findings", [])[:MOST_FINDINGS])
        return Outcome(Task.CHECK, TaskEnd.DONE, findings)

    def _rehearsal(self, command: DoTask) -> Outcome:
        held = self._store.snapshot()
        if held is None:
            return Outcome(Task.REHEARSAL, TaskEnd.FAILED)
        return Outcome(Task.REHEARSAL, TaskEnd.DONE, detail=self._rehearse(held[0]))

    def _bundle(self, command: DoTask) -> Outcome:
        content = self._ask(Verb.BUNDLE).body
        client = self._client()
        try:
            client.bundle(content)
        finally:
            client.close()
        return Outcome(Task.BUNDLE, TaskEnd.DONE, detail=str(len(content) // 1000))

    def _refused_devices(self, command: DoTask) -> Outcome:
        told = self._ask(Verb.REFUSED).words.get("devices", [])[:MOST_DEVICES]
        return Outcome(command.task, TaskEnd.DONE, devices=tuple(_refused(each) for each in told))

    def _allow_device(self, command: DoTask) -> Outcome:
        self._ask(Verb.ALLOW, command.device)
        return Outcome(command.task, TaskEnd.DONE)

    def _restart_kiosk(self, command: DoTask) -> Outcome:
        if self._box_door is None:
            self._restart()
        return self._by_root(command, Verb.RESTART_KIOSK)

    def _by_root(self, command: DoTask, verb: Verb) -> Outcome:
        self._ask(verb)
        return Outcome(command.task, TaskEnd.DONE)

    def _ask(self, verb: Verb, about: str = "") -> Said:
        if self._box_door is None:
            raise NoBoxDoor("this kiosk runs without its units")
        return ask(self._box_door, verb, about)


def _finding(told: dict[str, object]) -> Finding:
    """As the box's root tells it. Raises BoxDoorError for what is no finding."""
    try:
        requirement, remedy = told["requirement"], told["remedy"]
        words = Words(**{tag: str(text)[:LONGEST_WORDS] for tag, text in requirement.items()})  # type: ignore[attr-defined]
        advice = Words(**{tag: str(text)[:LONGEST_WORDS] for tag, text in remedy.items()}) if remedy else None  # type: ignore[attr-defined]
        return Finding(words, Verdict(str(told["verdict"])), str(told["measured"])[:LONGEST_WORDS], advice)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise BoxDoorError("a finding cannot be read; core and box are of two versions") from error


def _refused(told: dict[str, object]) -> RefusedDevice:
    """As the box's root tells it. Raises BoxDoorError for what is no device."""
    try:
        kind = DeviceKind(str(told["kind"])) if told["kind"] is not None else None
        name, serial, which = (str(told[key])[:LONGEST_WORDS] for key in ("name", "serial", "id"))
        return RefusedDevice(kind, name, serial, which)
    except (LookupError, TypeError, ValueError) as error:
        raise BoxDoorError("a device cannot be read; core and box are of two versions") from error
