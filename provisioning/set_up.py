"""The set-up at work: what the window says and what the box shows, folded into the next page by the wizard's table."""

import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kiosk.config import read_settings
from kiosk.devices.printer import printer_for
from kiosk.devices.scanner import Scanner, scanner_for
from kiosk.errors import (
    CentralError,
    CentralRefused,
    CentralRejected,
    ConfigError,
    PrinterError,
    Revoked,
    ScannerError,
)
from kiosk.identity import IDENTITY_FILE, Identity, forget
from kiosk.model import EnrolmentProblem, PrintOutcome
from kiosk.set_up_lines import (
    Again,
    Answer,
    CodeGiven,
    Judged,
    Looked,
    OnlyThese,
    Page,
    Part,
    Plugged,
    Shown,
    Touched,
    Turned,
    WentOn,
)
from provisioning import usb_list
from provisioning.apply import apply
from provisioning.approval import ASK_SECONDS, is_approved
from provisioning.box_files import CONFIG, PANEL, USB_DEVICES, touch_rotation
from provisioning.check import findings_of
from provisioning.completion import complete, is_there, laid, turned
from provisioning.disk import Disk
from provisioning.enrol import code_in, exchange
from provisioning.finding import LANGUAGES, Finding, Verdict
from provisioning.hardware import Hardware, hardware_of
from provisioning.machine import BoxError, Machine
from provisioning.owner import as_owner_of
from provisioning.parts import looked
from provisioning.plan import own_plan
from provisioning.progress import end_progress, keep_progress, kept_progress
from provisioning.screen_process import Pipes
from provisioning.touch_rotation import rotation_of
from provisioning.trial_slip import slip_lines
from provisioning.wizard import (
    READY_SECONDS,
    Progress,
    Situation,
    Slip,
    after,
    after_touches,
    is_ready,
    page_of,
    passes_by_itself,
)
from provisioning.zone import zone_kept

TURN_SECONDS = 0.1
LOOK_SECONDS = 2.0


class SetUp:
    """One box, from whatever was done already to its lobby's opening. `config` is its kiosk.toml from here."""

    def __init__(
        self, machine: Machine, config: Path, disk: Disk | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._machine, self._config, self._disk, self._monotonic = machine, config, disk or Disk(), monotonic
        self._settings = read_settings(config)
        # Who wrote how the picture is turned is not asked.
        self.progress = kept_progress(machine) or Progress(upright=bool(self._settings.screen.turn))
        keep_progress(machine, self.progress, self._disk)
        # What a power cut left half done.
        with suppress(ConfigError):
            self._change({})
        self._lay()
        self._looked: tuple[Looked, ...] = ()
        self._plugged: tuple[usb_list.Plugged, ...] = ()
        self._is_wide = False
        self._looks_at = 0.0
        self._scanners: list[Scanner] = []
        self._page: Page | None = None
        self._check_text = ""
        self._number = 0
        self._shown: Shown | None = None
        self._problem: EnrolmentProblem | None = None
        self._tries = 0
        self._findings: list[Finding] | None = None
        self._passes_at: float | None = None
        self._asks_at = 0.0
        self._begins_anew = False
        self.is_over = False

    def __enter__(self) -> "SetUp":
        return self

    def __exit__(self, *_: object) -> None:
        self._close_scanners()

    def go_on(self, window: Pipes) -> None:
        """Until it is over, or the window has to be begun anew: the compositor heeds a turned panel only then. Raises
        ScreenGone, and BoxError where the box cannot be changed.
        """
        self._begins_anew, self._shown = False, None
        while not (self.is_over or self._begins_anew):
            self.turn(window)

    def turn(self, window: Pipes) -> None:
        """Looks, shows, works, hears: once."""
        self._window = window
        if self._monotonic() >= self._looks_at:
            self._look()
        self._show()
        self._work()
        for answer in window.answers(TURN_SECONDS):
            if answer.number == self._number and not self.is_over:
                self._take(answer)
        self._listen()

    # ------------------------------------------------------------ what the box is

    @property
    def _box(self) -> Situation:
        missing = frozenset(each.part for each in self._looked if not each.is_found)
        enrolled = (self._folder / IDENTITY_FILE).exists()
        return Situation(missing, enrolled, usb_list.is_due(self._machine, self._plugged), self._is_wide)

    @property
    def _folder(self) -> Path:
        return self._machine.here(self._settings.data.dir)

    def _letters(self) -> str:
        """What an officer compares, "" where there is no identity."""
        try:
            return Identity.load(self._folder).check_text
        except ConfigError:
            return ""

    def _look(self) -> None:
        """Again and again, for what is plugged in comes by itself; another find means other verdicts."""
        found, before = hardware_of(self._machine), self._box
        self._complete(found)
        if not self._scanners:
            self._open_scanners()
        self._looked = looked(self._machine, self._settings, found, bool(self._scanners), self._prints(found))
        self._plugged = usb_list.plugged_in(self._machine, found)
        self._is_wide = any(each.size[0] > each.size[1] for each in found.screens)
        if self._box != before:
            self._findings = None
        self._looks_at = self._monotonic() + LOOK_SECONDS

    def _prints(self, found: Hardware) -> bool:
        """Whether the printer has answered, and is there still: while it is nobody asks it again."""
        has_answered = any(each.part is Part.PRINTER and each.is_found for each in self._looked)
        printer = self._settings.printer
        return has_answered and printer is not None and is_there(printer.url, self._machine, found)

    def _complete(self, found: Hardware) -> None:
        """The configuration names this box's own devices, as far as it can be completed."""
        if complete(self._machine, self._config, found, self._disk):
            self._settings = read_settings(self._config)
            self._close_scanners()

    def _lay(self) -> None:
        """The window is to be as large as the panel from its first moment."""
        text = self._config.read_text(encoding="utf-8")
        new = laid(text, self._settings, hardware_of(self._machine))
        if new != text:
            self._change({CONFIG: new.encode()})
            self._settings = read_settings(self._config)

    def _change(self, files: dict[str, bytes]) -> None:
        apply(self._machine, own_plan(self._machine, files), self._disk)

    def _keep(self, progress: Progress) -> None:
        if progress != self.progress:
            self.progress = progress
            keep_progress(self._machine, progress, self._disk)

    # ------------------------------------------------------------ what the window shows

    def _show(self, waiting: bool = False) -> None:
        box = self._box
        page = page_of(self.progress, box)
        if page is not self._page:
            self._page, self._number = page, self._number + 1
            self._passes_at = None
            self._check_text = self._letters()
        is_unchecked = page is Page.READY and self._findings is None
        shown = Shown(
            page=page, number=self._number, looked=self._looked, is_list_due=box.is_list_due,
            plugged=tuple(Plugged(kind=each.kind, name=f"{each.usb.name} ({each.usb.id})") for each in self._plugged),
            waiting=waiting or is_unchecked, problem=self._problem,
            is_scanned=self.progress.scanned, misfits=self._tries, judged=self._judged(), kept=self._kept(),
            is_ready=not is_unchecked and is_ready(self._broken()), passes=self._passes_at is not None,
            check_text=self._check_text,
        )  # fmt: skip
        if shown != self._shown:
            self._shown = shown
            self._window.show(shown)

    def _told(self) -> list[Finding]:
        """What is not kept, the broken first."""
        findings = self._findings or ()
        return [each for verdict in (Verdict.BROKEN, Verdict.UNKNOWN) for each in findings if each.verdict is verdict]

    def _broken(self) -> list[str]:
        return [each.name for each in self._findings or () if each.verdict is Verdict.BROKEN]

    def _judged(self) -> tuple[Judged, ...]:
        return tuple(_judged(each) for each in self._told())

    def _kept(self) -> int:
        return len(self._findings or ()) - len(self._told())

    # ------------------------------------------------------------ what is to be done

    def _work(self) -> None:
        """What a page does without being asked."""
        wants_slip = self.progress.slip is Slip.WANTED and self._page in (Page.CODE, Page.APPROVAL, Page.READY)
        if wants_slip and Part.PRINTER not in self._box.missing:
            self._print()
        elif self._page is Page.APPROVAL and self._monotonic() >= self._asks_at:
            self._ask_for_approval()
        elif self._page is Page.READY and self._findings is None:
            self._check()
        elif self._passes_at is not None and self._monotonic() >= self._passes_at:
            self._open_the_lobby()

    def _print(self) -> None:
        """The trial slip; a printer that took nothing of it is one that is missing."""
        if self._settings.printer is None:
            return
        printer = printer_for(self._settings.printer.url, self._settings.printer.width_mm)
        try:
            printer.open()
            outcome = printer.print(slip_lines(self._settings.printer.width_mm)).outcome
        except PrinterError:
            outcome = PrintOutcome.FAILED
        finally:
            printer.close()
        known = {PrintOutcome.PRINTED: Slip.SEEN, PrintOutcome.UNCONFIRMED: Slip.SENT}
        if outcome in known:
            self._keep(self.progress.model_copy(update={"slip": known[outcome]}))
        else:
            self._looked = tuple(
                each.model_copy(update={"is_found": False}) if each.part is Part.PRINTER else each
                for each in self._looked
            )
            self._looks_at = self._monotonic() + LOOK_SECONDS

    def _ask_for_approval(self) -> None:
        """Goes on once it is given, and back to the code where it was refused."""
        central, self._problem = self._settings.central, None
        try:
            approved = is_approved(self._folder, central.url, self._machine.here(central.ca), self._machine.now())
            self._keep(self.progress.model_copy(update={"approved": approved}))
        except Revoked:
            with as_owner_of(self._folder):
                forget(self._folder)
            self._problem = EnrolmentProblem.NOT_APPROVED
        except CentralError as error:
            self._problem = problem_of(error)
        except ConfigError:
            # The last page tells what is broken of the identity.
            self._keep(self.progress.model_copy(update={"approved": True}))
        self._asks_at = self._monotonic() + ASK_SECONDS

    def _check(self) -> None:
        """Holds the box to every requirement; the scanners are let go for the while, for they have one owner."""
        zone_kept(self._machine, self._settings, self._disk)
        self._close_scanners()
        self._findings = findings_of(self._machine)
        self._open_scanners()
        if passes_by_itself(self.progress, self._box, self._broken()):
            self._passes_at = self._monotonic() + READY_SECONDS

    def _open_the_lobby(self) -> None:
        end_progress(self._machine, self._disk)
        self.is_over = True

    def _take(self, answer: Answer) -> None:
        """An answer to the page that is shown."""
        page, self._passes_at = self._page, None
        assert page
        match page, answer:
            case Page.CODE, CodeGiven():
                self._try(answer.code)
                # Eleven touches that met their keys: the panel follows the finger.
                self._keep(self.progress.model_copy(update={"touched": self.progress.touched or self._box.enrolled}))
            case Page.UPRIGHT, Turned():
                self._turn_the_picture()
            case Page.FOUND, OnlyThese():
                self._let_in_only_these()
            case Page.TARGETS, Touched():
                self._turn(answer)
            case Page.READY, WentOn():
                self._open_the_lobby()
                return
            case Page.READY, Again():
                self._findings = None
        self._keep(after(self.progress, page, answer))

    def _try(self, code: str) -> None:
        """A code becomes an identity, or a problem."""
        self._problem = None
        self._show(waiting=True)
        central = self._settings.central
        try:
            enrolled = exchange(code, central.url, self._machine.here(central.ca), self._folder)
            self._keep(self.progress.model_copy(update={"approved": enrolled.approved}))
        except CentralError as error:
            self._problem = problem_of(error)

    def _turn_the_picture(self) -> None:
        """By another quarter; the compositor heeds it when it begins anew."""
        self._change({CONFIG: turned(self._config.read_text(encoding="utf-8")).encode()})
        self._settings = read_settings(self._config)
        self._begins_anew = True

    def _let_in_only_these(self) -> None:
        """Of what is plugged in what a kiosk uses; USBGuard begins anew with that, and shuts out all else."""
        text = usb_list.list_of(each.usb for each in self._plugged if each.kind)
        self._change({USB_DEVICES: text.encode()})
        self._looks_at = 0.0

    def _turn(self, touched: Touched) -> None:
        """The touches came as they should, or the panel is turned, or nothing helps."""
        rotation = rotation_of(touched.places)
        self._tries = self._tries + 1 if rotation != 0 else 0
        if rotation:
            now = (touch_rotation(self._machine.text(PANEL)) + rotation) % 360
            self._change({PANEL: f"touch_rotation = {now}\n".encode()})
            self._begins_anew = True
        self._keep(after_touches(self.progress, rotation, self._tries))

    # ------------------------------------------------------------ scanners

    def _listen(self) -> None:
        """A code at a scanner proves it; an enrolment code is taken for one that was typed."""
        for scanner in tuple(self._scanners):
            try:
                text = scanner.read(0.0)
            except ScannerError:
                self._close_scanners()
                self._looks_at = 0.0
                return
            if not text:
                continue
            self._keep(self.progress.model_copy(update={"scanned": True}))
            if self._page is Page.CODE:
                with suppress(BoxError):
                    code = code_in(text, self._settings.central.url)
                    if code:
                        self._try(code)

    def _open_scanners(self) -> None:
        for settings in self._settings.scanner:
            scanner = scanner_for(settings.url)
            with suppress(ScannerError):
                scanner.open()
                self._scanners.append(scanner)

    def _close_scanners(self) -> None:
        for each in self._scanners:
            each.close()
        self._scanners.clear()


def problem_of(error: BaseException) -> EnrolmentProblem:
    """What went wrong, as it is told on the screen."""
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return EnrolmentProblem.DISTRUSTED
        cause = cause.__cause__ or cause.__context__
    is_refused = isinstance(error, CentralRefused | CentralRejected)
    return EnrolmentProblem.REFUSED if is_refused else EnrolmentProblem.UNREACHABLE


def _judged(finding: Finding) -> Judged:
    return Judged(
        is_broken=finding.verdict is Verdict.BROKEN,
        is_mended_here=finding.verdict is Verdict.BROKEN and not is_ready([finding.name]),
        requirement={each: finding.requirement_in(each) for each in LANGUAGES},
        remedy={each: finding.remedy_in(each) for each in LANGUAGES},
    )
