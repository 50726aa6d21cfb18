"""`kiosk-central`: serve, load-demo, new-code, approve, back-up, restore, conform, fault-proxy, and those of people."""

import argparse
import asyncio
import contextlib
import gc
import logging
import secrets
import shlex
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import uvicorn
from sqlalchemy.orm import Session

from central.app import create_app
from central.back_up import NotRestored, back_up, restore
from central.conformance.clause import Walk
from central.conformance.line import HttpsLine
from central.conformance.report import conform
from central.counters.demo import PARTNER_ACCOUNT, load_counters, load_partners
from central.database import BookingRow, OfficerRow, database_file, database_url, for_writing, open_database
from central.demo import DEMO_OFFICE, load_demo
from central.enrolment import new_code
from central.fault_proxy import FaultProxy
from central.fault_verbs import obey, told
from central.fleet.approval import approve, waiting
from central.passes import Declined, adopt, all_keys, retire, revoke, rotate
from central.people.audit import Action, audited, record, verify
from central.people.login import add_officer
from central.people.names import is_name
from central.people.passwords import start_password
from central.people.roles import STAFF, Role, SignedIn, as_text, roles_in
from central.people.second_factor import set_policy
from central.privacy.commands import add_privacy_commands
from central.snapshot import offices
from kiosk.booking_code import normalised_letters
from kiosk.durable_file import write_private
from kiosk.protocol import check_text


def _now() -> datetime:
    return datetime.now(UTC)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as 2026-01-31") from None


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; use 0 to 65535")
    return int(text)


def _url(text: str) -> str:
    if not text.startswith("https://"):
        raise argparse.ArgumentTypeError(f"{text!r} does not start with https://")
    return text


def _officer_name(text: str) -> str:
    if not is_name(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name: small letters, digits, dots, hyphens, a letter first")
    return text


def _roles(text: str) -> frozenset[Role]:
    try:
        return roles_in(text.replace(",", " "))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: roles are {', '.join(Role)}, with commas between") from None


def _some_roles(text: str) -> frozenset[Role]:
    found = _roles(text)
    if not found:
        raise argparse.ArgumentTypeError(f"give one role at least, of {', '.join(Role)}")
    return found


def _booking(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a booking's id (a UUID)") from None


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="kiosk-central", description="The reference central server of Anjungan kiosks.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve kiosks, officers and phones over HTTPS")
    serve.set_defaults(run=_serve)
    _add_data(serve)
    serve.add_argument("--read-database", default="", metavar="URL", help="a replica, for what may be some seconds old")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    serve.add_argument("--port", type=_port, required=True, metavar="N", help="0 takes a free one")
    serve.add_argument("--cert", type=Path, required=True, metavar="FILE", help="the certificate chain, PEM")
    serve.add_argument("--key", type=Path, required=True, metavar="FILE", help="its private key, PEM")
    demo = commands.add_parser("load-demo", help="load the demo office and some 200 bookings of one day")
    demo.set_defaults(run=_load_demo)
    _add_data(demo)
    demo.add_argument("--day", type=_day, metavar="YYYY-MM-DD", help="today where the office is")
    demo.add_argument("--at-any-hour", action="store_true", help="the office never closes and nobody comes too early")
    demo.add_argument(
        "--public-url", type=_url, default="https://localhost:8443", metavar="URL", help="where phones find it"
    )
    code = commands.add_parser("new-code", help="print a one-time code that enrols one kiosk within 24 hours")
    code.set_defaults(run=_new_code)
    _add_data(code)
    _add_office(code)
    code.add_argument("--name", default="", help="the kiosk's name, as officers see it")
    code.add_argument("--approved", action="store_true", help="its kiosk need not be approved")
    approved = commands.add_parser("approve", help="have a kiosk served that waits for its approval")
    approved.set_defaults(run=_approve)
    approved.add_argument("check", metavar="LETTERS", help="the eight letters and digits on the kiosk's screen")
    _add_data(approved)
    _add_pass_commands(commands)
    _add_people_commands(commands)
    add_privacy_commands(commands, _add_data)
    copied = commands.add_parser("back-up", help="copy the database and all keys, while the server goes on")
    copied.set_defaults(run=_back_up)
    copied.add_argument("--to", type=Path, required=True, metavar="DIR", help="a new folder for the back-up")
    restored = commands.add_parser("restore", help="put a back-up into the place of no or an empty database")
    restored.set_defaults(run=_restore)
    restored.add_argument("--from", type=Path, required=True, metavar="DIR", dest="source", help="the back-up")
    for command in (copied, restored):
        _add_data(command)
    conforming = commands.add_parser(
        "conform", help="hold any server to docs/protocol.md; it leaves facts in its office"
    )
    conforming.set_defaults(run=_conform)
    conforming.add_argument("--server", type=_url, required=True, metavar="URL", help="the server")
    conforming.add_argument("--ca", type=Path, required=True, metavar="FILE", help="its authority, PEM")
    conforming.add_argument(
        "--code",
        nargs="+",
        required=True,
        metavar="CODE",
        help="two one-time codes of one office without real visitors, and one whose kiosk has to be approved",
    )
    conforming.add_argument(
        "--revoke", metavar="COMMAND", help="revokes the kiosk whose id is put behind it; without it, that is not tried"
    )
    conforming.add_argument("--json", action="store_true", help="print the findings as JSON")
    proxy = commands.add_parser("fault-proxy", help="stand between a kiosk and a server, and spoil their exchanges")
    proxy.set_defaults(run=_fault_proxy)
    proxy.add_argument("--server", type=_url, required=True, metavar="URL", help="the real central server")
    proxy.add_argument("--server-ca", type=Path, required=True, metavar="FILE", help="its authority, PEM")
    proxy.add_argument(
        "--ca", type=Path, required=True, metavar="FILE", help="where to write the proxy's own authority"
    )
    proxy.add_argument("--port", type=_port, default=0, metavar="N", help="0 takes a free one (the default)")
    proxy.add_argument("--seed", type=int, default=0, metavar="N", help="of all that is left to chance (%(default)s)")
    return top


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, required=True, metavar="DIR", help="the folder that is served")
    command.add_argument(
        "--database",
        default="",
        metavar="URL",
        help="PostgreSQL (postgresql+psycopg://USER@HOST/NAME, the password in libpq's password file), if not as"
        " DIR/database.url says; without either, SQLite in DIR",
    )


def _add_office(command: argparse.ArgumentParser) -> None:
    command.add_argument("--office", metavar="ID", help="the office's id; may be left out where there is one")


def _add_pass_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    keys = commands.add_parser("pass-keys", help="list the keys of booking passes")
    keys.set_defaults(run=_pass_keys)
    rotated = commands.add_parser(
        "rotate-pass-key", help="sign with a new key; passes of the former one stay valid until they expire"
    )
    rotated.set_defaults(run=_rotate_pass_key)
    retired = commands.add_parser("retire-pass-key", help="let no pass of a former key be believed any more")
    retired.set_defaults(run=_retire_pass_key)
    retired.add_argument("key_id", metavar="KEY_ID", help="as pass-keys lists it")
    revoked = commands.add_parser("revoke-pass", help="let no pass of one booking be believed any more")
    revoked.set_defaults(run=_revoke_pass)
    revoked.add_argument("booking", type=_booking, metavar="BOOKING_ID", help="the booking's UUID")
    for command in (keys, rotated, retired, revoked):
        _add_data(command)


def _add_people_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    added = commands.add_parser("add-officer", help="let somebody sign in, and print the start password")
    added.set_defaults(run=_add_officer)
    added.add_argument("--name", type=_officer_name, required=True, help="as it is typed at the sign-in")
    added.add_argument("--roles", type=_some_roles, required=True, metavar="ROLE,…", help=f"of {', '.join(Role)}")
    factor = commands.add_parser("second-factor", help="say of which roles an office wants a second factor")
    factor.set_defaults(run=_second_factor)
    factor.add_argument("--roles", type=_roles, required=True, metavar="ROLE,…", help='"" for none')
    for command in (added, factor):
        _add_office(command)
    verified = commands.add_parser("verify-audit", help="walk the audit trail of every office, and say where it breaks")
    verified.set_defaults(run=_verify_audit)
    for command in (added, factor, verified):
        _add_data(command)


def main(argv: list[str] | None = None) -> int:
    """Runs a command; returns the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    arguments = parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except (OSError, Declined, NotRestored) as error:
        print(f"kiosk-central: {error}", file=sys.stderr)
        return 1
    return status


KEEP_ALIVE_SECONDS = 75
ANSWER_SECONDS = 1.0
"""How long a peer has to answer the end of its TLS connection when the server stops; asyncio would wait for 30 s."""


class _Server(uvicorn.Server):
    """Says where it listens once it does; at its end it ends the open pages' streams, and waits for no silent peer."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            print(f"listening on https://{f'[{host}]' if ':' in host else host}:{port}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.config.app.state.changes.end()  # type: ignore[union-attr]
        leaving = asyncio.create_task(self._leave_silent_peers())
        await super().shutdown(sockets)
        leaving.cancel()

    async def _leave_silent_peers(self) -> None:
        """A browser's idle connection is not read from, so nobody answers when it is closed."""
        closed: set[asyncio.Transport] = set()
        while True:
            transports = {each.transport for each in self.server_state.connections}
            for transport in closed & transports:
                transport.abort()
            closed = {each for each in transports if each.is_closing()}
            await asyncio.sleep(ANSWER_SECONDS)


def _serve(arguments: argparse.Namespace) -> int:
    for file in (arguments.cert, arguments.key):
        file.open("rb").close()
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(arguments.cert, arguments.key)
    except ssl.SSLError as error:
        raise OSError(f"{arguments.cert} and {arguments.key} are not a certificate and its key: {error}") from error
    app = create_app(arguments.data, _now, arguments.database, arguments.read_database)
    with app.state.writing.begin() as session:
        adopt(session, arguments.data, _now())
    # What is there now stays. Looked through for garbage with the rest, it would stop every request for 0.15 s.
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(
        app,
        host=arguments.host,
        port=arguments.port,
        ssl_certfile=arguments.cert,
        ssl_keyfile=arguments.key,
        log_level="warning",
        # A kiosk asks every 15 s, and a TLS handshake costs more than the answer.
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        # A request that is in the middle of its work may end it.
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    server = _Server(config)
    # uvicorn passes the signal that ended it on to whoever was there before it; being asked to end is no failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    return 0 if server.started else 1


def _load_demo(arguments: argparse.Namespace) -> int:
    password = secrets.token_urlsafe(9)
    with Session(for_writing(open_database(arguments.data, arguments.database))) as session, session.begin():
        count = load_demo(session, arguments.data, arguments.day, _now(), arguments.at_any_hour, arguments.public_url)
        add_officer(session, DEMO_OFFICE, "petugas", password, STAFF)
        add_officer(session, DEMO_OFFICE, PARTNER_ACCOUNT, password, frozenset({Role.PARTNER}))
        load_counters(session)
        load_partners(session)
        write_private(arguments.data / "demo" / "officer.txt", f"petugas\n{password}\n".encode())
    print(f"loaded {count} bookings; officers sign in as petugas with the password {password}")
    print(f"the partner agency of the demo signs in as {PARTNER_ACCOUNT} with the same one")
    return 0


def _new_code(arguments: argparse.Namespace) -> int:
    with _database_of(arguments) as session:
        by = _operator(_office(session, arguments.office))
        code = new_code(session, by.office, arguments.name, _now(), by.name, arguments.approved)
        given = {"approved": "yes" if arguments.approved else "no"}
        record(session, by, Action.KIOSK_CODE_MADE, arguments.name or "kiosk", _now(), given)
    print(code)
    return 0


def _approve(arguments: argparse.Namespace) -> int:
    with _database_of(arguments) as session:
        meant = normalised_letters(arguments.check)
        found = [each for each in waiting(session) if normalised_letters(check_text(each.public_key)) == meant]
        if not found:
            raise Declined("no kiosk with these letters waits; compare them with the kiosk's screen")
        for each in found:
            approve(session, each, _operator(each.office), _now())
            print(f"{each.name} of {each.office} is approved")
    return 0


def _add_officer(arguments: argparse.Namespace) -> int:
    password = start_password()
    with _database_of(arguments) as session:
        office = _office(session, arguments.office)
        if session.get(OfficerRow, arguments.name):
            raise Declined(f"somebody signs in as {arguments.name} already")
        add_officer(session, office, arguments.name, password, arguments.roles, must_change=True)
        given = {"roles": as_text(arguments.roles)}
        record(session, _operator(office), Action.OFFICER_ADDED, arguments.name, _now(), given)
    print(password)
    return 0


def _second_factor(arguments: argparse.Namespace) -> int:
    with _database_of(arguments) as session:
        office = _office(session, arguments.office)
        set_policy(session, office, arguments.roles)
        wanted = {"roles": as_text(arguments.roles)}
        record(session, _operator(office), Action.POLICY_CHANGED, office, _now(), wanted)
    return 0


def _verify_audit(arguments: argparse.Namespace) -> int:
    """A line for each office, with what to note elsewhere: how many acts there are, and the digest of the last."""
    with _database_of(arguments) as session:
        found = {office: verify(session, office) for office in audited(session)}
    for office, verdict in found.items():
        print(f"{office}  {verdict.rows} acts, the last one {verdict.head[:16] or '-'}", end="")
        print(f"; BROKEN: {verdict.problem}" if verdict.problem else "; whole")
    return 1 if any(verdict.problem for verdict in found.values()) else 0


def _operator(office: str) -> SignedIn:
    """Whoever has the server itself in hand."""
    return SignedIn("kiosk-central", office, frozenset())


def _pass_keys(arguments: argparse.Namespace) -> int:
    with _database_of(arguments) as session:
        for row in all_keys(session):
            until = f"passes until {row.used_until:%Y-%m-%d %H:%M} UTC" if row.used_until else "no passes yet"
            print(f"{row.key_id}  made {row.made_at:%Y-%m-%d}  {'signs' if row.signs else 'former'}, {until}")
    return 0


def _rotate_pass_key(arguments: argparse.Namespace) -> int:
    with _database_of(arguments) as session:
        key_id = rotate(session, arguments.data, _now())
    print(f"{key_id} signs from now on")
    return 0


def _retire_pass_key(arguments: argparse.Namespace) -> int:
    with _database_of(arguments) as session:
        retire(session, arguments.key_id, _now())
    print(f"{arguments.key_id} is retired")
    return 0


def _revoke_pass(arguments: argparse.Namespace) -> int:
    with _database_of(arguments) as session:
        until = revoke(session, arguments.booking, _now())
        if session.get(BookingRow, str(arguments.booking)) is None:
            print(f"kiosk-central: no booking {arguments.booking} is held here; is the id right?", file=sys.stderr)
    print(f"passes of {arguments.booking} are refused; kiosks are told until {until:%Y-%m-%d %H:%M} UTC")
    return 0


def _office(session: Session, named: str | None) -> str:
    """The office that is named, or else the only one. Raises Declined where there is no such one, or are several."""
    held = offices(session)
    if named not in (None, *held) or (not named and len(held) != 1):
        raise Declined(f"name an office with --office; held are: {', '.join(held) or 'none'}")
    return named or held[0]


@contextlib.contextmanager
def _database_of(arguments: argparse.Namespace) -> Iterator[Session]:
    """A transaction on the database that is meant, committed at the end."""
    folder: Path = arguments.data
    if database_url(folder, arguments.database) is None and not database_file(folder).exists():
        raise FileNotFoundError(f"{folder} holds no office; load one with kiosk-central load-demo")
    with Session(for_writing(open_database(folder, arguments.database))) as session, session.begin():
        yield session


def _back_up(arguments: argparse.Namespace) -> int:
    back_up(arguments.data, arguments.database, arguments.to, _now())
    print(f"backed up to {arguments.to}")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    found = restore(arguments.data, arguments.database, arguments.source)
    for each in found:
        print(f"kiosk-central: {each}", file=sys.stderr)
    print(f"restored from {arguments.source}; {'the facts are whole' if not found else f'{len(found)} problems'}")
    return 1 if found else 0


def _conform(arguments: argparse.Namespace) -> int:
    def revoke(kiosk: str) -> None:
        subprocess.run([*shlex.split(arguments.revoke), kiosk], check=True)  # noqa: S603 (the caller's own command)

    walk = Walk(HttpsLine(arguments.server, arguments.ca), arguments.code, revoke if arguments.revoke else None)
    return conform(walk, arguments.json)


def _fault_proxy(arguments: argparse.Namespace) -> int:
    """Obeys verbs of its input until `quit`; at their end it goes on until it is interrupted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    proxy = FaultProxy(
        arguments.server, arguments.server_ca, arguments.ca, arguments.port, seed=arguments.seed, on_exchange=told
    )
    proxy.open_door()
    print(f"listening on {proxy.url}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        if not obey(proxy, sys.stdin, sys.stdout, arguments.seed):
            signal.pause()
    proxy.close_door()
    return 0


if __name__ == "__main__":
    sys.exit(main())
