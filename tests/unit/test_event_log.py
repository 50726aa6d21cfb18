"""What the closed log can hold, how it is written, and what it does when it cannot be."""

import ast
import json
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from enum import Enum
from io import StringIO
from pathlib import Path
from types import CodeType, NoneType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from draw_log import FILE as PAGE
from draw_log import drawn
from samples import FakeClock

from kiosk.errors import PrinterError, StoreError
from kiosk.event_log import (
    EVENTS,
    CentralUnavailable,
    Failure,
    Frame,
    KioskStarted,
    Level,
    LibrarySpoke,
    LogEvent,
    PrinterChanged,
    PrinterLost,
    PrintMoment,
    Source,
    note,
)
from kiosk.log_file import OLD_FILES, SAME_SECONDS, log_to_file, log_to_stream, written
from kiosk.model import PrinterStatus, StoreFault
from kiosk.workers import BackOff

ROOT = Path(__file__).parents[2]
CANARY = "KENARI4711"
FREE_TO_LOG = {"event_log.py", "log_file.py", "escpos_library.py"}
"""The last keeps python-escpos from setting logging up by itself."""
FREE_TO_PRINT = {"__main__.py", "decoding.py", "simulator_programs.py"}
"""What a technician runs speaks in words."""
Lines = Callable[[], list[dict[str, Any]]]


@dataclass
class Log:
    """A log on disk with a clock that the test moves."""

    file: Path
    clock: FakeClock

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def events(self) -> list[str]:
        return [line["event"] for line in self.lines()]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    made = Log(tmp_path / "log" / "kiosk.jsonl", FakeClock())
    handler = log_to_file(made.file, made.clock.utc, size=2000)
    yield made
    logging.getLogger().removeHandler(handler)
    handler.close()


# ------------------------------------------------------------ what it can hold


def atoms(hint: Any) -> Iterator[Any]:
    """The classes that a type hint is made of; of a record of ours, those of its fields."""
    if get_origin(hint) is type:
        return
    if get_args(hint):
        for each in get_args(hint):
            yield from atoms(each)
    elif hint in (Failure, Frame):
        for part in get_type_hints(hint).values():
            yield from atoms(part)
    elif hint is not Ellipsis:
        yield hint


def can_hold_words(kind: type) -> bool:
    hints = get_type_hints(kind)
    held = [atom for each in fields(kind) for atom in atoms(hints[each.name])]  # type: ignore[arg-type]
    return not all(issubclass(atom, Enum) or atom in (int, bool, NoneType, CodeType) for atom in held)


@pytest.mark.parametrize("kind", EVENTS)
def test_no_event_has_a_field_for_words(kind: type[LogEvent]) -> None:
    assert not can_hold_words(kind)


def test_a_field_for_words_would_be_seen() -> None:
    @dataclass(frozen=True)
    class Leaky(LogEvent):
        text: str

    @dataclass(frozen=True)
    class Sly(LogEvent):
        parts: tuple[int | str, ...]

    assert can_hold_words(Leaky)
    assert can_hold_words(Sly)


def test_the_list_of_events_is_whole_and_the_page_shows_it() -> None:
    assert {each for each in LogEvent.__subclasses__() if each.__module__ == LogEvent.__module__} == set(EVENTS)
    assert PAGE.read_text(encoding="utf-8") == drawn(), "run python scripts/draw_log.py"


def test_words_or_a_persons_number_in_a_field_of_another_type_are_not_written() -> None:
    with pytest.raises(TypeError):
        written(PrinterChanged(CANARY))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a number that long"):
        written(CentralUnavailable(1375012345678901, Failure.of(OSError())))


def test_an_errors_words_are_left_out_and_its_class_cause_errno_and_place_told() -> None:
    try:
        try:
            BackOff(CANARY, 1).next_wait()  # type: ignore[arg-type]
        except TypeError as cause:
            raise PrinterError(CANARY) from OSError(5, CANARY, CANARY).with_traceback(cause.__traceback__)
    except PrinterError as error:
        failure = Failure.of(error)
        inner = Failure.of(error.__context__)  # type: ignore[arg-type]
    line = written(PrinterLost(PrintMoment.IDLE, failure))
    assert line["failure"] == {"error": "PrinterError", "cause": "OSError", "errno": 5, "fault": None, "frames": []}
    assert [str(each).split(":")[0] for each in inner.frames] == ["kiosk/workers.py"]
    assert str(inner.frames[0]).endswith(" next_wait")


def test_a_failure_has_the_systems_number_of_the_error_or_else_of_its_cause() -> None:
    wrapped = PrinterError(CANARY)
    wrapped.__cause__ = OSError(28, CANARY)
    assert (Failure.of(OSError(5, CANARY)).errno, Failure.of(wrapped).errno) == (5, 28)
    assert Failure.of(OSError(5, CANARY)).cause is Failure.of(OSError(CANARY)).errno is None
    foreign = OSError()
    foreign.errno = CANARY  # type: ignore[assignment]
    assert Failure.of(foreign).errno is None


def test_a_failure_has_the_stores_fault_and_nothing_else_of_that_name() -> None:
    assert Failure.of(StoreError(StoreFault.KEY, CANARY)).fault is StoreFault.KEY
    foreign = PrinterError(CANARY)
    foreign.fault = CANARY  # type: ignore[attr-defined]
    assert Failure.of(foreign).fault is Failure.of(PrinterError(CANARY)).fault is None


def test_a_place_in_our_code_has_its_line() -> None:
    def fail() -> None:
        BackOff(CANARY, 1).next_wait()  # type: ignore[arg-type]

    with pytest.raises(TypeError) as raised:
        fail()
    (frame,) = Failure.of(raised.value).frames
    first = frame.code.co_firstlineno
    assert first < frame.line < first + 9


def test_a_class_made_on_the_fly_is_not_named() -> None:
    made = type(CANARY, (Exception,), {})
    assert CANARY not in json.dumps(written(PrinterLost(PrintMoment.IDLE, Failure.of(made()))))


# ------------------------------------------------------------ nobody goes past it


def logs_by_itself(file: Path) -> bool:
    """Whether a file uses Python's logging, warnings or traceback modules, or anything named like a logger."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import) and {each.name for each in node.names} & {"logging", "warnings", "traceback"}:
            return True
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ("logging", "traceback"):
            return True
        if isinstance(node, ast.Name) and node.id in ("log", "logger", "Logger"):
            return True
    return False


def test_no_file_of_the_kiosk_logs_by_itself() -> None:
    offenders = [file for file in (ROOT / "kiosk").rglob("*.py") if logs_by_itself(file)]
    assert {file.name for file in offenders} <= FREE_TO_LOG, offenders


def prints(file: Path) -> bool:
    nodes = list(ast.walk(ast.parse(file.read_text())))
    return any(isinstance(node, ast.Name) and node.id == "print" for node in nodes) or any(
        isinstance(node, ast.Attribute) and node.attr in ("stderr", "stdout") for node in nodes
    )


def test_no_file_of_a_running_kiosk_prints() -> None:
    assert {file.name for file in (ROOT / "kiosk").rglob("*.py") if prints(file)} == FREE_TO_PRINT


def test_a_file_that_logs_by_itself_would_be_seen(tmp_path: Path) -> None:
    for place, line in enumerate(
        ("import logging", "from logging import info", "from kivy.logger import Logger; Logger")
    ):
        file = tmp_path / f"{place}.py"
        file.write_text(line)
        assert logs_by_itself(file), line


def test_what_comes_by_pythons_own_logging_loses_its_words(log: Log) -> None:
    for name in ("urllib3.connectionpool", "kivy", "kiosk.records", f"{CANARY}.x"):
        logging.getLogger(name).warning("%s", CANARY, extra={"who": CANARY})
        logging.getLogger(name).info("chat")
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("PIL.Image").exception(CANARY, stack_info=True)
    assert [(line["source"], line["said"]) for line in log.lines()] == [
        ("urllib3", "warning"), ("kivy", "warning"), ("kiosk", "warning"), ("other", "warning"), ("PIL", "error"),
    ]  # fmt: skip
    assert CANARY not in log.file.read_text()


def test_an_error_that_nothing_catches_leaves_its_class_and_place_only(tmp_path: Path) -> None:
    code = f"""
import sys, threading, warnings
from datetime import datetime, UTC
from kiosk.log_file import catch_the_uncaught, log_to_stream
from kiosk.workers import BackOff
log_to_stream(sys.stderr, lambda: datetime.now(UTC))
catch_the_uncaught()
warnings.warn("{CANARY}")
thread = threading.Thread(target=lambda: 1 / len("")); thread.start(); thread.join()
class Bad:
    def __del__(self): raise KeyError("{CANARY}")
Bad()
BackOff("{CANARY}", 1).next_wait()
"""
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert CANARY not in ended.stderr
    for told in ("source=py", "error:ZeroDivisionError", "error:KeyError", "error:TypeError", " next_wait"):
        assert told in ended.stderr


# ------------------------------------------------------------ how it is written


def test_an_event_is_a_line_of_json_with_utc_time_and_level(log: Log) -> None:
    note(PrinterChanged(PrinterStatus.PAPER_OUT))
    assert log.lines() == [
        {"at": "2026-11-24T02:30:00Z", "event": "printer_changed", "level": "info", "status": "paper_out"}
    ]


def test_a_line_for_the_journal_has_a_level_that_systemd_reads() -> None:
    stream = StringIO()
    handler = log_to_stream(stream, FakeClock().utc)
    note(LibrarySpoke(Source.KIVY, Level.ERROR))
    logging.getLogger().removeHandler(handler)
    assert stream.getvalue() == "<4>library_spoke source=kivy said=error\n"


def test_log_and_its_folder_are_their_owners_alone(log: Log) -> None:
    note(KioskStarted())
    assert stat.S_IMODE(os.stat(log.file).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(log.file.parent).st_mode) == 0o700


def test_the_log_is_rotated_by_size_and_the_oldest_goes(log: Log) -> None:
    for place in range(400):
        note(PrinterChanged(PrinterStatus.READY if place % 2 else PrinterStatus.OFFLINE))
    files = sorted(log.file.parent.iterdir())
    assert len(files) == OLD_FILES + 1
    assert all(file.stat().st_size <= 2000 and stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_an_event_over_and_over_is_counted_and_told_of_with_the_next(log: Log) -> None:
    for _ in range(5):
        note(KioskStarted())
    note(PrinterChanged(PrinterStatus.READY))
    log.clock.passes(SAME_SECONDS)
    note(KioskStarted())
    assert [(line["event"], line.get("repeats")) for line in log.lines()] == [
        ("kiosk_started", None), ("printer_changed", None), ("kiosk_started", 4),
    ]  # fmt: skip


# ------------------------------------------------------------ when it cannot be


def test_a_folder_that_cannot_be_used_stops_nothing_and_what_was_dropped_is_told_later(log: Log) -> None:
    log.file.parent.write_text("a file in the folder's place")
    for status in PrinterStatus:
        note(PrinterChanged(status))
    log.file.parent.unlink()
    note(KioskStarted())
    assert [(line["event"], line.get("count")) for line in log.lines()] == [
        ("events_dropped", len(PrinterStatus)), ("kiosk_started", None),
    ]  # fmt: skip


def test_a_full_disk_stops_nothing_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    clock = FakeClock()
    handler = log_to_file(Path("/dev/full"), clock.utc)
    logging.getLogger("kivy").error(CANARY)
    note(KioskStarted())
    logging.getLogger().removeHandler(handler)
    handler.close()
    assert handler._dropped == 2  # type: ignore[attr-defined]
    assert capfd.readouterr().err == ""


def test_after_a_power_cut_in_mid_line_the_next_event_has_its_own(log: Log) -> None:
    log.file.parent.mkdir()
    log.file.write_text('{"at":"2026-11-24T02:')
    note(KioskStarted())
    assert json.loads(log.file.read_text().splitlines()[1])["event"] == "kiosk_started"
