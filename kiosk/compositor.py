"""The compositor that was started beside this program (provisioning/system/usr/libexec/anjungan/screen)."""

import os
import time
from collections.abc import Callable, MutableMapping
from pathlib import Path

from kiosk.errors import DeviceError

STARTS_SECONDS = 45.0
"""It waits itself, for the graphics card and a touch panel, 26 s at most."""
LOOK_SECONDS = 0.02


def await_display(
    environment: MutableMapping[str, str] = os.environ, wait: Callable[[float], None] = time.sleep
) -> None:
    """Waits until the compositor says which display it serves (DISPLAY) and what else those who draw on it have to be
    told, in the file that SHOWN names, one NAME=VALUE a line, and puts it into the environment. So both start at the
    same time. Without SHOWN there is no compositor to wait for. Raises DeviceError.
    """
    if "SHOWN" not in environment:
        return
    said = Path(environment["SHOWN"])
    for _ in range(round(STARTS_SECONDS / LOOK_SECONDS)):
        if said.exists():
            for line in said.read_text().splitlines():
                name, _, value = line.partition("=")
                environment[name] = value
            return
        wait(LOOK_SECONDS)
    raise DeviceError(
        f"the compositor serves no display after {STARTS_SECONDS:.0f} s; look at its lines in the journal"
    )
