"""Back-up and restore: the database as of one moment, and every file of the data folder that goes with it.

A back-up is a folder for its owner alone. Its `back-up.json`, written last, names each file with its digest: without it
a back-up was broken off, and is not restored. The database is copied before the files, because the server follows the
pass key's file (central.passes), not the other way round.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Engine, func, inspect, select
from sqlalchemy.orm import Session

from central.database import FactRow, database_file, database_url, open_database
from central.engines import postgres_engine
from kiosk.durable_file import write_private

CONTENTS = "back-up.json"
DUMP = "central.dump"


class NotRestored(Exception):
    """The back-up cannot be restored, or not here, in words for who asked."""


def back_up(folder: Path, url: str, to: Path, now: datetime) -> None:
    """Backs a served folder and its database up into the new folder `to`, while the server goes on. Raises OSError."""
    to.mkdir(mode=0o700, parents=True)
    address = database_url(folder, url)
    if address:
        _run("pg_dump", address, "--format=custom", f"--file={to / DUMP}")
    else:
        _copy_sqlite(database_file(folder), to / database_file(folder).name)
    for file in _others(folder):
        write_private(to / file.name, file.read_bytes())
    digests = {}
    for file in sorted(to.iterdir()):
        file.chmod(0o600)
        digests[file.name] = _digest(file)
    contents = {"made_at": now.isoformat(), "files": digests}
    write_private(to / CONTENTS, json.dumps(contents, indent=1).encode())


def restore(folder: Path, url: str, source: Path) -> list[str]:
    """Puts a back-up into the place of a database that is not there yet, or is empty. Returns in words what is wrong
    with what it holds, normally nothing. Raises NotRestored, OSError.
    """
    digests = _contents(source)
    for name, digest in digests.items():
        if not (source / name).is_file() or _digest(source / name) != digest:
            raise NotRestored(f"{source / name} is not what was backed up")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    address = database_url(folder, url)
    if (DUMP in digests) != (address is not None):
        raise NotRestored("a back-up of SQLite is restored to SQLite, one of PostgreSQL to PostgreSQL (--database)")
    _check_empty(folder, address)
    if address:
        # Either all of it is there afterwards, or nothing.
        options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        _run("pg_restore", address, *options, str(source / DUMP))
    for name in digests:
        if name != DUMP:
            write_private(folder / name, (source / name).read_bytes())
    engine = open_database(folder, url)
    try:
        return problems(engine)
    finally:
        engine.dispose()


def problems(engine: Engine) -> list[str]:
    """What is wrong with the facts that a database holds: gaps in a kiosk's chain; and damage that SQLite finds."""
    wanted = select(FactRow.kiosk, FactRow.epoch, func.count(), func.min(FactRow.seq), func.max(FactRow.seq))
    with Session(engine) as session:
        found = [
            f"kiosk {kiosk}, epoch {epoch}: facts are missing (seq {first} to {last} are {count})"
            for kiosk, epoch, count, first, last in session.execute(wanted.group_by(FactRow.kiosk, FactRow.epoch))
            if (first, last) != (1, count)
        ]
        if engine.dialect.name == "sqlite":
            told = session.connection().exec_driver_sql("PRAGMA integrity_check").scalars().all()
            found += [each for each in told if each != "ok"]
    return found


def _copy_sqlite(file: Path, to: Path) -> None:
    if not file.exists():
        raise FileNotFoundError(f"{file.parent} holds no database")
    with closing(sqlite3.connect(file)) as held, closing(sqlite3.connect(to)) as copied:
        held.backup(copied)


def _others(folder: Path) -> list[Path]:
    """The folder's other files: keys, whoever keeps them there. Where the database is belongs to the machine."""
    database = database_file(folder).name
    files = sorted(each for each in folder.iterdir() if each.is_file())
    return [each for each in files if not each.name.startswith(database) and each.name != "database.url"]


def _contents(source: Path) -> dict[str, str]:
    try:
        files: dict[str, str] = json.loads((source / CONTENTS).read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotRestored(f"{source} is no back-up, or one that was broken off") from error
    if any(Path(name).name != name for name in files):
        raise NotRestored(f"{source / CONTENTS} names files elsewhere")
    return files


def _check_empty(folder: Path, address: URL | None) -> None:
    if address is None:
        if database_file(folder).exists():
            raise NotRestored(f"{folder} holds a database already; put it aside first")
        return
    engine = postgres_engine(address)
    try:
        if inspect(engine).get_table_names():
            raise NotRestored("the database holds tables already; restore into a new one")
    finally:
        engine.dispose()


def _run(program: str, address: URL, *options: str) -> None:
    """Runs a program of PostgreSQL on a database. A password is passed where no list of processes shows it."""
    found = shutil.which(program)
    if found is None:
        raise FileNotFoundError(f"{program} is not installed; it is in Debian's postgresql-client")
    where = address.set(drivername="postgresql", password=None).render_as_string()
    password = {"PGPASSWORD": str(address.password)} if address.password else {}
    done = subprocess.run(  # noqa: S603 (no shell)
        [found, f"--dbname={where}", *options], env=os.environ | password, capture_output=True, text=True
    )
    if done.returncode:
        raise OSError(f"{program}: {done.stderr.strip()}")


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
