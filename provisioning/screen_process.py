"""A window of the kiosk's in another process, as who owns the screen, with lines to it and from it."""

import grp
import os
import pwd
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

from kiosk.errors import MessageError
from kiosk.set_up_lines import LONGEST_ANSWER, Answer, Shown, answer_in, line_of

END_SECONDS = 5


class ScreenGone(Exception):
    """The window has ended, or said what it cannot say."""


class Pipes:
    """The near ends of a window's two pipes."""

    def __init__(self, told: int, heard: int) -> None:
        self._told, self._heard = told, heard
        self._held = b""

    def show(self, shown: Shown) -> None:
        """Raises ScreenGone."""
        try:
            os.write(self._told, f"{line_of(shown)}\n".encode())
        except BrokenPipeError:
            raise ScreenGone from None

    def answers(self, seconds: float) -> list[Answer]:
        """What the window said within so many s. Raises ScreenGone."""
        if not select.select([self._heard], [], [], seconds)[0]:
            return []
        piece = os.read(self._heard, 4 * LONGEST_ANSWER)
        if not piece:
            raise ScreenGone
        *lines, self._held = (self._held + piece).split(b"\n")
        if any(len(each) > LONGEST_ANSWER for each in (*lines, self._held)):
            raise ScreenGone
        try:
            return [answer_in(each) for each in lines]
        except MessageError:
            raise ScreenGone from None


class Screen(Pipes):
    """A program on the whole screen. Used as a context: at its end the program is told, and then ended."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], user: str) -> None:
        who = pwd.getpwnam(user)
        groups = [each.gr_gid for each in grp.getgrall() if user in each.gr_mem]
        self._process = subprocess.Popen(  # noqa: S603 - the command is ours
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
            start_new_session=True, user=who.pw_uid, group=who.pw_gid, extra_groups=groups,
        )  # fmt: skip
        assert self._process.stdin
        assert self._process.stdout
        super().__init__(self._process.stdin.fileno(), self._process.stdout.fileno())

    def __enter__(self) -> "Screen":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        # The compositor runs beside the window's program and does not end with it.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
