"""The voice, with the real espeak-ng: what it writes goes into a pipe instead of to a sound device."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.event_log import SpeechLost
from kiosk.speech import EspeakVoice
from kiosk.spoken import LONGEST

LONG = "Silakan duduk, nomor Anda akan dipanggil. " * 60


class Listener:
    """The other end of a pipe that espeak-ng writes its sound into."""

    def __init__(self, folder: Path) -> None:
        self.pipe = folder / "sound"
        os.mkfifo(self.pipe)
        self._end = os.open(self.pipe, os.O_RDONLY | os.O_NONBLOCK)

    def hears(self, enough: int) -> bytes:
        """So many bytes of sound, or all until the voice ends."""
        heard = b""
        until = time.monotonic() + 20
        while len(heard) < enough and time.monotonic() < until:
            try:
                part = os.read(self._end, 65536)
            except BlockingIOError:
                os.sched_yield()
                continue
            if not part and heard:
                break
            heard += part
        return heard

    def close(self) -> None:
        os.close(self._end)


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    made = Listener(tmp_path)
    yield made
    made.close()


@pytest.fixture
def voice(listener: Listener) -> Iterator[EspeakVoice]:
    made = EspeakVoice(("espeak-ng", "-w", str(listener.pipe)))
    yield made
    made.stop()


def wait_for(true: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if true():
            return True
        os.sched_yield()
    return False


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_text_becomes_sound(voice: EspeakVoice, listener: Listener, language: str) -> None:
    voice.say("A, nol satu dua.", language, loud=False)
    sound = listener.hears(10**9)
    assert sound.startswith(b"RIFF")
    assert len(set(sound[44:])) > 50  # not silence
    assert wait_for(lambda: not voice.is_speaking)


def test_loud_is_louder(voice: EspeakVoice, listener: Listener) -> None:
    def loudest(loud: bool) -> int:
        voice.say("satu", "id", loud)
        sound = listener.hears(10**9)[44:]
        return max(abs(int.from_bytes(sound[at : at + 2], "little", signed=True)) for at in range(0, len(sound) - 1, 2))

    assert loudest(True) > 1.3 * loudest(False)


def test_what_is_being_said_is_cut_at_once_by_the_next(voice: EspeakVoice, listener: Listener) -> None:
    voice.say(LONG, "id", loud=False)
    assert listener.hears(1000)  # it speaks, and waits for the listener
    first = voice._speaking
    assert first is not None
    voice.say(LONG, "id", loud=False)
    assert first.wait(5) == -9
    assert voice.is_speaking
    voice.stop()
    assert not voice.is_speaking


def test_without_the_next_text_it_goes_on_speaking(voice: EspeakVoice, listener: Listener) -> None:
    """The control of the test above: a long text does not end by itself while nobody reads it off."""
    voice.say(LONG, "id", loud=False)
    assert listener.hears(1000)
    first = voice._speaking
    assert first is not None
    assert first.poll() is None
    assert voice.is_speaking


def test_the_text_is_not_in_the_list_of_processes(voice: EspeakVoice, listener: Listener) -> None:
    voice.say("rahasia " + LONG, "id", loud=False)
    assert listener.hears(1000)
    assert voice._speaking
    arguments = Path(f"/proc/{voice._speaking.pid}/cmdline").read_bytes()
    assert b"espeak-ng" in arguments
    assert b"rahasia" not in arguments


def test_saying_does_not_wait_and_leaves_no_process_behind(voice: EspeakVoice) -> None:
    took = []
    for _ in range(20):
        before = time.perf_counter()
        voice.say("x" * LONGEST, "id", loud=False)
        took.append(time.perf_counter() - before)
    assert sorted(took)[10] < 0.005
    voice.stop()
    ended = list(voice._cut)
    assert wait_for(lambda: all(each.poll() is not None for each in ended))
    voice.stop()
    assert voice._cut == []


def test_a_machine_without_a_sound_device_speaks_to_nobody() -> None:
    voice = EspeakVoice()
    voice.say("satu", "id", loud=False)
    voice.say("dua", "en", loud=True)
    voice.stop()
    assert not voice.is_speaking


def test_a_machine_without_espeak_goes_on_and_notes_it(caplog: pytest.LogCaptureFixture) -> None:
    voice = EspeakVoice(("no-such-program",))
    with caplog.at_level("WARNING"):
        voice.say("satu", "id", loud=False)
    assert not voice.is_speaking
    (event,) = [each.msg for each in caplog.records if isinstance(each.msg, SpeechLost)]
    assert event.failure.error is FileNotFoundError
    voice.stop()


def test_a_program_that_ends_at_once_does_no_harm() -> None:
    voice = EspeakVoice(("true",))
    for _ in range(10):
        voice.say("x" * LONGEST, "id", loud=False)
    assert wait_for(lambda: not voice.is_speaking)
