"""kiosk rehearse: one practice visit without a window, which ends with its ticket or says what stands in its way."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from bench_site import make_data

from kiosk.__main__ import main
from kiosk.bootstrap import open_store
from kiosk.config import read_settings
from kiosk.rehearsal import RehearsalFailed, rehearse


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A kiosk's, whose printer is not there: no visit of practice may need it."""
    file = tmp_path / "kiosk.toml"
    central = '[central]\nurl = "https://localhost:1"\nca = "ca.pem"\n'
    file.write_text(central + '[data]\ndir = "data"\n[printer]\nurl = "tcp://127.0.0.1:1"\n')
    return file


def test_a_practice_visit_ends_with_its_ticket_and_the_true_store_has_none(config: Path, capsys) -> None:
    make_data(config.parent, 1)
    assert main(["rehearse", "--config", str(config)]) == 0
    assert "ended with ticket A-901" in capsys.readouterr().out
    store = open_store(config.parent / "data", lambda: None)
    assert store.tickets() == ()
    store.close()


def test_a_kiosk_that_never_had_a_snapshot_says_so(config: Path, capsys) -> None:
    (config.parent / "ca.pem").touch()
    assert main(["rehearse", "--config", str(config)]) == 2
    assert "run the kiosk once with its server in reach" in capsys.readouterr().err


def test_a_visit_that_does_not_come_to_its_ticket_says_where_it_stands(config: Path) -> None:
    make_data(config.parent, 1)
    with pytest.raises(RehearsalFailed, match="stands at"):
        rehearse(read_settings(config), lambda: datetime.now(UTC), patience=0)
