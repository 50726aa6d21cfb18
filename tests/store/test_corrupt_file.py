"""A store that cannot be read any more: put aside, never deleted; a new one begins with an epoch of its own."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import TODAY, FakeClock, a_store, booking, snapshot

from kiosk.bootstrap import open_store
from kiosk.database import MOST_ASIDE
from kiosk.errors import StoreError
from kiosk.model import StoreFault
from kiosk.protocol import StoreRenewed
from kiosk.store import Store


def a_filled_store(folder: Path) -> Store:
    store = open_store(folder, FakeClock().utc)
    store.keep_series(1)
    store.keep_snapshot(snapshot(*(booking(place) for place in range(1, 60))), '"x"')
    for place in range(1, 40):
        store.check_in(booking(place), (0,), None, False)
    return store


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    a_filled_store(folder).close()
    return folder


@settings(max_examples=25)
@given(place=st.floats(0, 1, exclude_max=True), flipped=st.integers(1, 255))
def test_one_wrong_byte_anywhere_is_found_at_the_start_and_the_file_is_put_aside_whole(
    filled: Path, place: float, flipped: int
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name) / "kiosk"
        shutil.copytree(filled, folder)
        file = folder / "store" / "kiosk.sqlite"
        data = bytearray(file.read_bytes())
        data[int(place * len(data))] ^= flipped
        file.write_bytes(data)
        a_new_store_begins(folder, bytes(data))


def a_new_store_begins(folder: Path, damaged: bytes) -> None:
    anew = open_store(folder, FakeClock().utc)
    assert anew.series() is None
    assert anew.snapshot() is None
    assert anew.owed(9)[0].body == StoreRenewed(fault=StoreFault.CORRUPT)
    anew.close()
    aside = [each for each in folder.iterdir() if ".aside-" in each.name]
    assert [(each / "kiosk.sqlite").read_bytes() for each in aside] == [damaged]


def test_a_file_that_was_overwritten_is_put_aside_too(tmp_path: Path) -> None:
    a_filled_store(tmp_path).close()
    (tmp_path / "store" / "kiosk.sqlite").write_bytes(b"not a database at all" * 400)
    assert open_store(tmp_path, FakeClock().utc).owed_count() == 1


def test_two_damages_in_a_day_keep_both_files(tmp_path: Path) -> None:
    clock = FakeClock()
    for _ in range(2):
        store = open_store(tmp_path, clock.utc, clock.utc)
        store.close()
        (tmp_path / "store" / "kiosk.sqlite").write_bytes(b"not a database at all" * 400)
        clock.passes(60)
    open_store(tmp_path, clock.utc, clock.utc)
    assert len(list(tmp_path.glob("store.aside-*"))) == 2


def test_a_box_that_damages_store_after_store_ends_out_of_service_and_deletes_none(tmp_path: Path) -> None:
    clock = FakeClock()

    def damaged() -> None:
        (tmp_path / "store" / "kiosk.sqlite").write_bytes(b"not a database at all" * 400)
        clock.passes(60)

    for _ in range(MOST_ASIDE):
        open_store(tmp_path, clock.utc, clock.utc).close()
        damaged()
    open_store(tmp_path, clock.utc, clock.utc).close()
    damaged()
    for _ in range(3):
        with pytest.raises(StoreError, match="send them in") as refused:
            open_store(tmp_path, clock.utc, clock.utc)
        assert refused.value.fault is StoreFault.DISK_ERROR
    assert len(list(tmp_path.glob("store.aside-*"))) == MOST_ASIDE
    assert (tmp_path / "store" / "kiosk.sqlite").read_bytes().startswith(b"not a database")


def test_a_new_store_has_an_epoch_of_its_own(tmp_path: Path) -> None:
    first, other = (open_store(tmp_path / name, FakeClock().utc) for name in ("first", "other"))
    assert first.epoch != other.epoch


def test_a_store_made_by_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    store = open_store(tmp_path, FakeClock().utc)
    with store._database.transaction() as db:
        db.execute("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(StoreError, match="newer version") as raised:
        open_store(tmp_path, FakeClock().utc)
    assert raised.value.fault is StoreFault.NEWER


def test_a_second_program_is_told_that_the_store_is_in_use(tmp_path: Path) -> None:
    store = a_store(tmp_path / "kiosk.sqlite")
    with pytest.raises(StoreError, match="other program") as raised:
        a_store(tmp_path / "kiosk.sqlite")
    assert raised.value.fault is StoreFault.IN_USE
    store.issue_walk_in(TODAY, "a", None, None)
