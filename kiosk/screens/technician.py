"""The technician's screens: the PIN, the code, how the kiosk is and what it can be made to do, how that ended."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import DeviceChosen, PinTyped, TaskChosen, TechnicianCodeTyped
from kiosk.model import CODE_DIGITS, PIN_DIGITS, Outcome, Task, TaskEnd, Verdict
from kiosk.screens.icons import Icon
from kiosk.screens.keys import phone_keys, typed_box
from kiosk.screens.screen import KioskScreen
from kiosk.visit import State

SIDE_BY_SIDE = 2
TASKS = {
    Task.TRIAL_SLIP: Icon.PRINT,
    Task.CHECK: Icon.SEARCH,
    Task.REHEARSAL: Icon.STAFF,
    Task.NEW_ROLL: Icon.TICKET,
    Task.BUNDLE: Icon.SEND,
    Task.REFUSED_DEVICES: Icon.HERE,
    Task.RESTART_KIOSK: Icon.NEXT,
    Task.RESTART_MACHINE: Icon.NEXT,
    Task.SWITCH_OFF: Icon.CLOSE,
    Task.ROLL_BACK: Icon.BACK,
}
"""What is offered, in its order."""
ASKED_TWICE = (Task.RESTART_MACHINE, Task.SWITCH_OFF, Task.ROLL_BACK)
"""Tasks after which people wait, or nobody is served any more."""


class PinScreen(KioskScreen):
    hides_typed = True

    def ask(self, wide: float) -> Sequence[Widget]:
        way = self.view.visit.way_in
        if way and way.shut:
            return [
                self.sign(Icon.WARNING, wide, self.palette.warning),
                self.title("technician.shut", wide),
                self.hint(f"technician.{way.shut}", wide, minutes=way.minutes),
            ]
        made: list[Widget] = [self.title("technician.pin", wide), self.hint("technician.pin_hint", wide)]
        if way and way.wrong:
            made.append(
                self.words(self.word("technician.wrong"), wide, theme.LARGE_MM, self.palette.warning, bold=True)
            )
        return [*made, typed_box(self, "•" * len(self.typed), wide, theme.TITLE_MM * 1.2)]

    def answer(self, wide: float) -> Sequence[Widget]:
        way = self.view.visit.way_in
        if way and way.shut:
            return ()
        kind = "main" if len(self.typed) in PIN_DIGITS else "off"
        send = self.choice(self.word("button.next"), wide, self._send, kind)
        return [phone_keys(self, wide, PIN_DIGITS[-1]), send]

    def _send(self) -> None:
        pin, self.typed = self.typed, ""
        self.post(PinTyped(pin))
        if self.view.visit.state is State.TECHNICIAN_PIN:
            self.show(self.view)


class TechnicianCodeScreen(KioskScreen):
    hides_typed = True

    def ask(self, wide: float) -> Sequence[Widget]:
        way = self.view.visit.way_in
        challenge = way.challenge if way else ""
        made: list[Widget] = [
            self.title("technician.code", wide),
            self.number(f"{challenge[:3]} {challenge[3:]}", wide, theme.NUMBER_MM * 0.6, 7),
            self.hint("technician.code_hint", wide),
        ]
        if way and way.wrong:
            made.append(
                self.words(self.word("technician.wrong"), wide, theme.LARGE_MM, self.palette.warning, bold=True)
            )
        shown = self.typed.ljust(CODE_DIGITS, "·")
        return [*made, typed_box(self, f"{shown[:4]} {shown[4:]}", wide, theme.TITLE_MM * 1.2)]

    def answer(self, wide: float) -> Sequence[Widget]:
        kind = "main" if len(self.typed) == CODE_DIGITS else "off"
        send = self.choice(self.word("button.next"), wide, self._send, kind)
        return [phone_keys(self, wide, CODE_DIGITS), send]

    def _send(self) -> None:
        code, self.typed = self.typed, ""
        self.post(TechnicianCodeTyped(code))
        if self.view.visit.state is State.TECHNICIAN_CODE:
            self.show(self.view)


class TechnicianScreen(KioskScreen):
    """How everything is, and one button for each task; some ask once more."""

    home, home_icon = "technician.leave", Icon.CLOSE
    pages_last = True
    _asked: Task | None = None

    def wipe(self) -> None:
        super().wipe()
        self._asked = None

    def ask(self, wide: float) -> Sequence[Widget]:
        if self._asked:
            return [
                self.sign(Icon.WARNING, wide, self.palette.warning),
                self.title(f"technician.task.{self._asked}", wide),
                self.hint("technician.sure", wide),
            ]
        lines = [self.point(each, wide) for each in self._state()]
        return [self.title("technician.title", wide), *lines]

    def body(self, wide: float) -> Sequence[Widget]:
        if self._asked:
            return ()
        tasks = list(TASKS)
        rows = [tasks[place : place + SIDE_BY_SIDE] for place in range(0, len(tasks), SIDE_BY_SIDE)]
        return [self.pair(wide, [self._maker(each) for each in row]) for row in rows]

    def answer(self, wide: float) -> Sequence[Widget]:
        if self._asked is None:
            return ()
        task = self._asked
        return [
            self.choice(self.word("technician.yes"), wide, TaskChosen(task), "main", icon=TASKS[task]),
            self.choice(self.word("technician.no"), wide, lambda: self._ask_for(None), icon=Icon.BACK),
        ]

    def _maker(self, task: Task):  # type: ignore[no-untyped-def]
        def make(wide: float) -> Widget:
            event = (lambda: self._ask_for(task)) if task in ASKED_TWICE else TaskChosen(task)
            words = self.word(f"technician.task.{task}")
            return self.choice(words, wide, event, size=theme.BODY_MM, icon=TASKS[task])

        return make

    def _ask_for(self, task: Task | None) -> None:
        self._asked = task
        self.turn_to(0)
        self.told()

    def _state(self) -> Sequence[str]:
        view, box = self.view, self.view.visit.box
        yes = {True: self.word("technician.ready"), False: self.word("technician.not_ready")}
        printer = self.word(f"technician.printer.{view.printer}")
        said = [
            self.word("technician.of_printer", state=printer),
            self.word("technician.of_scanner", state=yes[view.scanner_ready]),
            self.word("technician.of_server", state=yes[view.online]),
            self.word("technician.of_clock", state=self.word(f"technician.clock.{view.clock}")),
        ]
        if box:
            report = ", ".join(box.broken) or yes[True] if box.reported else self.word("technician.no_report")
            said += [
                self.word("technician.of_box", version=box.version, owed=box.owed, free=box.disk_free_mb),
                self.word("technician.of_report", state=report),
            ]
        return [*said, self.word("technician.try_code")]


class TaskWaitingScreen(KioskScreen):
    def ask(self, wide: float) -> Sequence[Widget]:
        task = self.view.visit.task
        title = self.title(f"technician.task.{task}", wide) if task else self.title("technician.title", wide)
        return [self.sign(Icon.CLOCK, wide), title, self.hint("technician.waiting", wide)]


class OutcomeScreen(KioskScreen):
    home, home_icon = "technician.leave", Icon.CLOSE
    goes_back = True

    @property
    def reads_body(self) -> bool:  # type: ignore[override]
        outcome = self.view.visit.outcome
        return outcome is None or not outcome.devices

    def ask(self, wide: float) -> Sequence[Widget]:
        outcome = self.view.visit.outcome
        if outcome is None:
            return [self.title("technician.title", wide)]
        broken = sum(each.verdict is Verdict.BROKEN for each in outcome.findings)
        is_good = outcome.end in (TaskEnd.DONE, TaskEnd.UNCERTAIN) and not broken
        icon, colour = (Icon.HERE, None) if is_good else (Icon.WARNING, self.palette.warning)
        made: list[Widget] = [] if outcome.findings or outcome.devices else [self.sign(icon, wide, colour)]
        made.append(self.title(f"technician.task.{outcome.task}", wide))
        return [*made, self.words(self._told(outcome, broken), wide, theme.LARGE_MM, colour, bold=not is_good)]

    def _told(self, outcome: Outcome, broken: int) -> str:
        match outcome.task, outcome.end:
            case _, _ if outcome.findings:
                return self.word("technician.found", broken=broken, all=len(outcome.findings))
            case Task.TRIAL_CODE, _:
                return self.word("technician.read", characters=outcome.detail)
            case Task.REFUSED_DEVICES, TaskEnd.DONE:
                return self.word("technician.refused" if outcome.devices else "technician.none_refused")
            case Task.ALLOW_DEVICE, TaskEnd.DONE:
                return self.word("technician.allowed")
        return self.word(f"technician.end.{outcome.end}")

    def body(self, wide: float) -> Sequence[Widget]:
        outcome, language = self.view.visit.outcome, self.view.visit.language
        rows: list[Widget] = []
        for each in sorted(outcome.findings if outcome else (), key=lambda each: each.verdict is not Verdict.BROKEN):
            mark = self.word(f"technician.verdict.{each.verdict}")
            rows.append(self.point(f"{mark}: {each.requirement[language]}. {each.measured}", wide, theme.SMALL_MM))
            if each.remedy:
                rows.append(self.words(each.remedy[language], wide, theme.SMALL_MM, bold=True, halign="left"))
        return [*rows, *(self._refused(place, wide) for place in range(len(outcome.devices) if outcome else 0))]

    def _refused(self, place: int, wide: float) -> Widget:
        """A button where it can be let in."""
        assert self.view.visit.outcome
        device = self.view.visit.outcome.devices[place]
        if device.kind is None:
            return self.point(self.word("technician.not_offered", name=device.name), wide, theme.SMALL_MM)
        serial = f", {self.word('technician.serial', serial=device.serial)}" if device.serial else ""
        told = f"{self.word(f'device.{device.kind}')}: {device.name}{serial}"
        return self.choice(told, wide, DeviceChosen(place), size=theme.BODY_MM, icon=Icon.YES)
