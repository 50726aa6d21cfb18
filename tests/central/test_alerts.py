"""What officers should look into, from what kiosks told."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from wire import DAY, MORNING

from central.alerts import BURST_TICKETS, BURST_WINDOW, Alert, AlertKind, Issue, Sighting, alerts_of, latest_first


def issue(number: str, minute: float = 0, kiosk: str = "Lobi", **more) -> Issue:
    walk_in = {"series": int(number[1:].split("-")[0])} if number.startswith("W") else {"booking": number}
    at = MORNING + timedelta(minutes=minute)
    return Issue(
        **{"kiosk": kiosk, "at": at, "ticket": f"{kiosk} {number}", "day": DAY, "number": number} | walk_in | more
    )


def found(*issues: Issue) -> list[tuple[str, str, list[tuple[str, float]]]]:
    return [told(alert) for alert in alerts_of(issues)]


def told(alert: Alert) -> tuple[str, str, list[tuple[str, float]]]:
    minutes = [(each.kiosk, (each.at - MORNING).total_seconds() / 60) for each in alert.seen]
    return str(alert.kind), alert.what, minutes


def a_burst(first: float = 0, count: int = BURST_TICKETS, apart: float = 1, **more) -> list[Issue]:
    return [issue(f"W1-{100 * int(first) + each:03}", first + each * apart, **more) for each in range(count)]


def test_an_ordinary_day_gives_no_cause() -> None:
    assert found(issue("A-001"), issue("A-002", 1, "Pintu"), issue("W1-001"), issue("W2-001", 1, "Pintu")) == []


def test_one_number_on_two_tickets_of_a_day_is_seen_with_both() -> None:
    assert found(issue("W1-001", 5, "Pintu"), issue("W1-001", 2)) == [
        ("number_taken", "W1-001", [("Lobi", 2), ("Pintu", 5)])
    ]


def test_the_same_ticket_from_two_kiosks_or_the_same_number_on_two_days_is_no_number_taken() -> None:
    twice = [issue("A-001", 1, ticket="t"), issue("A-001", 2, "Pintu", ticket="t")]
    assert [kind for kind, *_ in found(*twice)] == ["two_kiosks"]
    assert found(issue("W1-001"), issue("W1-001", 9, ticket="other", day=DAY + timedelta(days=1))) == []


def test_a_booking_checked_in_on_two_kiosks_is_seen_with_which_and_when() -> None:
    family = [issue("A-001", 1, booking="b"), issue("A-002", 1, booking="b"), issue("A-002", 7, "Pintu", booking="b")]
    family[2] = issue("A-002", 7, "Pintu", booking="b", ticket=family[1].ticket)
    assert found(*family) == [("two_kiosks", "A-001, A-002", [("Lobi", 1), ("Pintu", 7)])]


def test_a_family_that_checks_in_twice_at_one_kiosk_is_no_cause() -> None:
    assert found(issue("A-001", 1, booking="b"), issue("A-002", 9, booking="b")) == []


def test_a_number_that_is_not_of_its_kiosks_series_is_seen() -> None:
    assert found(issue("W3-001", series=4)) == [("wrong_series", "W3", [("Lobi", 0)])]
    assert found(issue("W3-001", series=None)) == [("wrong_series", "W3", [("Lobi", 0)])]
    assert found(issue("A-001", booking="", series=1)) == [("wrong_series", "A", [("Lobi", 0)])]


def test_many_numbers_of_one_wrong_series_are_one_cause_for_each_kiosk() -> None:
    wrong = [issue(f"W3-{count:03}", 20 * count, series=4) for count in range(30)]
    others = [issue("W9-001", 5, series=4), issue("W3-040", 6, "Pintu", series=2)]
    assert found(*wrong, *others) == [
        ("wrong_series", "W3", [("Lobi", 0), ("Lobi", 580)]),
        ("wrong_series", "W3", [("Pintu", 6)]),
        ("wrong_series", "W9", [("Lobi", 5)]),
    ]


def test_what_is_urgent_comes_first() -> None:
    def alert(kind: AlertKind, minute: int) -> Alert:
        return Alert(kind, "", (Sighting("Lobi", MORNING + timedelta(minutes=minute)),))

    mixed = [
        alert(AlertKind.BURST, 9),
        alert(AlertKind.FORK, 1),
        alert(AlertKind.CLOCK, 5),
        alert(AlertKind.HELD_BACK, 2),
    ]
    assert [each.kind.value for each in latest_first(mixed)] == ["held_back", "fork", "burst", "clock"]


def test_eight_walk_ins_within_ten_minutes_are_a_burst_and_seven_are_none() -> None:
    assert found(*a_burst()) == [("burst", "8", [("Lobi", 0), ("Lobi", 7)])]
    assert found(*a_burst(count=BURST_TICKETS - 1)) == []
    just = BURST_WINDOW.total_seconds() / 60 / (BURST_TICKETS - 1)
    assert [kind for kind, *_ in found(*a_burst(apart=just))] == ["burst"]
    assert found(*a_burst(apart=just + 0.01)) == []


def test_a_long_burst_is_one_and_two_apart_are_two() -> None:
    assert found(*a_burst(count=30)) == [("burst", "30", [("Lobi", 0), ("Lobi", 29)])]
    assert [what for _, what, _ in found(*a_burst(), *a_burst(60, count=9))] == ["9", "8"]


def test_walk_ins_at_two_kiosks_bookings_and_those_that_the_server_dated_are_no_burst() -> None:
    assert found(*a_burst(count=5), *a_burst(count=5, kiosk="Pintu", ticket=None)[:0]) == []
    here, there = a_burst(count=7), [issue(f"W2-{each:03}", each, "Pintu") for each in range(7)]
    assert found(*here, *there) == []
    assert found(*(issue(f"A-{each:03}", each) for each in range(20))) == []
    assert found(*a_burst(dated_by_server=True)) == []


def test_the_latest_is_first() -> None:
    causes = [issue("W1-001", 9, series=2), issue("W3-002", 3, series=2), issue("W4-003", 30, series=2)]
    assert [what for _, what, _ in found(*causes)] == ["W4", "W1", "W3"]


@given(st.lists(st.integers(0, 200), max_size=40))
def test_a_burst_holds_whoever_is_one_of_eight_within_ten_minutes_and_nobody_else(minutes: list[int]) -> None:
    issues = [issue(f"W1-{count:03}", minute) for count, minute in enumerate(sorted(minutes))]
    crowded = set()
    for start in range(len(issues) - BURST_TICKETS + 1):
        some = issues[start : start + BURST_TICKETS]
        if some[-1].at - some[0].at <= BURST_WINDOW:
            crowded |= {each.ticket for each in some}
    bursts = [alert for alert in alerts_of(issues) if alert.kind is AlertKind.BURST]
    assert sum(int(alert.what) for alert in bursts) == len(crowded)
