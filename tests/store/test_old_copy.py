"""A copy of the store that was put back: what it would issue was issued already, so a new epoch begins."""

from pathlib import Path

import pytest
from samples import FakeClock

from kiosk.bootstrap import open_store
from kiosk.errors import StoreError
from kiosk.model import StoreFault
from kiosk.protocol import HelpCalled, StoreRenewed


def test_a_store_of_which_the_server_holds_more_than_it_does_is_put_aside_at_the_next_start(tmp_path: Path) -> None:
    store = open_store(tmp_path, FakeClock().utc)
    store.record(HelpCalled(step="x"))
    store.condemn(1)
    with pytest.raises(StoreError) as raised:
        store.condemn(2)
    assert raised.value.fault is StoreFault.OLD_COPY
    store.close()
    anew = open_store(tmp_path, FakeClock().utc)
    assert anew.epoch != store.epoch
    assert anew.series() is None
    assert [each.body for each in anew.owed(9)] == [StoreRenewed(fault=StoreFault.OLD_COPY)]
    anew.close()
    assert open_store(tmp_path, FakeClock().utc).epoch == anew.epoch


def test_a_power_cut_before_the_new_store_told_of_the_former_keeps_it_told(tmp_path: Path) -> None:
    open_store(tmp_path, FakeClock().utc).close()
    (tmp_path / "store").rename(tmp_path / "store.aside-20261124T023000000000-corrupt")
    anew = open_store(tmp_path, FakeClock().utc)
    assert [each.body for each in anew.owed(9)] == [StoreRenewed(fault=StoreFault.CORRUPT)]
    anew.close()
    assert open_store(tmp_path, FakeClock().utc).owed_count() == 1


def test_a_first_store_tells_of_none(tmp_path: Path) -> None:
    assert open_store(tmp_path, FakeClock().utc).owed_count() == 0
