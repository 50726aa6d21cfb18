"""What /updates offers is believed for a time: somebody is told before it is over, on the page and by the metrics."""

import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from update_site import Publisher
from wire import MORNING

from central.monitoring.alarms import AlarmKind
from central.monitoring.metrics import metrics_token
from central.monitoring.offered_updates import FOLDER, expiries, updates_expire

DAY = timedelta(days=1)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One that is published this morning, for a second time."""
    publisher = Publisher(tmp_path, lambda: MORNING)
    publisher.renew()
    return publisher.repository.folder


def test_it_is_known_when_each_role_expires(repository: Path) -> None:
    assert expiries(repository) == {
        "timestamp": MORNING + 7 * DAY,
        "snapshot": MORNING + 14 * DAY,
        "targets": MORNING + 365 * DAY,
        "root": MORNING + 365 * DAY,
    }


@pytest.mark.parametrize(
    ("days", "roles"), [(0, []), (3.9, []), (4.1, ["timestamp"]), (8, ["timestamp"]), (336, ["timestamp"])]
)
def test_there_is_an_alarm_of_the_role_that_expires_first(repository: Path, days: float, roles: list[str]) -> None:
    made = updates_expire(repository, MORNING + days * DAY)
    assert [(each.kind, each.where) for each in made] == [(AlarmKind.UPDATES_EXPIRE, role) for role in roles]


def test_it_stays_the_same_alarm_until_it_is_renewed(repository: Path) -> None:
    (early,), (late,) = (updates_expire(repository, MORNING + days * DAY) for days in (5, 9))
    assert early == late
    assert early.since == MORNING + 4 * DAY


def test_targets_that_people_must_sign_anew_are_told_of_a_month_before(tmp_path: Path) -> None:
    now = MORNING
    publisher = Publisher(tmp_path, lambda: now)
    now = MORNING + 340 * DAY
    publisher.renew()
    (made,) = updates_expire(publisher.repository.folder, now)
    assert made.where in ("root", "targets")


def test_without_a_repository_and_with_one_that_cannot_be_read_there_is_no_alarm(tmp_path: Path) -> None:
    assert updates_expire(tmp_path, MORNING) == []
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata/timestamp.json").write_text("[]")
    (tmp_path / "metadata/x.root.json").write_text("{}")
    assert expiries(tmp_path) == {}
    assert updates_expire(tmp_path, MORNING) == []


def expires_told(http: TestClient, data: Path) -> dict[str, datetime]:
    told = http.get("/metrics", headers={"Authorization": f"Bearer {metrics_token(data)}"}).text
    found = re.findall(r'anjungan_updates_expire\{role="(\w+)"\} (\S+)', told)
    return {role: datetime.fromtimestamp(float(value), MORNING.tzinfo) for role, value in found}


def test_the_page_and_the_metrics_tell_of_it(officer: TestClient, data: Path, tmp_path: Path) -> None:
    assert expires_told(officer, data) == {}
    assert "kedaluwarsa" not in officer.get("/officers/monitoring/live").text
    made = Publisher(tmp_path, lambda: MORNING - 5 * DAY).repository.folder
    shutil.copytree(made, data / FOLDER)
    assert expires_told(officer, data) == expiries(made)
    page = officer.get("/officers/monitoring/live").text
    assert "kedaluwarsa" in page
    assert f"{MORNING + 2 * DAY:%Y-%m-%d %H:%M} UTC" in page
