from kiosk.errors import CentralError, CentralRefused, CentralRejected, CentralUnreachable, ConfigError, StoreError
from kiosk.model import StoreFault


def test_every_problem_of_a_configuration_has_its_line_and_can_be_told_apart() -> None:
    error = ConfigError(["no office", "no central server"])
    assert str(error) == "no office\nno central server"
    assert error.problems == ["no office", "no central server"]


def test_a_fault_of_the_store_has_its_kind_and_its_words() -> None:
    error = StoreError(StoreFault.DISK_FULL, "free some space")
    assert (error.fault, str(error)) == (StoreFault.DISK_FULL, "free some space")


def test_an_exchange_that_brought_no_answer_has_no_status_and_nothing_asked_for() -> None:
    assert CentralError().status == CentralRefused().status == 0
    error = CentralUnreachable("no route")
    assert (str(error), error.status, error.retry_after) == ("no route", 0, None)


def test_an_answer_that_is_not_the_servers_keeps_its_status_and_what_it_asked_for() -> None:
    error = CentralUnreachable("busy", 7.0, 503)
    assert (error.status, error.retry_after) == (503, 7.0)


def test_what_the_server_declined_says_its_status_its_words_and_what_it_wants_next() -> None:
    error = CentralRejected(409, "a gap", 5)
    assert (error.status, error.detail, error.expected) == (409, "a gap", 5)
    assert "409" in str(error)
    assert "a gap" in str(error)
    assert CentralRejected(413, "too large").expected is None
