"""A box that starts for the first time is set up by its true window, over true pipes; and only once."""

import os
import ssl
import sys
from argparse import Namespace
from pathlib import Path
from pwd import getpwuid
from threading import Event, Thread

import pytest
from boxes import Box
from site_to_set_up import Site
from sqlalchemy import Engine
from waiting import Office

from kiosk.config import read_settings
from kiosk.errors import CentralRefused, CentralUnreachable
from kiosk.identity import Identity
from kiosk.model import EnrolmentProblem
from provisioning.disk import Disk
from provisioning.first_boot import is_done, run
from provisioning.machine import Machine
from provisioning.progress import PROGRESS, keep_progress
from provisioning.screen_process import Screen, ScreenGone
from provisioning.set_up import problem_of
from provisioning.wizard import Progress

HAND = str(Path(__file__).with_name("set_up_hand.py"))
USER = getpwuid(os.getuid()).pw_name


def window_of(site: Site, words: list[str]) -> Screen:
    """The true window's program, and a hand before it."""
    command = [sys.executable, HAND, "|".join(words), "ui", "--config", str(site.config), "--ask-code"]
    return Screen(command, os.environ | {"SDL_VIDEODRIVER": "offscreen"}, USER)


def test_the_true_window_is_typed_at_and_the_box_is_a_kiosk(site: Site) -> None:
    with site.set_up() as set_up, window_of(site, ["English", *site.code(), "Next"]) as window:
        set_up.go_on(window)
    assert set_up.is_over
    assert Identity.load(site.data).office == "PYK"
    assert not site.machine.at(PROGRESS).exists()


def test_the_true_window_waits_for_the_approval_and_goes_on_by_itself(
    site: Site, central_database: tuple[Path, Engine]
) -> None:
    office, over = Office(central_database[1]), Event()

    def officer() -> None:
        while not (found := office.waiting()) and not over.wait(0.05):
            pass
        office.approves(found[0])

    approving = Thread(target=officer, daemon=True)
    approving.start()
    with site.set_up() as set_up, window_of(site, ["English", *office.code(), "Next"]) as window:
        set_up.go_on(window)
    over.set()
    approving.join()
    assert set_up.is_over
    assert set_up.progress.approved


def test_a_window_that_is_ended_leaves_the_set_up_where_it_was(site: Site) -> None:
    site.machine.at("sys/class/net/eth0/carrier").write_text("0\n")
    with site.set_up() as set_up, window_of(site, ["Lanjut", "DIE"]) as window, pytest.raises(ScreenGone):
        set_up.go_on(window)
    with site.set_up() as again:
        assert again.progress.went_on


def test_a_certificate_that_nobody_vouches_for_is_told_from_a_dead_line() -> None:
    error = CentralUnreachable("no answer")
    assert problem_of(error) == EnrolmentProblem.UNREACHABLE
    error.__cause__ = ssl.SSLCertVerificationError("unknown authority")
    assert problem_of(error) == EnrolmentProblem.DISTRUSTED
    assert problem_of(CentralRefused("wrong code")) == EnrolmentProblem.REFUSED


@pytest.fixture
def enrolled(tmp_path: Path, ca: Path) -> Path:
    """The configuration of a box that has an identity."""
    config = Box(tmp_path).file(
        "kiosk.toml", f'[central]\nurl = "https://central.example"\nca = "{ca}"\n[data]\ndir = "data"'
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "identity.json").write_text("{}")
    return config


def test_an_enrolled_box_is_not_asked(enrolled: Path) -> None:
    assert run(Namespace(config=enrolled)) == 0


def test_an_enrolled_box_whose_set_up_was_cut_off_is(enrolled: Path, tmp_path: Path) -> None:
    machine, settings = Machine(tmp_path), read_settings(enrolled)
    assert is_done(machine, settings)
    keep_progress(machine, Progress(touched=True), Disk())
    assert not is_done(machine, settings)
    (tmp_path / "data" / "identity.json").unlink()
    (tmp_path / PROGRESS).unlink()
    assert not is_done(machine, settings)
