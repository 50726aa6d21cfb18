"""Each life of a kiosk's store has a series of its own, for good, whoever asks when."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError
from wire import MORNING

from central.database import EpochRow, KioskRow
from central.epochs import FIRST_DRAWN, LAST_SERIES, register
from kiosk.numbering import NUMBER, walk_in_number
from kiosk.protocol import EPOCHS, LARGEST_INTEGER, NewEpoch


def test_a_kiosks_first_epoch_has_its_digit_and_the_others_begin_above_all_first_digits(enrol) -> None:
    first, second = enrol(), enrol()
    assert [first.registers(101), second.registers(5)] == [1, 2]
    others = [first.registers(102), second.registers(6)]
    assert all(FIRST_DRAWN <= each <= LAST_SERIES for each in others)
    assert len(set(others)) == 2


def test_saying_so_again_gives_the_same_series(kiosk) -> None:
    given = {epoch: kiosk.registers(epoch) for epoch in (9, 4, LARGEST_INTEGER)}
    assert given[9] == 1
    assert {epoch: kiosk.registers(epoch) for epoch in (4, 9, LARGEST_INTEGER, 4)} == given


def test_a_restored_server_hardly_gives_away_what_it_gave_away_before(http, enrol) -> None:
    """Two servers of one back-up, each with a kiosk whose store is new."""
    first, second = enrol(), enrol()
    drawn: list[set[int]] = []
    for kiosk in (first, second):
        kiosk.registers(1)
        with http.app.state.writing() as session:
            row = session.get(KioskRow, kiosk.id)
            drawn.append({register(session, row, NewEpoch(epoch=each), MORNING) for each in range(2, 5)})
            session.rollback()
    assert drawn[0] != drawn[1]


def test_an_epoch_is_its_kiosks_own(enrol) -> None:
    first, second = enrol(), enrol()
    assert first.registers(7) != second.registers(7)


def test_the_series_of_a_revoked_kiosk_is_never_given_again(kiosk, enrol, officer) -> None:
    kiosk.registers(7)
    officer.post(f"/officers/kiosks/{kiosk.id}/revoke")
    assert kiosk.post(EPOCHS, {"epoch": 8}).status_code == 403
    other = enrol()
    assert other.registers(1) == 2
    assert 1 not in {other.registers(epoch) for epoch in range(2, 12)}


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
            session.add(
                EpochRow(office="PYK", kiosk=kiosk.id, epoch=series, series=series, registered_at=kiosk.clock.now())
            )
    assert kiosk.registers(3) == LAST_SERIES - 1
    answer = kiosk.post(EPOCHS, {"epoch": 4})
    assert answer.status_code == 409
    assert answer.json() == {"detail": "no series of walk-in numbers is left in this office"}
    assert [kiosk.registers(epoch) for epoch in (1, 2, 3)] == [1, LAST_SERIES, LAST_SERIES - 1]


def test_many_who_ask_at_once_get_different_series(http, enrol) -> None:
    kiosks = [enrol() for _ in range(4)]
    asked = [(kiosk, epoch) for kiosk in kiosks for epoch in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda each: each[0].post(EPOCHS, {"epoch": each[1]}), asked))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["series"] for answer in answers}) == len(asked)


def test_a_server_that_forgot_an_epoch_believes_its_claim_and_gives_the_series_to_nobody_else(http, enrol) -> None:
    first, second = enrol(), enrol()
    assert first.registers(1, claimed=14) == 14
    assert second.registers(1) == 2
    with http.app.state.writing.begin() as session:
        row = session.get(KioskRow, second.id)
        free = [register(session, row, NewEpoch(epoch=epoch), MORNING, min) for epoch in range(2, 9)]
    assert free == [10, 11, 12, 13, 15, 16, 17]


def test_a_claim_on_what_is_anothers_gets_a_series_of_its_own(enrol) -> None:
    first, second = enrol(), enrol()
    drawn = first.registers(1, claimed=2)
    assert drawn >= FIRST_DRAWN
    assert second.registers(1, claimed=drawn) not in (1, drawn)
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
        session.add(EpochRow(office="PYK", kiosk=first.id, epoch=1, series=2, registered_at=first.clock.now()))
    assert second.registers(1) >= FIRST_DRAWN


def test_the_digit_of_a_kiosk_beyond_the_first_nine_is_no_other_epochs_series(http, enrol_again) -> None:
    kiosks = [enrol_again() for _ in range(12)]
    with http.app.state.writing.begin() as session:
        row = session.get(KioskRow, kiosks[0].id)
        assert [register(session, row, NewEpoch(epoch=epoch), MORNING, min) for epoch in (1, 2)] == [1, 13]
    assert kiosks[11].registers(1) == 12


def test_the_database_itself_refuses_a_series_twice(http, enrol) -> None:
    first, second = enrol(), enrol()
    first.registers(1)
    with http.app.state.writing() as session:
        session.add(EpochRow(office="PYK", kiosk=second.id, epoch=1, series=1, registered_at=first.clock.now()))
        with pytest.raises(IntegrityError):
            session.flush()
