"""scripts/demo: in a window, or scripted and without one."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

from demo_site import Program, Site, demo_site, devices

OUT = Path("out/demo")


def main() -> int:
    """Returns the exit status: 0 only if each scripted step did what it should."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description="Anjungan, all of it, on this machine.")
    parser.add_argument(
        "--scripted", action="store_true", help="without a screen; leaves pictures and a report in out/demo"
    )
    scripted = parser.parse_args().scripted
    # Ended from outside, it still takes its server and simulators with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if scripted:
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder, demo_site(Path(folder)) as site:
        tickets = OUT / "tickets" if scripted else Path(folder) / "tickets"
        with devices(Path(folder), tickets.absolute()) as (printer, scanner):
            settings = f'[printer]\nurl = "{printer.place}"\n\n[[scanner]]\nurl = "{scanner.place}"\n'
            size = "1080, 1920" if scripted else "540, 960"
            settings += f"\n[screen]\nsize = [{size}]\npixels_per_mm = {4.0 if scripted else 2.0}\n"
            config = site.enrolled("Anjungan Lobi", settings)
            if scripted:
                from scripted_visits import run_script

                return run_script(site, config, printer, scanner, OUT)
            return _interactive(site, config, scanner, tickets)


def _interactive(site: Site, config: Path, scanner: Program, tickets: Path) -> int:
    name, password = site.officer()
    some = {label: site.bookings(label)[0] for label in ("single", "family", "second_factor", "priority", "cancelled")}
    print(f"\nOfficers' page: {site.url}/officers  ({name} / {password}; trust {site.ca})")
    print(f"Tickets are printed into {tickets} as pictures.")
    print("Type one of these codes on the screen, or its name here to scan its QR code:")
    for label, each in some.items():
        print(f"  {label:14} {each['code']}" + (f"  (digits {each['digits']})" if each["digits"] else ""), flush=True)

    def scan_what_is_typed() -> None:
        for line in sys.stdin:
            word = line.strip()
            scanner.say(some[word]["pass"] if word in some else word)

    threading.Thread(target=scan_what_is_typed, daemon=True).start()
    from kiosk.__main__ import main as kiosk

    return kiosk(["run", "--config", str(config)])


if __name__ == "__main__":
    sys.exit(main())
