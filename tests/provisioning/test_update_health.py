"""Probes: a version's programs with time limits; what fails is told in the program's own words."""

import time
from pathlib import Path

import pytest
from update_site import Box, utc, version_folder

from kiosk.__main__ import parser
from provisioning.updates.health import PROBES, Failed, NoUnits, Probe, first_failed
from provisioning.updates.memory import Memory, Trial
from provisioning.updates.release import Release, pack
from provisioning.updates.update import Updating
from provisioning.updates.versions import CURRENT


def probe(seconds: float = 20) -> Probe:
    return Probe("it works", ("bin/kiosk", "{config}", "{scratch}"), seconds)


def failed(tmp_path: Path, probes: str, seconds: float = 20) -> Failed | None:
    version = version_folder(tmp_path / "v", probes)
    return first_failed(version, Path("/etc/kiosk.toml"), [probe(seconds)], NoUnits())


def test_a_probe_gets_the_configuration_and_a_folder_that_is_gone_afterwards(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    assert failed(tmp_path, f'touch "$2/x" && echo "$1 $2" > {seen}') is None
    config, scratch = seen.read_text().split()
    assert config == "/etc/kiosk.toml"
    assert not Path(scratch).exists()


def test_what_a_failing_program_said_last_is_told(tmp_path: Path) -> None:
    assert str(failed(tmp_path, "echo no paper >&2; exit 3")) == "it works: no (status 3: no paper)"


def test_a_program_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    began = time.monotonic()
    told = failed(tmp_path, "sleep 60 & sleep 60", seconds=0.3)
    assert told
    assert "did not end within" in told.said
    assert time.monotonic() - began < 30


def test_a_program_that_is_not_there_fails(tmp_path: Path) -> None:
    assert "does not start" in str(first_failed(tmp_path, tmp_path, [probe()], NoUnits()))


@pytest.mark.parametrize("one", PROBES, ids=lambda one: one.name)
def test_every_probe_is_a_command_of_the_kiosk(one: Probe) -> None:
    program, *arguments = one.command
    assert program == "bin/kiosk"
    assert parser().parse_args(arguments).run


class Failing(NoUnits):
    """A kiosk that does not keep running once it was started with another version."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self.did: list[str] = []

    def stop(self) -> None:
        self.did.append("stop")

    def start(self) -> Failed | None:
        self.did.append(f"start {self._box.links[0]}")
        return (
            Failed("the kiosk keeps running", "anjungan-ui.service: failed")
            if self._box.links[2] != self._box.links[0]
            else None
        )


def test_an_error_while_the_kiosk_is_stopped_does_not_leave_it_so(tmp_path: Path) -> None:
    box = Box(tmp_path / "box", "https://localhost", tmp_path / "ca.pem", b"")
    version_folder(box.versions.place("0.2.0"))
    running, memory = Failing(box), Memory(tmp_path / "memory")
    memory.begin(Trial("0.1.0", "0.2.0", utc()))
    box.versions.point(CURRENT, "0.2.0")
    broken = [Probe("it works", ("bin/kiosk", "{no_such_place}"), 5)]
    updating = Updating(box.versions, memory, box.config, running, broken, utc, print)
    with pytest.raises(KeyError):
        updating.update(lambda: pytest.fail("nobody need be asked"), None)
    assert running.did == ["stop", "start 0.2.0"]


def test_a_version_whose_units_do_not_keep_running_is_taken_back_and_the_former_one_started(tmp_path: Path) -> None:
    box = Box(tmp_path / "box", "https://localhost", tmp_path / "ca.pem", b"")
    archive, release = tmp_path / "a.tar.gz", Release("0.2.0")
    pack(version_folder(tmp_path / "made"), archive)
    box.versions.install(archive, release.version)
    running, said = Failing(box), []
    memory = Memory(tmp_path / "memory")
    updating = Updating(box.versions, memory, box.config, running, PROBES, utc, said.append)
    memory.begin(Trial("0.1.0", release.version, utc()))
    box.versions.point(CURRENT, release.version)
    assert not updating.update(lambda: pytest.fail("nobody need be asked"), None)
    assert running.did == ["stop", "start 0.2.0", "stop", "start 0.1.0"]
    assert box.links == ("0.1.0", None, "0.1.0")
    assert "anjungan-ui.service: failed" in memory.refused()["0.2.0"]
