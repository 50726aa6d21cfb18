"""Officers for the tests of people: made with their second factor, signed in with it."""

from dataclasses import dataclass

import pyotp
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select
from wire import PASSWORD, Clock

from central.database import OfficerRow
from central.people import second_factor
from central.people.login import add_officer
from central.people.roles import Role
from central.people.rows import AuditRow


@dataclass
class Staff:
    """Makes officers of an office and signs them in, each in a browser of its own."""

    http: TestClient
    clock: Clock

    def add(self, name: str, *roles: Role, office: str = "PYK", **more: bool) -> None:
        with self.http.app.state.writing.begin() as session:
            add_officer(session, office, name, PASSWORD, frozenset(roles), **more)

    def browser(self, address: str = "10.0.0.4") -> TestClient:
        return TestClient(self.http.app, "https://central.example", follow_redirects=False, client=(address, 50000))

    def signed_in(self, name: str, *roles: Role, office: str = "PYK") -> TestClient:
        """A browser in which a new officer has signed in."""
        self.add(name, *roles, office=office)
        browser = self.browser()
        assert logs_in(browser, name).headers["Location"] == "/officers/account"
        return browser

    def wants_second_factor(self, *roles: Role, office: str = "PYK") -> None:
        with self.http.app.state.writing.begin() as session:
            second_factor.set_policy(session, office, frozenset(roles))

    def gives_second_factor(self, name: str) -> tuple[str, list[str]]:
        """A secret for an officer, and the recovery codes."""
        secret = second_factor.new_secret()
        with self.http.app.state.writing.begin() as session:
            codes = second_factor.enrol(session, session.get_one(OfficerRow, name), secret, step=0)
        return secret, codes

    def code(self, secret: str) -> str:
        return pyotp.TOTP(secret).at(self.clock.now())

    def row(self, name: str) -> OfficerRow:
        with self.http.app.state.reading() as session:
            return session.get_one(OfficerRow, name)

    def trail(self, office: str = "PYK") -> list[tuple[str, str, str]]:
        """Who did what about whom, in order."""
        with self.http.app.state.reading() as session:
            rows = session.scalars(select(AuditRow).where(AuditRow.office == office).order_by(AuditRow.seq))
            return [(row.who, row.action, row.subject) for row in rows]


def logs_in(browser: TestClient, name: str, password: str = PASSWORD) -> Response:
    return browser.post("/officers/login", data={"name": name, "password": password})
