"""The API answers what its own description allows, and never fails: a sample of bench/described_api.py."""

from pathlib import Path

import pytest
from described_api import Faulty, asked, now
from sqlalchemy import func, select

from central.app import create_app
from central.database import FactRow
from kiosk.protocol import HEARTBEATS

COUNT = 20


@pytest.fixture
def app(data: Path):
    made = create_app(data, now)
    yield made
    made.state.engine.dispose()


def test_every_endpoint_answers_as_it_is_described_and_none_fails(app) -> None:
    outcome = asked(app, COUNT, 0)
    assert outcome.violations == {}
    assert len({path for path, status in outcome.answers if status == 200}) == 5
    with app.state.reading() as session:
        assert session.scalar(select(func.count()).select_from(FactRow)) > COUNT // 4


def test_control_a_fault_that_some_heartbeats_wake_is_found(app) -> None:
    app.add_middleware(Faulty)
    assert any("a 500" in each for each in asked(app, COUNT, 0, HEARTBEATS).violations)
