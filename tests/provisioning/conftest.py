"""Servers that a technician may meet: the right one, a stranger's, one that answers HTML."""

import os
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import trustme
from listening import listening
from printers import printer_at
from site_to_set_up import Site
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from central.app import create_app
from central.database import for_writing, open_database
from central.demo import load_demo
from central.enrolment import new_code
from kiosk.devices.pseudo_terminal import pseudo_terminal


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path) -> Path:
    """The office's authority, as a file."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path / "ca.pem"


@pytest.fixture(scope="session")
def central_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Engine]]:
    """The central server's folder, and what it holds."""
    folder = tmp_path_factory.mktemp("central")
    engine = open_database(folder)
    yield folder, engine
    engine.dispose()


@pytest.fixture(scope="session")
def central(central_database: tuple[Path, Engine], authority: trustme.CA) -> Iterator[tuple[str, Callable[[], str]]]:
    """A central server over HTTPS: its address, and what makes one-time codes."""
    folder, engine = central_database
    writing = for_writing(engine)
    with Session(writing) as session, session.begin():
        load_demo(session, folder, date(2026, 11, 24), now(), at_any_hour=True, public_url="https://localhost")

    def code() -> str:
        with Session(writing) as session, session.begin():
            return new_code(session, "PYK", "Anjungan Lobi", now(), "petugas", approved=True)

    with listening(create_app(folder, now), authority) as url:
        yield url, code


class Html(BaseHTTPRequestHandler):
    """A captive portal's answer to everything."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        page = b"<html>Please accept the terms of this hotspot.</html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@contextmanager
def html_server(certificates: trustme.CA) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Html)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificates.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def html() -> Iterator[Callable[[trustme.CA], str]]:
    """Starts a server that answers HTML, with a certificate of an authority."""
    with ExitStack() as stack:
        yield lambda certificates: stack.enter_context(html_server(certificates))


@pytest.fixture
def config(tmp_path: Path, central: tuple[str, Callable[[], str]]) -> Path:
    """A kiosk's configuration; its data folder does not exist yet."""
    file = tmp_path / "kiosk.toml"
    file.write_text(f'[central]\nurl = "{central[0]}"\nca = "ca.pem"\n\n[data]\ndir = "data"\n')
    return file


@pytest.fixture
def bare_site(tmp_path: Path, central: tuple[str, Callable[[], str]], authority: trustme.CA) -> Site:
    return Site(tmp_path, *central, authority)


@pytest.fixture
def site(bare_site: Site) -> Iterator[Site]:
    """With its printer and its scanner at the far ends."""
    with printer_at(bare_site.printer, bare_site.tray), pseudo_terminal(bare_site.scanner) as far_end:
        bare_site.held = lambda text: os.write(far_end, f"{text}\r\n".encode())  # type: ignore[attr-defined]
        yield bare_site
