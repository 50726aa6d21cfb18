"""The chime before a call: two notes that fade, made with the standard library."""

import math
from array import array
from functools import cache

RATE = 22050
"""Samples a second, those of espeak-ng's voices; 16 bits each, one channel."""
NOTES = ((659.26, 0.0), (523.25, 0.45))
"""Frequency (Hz) and beginning (s): E5, then C5, as a doorbell's."""
SECONDS = 1.5
LOUDNESS = 0.35
"""Of the largest sample, for one note; two overlap, so it is below a half."""
FADE_SECONDS = 0.35
"""Each note falls to 37 % in this time."""
RISE_SECONDS = 0.005
"""A note that began at once would click."""


@cache
def chime() -> bytes:
    """The chime's samples, little-endian."""
    samples = array("h", (round(32767 * _heard(step / RATE)) for step in range(round(SECONDS * RATE))))
    return samples.tobytes()


def _heard(at: float) -> float:
    return sum(_note(frequency, at - begins) for frequency, begins in NOTES if at > begins)


def _note(frequency: float, age: float) -> float:
    rise = min(1.0, age / RISE_SECONDS)
    # The octave above, half as loud, makes a bell of a whistle.
    tone = (math.sin(math.tau * frequency * age) + 0.5 * math.sin(2 * math.tau * frequency * age)) / 1.5
    return LOUDNESS * rise * math.exp(-age / FADE_SECONDS) * tone
