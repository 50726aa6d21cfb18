"""A camera (V4L2), read by OpenCV."""

import math
import time
from collections.abc import Callable
from typing import Any

from PIL import Image

from kiosk.devices.codes import HeldCode
from kiosk.devices.decoding import decode
from kiosk.errors import ScannerError

PATIENT_EVERY = 1.0


class CameraScanner:
    """Looks for QR codes in the pictures of the camera at `path` (or of a film, for a trial), asked for at `size`
    pixels.

    A code held before it is returned once, until it has been away for 2 s on `clock`. OpenCV is an optional part of
    the kiosk: without it, `open` says what to install.
    """

    def __init__(self, path: str, size: tuple[int, int], clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._size = size
        self._clock = clock
        self._held = HeldCode()
        self._patient_from = -math.inf
        self._camera: Any = None

    def open(self) -> None:
        self.close()
        try:
            import cv2
        except ImportError as error:
            raise ScannerError("a camera needs opencv-python-headless; install it beside the kiosk") from error
        camera = cv2.VideoCapture(self._path, cv2.CAP_V4L2 if self._path.startswith("/dev/") else cv2.CAP_ANY)
        if not camera.isOpened():
            camera.release()
            raise ScannerError(
                f"the camera {self._path} cannot be opened; check its cable, and that nothing else uses it"
            )
        camera.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        camera.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        # One picture in the buffer: what is read is what is held before the camera now.
        camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._camera = camera

    def read(self, timeout: float) -> str | None:
        if self._camera is None:
            raise ScannerError(f"the camera {self._path} is not open")
        deadline = time.monotonic() + timeout
        while True:
            there, pixels = self._camera.read()
            if not there:
                raise ScannerError(f"the camera {self._path} gives no more pictures; check its cable")
            now = self._clock()
            if code := self._held.new(self._decode(Image.fromarray(pixels[:, :, ::-1]), now), now):
                return code
            if time.monotonic() >= deadline:
                return None

    def _decode(self, picture: Image.Image, now: float) -> str | None:
        """Quick for most pictures, so that the next one is looked at soon, and patient once in PATIENT_EVERY s."""
        patient = now >= self._patient_from
        if patient:
            self._patient_from = now + PATIENT_EVERY
        return decode(picture, patient)

    def close(self) -> None:
        if self._camera is not None:
            self._camera.release()
            self._camera = None
