"""The version before runs again: the store that the newer one has migrated is put aside, its copy takes its place."""

from collections.abc import Callable
from pathlib import Path

import pytest
from samples import TODAY, FakeClock, booking

from kiosk import bootstrap, database
from kiosk.bootstrap import open_store
from kiosk.database import Database
from kiosk.errors import StoreError
from kiosk.model import StoreFault
from kiosk.schema import MIGRATIONS
from kiosk.store_key import store_key


def migrated(folder: Path) -> Path:
    """A store with a ticket, which a newer version of the kiosk has opened."""
    store = open_store(folder, FakeClock().utc)
    store.keep_series(3)
    store.check_in(booking(), (0,), None, False)
    store.close()
    file = folder / "store" / "kiosk.sqlite"
    newer = [*MIGRATIONS, "CREATE TABLE of_the_newer (x TEXT) STRICT", "DROP TABLE surveyed"]
    Database(file, store_key(folder, False), newer).close()
    return file


def test_the_older_version_goes_on_from_the_copy(tmp_path: Path) -> None:
    migrated(tmp_path)
    store = open_store(tmp_path, FakeClock().utc)
    assert [each.booking for each in store.tickets()] == [booking().id]
    assert store.owed_count() == 1
    (aside,) = tmp_path.glob("store.aside-*")
    assert aside.name.endswith("-newer")
    assert (aside / "kiosk.sqlite").exists()
    store.close()
    again = open_store(tmp_path, FakeClock().utc)
    assert again.owed_count() == 1
    assert len(list(tmp_path.glob("store.aside-*"))) == 1


def test_no_walk_in_gets_a_number_before_the_server_has_said_that_the_copy_is_not_too_old(tmp_path: Path) -> None:
    migrated(tmp_path)
    store = open_store(tmp_path, FakeClock().utc)
    assert store.series() is None
    with pytest.raises(LookupError):
        store.issue_walk_in(TODAY, "a", None, None)
    store.keep_series(3)
    ticket = store.issue_walk_in(TODAY, "a", None, None)
    assert ticket
    assert ticket.number == "W3-001"


@pytest.mark.parametrize("last", ["copied_out", "put_aside", "take_copy"])
def test_a_power_cut_after_any_step_ends_with_the_copy(tmp_path: Path, last: str) -> None:
    file = migrated(tmp_path)
    steps: list[Callable[[], object]] = [
        lambda: database.copied_out(file, database.copy_before(file, len(MIGRATIONS) + 1)),
        lambda: database.put_aside(file, FakeClock().utc(), StoreFault.NEWER),
        lambda: database.take_copy(file),
    ]
    for step in steps[: ["copied_out", "put_aside", "take_copy"].index(last) + 1]:
        step()
    store = open_store(tmp_path, FakeClock().utc)
    assert [each.booking for each in store.tickets()] == [booking().id]
    assert len(list(tmp_path.glob("store.aside-*"))) == 1


def test_a_copy_that_was_begun_is_forgotten_when_the_newer_version_runs_after_all(tmp_path: Path) -> None:
    open_store(tmp_path, FakeClock().utc).close()
    (tmp_path / "store.copy").mkdir()
    open_store(tmp_path, FakeClock().utc).close()
    assert not (tmp_path / "store.copy").exists()


def test_without_a_copy_it_is_left_alone(tmp_path: Path) -> None:
    file = migrated(tmp_path)
    database.copy_before(file, len(MIGRATIONS) + 1).unlink()
    with pytest.raises(StoreError) as raised:
        open_store(tmp_path, FakeClock().utc)
    assert raised.value.fault is StoreFault.NEWER
    assert bootstrap.is_there(file)
