"""The camera driver on a film, which OpenCV reads the same way. OpenCV is an optional part of the kiosk."""

import pytest
from PIL import Image

from kiosk.devices.camera_scanner import CameraScanner
from kiosk.errors import ScannerError

cv2 = pytest.importorskip("cv2")


class Clock:
    """Half a second goes by at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.5
        return self.now


@pytest.fixture
def film(hard_pictures, tmp_path):
    def make(codes):
        writer = cv2.VideoWriter(str(tmp_path / "film.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 10, hard_pictures.SIZE)
        for code in codes:
            picture = hard_pictures.held_before_a_camera(code) if code else Image.new("L", hard_pictures.SIZE, 90)
            picture.convert("RGB").save(tmp_path / "frame.png")
            writer.write(cv2.imread(str(tmp_path / "frame.png")))
        writer.release()
        return str(tmp_path / "film.avi")

    return make


def codes_of(path):
    scanner = CameraScanner(path, (640, 480), Clock())
    scanner.open()
    codes = list(until_the_end(scanner))
    scanner.close()
    scanner.close()
    return codes


def until_the_end(scanner):
    """The codes of the film; a camera that gives no more pictures counts as unplugged."""
    while True:
        try:
            code = scanner.read(0)
        except ScannerError:
            return
        if code:
            yield code


def test_a_code_that_is_held_is_read_once_and_the_next_one_at_once(film):
    assert codes_of(film(["A", "A", "A", None, "A", "B", "B"])) == ["A", "B"]


def test_a_code_that_comes_back_after_a_while_is_read_again(film):
    assert codes_of(film(["A", None, None, None, None, "A"])) == ["A", "A"]


def test_a_camera_that_is_not_there_is_a_typed_error_with_the_next_step():
    with pytest.raises(ScannerError, match="check its cable"):
        CameraScanner("/dev/video99", (640, 480)).open()
