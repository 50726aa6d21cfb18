"""The voice: espeak-ng as a program, one process an utterance, so that the next one cuts it at once."""

import contextlib
import subprocess
from collections.abc import Sequence
from typing import Protocol

from kiosk.event_log import Failure, SpeechLost, note

PROGRAM = ("espeak-ng",)
WORDS_PER_MINUTE = 150
"""Somewhat slower than espeak-ng's own 175: most who listen at a kiosk are no daily users of synthetic speech."""
AMPLITUDE, LOUD_AMPLITUDE = 100, 200
"""Of 0 to 200; 100 is espeak-ng's own, 200 the most that it can do."""


class Voice(Protocol):
    """Speaks, one thing at a time."""

    def say(self, text: str, voice: str, loud: bool) -> None:
        """Speak `text` with a voice of espeak-ng ("id", "en") from now on, instead of what is being said. It does not
        wait.
        """

    def stop(self) -> None:
        """Be silent at once."""

    @property
    def is_speaking(self) -> bool:
        """Whether the last text is still being said."""


class EspeakVoice:
    """Speaks with the program espeak-ng, on the machine's default sound device. Where the program is missing the kiosk
    goes on without speech; without a sound device it speaks to nobody.

    `program` is how espeak-ng is started.
    """

    def __init__(self, program: Sequence[str] = PROGRAM) -> None:
        self._program = tuple(program)
        self._speaking: subprocess.Popen[bytes] | None = None
        self._cut: list[subprocess.Popen[bytes]] = []

    def say(self, text: str, voice: str, loud: bool) -> None:
        self.stop()
        amplitude = LOUD_AMPLITUDE if loud else AMPLITUDE
        settings = ("-v", voice, "-s", str(WORDS_PER_MINUTE), "-a", str(amplitude), "-b", "1", "--stdin")
        silent = subprocess.DEVNULL
        try:
            started = subprocess.Popen(  # noqa: S603 - the text goes over stdin, where ps(1) does not show it
                [*self._program, *settings], stdin=subprocess.PIPE, stdout=silent, stderr=silent
            )
        except OSError as error:
            note(SpeechLost(Failure.of(error)))
            return
        self._speaking = started
        # The pipe takes 64 KiB without a reader, more than spoken.LONGEST characters: this does not wait.
        assert started.stdin
        with contextlib.suppress(BrokenPipeError), started.stdin:
            started.stdin.write(text.encode())

    def stop(self) -> None:
        self._cut = [each for each in self._cut if each.poll() is None]
        if self._speaking and self._speaking.poll() is None:
            self._speaking.kill()
            self._cut.append(self._speaking)
        self._speaking = None

    @property
    def is_speaking(self) -> bool:
        return self._speaking is not None and self._speaking.poll() is None
