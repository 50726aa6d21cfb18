"""The closed log: every event that the kiosk may write down, each with typed fields, none with free text (pure).

What a person scanned, typed or is called cannot be logged, for there is no field that could hold it: a field is an
enum, a small number, a boolean, a class or a Failure. `docs/log.md` lists the events, `log_file.py` writes them.
"""

import logging
import sys
import traceback
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import CodeType
from typing import ClassVar

from kiosk.events import Event
from kiosk.model import PrinterStatus, StoreFault, Task, TaskEnd
from kiosk.visit import State

CODE = Path(__file__).parent
"""Only code of this folder is named as the place of a failure."""

_front = logging.getLogger(__name__)
_front.addHandler(logging.NullHandler())


class Level(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class PrintMoment(StrEnum):
    """When a printer was lost, with respect to a ticket."""

    IDLE = "idle"
    BEFORE_TICKET = "before_ticket"
    IN_TICKET = "in_ticket"
    AFTER_TICKET = "after_ticket"


class WorkerName(StrEnum):
    RECORDS = "records"
    PRINTER = "printer"
    SYNC = "sync"
    SCANNER = "scanner"
    KEYPAD = "keypad"
    WINDOW_LINE = "window_line"
    TECHNICIAN = "technician"


class Source(StrEnum):
    """Who used Python's own logging: a library, or (KIOSK) a line of ours that went past this file."""

    KIOSK = "kiosk"
    KIVY = "kivy"
    URLLIB3 = "urllib3"
    REQUESTS = "requests"
    PIL = "PIL"
    ASYNCIO = "asyncio"
    ESCPOS = "escpos"
    SERIAL = "serial"
    WARNINGS = "py"
    OTHER = "other"


@dataclass(frozen=True)
class Frame:
    """A place in our own code: names and lines of the program, never a value of it."""

    code: CodeType
    line: int

    def __str__(self) -> str:
        return f"{Path(self.code.co_filename).relative_to(CODE.parent)}:{self.line} {self.code.co_name}"


@dataclass(frozen=True)
class Failure:
    """What went wrong, without its words: the error's class, that of its cause, the system's errno, the store's fault,
    and where in our code, outermost first.
    """

    error: type[BaseException]
    cause: type[BaseException] | None
    errno: int | None
    fault: StoreFault | None
    frames: tuple[Frame, ...]

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """The failure that an exception tells of."""
        cause = error.__cause__ or error.__context__
        number = getattr(error, "errno", None) or getattr(cause, "errno", None)
        fault = getattr(error, "fault", None)
        frames = tuple(
            Frame(frame.f_code, line)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if CODE in Path(frame.f_code.co_filename).parents
        )
        return cls(
            error=type(error),
            cause=type(cause) if cause else None,
            errno=number if isinstance(number, int) else None,
            fault=fault if isinstance(fault, StoreFault) else None,
            frames=frames,
        )


@dataclass(frozen=True)
class LogEvent:
    """Something worth writing down. Its docstring says when it happens and what a technician does about it."""

    level: ClassVar[Level] = Level.INFO


@dataclass(frozen=True)
class KioskStarted(LogEvent):
    """The workers run. Two of these without a kiosk_stopped between them: a power cut, or a crash."""


@dataclass(frozen=True)
class KioskStopped(LogEvent):
    """An orderly end."""


@dataclass(frozen=True)
class RestartWanted(LogEvent):
    """The kiosk could not record, and ends to be started anew: check the disk."""

    level = Level.ERROR


@dataclass(frozen=True)
class StoreUnusable(LogEvent):
    """The store cannot be opened, so the kiosk shows that it is out of service. disk_full: make room; read_only: mend
    the disk's mount or owner; key: put back the key that made the store; disk_error: replace the disk.
    """

    level = Level.ERROR
    fault: StoreFault


@dataclass(frozen=True)
class StorePutAside(LogEvent):
    """The store could not be read any more; it was put aside, and a new one begun: send the old one in for recovery."""

    level = Level.ERROR
    fault: StoreFault


@dataclass(frozen=True)
class Crashed(LogEvent):
    """An error that nothing caught."""

    level = Level.ERROR
    failure: Failure


@dataclass(frozen=True)
class WindowFailed(LogEvent):
    """An error in the window's loop, while this state was shown."""

    level = Level.ERROR
    state: State
    failure: Failure


@dataclass(frozen=True)
class WorkerFailed(LogEvent):
    """A worker ended by an error; the kiosk goes out of service and is started anew."""

    level = Level.ERROR
    worker: WorkerName
    failure: Failure


@dataclass(frozen=True)
class WorkerStuck(LogEvent):
    """A worker did not end when it was asked to."""

    level = Level.ERROR
    worker: WorkerName


@dataclass(frozen=True)
class EventIgnored(LogEvent):
    """A late or meaningless event changed nothing; normal."""

    level = Level.DEBUG
    event: type[Event]
    state: State


@dataclass(frozen=True)
class ScannerLost(LogEvent):
    """A scanner cannot be opened or read: check its cable. It is tried again by itself."""

    level = Level.WARNING
    failure: Failure


@dataclass(frozen=True)
class KeypadLost(LogEvent):
    """A keypad or the headphones' socket cannot be opened or read: check its cable. It is tried again by itself."""

    level = Level.WARNING
    failure: Failure


@dataclass(frozen=True)
class SpeechLost(LogEvent):
    """Screens cannot be spoken, all else goes on: install the system's package espeak-ng. It is tried again with the
    next screen.
    """

    level = Level.WARNING
    failure: Failure


@dataclass(frozen=True)
class PrinterLost(LogEvent):
    """The printer cannot be opened or written: check its cable and power. It is tried again by itself."""

    level = Level.WARNING
    moment: PrintMoment
    failure: Failure


@dataclass(frozen=True)
class PrinterChanged(LogEvent):
    """The printer says something new of itself."""

    status: PrinterStatus


@dataclass(frozen=True)
class SecondOpinionMissing(LogEvent):
    """Codes are read by one library only: install the system's package libzbar0."""

    level = Level.WARNING


@dataclass(frozen=True)
class NumberClash(LogEvent):
    """A booked number is another booking's already, so nothing was issued: correct it at the central server."""

    level = Level.ERROR


@dataclass(frozen=True)
class CentralChanged(LogEvent):
    """The kiosk came in touch with the central server, or lost it."""

    online: bool


@dataclass(frozen=True)
class CentralUnavailable(LogEvent):
    """A round with the central server did not end well; `status` is the HTTP status, 0 without one. What is owed stays
    owed.
    """

    status: int
    failure: Failure


@dataclass(frozen=True)
class FactsSentAgain(LogEvent):
    """The central server lost facts that it had acknowledged (an older copy was restored); it gets them again."""

    level = Level.WARNING


@dataclass(frozen=True)
class FactsNotTaken(LogEvent):
    """The central server knows another kiosk with this one's identity: call the technician."""

    level = Level.ERROR
    status: int


@dataclass(frozen=True)
class WindowChanged(LogEvent):
    """A window of another process came to the core, or went: after it went, another one should come within seconds."""

    is_there: bool


@dataclass(frozen=True)
class StrangerRefused(LogEvent):
    """A process of another user came to a socket of the kiosk's, and was sent away: somebody tries something, or a unit
    has the wrong user.
    """

    level = Level.WARNING


@dataclass(frozen=True)
class MessageRefused(LogEvent):
    """A window, or the core, said what cannot be understood; the line was ended. Two versions run side by side: restart
    anjungan.target.
    """

    level = Level.WARNING


@dataclass(frozen=True)
class TapRefused(LogEvent):
    """A window told of a touch that its screen has no button for: it is not the kiosk's own program."""

    level = Level.WARNING
    event: type[Event]


@dataclass(frozen=True)
class CoreLost(LogEvent):
    """The window lost the core, and shows that it waits a moment. It comes to it again by itself."""

    level = Level.WARNING


@dataclass(frozen=True)
class RequestRefused(LogEvent):
    """The core asked the sync process for something that a kiosk never asks: it is not the kiosk's own program."""

    level = Level.WARNING
    status: int


@dataclass(frozen=True)
class SupervisorDeaf(LogEvent):
    """systemd could not be told that the process is alive; it may be started anew for that."""

    level = Level.WARNING
    failure: Failure


@dataclass(frozen=True)
class TechnicianAsked(LogEvent):
    """Somebody held the office's name until the kiosk asked for the technician's PIN."""


@dataclass(frozen=True)
class TechnicianRefused(LogEvent):
    """A technician's PIN or code was wrong, the `wrong`th since one got in. Nobody of yours: set a new PIN."""

    level = Level.WARNING
    wrong: int


@dataclass(frozen=True)
class WayInShut(LogEvent):
    """Too many PINs and codes were wrong: the technician's way in is shut for so many minutes."""

    level = Level.WARNING
    minutes: int


@dataclass(frozen=True)
class TechnicianLetIn(LogEvent):
    """A technician's PIN and code were right."""


@dataclass(frozen=True)
class TechnicianLetOut(LogEvent):
    """The technician left, or touched nothing for two minutes."""


@dataclass(frozen=True)
class TaskEnded(LogEvent):
    """The kiosk did a technician's task, and how it ended."""

    task: Task
    end: TaskEnd


@dataclass(frozen=True)
class TaskFailed(LogEvent):
    """A technician's task could not be done: the journal of anjungan-technician, or of the kiosk, says more."""

    level = Level.WARNING
    task: Task
    failure: Failure


@dataclass(frozen=True)
class TaskRefused(LogEvent):
    """A technician's task was asked for while none is in: the kiosk's own programs never do."""

    level = Level.WARNING
    task: Task


@dataclass(frozen=True)
class LibrarySpoke(LogEvent):
    """Something used Python's own logging. Its words are not kept, for they may quote a person's."""

    level = Level.WARNING
    source: Source
    said: Level


@dataclass(frozen=True)
class EventsDropped(LogEvent):
    """So many events could not be written (a full disk, a folder that cannot be used) before this one could."""

    level = Level.WARNING
    count: int


EVENTS: tuple[type[LogEvent], ...] = (
    KioskStarted, KioskStopped, RestartWanted, StoreUnusable, StorePutAside, Crashed, WindowFailed, WorkerFailed,
    WorkerStuck, EventIgnored, ScannerLost, KeypadLost, SpeechLost, PrinterLost, PrinterChanged, SecondOpinionMissing,
    NumberClash, CentralChanged, CentralUnavailable, FactsSentAgain, FactsNotTaken, WindowChanged, StrangerRefused,
    MessageRefused, TapRefused, CoreLost, RequestRefused, SupervisorDeaf, TechnicianAsked, TechnicianRefused, WayInShut,
    TechnicianLetIn, TechnicianLetOut, TaskEnded, TaskFailed, TaskRefused, LibrarySpoke, EventsDropped,
)  # fmt: skip
"""All there are."""


def note(event: LogEvent) -> None:
    """Writes an event down, wherever the log goes; harmless where it goes nowhere."""
    _front.log(logging.getLevelName(event.level.upper()), event)


def is_named(kind: type) -> bool:
    """Whether a class stands under its own name in its module: code then, not something made from data."""
    return getattr(sys.modules.get(kind.__module__), kind.__qualname__, None) is kind
