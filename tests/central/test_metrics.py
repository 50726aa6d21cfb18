"""The metrics: every figure against what was put in, read by Prometheus' own parser, shown to whoever has the token."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from busy_day import Lobby
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from wire import DAY

from central.counters.rows import Outcome
from central.monitoring.alarms import URGENT, AlarmKind
from central.monitoring.metrics import TOKEN_FILE, metrics_token


def scraped(http: TestClient, data) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Each sample by its name and labels."""
    answer = http.get("/metrics", headers={"Authorization": f"Bearer {metrics_token(data)}"})
    assert answer.status_code == 200, answer.text
    families = list(text_string_to_metric_families(answer.text))
    assert all(each.documentation for each in families)
    samples = [sample for family in families for sample in family.samples]
    found = {(each.name, frozenset(each.labels.items())): each.value for each in samples}
    assert len(found) == len(samples)
    return found


def at(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


@pytest.fixture
def lobby(http: TestClient, clock):
    """Half an hour of an office: one served, one at a counter, two who wait; three kiosks, one of them silent."""
    clock.forward(minutes=30)
    with http.app.state.writing.begin() as session:
        made = Lobby(session)
        kiosk = made.kiosk(1, heard=29.5, owed=3)
        made.kiosk(2, heard=10, printer="paper_out")
        made.kiosk(3, heard=None)
        counter = made.counter()
        made.counter("2", is_open=False)
        made.call(made.ticket(kiosk, 0), counter, 2, 9)
        made.call(made.ticket(kiosk, 1), counter, 10)
        made.ticket(kiosk, 20)
        made.ticket(kiosk, 21, "collection")
        made.told(kiosk, 3, "rated", problem="unreadable")
        made.day = DAY - timedelta(days=1)
        made.ticket(kiosk, 0)


def test_the_offices_figures_are_those_of_the_database(lobby, http: TestClient, data) -> None:
    found = scraped(http, data)
    for name, labels, value in (
        ("waiting", {"service": "passport_new"}, 1),
        ("waiting", {"service": "collection"}, 1),
        ("tickets", {"state": "served"}, 1),
        ("tickets", {"state": "called"}, 1),
        ("tickets", {"state": "waiting"}, 2),
        ("tickets", {"state": "no_show"}, 0),
        ("open_counters", {}, 1),
        ("kiosks", {"state": "online"}, 1),
        ("kiosks", {"state": "silent"}, 1),
        ("kiosks", {"state": "new"}, 1),
        ("owed_facts", {"kiosk": "W1"}, 3),
        ("printer", {"kiosk": "W1", "status": "ready"}, 1),
        ("printer", {"kiosk": "W1", "status": "paper_out"}, 0),
        ("printer", {"kiosk": "W2", "status": "paper_out"}, 1),
        ("alarms", {"kind": "kiosk_silent"}, 1),
        ("alarms", {"kind": "dead_letters"}, 1),
        ("alarms", {"kind": "fork"}, 0),
    ):
        assert found[at(f"anjungan_{name}", office="PYK", **labels)] == value, (name, labels)


def test_a_ticket_that_is_served_moves_from_one_state_to_the_other(lobby, http: TestClient, data) -> None:
    with http.app.state.writing.begin() as session:
        made = Lobby(session, numbers=500)
        row = made.ticket(made.kiosk(8), 22)
        made.call(row, made.counter("3"), 23, 24, Outcome.NO_SHOW)
    assert scraped(http, data)[at("anjungan_tickets", office="PYK", state="no_show")] == 1


def test_answers_are_timed_by_route_and_made_up_paths_make_no_labels(http: TestClient, data) -> None:
    for number in range(3):
        http.get(f"/t/{number}")
        http.get(f"/nothing/{number}")
    http.request("BREW", "/t/1")
    found = scraped(http, data)
    assert found[at("anjungan_http_seconds_count", method="GET", route="/t/{ticket}", status="404")] == 3
    assert found[at("anjungan_http_seconds_count", method="GET", route="other", status="404")] == 3
    assert not any("BREW" in str(labels) or "/nothing" in str(labels) for _, labels in found)


def test_the_process_tells_of_itself(http: TestClient, data) -> None:
    assert scraped(http, data)[at("anjungan_process_resident_memory_bytes")] > 1_000_000


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer wrong", "Basic x", "Bearer é"])
def test_without_the_token_nothing_is_told(http: TestClient, shown: str) -> None:
    answer = http.get("/metrics", headers={"Authorization": shown.encode()})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "anjungan" not in answer.text


def test_a_new_token_in_the_file_counts_at_once_and_is_nobody_elses_to_read(http: TestClient, data) -> None:
    old = metrics_token(data)
    assert (data / TOKEN_FILE).stat().st_mode & 0o077 == 0
    (data / TOKEN_FILE).write_text("another\n")
    assert http.get("/metrics", headers={"Authorization": f"Bearer {old}"}).status_code == 401
    assert http.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 200


def test_every_metric_and_every_alarm_is_described(http: TestClient, data) -> None:
    page = (Path(__file__).parents[2] / "docs/monitoring.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `(\w+)\*?`", page, re.MULTILINE))
    told = {name.removesuffix("_bucket") for name, labels in scraped(http, data) if "_process_" not in name}
    told = {re.sub(r"(anjungan_http_seconds)_\w+", r"\1", each) for each in told}
    assert listed >= told | {kind.value for kind in AlarmKind}
    for kind in AlarmKind:
        row = re.search(rf"^\| `{kind}` \|[^|]*\|([^|]*)\|", page, re.MULTILINE)
        assert (row[1].strip() == "yes") is (kind in URGENT), kind
