"""What a keypad is, and which driver a URL names."""

from enum import StrEnum
from typing import Protocol

from kiosk.devices.device_url import DeviceKind, parse_device_url
from kiosk.model import Key

KINDS = {
    "evdev": DeviceKind("evdev:///dev/input/by-id/usb-keypad-event-kbd", {}),
    "simulated": DeviceKind("simulated:", {}),
}


class Jack(StrEnum):
    """What happened at the socket of the headphones."""

    PLUGGED = "plugged"
    PULLED = "pulled"


class Keypad(Protocol):
    """Reads keys and the headphones' socket. It knows no threads: one owner opens, reads and closes it."""

    def open(self) -> None:
        """Make ready to read, for nobody but the kiosk; KeypadError if that cannot be."""

    def read(self, timeout: float) -> Key | Jack | None:
        """The next key that goes down, or the socket's news; None after `timeout` s; KeypadError when it is gone."""

    def close(self) -> None:
        """Let go of the device; harmless when it is closed already."""


def check_url(url: str) -> None:
    """ConfigError says what is wrong with a keypad's URL; no driver is loaded."""
    parse_device_url(url, "keypad", KINDS)


def keypad_for(url: str) -> Keypad:
    """The keypad that `url` names, not yet open. ConfigError says what is wrong with a URL."""
    parts = parse_device_url(url, "keypad", KINDS)
    if parts.scheme == "evdev":
        from kiosk.devices.evdev_keypad import EvdevKeypad

        return EvdevKeypad(parts.path)
    from kiosk.devices.simulated_keypad import SimulatedKeypad

    return SimulatedKeypad()
