"""The true driver on a pipe that carries an input device's bytes; a pipe cannot be grabbed, so that is told apart."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.devices import keypad_for
from kiosk.devices.evdev_keypad import EVENT, EVIOCGRAB, EvdevKeypad
from kiosk.devices.keypad import Jack
from kiosk.devices.simulated_keypad import SimulatedKeypad
from kiosk.errors import ConfigError, DeviceError, KeypadError
from kiosk.event_log import KeypadLost
from kiosk.model import Key
from kiosk.polling import Polling

EV_SYN, EV_KEY, EV_MSC, EV_SW = 0, 1, 4, 5
UP, DOWN, ENTER, BACK, HELP, LETTER_A = 103, 108, 28, 158, 138, 30


class Device:
    """An input device's side of a pipe."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "event3"
        self.grabbed: list[int] = []
        self.driver = EvdevKeypad(str(self.path), self.grabbed.append)
        self._end = -1

    def plug_in(self) -> None:
        os.mkfifo(self.path)
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        self._end = os.open(self.path, os.O_WRONLY)
        self.driver.open()
        os.close(reader)

    def unplug(self) -> None:
        os.close(self._end)
        self.path.unlink()
        self._end = -1

    def send(self, *events: tuple[int, int, int]) -> bytes:
        data = b"".join(struct.pack("llHHi", 1795600000, 250000, *event) for event in events)
        os.write(self._end, data)
        return data

    def write(self, data: bytes) -> None:
        os.write(self._end, data)

    def press(self, code: int) -> None:
        """As the kernel tells of it: down, report, up, report."""
        self.send((EV_MSC, 4, code), (EV_KEY, code, 1), (EV_SYN, 0, 0), (EV_KEY, code, 0), (EV_SYN, 0, 0))

    def all(self) -> list[Key | Jack]:
        found = []
        while (one := self.driver.read(0.01)) is not None:
            found.append(one)
        return found

    def close(self) -> None:
        self.driver.close()
        if self._end >= 0:
            self.unplug()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    made = Device(tmp_path)
    made.plug_in()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (103, Key.UP),
        (108, Key.DOWN),
        (28, Key.SELECT),
        (96, Key.SELECT),
        (0x161, Key.SELECT),
        (0x160, Key.SELECT),
        (158, Key.BACK),
        (1, Key.BACK),
        (14, Key.BACK),
        (138, Key.HELP),
        (59, Key.HELP),
    ],
)
def test_each_code_is_its_key_once(device: Device, code: int, key: Key) -> None:
    device.press(code)
    assert device.all() == [key]


def test_a_key_that_is_held_counts_once(device: Device) -> None:
    device.send((EV_KEY, DOWN, 1), (EV_SYN, 0, 0), *[(EV_KEY, DOWN, 2), (EV_SYN, 0, 1)] * 30, (EV_KEY, DOWN, 0))
    assert device.all() == [Key.DOWN]


def test_other_keys_and_other_switches_do_nothing(device: Device) -> None:
    device.press(LETTER_A)
    device.send((EV_SW, 0, 1), (EV_SW, 4, 1), (2, 8, 1))  # a lid, a microphone, a wheel
    device.press(ENTER)
    assert device.all() == [Key.SELECT]


def test_headphones_are_told_in_and_out(device: Device) -> None:
    device.send((EV_SW, 2, 1), (EV_SYN, 0, 0), (EV_SW, 2, 0), (EV_SYN, 0, 0))
    assert device.all() == [Jack.PLUGGED, Jack.PULLED]


def test_keys_come_in_order_however_the_bytes_arrive(device: Device, tmp_path: Path) -> None:
    data = b"".join(struct.pack("llHHi", 0, 0, EV_KEY, code, 1) for code in (UP, DOWN, BACK, HELP))
    found = []
    for byte in data:
        device.write(bytes([byte]))
        if (one := device.driver.read(0)) is not None:
            found.append(one)
    assert found == [Key.UP, Key.DOWN, Key.BACK, Key.HELP]


def test_an_idle_keypad_gives_nothing_in_time(device: Device) -> None:
    assert device.driver.read(0.01) is None


def test_the_device_is_taken_for_the_kiosk_alone_each_time_it_is_opened(device: Device) -> None:
    device.driver.open()
    assert len(device.grabbed) == 2


def test_the_grab_is_the_kernels() -> None:
    write, size, group, number = 1, struct.calcsize("i"), ord("E"), 0x90
    assert write << 30 | size << 16 | group << 8 | number == EVIOCGRAB
    assert EVENT.size == 2 * struct.calcsize("l") + 8


def test_what_is_no_input_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(KeypadError, match="check its cable"):
        EvdevKeypad(str(tmp_path / "file")).open()


def test_a_keypad_that_is_not_there_is_a_typed_error_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(KeypadError, match="check its cable"):
        EvdevKeypad(str(tmp_path / "none")).open()


def test_a_keypad_that_is_pulled_out_in_mid_event_gives_no_key_afterwards(device: Device) -> None:
    device.write(struct.pack("llHHi", 0, 0, EV_KEY, DOWN, 1)[:20])
    assert device.driver.read(0) is None
    device.unplug()
    with pytest.raises(KeypadError, match="is gone"):
        device.driver.read(1)
    device.driver.close()
    device.plug_in()
    device.write(struct.pack("llHHi", 0, 0, EV_KEY, UP, 1))
    assert device.all() == [Key.UP]


def test_a_closed_keypad_raises_and_closing_twice_is_harmless(device: Device) -> None:
    device.driver.close()
    device.driver.close()
    with pytest.raises(KeypadError):
        device.driver.read(0)


def test_a_keypad_that_comes_back_is_read_again_after_waits(device: Device, caplog: pytest.LogCaptureFixture) -> None:
    read: list[Key | Jack] = []
    ready: list[bool] = []
    waits: list[float] = []
    polling = Polling(device.driver, read.append, KeypadLost, waits.append, ready.append)
    device.press(UP)
    polling.turn()
    device.unplug()
    for _ in range(3):
        polling.turn()
    assert len(waits) == 3
    assert ready[-1] is False
    device.plug_in()
    device.press(DOWN)
    device.driver.close()
    device.close()
    device.plug_in()
    polling.turn()
    device.press(HELP)
    polling.turn()
    assert read[0] is Key.UP
    assert read[-1] is Key.HELP
    assert ready[-1] is True


def test_the_simulated_keypad_is_driven() -> None:
    keypad = keypad_for("simulated:")
    assert isinstance(keypad, SimulatedKeypad)
    keypad.open()
    keypad.press(Key.SELECT)
    keypad.move_headphones(Jack.PLUGGED)
    assert [keypad.read(0), keypad.read(0), keypad.read(0)] == [Key.SELECT, Jack.PLUGGED, None]
    keypad.unplug()
    with pytest.raises(DeviceError, match="plug it in"):
        keypad.read(0)
    with pytest.raises(DeviceError):
        keypad.open()
    keypad.plug_in()
    keypad.open()
    keypad.close()


def test_a_good_url_makes_a_keypad_without_opening_it() -> None:
    keypad_for("evdev:///dev/input/by-id/usb-Storm-event-kbd").close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("evdv:///dev/input/event3", "did you mean evdev"),
        ("evdev:", "a path is missing"),
        ("evdev://dev/input/event3", "there is no host in it"),
        ("evdev:///dev/input/event3?grab=0", "unknown parameter 'grab'"),
    ],
)
def test_a_bad_url_is_explained(url: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        keypad_for(url)
