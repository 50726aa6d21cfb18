"""A demo office on this machine: a certificate authority, a central server, a printer, a scanner, an enrolled kiosk."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import trustme

STOP_SECONDS = 10


class Program:
    """One of our commands as a process; verbs go to its standard input."""

    def __init__(self, module: str, *arguments: str, ready: bool = True) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.place = self._pipe(self._process.stdout).readline().strip().removeprefix("listening on ") if ready else ""

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        if pipe is None:
            raise RuntimeError("the program has no pipes")
        return pipe

    def say(self, line: str) -> None:
        """Hands over one line."""
        pipe = self._pipe(self._process.stdin)
        pipe.write(line + "\n")
        pipe.flush()

    def obey(self, verb: str) -> None:
        """Hands over a verb, and waits until it is carried out."""
        self.say(verb)
        answer = self._pipe(self._process.stdout).readline().strip()
        if answer != "ok":
            raise RuntimeError(f"{verb}: {answer}")

    def stop(self) -> None:
        """Ends the process, by force if it does not go."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


class Site:
    """The office in a folder. `kiosk` adds a kiosk with its own printer and scanner."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"https://localhost:{self._port}"
        self.ca = folder / "authority.pem"
        self.data = folder / "central"
        self._server: Program | None = None
        authority = trustme.CA(organization_name="Layanan Imigrasi Payakumbuh")
        certificate = authority.issue_cert("localhost", "127.0.0.1")
        authority.cert_pem.write_to_path(str(self.ca))
        key = folder / "server.key"
        os.close(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600))
        certificate.private_key_pem.write_to_path(str(key))
        certificate.cert_chain_pems[0].write_to_path(str(folder / "server.pem"))
        _run("central", "load-demo", "--data", str(self.data), "--at-any-hour", "--public-url", self.url)

    def start_server(self) -> None:
        self._server = Program(
            "central", "serve", "--data", str(self.data), "--host", "127.0.0.1", "--port", str(self._port),
            "--cert", str(self.folder / "server.pem"), "--key", str(self.folder / "server.key"),
        )  # fmt: skip

    def stop_server(self) -> None:
        if self._server:
            self._server.stop()
            self._server = None

    def bookings(self, label: str) -> list[dict[str, Any]]:
        """The demo bookings of a kind, the earliest slots first."""
        listed = json.loads((self.data / "demo" / "bookings.json").read_text())
        return [each for each in listed if each["label"] == label]

    def officer(self) -> tuple[str, str]:
        """An officer's name and password."""
        name, password = (self.data / "demo" / "officer.txt").read_text().split()
        return name, password

    def enrolled(self, name: str, settings: str) -> Path:
        """Writes a kiosk's configuration, enrols it, and returns the file."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        config = folder / "kiosk.toml"
        head = f'[central]\nurl = "{self.url}"\nca = "{self.ca}"\n\n[data]\ndir = "data"\n\n'
        config.write_text(head + settings)
        code = _run("central", "new-code", "--approved", "--data", str(self.data), "--name", name).strip()
        _run(
            "provisioning", "enrol", "--server", self.url, "--ca", str(self.ca), "--code", code,
            "--config", str(config), "--name", name,
        )  # fmt: skip
        return config


def _run(module: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], check=True, stdout=subprocess.PIPE, text=True
    ).stdout  # fmt: skip


@contextmanager
def demo_site(folder: Path) -> Iterator[Site]:
    """The office with its server running."""
    site = Site(folder)
    try:
        site.start_server()
        yield site
    finally:
        site.stop_server()


@contextmanager
def devices(folder: Path, tickets: Path) -> Iterator[tuple[Program, Program]]:
    """A printer on a free TCP port and a scanner on a pseudo-terminal, as programs."""
    with ExitStack() as stack:
        printer = Program("kiosk", "simulate", "printer", "--tcp", "0", "--tickets", str(tickets))
        stack.callback(printer.stop)
        scanner = Program("kiosk", "simulate", "scanner", "--pty", str(folder / "scanner"))
        stack.callback(scanner.stop)
        yield printer, scanner
