"""The leak scan: looks through the database, logs and exported files for what must not lie there in the clear."""

import gzip
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Engine, String, Table, select
from sqlalchemy.orm import Session

from central.privacy.keyring import KEY_FILE
from central.privacy.patterns import Kind, found_in, shortened
from central.privacy.sealed import Sealed
from central.tables import TABLES

KEYS_BELONG = frozenset({"pass-key.pem", KEY_FILE})
"""The files of a data folder that are keys."""
PUBLIC = frozenset({"office.body", "announcements.words_id", "announcements.words_en"})
"""What the office tells everybody, its own telephone number and address of e-mail among it."""
PUBLIC_KINDS = frozenset({Kind.PHONE, Kind.EMAIL})
DATABASE = re.compile(r".*\.sqlite(-wal|-shm|-journal)?")
PIECE, OVERLAP = 1 << 20, 512
"""Files are read by so many bytes, each piece with the end of the one before."""


@dataclass(frozen=True)
class Finding:
    """Something at a place (a file and line, or a table, column and row); `value` is shortened."""

    kind: Kind
    place: str
    value: str


def report_of(findings: list[Finding], looked_at: dict[str, int]) -> dict[str, object]:
    """The report for machines."""
    return {"looked_at": looked_at, "findings": [asdict(each) for each in findings]}


class Scan:
    """A scan of several places; `names` are looked for besides. `looked_at` counts what was read, so that a scan that
    read nothing is not taken for a clean one.
    """

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self._names = names
        self.looked_at = {"files": 0, "rows": 0}
        self.findings: list[Finding] = []

    def database(self, engine: Engine) -> None:
        """Every text of every table, opened where it is sealed."""
        with Session(engine) as session:
            for table in TABLES.sorted_tables:
                self._table(session, table)

    def path(self, top: Path) -> None:
        """A file, or all that is in a folder. A file counts as readable by others if every folder on the way to it can
        be entered by them.
        """
        if top.is_file():
            self._file(top, top.parent, _others_enter(top.parent))
            return
        for folder, _, names in os.walk(top):
            within = [top, *(top / part for part in _parents(Path(folder).relative_to(top)))]
            open_way = all(_others_enter(each) for each in within)
            for name in sorted(names):
                self._file(Path(folder) / name, top, open_way)

    def _table(self, session: Session, table: Table) -> None:
        texts = [each for each in table.columns if isinstance(each.type, String | Sealed)]
        keys = list(table.primary_key.columns)
        if not texts:
            return
        for row in session.execute(select(*keys, *texts)).yield_per(1000):
            self.looked_at["rows"] += 1
            for column, text in zip(texts, row[len(keys) :], strict=True):
                where = f"{table.name}.{column.name}"
                place = f"{where} ({', '.join(str(each)[:36] for each in row[: len(keys)])})"
                self._text(text or "", place, PUBLIC_KINDS if where in PUBLIC else frozenset())

    def _file(self, file: Path, top: Path, open_way: bool) -> None:
        if not file.is_file():
            return
        self.looked_at["files"] += 1
        place = str(file.relative_to(top))
        if open_way and file.stat().st_mode & stat.S_IROTH:
            self.findings.append(Finding(Kind.READABLE, place, "can be read by everybody"))
        allowed = {Kind.KEY} if file.name in KEYS_BELONG else set()
        # Of what the office itself tells, the bytes of a database do not say that they are that.
        allowed |= PUBLIC_KINDS if DATABASE.fullmatch(file.name) else set()
        for part, content in _contents(file):
            line = 1
            for text in content:
                self._text(text, f"{place}{part}", frozenset(allowed), line)
                line += text.count("\n")

    def _text(self, text: str, place: str, allowed: frozenset[Kind], line: int = 0) -> None:
        for kind, value in found_in(text, self._names):
            at = f"{place}:{line + text.count(chr(10), 0, max(text.find(value), 0))}" if line else place
            finding = Finding(kind, at, shortened(kind, value))
            if kind not in allowed and finding not in self.findings:
                self.findings.append(finding)


def _contents(file: Path) -> Iterator[tuple[str, Iterator[str]]]:
    """The texts of a file, or of the files that are packed in it, piece by piece."""
    if file.suffix in (".xlsx", ".zip") and zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            for name in packed.namelist():
                yield f"!{name}", iter([packed.read(name).decode("utf-8", "replace")])
    elif file.suffix == ".gz":
        with gzip.open(file) as stream:
            yield "", iter([stream.read().decode("utf-8", "replace")])
    else:
        yield "", _pieces(file)


def _pieces(file: Path) -> Iterator[str]:
    end = b""
    with file.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield (end + piece).decode("utf-8", "replace")
            end = piece[-OVERLAP:]


def _parents(path: Path) -> list[Path]:
    return [each for each in (path, *path.parents) if each != Path(".")]


def _others_enter(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)
