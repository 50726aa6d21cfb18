"""The practice office on disk: a folder of its own beside the true store, made anew at each start, with pictures of the
codes to hold to the scanner.
"""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import qrcode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.bootstrap import open_store
from kiosk.config import Settings
from kiosk.errors import ConfigError
from kiosk.practice import Practice, practice
from kiosk.protocol import Snapshot

FOLDER = "practice"
CODES = "codes"


def practise(
    settings: Settings, now: Callable[[], datetime], held: Snapshot | None = None
) -> tuple[Settings, Practice]:
    """The settings of a practising kiosk and what it decides from, after the last snapshot of the true one, which may
    be `held`; `now` is UTC. What an earlier practice left is deleted.

    Raises ConfigError where the true kiosk has never had a snapshot, StoreError where its store cannot be read.
    """
    held = held or _held(settings.data.dir, now)
    folder = settings.data.dir / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    (folder / CODES).mkdir(parents=True)
    made = practice(held, now().astimezone(ZoneInfo(held.office.time_zone)), Ed25519PrivateKey.generate())
    for lesson in made.lessons:
        with (folder / CODES / f"{lesson.name}.png").open("wb") as file:
            qrcode.make(lesson.code).save(file)
    data = settings.data.model_copy(update={"dir": folder})
    return settings.model_copy(update={"data": data}), made


def _held(folder: Path, now: Callable[[], datetime]) -> Snapshot:
    store = open_store(folder, now)
    try:
        held = store.snapshot()
    finally:
        store.close()
    if held is None:
        raise ConfigError(["there is no office to practise with yet: run the kiosk once with its server in reach"])
    return held[0]
