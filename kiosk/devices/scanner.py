"""What a scanner is, and which driver a URL names."""

from typing import Protocol

from kiosk.devices.device_url import DeviceKind, parse_device_url, positive

KINDS = {
    "serial": DeviceKind("serial:///dev/ttyACM0?baudrate=9600", {"baudrate": positive}),
    "camera": DeviceKind("camera:///dev/video0?width=1280&height=720", {"width": positive, "height": positive}),
    "frames": DeviceKind("frames:///folder/of/images", {}),
    "simulated": DeviceKind("simulated:", {}),
}


class Scanner(Protocol):
    """Reads codes, one at a time. It knows no threads: one owner opens, reads and closes it."""

    def open(self) -> None:
        """Make ready to read; ScannerError if that cannot be."""

    def read(self, timeout: float) -> str | None:
        """The next code as soon as it is there, or None after `timeout` s; ScannerError when the scanner is gone."""

    def close(self) -> None:
        """Let go of the device; harmless when it is closed already."""


def check_url(url: str) -> None:
    """ConfigError says what is wrong with a scanner's URL; no driver is loaded."""
    parse_device_url(url, "scanner", KINDS)


def scanner_for(url: str) -> Scanner:
    """The scanner that `url` names, not yet open. ConfigError says what is wrong with a URL."""
    parts = parse_device_url(url, "scanner", KINDS)
    match parts.scheme:
        case "serial":
            from kiosk.devices.serial_scanner import SerialScanner

            return SerialScanner(parts.path, parts.number("baudrate", 9600))
        case "camera":
            from kiosk.devices.camera_scanner import CameraScanner

            return CameraScanner(parts.path, (parts.number("width", 1280), parts.number("height", 720)))
        case "frames":
            from kiosk.devices.frames_scanner import FramesScanner

            return FramesScanner(parts.path)
        case _:
            from kiosk.devices.simulated_scanner import SimulatedScanner

            return SimulatedScanner()
