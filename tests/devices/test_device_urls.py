import subprocess
import sys

import pytest

from kiosk.devices import printer_for, scanner_for
from kiosk.errors import ConfigError


@pytest.mark.parametrize(
    "url",
    [
        "serial:///dev/ttyACM0",
        "serial:///dev/ttyACM0?baudrate=115200",
        "frames:///folder",
        "camera:///dev/video0",
        "simulated:",
    ],
)
def test_good_scanner_urls_make_a_scanner_without_opening_it(url):
    scanner_for(url).close()


@pytest.mark.parametrize(
    "url",
    [
        "tcp://10.0.0.9:9100",
        "tcp://printer.lobby",
        "serial:///dev/ttyUSB0",
        "usb://04b8:0e15",
        "file:///dev/usb/lp0",
        "simulated:",
    ],
)
def test_good_printer_urls_make_a_printer_without_opening_it(url):
    printer_for(url, 58).close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("seriall:///dev/ttyACM0", "did you mean serial"),
        ("http://10.0.0.9", "known are"),
        ("/dev/ttyACM0", "unknown scheme"),
        ("", "unknown scheme"),
        ("serial:///dev/ttyACM0?baudrat=9600", "did you mean baudrate"),
        ("serial:///dev/ttyACM0?baudrate=fast", "baudrate cannot be 'fast'"),
        ("serial:///dev/ttyACM0?baudrate=-1", "baudrate cannot be"),
        ("serial://dev/ttyACM0", "there is no host in it"),
        ("serial:", "a path is missing"),
        ("frames:///folder?every=1", "unknown parameter 'every'"),
    ],
)
def test_a_bad_scanner_url_is_explained(url, words):
    with pytest.raises(ConfigError, match=words):
        scanner_for(url)


@pytest.mark.parametrize(
    ("url", "words"),
    [("tpc://10.0.0.9", "did you mean tcp"), ("tcp://", "a host is missing"), ("tcp://10.0.0.9:nine", "cannot be read"),
     ("tcp://10.0.0.9:99999", "cannot be read"), ("tcp://10.0.0.9/queue", "there is no path in it")],
)  # fmt: skip
def test_a_bad_printer_url_is_explained(url, words):
    with pytest.raises(ConfigError, match=words):
        printer_for(url)


def test_every_problem_of_a_url_is_told_at_once():
    with pytest.raises(ConfigError) as refused:
        scanner_for("serial:?baudrat=1&parity=even")
    assert len(refused.value.problems) == 3


def test_paper_of_another_width_is_refused():
    with pytest.raises(ConfigError, match="58 or 80"):
        printer_for("simulated:", 112)


def test_importing_the_devices_loads_no_driver_library():
    libraries = "serial escpos zxingcpp pyzbar PIL cv2 usb qrcode numpy kivy"
    program = f"import sys, kiosk.devices; print([name for name in {libraries.split()} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
