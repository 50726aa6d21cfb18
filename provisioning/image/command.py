"""`kiosk-provision image`: the command line."""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kiosk.config import Settings, read_settings
from provisioning.image.bundle import Signer, write_bundle
from provisioning.image.disk import squash, write_disk
from provisioning.image.root import RootBuild, build_root, version_of
from provisioning.image.stick import write_stick
from provisioning.image.tools import BuildFailed, missing_tools

SOURCE = Path(__file__).parent.parent.parent
GIVEN = {
    "--usb-devices": "the USB devices of the kiosks it is for, as detect writes them",
    "--update-root": "the first root of the publishers of updates",
}
"""Options of apply that are handed on to it."""
PYTHON = (3, 11)
"""Debian 12's, for whose wheels the image is made."""


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `image` to the commands of kiosk-provision."""
    one = commands.add_parser("image", help="build a disk that boots into the kiosk")
    one.set_defaults(run=run)
    one.add_argument("--out", type=Path, required=True, metavar="FILE", help="the disk, for a box or an emulator")
    one.add_argument("--bundle", type=Path, metavar="FILE", help="a bundle too, for kiosks that run another image")
    one.add_argument("--key", type=Path, metavar="FILE", help="what the bundle is signed with, PEM")
    one.add_argument("--certificate", type=Path, metavar="FILE", help="the image takes bundles signed by its key, PEM")
    one.add_argument("--config", type=Path, required=True, metavar="FILE", help="kiosk.toml of the kiosks it is for")
    for option, what in GIVEN.items():
        one.add_argument(option, type=Path, metavar="FILE", help=what)
    one.add_argument("--stick", type=Path, metavar="FILE", help="a USB stick that puts it on a box's disk, too")
    one.add_argument("--work", type=Path, metavar="DIR", help="where to build, 5 GB; a folder of its own if left out")
    one.add_argument("--new-packages", action="store_true", help="take the newest packages and write their list anew")


def run(arguments: argparse.Namespace) -> int:
    """Builds the image; returns the exit status. Raises ConfigError where the configuration cannot be used."""
    settings = read_settings(arguments.config)
    given = _applied(arguments, settings)
    problems = [*_problems(given), *_problems_of_bundle(arguments)]
    for problem in problems:
        print(f"kiosk-provision: {problem}", file=sys.stderr)
    if problems:
        return 2
    if arguments.work:
        arguments.work.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="anjungan-image-", dir=arguments.work) as work:
            _build(arguments, RootBuild(SOURCE, Path(work), given, arguments.certificate, arguments.new_packages))
    except BuildFailed as error:
        print(f"kiosk-provision: {error}", file=sys.stderr)
        return 1
    for made in filter(None, (arguments.out, arguments.bundle, arguments.stick)):
        print(f"{made}: {made.stat().st_size // 1_000_000} MB")
    return 0


def _build(arguments: argparse.Namespace, build: RootBuild) -> None:
    """Makes the disk, and the bundle and the stick where they are asked for."""
    root = build_root(build)
    squashed = squash(root, build.work)
    write_disk(root, squashed, build.work, arguments.out)
    if arguments.bundle:
        signer = Signer(arguments.key, arguments.certificate)
        write_bundle(squashed, version_of(build.source), signer, build.work, arguments.bundle)
    if arguments.stick:
        write_stick(root, arguments.out, build.work, arguments.stick)


def _applied(arguments: argparse.Namespace, settings: Settings) -> dict[str, Path]:
    """The options of apply, each with its file."""
    files = {"--config": arguments.config, "--ca": settings.central.ca}
    for option in GIVEN:
        file = getattr(arguments, option.removeprefix("--").replace("-", "_"))
        if file:
            files[option] = file
    return {option: file.resolve() for option, file in files.items()}


def _problems(files: Mapping[str, Path]) -> list[str]:
    """What must be mended before anything is built."""
    problems = [f"{tool} is missing: apt-get install {package}" for tool, package in missing_tools()]
    if os.geteuid() != 0:
        problems.append("an image is built by root, who owns the files in it")
    if sys.version_info[:2] != PYTHON:
        problems.append("run this by Python 3.11, as the image has Debian 12's and takes the wheels made for it")
    if not (SOURCE / "requirements" / "base.txt").is_file():
        problems.append(f"{SOURCE} is no checkout; an image is built from one")
    problems += [f"{option}: {file} is not a file" for option, file in files.items() if not file.is_file()]
    return problems


def _problems_of_bundle(arguments: argparse.Namespace) -> list[str]:
    files = {"--key": arguments.key, "--certificate": arguments.certificate}
    problems = [f"{option}: {file} is not a file" for option, file in files.items() if file and not file.is_file()]
    if arguments.bundle:
        problems += [f"--bundle wants {option} too" for option, file in files.items() if not file]
        if shutil.which("rauc") is None:
            problems.append("rauc is missing: apt-get install rauc")
    return problems
