"""`kiosk-provision image`: the command line."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from kiosk.config import Settings, read_settings
from provisioning.image.disk import write_disk
from provisioning.image.root import RootBuild, build_root
from provisioning.image.stick import write_stick
from provisioning.image.tools import BuildFailed, missing_tools

SOURCE = Path(__file__).parent.parent.parent
PYTHON = (3, 11)
"""Debian 12's, for whose wheels the image is made."""


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `image` to the commands of kiosk-provision."""
    one = commands.add_parser("image", help="build a disk that boots into the kiosk")
    one.set_defaults(run=run)
    one.add_argument("--out", type=Path, required=True, metavar="FILE", help="the disk, for a box or an emulator")
    one.add_argument("--config", type=Path, required=True, metavar="FILE", help="kiosk.toml of the kiosks it is for")
    one.add_argument("--stick", type=Path, metavar="FILE", help="a USB stick that puts it on a box's disk, too")
    one.add_argument("--work", type=Path, metavar="DIR", help="where to build, 5 GB; a folder of its own if left out")
    one.add_argument("--new-packages", action="store_true", help="take the newest packages and write their list anew")


def run(arguments: argparse.Namespace) -> int:
    """Builds the image; returns the exit status. Raises ConfigError where the configuration cannot be used."""
    settings = read_settings(arguments.config)
    problems = _problems(settings)
    for problem in problems:
        print(f"kiosk-provision: {problem}", file=sys.stderr)
    if problems:
        return 2
    if arguments.work:
        arguments.work.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="anjungan-image-", dir=arguments.work) as work:
            build = RootBuild(SOURCE, Path(work), arguments.config, settings.central.ca, arguments.new_packages)
            root = build_root(build)
            write_disk(root, Path(work), arguments.out)
            if arguments.stick:
                write_stick(root, arguments.out, Path(work), arguments.stick)
    except BuildFailed as error:
        print(f"kiosk-provision: {error}", file=sys.stderr)
        return 1
    for file in filter(None, (arguments.out, arguments.stick)):
        print(f"{file}: {file.stat().st_size // 1_000_000} MB")
    return 0


def _problems(settings: Settings) -> list[str]:
    """What must be mended before anything is built."""
    problems = [f"{tool} is missing: apt-get install {package}" for tool, package in missing_tools()]
    if os.geteuid() != 0:
        problems.append("an image is built by root, who owns the files in it")
    if sys.version_info[:2] != PYTHON:
        problems.append("run this by Python 3.11, as the image has Debian 12's and takes the wheels made for it")
    if not (SOURCE / "requirements" / "base.txt").is_file():
        problems.append(f"{SOURCE} is no checkout; an image is built from one")
    if not settings.central.ca.is_file():
        problems.append(f"[central] ca: {settings.central.ca} is not a file")
    return problems
