"""A publisher with a repository that is served over HTTPS, and a box that takes its updates from there; for measuring
and for tests.
"""

import hashlib
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import trustme

from provisioning.updates.release import Release, pack
from provisioning.updates.repository import Repository, new_key, read_key, read_public
from provisioning.updates.versions import CURRENT, LINKS, PROVEN, Versions

OLD, NEW = "0.1.0", "0.2.0"
PUBLISHERS = ("first", "second", "third")
PROGRAM = """#!/bin/sh
# Starts only where all of its version is there; what follows says how it takes its probes.
cd "$(dirname "$(readlink -f "$0")")/.." && sha256sum --quiet --check MANIFEST || exit 9
%s
"""


def utc() -> datetime:
    return datetime.now(UTC)


def version_folder(folder: Path, probes: str = "exit 0", size: int = 40_000) -> Path:
    """A version whose program checks that every file of it is there, then does with its probes what the shell says."""
    (folder / "bin").mkdir(parents=True)
    (folder / "lib" / "of_it").mkdir(parents=True)
    program = folder / "bin" / "kiosk"
    program.write_text(PROGRAM % probes)
    program.chmod(0o755)
    # As in a virtual environment: a link that leads out of it.
    (folder / "bin" / "python3").symlink_to(sys.executable)
    content = hashlib.shake_256(folder.name.encode()).digest(size)
    (folder / "lib" / "of_it" / "data").write_bytes(content)
    files = [each for each in sorted(folder.rglob("*")) if each.is_file() and not each.is_symlink()]
    lines = [f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.relative_to(folder)}" for each in files]
    (folder / "MANIFEST").write_text("\n".join(lines) + "\n")
    return folder


class Publisher:
    """Three people's keys, that of the publishing machine, and the repository; `now` gives UTC. All of it is in
    `folder`, unless the repository is to be `at` another place.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc, at: Path | None = None) -> None:
        self.folder, self._at = folder, at or folder / "repository"
        self.repository = Repository(self._at, now)
        for name in (*PUBLISHERS, "online"):
            new_key(folder / name)
        self.new_root(*PUBLISHERS)
        self.publish()

    def new_root(self, *keys: str) -> None:
        """Stages a root of these keys, signed by nobody yet."""
        public = [read_public(self.folder / f"{each}.pub") for each in keys]
        self.repository.stage_root(public, read_public(self.folder / "online.pub"))

    def publish(self, *signing: str) -> None:
        """Has what is staged signed (by two, unless others are named) and publishes it."""
        for name in signing or PUBLISHERS[:2]:
            self.sign(name)
        self.renew()

    def sign(self, name: str) -> None:
        self.repository.sign(read_key(self.folder / name))

    def renew(self) -> None:
        self.repository.publish(read_key(self.folder / "online"))

    def stage(self, version: str, probes: str = "exit 0", size: int = 40_000, **more: str) -> Release:
        """Puts a release into the repository, signed by nobody yet."""
        made, release = version_folder(self.folder / "made" / version, probes, size), Release(version, **more)
        archive = self.folder / release.file
        pack(made, archive)
        self.repository.stage_release(archive, release)
        return release

    def release(self, version: str, probes: str = "exit 0", size: int = 40_000, **more: str) -> Release:
        """Publishes a release."""
        release = self.stage(version, probes, size, **more)
        self.publish()
        return release

    @property
    def trusted_root(self) -> bytes:
        return (self._at / "metadata" / "1.root.json").read_bytes()


class Box:
    """A kiosk's disk under `root`, with the version OLD installed, that takes its updates from `url`."""

    def __init__(self, root: Path, url: str, ca: Path, trusted_root: bytes, probes: str = "exit 0") -> None:
        self.root, self.versions = root, Versions(root / "opt/anjungan")
        version_folder(self.versions.place(OLD), probes)
        for link in (CURRENT, PROVEN):
            self.versions.point(link, OLD)
        (root / "etc/anjungan").mkdir(parents=True)
        self.data.mkdir(parents=True)
        self.config.write_text(f'[central]\nurl = "{url}"\nca = "{ca}"\n\n[data]\ndir = "{self.data}"\n')
        (root / "etc/anjungan/update-root.json").write_bytes(trusted_root)

    @property
    def config(self) -> Path:
        return self.root / "etc/anjungan/kiosk.toml"

    @property
    def data(self) -> Path:
        return self.root / "var/lib/anjungan"

    @property
    def links(self) -> tuple[str | None, ...]:
        """What is current, previous and proven."""
        return tuple(self.versions.of(each) for each in LINKS)

    def starts(self) -> bool:
        """Whether what is current is whole and starts. A version's probes may fail; that its files are not whole is
        told by another status.
        """
        program = self.versions.folder / CURRENT / "bin" / "kiosk"
        done = subprocess.run([program, "start"], capture_output=True, check=False)
        return done.returncode != 9


class _Files(SimpleHTTPRequestHandler):
    """Static files with ranges. The server's `cut` is after how many bytes it breaks an answer off, once for each."""

    def do_GET(self) -> None:
        server: RepositoryServer = self.server  # type: ignore[assignment]
        path = Path(self.translate_path(self.path))
        asked = self.headers.get("Range", "")
        server.asked.append((self.path, asked))
        if not path.is_file():
            self.send_error(404)
            return
        content, begin = path.read_bytes(), int(asked.removeprefix("bytes=").rstrip("-") or 0)
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - begin))
        self.end_headers()
        cut = server.cuts.pop(0) if server.cuts and "/targets/" in self.path else len(content)
        self.wfile.write(content[begin : begin + cut])
        self.close_connection = cut < len(content)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


class RepositoryServer(HTTPServer):
    """Serves a folder; `asked` are the paths and ranges that it was asked for, `cuts` as in _Files."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[tuple[str, str]] = []
        self.cuts: list[int] = []
        super().__init__(("127.0.0.1", 0), partial(_Files, directory=str(folder)))

    def handle_error(self, *arguments: object) -> None:
        """A client that is killed breaks its line."""


@contextmanager
def serving(folder: Path, authority: trustme.CA) -> Iterator[tuple[RepositoryServer, str]]:
    """A server of static files, and its address."""
    server = RepositoryServer(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server, f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
