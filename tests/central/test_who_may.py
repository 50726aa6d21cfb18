"""Every route of the staff's pages, and who may use it. A route that stands in no table here fails."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from staff import Staff

from central.people.roles import STAFF, Role

SUPERVISOR = frozenset({Role.SUPERVISOR})
TECHNICIANS = frozenset({Role.TECHNICIAN})
KEEPERS = frozenset({Role.TECHNICIAN, Role.SUPERVISOR})
READERS = frozenset({Role.AUDITOR, Role.SUPERVISOR})
EVERYBODY = frozenset(Role)
DESKS = frozenset({Role.CLERK, Role.SUPERVISOR})
PARTNERS = frozenset({Role.PARTNER})
MAY = {
    "GET /officers": EVERYBODY,
    "GET /officers/board": STAFF,
    "GET /officers/events": STAFF,
    "POST /officers/next": DESKS,
    "POST /officers/tickets/{ticket}": DESKS,
    "POST /officers/calls/{call}/seen": DESKS | KEEPERS,
    "POST /officers/kiosks/{kiosk}/revoke": KEEPERS,
    "GET /officers/fleet": KEEPERS,
    "GET /officers/fleet/kiosks": KEEPERS,
    "POST /officers/fleet/codes": KEEPERS,
    "POST /officers/fleet/rollout": KEEPERS,
    "POST /officers/fleet/rollout/pause": KEEPERS,
    "GET /officers/fleet/pin": SUPERVISOR,
    "POST /officers/fleet/pin": SUPERVISOR,
    "GET /officers/fleet/{kiosk}/code": TECHNICIANS,
    "POST /officers/fleet/{kiosk}/code": TECHNICIANS,
    "GET /officers/fleet/{kiosk}/bundles/{bundle}": KEEPERS,
    "GET /officers/fleet/{kiosk}": KEEPERS,
    "POST /officers/fleet/{kiosk}/settings": KEEPERS,
    "POST /officers/fleet/{kiosk}/settings/{version}": KEEPERS,
    "POST /officers/fleet/{kiosk}/roll": KEEPERS,
    "POST /officers/fleet/{kiosk}/name": KEEPERS,
    "POST /officers/fleet/{kiosk}/approve": KEEPERS,
    "POST /officers/fleet/{kiosk}/refuse": KEEPERS,
    "POST /officers/fleet/{kiosk}/revoke": KEEPERS,
    "GET /officers/monitoring": READERS,
    "GET /officers/monitoring/live": READERS,
    "POST /officers/monitoring/alarms": SUPERVISOR,
    "GET /officers/monitoring/reports": READERS,
    "POST /officers/monitoring/survey.{kind}": READERS,
    "POST /officers/monitoring/export.{kind}": READERS,
    "GET /officers/announcements": SUPERVISOR,
    "POST /officers/announcements": SUPERVISOR,
    "POST /officers/announcements/emergency": SUPERVISOR,
    "POST /officers/announcements/{announcement}/withdraw": SUPERVISOR,
    "GET /officers/counter": DESKS,
    "GET /officers/counter/line": DESKS,
    "POST /officers/counter/open": DESKS,
    "POST /officers/counter/close": DESKS,
    "POST /officers/counter/next": DESKS,
    "POST /officers/counter/call": DESKS,
    "POST /officers/counter/resume": DESKS,
    "POST /officers/counter/recall": DESKS,
    "POST /officers/counter/absent": DESKS,
    "POST /officers/counter/hold": DESKS,
    "POST /officers/counter/back": DESKS,
    "POST /officers/counter/transfer": DESKS,
    "POST /officers/counter/finish": DESKS,
    "GET /officers/counters": SUPERVISOR,
    "POST /officers/counters": SUPERVISOR,
    "POST /officers/counters/{counter}": SUPERVISOR,
    "POST /officers/counters/{counter}/close": SUPERVISOR,
    "GET /officers/partners": SUPERVISOR,
    "POST /officers/partners": SUPERVISOR,
    "POST /officers/partners/{partner}": SUPERVISOR,
    "GET /officers/requests": DESKS | PARTNERS,
    "GET /officers/requests/part": DESKS | PARTNERS,
    "GET /officers/requests/new": DESKS,
    "POST /officers/requests/new": DESKS,
    "GET /officers/requests/{request_id}": DESKS | PARTNERS,
    "POST /officers/requests/{request_id}/seen": PARTNERS,
    "POST /officers/requests/{request_id}/answer": PARTNERS,
    "POST /officers/requests/{request_id}/close": DESKS,
    "GET /officers/people": SUPERVISOR,
    "GET /officers/people/new": SUPERVISOR,
    "POST /officers/people/new": SUPERVISOR,
    "GET /officers/people/{person}": SUPERVISOR,
    "POST /officers/people/{person}": SUPERVISOR,
    "POST /officers/people/{person}/disabled": SUPERVISOR,
    "POST /officers/people/{person}/password": SUPERVISOR,
    "POST /officers/people/{person}/second-factor": SUPERVISOR,
    "GET /officers/audit": READERS,
    "POST /officers/audit/export": READERS,
    "GET /officers/privacy": READERS,
    "GET /officers/privacy/subject": SUPERVISOR,
    "POST /officers/privacy/subject": SUPERVISOR,
    "GET /officers/privacy/subject/{asked}": SUPERVISOR,
    "POST /officers/privacy/subject/{asked}": SUPERVISOR,
    "GET /officers/privacy/breaches": READERS,
    "POST /officers/privacy/breaches": SUPERVISOR,
    "GET /officers/privacy/breaches/{breach}": READERS,
    "POST /officers/privacy/breaches/{breach}": SUPERVISOR,
    "GET /officers/privacy/breaches/{breach}/notice": READERS,
    "GET /officers/account": EVERYBODY,
    "POST /officers/account/sessions/{ended}/end": EVERYBODY,
    "GET /officers/account/password": EVERYBODY,
    "POST /officers/account/password": EVERYBODY,
    "GET /officers/account/second-factor": EVERYBODY,
    "POST /officers/account/second-factor": EVERYBODY,
    "GET /officers/confirm": EVERYBODY,
    "POST /officers/confirm": EVERYBODY,
    "POST /officers/logout": EVERYBODY,
}
"""Who may, by method and path."""
BEFORE_SIGN_IN = {
    "GET /officers/login",
    "POST /officers/login",
    "GET /officers/login/code",
    "POST /officers/login/code",
    "GET /officers/oidc",
    "GET /officers/oidc/callback",
}
"""How one signs in."""
ENDLESS = {"GET /officers/events", "GET /o/{office}/display/events"}
"""A stream of events: who may not is refused at once, who may would be answered for ever."""


def routes(app: FastAPI) -> Iterator[str]:
    """Every method and path of the application's parts."""
    for part in app.routes:
        router = getattr(part, "original_router", None)
        for route in router.routes if router else [part]:
            if isinstance(route, APIRoute):
                yield from (f"{method} {route.path}" for method in sorted(route.methods))


def of_staff(app: FastAPI) -> set[str]:
    return {each for each in routes(app) if each.split()[1].startswith("/officers")}


def called(browser, route: str, **headers: str):
    method, path = route.split()
    path = re.sub(r"{\w+}", "0", path)
    return browser.request(method, path, headers=headers, data={} if method == "POST" else None)


def test_every_route_of_the_staff_says_who_may(http) -> None:
    assert of_staff(http.app) == MAY.keys() | BEFORE_SIGN_IN


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_the_table_says_and_nothing_else(staff: Staff, role: Role) -> None:
    browser = staff.signed_in(role, role)
    for route, roles in MAY.items():
        if route == "POST /officers/logout" or (route in ENDLESS and role in roles):
            continue
        answer = called(browser, route)
        refused = answer.status_code == 403 and "your role does not allow this" in answer.text
        assert refused == (role not in roles), (route, answer.status_code)
        assert answer.headers.get("Location") != "/officers/login", route


def test_nothing_of_the_staff_answers_who_is_not_signed_in(http) -> None:
    for route in MAY:
        answer = called(http, route)
        assert (answer.status_code, answer.headers.get("Location")) == (303, "/officers/login"), route


def test_nothing_that_changes_something_is_taken_from_another_site_whoever_is_signed_in(http, officer) -> None:
    changing = [each for each in routes(http.app) if not each.startswith(("GET", "HEAD"))]
    assert len(changing) > 20
    own, other = "https://central.example", "https://evil.example"
    for route in changing:
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Origin": own},
            {"Origin": other},
            {"Origin": "null"},
            {"Origin": "https://central.example.evil.example"},
        ):
            answer = called(http, route, **headers)
            assert (answer.status_code, "another site" in answer.text) == (403, True), (route, headers)


def test_the_same_is_taken_from_this_site(officer) -> None:
    """The control: it is the headers that are refused."""
    for headers in (
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://central.example"},
        {},
    ):
        assert "another site" not in called(officer, "POST /officers/next", **headers).text


def test_a_link_on_another_site_leads_to_a_page_and_its_scripts_read_none(officer) -> None:
    follows = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert officer.get("/officers", headers=follows).status_code == 200
    for mode in ("cors", "no-cors"):
        answer = officer.get("/officers", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode})
        assert answer.status_code == 403


def test_every_page_tells_browsers_to_be_strict_and_the_staffs_are_kept_nowhere(http, officer) -> None:
    wanted = {
        "Content-Security-Policy": "frame-ancestors 'none'",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=()",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
    }
    pages = [each for each in routes(http.app) if each.startswith("GET") and each not in ENDLESS]
    assert len(pages) > 10
    for route in pages:
        answer = called(officer, route)
        for name, value in wanted.items():
            assert value in answer.headers[name], route
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        if route in of_staff(http.app):
            assert answer.headers["Cache-Control"] == "no-store", route


def test_no_page_holds_a_script_or_a_style_of_its_own(http, officer) -> None:
    for route in of_staff(http.app):
        if route.startswith("GET") and route not in ENDLESS:
            page = called(officer, route).text
            assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=\"", page), route
