"""`kiosk`: run (or core, ui, sync), check, rehearse, decode, simulate, screens. The environment first, Kivy second."""

import argparse
import gc
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.box_door import BOX_DOOR
from kiosk.compositor import await_display
from kiosk.config import Settings, read_settings
from kiosk.doors import CENTRAL_DOOR, RUN, WINDOW_DOOR, user_of
from kiosk.errors import AnjunganError, CentralError, ConfigError, DeviceError, StoreError
from kiosk.event_log import StoreUnusable, note
from kiosk.log_file import catch_the_uncaught, log_to_file, log_to_stream
from kiosk.screens.sample_views import MODES
from kiosk.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.bootstrap import Kiosk, OutOfService
    from kiosk.devices import Keypad, Printer, Scanner
    from kiosk.remote_settings import RemoteSettingsFile

ROUNDS_AT_REST = 25
"""Of the window's loop in a second, a third more in truth, as Kivy waits for less than it could (kiosk/pace.py)."""
NO_FOLDER = "/nonexistent"
"""No folder has this name (Debian's policy, 9.2.3)."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="kiosk", description="The lobby kiosk.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (("run", _run, "run the kiosk"), ("check", _check, "try configuration, devices and server")):
        one = commands.add_parser(name, help=text)
        one.set_defaults(run=run)
        one.add_argument("--config", type=Path, required=True, metavar="FILE")
        if name == "run":
            one.add_argument("--practice", action="store_true", help="for staff to try everything; nothing is sent")
    rehearsal = commands.add_parser("rehearse", help="one practice visit without a window, while no kiosk runs")
    rehearsal.set_defaults(run=_rehearse)
    rehearsal.add_argument("--config", type=Path, required=True, metavar="FILE")
    _add_processes(commands)
    decode = commands.add_parser("decode", help="read the code in pictures")
    decode.set_defaults(run=_decode)
    decode.add_argument("images", nargs="+", metavar="IMAGE")
    screens = commands.add_parser("screens", help="write a picture of every screen")
    screens.set_defaults(run=_screens)
    screens.add_argument("--out", type=Path, required=True, metavar="DIR")
    screens.add_argument(
        "--mode", action="append", choices=MODES, help="only this way to use the kiosk (may be repeated)"
    )
    screens.add_argument("--language", action="append", metavar="TAG", help="only this language (may be repeated)")
    screens.add_argument("--config", type=Path, metavar="FILE", help="only as this kiosk's panel stands")
    _add_simulate(commands.add_parser("simulate", help="be a printer or a scanner").add_subparsers(required=True, metavar="DEVICE"))  # fmt: skip  # noqa: E501
    return top


def _add_processes(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The kiosk in three processes (docs/processes.md); `run` is all of it in one."""
    for name, run, text in (
        ("core", _core, "run a kiosk without a window and without a network"),
        ("ui", _ui, "show what the core says in a window"),
        ("sync", _sync, "hand the core's requests on to the central server"),
    ):
        one = commands.add_parser(name, help=text)
        one.set_defaults(run=run)
        one.add_argument("--config", type=Path, required=True, metavar="FILE")
        one.add_argument("--run", dest="folder", type=Path, default=RUN, metavar="DIR", help=f"of sockets, else {RUN}")
        if name == "ui":
            other = one.add_mutually_exclusive_group()
            other.add_argument("--fallback", action="store_true", help="say that it is out of order, without core")
            other.add_argument(
                "--ask-code", action="store_true", help="set the box up for root, who asks by lines of input"
            )
        else:
            one.add_argument("--peer", default="", metavar="USER", help="who alone may come in, else this user")


def _add_simulate(devices: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    printer = devices.add_parser(
        "printer", help="a printer on a TCP port or a pseudo-terminal, ruled by lines of input"
    )
    printer.set_defaults(run=_simulate_printer)
    place = printer.add_mutually_exclusive_group(required=True)
    place.add_argument("--tcp", type=int, metavar="PORT", help="0 takes a free one")
    place.add_argument("--pty", metavar="LINK")
    printer.add_argument("--tickets", type=Path, metavar="DIR", help="where tickets are put as bytes and pictures")
    printer.add_argument("--width-mm", type=int, choices=(58, 80), default=80)
    scanner = devices.add_parser("scanner", help="a scanner on a pseudo-terminal; each line of input is a code")
    scanner.set_defaults(run=_simulate_scanner)
    scanner.add_argument("--pty", required=True, metavar="LINK")


def main(argv: list[str] | None = None) -> int:
    """Runs a command; returns the exit status: 2 for a configuration that cannot be used."""
    arguments = parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except ConfigError as error:
        for problem in error.problems:
            print(f"kiosk: {problem}", file=sys.stderr)
        return 2
    except AnjunganError as error:
        print(f"kiosk: {error}", file=sys.stderr)
        return 1
    return status


def prepare_kivy(size: tuple[int, int], fullscreen: bool) -> None:
    """Kivy reads the environment when it is first imported, never later; and nothing but what is set here: no
    configuration of a folder, no variable, no module (screenshots, the inspector), and of the inputs only the pointer,
    which every touch panel is. It has no folder of its own, so it leaves none behind, however it ends.
    """
    for name in [each for each in os.environ if each.startswith(("KIVY_", "KCFG_"))]:
        del os.environ[name]
    said = {"KIVY_NO_ARGS": "1", "KIVY_NO_CONFIG": "1", "KIVY_LOG_MODE": "PYTHON", "KIVY_HOME": NO_FOLDER}
    # Pictures are read by what the window needs anyway; each other library that Kivy knows of would be loaded too.
    said["KIVY_IMAGE"] = "sdl2"
    os.environ.update(said)
    from kivy.config import Config

    Config.set("graphics", "width", str(size[0]))
    Config.set("graphics", "height", str(size[1]))
    Config.set("graphics", "fullscreen", "auto" if fullscreen else "0")
    Config.set("graphics", "resizable", "0")
    Config.set("graphics", "multisamples", "0")
    Config.set("graphics", "show_cursor", "0" if fullscreen else "1")
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "kivy_clock", "interrupt")
    Config.set("graphics", "maxfps", str(ROUNDS_AT_REST))
    Config.remove_section("input")
    Config.add_section("input")
    Config.set("input", "mouse", "mouse,disable_multitouch")


def end_on_signals() -> None:
    """SIGTERM and SIGINT end the window's loop; one that comes before it, as soon as it begins, for then all that was
    started is stopped as always. To be called before there is a window: SDL takes a signal that nobody heeds yet for a
    wish to close the window (SDL_QuitInit), and the kiosk grants none.
    """
    from kivy.base import EventLoop

    heard = False

    def end(*_: object) -> None:
        nonlocal heard
        heard = EventLoop.quit = True

    def begin(*_: object) -> None:
        # Kivy's loop forgets at its start that it was to end.
        EventLoop.quit = heard

    EventLoop.bind(on_start=begin)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)


def _utc() -> datetime:
    return datetime.now(UTC)


def _run(arguments: argparse.Namespace) -> int:
    # What is loaded stays; to look through it for garbage takes a sixth of the start. The app sweeps later.
    gc.disable()
    remote = _remote(arguments.config)
    settings = remote.settings
    _log(settings.data.dir)
    _open_window(settings)
    kiosk = _kiosk_of(lambda: _practising(settings) if arguments.practice else _kiosk(settings, remote, None, None))
    from kiosk.app import KioskApp

    KioskApp(kiosk, settings.panel()).run()
    return 0


def _core(arguments: argparse.Namespace) -> int:
    gc.disable()
    remote = _remote(arguments.config)
    settings = remote.settings
    _log(settings.data.dir)
    from kiosk.core import Core

    folder = arguments.folder
    kiosk = _kiosk_of(lambda: _kiosk(settings, remote, folder / CENTRAL_DOOR, folder / BOX_DOOR))
    window = user_of(arguments.peer)
    core = Core(kiosk, folder / WINDOW_DOOR, window, settings.panel(), Supervisor())
    core.end_on_signals()
    gc.freeze()
    gc.enable()
    core.run()
    return 0


def _ui(arguments: argparse.Namespace) -> int:
    gc.disable()
    settings = read_settings(arguments.config)
    _log(None)
    _open_window(settings)
    if arguments.ask_code:
        from kiosk.set_up_window import SetUpApp

        SetUpApp(settings.panel(), sys.stdin, sys.stdout).run()
        return 0
    from kiosk.app import KioskApp
    from kiosk.far_core import FarCore, Nobody

    core = Nobody() if arguments.fallback else FarCore(arguments.folder / WINDOW_DOOR)
    app = KioskApp(core, settings.panel(), supervisor=Supervisor())
    core.controller.fit, core.controller.stand_alone = app.fit, app.stand_alone
    app.run()
    return 0


def _sync(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments.config)
    _log(None)
    from kiosk.relay import Relay, end_on_signals

    relay = Relay(arguments.folder / CENTRAL_DOOR, user_of(arguments.peer), settings.central)
    end_on_signals()
    relay.run(Supervisor())
    return 0


def _remote(config: Path) -> "RemoteSettingsFile":
    # The window and the way to the server know nothing of it, and are up sooner.
    from kiosk.remote_settings import RemoteSettingsFile

    return RemoteSettingsFile(config)


def _log(data: Path | None) -> None:
    """The journal gets all of it; a process that keeps data has a file of its own besides."""
    log_to_stream(sys.stderr, _utc)
    if data:
        log_to_file(data / "log" / "kiosk.jsonl", _utc)
    catch_the_uncaught()


def _open_window(settings: Settings) -> None:
    """The window with its first frame."""
    prepare_kivy(settings.screen.shown_size, settings.screen.fullscreen)
    end_on_signals()
    await_display()
    from kiosk.screens.splash import show_splash

    show_splash()


def _kiosk(settings: Settings, remote: "RemoteSettingsFile", relay: Path | None, box_door: Path | None) -> "Kiosk":
    from kiosk.bootstrap import Kiosk

    return Kiosk(settings, remote=remote, relay=relay, box_door=box_door)


def _kiosk_of(make: "Callable[[], Kiosk]") -> "Kiosk | OutOfService":
    """What is made, or what stands in for it where its store cannot be used."""
    try:
        return make()
    except StoreError as error:
        from kiosk.bootstrap import OutOfService

        note(StoreUnusable(error.fault))
        return OutOfService(error.fault)


def _practising(settings: Settings) -> "Kiosk":
    from kiosk.bootstrap import Kiosk
    from kiosk.practice_folder import CODES, practise

    own, made = practise(settings, _utc)
    for lesson in made.lessons:
        print(f"{lesson.name:14} {lesson.booking.applicants[0].number}  type {lesson.booking.code}", flush=True)
    print(f"their QR codes: {own.data.dir / CODES}", flush=True)
    return Kiosk(own, practice=made)


def _rehearse(arguments: argparse.Namespace) -> int:
    from kiosk.rehearsal import rehearse

    number = rehearse(read_settings(arguments.config), _utc)
    print(f"a practice visit ended with ticket {number}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments.config)
    results = [*_check_devices(settings), _check_central(settings)]
    for good, sentence in results:
        print(f"{'ok ' if good else 'NOT'} {sentence}")
    return 0 if all(good for good, _ in results) else 1


def _check_devices(settings: Settings) -> list[tuple[bool, str]]:
    from kiosk.bootstrap import devices_of

    devices = devices_of(settings)
    results: list[tuple[bool, str]] = []
    if devices.printer and settings.printer:
        results.append(_check_printer(devices.printer, f"printer {settings.printer.url}"))
    for scanner, scans in zip(devices.scanners, settings.scanner, strict=True):
        results.append(_check_opening(scanner, f"scanner {scans.url}"))
    for keypad, keys in zip(devices.keypads, settings.keypad, strict=True):
        results.append(_check_opening(keypad, f"keypad {keys.url}"))
    return results


def _check_printer(printer: "Printer", name: str) -> tuple[bool, str]:
    from kiosk.model import PrinterStatus

    try:
        printer.open()
        status = printer.status()
        printer.close()
    except DeviceError as error:
        return False, f"{name}: {error}"
    return status in (PrinterStatus.READY, PrinterStatus.PAPER_LOW, PrinterStatus.UNKNOWN), f"{name}: {status}"


def _check_opening(device: "Scanner | Keypad", name: str) -> tuple[bool, str]:
    try:
        device.open()
        device.close()
    except DeviceError as error:
        return False, f"{name}: {error}"
    return True, f"{name}: ready"


def _check_central(settings: Settings) -> tuple[bool, str]:
    from kiosk.client import Client
    from kiosk.identity import Identity

    try:
        identity = Identity.load(settings.data.dir)
        client = Client(settings.central.url, settings.central.ca, identity, _utc)
        found = client.snapshot("")
        client.close()
    except (ConfigError, CentralError) as error:
        return False, f"central server {settings.central.url}: {error}"
    bookings = len(found[0].bookings) if found else 0
    return (
        True,
        f"central server {settings.central.url}: knows this kiosk as {identity.name}, sends {bookings} bookings",
    )


def _decode(arguments: argparse.Namespace) -> int:
    from kiosk.devices.decoding import decode_images

    return decode_images(arguments.images, sys.stdout)


def _screens(arguments: argparse.Namespace) -> int:
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    prepare_kivy((320, 320), False)
    import kivy.core.window  # noqa: F401 - opens the window that the pictures are painted with

    from kiosk.screens.gallery import ORIENTATIONS, orientation_of, write_gallery

    stands = [orientation_of(read_settings(arguments.config).screen.size)] if arguments.config else ORIENTATIONS
    written = write_gallery(arguments.out, arguments.mode or MODES, arguments.language, stands)
    print(f"{len(written)} pictures and index.html in {arguments.out}")
    return 0


def _simulate_printer(arguments: argparse.Namespace) -> int:
    from kiosk.devices.simulator_programs import run_printer

    return run_printer(arguments.tcp, arguments.pty, arguments.tickets, arguments.width_mm, sys.stdin)


def _simulate_scanner(arguments: argparse.Namespace) -> int:
    from kiosk.devices.simulator_programs import run_scanner

    return run_scanner(arguments.pty, sys.stdin)


if __name__ == "__main__":
    sys.exit(main())
