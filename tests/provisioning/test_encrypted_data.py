"""The keys of an encrypted data partition, on true LUKS2 headers: gone means that nothing opens it any more."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from provisioning.encrypted_data import MAPPED, PARTITION, TPM, data_is_locked_to_the_tpm, destroy_keys, is_encrypted
from provisioning.finding import Verdict
from provisioning.machine import BoxError, Machine, Ran, run

MOUNTED = f"{MAPPED} /data ext4 rw 0 0\n"
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
needs_cryptsetup = pytest.mark.skipif(not shutil.which("cryptsetup", path=PATH), reason="not installed: cryptsetup-bin")


def box(root: Path, mounts: str, has_tpm: bool) -> Machine:
    (root / "proc").mkdir(parents=True)
    (root / "proc/mounts").write_text(mounts)
    if has_tpm:
        (root / TPM).parent.mkdir(parents=True)
        (root / TPM).touch()
    return Machine(root)


@pytest.fixture
def partition(tmp_path: Path) -> Path:
    """A LUKS2 partition with two keys."""
    file, keys = tmp_path / "partition", [tmp_path / name for name in ("one", "two")]
    with file.open("wb") as stream:
        stream.truncate(20 << 20)
    for each in keys:
        each.write_bytes(os.urandom(64))
    quick = ["--batch-mode", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]
    for command in (["luksFormat", *quick, file, keys[0]], ["luksAddKey", *quick, "-d", keys[0], file, keys[1]]):
        subprocess.run(["cryptsetup", *command], check=True, env={"PATH": PATH})
    return file


def on(partition: Path, *, erases: bool = True) -> Machine:
    """A box whose data partition is that file."""

    def ran(command: Sequence[str]) -> Ran:
        if command[1] == "erase" and not erases:
            return Ran(1, "Device is read-only")
        return run([shutil.which(command[0], path=PATH) or "", *(str(partition) if each == PARTITION else each for each in command[1:])])  # fmt: skip  # noqa: E501

    return Machine(partition.parent, ran)


def opens(partition: Path) -> list[bool]:
    tried = [["cryptsetup", "open", "--test-passphrase", "-d", partition.with_name(name), partition] for name in ("one", "two")]  # fmt: skip  # noqa: E501
    return [
        subprocess.run(each, check=False, env={"PATH": PATH}, capture_output=True).returncode == 0 for each in tried
    ]


@needs_cryptsetup
def test_after_its_keys_are_destroyed_no_key_opens_it(partition) -> None:
    assert opens(partition) == [True, True]
    destroy_keys(on(partition))
    assert opens(partition) == [False, False]
    destroy_keys(on(partition))


@needs_cryptsetup
def test_a_key_that_is_left_is_told_of(partition) -> None:
    with pytest.raises(BoxError, match="2 of its keys are left"):
        destroy_keys(on(partition, erases=False))


@needs_cryptsetup
def test_a_header_that_cannot_be_looked_at_proves_nothing(partition) -> None:
    partition.write_bytes(bytes(20 << 20))
    with pytest.raises(BoxError, match="cannot be looked at"):
        destroy_keys(on(partition))


@pytest.mark.parametrize(
    ("mounts", "has_tpm", "verdict"),
    [
        (MOUNTED, True, Verdict.KEPT),
        ("/dev/vda3 /data ext4 rw 0 0\n", True, Verdict.BROKEN),
        ("/dev/vda3 /data ext4 rw 0 0\n", False, Verdict.UNKNOWN),
        ("/dev/vda2 / ext4 rw 0 0\n", True, Verdict.UNKNOWN),
    ],
)
def test_plain_data_are_a_fault_only_where_there_is_a_tpm(tmp_path, mounts, has_tpm, verdict) -> None:
    machine = box(tmp_path, mounts, has_tpm)
    assert data_is_locked_to_the_tpm(machine).verdict is verdict
    assert is_encrypted(machine) is (mounts == MOUNTED)
