"""A true central server behind the fault proxy, and a kiosk's sync: the site of bench/sync_faults.py."""

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

from sync_faults import Site, site
from sync_site import SyncKiosk

from central.fault_proxy import Exchange
from central.faults import Fault


@pytest.fixture(scope="session")
def shared_office() -> Iterator[Site]:
    with site(seed=2) as made:
        yield made


@pytest.fixture
def office(shared_office: Site) -> Site:
    """The office without any fault."""
    shared_office.proxy.script.clear()
    shared_office.proxy.plan = lambda: Fault.NONE
    shared_office.proxy.applied.clear()
    return shared_office


@pytest.fixture
def heard(office: Site) -> list[Exchange]:
    """Every request that the proxy heard in the test."""
    exchanges: list[Exchange] = []
    office.proxy.on_exchange = exchanges.append
    return exchanges


@pytest.fixture
def kiosk(office: Site, heard: list[Exchange], tmp_path: Path) -> Iterator[SyncKiosk]:
    """A kiosk that is in step with the central server."""
    made = office.kiosk(tmp_path, Random(1))
    made.round()
    heard.clear()
    yield made
    made.close()
