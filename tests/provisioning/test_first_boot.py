"""A box that starts for the first time asks for its code until one does."""

import io
import ssl
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from kiosk.config import settings_from
from kiosk.errors import CentralRefused, CentralUnreachable
from kiosk.identity import Identity
from kiosk.model import EnrolmentProblem
from provisioning.first_boot import DONE, answer_codes, problem_of, run, try_code

Central = tuple[str, Callable[[], str]]


def test_codes_are_tried_until_one_does_and_the_screen_is_told_of_each() -> None:
    answers = io.StringIO()
    typed = io.StringIO("AAAAAAAAAA\nBBBBBBBBBB\nCCCCCCCCCC\n")
    tried: list[str] = []

    def try_one(code: str) -> EnrolmentProblem | None:
        tried.append(code)
        return None if code.startswith("B") else EnrolmentProblem.REFUSED

    assert answer_codes(typed, answers, try_one)
    assert tried == ["AAAAAAAAAA", "BBBBBBBBBB"]
    assert answers.getvalue().split() == ["refused", DONE]


def test_a_screen_that_goes_away_without_a_code_is_no_enrolment() -> None:
    assert not answer_codes(io.StringIO(""), io.StringIO(), lambda code: None)


def test_a_code_of_the_true_server_makes_an_identity_and_a_wrong_one_is_refused(
    central: Central, ca: Path, tmp_path: Path
) -> None:
    url, code = central
    folder = tmp_path / "data"
    folder.mkdir()
    settings = settings_from({"central": {"url": url, "ca": str(ca)}, "data": {"dir": str(folder)}}, tmp_path)
    assert try_code(settings, "0000000000") == EnrolmentProblem.REFUSED
    assert not list(folder.iterdir())
    assert try_code(settings, code().replace("-", "")) is None
    assert Identity.load(folder).office == "PYK"


def test_a_certificate_that_nobody_vouches_for_is_told_from_a_dead_line() -> None:
    error = CentralUnreachable("no answer")
    assert problem_of(error) == EnrolmentProblem.UNREACHABLE
    error.__cause__ = ssl.SSLCertVerificationError("unknown authority")
    assert problem_of(error) == EnrolmentProblem.DISTRUSTED
    assert problem_of(CentralRefused("wrong code")) == EnrolmentProblem.REFUSED


def test_an_enrolled_box_is_not_asked(tmp_path: Path, ca: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(f'[central]\nurl = "https://central.example"\nca = "{ca}"\n[data]\ndir = "data"\n')
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "identity.json").write_text("{}")
    assert run(Namespace(config=config)) == 0
