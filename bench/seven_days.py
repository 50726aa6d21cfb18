"""A week of a kiosk's life in hours: does anything grow? Core, sync and window are three true processes, Kivy draws
offscreen, a true central server answers them, printer and scanner are simulated at their pseudo-terminals.

Their time is passed in and runs `--speed` times as fast as the machine's. In the office's hours people scan passes and
touch whatever is on the screen; the network is away for a while each day, and once for a day and a night; the paper
runs low and out; at night comes a practice visit, for which the core is stopped, as on an installed kiosk. Each hour
of that time the memory, files and threads of each process are looked at, and the disk. Ends with 1 where something
grows after the first day, or a process ends by itself. `--leaks` is the control: a process that keeps 256 kB
at each touch (ui) or 8 kB at each sign of life (core), which has to be found.
"""

import argparse
import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time as machine
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from demo_site import Program
from fast_time import FastTime
from growth import Sample, growth_a_day
from sqlalchemy.orm import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from sync_site import CentralServer

from central.database import OfficeRow, database_file, for_writing, open_database
from central.demo import DEMO_OFFICE, load_demo
from kiosk.doors import CENTRAL_DOOR, WINDOW_DOOR
from kiosk.protocol import HEARTBEATS

ZONE = ZoneInfo("Asia/Jakarta")
START = datetime(2026, 11, 23, 6, tzinfo=ZONE)
"""A Monday: five days with office hours, then two without."""
FAST_KIOSK = Path(__file__).with_name("fast_kiosk.py")
PARTS = ("sync", "core", "ui")
SCAN_SECONDS = 4.0
"""Between two scans, by the machine's time: a visit takes about so long."""
STOP_SECONDS = 10.0
WARM_HOURS = {"core": 9.0, "sync": 24.0, "ui": 24.0}
"""What comes in the first hours of a life is no growth. The core's begin at night, with the practice visit: by then it
has met the morning's visitors."""
MOST_A_DAY = {"pss_mb": 3.0, "rss_mb": 1.5, "fds": 0.5, "threads": 0.5}
MOST_PASSING_A_DAY = 0.5
"""Entries of the folders for passing files."""
MOST_OTHER_BYTES_A_DAY = 1000.0
"""In the data folder, but for store and log."""
MOST_BYTES_A_FACT = 3000.0
"""Facts stay for seven days, so the store grows for a week; by no more than they take."""
MOST_BYTES = {"log bytes": 5.1e6, "store with its log": 20e6}
"""Of the kiosk's log, and of the store with its write-ahead log."""
LEAST_SIGNS_AN_HOUR = 60
"""Of life, of the 120 that are due: a kiosk that sends fewer does not keep up with the time."""
CONFIG = """\
central = {{ url = "{url}", ca = "{ca}" }}
data = {{ dir = "data" }}
printer = {{ url = "serial://{printer}" }}
scanner = [{{ url = "serial://{scanner}" }}]
screen = {{ size = [432, 768], pixels_per_mm = 1.6 }}
"""


class Part:
    """One of the three processes; `life` counts its starts."""

    def __init__(self, week: "Week", name: str) -> None:
        self._week, self.name, self.life = week, name, 0
        self.start()

    def start(self) -> None:
        self.life += 1
        leaks = ["--leaks"] if self._week.leaks == self.name else []
        self.process = subprocess.Popen(
            [*self._week.command(self.name), *leaks], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
            stderr=self._week.errors, env=self._week.environment,
        )  # fmt: skip

    def says(self, line: str) -> None:
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        self.process.kill()
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()

    def measured(self) -> dict[str, float]:
        place = Path(f"/proc/{self.process.pid}")
        told = dict(line.split(":", 1) for line in (place / "smaps_rollup").read_text().splitlines()[1:])
        return {
            "pss_mb": int(told["Pss"].split()[0]) / 1024,
            "rss_mb": int(told["Rss"].split()[0]) / 1024,
            "fds": len(os.listdir(place / "fd")),
            "threads": len(os.listdir(place / "task")),
        }


@dataclass
class Week:
    """The site, and what happens there."""

    folder: Path
    speed: float
    hours: float
    leaks: str = ""
    seed: int = 1
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    fallen: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"scans": 0, "practice visits": 0, "outages": 0})
    signs: list[float] = field(default_factory=list)
    """When the server answered a sign of life, in hours."""
    late_seconds: float = 0.0
    _serves: bool = False

    @contextmanager
    def open(self) -> Iterator["Week"]:
        """Sets it up, all processes running; takes it down."""
        with ExitStack() as stack:
            self._random, self.time = Random(self.seed), FastTime.starting(START.astimezone(UTC), self.speed)
            self._run, self._passing = self.folder / "run", self.folder / "passing"
            for door in (WINDOW_DOOR, CENTRAL_DOOR):
                (self._run / door).parent.mkdir(parents=True)
            self._passing.mkdir()
            self.environment = {
                **os.environ, "SDL_VIDEODRIVER": "offscreen", "TMPDIR": str(self._passing), "HOME": str(self._passing),
            }  # fmt: skip
            self.errors = stack.enter_context((self.folder / "errors.txt").open("w"))
            self._table = stack.enter_context((self.folder / "samples.csv").open("w", newline=""))
            self.server = CentralServer(self.folder, self.time, lambda app: _heard(app, self.time, self.signs))
            self._new_day()
            self._begin_server()
            stack.callback(self._end_server)
            self.printer = self._device(stack, "printer")
            self.scanner = self._device(stack, "scanner")
            (self.folder / "data").mkdir()
            self.kiosk = str(self.server.enrolled(self.folder / "data").kiosk_id)
            self._config = self.folder / "kiosk.toml"
            places = {name: self.folder / name for name in ("printer", "scanner")}
            self._config.write_text(CONFIG.format(url=self.server.url, ca=self.server.ca, **places))
            self.parts = {name: Part(self, name) for name in PARTS}
            for each in self.parts.values():
                stack.callback(each.stop)
            yield self

    def command(self, what: str) -> list[str]:
        return [
            sys.executable, str(FAST_KIOSK), what, "--time", str(self.time), "--config", str(self._config),
            "--run", str(self._run),
        ]  # fmt: skip

    def live(self) -> None:
        """All that happens, each at its time; can be ended by Ctrl-C."""
        with suppress(KeyboardInterrupt):
            for at, act in sorted(self._plan(), key=lambda each: each[0]):
                while (ahead := (at - self.time.utc()).total_seconds()) > 0:
                    self._watch()
                    machine.sleep(min(0.2, ahead / self.speed))
                self.late_seconds = max(self.late_seconds, -ahead)
                act()

    # ------------------------------------------------------------ what happens

    def _plan(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        end = START + timedelta(hours=self.hours)
        for hour in range(1, int(self.hours) + 1):
            yield START + timedelta(hours=hour), self._look
        for number in range(int(self.hours / 24) + 1):
            day = (START + timedelta(days=number)).replace(hour=0)
            for at, act in self._day(day, number):
                if START < at < end:
                    yield at, act

    def _day(self, day: datetime, number: int) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """One day from midnight on, in the office's time."""

        def at(hour: float) -> datetime:
            return day + timedelta(hours=hour)

        yield at(0.05), self._new_day
        yield at(2), self._practise
        if day.weekday() < 5:
            yield at(16.8), lambda: self.parts["ui"].says("off")
            gap = SCAN_SECONDS * self.speed / 3600
            yield from ((at(7.5 + place * gap), self._scan) for place in range(int(9 / gap)))
            for hour, verb in ((10.5, "paper low"), (11, "paper out"), (11.4, "paper in")):
                yield at(hour), lambda verb=verb: self.printer.obey(verb)  # type: ignore[misc]
        away = 9.5 + self._random.random() * 4
        back = away + (24 if number % 7 == 2 else 0.3 + self._random.random())
        yield at(away), self._end_server
        yield at(back), self._begin_server

    def _new_day(self) -> None:
        """The day's bookings; walk-ins may follow each other at once, for a person takes as long as ever."""
        with Session(for_writing(engine := open_database(self.server.data))) as session, session.begin():
            load_demo(
                session, self.server.data, None, self.time.utc(), at_any_hour=False, public_url="https://x.example"
            )
            row = session.get_one(OfficeRow, DEMO_OFFICE)
            body = json.loads(row.body)
            body["rules"][0]["walk_in_pause_seconds"] = 0
            row.body = json.dumps(body)
        engine.dispose()
        self._bookings: list[dict[str, Any]] = json.loads((self.server.data / "demo/bookings.json").read_text())

    def _scan(self) -> None:
        """Mostly a pass whose slot is about now, sometimes any; and people stand at the screen."""
        self.parts["ui"].says("on")
        now = f"{self.time.utc().astimezone(ZONE):%H:%M}"
        near = sorted(self._bookings, key=lambda each: abs(_minutes(each["slot"]) - _minutes(now)))[:25]
        self.scanner.say(self._random.choice(near if self._random.random() < 0.8 else self._bookings)["pass"])
        self.counts["scans"] += 1

    def _practise(self) -> None:
        """As `kiosk-provision practise` does it: the core lets go of its store meanwhile."""
        core = self.parts["core"]
        core.stop()
        ran = subprocess.run(self.command("rehearse"), env=self.environment, stderr=self.errors, check=False)
        if ran.returncode:
            self.fallen.append(f"the practice visit of {self._hour():.1f} h failed")
        core.start()
        self.counts["practice visits"] += 1

    def _end_server(self) -> None:
        if self._serves:
            self.server.stop()
            self.counts["outages"] += 1
        self._serves = False

    def _begin_server(self) -> None:
        if not self._serves:
            self.server.start()
        self._serves = True

    def _watch(self) -> None:
        for each in self.parts.values():
            status = each.process.poll()
            if status is not None:
                self.fallen.append(f"{each.name} ended by itself with {status} after {self._hour():.1f} h")
                each.start()

    # ------------------------------------------------------------ what is seen

    def _hour(self) -> float:
        return self.time.monotonic() / 3600

    def _look(self) -> None:
        hour = self._hour()
        for name, part in self.parts.items():
            for figure, value in part.measured().items():
                self._note(f"{name} {figure}", hour, part.life, value)
        store, log = self.folder / "data/store", self.folder / "data/log"
        both = _bytes_in(store)
        sizes = {
            "store bytes": _bytes_in(store, "kiosk.sqlite"),
            "store with its log": both,
            "log bytes": _bytes_in(log),
            "other bytes": _bytes_in(self.folder / "data") - both - _bytes_in(log),
            "passing entries": sum(1 for _ in self._passing.rglob("*")),
            "facts": self.facts(),
        }
        for figure, value in sizes.items():
            self._note(figure, hour, 1, value)

    def _note(self, figure: str, hour: float, life: int, value: float) -> None:
        self.samples.setdefault(figure, []).append(Sample(hour, life, value))
        csv.writer(self._table).writerow([figure, f"{hour:.2f}", life, f"{value:.3f}"])
        self._table.flush()

    def facts(self) -> int:
        return self.asks("SELECT count(*) FROM facts WHERE kiosk = ?", self.kiosk)

    def asks(self, query: str, *values: str) -> int:
        """One number of the central server's database."""
        with sqlite3.connect(database_file(self.server.data)) as db:
            return int(db.execute(query, values).fetchone()[0])

    def _device(self, stack: ExitStack, kind: str) -> Program:
        made = Program("kiosk", "simulate", kind, "--pty", str(self.folder / kind))
        stack.callback(made.stop)
        return made


Verdict = tuple[bool, str]


def verdicts(week: Week, warm_hours: dict[str, float] = WARM_HOURS) -> Iterator[Verdict]:
    """Each figure with what it may grow by."""
    for name in PARTS:
        for figure, most in MOST_A_DAY.items():
            samples = week.samples[f"{name} {figure}"]
            grown = growth_a_day(samples, warm_hours[name])
            values = [each.value for each in samples]
            said = f"{values[0]:.1f} to {values[-1]:.1f}, at most {max(values):.1f}"
            yield grown <= most, f"{name} {figure}: {said}; {grown:+.2f} a day (at most {most})"
    yield from _of_the_disk(week.samples)
    each_hour = Counter(int(each) for each in week.signs)
    signs = median(each_hour.values()) if each_hour else 0
    yield signs >= LEAST_SIGNS_AN_HOUR, f"signs of life: {signs:.0f} an hour, of 120 that are due"
    yield not week.fallen, f"ended by themselves or failed: {'; '.join(week.fallen) or 'none'}"


def _of_the_disk(samples: dict[str, list[Sample]]) -> Iterator[Verdict]:
    passing, other, store, facts = (
        growth_a_day(samples[each], WARM_HOURS["ui"])
        for each in ("passing entries", "other bytes", "store bytes", "facts")
    )
    yield passing <= MOST_PASSING_A_DAY, f"files that were left for passing: {passing:+.1f} a day"
    yield other <= MOST_OTHER_BYTES_A_DAY, f"data beside store and log: {other:+.0f} bytes a day"
    held, a_fact = samples["store bytes"][-1].value / 1e6, store / max(1.0, facts)
    said = f"{store / 1e3:+.0f} kB and {facts:+.0f} facts a day, {a_fact:.0f} bytes a fact"
    yield a_fact <= MOST_BYTES_A_FACT, f"store: {held:.2f} MB, {said} (at most {MOST_BYTES_A_FACT:.0f})"
    for name, most in MOST_BYTES.items():
        found = max(each.value for each in samples[name])
        yield found <= most, f"{name}: at most {found / 1e6:.2f} MB (of {most / 1e6:.1f})"


def _heard(app: ASGIApp, time: FastTime, signs: list[float]) -> ASGIApp:
    """The server's answers bear this time, for the kiosk takes its own from them; and signs of life are noted."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        async def sends(message: Message) -> None:
            if message["type"] == "http.response.start":
                at = format_datetime(time.utc(), usegmt=True).encode()
                message["headers"] = [*message["headers"], (b"date", at)]
                if scope["path"] == HEARTBEATS and message["status"] == HTTPStatus.OK:
                    signs.append(time.monotonic() / 3600)
            await send(message)

        await app(scope, receive, sends)

    return serve


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _bytes_in(folder: Path, pattern: str = "*") -> int:
    total = 0
    for each in folder.rglob(pattern):
        with suppress(FileNotFoundError):
            total += each.stat().st_size
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=float, default=10, help="of the machine's time")
    parser.add_argument("--hours", type=float, default=168, help="of that time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--leaks", choices=("core", "ui"), default="", help="the control")
    parser.add_argument("--out", type=Path, help="where samples.csv stays; else nothing does")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = arguments.out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="week-")))
        folder.mkdir(parents=True, exist_ok=True)
        week = Week(folder, arguments.speed, arguments.hours, arguments.leaks, arguments.seed)
        with week.open():
            week.live()
            told = {
                "tickets": week.asks("SELECT count(*) FROM tickets"), "facts": week.facts(),
                "printed": week.asks("SELECT count(*) FROM tickets WHERE paper = 'printed'"),
            }  # fmt: skip
        print(f"{week.samples['facts'][-1].hour:.1f} h at {arguments.speed:.0f} x: {week.counts | told}, at most {week.late_seconds:.0f} s late")  # fmt: skip  # noqa: E501
        is_good = True
        for good, sentence in verdicts(week):
            is_good = is_good and good
            print(f"{'ok ' if good else 'NOT'} {sentence}", flush=True)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
