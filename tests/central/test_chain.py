"""Facts form a chain, and what a kiosk tells can be told apart from what another one tells in its name."""

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from wire import Kiosk, drop_unique_keys

from central.app import create_app
from central.database import FactRow, database_file
from central.privacy.keyring import KEY_FILE
from kiosk.protocol import HelpCalled, Rated, canonical, digest


def helps(kiosk: Kiosk, count: int) -> list[dict[str, Any]]:
    return [kiosk.fact(HelpCalled(step="WELCOME")) for _ in range(count)]


def held(http: TestClient) -> list[tuple[int, str]]:
    with http.app.state.reading() as session:
        return [(row.seq, row.digest) for row in session.scalars(select(FactRow).order_by(FactRow.seq))]


def fork(answer: Any) -> str:
    """The detail of an answer that must be a fork."""
    assert answer.status_code == 409
    assert set(answer.json()) == {"detail"}
    return answer.json()["detail"]


def test_the_digest_kept_is_that_of_the_whole_fact_as_it_was_sent(http, kiosk) -> None:
    facts = helps(kiosk, 2)
    newer = kiosk.fact({"kind": "help_called", "step": "WELCOME", "floor": 2}) | {"signed": "x"}
    kiosk.send(*facts, newer)
    assert held(http) == [
        (seq, hashlib.sha256(canonical(fact)).hexdigest()) for seq, fact in enumerate([*facts, newer], 1)
    ]


def test_the_form_in_which_a_fact_travels_does_not_matter(http, kiosk) -> None:
    (fact,) = helps(kiosk, 1)
    spread_out = json.dumps({"facts": [dict(reversed(fact.items()))]}, indent=4).encode()
    assert kiosk.deliver(spread_out).status_code == 200
    assert kiosk.send(fact).status_code == 200
    assert held(http) == [(1, digest(canonical(fact)))]


def test_another_fact_at_the_same_place_is_a_fork_even_with_the_same_id(kiosk) -> None:
    (first,) = helps(kiosk, 1)
    assert kiosk.send(first).status_code == 200
    assert "another fact stands at epoch 7, seq 1" in fork(kiosk.send(first | {"id": str(uuid4())}))
    assert "another fact stands" in fork(kiosk.send(first | {"at": "2026-11-24T01:00:01Z"}))
    assert "another fact stands" in fork(kiosk.send(first | {"body": {"kind": "help_called", "step": "RATING"}}))
    assert "another fact stands" in fork(kiosk.send(first | {"unknown": "field"}))
    assert kiosk.send(first).status_code == 200


def test_an_id_that_stands_at_another_place_is_a_fork(kiosk, enrol) -> None:
    first, second = helps(kiosk, 2)
    assert kiosk.send(first).status_code == 200
    assert "stands at another place" in fork(kiosk.send(second | {"id": first["id"]}))
    assert "stands at another place" in fork(enrol().send(first))
    assert kiosk.send(second).status_code == 200


def test_a_fact_that_does_not_bear_the_digest_of_the_one_before_breaks_the_chain(http, kiosk) -> None:
    first, second, third = helps(kiosk, 3)
    assert "chain broken" in fork(kiosk.send(first | {"previous": "0" * 64}))
    assert "chain broken" in fork(kiosk.send(first, second | {"previous": ""}))
    assert "chain broken" in fork(kiosk.send(first, second | {"previous": third["previous"]}, third))
    assert held(http) == []
    assert kiosk.send(first, second, third).status_code == 200


def test_of_a_copied_disk_the_second_to_tell_is_a_fork_and_the_first_goes_on(kiosk) -> None:
    shared = helps(kiosk, 2)
    copy = Kiosk(**vars(kiosk))
    assert kiosk.send(*shared).status_code == 200
    assert copy.send(*shared).status_code == 200
    mine, its = helps(kiosk, 2), helps(copy, 2)
    assert kiosk.send(*mine).status_code == 200
    fork(copy.send(*its))
    assert kiosk.send(*helps(kiosk, 1)).status_code == 200
    fork(copy.send(*its, *helps(copy, 5)))


def test_a_fact_out_of_a_batch_that_forks_is_not_taken(http, kiosk) -> None:
    first, second = helps(kiosk, 2)
    fork(kiosk.send(first, second | {"previous": "f" * 64}))
    assert held(http) == []


def test_each_epoch_is_a_chain_of_its_own(kiosk) -> None:
    kiosk.send(*helps(kiosk, 3))
    kiosk.registers(8)
    assert kiosk.send(*helps(kiosk, 2)).json() == {"epoch": 8, "up_to": 2}


def test_a_server_restored_from_an_older_back_up_asks_for_what_it_lost(
    sqlite, http, kiosk, clock, data: Path, tmp_path
) -> None:
    facts = helps(kiosk, 5)
    kiosk.send(*facts[:2])
    (tmp_path / "restored").mkdir()
    with sqlite3.connect(database_file(data)) as now, sqlite3.connect(database_file(tmp_path / "restored")) as back_up:
        now.backup(back_up)
    shutil.copy(data / KEY_FILE, tmp_path / "restored")
    kiosk.send(*facts[2:])
    with TestClient(create_app(tmp_path / "restored", clock.now), base_url="https://central.example") as restored:
        again = Kiosk(**vars(kiosk) | {"http": restored})
        (next_one,) = helps(again, 1)
        assert again.send(next_one).json()["expected"] == 3
        assert again.send(*facts[2:], next_one).json() == {"epoch": 7, "up_to": 6}
        assert len(held(restored)) == 6


def test_control_without_the_unique_keys_a_repeat_is_counted_twice(http, kiosk, clock, data: Path) -> None:
    rating = kiosk.fact(Rated(rating=uuid4(), score=5))
    kiosk.send(rating)
    kiosk.send(rating)
    assert len(held(http)) == 1
    drop_unique_keys(data)
    with TestClient(create_app(data, clock.now), base_url="https://central.example") as unprotected:
        again = Kiosk(**vars(kiosk) | {"http": unprotected})
        again.send(rating)
        again.send(rating)
        assert len(held(unprotected)) == 2


def test_the_database_itself_refuses_a_second_fact_at_a_place(http, kiosk) -> None:
    kiosk.send(*helps(kiosk, 1))
    with http.app.state.writing() as session:
        row = session.scalars(select(FactRow)).one()
        copied = {name: each for name, each in vars(row).items() if not name.startswith("_")}
        session.add(FactRow(**copied | {"id": str(uuid4())}))
        with pytest.raises(IntegrityError):
            session.flush()
