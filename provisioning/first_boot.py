"""`kiosk-provision first-boot`: an image's first start asks for nothing but the code.

The screen belongs to anjungan-ui, which has no network; the exchange is done here. A code is used up only once the
server took the key, so a power cut before that asks again, and one after it needs a new code.
"""

import argparse
import grp
import os
import pwd
import shutil
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from kiosk.config import Settings, read_settings
from kiosk.errors import CentralError, CentralRefused, CentralRejected
from kiosk.identity import IDENTITY_FILE
from kiosk.model import EnrolmentProblem
from provisioning.disk import Disk
from provisioning.enrol import exchange
from provisioning.machine import BoxError, Machine
from provisioning.plan import store_key

SCREEN_USER = "anjungan-ui"
END_SECONDS = 5
SCREEN = "/usr/libexec/anjungan/screen"
"""Shows one program on the whole screen."""
DONE = "done"
"""What the window hears of a code that did (kiosk/code_window.py)."""


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `first-boot` to the commands of kiosk-provision."""
    one = commands.add_parser("first-boot", help="ask for the code on the screen and enrol, unless that is done")
    one.set_defaults(run=run)
    one.add_argument("--config", type=Path, required=True, metavar="FILE")


def run(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments.config)
    if (settings.data.dir / IDENTITY_FILE).exists():
        return 0
    box = Machine.at_root(Path("/"))
    for change in store_key(box):
        change.make(Disk())
    runtime = Path("/run/anjungan-first-boot")
    runtime.mkdir(mode=0o700, exist_ok=True)
    shutil.chown(runtime, SCREEN_USER, SCREEN_USER)
    command = [
        SCREEN,
        str(Path(sys.executable).with_name("kiosk")),
        "ui",
        "--config",
        str(arguments.config),
        "--ask-code",
    ]
    environment = os.environ | {"XDG_RUNTIME_DIR": str(runtime), "HOME": str(runtime)}
    with _as_screen_user(command, environment) as screen:
        assert screen.stdin
        assert screen.stdout
        try:
            is_enrolled = answer_codes(screen.stdout, screen.stdin, lambda code: try_code(settings, code))
            screen.stdin.close()
            screen.wait(END_SECONDS)
        finally:
            # The compositor runs beside the window's program and does not end with it.
            os.killpg(screen.pid, signal.SIGKILL)
    if not is_enrolled:
        raise BoxError("the screen has gone before a code was typed; it is started anew")
    return 0


def answer_codes(typed: IO[str], answers: IO[str], try_code: Callable[[str], EnrolmentProblem | None]) -> bool:
    """Tries each code that is typed until one does; returns whether one did. `try_code` returns why not, if so."""
    for line in typed:
        problem = try_code(line.strip())
        print(problem or DONE, file=answers, flush=True)
        if not problem:
            return True
    return False


def try_code(settings: Settings, code: str) -> EnrolmentProblem | None:
    """Enrols; returns why not, None where it did."""
    try:
        exchange(code, settings.central.url, settings.central.ca, settings.data.dir)
    except CentralError as error:
        return problem_of(error)
    return None


def problem_of(error: BaseException) -> EnrolmentProblem:
    """What went wrong, as it is told on the screen."""
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return EnrolmentProblem.DISTRUSTED
        cause = cause.__cause__ or cause.__context__
    is_refused = isinstance(error, CentralRefused | CentralRejected)
    return EnrolmentProblem.REFUSED if is_refused else EnrolmentProblem.UNREACHABLE


def _as_screen_user(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Starts a program as who owns the screen, with pipes to it."""
    user = pwd.getpwnam(SCREEN_USER)
    groups = [each.gr_gid for each in grp.getgrall() if SCREEN_USER in each.gr_mem]
    return subprocess.Popen(  # noqa: S603 - the command is ours
        command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        start_new_session=True, user=user.pw_uid, group=user.pw_gid, extra_groups=groups,
    )  # fmt: skip
