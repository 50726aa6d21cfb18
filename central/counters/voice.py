"""The sound of a call: the chime, then the sentences, spoken by espeak-ng."""

import io
import logging
import re
import subprocess
import wave
from collections.abc import Sequence
from functools import lru_cache

from central.counters.chime import RATE, chime
from kiosk.model import ENGLISH, Language

log = logging.getLogger(__name__)

PROGRAM = ("espeak-ng",)
WORDS_PER_MINUTE = 130
"""Slower than espeak-ng's own 175, for a hall that echoes."""
SPEAK_SECONDS = 10
"""A sentence takes some 30 ms to make; a program that hangs holds nobody up for longer than this."""
PAUSE_SECONDS = 0.4
KEPT_SOUNDS = 64
"""As many calls are remembered, by what is said: at most some 30 MB."""
PRONOUNCED = {"loket": "[[l'okEt]]"}
"""Words that the Indonesian voice reads wrongly, in its phonemes: KBBI has the e of `loket` as that of `pendek`."""
_WAV_DATA = b"data"


@lru_cache(maxsize=KEPT_SOUNDS)
def sound_of(sentences: tuple[tuple[Language, str], ...], program: tuple[str, ...] = PROGRAM) -> bytes:
    """A WAV file (mono, 16 bits, RATE): the chime, then each sentence in its language. Where espeak-ng is missing or
    fails, the chime alone: people look up.

    `program` is how espeak-ng is started.
    """
    pause = bytes(2 * round(PAUSE_SECONDS * RATE))
    samples = chime() + b"".join(_spoken(text, language, program) + pause for language, text in sentences)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples)
    return file.getvalue()


def _spoken(text: str, language: Language, program: Sequence[str]) -> bytes:
    """The samples of a sentence, none where it cannot be said."""
    voice = "en" if language == ENGLISH else "id"
    settings = ("-v", voice, "-s", str(WORDS_PER_MINUTE), "-b", "1", "--stdin", "--stdout")
    try:
        done = subprocess.run(  # noqa: S603 - the text goes over stdin
            [*program, *settings], input=_pronounced(text, voice).encode(), capture_output=True, timeout=SPEAK_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("a call cannot be spoken: %s", type(error).__name__)
        return b""
    # It cannot know the length when it writes the header, so the samples are all that comes behind it.
    _, found, sized = done.stdout.partition(_WAV_DATA)
    samples = sized[4:] if found else b""
    return samples[: len(samples) // 2 * 2]


def _pronounced(text: str, voice: str) -> str:
    if voice != "id":
        return text
    return re.sub(r"\w+", lambda word: PRONOUNCED.get(word[0], word[0]), text)
