"""The booking site: what is booked, changed and cancelled, and what kiosks learn of it."""

import re
from datetime import date
from io import BytesIO
from time import thread_time

import pytest
import zxingcpp
from booking_site import SITE, TOMORROW, Visitor, set_rules
from fastapi.testclient import TestClient
from icalendar import Calendar
from PIL import Image
from sqlalchemy import select
from wire import a_ticket

from central.booking.held import found_by_code
from central.booking.limits import bursts
from central.booking.rows import BookerRow, PlaceRow
from central.database import BookingRow
from central.monitoring.alarms import AlarmKind
from central.monitoring.watch import alarms
from central.news import Version, version
from central.passes import revoked
from central.privacy.forgetting import forget
from kiosk.booking_code import second_factor_hash
from kiosk.booking_pass import BookingPass, read_pass, verifying_keys
from kiosk.model import Booking, BookingStatus
from kiosk.protocol import SNAPSHOT, CheckedIn, Snapshot


@pytest.fixture
def visitor(http: TestClient) -> Visitor:
    return Visitor(http)


def snapshot_of(kiosk) -> Snapshot:
    return Snapshot.model_validate_json(kiosk.get(SNAPSHOT).content)


def booking_of(kiosk, code: str) -> Booking:
    return next(each for each in snapshot_of(kiosk).bookings if each.code == code)


def pass_of(http: TestClient) -> str:
    with http.app.state.reading() as session:
        return session.scalars(select(BookerRow.pass_text).order_by(BookerRow.made_at.desc())).first()


def test_a_kiosk_reads_the_pass_and_finds_the_booking_by_its_code(visitor, kiosk) -> None:
    shown = visitor.books(name1="Budi Santoso", name2="Siti Aminah", priority2="1")
    assert shown.numbers == ["B-021", "B-022"]
    snapshot, booking = snapshot_of(kiosk), booking_of(kiosk, shown.code)
    text = pass_of(kiosk.http)
    assert len(text) < 200
    found = read_pass(text.removeprefix("ANJ1:"), verifying_keys(snapshot.pass_keys), kiosk.clock.now())
    assert found == BookingPass(booking.id, "PYK", booking.day, booking.slot, ("B-021", "B-022"))
    assert [each.masked_name for each in booking.applicants] == ["B*** S******", "S*** A*****"]
    assert booking.second_factor == second_factor_hash(booking.id, "7890")
    assert booking.asks_priority


def test_the_documents_and_the_fees_of_the_regulation_are_shown_before_a_slot_is_chosen(http) -> None:
    page = http.get(f"{SITE}/new/passport_new").text
    for words in ("e-KTP asli", "Kartu Keluarga (KK)", "Rp650.000", "PP 45/2024"):
        assert words in page


def test_a_second_tap_is_not_a_second_booking(visitor) -> None:
    shown = visitor.books()
    assert visitor.confirm().status_code == 303
    assert visitor.looks().code == shown.code
    assert visitor.summary(slot="09:30").status_code == 200


def test_the_old_form_after_a_change_is_not_a_second_booking(visitor, kiosk) -> None:
    shown = visitor.books(day="2026-11-26")
    assert visitor.posts("mine/change", day="2026-11-26", slot="10:00", digits="7890").status_code == 303
    before = snapshot_of(kiosk).bookings
    assert visitor.confirm().status_code == 303
    assert (visitor.looks().code, snapshot_of(kiosk).bookings) == (shown.code, before)


def test_no_other_office_is_told_of_a_booking_its_change_and_its_cancellation(visitor, http) -> None:
    def versions() -> list[Version]:
        with http.app.state.reading() as session:
            return [version(session, office, (date(2026, 11, 26),)) for office in ("PYK", "AGM")]

    visitor.books(day="2026-11-26")  # makes the key, which is every office's
    own, others = versions()
    visitor.books(day="2026-11-26", slot="09:30")
    visitor.posts("mine/change", day="2026-11-26", slot="10:00", digits="7890")
    visitor.posts("mine/cancel")
    after, others_after = versions()
    assert others_after == others
    assert after.days[date(2026, 11, 26)] > own.days[date(2026, 11, 26)]


def test_numbers_of_cancelled_places_are_not_given_again(visitor, http) -> None:
    first = visitor.books()
    visitor.posts("mine/cancel")
    assert visitor.books().numbers == ["B-022"] != first.numbers


def test_a_cancelled_booking_is_refused_by_kiosks_and_its_place_is_free(visitor, kiosk, http) -> None:
    set_rules(http, services={"passport_renewal": {"quota": 1}})
    shown = visitor.books()
    assert visitor.summary(phone="0813 0000 1111").status_code == 200
    assert visitor.confirm().status_code == 409
    assert visitor.posts("mine/cancel").headers["location"].endswith("done=cancelled")
    booking = booking_of(kiosk, shown.code)
    assert booking.status is BookingStatus.CANCELLED
    assert booking.id in snapshot_of(kiosk).revoked
    with http.app.state.reading() as session:
        assert revoked(session, "AGM", kiosk.clock.now()) == ()
    assert visitor.posts("mine/cancel").status_code == 409
    assert visitor.books(phone="0813 0000 1111").numbers == ["B-022"]


def test_a_changed_booking_keeps_its_code_and_its_old_pass_is_revoked(visitor, kiosk) -> None:
    shown = visitor.books(day="2026-11-26", name1="Budi", name2="Siti")
    former = booking_of(kiosk, shown.code)
    answer = visitor.posts("mine/change", day="2026-11-26", slot="10:00", digits="7890")
    assert answer.headers["location"].endswith("done=changed")
    moved = booking_of(kiosk, shown.code)
    assert (moved.slot.hour, [each.number for each in moved.applicants]) == (10, ["B-041", "B-042"])
    assert visitor.looks().numbers == ["B-041", "B-042"]
    assert former.id in snapshot_of(kiosk).revoked
    assert former.id not in {each.id for each in snapshot_of(kiosk).bookings}
    assert moved.second_factor == second_factor_hash(moved.id, "7890")
    found = read_pass(pass_of(kiosk.http)[5:], verifying_keys(snapshot_of(kiosk).pass_keys), kiosk.clock.now())
    assert found.numbers == ("B-041", "B-042")


def test_a_booking_changes_once_a_day_and_until_a_day_before(visitor, clock) -> None:
    visitor.books(day="2026-11-26")
    move = {"day": "2026-11-26", "digits": "7890"}
    assert visitor.posts("mine/change", slot="10:00", **move).status_code == 303
    assert "sudah diubah hari ini" in visitor.posts("mine/change", slot="10:30", **move).text
    code = visitor.looks().code
    clock.forward(days=1, hours=3)
    visitor.posts("find", code=code, digits="7890")
    assert "Batas waktu" in visitor.posts("mine/change", slot="10:30", **move).text


def test_wrong_digits_change_nothing_and_a_full_slot_keeps_the_old_one(visitor, http, kiosk) -> None:
    set_rules(http, services={"passport_renewal": {"quota": 1}})
    Visitor(http, "0813 0000 1111").books(day="2026-11-26", slot="10:00")
    shown = visitor.books(day="2026-11-26")
    move = {"day": "2026-11-26", "slot": "10:00"}
    assert "tidak cocok" in visitor.posts("mine/change", digits="7891", **move).text
    assert "baru saja penuh" in visitor.posts("mine/change", digits="7890", **move).text
    booking = booking_of(kiosk, shown.code)
    assert [each.number for each in booking.applicants] == shown.numbers
    assert booking.id not in snapshot_of(kiosk).revoked


def test_who_has_checked_in_can_change_nothing(visitor, kiosk) -> None:
    shown = visitor.books(day="2026-11-26")
    booking = booking_of(kiosk, shown.code)
    ticket = a_ticket(
        "B-021", day=booking.day, ticket=booking.ticket_id("B-021"), booking=booking.id, slot=booking.slot
    )
    kiosk.tells(CheckedIn(ticket=ticket))
    for path in ("mine/cancel", "mine/change"):
        answer = visitor.posts(path, day="2026-11-26", slot="10:00", digits="7890")
        assert (answer.status_code, "sudah lapor datang" in answer.text) == (409, True)


def test_an_unknown_code_and_wrong_digits_have_one_answer(visitor, http) -> None:
    code = visitor.books().code
    visitor.posts("leave")
    answers = [visitor.posts("find", code=each, digits="0000") for each in (code, "0123456789", "zzz", "")]
    assert {(answer.status_code, answer.text.replace(f'value="{code}"', "").count("Tidak ada pendaftaran"))
            for answer in answers} == {(404, 1)}  # fmt: skip
    assert visitor.http.get(f"{SITE}/mine").status_code == 303
    assert visitor.posts("find", code=f"{code[:5]}-{code[5:].lower()}", digits="7890").status_code == 303


def test_an_unknown_code_takes_as_long_to_answer_as_wrong_digits(visitor, http) -> None:
    code = visitor.books().code

    def seconds(code: str) -> float:
        with http.app.state.reading() as session:
            begun = thread_time()
            assert found_by_code(session, "PYK", code, "0000") is None
            return thread_time() - begun

    known, unknown = (min(seconds(each) for _ in range(7)) for each in (code, "0123456789"))
    # Hashing the digits is what takes long; time of this thread alone, as others may be busy.
    assert unknown > known / 2


def test_who_guesses_waits_even_with_the_right_digits_then(visitor, clock) -> None:
    code = visitor.books().code
    for digits in range(5):
        visitor.posts("find", code=code, digits=f"{digits:04}")
    answer = visitor.posts("find", code=code, digits="7890")
    assert (answer.status_code, "Terlalu banyak percobaan" in answer.text) == (429, True)
    clock.forward(minutes=11)
    assert visitor.posts("find", code=code, digits="7890").status_code == 303


def test_a_telephone_has_no_more_bookings_ahead_than_the_rules_say(visitor, clock) -> None:
    for slot in ("09:00", "09:30"):
        visitor.books(slot=slot)
    visitor.summary(slot="10:00")
    answer = visitor.confirm()
    assert (answer.status_code, "calo" in answer.text) == (409, True)
    clock.forward(days=2)
    visitor.books(slot="10:00", day="2026-11-27")


def test_a_network_address_books_no_more_a_day_than_the_rules_say(visitor, http, clock) -> None:
    set_rules(http, most_of_address=2)
    for phone in ("0812 0000 0001", "0812 0000 0002"):
        visitor.books(phone=phone)
    visitor.summary(phone="0812 0000 0003")
    assert "dari jaringan internet" in visitor.confirm().text
    clock.forward(days=1)
    visitor.books(phone="0812 0000 0003", day="2026-11-26")


def test_a_nik_is_booked_once_for_a_service_and_again_after_it_was_cancelled(visitor) -> None:
    wanted = {"service": "passport_new", "nik1": "1376010101900001"}
    visitor.books(**wanted)
    visitor.summary(**wanted, phone="0813 0000 1111", slot="10:00")
    assert "NIK sudah terdaftar" in visitor.confirm().text
    visitor.posts("mine/cancel")
    visitor.books(**wanted, phone="0813 0000 1111", slot="10:00")


def test_booking_and_cancelling_does_not_use_up_a_slot(visitor, http) -> None:
    five = {f"name{each}": "Budi" for each in range(1, 6)}
    visitor.books(**five)
    visitor.posts("mine/cancel")
    for phone in (visitor.phone, "0813 0000 1111"):  # the same telephone, then the same address
        visitor.summary(**five, phone=phone)
        answer = visitor.confirm()
        assert (answer.status_code, "sudah pernah dibatalkan" in answer.text) == (409, True)
    neighbour = TestClient(http.app, "https://central.example", follow_redirects=False, client=("10.0.0.9", 50000))
    assert Visitor(neighbour, "0813 0000 2222").books(**five).numbers == [f"B-{each:03}" for each in range(26, 31)]


def test_moving_away_again_and_again_does_not_use_up_a_slot(visitor) -> None:
    five, day = {f"name{each}": "Budi" for each in range(1, 6)}, "2026-11-26"
    visitor.books(**five, day=day)
    assert visitor.posts("mine/change", day=day, slot="10:00", digits="7890").status_code == 303
    visitor.summary(**five, day=day)
    assert "sudah pernah dibatalkan" in visitor.confirm().text


def test_a_nik_is_booked_again_when_the_booked_day_is_over_whether_or_not_it_was_served(visitor, clock) -> None:
    wanted = {"service": "passport_new", "nik1": "1376010101900001"}
    visitor.books(**wanted)
    clock.forward(hours=24)
    visitor.summary(**wanted, day="2026-11-26", slot="10:00")
    assert "NIK sudah terdaftar" in visitor.confirm().text
    clock.forward(hours=24)
    visitor.books(**wanted, day="2026-11-27", slot="10:00")


def test_one_name_in_many_bookings_is_told_to_the_staff_and_the_person(visitor, http, clock) -> None:
    for count in range(3):
        shown = visitor.books(phone=f"0812 0000 000{count}", name1="Calo Besar")
        assert ("Nama yang sama" in shown.page) == (count == 2)
    with http.app.state.reading() as session:
        assert [(each.reason, each.bookings) for each in bursts(session, "PYK", clock.now())] == [("name", 1)]
        assert bursts(session, "AGM", clock.now()) == ()
        found = [each for each in alarms(session, "PYK", None, (), clock.now()) if each.kind == AlarmKind.BOOKING_BURST]
        assert [(each.what, each.since) for each in found] == [("1", clock.now())]


def test_limits_that_are_met_again_and_again_are_told_to_the_staff(visitor, http, clock) -> None:
    set_rules(http, most_of_phone=1)
    visitor.books()
    visitor.summary(slot="10:00")
    for met in range(1, 6):
        assert visitor.confirm().status_code == 409
        with http.app.state.reading() as session:
            found = [(each.reason, each.bookings) for each in bursts(session, "PYK", clock.now())]
        assert found == ([("many_phone", 5)] if met == 5 else [])


@pytest.mark.usefixtures("sqlite")
def test_nothing_of_a_person_is_kept_but_hashes_and_the_masked_name(visitor, data) -> None:
    visitor.books(service="passport_new", name1="Zulkarnain Pilihan", nik1="1376010101900001", phone="0811 2233 4455")
    kept = b"".join(file.read_bytes() for file in data.glob("central.sqlite*"))
    assert b"booked_places" in kept
    for secret in (b"Z*********", b"Zulkarnain", b"1376010101900001", b"62811223344", b"0811 2233", b"testclient"):
        assert secret not in kept


def test_all_of_it_is_forgotten_after_the_retention(visitor, http, clock) -> None:
    visitor.books()
    clock.forward(days=8, hours=10)
    assert "bookers" not in forget(http.app.state.writing, clock.now())["PYK"]
    clock.forward(days=1)
    assert forget(http.app.state.writing, clock.now())["PYK"]["bookers"] == 1
    with http.app.state.reading() as session:
        assert session.scalars(select(BookerRow)).all() == []
        assert session.scalars(select(PlaceRow).where(PlaceRow.name.is_not(None))).all() == []
        assert session.scalars(select(BookingRow).where(BookingRow.day == TOMORROW)).all() == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name1": "1234"}, "Tulis nama"),
        ({"name1": ""}, "Tulis nama"),
        ({"phone": "12"}, "Tulis nomor telepon"),
        ({"service": "passport_new", "nik1": "123"}, "16 angka"),
        ({"service": "passport_new", "nik1": "1376019901900001"}, "16 angka"),
        (
            {"service": "passport_new", "name2": "Siti", "nik1": "1376010101900001", "nik2": "1376010101900001"},
            "sudah diisi",
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_was_entered_stays(visitor, fields, words) -> None:
    answer = visitor.summary(**fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{fields.get("phone", visitor.phone)}"' in answer.text


@pytest.mark.parametrize(
    ("day", "slot"), [("2026-11-24", "08:30"), ("2026-12-02", "09:00"), ("2026-11-28", "09:00"), (TOMORROW, "12:00")]
)
def test_a_slot_too_soon_too_far_off_closed_or_in_a_break_cannot_be_booked(visitor, day, slot) -> None:
    visitor.summary()
    visitor.entered |= {"day": day, "slot": slot}
    answer = visitor.confirm()
    assert (answer.status_code, "tidak dapat dipesan" in answer.text) == (409, True)


def test_who_was_too_late_for_a_slot_chooses_another_one_with_everything_kept(visitor, http) -> None:
    set_rules(http, services={"passport_renewal": {"quota": 1}})
    other = Visitor(http, "0813 0000 1111")
    assert other.summary().status_code == 200
    visitor.books()
    assert "baru saja penuh" in other.confirm().text
    fields = {name: value for name, value in other.entered.items() if name != "service"}
    answer = http.post(f"{SITE}/new/passport_renewal/other-slot", data=fields)
    assert f'value="{TOMORROW} 09:00"' not in answer.text
    assert f'value="{TOMORROW} 10:00"' in answer.text
    answer = http.post(f"{SITE}/new/passport_renewal/summary", data=fields | {"when": f"{TOMORROW} 10:00"})
    assert ("10.00" in answer.text, "Budi Santoso" in answer.text) == (True, True)


@pytest.mark.parametrize(
    "address",
    [
        "/o/XXX/booking",
        "/o/XXX/booking/find",
        "/o/XXX/booking/mine",
        f"{SITE}/new/nothing",
        f"{SITE}/new/passport_lost/slot",
    ],
)
def test_an_office_or_service_that_is_not_booked_here_is_explained(http, address) -> None:
    answer = http.get(address)
    assert (answer.status_code, "Halaman tidak ditemukan" in answer.text) == (404, True)


@pytest.mark.parametrize(
    "query", ["party=x", "party=99", "party=-1", "day=2026-13-99", "day=x", "party=²", "slot=25:00&day=2026-11-25"]
)
@pytest.mark.parametrize("step", ["slot", "applicants"])
def test_an_address_that_makes_no_sense_still_has_an_answer(http, step, query) -> None:
    assert http.get(f"{SITE}/new/passport_new/{step}?{query}").status_code in (200, 303)


def test_the_calendars_entry_is_at_office_time_with_an_alarm_the_evening_before_and_nothing_personal(visitor) -> None:
    shown = visitor.books(name1="Budi Santoso")
    content = visitor.http.get(f"{SITE}/mine/booking.ics").text
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    (alarm,) = calendar.walk("VALARM")
    assert event["dtstart"].dt.isoformat() == "2026-11-25T09:00:00+07:00"
    assert event["dtstart"].params["TZID"] == "Asia/Jakarta"
    assert calendar.walk("VTIMEZONE")
    assert alarm["trigger"].dt.isoformat() == "2026-11-24T11:00:00+00:00"
    for personal in ("B***", shown.code, "7890"):
        assert personal not in content


def test_the_pictures_hold_the_pass(visitor) -> None:
    visitor.books()
    text = pass_of(visitor.http)
    for name in ("pass.png", "wallet.png"):
        picture = Image.open(BytesIO(visitor.http.get(f"{SITE}/mine/{name}").content)).convert("L")
        # As a kiosk reads it: some pictures of modules look like a bar code of another kind too.
        (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        assert found.text == text
    drawn = visitor.http.get(f"{SITE}/mine/pass.svg").text
    size = re.search(r'viewBox="0 0 (\d+)', drawn) or re.search(r'width="(\d+)mm"', drawn)
    # 49 modules of version 8 and a quiet zone of four on each side.
    assert size
    assert int(size[1]) <= 49 + 8


def test_a_browser_that_is_not_known_sees_nobodys_booking(visitor, http, clock) -> None:
    visitor.books()
    clock.forward(minutes=31)
    for path in ("mine", "mine/pass.svg", "mine/wallet.png", "mine/booking.ics", "mine/change", "mine/cancel"):
        answer = http.get(f"{SITE}/{path}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{SITE}/find")


def test_a_cookie_that_was_not_sealed_here_opens_nothing(visitor, http) -> None:
    visitor.books()
    (cookie,) = [each for each in http.cookies.jar if each.name == "__Host-booking"]
    cookie.value = cookie.value[:-4] + "AAAA"
    assert http.get(f"{SITE}/mine").status_code == 303


def test_another_sites_page_cannot_book(visitor) -> None:
    visitor.summary()
    fields = {name: value for name, value in visitor.entered.items() if name != "service"}
    answer = visitor.http.post(
        f"{SITE}/new/passport_renewal/book", data=fields, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_nobody_chooses_the_id_of_a_booking(visitor, kiosk) -> None:
    for theirs in (visitor.books().code, next(each.code for each in snapshot_of(kiosk).bookings if each.code)):
        before = booking_of(kiosk, theirs)
        visitor.summary(slot="10:00", phone="0813 0000 1111")
        visitor.entered["draft"] = str(before.id)
        visitor.confirm()
        assert booking_of(kiosk, theirs) == before
