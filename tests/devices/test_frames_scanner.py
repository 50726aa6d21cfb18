import pytest

from kiosk.devices import scanner_for
from kiosk.errors import ScannerError


@pytest.fixture
def frames(tmp_path):
    scanner = scanner_for(f"frames://{tmp_path}")
    scanner.open()
    return scanner


def test_pictures_are_read_in_the_order_of_their_names_each_once(hard_pictures, frames, tmp_path):
    for name, code in [("b.png", "SECOND"), ("a.png", "FIRST"), ("c.txt", "NEVER")]:
        hard_pictures.held_before_a_camera(code).save(tmp_path / name, "PNG")
    assert [frames.read(0), frames.read(0), frames.read(0)] == ["FIRST", "SECOND", None]


def test_a_picture_that_comes_later_is_read(hard_pictures, frames, tmp_path):
    assert frames.read(0) is None
    hard_pictures.held_before_a_camera("LATER").save(tmp_path / "a.png")
    assert frames.read(1) == "LATER"


def test_a_picture_that_was_half_written_is_read_when_it_is_whole(hard_pictures, frames, tmp_path):
    hard_pictures.held_before_a_camera("WHOLE").save(tmp_path / "a.png")
    whole = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(whole[:500])
    assert frames.read(0) is None
    (tmp_path / "a.png").write_bytes(whole)
    assert frames.read(0) == "WHOLE"


def test_a_folder_that_is_not_there_is_a_typed_error_with_the_next_step(tmp_path):
    with pytest.raises(ScannerError, match="make it"):
        scanner_for(f"frames://{tmp_path}/none").open()


def test_a_folder_that_goes_away_is_a_scanner_that_is_gone(frames, tmp_path):
    tmp_path.rmdir()
    with pytest.raises(ScannerError):
        frames.read(0)
