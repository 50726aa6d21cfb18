"""A country's kiosks on one machine, against real processes of the central server over a real PostgreSQL and TLS.

    .venv/bin/python bench/country_load.py --kiosks 1000 --seconds 300 [--peak 3] [--kill] [--bare] [--control]

Each simulated kiosk has its own connection and key, signs each request, and keeps its real rhythm: a heartbeat every
30 s, the snapshot every 15 s, and check-ins that make 100,000 bookings a day of 8 h over 1,000 kiosks (times `--peak`),
each with the facts of its ticket, its paper and every second time a rating. Bookings are made at that rate meanwhile.

Printed are the latencies of each call, what went wrong, and the CPU time of a kiosk's hour. `--bare` gives this load to
empty endpoints of the same stack first. `--kill` kills one process after a third of the time and the database after
two thirds (`pg_ctl stop -m immediate`), and starts them again. In the end all journals are held against the database:
every fact that was acknowledged must be there, as it was sent, and none twice.

`--control` is another run: a cluster that answers before it has written (synchronous_commit off), stopped the same way.
It must lose something that was acknowledged. Ends with 1 where a law is broken, or the control finds nothing.
"""

import argparse
import asyncio
import ssl
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from country_kiosk import Line, Measured, SimulatedKiosk
from country_site import Office, Process, bare, certificate, cpu_of_family, fill, more_booking, serving
from postgres import Cluster, cluster
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from central.database import BookingRow, FactRow, for_writing, open_database
from kiosk.protocol import HelpCalled, digest

CHECK_INS_A_SECOND = 100_000 / (8 * 3600) / 1000
"""Of a kiosk."""
AWAY_SECONDS = 3.0
CARELESS = {"synchronous_commit": "off", "fsync": "off", "wal_writer_delay": "10s", "wal_buffers": "16MB"}


@dataclass
class Load:
    """A running load: the kiosks, what they measure, and the processes that answer them."""

    kiosks: list[SimulatedKiosk]
    measured: Measured
    processes: list[Process]
    seconds: float

    async def run(self, events: Callable[[], Awaitable[None]] | None = None) -> None:
        """The kiosks live for `seconds`; `events` happen meanwhile."""
        end = time.monotonic() + self.seconds
        living = [each.live(lambda: end) for each in self.kiosks]
        await asyncio.gather(*living, *([events()] if events else []))

    async def settle(self) -> None:
        """All that is owed is sent, and every connection ended."""
        await asyncio.gather(*(each.settle() for each in self.kiosks))
        for each in self.kiosks:
            each.line.close()
        await asyncio.sleep(0)

    async def warm_up(self) -> float:
        """Every office's snapshot is made once by every process; returns how long that took, in s."""
        began = time.monotonic()
        await asyncio.gather(*(each.line.open() for each in self.kiosks))
        for each in self.kiosks:
            await each.pull()
        self.measured.clear()
        return time.monotonic() - began


def kiosks_of(offices: list[Office], processes: list[Process], ca: Path, peak: float, seed: int) -> Load:
    """The kiosks of all offices, spread over the processes."""
    trust, measured, made = ssl.create_default_context(cafile=str(ca)), Measured(), list[SimulatedKiosk]()
    ports = [each.port for each in processes]
    for office in offices:
        for id_, digit, key in office.kiosks:
            place = len(made)
            line = Line(ports, place, trust)
            rhythm = 1 / (CHECK_INS_A_SECOND * peak)
            made.append(
                SimulatedKiosk(id_, digit, key, line, measured, office.bookings, Random(f"{seed}/{place}"), rhythm)
            )
    return Load(made, measured, processes, 0)


def violations(engine: Engine, kiosks: list[SimulatedKiosk]) -> Counter[str]:
    """Holds what the database has against what was acknowledged."""
    found: Counter[str] = Counter()
    with Session(engine) as session:
        for kiosk in kiosks:
            wanted = select(FactRow.seq, FactRow.digest).where(FactRow.kiosk == kiosk.id).order_by(FactRow.seq)
            held = [(seq, told) for seq, told in session.execute(wanted)]
            sent = [(place, digest(text)) for place, text in enumerate(kiosk.facts, 1)]
            found["acknowledged, but not held"] += len(set(sent[: kiosk.acknowledged]) - set(held))
            found["held, but never sent"] += len(set(held) - set(sent))
            found["held twice"] += len(held) - len(set(held))
    return +found


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] * 1000 if values else 0.0


def told(load: Load, title: str) -> None:
    """Prints what calls took and what went wrong."""
    print(f"{title}: {'call':<16}{'count':>8}{'p50 ms':>9}{'p99 ms':>9}{'most':>9}")
    every = [each for values in load.measured.seconds.values() for each in values]
    for name, values in [*sorted(load.measured.seconds.items()), ("all", every)]:
        most = max(values, default=0) * 1000
        print(f"{'':<{len(title)}}  {name:<16}{len(values):>8}{percentile(values, 0.5):>9.1f}", end="")
        print(f"{percentile(values, 0.99):>9.1f}{most:>9.1f}")
    print(
        f"  read {load.measured.bytes_read / 1e6:.1f} MB; wrong: {dict(load.measured.wrong) or 'nothing'}", flush=True
    )


async def booked(engine: Engine, offices: list[Office], days: int, until: float, pause: float) -> None:
    """Makes bookings as a booking site does, one every `pause` s."""
    writing, place = for_writing(engine), 0

    def one() -> None:
        with Session(writing) as session, session.begin():
            id_, office, day, body = more_booking(offices[place % len(offices)].id, days, place)
            session.add(BookingRow(id=str(id_), office=office, day=day, body=body))

    while time.monotonic() + pause < until:
        await asyncio.sleep(pause)
        try:
            await asyncio.to_thread(one)
        except Exception as error:  # noqa: BLE001 (the database may be away; a booking site would say so)
            print(f"  a booking could not be made: {type(error).__name__}")
        place += 1


async def broken(server: Cluster, processes: list[Process], seconds: float) -> None:
    """One process is killed after a third of the time, the database after two."""
    await asyncio.sleep(seconds / 3)
    processes[0].kill()
    print("  one process is killed", flush=True)
    await asyncio.sleep(min(AWAY_SECONDS, seconds / 10))
    await asyncio.to_thread(processes[0].start)
    await asyncio.sleep(seconds / 3)
    await asyncio.to_thread(server.stop, "immediate")
    print("  the database is killed", flush=True)
    await asyncio.sleep(min(AWAY_SECONDS, seconds / 10))
    await asyncio.to_thread(server.start)


@dataclass(frozen=True)
class Chosen:
    kiosks: int
    seconds: float
    peak: float = 1.0
    processes: int = 2
    booked_days: int = 9
    kill: bool = False
    seed: int = 0


def measure(chosen: Chosen, folder: Path) -> Counter[str]:
    """One run; returns the violations."""
    ca, cert, key = certificate(folder)
    with cluster() as server:
        url = server.url(server.create())
        began = time.monotonic()
        offices = fill(folder / "data", url, chosen.kiosks, chosen.booked_days)
        engine = open_database(folder / "data", url)
        print(
            f"{chosen.kiosks} kiosks of {len(offices)} offices, filled in {time.monotonic() - began:.0f} s", flush=True
        )
        processes = serving(folder / "data", url, chosen.processes, cert, key)
        try:
            load = kiosks_of(offices, processes, ca, chosen.peak, chosen.seed)
            load.seconds = chosen.seconds
            asyncio.run(_measured(load, server, engine, offices, chosen))
        finally:
            for each in processes:
                each.stop()
        found = violations(engine, load.kiosks)
        engine.dispose()
    facts, acknowledged = sum(len(each.facts) for each in load.kiosks), sum(each.acknowledged for each in load.kiosks)
    print(f"  facts: {facts} recorded, {acknowledged} acknowledged; violations: {dict(found) or 'none'}", flush=True)
    return found


async def _measured(load: Load, server: Cluster, engine: Engine, offices: list[Office], chosen: Chosen) -> None:
    print(f"  every snapshot made by every process in {await load.warm_up():.0f} s", flush=True)
    before = _cpu(load, server)
    pause = 1 / (CHECK_INS_A_SECOND * chosen.kiosks)
    until = time.monotonic() + chosen.seconds

    async def events() -> None:
        making = asyncio.create_task(booked(engine, offices, chosen.booked_days, until, pause))
        if chosen.kill:
            await broken(server, load.processes, chosen.seconds)
        await making

    await load.run(events)
    if not chosen.kill:
        web, database = (after - held for after, held in zip(_cpu(load, server), before, strict=True))
        hours = chosen.kiosks * chosen.seconds / 3600
        print(
            f"  CPU: server {web:.1f} s, PostgreSQL {database:.1f} s: {(web + database) / hours:.1f} s a kiosk's hour"
        )
    told(load, "central server")
    await load.settle()


def _cpu(load: Load, server: Cluster) -> tuple[float, float]:
    return sum(each.cpu() for each in load.processes), cpu_of_family(server.pid())


def measure_bare(chosen: Chosen, folder: Path) -> None:
    """The same rhythm against empty endpoints."""
    folder.mkdir()
    ca, cert, key = certificate(folder)
    processes = bare(chosen.processes, cert, key)
    try:
        with cluster() as server:
            offices = fill(folder / "data", server.url(server.create()), chosen.kiosks, 1)
        load = kiosks_of(offices, processes, ca, chosen.peak, chosen.seed)
        load.seconds = chosen.seconds
        asyncio.run(_bare(load))
    finally:
        for each in processes:
            each.stop()


async def _bare(load: Load) -> None:
    await load.warm_up()
    await load.run()
    told(load, "bare peer")
    await load.settle()


def control(folder: Path, kiosks: int = 20, seconds: float = 3.0) -> int:
    """How many acknowledged facts a database loses that answers before it has written."""
    folder.mkdir()
    ca, cert, key = certificate(folder)
    with cluster(CARELESS) as server:
        url = server.url(server.create())
        offices = fill(folder / "data", url, kiosks, 1)
        processes = serving(folder / "data", url, 1, cert, key)
        try:
            load = kiosks_of(offices, processes, ca, 1, 0)
            asyncio.run(_in_a_hurry(load, seconds))
        finally:
            for each in processes:
                each.stop()
        server.stop("immediate")
        server.start()
        engine = open_database(folder / "data", url)
        lost = violations(engine, load.kiosks)["acknowledged, but not held"]
        engine.dispose()
    return lost


async def _in_a_hurry(load: Load, seconds: float) -> None:
    end = time.monotonic() + seconds

    async def one(kiosk: SimulatedKiosk) -> None:
        while time.monotonic() < end:
            kiosk.record(HelpCalled(step="WELCOME"))
            await kiosk.push()

    await asyncio.gather(*(one(each) for each in load.kiosks))
    for each in load.kiosks:
        each.line.close()


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument(
        "--kiosks", type=int, nargs="+", default=[100], metavar="N", help="one run for each (%(default)s)"
    )
    words.add_argument("--seconds", type=float, default=60, metavar="S", help="of each run (%(default)s)")
    words.add_argument("--peak", type=float, default=1, metavar="X", help="times the usual check-ins (%(default)s)")
    words.add_argument("--processes", type=int, default=2, metavar="N", help="of the central server (%(default)s)")
    words.add_argument("--booked-days", type=int, default=9, metavar="N", help="days full of bookings (%(default)s)")
    words.add_argument("--seed", type=int, default=0, metavar="N", help="of the kiosks' rhythm (%(default)s)")
    words.add_argument("--kill", action="store_true", help="kill a process and the database meanwhile")
    words.add_argument("--bare", action="store_true", help="the same load on empty endpoints first")
    words.add_argument("--control", action="store_true", help="only the control: a careless database must lose facts")
    asked = words.parse_args()
    if asked.control:
        with TemporaryDirectory() as folder:
            lost = control(Path(folder) / "control")
        print(f"control, answering before it is written: {lost} acknowledged facts lost")
        return 0 if lost else 1
    found: Counter[str] = Counter()
    for kiosks in asked.kiosks:
        chosen = Chosen(kiosks, asked.seconds, asked.peak, asked.processes, asked.booked_days, asked.kill, asked.seed)
        with TemporaryDirectory() as folder:
            if asked.bare:
                measure_bare(chosen, Path(folder) / "bare")
            found += measure(chosen, Path(folder))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
