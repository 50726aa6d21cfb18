import io
import random

import pytest
from PIL import Image

from kiosk.devices.decoding import decode, decode_file, decode_images

TEXT = "ANJ1:6BFOXN*TS0BI$ZD.P9UOL97O4-2HH77HRM3DSPTRI"

READ_OF_TEN = {"blurred": 9, "cracked": 6, "faint": 9, "glaring": 8}
"""Of some kinds not every picture can be read: a crack or a lamp takes more than the code can mend."""


@pytest.mark.parametrize(
    "change", ["plain", "rotated", "small", "blurred", "faint", "cracked", "inverted", "slanted", "glaring", "shaded"]
)
def test_codes_are_read_as_kiosks_see_them(hard_pictures, change):
    read = [decode(hard_pictures.hard_picture(TEXT, change, seed)) for seed in range(10)]
    assert read.count(TEXT) >= READ_OF_TEN.get(change, 10)
    assert set(read) <= {TEXT, None}


def test_patience_reads_what_a_quick_look_does_not(hard_pictures):
    pictures = [hard_pictures.hard_picture(TEXT, "blurred", seed) for seed in range(20)]
    quick, patient = (sum(decode(picture, patience) == TEXT for picture in pictures) for patience in (False, True))
    assert quick < patient


def test_a_picture_without_a_code_gives_nothing():
    assert decode(Image.frombytes("L", (320, 240), random.Random(1).randbytes(320 * 240))) is None


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_picture_is_taken(hard_pictures, mode):
    decode(hard_pictures.held_before_a_camera(TEXT).convert(mode))


def test_each_picture_becomes_one_line(hard_pictures, tmp_path):
    hard_pictures.held_before_a_camera("A\tB\nC\u202e\\").save(tmp_path / "code.png")
    Image.new("L", (50, 50)).save(tmp_path / "none.png")
    (tmp_path / "broken.png").write_bytes((tmp_path / "code.png").read_bytes()[:900])
    out = io.StringIO()
    names = ["code.png", "none.png", "broken.png", "missing.png"]
    assert decode_images([tmp_path / name for name in names], out) == 1
    assert out.getvalue() == "".join(
        f"{tmp_path / name}\t{text}\n" for name, text in zip(names, [r"A\tB\nC\u202e\\", "-", "-", "-"], strict=True)
    )


def test_readable_files_without_a_code_are_no_failure(tmp_path):
    Image.new("L", (50, 50)).save(tmp_path / "none.png")
    assert decode_images([tmp_path / "none.png"], io.StringIO()) == 0


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(100), b"<svg/>", bytes(5000)])
def test_a_file_that_is_no_picture_is_an_os_error(tmp_path, content):
    (tmp_path / "file.png").write_bytes(content)
    with pytest.raises(OSError):  # noqa: PT011 - the words are those of Pillow
        decode_file(tmp_path / "file.png")
