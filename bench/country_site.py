"""A country's central server for measuring: offices, kiosks and bookings in PostgreSQL, processes that serve them."""

import json
import os
import re
import signal
import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import trustme
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from central.database import KioskRow, OfficeRow, for_writing, open_database
from central.demo import DEMO_OFFICE, load_demo
from kiosk.model import Applicant, Booking

KIOSKS_AN_OFFICE = 1000 / 130
BOOKINGS_A_DAY = 100_000 / 130
"""Of an office."""
SERVICE = "passport_new"
TICKS = os.sysconf("SC_CLK_TCK")
_BOOKING: TypeAdapter[Booking] = TypeAdapter(Booking)


@dataclass
class Office:
    """An office's kiosks (id and key), and today's bookings, of which nobody has come yet."""

    id: str
    kiosks: list[tuple[str, int, Ed25519PrivateKey]] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)


def fill(folder: Path, url: str, kiosks: int, days: int) -> list[Office]:
    """Makes offices for so many kiosks, with bookings of so many days from today on."""
    offices = [Office(f"K{place:04}") for place in range(max(1, round(kiosks / KIOSKS_AN_OFFICE)))]
    engine = open_database(folder, url)
    now = datetime.now(UTC)
    with Session(for_writing(engine)) as session, session.begin():
        load_demo(session, folder, None, now, at_any_hour=True, public_url="https://antrean.example")
        session.flush()
        document = json.loads(session.get_one(OfficeRow, DEMO_OFFICE).body)
        for office in offices:
            document["office"]["id"] = office.id
            session.add(OfficeRow(id=office.id, body=json.dumps(document)))
        for place in range(kiosks):
            session.add(_kiosk(offices[place % len(offices)]))
    today = now.astimezone().date()
    with engine.begin() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        for office in offices:
            for day in range(days):
                made = [_booking(office.id, today + timedelta(days=day), place) for place in range(int(BOOKINGS_A_DAY))]
                _copy(raw, made)
                office.bookings = office.bookings or made
        raw.execute("ANALYZE")
    engine.dispose()
    return offices


def _kiosk(office: Office) -> KioskRow:
    key, id_, digit = Ed25519PrivateKey.generate(), str(uuid4()), len(office.kiosks) + 1
    office.kiosks.append((id_, digit, key))
    public = b64encode(key.public_key().public_bytes_raw()).decode()
    return KioskRow(id=id_, office=office.id, name=f"Kiosk {digit}", digit=digit, public_key=public)


def _booking(office: str, day: date, place: int) -> Booking:
    applicant = Applicant("S*** N***", f"A-{place + 1:03}")
    return Booking(uuid4(), office, day, time(8 + place // 100), SERVICE, (applicant,), "7KQ2M9X4TD")


def _copy(raw: "psycopg.Connection", bookings: list[Booking]) -> None:
    with raw.cursor().copy("COPY bookings (id, office, day, body) FROM STDIN") as copy:
        for each in bookings:
            body = _BOOKING.dump_json(each).decode()
            copy.write_row((str(each.id), each.office, each.day.isoformat(), body))


def more_booking(office: str, days: int, place: int) -> tuple[UUID, str, str, str]:
    """One more booking, of one of the next days: its id, office, day and body."""
    day = datetime.now().astimezone().date() + timedelta(days=1 + place % max(1, days - 1))
    made = _booking(office, day, 900 + place)
    return made.id, office, day.isoformat(), _BOOKING.dump_json(made).decode()


def certificate(folder: Path) -> tuple[Path, Path, Path]:
    """An authority's certificate, and a server's chain and key of it, as files."""
    authority = trustme.CA()
    ours = authority.issue_cert("localhost", "127.0.0.1")
    files = folder / "ca.pem", folder / "cert.pem", folder / "key.pem"
    authority.cert_pem.write_to_path(files[0])
    ours.cert_chain_pems[0].write_to_path(files[1])
    ours.private_key_pem.write_to_path(files[2])
    return files


class Process:
    """A server on a port of its own, over TLS, started by a command that says where it listens."""

    def __init__(self, command: list[str]) -> None:
        self._command, self._port = command, "0"
        self.spent = 0.0
        self.start()

    def start(self) -> None:
        """Returns when it listens; again on the port that it had."""
        port = ["--port", self._port] if "--data" in self._command else []
        self._running = subprocess.Popen([*self._command, *port], stdout=subprocess.PIPE, text=True)
        assert self._running.stdout
        line = self._running.stdout.readline()
        found = re.search(r":(\d+)$", line.strip())
        if not found:
            raise RuntimeError(f"the server does not start: {line}")
        self._port = found[1]

    @property
    def port(self) -> int:
        return int(self._port)

    def kill(self) -> None:
        """As a power cut of its machine would."""
        self.spent = self.cpu()
        self._running.send_signal(signal.SIGKILL)
        self._running.wait()

    def stop(self) -> None:
        self._running.terminate()
        self._running.wait()

    def cpu(self) -> float:
        """s of CPU that it has used, with what it used before it was killed."""
        return self.spent + (cpu_of(self._running.pid) if self._running.poll() is None else 0.0)


def serving(folder: Path, url: str, count: int, cert: Path, key: Path) -> list[Process]:
    """So many processes of the central server over one database."""
    options = ["--data", str(folder), "--database", url, "--cert", str(cert), "--key", str(key)]
    return [Process([sys.executable, "-m", "central", "serve", *options]) for _ in range(count)]


def bare(count: int, cert: Path, key: Path) -> list[Process]:
    """So many processes of the bare peer."""
    peer = str(Path(__file__).parent / "bare_peer.py")
    return [Process([sys.executable, peer, "--cert", str(cert), "--key", str(key)]) for _ in range(count)]


def cpu_of(pid: int) -> float:
    """s of CPU that a process and its ended children have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return sum(int(each) for each in fields[11:15]) / TICKS


def cpu_of_family(pid: int) -> float:
    """s of CPU that a process and all of its children have used."""
    total = cpu_of(pid)
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int((entry / "stat").read_text().rpartition(") ")[2].split()[1]) == pid:
                total += cpu_of(int(entry.name))
        except OSError:
            continue
    return total
