"""What is given for deployment can be read by those who must: compose's YAML, systemd's units."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from postgres import cluster

from central.__main__ import parser
from provisioning.__main__ import parser as provision_parser

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = (
    "kiosk-central@.service", "kiosk-central-back-up.service", "kiosk-central-back-up.timer", "kiosk-updates.service",
    "kiosk-updates.timer",
)  # fmt: skip
LARGEST_EXPOSURE = 2.0
wants_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


@pytest.fixture
def units(tmp_path: Path) -> dict[str, Path]:
    """The units, with a program that is here in the place of the one that is not installed."""
    written = {}
    for name in UNITS:
        file = written[name] = tmp_path / name.replace("@.", "@8441.")
        file.write_text(re.sub("/opt/anjungan/bin/kiosk-(central|provision)", "/bin/true", (DEPLOY / name).read_text()))
    return written


@wants_systemd
def test_systemd_finds_nothing_wrong_with_the_units(units: dict[str, Path]) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, units.values())], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@wants_systemd
@pytest.mark.parametrize("name", [each for each in UNITS if each.endswith(".service")])
def test_the_services_are_exposed_as_little_as_they_can_be(units: dict[str, Path], name: str) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(units[name])],
        capture_output=True,
        text=True,
    )
    (exposure,) = re.findall(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert float(exposure) <= LARGEST_EXPOSURE


def test_the_units_run_commands_that_there_are() -> None:
    for name in ("kiosk-central@.service", "kiosk-central-back-up.service"):
        (command,) = re.findall(r"bin/kiosk-central ([^'\n]+)", (DEPLOY / name).read_text())
        named = re.sub(r'"|\$\(.*\)', "", command.replace("%i", "8441"))
        parser().parse_args(named.split())
    (command,) = re.findall(r"bin/kiosk-provision ([^\n]+)", (DEPLOY / "kiosk-updates.service").read_text())
    provision_parser().parse_args(command.split())


def test_the_compose_file_names_only_what_there_is() -> None:
    held = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = held["services"]
    assert {"database", "proxy", "server-1", "server-2"} == set(services)
    for each in services.values():
        assert set(each["networks"]) <= set(held["networks"])
        assert set(each.get("depends_on", ())) <= set(services)
        named = [volume.split(":")[0] for volume in each["volumes"]]
        assert all(name.startswith("./") or name in held["volumes"] for name in named)
        mounted = [DEPLOY / name for name in named if name.startswith("./") and name != "./tls"]
        assert all(file.is_file() for file in mounted)
    server = services["server-1"]
    assert (DEPLOY / server["build"]["context"] / server["build"]["dockerfile"]).is_file()
    parser().parse_args(server["command"])
    assert "password" not in str(server["command"])


def test_the_image_installs_what_is_locked() -> None:
    copied = re.findall(r"-r /src/(\S+)", (DEPLOY / "Dockerfile").read_text())
    assert all((DEPLOY.parent / each).is_file() for each in copied)


def test_postgresql_starts_with_the_settings() -> None:
    lines = re.findall(r"^(\w+) = ([^#\n]+)", (DEPLOY / "postgresql.conf").read_text(), re.MULTILINE)
    asked = {name: value.strip() for name, value in lines}
    with cluster(asked | {"listen_addresses": "''", "shared_buffers": "128MB"}) as server:
        assert server.create()
    with pytest.raises(RuntimeError), cluster({"max_pred_lock_per_transaction": "512"}):
        pass
