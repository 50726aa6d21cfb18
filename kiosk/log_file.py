"""Where the log is written: JSON lines in a file that is rotated by size, and lines for the journal on stderr.

Both hold events of `event_log.py` and nothing else: what comes by Python's own logging is written as LibrarySpoke,
without its words.
"""

import contextlib
import json
import logging
import os
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from enum import Enum
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO

from kiosk.event_log import (
    Crashed,
    EventsDropped,
    Failure,
    Frame,
    Level,
    LibrarySpoke,
    LogEvent,
    Source,
    is_named,
    note,
)

FILE_BYTES = 1_000_000
OLD_FILES = 4
"""The log takes at most FILE_BYTES * (OLD_FILES + 1): some 25,000 events."""
SAME_SECONDS = 600
"""An event equal to the last of its kind is counted for so long, not written: a printer without power is tried every
few seconds, all weekend."""
LARGEST_NUMBER = 999_999
"""Too short for a NIK (16 digits), a passport or a phone number."""

Value = str | int | None | dict[str, Any] | list[str]


def event_of(record: logging.LogRecord) -> LogEvent:
    """The event of a record; another's words become LibrarySpoke."""
    if isinstance(record.msg, LogEvent):
        return record.msg
    top = record.name.partition(".")[0]
    source = Source(top) if top in list(Source) else Source.OTHER
    levels = {logging.DEBUG: Level.DEBUG, logging.INFO: Level.INFO, logging.WARNING: Level.WARNING}
    return LibrarySpoke(source, levels.get(record.levelno, Level.ERROR))


def written(event: LogEvent) -> dict[str, Value]:
    """The event as it is written. Raises TypeError or ValueError for a value that no field may hold, whatever its hint
    says.
    """
    return {"event": name_of(type(event)), "level": event.level.value} | _fields(event)


def name_of(kind: type[LogEvent]) -> str:
    """PrinterLost is written as printer_lost."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def _fields(part: LogEvent | Failure) -> dict[str, Value]:
    return {each.name: _value(getattr(part, each.name)) for each in fields(part)}


def _value(value: object) -> Value:
    match value:
        case Enum():
            return str(value.value)
        case None | bool():
            return value
        case int():
            if abs(value) > LARGEST_NUMBER:
                raise ValueError("a number that long may be a person's")
            return value
        case type():
            return value.__name__ if is_named(value) else "other"
        case Failure():
            return _fields(value)
        case tuple():
            return [str(each) for each in value if isinstance(each, Frame)]
        case _:
            raise TypeError(f"the log has no {type(value).__name__}")


class Repeats(logging.Filter):
    """Lets an event through that differs from the last of its kind, or comes SAME_SECONDS after it; counts the rest.

    `now` gives UTC.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._last: dict[type[LogEvent], tuple[LogEvent, datetime]] = {}
        self._held_back: dict[type[LogEvent], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        event, now = event_of(record), self._now()
        kind = type(event)
        last, at = self._last.get(kind, (None, now))
        if event == last and 0 <= (now - at).total_seconds() < SAME_SECONDS:
            self._held_back[kind] = self._held_back.get(kind, 0) + 1
            return False
        self._last[kind] = (event, now)
        record.repeats = self._held_back.pop(kind, 0)
        return True


class JsonLine(logging.Formatter):
    """`{"at": …, "event": "printer_lost", "level": "warning", …}`; `repeats` counts equal ones held back before it.

    `now` gives UTC.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self._line(record), separators=(",", ":"))

    def _line(self, record: logging.LogRecord) -> dict[str, Value]:
        repeats: int = getattr(record, "repeats", 0)
        at: dict[str, Value] = {"at": self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        return at | written(event_of(record)) | ({"repeats": repeats} if repeats else {})


class JournalLine(JsonLine):
    """The same for people: `<4>printer_lost moment=idle …`, with the level as systemd reads it (sd-daemon(3)); the
    journal has its own time.
    """

    LEVELS = {Level.DEBUG: 7, Level.INFO: 6, Level.WARNING: 4, Level.ERROR: 3}  # noqa: RUF012 - a table

    def format(self, record: logging.LogRecord) -> str:
        line = self._line(record)
        said = " ".join(f"{key}={_plain(line[key])}" for key in line if key not in ("at", "event", "level"))
        return f"<{self.LEVELS[event_of(record).level]}>{line['event']} {said}".rstrip()


def _plain(value: Value) -> str:
    return json.dumps(value, separators=(",", ":")).replace('"', "")


class LogFile(RotatingFileHandler):
    """The log on disk, for its owner alone. What cannot be written is dropped, counted, and told of when it can be."""

    def __init__(self, file: Path, size: int = FILE_BYTES) -> None:
        """`size` is when the file is rotated, in bytes. The file is opened at its first event."""
        super().__init__(file, maxBytes=size, backupCount=OLD_FILES, encoding="ascii", delay=True)
        self._dropped = 0

    def emit(self, record: logging.LogRecord) -> None:
        owed = self._dropped
        if owed:
            super().emit(_record(EventsDropped(min(owed, LARGEST_NUMBER))))
            if self._dropped > owed:  # no room yet: what was added stands for this record
                return
            self._dropped = 0
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Instead of logging's own, which prints the record."""
        self._dropped += 1
        stream, self.stream = self.stream, None  # opened again at the next event
        if stream:
            with contextlib.suppress(OSError):
                stream.close()

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.baseFilename, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        size = os.fstat(file).st_size
        stream = open(file, "a", encoding="ascii")  # noqa: SIM115 - closed by the handler
        if size and os.pread(file, 1, size - 1) != b"\n":  # cut off in mid-line by a power cut or a full disk
            stream.write("\n")
        return stream


class LogStream(logging.StreamHandler[TextIO]):
    """The log on a stream; what it does not take is dropped."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Instead of logging's own, which prints the record."""


def _record(event: LogEvent) -> logging.LogRecord:
    return logging.LogRecord("kiosk", logging.WARNING, "", 0, event, None, None)


def log_to_file(file: Path, now: Callable[[], datetime], size: int = FILE_BYTES) -> logging.Handler:
    """Writes the log to a file as well, from now on. `now` gives UTC."""
    return _add(LogFile(file, size), JsonLine(now), now)


def log_to_stream(stream: TextIO, now: Callable[[], datetime]) -> logging.Handler:
    """Writes the log to a stream as well, from now on. `now` gives UTC."""
    return _add(LogStream(stream), JournalLine(now), now)


def _add(handler: logging.Handler, formatter: logging.Formatter, now: Callable[[], datetime]) -> logging.Handler:
    handler.setLevel(logging.INFO)
    handler.setFormatter(formatter)
    handler.addFilter(_worth_a_line)
    handler.addFilter(Repeats(now))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(min(root.level, logging.INFO))
    return handler


def _worth_a_line(record: logging.LogRecord) -> bool:
    """Libraries chat: of them only warnings count."""
    return isinstance(record.msg, LogEvent) or record.levelno >= logging.WARNING


def catch_the_uncaught() -> None:
    """From now on an error that nothing catches, and a warning of Python's, become events: a traceback on stderr would
    show the error's words.
    """
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, trace: _crashed(error)
    threading.excepthook = lambda args: _crashed(args.exc_value)
    sys.unraisablehook = lambda args: _crashed(args.exc_value)


def _crashed(error: BaseException | None) -> None:
    if error:
        note(Crashed(Failure.of(error)))
