"""Somebody at the booking site, for its tests."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select

from central.booking.rows import BookingRulesRow
from central.booking.rules import BookingRules

SITE = "/o/PYK/booking"
TOMORROW = "2026-11-25"


@dataclass
class Visitor:
    """Books through forms as a browser does; `session` is a browser of its own."""

    http: TestClient
    phone: str = "0812 3456 7890"
    entered: dict[str, str] = field(default_factory=dict)

    def summary(
        self, slot: str = "09:00", day: str = TOMORROW, service: str = "passport_renewal", **fields: str
    ) -> Response:
        """Fills everything in; one applicant where no names are given."""
        party = max([1, *(int(name[4:]) for name in fields if name.startswith("name"))])
        given = {"name1": "Budi Santoso", "phone": self.phone, "day": day, "slot": slot, "party": str(party)} | fields
        answer = self.http.post(f"{SITE}/new/{service}/summary", data=given)
        found = re.search(r'name="draft" value="([^"]+)"', answer.text)
        self.entered = given | ({"draft": found[1]} if found else {}) | {"service": service}
        return answer

    def confirm(self) -> Response:
        fields = {name: value for name, value in self.entered.items() if name != "service"}
        return self.http.post(f"{SITE}/new/{self.entered['service']}/book", data=fields)

    def books(self, **entered: str) -> "Shown":
        """Books, and looks at what was made of it."""
        answer = self.summary(**entered)
        assert answer.status_code == 200, answer.text
        answer = self.confirm()
        assert answer.status_code == 303, answer.text
        return self.looks()

    def looks(self) -> "Shown":
        answer = self.http.get(f"{SITE}/mine")
        assert answer.status_code == 200, answer.headers
        return Shown(answer.text)

    def posts(self, path: str, **fields: str) -> Response:
        return self.http.post(f"{SITE}/{path}", data=fields)


@dataclass(frozen=True)
class Shown:
    """The page of one's own booking."""

    page: str

    @property
    def numbers(self) -> list[str]:
        return re.findall(r"<li><b>([A-Z]-\d+)</b>", self.page)

    @property
    def code(self) -> str:
        return "".join(re.findall(r"<b>(\w{5})-(\w{5})</b>", self.page)[0])


def set_rules(http: TestClient, **changed: Any) -> None:
    """Changes the office's rules of booking."""
    with http.app.state.writing.begin() as session:
        row = session.scalars(select(BookingRulesRow)).one()
        rules = json.loads(row.body) | changed
        row.body = BookingRules.model_validate(rules).model_dump_json()
