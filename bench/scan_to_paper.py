"""From the code's last byte on the scanner's line to the ticket's first byte at the printer.

Beside it: python-escpos alone. It sends a short text to the same printer: no reading of a
pass, no commit, no status asked.
"""

import argparse
import os
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path

from bench_site import bench_kiosk

from kiosk.devices.pseudo_terminal import pseudo_terminal
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.devices.simulator_programs import serve
from kiosk.events import Home
from kiosk.visit import State

STATUS_BYTES = 8
"""What is shorter asks for a status; a ticket's first piece is longer."""


class TimedPrinter(SimulatedPrinter):
    """Notes when the first piece of a ticket arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.first: float | None = None

    def receive(self, data: bytes) -> None:
        if self.first is None and len(data) > STATUS_BYTES:
            self.first = time.perf_counter()
        super().receive(data)


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def ours(count: int, printer: TimedPrinter, address: str, folder: Path) -> list[float]:
    """One check-in after another, each of a booking of its own, through the true drivers."""
    times: list[float] = []
    with (
        pseudo_terminal(folder / "scanner") as line,
        bench_kiosk(folder, address, folder / "scanner", count) as (kiosk, passes),
    ):
        for text in passes:
            printer.first = None
            began = time.perf_counter()
            os.write(line, text.encode() + b"\r")
            while kiosk.controller.visit.state is not State.TICKET_PRINTED:
                event = kiosk.inbox.take(0.25)
                if event:
                    kiosk.controller.handle(event)
            assert printer.first
            times.append(printer.first - began)
            kiosk.controller.handle(Home())
    return times


def alone(count: int, printer: TimedPrinter, port: int) -> list[float]:
    """python-escpos' own network printer, a text and a cut."""
    from escpos.printer import Network

    times: list[float] = []
    for _ in range(count):
        printer.first = None
        began = time.perf_counter()
        device = Network("127.0.0.1", port)
        device.text("NOMOR ANTREAN ANDA\nA-001\n")
        device.cut()
        device.close()
        while printer.first is None:
            time.sleep(0.0002)
        times.append(printer.first - began)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    count = parser.parse_args().count
    printer, stop = TimedPrinter(), threading.Event()
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=serve, args=(printer, listener, stop))
        serving.start()
        port = listener.getsockname()[1]
        theirs = alone(count, printer, port)
        mine = ours(count, printer, f"tcp://127.0.0.1:{port}", Path(folder))
        stop.set()
        serving.join()
    for name, times in (("python-escpos alone", theirs), ("scan to first byte", mine)):
        p50, p99 = (percentile(times, share) * 1000 for share in (0.5, 0.99))
        print(f"{name:22} p50 {p50:7.2f} ms   p99 {p99:7.2f} ms   ({len(times)} times)")
    print(f"ratio of the medians: {statistics.median(mine) / statistics.median(theirs):.2f}")


if __name__ == "__main__":
    main()
