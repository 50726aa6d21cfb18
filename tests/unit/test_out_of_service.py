"""A kiosk that cannot record says why, and ends to be started anew."""

from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from samples import FakeClock

from kiosk.bootstrap import RESTART_STATUS, Kiosk, OutOfService, open_store
from kiosk.config import Settings, settings_from
from kiosk.errors import StoreError
from kiosk.identity import Identity
from kiosk.model import StoreFault
from kiosk.protocol import Enrolled
from kiosk.texts import Texts
from kiosk.visit import State


def settings(folder: Path) -> Settings:
    (folder / "ca.pem").write_text("")
    Identity.create(
        folder / "data", Enrolled(kiosk_id=UUID(int=1), name="x", digit=1, office="PYK"), Ed25519PrivateKey.generate()
    )
    return settings_from({"central": {"url": "https://localhost:1", "ca": "ca.pem"}, "data": {"dir": "data"}}, folder)


@pytest.mark.parametrize("fault", StoreFault)
def test_each_fault_has_words_for_the_person_and_for_the_technician(fault: StoreFault) -> None:
    ends: list[int] = []
    stand_in = OutOfService(fault, ends.append)
    stand_in.start()
    assert stand_in.controller.visit.state is State.OUT_OF_SERVICE
    assert stand_in.controller.visit.fault is fault
    texts = Texts.load()
    for language in texts.languages:
        assert len(texts(f"out_of_service.{fault}", language)) > 20


def test_it_ends_to_be_started_anew_after_a_while(tmp_path: Path) -> None:
    clock = FakeClock()
    ends: list[int] = []
    stand_in = OutOfService(StoreFault.DISK_FULL, ends.append, clock.monotonic)
    stand_in.start()
    clock.passes(14)
    stand_in.controller.tick()
    assert ends == []
    clock.passes(1)
    stand_in.controller.tick()
    assert ends == [RESTART_STATUS]


def test_a_kiosk_whose_key_is_gone_does_not_open(tmp_path: Path) -> None:
    made = settings(tmp_path)
    open_store(tmp_path / "data", FakeClock().utc).close()
    (tmp_path / "data" / "store.key").unlink()
    with pytest.raises(StoreError) as raised:
        Kiosk(made)
    assert raised.value.fault is StoreFault.KEY


def test_a_disk_that_fails_in_a_visit_is_shown_when_the_worker_has_failed(tmp_path: Path) -> None:
    kiosk = Kiosk(settings(tmp_path), keeps_time=lambda: True)
    kiosk._failed(StoreError(StoreFault.DISK_FULL, "full"))
    for event in kiosk.inbox.drain():
        kiosk.controller.handle(event)
    assert kiosk.controller.visit.state is State.OUT_OF_SERVICE
    assert kiosk.controller.visit.fault is StoreFault.DISK_FULL
    kiosk.store.close()
