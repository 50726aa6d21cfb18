"""A system bundle: signed, of the version that it says, for the system that takes it; by RAUC itself."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from provisioning.image.bundle import SYSTEM_CONF, Signer, write_bundle

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("rauc", "mksquashfs", "openssl"))), reason="not installed: rauc, squashfs-tools, openssl"
)


def signer(folder: Path, name: str) -> Signer:
    key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], capture_output=True, check=True)
    return Signer(key, certificate)


def read(bundle: Path, trusted: Signer, folder: Path) -> "subprocess.CompletedProcess[str]":
    """What a kiosk with the image's own configuration makes of it, whose keyring is of one signer."""
    conf = folder / "system.conf"
    conf.write_text(SYSTEM_CONF.read_text().replace("/etc/rauc/keyring.pem", str(trusted.certificate)))
    command = ["rauc", f"--conf={conf}", "info", "--output-format=json", str(bundle)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_bundle_is_what_it_says_and_only_its_signers_kiosks_take_it(tmp_path: Path) -> None:
    squashed, out = tmp_path / "root.squashfs", tmp_path / "anjungan.raucb"
    squashed.write_bytes(bytes(range(256)) * 16)
    ours, theirs = signer(tmp_path, "ours"), signer(tmp_path, "theirs")
    write_bundle(squashed, "1.2.3", ours, tmp_path, out)
    told = read(out, ours, tmp_path)
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout[told.stdout.index("{") :])
    assert (found["compatible"], found["version"]) == ("anjungan-x86_64", "1.2.3")
    refused = read(out, theirs, tmp_path)
    assert refused.returncode != 0
    assert "signature verification failed" in refused.stderr
