"""The central server over HTTPS, on a clock that is passed in, and a real browser that looks at its pages."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from listening import listening
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.orm import Session
from wire import DAY, MORNING, PASSWORD, Clock

from central.app import create_app
from central.database import for_writing, open_database
from central.demo import DEMO_OFFICE, load_demo
from central.people.login import add_officer
from central.people.roles import Role

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""What axe-core is asked for: WCAG 2.2, levels A and AA, and its own advice."""


@dataclass(frozen=True)
class Site:
    """A server that listens: its address, its application, its data and its clock."""

    url: str
    app: FastAPI
    data: Path
    clock: Clock


@pytest.fixture(scope="session")
def office_of_the_web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo office and one officer of each role, named as the role; made once."""
    folder = tmp_path_factory.mktemp("office") / "data"
    engine = open_database(folder)
    with Session(for_writing(engine)) as session, session.begin():
        load_demo(session, folder, DAY, MORNING, at_any_hour=False, public_url="https://localhost")
        for role in Role:
            add_officer(session, DEMO_OFFICE, role, PASSWORD, frozenset({role}))
    engine.dispose()
    return folder


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def site(office_of_the_web: Path, tmp_path: Path, authority: trustme.CA) -> Iterator[Site]:
    """A server of its own for the test, at 08.00 of a Tuesday."""
    data, clock = Path(shutil.copytree(office_of_the_web, tmp_path / "data")), Clock()
    app = create_app(data, clock.now)
    with listening(app, authority) as url:
        yield Site(url, app, data, clock)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens a page of its own browser session; keywords are those of Playwright's contexts (viewport, locale …). An
    error of the page's own scripts, or something that its content policy forbids, fails the test.
    """
    contexts, problems = [], []

    def opened(**settings: object) -> Page:
        wanted = {"locale": "id-ID", "viewport": {"width": 1280, "height": 800}} | settings
        context = browser.new_context(base_url=site.url, ignore_https_errors=True, **wanted)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not problems


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A visitor's page, 1280 × 800, in Indonesian."""
    return new_page()


def signs_in(page: Page, role: str) -> Page:
    """Signs the officer of that role in."""
    page.goto("/officers/login")
    page.get_by_label("Nama").fill(role)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url("**/officers/account")
    return page


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA on the page as it is, one line each."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]
