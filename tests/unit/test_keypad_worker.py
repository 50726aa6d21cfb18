"""Keys and headphones on their way from a keypad's worker to the controller."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.bootstrap import Kiosk
from kiosk.config import settings_from
from kiosk.devices.keypad import Jack
from kiosk.devices.simulated_keypad import SimulatedKeypad
from kiosk.events import HeadphonesMoved, KeyPressed
from kiosk.identity import Identity
from kiosk.model import Key
from kiosk.protocol import Enrolled


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    (tmp_path / "ca.pem").write_text("")
    enrolled = Enrolled(kiosk_id=UUID(int=1), name="x", digit=1, office="PYK")
    Identity.create(tmp_path / "data", enrolled, Ed25519PrivateKey.generate())
    raw = {"central": {"url": "https://localhost:1", "ca": "ca.pem"}, "data": {"dir": "data"}}
    made = Kiosk(settings_from(raw | {"keypad": [{"url": "simulated:"}]}, tmp_path))
    yield made
    made.stop()


def test_what_a_keypad_reads_comes_into_the_inbox_in_order(kiosk: Kiosk) -> None:
    keypad = SimulatedKeypad()
    worker = kiosk._keypad_worker(keypad)
    worker.start()
    keypad.move_headphones(Jack.PLUGGED)
    keypad.press(Key.DOWN)
    keypad.move_headphones(Jack.PULLED)
    found = [kiosk.inbox.take(5) for _ in range(3)]
    worker.stop()
    assert found == [HeadphonesMoved(True), KeyPressed(Key.DOWN), HeadphonesMoved(False)]
