"""The units of updates: what they run is there, they are in order, and systemd understands them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from provisioning.__main__ import parser
from provisioning.updates.units import UNITS
from provisioning.updates.versions import PROVEN

FOLDER = Path(__file__).parents[2] / "provisioning/system/etc/systemd/system"
BACK = "anjungan-technician-roll-back.service"
SERVICES = ("anjungan-update.service", "anjungan-update-boot.service", BACK)
TIMERS = ("anjungan-update.timer", "anjungan-update-trial.timer")


def setting(unit: str, name: str) -> str:
    """The value of a setting that a unit has once."""
    (line,) = (each for each in (FOLDER / unit).read_text().splitlines() if each.startswith(f"{name}="))
    return line.partition("=")[2]


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_runs_a_command_of_the_proven_version_that_may_write_where_updates_are(unit: str) -> None:
    program, *arguments = setting(unit, "ExecStart").split()
    assert program == f"/opt/anjungan/{PROVEN}/bin/kiosk-provision"
    assert parser().parse_args(arguments).run
    assert "/opt/anjungan" in setting(unit, "ReadWritePaths").split()
    assert setting(unit, "StateDirectory") == "anjungan-update"


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_that_takes_back_tells_it_into_the_cores_folder(unit: str) -> None:
    assert "-/var/lib/anjungan" in setting(unit, "ReadWritePaths").split()
    assert setting(unit, "CapabilityBoundingSet") == "CAP_DAC_OVERRIDE"


def test_what_was_cut_off_is_ended_before_anything_of_the_kiosk_runs() -> None:
    assert set(UNITS) < set(setting("anjungan-update-boot.service", "Before").split())
    assert setting("anjungan-update-boot.service", "RemainAfterExit") == "yes"


@pytest.mark.parametrize("unit", [*SERVICES, *TIMERS])
def test_systemd_understands_it(unit: str, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("systemd-analyze is not installed")
    for each in (*SERVICES, *TIMERS):
        text = (FOLDER / each).read_text()
        (tmp_path / each).write_text(text.replace(f"/opt/anjungan/{PROVEN}/bin/kiosk-provision", "/bin/true"))
    done = subprocess.run([analyze, "verify", "--man=no", tmp_path / unit], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "anjungan" in line]
    assert complaints == []


@pytest.mark.parametrize(
    ("unit", "most"), [("anjungan-update.service", "20"), ("anjungan-update-boot.service", "10"), (BACK, "10")]
)
def test_it_is_hardened(unit: str, most: str) -> None:
    """In tenths. The update itself is root's, with the network."""
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("systemd-analyze is not installed")
    command = [analyze, "security", "--offline=true", f"--threshold={most}", FOLDER / unit]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-200:]
