"""Samples of bench/country_load.py: with a process and the database killed in mid-load nothing acknowledged is lost."""

from pathlib import Path

from country_load import Chosen, control, measure

OFTEN = 300.0
"""Times the usual check-ins: each kiosk about one a second."""


def test_what_was_acknowledged_survives_a_killed_process_and_a_killed_database(tmp_path: Path, capsys) -> None:
    chosen = Chosen(kiosks=6, seconds=6, peak=OFTEN, processes=2, booked_days=1, kill=True)
    assert measure(chosen, tmp_path) == {}
    told = capsys.readouterr().out
    assert "the database is killed" in told
    assert "0 acknowledged" not in told


def test_control_a_database_that_answers_before_it_has_written_loses_some(tmp_path: Path) -> None:
    assert control(tmp_path / "control", kiosks=6, seconds=1) > 0
