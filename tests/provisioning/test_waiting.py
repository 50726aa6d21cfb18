"""A kiosk whose code has to be approved: it says its letters, waits at the command and on the screen, and goes on."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from power import QuickDisk
from site_to_set_up import Site, goes_on
from sqlalchemy import Engine
from waiting import Office

from kiosk.client import Client
from kiosk.errors import CentralUnreachable, NotApproved
from kiosk.identity import IDENTITY_FILE, KEY_FILE, Identity, enrolment_key, public_key_text
from kiosk.model import EnrolmentProblem
from kiosk.set_up_lines import CodeGiven, Page, Shown
from provisioning.__main__ import main
from provisioning.check import findings_of
from provisioning.enrol import await_approval, exchange
from provisioning.finding import Verdict
from provisioning.machine import BoxError, Machine
from provisioning.progress import kept_progress
from provisioning.zone import zone_of


@pytest.fixture
def office(central_database: tuple[Path, Engine], central: object) -> Office:
    return Office(central_database[1])


@pytest.fixture
def waiting_site(site: Site, office: Office) -> Site:
    """A site whose codes have to be approved."""
    site.code = office.code
    return site


# ------------------------------------------------------------ the command


def test_enrol_says_the_letters_and_ends_once_they_were_approved(config, ca, central, office, capfd) -> None:
    enrolled = Event()

    def officer() -> None:
        while not (found := office.waiting()) and not enrolled.wait(0.05):
            pass
        office.approves(found[0])

    approving = Thread(target=officer, daemon=True)
    approving.start()
    assert main(["enrol", "--config", str(config), "--code", office.code()]) == 0
    enrolled.set()
    approving.join()
    identity = Identity.load(config.parent / "data")
    assert f"Its letters: {identity.check_text}" in capfd.readouterr().out
    client = Client(central[0], ca, identity, Machine().now)
    assert client.snapshot("")
    client.close()


@pytest.fixture
def enrolled(config: Path, ca: Path, central, office: Office) -> Path:
    """The data folder of a kiosk that waits."""
    exchange(office.code(), central[0], ca, config.parent / "data")
    return config.parent / "data"


def test_it_waits_for_as_long_as_nobody_says_anything(enrolled: Path, ca: Path, central, office: Office) -> None:
    pauses = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            office.approves(Identity.load(enrolled).check_text)

    await_approval(enrolled, central[0], ca, pause)
    assert len(pauses) == 3


def test_who_does_not_want_to_wait_leaves_a_kiosk_that_does(enrolled: Path, ca: Path, central, capfd) -> None:
    def pause(_: float) -> None:
        raise KeyboardInterrupt

    await_approval(enrolled, central[0], ca, pause)
    assert "it goes on by itself once it is approved" in capfd.readouterr().out
    client = Client(central[0], ca, Identity.load(enrolled), Machine().now)
    with pytest.raises(NotApproved):
        client.snapshot("")
    client.close()


def test_a_kiosk_that_was_refused_has_no_identity_any_more_and_says_what_to_do(
    enrolled: Path, ca: Path, central, office: Office
) -> None:
    office.refuses(Identity.load(enrolled).check_text)
    with pytest.raises(BoxError, match="did not approve this kiosk; ask there why, then use a new code"):
        await_approval(enrolled, central[0], ca)
    assert not (enrolled / IDENTITY_FILE).exists()
    assert not (enrolled / KEY_FILE).exists()
    assert exchange(office.code(), central[0], ca, enrolled).approved is False


def test_the_same_code_makes_the_same_kiosk_after_the_answer_was_lost(
    config: Path, ca: Path, central, office: Office
) -> None:
    folder, code = config.parent / "data", office.code()
    with pytest.raises(CentralUnreachable):
        exchange(code, "https://localhost:1", ca, folder)
    key = public_key_text(enrolment_key(folder))
    once = exchange(code, central[0], ca, folder)
    # The power went before the answer was on the disk.
    (folder / IDENTITY_FILE).unlink()
    assert exchange(code, central[0], ca, folder) == once
    assert public_key_text(Identity.load(folder).key) == key


# ------------------------------------------------------------ the screen


def test_the_screen_shows_the_letters_and_goes_on_by_itself(waiting_site: Site, office: Office) -> None:
    def asks_the_office(shown: Shown) -> None:
        assert shown.check_text == Identity.load(waiting_site.data).check_text
        office.approves(shown.check_text)

    technician = waiting_site.goes_through(code=waiting_site.types, approval=asks_the_office)
    assert technician.pages == [Page.CODE, Page.APPROVAL, Page.READY]
    assert technician.touches == 11
    assert zone_of(waiting_site.machine) == "Asia/Jakarta"
    assert kept_progress(waiting_site.machine) is None


def test_a_kiosk_that_is_refused_comes_back_to_the_code_and_says_why(waiting_site: Site, office: Office) -> None:
    told: list[EnrolmentProblem | None] = []

    def types(shown: Shown) -> CodeGiven | None:
        told.append(shown.problem)
        return waiting_site.types(shown) if shown.problem or len(told) == 1 else None

    def asks_the_office(shown: Shown) -> None:
        (office.approves if EnrolmentProblem.NOT_APPROVED in told else office.refuses)(shown.check_text)

    technician = waiting_site.goes_through(code=types, approval=asks_the_office, ready=goes_on)
    assert technician.pages == [Page.CODE, Page.APPROVAL, Page.CODE, Page.APPROVAL, Page.READY]
    first, second = {each.check_text: 1 for each in technician.seen if each.page is Page.APPROVAL}
    assert first != second


class PowerGone(Exception):
    pass


def test_after_a_power_cut_it_waits_on_with_the_same_letters(waiting_site: Site, office: Office) -> None:
    seen: list[str] = []

    def now() -> datetime:
        """The server is asked again, and the power goes."""
        if seen:
            raise PowerGone
        return datetime.now(UTC)

    machine, waiting_site.machine = waiting_site.machine, Machine(waiting_site.box.root, now=now)
    with pytest.raises(PowerGone):
        waiting_site.goes_through(code=waiting_site.types, approval=lambda shown: seen.append(shown.check_text))
    waiting_site.machine, waiting_site.disk = machine, QuickDisk()

    def asks_the_office(shown: Shown) -> None:
        seen.append(shown.check_text)
        office.approves(shown.check_text)

    technician = waiting_site.goes_through(approval=asks_the_office, ready=goes_on)
    assert technician.pages == [Page.APPROVAL, Page.READY]
    assert len({*seen}) == 1


def test_check_says_that_it_waits_and_with_which_letters(waiting_site: Site, central, office: Office) -> None:
    ca = waiting_site.machine.at("etc/anjungan/central-ca.pem")
    exchange(office.code(), central[0], ca, waiting_site.data)
    (found,) = [each for each in findings_of(waiting_site.machine) if each.name == "central"]
    assert found.verdict is Verdict.BROKEN
    assert found.measured == f"it waits for its approval; its letters: {Identity.load(waiting_site.data).check_text}"
    assert "goes on by itself" in found.remedy_in("en")
