"""A kiosk with a snapshot of its own making, for measuring; no central server answers it."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

import trustme
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.booking_pass import sign_pass
from kiosk.bootstrap import Kiosk, open_store
from kiosk.config import settings_from
from kiosk.identity import Identity
from kiosk.model import Applicant, Booking, Office, PassKey, Period, Rules, Service, TimeMark, Words
from kiosk.protocol import Enrolled, Snapshot
from kiosk.visit import State

KEY_ID = "0a0b0c"


def make_data(folder: Path, count: int) -> list[str]:
    """An enrolled kiosk's data in `folder`/data, with `count` bookings; returns their passes."""
    key, today = Ed25519PrivateKey.generate(), datetime.now(UTC).date()
    words = Words("Paspor baru", "New passport")
    all_day = ((Period(time(0), time(23, 59, 59, 999999)),),) * 7
    bookings = tuple(
        Booking(uuid4(), "PYK", today, time(9), "a", (Applicant("S*** N***", f"A-{place:03}"),))
        for place in range(1, count + 1)
    )
    snapshot = Snapshot(
        office=Office("PYK", "Layanan Imigrasi", "Jalan 1", "0752", "UTC", "https://k.example/t/{ticket}", "", {}),
        rules=(Rules(date(2024, 1, 1), all_day, 1440, None, ()),),
        holidays=(),
        services=(Service("a", "A", words, words, (words,), (), ()),),
        bookings=bookings,
        pass_keys=(PassKey(KEY_ID, b64encode(key.public_key().public_bytes_raw()).decode()),),
        announcements=(),
    )
    data = folder / "data"
    data.mkdir()
    Identity.create(data, Enrolled(kiosk_id=uuid4(), name="Bench", digit=1, office="PYK"), Ed25519PrivateKey.generate())
    store = open_store(data, lambda: datetime.now(UTC))
    store.keep_series(1)
    store.keep_time(TimeMark("an earlier boot", 0, datetime.now(UTC)))
    store.keep_snapshot(snapshot, '"bench"')
    store.close()
    trustme.CA().cert_pem.write_to_path(str(folder / "ca.pem"))
    expires = datetime.now(UTC) + timedelta(days=1)
    return [sign_pass(each, key, KEY_ID, expires) for each in bookings]


@contextmanager
def bench_kiosk(folder: Path, printer: str, scanner: Path, count: int) -> Iterator[tuple[Kiosk, list[str]]]:
    """A running kiosk without a window, at its welcome screen, its devices ready; and its bookings' passes."""
    passes = make_data(folder, count)
    raw = {
        "central": {"url": "https://localhost:1", "ca": "ca.pem"},
        "data": {"dir": "data"},
        "printer": {"url": printer},
        "scanner": [{"url": f"serial://{scanner}"}],
    }
    kiosk = Kiosk(settings_from(raw, folder), keeps_time=lambda: True)
    kiosk.start()
    try:
        while kiosk.controller.visit.state is not State.WELCOME or not kiosk.monitor.scanner_ready:
            kiosk.inbox.take(0.02)
            kiosk.controller.tick()
        yield kiosk, passes
    finally:
        kiosk.stop()
