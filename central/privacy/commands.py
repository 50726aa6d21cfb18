"""`kiosk-central forget`, `keep`, `rotate-data-key`, `scan-leaks`."""

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from central.database import database_file, database_url, open_database
from central.passes import Declined
from central.people.audit import Action, record
from central.people.roles import SignedIn
from central.privacy import rotation
from central.privacy.disk import sweeping, truncate
from central.privacy.forgetting import Unforgotten, forget
from central.privacy.leaks import Scan, report_of
from central.privacy.register import REGISTER, keep
from central.privacy.sealed import keyring_of
from central.snapshot import offices


def add_privacy_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", add_data: Callable[[argparse.ArgumentParser], None]
) -> None:
    """The commands of this part; `add_data` lets a command be told which database it is about."""
    forgotten = commands.add_parser("forget", help="delete what is past its time; a serving process does it daily")
    forgotten.set_defaults(run=_forget)
    kept = commands.add_parser("keep", help="say for how many days an office keeps something")
    kept.set_defaults(run=_keep)
    kept.add_argument("--office", required=True, metavar="ID", help="the office's id")
    kept.add_argument("--rule", required=True, choices=[name for name, each in REGISTER.kept.items() if each.days])
    kept.add_argument("--days", required=True, type=int, metavar="N", help="from 1 on")
    rotated = commands.add_parser("rotate-data-key", help="seal with a new key, and what was sealed anew")
    rotated.set_defaults(run=_rotate)
    for command in (forgotten, kept, rotated):
        add_data(command)
    scanned = commands.add_parser("scan-leaks", help="look for personal data and keys where none may lie")
    scanned.set_defaults(run=_scan)
    scanned.add_argument("--data", type=Path, metavar="DIR", help="the folder that is served, with its database")
    scanned.add_argument("--database", default="", metavar="URL", help="its database, where it is not in the folder")
    scanned.add_argument(
        "--path", type=Path, action="append", default=[], metavar="PATH", help="logs, exported files …"
    )
    scanned.add_argument("--names", type=Path, metavar="FILE", help="names to look for, one a line")
    scanned.add_argument("--json", action="store_true", help="print the report as JSON")


@contextmanager
def _opened(arguments: argparse.Namespace) -> Iterator[tuple[Engine, sessionmaker[Session]]]:
    folder: Path = arguments.data
    if database_url(folder, arguments.database) is None and not database_file(folder).exists():
        raise FileNotFoundError(f"{folder} holds no office; load one with kiosk-central load-demo")
    engine = open_database(folder, arguments.database)
    try:
        yield engine, sweeping(engine)
    finally:
        engine.dispose()


def _forget(arguments: argparse.Namespace) -> int:
    with _opened(arguments) as (engine, writing):
        try:
            counts = forget(writing, datetime.now(UTC))
        except Unforgotten as error:
            raise Declined(f"some tables could not be worked through: {error}; the log names why") from error
        finally:
            truncate(engine)
    for office, by_table in counts.items():
        for table, number in by_table.items():
            print(f"{office or '-'}  {table}: {number}")
    if not counts:
        print("nothing was past its time")
    return 0


def _keep(arguments: argparse.Namespace) -> int:
    with _opened(arguments) as (_, writing), writing.begin() as session:
        if arguments.office not in offices(session):
            raise Declined(f"there is no office {arguments.office}")
        try:
            keep(session, arguments.office, arguments.rule, arguments.days)
        except ValueError as error:
            raise Declined(str(error)) from error
        by = SignedIn("kiosk-central", arguments.office, frozenset())
        record(session, by, Action.KEEPING_CHANGED, arguments.rule, datetime.now(UTC), {"days": str(arguments.days)})
    return 0


def _rotate(arguments: argparse.Namespace) -> int:
    with _opened(arguments) as (engine, writing):
        ring, now = keyring_of(engine), datetime.now(UTC)
        rotation.begin(writing, ring, now)
        found = rotation.go_on(writing, ring, now)
        truncate(engine)
    print(f"{found.key} seals; {found.values} values were sealed anew")
    if found.dropped:
        print(f"dropped: {', '.join(found.dropped)}")
    if found.waiting:
        print(f"run this again after {found.from_when:%H:%M} UTC, and {', '.join(found.waiting)} is dropped")
    return 0


def _scan(arguments: argparse.Namespace) -> int:
    if not arguments.data and not arguments.path:
        raise Declined("say where to look: --data, --path or both")
    names = arguments.names.read_text("utf-8").split("\n") if arguments.names else []
    scan = Scan(tuple(each.strip() for each in names if each.strip()))
    for path in arguments.path:
        path.stat()
        scan.path(path)
    if arguments.data:
        with _opened(arguments) as (engine, _):
            scan.database(engine)
        scan.path(arguments.data)
    if arguments.json:
        print(json.dumps(report_of(scan.findings, scan.looked_at), indent=1))
    else:
        for each in scan.findings:
            print(f"{each.kind:9} {each.place}  {each.value}")
        print(
            f"looked at {scan.looked_at['rows']} rows and {scan.looked_at['files']} files: {len(scan.findings)} found"
        )
    return 1 if scan.findings else 0
