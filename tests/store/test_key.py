"""The store's key: where it comes from, and what happens without the right one."""

from pathlib import Path

import pytest
from samples import STORE_KEY, FakeClock, a_store

from kiosk.bootstrap import open_store
from kiosk.errors import StoreError
from kiosk.model import StoreFault
from kiosk.protocol import HelpCalled
from kiosk.store import Store
from kiosk.store_key import CREDENTIAL, store_key


def fault_of(*arguments: object, **named: object) -> StoreFault:
    with pytest.raises(StoreError) as raised:
        store_key(*arguments, **named)  # type: ignore[arg-type]
    return raised.value.fault


def test_a_new_kiosk_makes_a_key_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    key = store_key(tmp_path, is_new=True, environment={})
    assert len(key) == 32
    assert (tmp_path / "store.key").stat().st_mode & 0o777 == 0o600
    assert store_key(tmp_path, is_new=False, environment={}) == key


def test_the_folder_of_a_new_key_is_made_and_each_kiosk_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys = {store_key(tmp_path / name / "data", is_new=True, environment={}) for name in ("one", "other")}
    assert len(keys) == 2
    assert store_key(tmp_path / "one/data", is_new=True, environment={}) in keys, "a key that is there is not made anew"


def test_a_folder_that_takes_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the folder's place")
    with pytest.raises(StoreError, match=r"file/data/store\.key cannot be written") as raised:
        store_key(tmp_path / "file/data", is_new=True, environment={})
    assert raised.value.fault is StoreFault.READ_ONLY


def test_a_credentials_folder_without_ours_leaves_it_to_the_file(tmp_path: Path) -> None:
    key = store_key(tmp_path, is_new=True, environment={})
    assert store_key(tmp_path, is_new=False, environment={"CREDENTIALS_DIRECTORY": str(tmp_path / "none")}) == key


@pytest.mark.parametrize(
    ("held", "mode", "words"),
    [("no key", 0o600, "holds no key"), ("00" * 31, 0o600, "31 bytes, not 32"), ("00" * 32, 0o640, "mode 0600")],
)
def test_what_is_wrong_with_a_key_is_said_with_what_to_do(tmp_path: Path, held: str, mode: int, words: str) -> None:
    file = tmp_path / "store.key"
    file.write_text(held)
    file.chmod(mode)
    with pytest.raises(StoreError, match=words):
        store_key(tmp_path, is_new=False, environment={})


def test_the_credential_of_systemd_comes_first(tmp_path: Path) -> None:
    store_key(tmp_path, is_new=True, environment={})
    (tmp_path / CREDENTIAL).write_text(STORE_KEY.hex())
    assert store_key(tmp_path, is_new=False, environment={"CREDENTIALS_DIRECTORY": str(tmp_path)}) == STORE_KEY


def test_a_key_that_others_can_read_is_broken_or_gone_is_told_apart_from_a_broken_store(tmp_path: Path) -> None:
    assert fault_of(tmp_path, is_new=False, environment={}) is StoreFault.KEY
    file = tmp_path / "store.key"
    file.write_text("no key")
    file.chmod(0o600)
    assert fault_of(tmp_path, is_new=False, environment={}) is StoreFault.KEY
    file.write_text("00" * 31)
    assert fault_of(tmp_path, is_new=False, environment={}) is StoreFault.KEY
    file.write_text(STORE_KEY.hex())
    file.chmod(0o644)
    assert fault_of(tmp_path, is_new=False, environment={}) is StoreFault.KEY


def test_a_wrong_key_opens_nothing_and_puts_nothing_aside(tmp_path: Path) -> None:
    store = open_store(tmp_path, FakeClock().utc)
    store.record(HelpCalled(step="welcome"))
    store.close()
    key = (tmp_path / "store.key").read_text()
    (tmp_path / "store.key").write_text("ab" * 32)
    with pytest.raises(StoreError, match="put back the key") as raised:
        open_store(tmp_path, FakeClock().utc)
    assert raised.value.fault is StoreFault.KEY
    (tmp_path / "store.key").write_text(key)
    assert open_store(tmp_path, FakeClock().utc).owed_count() == 1


def test_without_the_keys_check_beside_it_a_file_is_left_as_it_is(tmp_path: Path) -> None:
    a_store(tmp_path / "kiosk.sqlite").close()
    (tmp_path / "kiosk.sqlite.key-check").unlink()
    with pytest.raises(StoreError) as raised:
        a_store(tmp_path / "kiosk.sqlite")
    assert raised.value.fault is StoreFault.KEY


def test_nothing_on_the_disk_can_be_read_without_the_key(tmp_path: Path) -> None:
    store = Store(tmp_path / "kiosk.sqlite", STORE_KEY, FakeClock().utc)
    store.record(HelpCalled(step="planted-word"))
    everything = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    store.close()
    everything += b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert len(everything) > 8192
    assert b"planted-word" not in everything
    assert b"SQLite format" not in everything


def test_a_check_that_was_garbled_is_no_right_key(tmp_path: Path) -> None:
    a_store(tmp_path / "kiosk.sqlite").close()
    (tmp_path / "kiosk.sqlite.key-check").write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError) as raised:
        a_store(tmp_path / "kiosk.sqlite")
    assert raised.value.fault is StoreFault.KEY
