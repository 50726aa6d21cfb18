"""kiosk-provision enrol: a code becomes an identity, over verified HTTPS; every refusal says what to do."""

import socket
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from kiosk.client import Client
from kiosk.identity import Identity
from provisioning.__main__ import main


class Technician:
    """Types the command; `said` is what the screen shows after it."""

    def __init__(self, config: Path, ca: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.config, self.ca, self._capfd = config, ca, capfd
        self.said = ""

    def enrols(self, server: str, code: str, *more: str, ca: Path | None = None) -> int:
        arguments = [
            "--server",
            server,
            "--ca",
            str(ca or self.ca),
            "--code",
            code,
            "--config",
            str(self.config),
            *more,
        ]
        status = main(["enrol", *arguments])
        captured = self._capfd.readouterr()
        self.said = captured.out + captured.err
        return status

    @property
    def data(self) -> Path:
        return self.config.parent / "data"


@pytest.fixture
def technician(config: Path, ca: Path, capfd: pytest.CaptureFixture[str]) -> Technician:
    return Technician(config, ca, capfd)


def test_a_code_becomes_an_identity_that_the_server_believes(technician, central) -> None:
    url, code = central
    assert technician.enrols(url, code(), "--name", "Anjungan Timur") == 0
    assert "enrolled as Anjungan Timur of PYK" in technician.said
    identity = Identity.load(technician.data)
    client = Client(url, technician.ca, identity, lambda: datetime.now(UTC))
    snapshot, _ = client.snapshot("")
    client.close()
    assert snapshot.office.id == identity.office
    assert stat.S_IMODE((technician.data / "kiosk.key").stat().st_mode) == 0o600


def test_an_enrolled_kiosk_keeps_its_identity_and_the_code_its_worth(technician, central) -> None:
    url, code = central
    technician.enrols(url, code())
    first, fresh = Identity.load(technician.data), code()
    assert technician.enrols(url, fresh) == 1
    assert "enrolled already" in technician.said
    assert Identity.load(technician.data).kiosk_id == first.kiosk_id
    technician.data.rename(technician.data.with_name("aside"))
    assert technician.enrols(url, fresh) == 0
    assert Identity.load(technician.data).digit == first.digit + 1


def test_a_wrong_code_leaves_nothing_behind(technician, central) -> None:
    assert technician.enrols(central[0], "0000000000") == 1
    assert "the enrolment code is wrong, used or expired; ask for a new one" in technician.said
    assert list(technician.data.iterdir()) == []


def test_a_server_that_is_not_there_is_named(technician) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"https://localhost:{free.getsockname()[1]}"
    assert technician.enrols(url, "0000000000") == 1
    assert f"{url}: the central server does not answer" in technician.said
    assert "check the address and the network" in technician.said


def test_a_foreign_certificate_is_not_given_the_code(technician, html) -> None:
    url = html(trustme.CA())
    assert technician.enrols(url, "0000000000") == 1
    assert f"{url} has a certificate that --ca does not vouch for" in technician.said


def test_a_server_that_answers_html_is_not_the_central_server(technician, html, authority) -> None:
    assert technician.enrols(html(authority), "0000000000") == 1
    assert "not the central server" in technician.said


def test_every_problem_is_told_at_once_and_the_code_is_not_used_up(technician, central) -> None:
    url, code = central
    technician.config.write_text('[central]\nurll = "https://x"\nca = "ca.pem"\n')
    not_pem = technician.config.parent / "not.pem"
    not_pem.write_text("hello")
    fresh = code()
    assert technician.enrols(url.replace("https", "http"), fresh, ca=not_pem) == 2
    for words in ("--server:", "not.pem cannot be used: is not a certificate", "did you mean 'url'", "[data]: missing"):
        assert words in technician.said
    technician.config.write_text(f'[central]\nurl = "{url}"\nca = "ca.pem"\n\n[data]\ndir = "data"\n')
    assert technician.enrols(url, fresh) == 0


def test_a_data_folder_that_cannot_be_made_is_found_before_the_code_is_used_up(technician, central) -> None:
    technician.data.write_text("a file is in the way")
    url, code = central
    fresh = code()
    assert technician.enrols(url, fresh) == 2
    assert "[data] dir:" in technician.said
    technician.data.unlink()
    assert technician.enrols(url, fresh) == 0


def test_another_server_than_the_configurations_is_pointed_out(technician, central) -> None:
    text = technician.config.read_text()
    technician.config.write_text(text.replace(central[0], "https://central.example"))
    assert technician.enrols(central[0], central[1]()) == 0
    assert "will speak to https://central.example" in technician.said


def test_wrong_use_ends_with_2() -> None:
    for arguments in ([], ["enrol"], ["enroll"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
