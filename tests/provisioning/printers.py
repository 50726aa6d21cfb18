"""A printer on a pseudo-terminal that speaks the true bytes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen


@contextmanager
def printer_at(link: Path, tickets: Path | None = None) -> Iterator["Popen[str]"]:
    """A printer's program; its input takes the verbs of docs/devices.md. `tickets` is where it puts what it printed."""
    into = ("--tickets", str(tickets)) if tickets else ()
    command = [sys.executable, "-m", "kiosk", "simulate", "printer", "--pty", str(link), *into]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as program:
        assert program.stdout
        program.stdout.readline()
        try:
            yield program
        finally:
            program.terminate()
