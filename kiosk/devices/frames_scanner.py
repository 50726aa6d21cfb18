"""A camera fed from files: the pictures in a folder."""

import time
from pathlib import Path

from kiosk.devices.decoding import decode_file
from kiosk.errors import ScannerError

ENDINGS = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".pgm", ".ppm"}
LOOK_EVERY = 0.05


class FramesScanner:
    """Reads the pictures in a folder in the order of their names, each once, and those that come later.

    A picture that changes counts as another one, so that one which is still being written is read when it is whole.
    """

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._seen: set[tuple[str, int, int]] = set()

    def open(self) -> None:
        if not self._folder.is_dir():
            raise ScannerError(
                f"there is no folder {self._folder} to take pictures from; make it, or change the configuration"
            )

    def read(self, timeout: float) -> str | None:
        deadline = time.monotonic() + timeout
        while True:
            for picture in self._new_pictures():
                if code := self._decode(picture):
                    return code
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            time.sleep(min(left, LOOK_EVERY))

    def close(self) -> None:
        """There is nothing to let go of."""

    def _new_pictures(self) -> list[Path]:
        try:
            pictures = [file for file in self._folder.iterdir() if file.suffix.lower() in ENDINGS]
            return sorted(picture for picture in pictures if self._mark(picture) not in self._seen)
        except OSError as error:
            raise ScannerError(f"the folder {self._folder} cannot be read ({error.strerror})") from error

    def _decode(self, picture: Path) -> str | None:
        self._seen.add(self._mark(picture))
        try:
            return decode_file(picture)
        except OSError:
            return None

    @staticmethod
    def _mark(file: Path) -> tuple[str, int, int]:
        facts = file.stat()
        return file.name, facts.st_mtime_ns, facts.st_size
