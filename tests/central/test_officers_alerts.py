"""The officers' page shows what should be looked into, whoever told of it, whenever it arrived."""

import re
from datetime import timedelta
from uuid import uuid4

from test_officers_page import beat, signs_in
from wire import Kiosk, a_ticket, slot

from central.dating import MOST_AHEAD
from kiosk.protocol import CheckedIn, HelpCalled, StoreRenewed, WalkInIssued


def alerts(officer) -> list[str]:
    """Each alert on the page as text."""
    page = officer.get("/officers").text
    section = re.search(r'<section class="alerts">.*?</section>', page, re.DOTALL)
    items = re.findall(r"<li .*?</li>", section[0], re.DOTALL) if section else []
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in items]


def walk_in(kiosk, count: int, minute: int = 0) -> WalkInIssued:
    return WalkInIssued(ticket=a_ticket(f"W{kiosk.digit}-{count:03}", minute, masked_name=""))


def test_an_ordinary_morning_shows_nothing(kiosk, officer) -> None:
    kiosk.registers(7)
    beat(kiosk)
    kiosk.tells(walk_in(kiosk, 1), CheckedIn(ticket=a_ticket("A-001", booking=uuid4(), slot=slot("08:00"))))
    assert alerts(officer) == []


def test_a_fork_is_shown_though_nothing_of_its_batch_was_taken(kiosk, officer, clock) -> None:
    fact = kiosk.fact(HelpCalled(step="WELCOME"))
    kiosk.send(fact)
    clock.forward(minutes=4)
    kiosk.send(fact | {"id": str(uuid4())})
    (shown,) = alerts(officer)
    assert shown.startswith("Data anjungan bercabang Anjungan Lobi W1 08.04")
    assert shown.endswith("another fact stands at epoch 7, seq 1: is this kiosk&#39;s disk a copy?")


def test_a_fork_is_shown_until_the_kiosk_is_revoked(kiosk, officer) -> None:
    fact = kiosk.fact(HelpCalled(step="WELCOME"))
    kiosk.send(fact)
    kiosk.send(fact | {"id": str(uuid4())})
    assert len(alerts(officer)) == 1
    officer.post(f"/officers/kiosks/{kiosk.id}/revoke")
    assert alerts(officer) == []


def test_a_gap_is_no_fork(kiosk, officer) -> None:
    kiosk.fact(HelpCalled(step="WELCOME"))
    assert kiosk.send(kiosk.fact(HelpCalled(step="WELCOME"))).json()["expected"] == 1
    assert alerts(officer) == []


def test_a_booking_checked_in_on_two_kiosks_is_shown_with_both(enrol, officer, clock) -> None:
    first, second = enrol(), enrol()
    ticket = a_ticket("A-001", booking=uuid4(), slot=slot("08:00"))
    first.tells(CheckedIn(ticket=ticket))
    clock.forward(minutes=9)
    second.tells(CheckedIn(ticket=ticket))
    (shown,) = alerts(officer)
    assert shown.startswith("Satu pendaftaran di dua anjungan: A-001 Anjungan Lobi W1 08.00 Anjungan Lobi W2 08.09")


def test_one_number_on_two_tickets_is_shown_and_both_wait(enrol, officer) -> None:
    first, second = enrol(), enrol()
    for kiosk in (first, second):
        kiosk.registers(7)
    first.tells(walk_in(first, 1))
    second.tells(walk_in(first, 1))
    shown = alerts(officer)
    assert any(each.startswith("Nomor ganda: W1-001") for each in shown)
    assert any(each.startswith("Nomor di luar seri anjungan: W1 ") for each in shown)
    assert officer.get("/officers").text.count(">W1-001<") == 2


def test_the_walk_ins_of_an_epoch_that_is_not_registered_wait_and_are_shown(kiosk, officer) -> None:
    kiosk.tells(walk_in(kiosk, 1))
    assert alerts(officer)[0].startswith("Nomor di luar seri anjungan: W1 Anjungan Lobi W1 08.00")
    assert ">W1-001<" in officer.get("/officers").text


def test_a_burst_of_walk_ins_is_shown(kiosk, officer, clock) -> None:
    kiosk.registers(7)
    for count in range(1, 9):
        kiosk.tells(walk_in(kiosk, count))
        clock.forward(minutes=1)
    assert alerts(officer)[0].startswith(
        "Banyak tiket tanpa pendaftaran: 8 tiket Anjungan Lobi W1 08.00 Anjungan Lobi W1 08.07"
    )


def test_a_renewed_store_is_shown_with_its_fault(kiosk, officer) -> None:
    kiosk.tells(StoreRenewed(fault="corrupt"))
    assert alerts(officer)[0].startswith("Penyimpanan anjungan diganti: berkas rusak Anjungan Lobi W1 08.00")


def test_a_kiosk_that_cannot_tell_the_time_is_shown_until_it_can(kiosk, officer) -> None:
    beat(kiosk, clock="untrusted")
    assert alerts(officer)[0].startswith("Jam anjungan tidak dipercaya Anjungan Lobi W1 08.00")
    assert "tidak dipercaya</dd>" in officer.get("/officers").text
    beat(kiosk, clock="holdover")
    assert alerts(officer) == []


def test_what_came_on_friday_is_seen_on_monday_and_gone_a_week_later(kiosk, officer, clock) -> None:
    kiosk.tells(StoreRenewed(fault="key"))
    for days, count in ((3, 1), (4, 0)):
        clock.forward(days=days)
        signs_in(officer)
        assert len(alerts(officer)) == count


def test_a_fork_is_shown_first_and_for_as_long_as_nothing_more_was_taken(kiosk, enrol, officer, clock) -> None:
    other = enrol()
    kiosk.tells(HelpCalled(step="WELCOME"))
    forked = Kiosk(**vars(kiosk) | {"previous": "0" * 64})
    forked.send(forked.fact(HelpCalled(step="WELCOME")))
    for _ in range(2):
        clock.forward(days=20)
        signs_in(officer)
        other.tells(StoreRenewed(fault="key"))
        assert alerts(officer)[0].startswith("Data anjungan bercabang Anjungan Lobi W1 24/11")
    kiosk.tells(HelpCalled(step="WELCOME"))
    assert [each[:10] for each in alerts(officer)] == ["Penyimpana"]


def test_a_fork_is_still_shown_for_days_while_the_other_disk_goes_on(kiosk, officer, clock) -> None:
    kiosk.tells(HelpCalled(step="WELCOME"))
    copy = Kiosk(**vars(kiosk) | {"previous": "0" * 64})
    copy.send(copy.fact(HelpCalled(step="WELCOME")))
    for days, count in ((3, 1), (2, 0)):
        clock.forward(days=days)
        signs_in(officer)
        kiosk.tells(HelpCalled(step="WELCOME"))
        assert len(alerts(officer)) == count


def test_facts_that_a_kiosk_holds_back_are_shown_for_as_long_as_it_says_so(kiosk, officer, clock) -> None:
    beat(kiosk, facts_held_back=True)
    clock.forward(days=6)
    signs_in(officer)
    assert alerts(officer)[0].startswith("Data anjungan tertahan Anjungan Lobi W1 24/11 08.00")
    assert "Hubungi teknisi" in alerts(officer)[0]
    beat(kiosk)
    assert alerts(officer) == []


def test_a_time_that_has_not_come_yet_is_shown_once_for_its_kiosk_and_day(enrol, officer, clock) -> None:
    wrong, right = enrol(), enrol()
    later = clock.now() + timedelta(days=20)
    for _ in range(3):
        wrong.send(wrong.fact(HelpCalled(step="WELCOME"), later))
        right.send(right.fact(HelpCalled(step="WELCOME"), clock.now() + MOST_AHEAD))
        clock.forward(minutes=10)
    signs_in(officer)
    (shown,) = alerts(officer)
    assert shown.startswith("Jam anjungan tidak dipercaya Anjungan Lobi W1 08.00 Anjungan Lobi W1 08.20")
    clock.forward(days=1)
    signs_in(officer)
    wrong.send(wrong.fact(WalkInIssued(ticket=a_ticket("A-001", 24 * 60 + 60)), undated=True))
    assert len([each for each in alerts(officer) if each.startswith("Jam")]) == 2


def test_a_heartbeat_of_a_newer_kiosk_is_heard(kiosk, officer) -> None:
    beat(kiosk, printer="paper_jam", clock="satellite")
    page = officer.get("/officers").text
    assert "<b>1/1</b> anjungan daring" in page
    assert "<dd>tidak diketahui</dd>" in page
    assert alerts(officer)[0].startswith("Jam anjungan tidak dipercaya")
