"""Checks of the kiosk on the box: configuration, identity, devices, store, central server. Each looks at a Machine."""

import json
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.client import Client
from kiosk.config import Settings, read_settings
from kiosk.database import Database, is_there
from kiosk.devices.keypad import keypad_for
from kiosk.devices.printer import printer_for
from kiosk.devices.scanner import scanner_for
from kiosk.errors import CentralError, ConfigError, DeviceError, NotApproved, StoreError
from kiosk.identity import Identity
from kiosk.model import PrinterStatus, StoreFault
from kiosk.readiness import kept_practice_visit
from kiosk.schema import MIGRATIONS
from kiosk.store_key import CREDENTIAL, store_key
from provisioning.binding import bound_to, machine_digest
from provisioning.box_files import CONFIG
from provisioning.finding import Check, Finding, Requirement
from provisioning.machine import Machine
from provisioning.owner import as_owner_of
from provisioning.panels import screens_of
from provisioning.plan import SEALED_KEY

CORE = "anjungan-core.service"
PRINTS = (PrinterStatus.READY, PrinterStatus.PAPER_LOW)
CERTIFICATE_DAYS = 14
CONNECT_SECONDS = 10.0
LAST_NIGHT = timedelta(hours=26)
"""A visit of each night is never older than this, however long the one before took."""


def configuration_is_valid(machine: Machine) -> Finding:
    it = Requirement("configuration")
    try:
        settings = read_settings(machine.at(CONFIG))
    except ConfigError as error:
        return it.judged(False, "; ".join(error.problems))
    files = [each for each in (settings.central.ca, settings.office.logo) if each]
    absent = [str(each) for each in files if not machine.here(each).is_file()]
    return it.judged(not absent, f"not there: {', '.join(absent)}" if absent else f"/{CONFIG}, no problem")


def is_enrolled(machine: Machine) -> Finding:
    it = Requirement("identity")

    def enrolled(settings: Settings) -> Finding:
        try:
            identity = Identity.load(machine.here(settings.data.dir))
        except ConfigError as error:
            return it.judged(False, "; ".join(error.problems))
        return it.judged(True, f"{identity.name} of {identity.office}, walk-in series W{identity.digit}")

    return _with_settings(machine, it, enrolled)


def disk_is_this_boxs(machine: Machine) -> Finding:
    it = Requirement("machine")

    def bound(settings: Settings) -> Finding:
        noted, found = bound_to(machine.here(settings.data.dir)), machine_digest(machine)
        if noted is None:
            return it.unknown("it was enrolled without noting the machine")
        if not found:
            return it.unknown("the board says nothing of itself; run this as root")
        return it.judged(noted == found, "the same" if noted == found else "another")

    return _with_settings(machine, it, bound)


def printer_answers(machine: Machine) -> Finding:
    it = Requirement("printer")

    def answers(settings: Settings) -> Finding:
        if settings.printer is None:
            return it.unknown("none is configured; numbers stand on the screen")
        if core_runs(machine):
            said = _last_word(machine, settings, ("printer_changed", "printer_lost"))
            status = str(said.get("status", "lost" if said else "nothing yet"))
            return it.judged(status in PRINTS, f"{settings.printer.url}: {status}, as the running kiosk last heard")
        printer = printer_for(settings.printer.url, settings.printer.width_mm)
        try:
            printer.open()
            status = printer.status()
        except DeviceError as error:
            return it.judged(False, f"{settings.printer.url}: {error}")
        finally:
            printer.close()
        if status is PrinterStatus.UNKNOWN:
            return it.unknown(f"{settings.printer.url}: it tells nothing of itself")
        return it.judged(status in PRINTS, f"{settings.printer.url}: {status}")

    return _with_settings(machine, it, answers)


def scanners_answer(machine: Machine) -> Finding:
    it = Requirement("scanner")

    def answer(settings: Settings) -> Finding:
        urls = [*(each.url for each in settings.scanner), *(each.url for each in settings.keypad)]
        if not urls:
            return it.unknown("none is configured; codes are typed")
        if core_runs(machine):
            return it.unknown("in use by the running kiosk; try it with a code")
        devices = [scanner_for(each.url) for each in settings.scanner] + [
            keypad_for(each.url) for each in settings.keypad
        ]
        broken = []
        for url, device in zip(urls, devices, strict=True):
            try:
                device.open()
            except DeviceError as error:
                broken.append(f"{url}: {error}")
            finally:
                device.close()
        return it.judged(not broken, "; ".join(broken) or ", ".join(urls))

    return _with_settings(machine, it, answer)


def screen_is_as_configured(machine: Machine) -> Finding:
    it = Requirement("screen")

    def connected(settings: Settings) -> Finding:
        if not machine.at("sys/class/drm").is_dir():
            return it.unknown("the kernel tells of no screens here")
        found = [each.size for each in screens_of(machine)]
        size = tuple(settings.screen.size)
        words = ", ".join(f"{width} × {height}" for width, height in found) or "none connected"
        return it.judged(size in found or size[::-1] in found, f"{words}; configured: {size[0]} × {size[1]}")

    return _with_settings(machine, it, connected)


def store_opens(machine: Machine) -> Finding:
    it = Requirement("store")

    def opens(settings: Settings) -> Finding:
        folder = machine.here(settings.data.dir)
        file = folder / "store" / "kiosk.sqlite"
        try:
            if not is_there(file):
                return it.judged(True, "there is none yet; the first start makes it")
            key = _key(machine, folder)
            with as_owner_of(folder):
                Database(file, key, MIGRATIONS).close()
        except StoreError as error:
            if error.fault is StoreFault.IN_USE and core_runs(machine):
                return it.judged(True, "open in the running kiosk")
            return it.judged(False, str(error))
        return it.judged(True, f"{file.stat().st_size // 1000} kB")

    return _with_settings(machine, it, opens)


def certificate_is_valid(machine: Machine) -> Finding:
    it = Requirement("certificate")

    def valid(settings: Settings) -> Finding:
        where = urlsplit(settings.central.url)
        try:
            ends = _certificate_ends(where.hostname or "", where.port or 443, machine.here(settings.central.ca))
        except (OSError, ValueError) as error:
            return it.judged(False, f"{settings.central.url}: {error}")
        days = (ends - machine.now()).days
        return it.judged(days >= CERTIFICATE_DAYS, f"valid until {ends:%Y-%m-%d}, {days} days")

    return _with_settings(machine, it, valid)


def central_knows_it(machine: Machine) -> Finding:
    it = Requirement("central")

    def accepted(settings: Settings) -> Finding:
        try:
            identity = Identity.load(machine.here(settings.data.dir))
            ca = machine.here(settings.central.ca)
            client = Client(settings.central.url, ca, identity, machine.now, relay=machine.relay)
        except ConfigError as error:
            return it.judged(False, "; ".join(error.problems))
        try:
            found = client.snapshot("")
        except NotApproved:
            return it.judged(False, f"it waits for its approval; its letters: {identity.check_text}", "approval")
        except CentralError as error:
            return it.judged(False, f"{settings.central.url}: {error}")
        finally:
            client.close()
        return it.judged(True, f"{settings.central.url} sends {len(found[0].bookings) if found else 0} bookings")

    return _with_settings(machine, it, accepted)


def practice_visit_passed(machine: Machine) -> Finding:
    it = Requirement("practice-visit")

    def passed(settings: Settings) -> Finding:
        visit = kept_practice_visit(machine.here(settings.data.dir))
        if visit is None or machine.now() - visit.at > LAST_NIGHT:
            last = f"the last one was on {visit.at.astimezone():%Y-%m-%d}" if visit else "there never was one"
            if _up_since(machine) > machine.now() - LAST_NIGHT:
                return it.unknown(f"none last night, when the box was off; {last}")
            return it.judged(False, f"none last night, though the box was on; {last}", "no-practice-visit")
        when = f"{visit.at.astimezone():%Y-%m-%d %H:%M}"
        if visit.failed:
            return it.judged(False, f"{when}: {visit.failed}: no ({visit.problem})")
        return it.judged(True, f"{when}: passed in {visit.seconds} s")

    return _with_settings(machine, it, passed)


def _up_since(machine: Machine) -> datetime:
    """When the box was started; now where the kernel does not tell."""
    seconds = machine.text("proc/uptime").partition(" ")[0]
    try:
        return machine.now() - timedelta(seconds=float(seconds))
    except ValueError:
        return machine.now()


def _with_settings(machine: Machine, it: Requirement, look: Callable[[Settings], Finding]) -> Finding:
    """What `look` finds, unknown without a configuration that can be used."""
    try:
        return look(read_settings(machine.at(CONFIG)))
    except ConfigError:
        return it.unknown("the configuration cannot be used")


def _key(machine: Machine, folder: Path) -> bytes:
    """The store's: within walls as systemd handed it over; else unsealed, which root alone can, or from its file."""
    if machine.is_walled:
        return store_key(folder, is_new=False)
    return _unsealed_key(machine) or store_key(folder, is_new=False, environment={})


def _unsealed_key(machine: Machine) -> bytes | None:
    """The store's key where it is sealed (systemd-creds(1)); None where it is not."""
    if not machine.at(SEALED_KEY).exists():
        return None
    ran = machine.run(("systemd-creds", "decrypt", f"--name={CREDENTIAL}", str(machine.at(SEALED_KEY)), "-"))
    try:
        return bytes.fromhex(ran.said)
    except ValueError:
        raise StoreError(StoreFault.KEY, f"/{SEALED_KEY} cannot be unsealed here, or not by this user") from None


def core_runs(machine: Machine) -> bool:
    """Whether the kiosk is running and holds its devices."""
    return machine.is_up and machine.run(("systemctl", "is-active", "--quiet", CORE)).status == 0


def _last_word(machine: Machine, settings: Settings, events: tuple[str, ...]) -> dict[str, object]:
    """The last of these events in the kiosk's log, {} without one."""
    try:
        lines = (machine.here(settings.data.dir) / "log" / "kiosk.jsonl").read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    for line in reversed(lines):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event.get("event") in events:
            return dict(event)
    return {}


def _certificate_ends(host: str, port: int, ca: Path) -> datetime:
    """When the server's certificate ends (UTC). Raises OSError, as ssl's errors are, or ValueError."""
    context = ssl.create_default_context(cafile=ca)
    with (
        socket.create_connection((host, port), CONNECT_SECONDS) as line,
        context.wrap_socket(line, server_hostname=host) as tls,
    ):
        certificate = tls.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


CHECKS: tuple[Check, ...] = (
    configuration_is_valid, is_enrolled, printer_answers, scanners_answer, screen_is_as_configured, store_opens,
    central_knows_it, practice_visit_passed,
)  # fmt: skip
"""What the core's user can judge. Not so `disk_is_this_boxs`, for what a board says of itself only root can read, and
`certificate_is_valid`, for of the kiosk's users only sync's has a network.
"""
