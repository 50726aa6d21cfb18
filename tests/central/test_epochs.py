"""Each life of a kiosk's store has a series of its own, for good, whoever asks when."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from central.database import EpochRow
from central.epochs import LAST_SERIES
from kiosk.numbering import NUMBER, walk_in_number
from kiosk.protocol import EPOCHS, LARGEST_INTEGER


def test_a_kiosks_first_epoch_has_its_digit_and_the_others_begin_above_all_digits(enrol) -> None:
    first, second = enrol(), enrol()
    assert [first.registers(101), second.registers(5), first.registers(102), second.registers(6)] == [1, 2, 10, 11]


def test_saying_so_again_gives_the_same_series(kiosk) -> None:
    assert [kiosk.registers(epoch) for epoch in (9, 4, 9, 4, LARGEST_INTEGER, 9)] == [1, 10, 1, 10, 11, 1]


def test_an_epoch_is_its_kiosks_own(enrol) -> None:
    first, second = enrol(), enrol()
    assert first.registers(7) != second.registers(7)


def test_the_series_of_a_revoked_kiosk_is_never_given_again(kiosk, enrol, officer) -> None:
    kiosk.registers(7)
    officer.post(f"/officers/kiosks/{kiosk.id}/revoke")
    assert kiosk.post(EPOCHS, {"epoch": 8}).status_code == 403
    other = enrol()
    assert [other.registers(epoch) for epoch in range(1, 4)] == [2, 10, 11]


def test_who_is_no_kiosk_gets_no_series(http) -> None:
    assert http.post(EPOCHS, json={"epoch": 7}).status_code == 401


def test_an_epoch_is_a_whole_number_that_every_reader_of_json_holds(kiosk) -> None:
    for wrong in (0, -1, LARGEST_INTEGER + 1, 1.5, "x", None, [], 10**400):
        assert kiosk.post(EPOCHS, {"epoch": wrong}).status_code == 422, wrong


def test_every_series_makes_numbers_that_are_numbers(kiosk) -> None:
    assert all(NUMBER.fullmatch(walk_in_number(series, 1)) for series in (1, 9, 10, 99, 100, LAST_SERIES))


def test_when_every_series_was_given_away_the_server_says_so_and_the_old_ones_stay(http, kiosk) -> None:
    kiosk.registers(1)
    assert kiosk.registers(2, claimed=LAST_SERIES) == LAST_SERIES
    with http.app.state.writing.begin() as session:
        for series in range(10, LAST_SERIES - 1):
            session.add(EpochRow(kiosk=kiosk.id, epoch=series, series=series, registered_at=kiosk.clock.now()))
    assert kiosk.registers(3) == LAST_SERIES - 1
    answer = kiosk.post(EPOCHS, {"epoch": 4})
    assert answer.status_code == 409
    assert answer.json() == {"detail": "all 999 series of walk-in numbers of this office were given away"}
    assert [kiosk.registers(epoch) for epoch in (1, 2, 3)] == [1, LAST_SERIES, LAST_SERIES - 1]


def test_many_who_ask_at_once_get_different_series(http, enrol) -> None:
    kiosks = [enrol() for _ in range(4)]
    asked = [(kiosk, epoch) for kiosk in kiosks for epoch in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda each: each[0].post(EPOCHS, {"epoch": each[1]}), asked))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["series"] for answer in answers}) == len(asked)


def test_a_server_that_forgot_an_epoch_believes_its_claim_and_gives_the_series_to_nobody_else(enrol) -> None:
    first, second = enrol(), enrol()
    assert first.registers(1, claimed=14) == 14
    assert [second.registers(1), second.registers(2), first.registers(2)] == [2, 15, 16]


def test_a_claim_on_what_is_anothers_gets_a_series_of_its_own(enrol) -> None:
    first, second = enrol(), enrol()
    assert first.registers(1, claimed=2) == 10
    assert second.registers(1, claimed=10) == 11
    assert second.registers(2, claimed=2) == 2


def test_a_claim_changes_nothing_of_an_epoch_that_is_known(kiosk) -> None:
    assert [kiosk.registers(1), kiosk.registers(1, claimed=77)] == [1, 1]


def test_a_claim_is_a_series(kiosk) -> None:
    for wrong in (0, 1000, "x", 1.5):
        assert kiosk.post(EPOCHS, {"epoch": 1, "series": wrong}).status_code == 422


def test_a_new_kiosks_digit_is_no_series_in_use(enrol) -> None:
    first = enrol()
    first.registers(1, claimed=2)
    assert enrol().digit == 3


def test_the_first_epoch_of_a_kiosk_whose_digit_is_a_series_in_use_gets_another(http, enrol) -> None:
    first, second = enrol(), enrol()
    with http.app.state.writing.begin() as session:
        session.add(EpochRow(kiosk=first.id, epoch=1, series=2, registered_at=first.clock.now()))
    assert second.registers(1) == 10


def test_the_database_itself_refuses_a_series_twice(http, enrol) -> None:
    first, second = enrol(), enrol()
    first.registers(1)
    with http.app.state.writing() as session:
        session.add(EpochRow(kiosk=second.id, epoch=1, series=1, registered_at=first.clock.now()))
        with pytest.raises(IntegrityError):
            session.flush()
