"""A real PostgreSQL cluster in a folder of its own, for as long as a test or a measurement runs."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))[-1]
ORDINARY = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class Cluster:
    """Listens on a socket in its folder only. `settings` are those of postgresql.conf."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self._folder, self._made = folder, 0
        self._settings = ORDINARY | {"max_connections": "200"} | dict(settings or {})

    def make(self) -> None:
        """Makes an empty cluster."""
        self._run("initdb", "--username=anjungan", "--auth=trust", "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync")
        own = {"listen_addresses": "''", "unix_socket_directories": f"'{self._folder}'"}
        lines = [f"{name} = {value}\n" for name, value in (own | self._settings).items()]
        with (self._folder / "data" / "postgresql.conf").open("a") as conf:
            conf.writelines(lines)

    def start(self) -> None:
        """Returns when it answers, after whatever recovery it needs."""
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self._folder / 'log'}")

    def stop(self, mode: str = "fast") -> None:
        """`immediate` is a crash: nothing that is not on disk yet gets there."""
        self._run("pg_ctl", "stop", f"--mode={mode}", "--wait", "--silent")

    def pid(self) -> int:
        """The process whose children do the work."""
        return int((self._folder / "data" / "postmaster.pid").read_text().split()[0])

    def create(self, template: str = "template0") -> str:
        """A new database, as a copy of another one to which nobody is connected; returns its name."""
        self._made += 1
        name = f"d{self._made}"
        with self._admin() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        with self._admin() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Where a database of it is, for SQLAlchemy."""
        return f"postgresql+psycopg://anjungan@/{name}?host={self._folder}"

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self._folder), user="anjungan", dbname="postgres", autocommit=True)

    def _run(self, program: str, *arguments: str) -> None:
        # PostgreSQL refuses to run as root.
        as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_other, str(BINARIES / program), f"--pgdata={self._folder / 'data'}", *arguments]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")


@contextmanager
def cluster(settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """A running cluster, gone with its folder at the end. The folder has a short name, for its socket's sake, and lies
    where the user postgres may go.
    """
    folder = Path(tempfile.mkdtemp(prefix="anjungan-pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            postgres = pwd.getpwnam("postgres")
            os.chown(folder, postgres.pw_uid, postgres.pw_gid)
        made = Cluster(folder, settings)
        made.make()
        made.start()
        try:
            yield made
        finally:
            made.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
