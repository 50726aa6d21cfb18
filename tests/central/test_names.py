"""Names are masked before they leave the server, wherever they came from."""

import json

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from wire import Kiosk

from central.database import BookingRow
from central.names import masked
from kiosk.protocol import SNAPSHOT, Snapshot


def test_a_name_is_masked_as_the_rules_for_personal_data_show_it() -> None:
    assert masked("Budi Santoso") == "B*** S******"


@given(st.text())
def test_of_every_word_only_the_first_letter_is_left(name: str) -> None:
    words = name.split()
    shown = masked(name).split()
    assert [each[0] for each in shown] == [each[0] for each in words]
    assert [each[1:] for each in shown] == ["*" * (len(each) - 1) for each in words]
    assert masked(masked(name)) == masked(name)


def test_a_booking_with_a_full_name_or_a_nik_for_one_reaches_no_kiosk_so(kiosk: Kiosk) -> None:
    with kiosk.http.app.state.writing.begin() as session:
        row = session.scalars(select(BookingRow).order_by(BookingRow.id)).first()
        body = json.loads(row.body)
        body["applicants"] = [
            {"masked_name": name, "number": f"A-{place:03}"}
            for place, name in enumerate(("Budi Santoso", "1375014711470047"), 901)
        ]
        row.body = json.dumps(body)
    sent = kiosk.get(SNAPSHOT)
    told = {str(each.id): each for each in Snapshot.model_validate_json(sent.content).bookings}[row.id]
    assert [each.masked_name for each in told.applicants] == ["B*** S******", "1" + "*" * 15]
    assert "Santoso" not in sent.text
    assert "1375014711470047" not in sent.text
