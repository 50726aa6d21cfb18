"""The keys of an encrypted data partition, on true LUKS2 headers: gone means that nothing opens it any more."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import provisioning
import provisioning.image
from provisioning.encrypted_data import MAPPED, PARTITION, TPM, data_is_locked_to_the_tpm, destroy_keys, is_encrypted
from provisioning.finding import Verdict
from provisioning.image.disk import NEW
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


KIB = 1024
OPEN_DATA = Path(provisioning.image.__file__).parent / "system/usr/libexec/anjungan/open-data"
SLOTS, SECOND, FIRST = range(32 * KIB, 20 << 20), range(16 * KIB, 32 * KIB), range(0, 16 * KIB)
"""The parts of a LUKS2 header in the order in which they are written."""


def says_of(part: Path) -> str:
    """What open-data takes a partition for."""
    told, _, _ = OPEN_DATA.read_text().partition('case "$(state)" in')
    command = ["sh", "-c", told.replace("/dev/disk/by-partlabel/anjungan-data", str(part)) + "\nstate"]
    return subprocess.run(command, check=True, capture_output=True, text=True, env={"PATH": PATH}).stdout.strip()


@pytest.fixture
def new(partition, tmp_path) -> Path:
    """A data partition that was never used."""
    file = tmp_path / "new"
    with file.open("wb") as stream:
        stream.truncate(partition.stat().st_size)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-L", NEW, str(file)], check=True, env={"PATH": PATH})
    return file


def written(to: Path, header: Path, *places: range) -> None:
    """Brings some places of a header to a partition, as a disk does that loses its power in the midst of it."""
    content = header.read_bytes()
    with to.open("r+b") as stream:
        for each in places:
            stream.seek(each.start)
            stream.write(content[each.start : each.stop])


@needs_cryptsetup
@pytest.mark.parametrize(
    "places",
    [
        (),
        (SLOTS,),
        (SLOTS, range(16 * KIB, 17 * KIB)),
        (SLOTS, range(17 * KIB, 32 * KIB)),
        (SLOTS, SECOND),
        (SLOTS, SECOND, range(0, 512)),
        (SLOTS, SECOND, range(4 * KIB, 16 * KIB)),
    ],
)
def test_until_the_whole_header_is_written_the_partition_is_a_new_one(partition, new, places) -> None:
    written(new, partition, *places)
    assert says_of(new) == "new"


@needs_cryptsetup
@pytest.mark.parametrize("places", [(FIRST,), (range(512, 16 * KIB),), (range(0, 4 * KIB),)])
def test_a_header_that_is_half_there_is_mended_by_its_second_copy(partition, new, places) -> None:
    written(new, partition, SLOTS, SECOND, *places)
    assert says_of(new) == "locked"
    assert opens(copied(new, partition)) == [True, True]


def copied(source: Path, to: Path) -> Path:
    shutil.copyfile(source, to)
    return to


@needs_cryptsetup
def test_a_partition_without_keys_is_made_anew_and_what_is_neither_is_broken(partition, new, tmp_path) -> None:
    destroy_keys(on(partition))
    assert says_of(partition) == "emptied"
    subprocess.run(["e2label", str(new), "anjungan-data"], check=True, env={"PATH": PATH})
    assert says_of(new) == "plain"
    (tmp_path / "nothing").write_bytes(bytes(1 << 20))
    assert says_of(tmp_path / "nothing") == "broken"


@needs_cryptsetup
@pytest.mark.parametrize(
    ("has_tpm", "cause", "first"),
    [
        (True, "this box's TPM does not open them", "Was Secure Boot switched in the firmware?"),
        (False, "the TPM to open them is not found", "Is the TPM switched off in the firmware?"),
    ],
)
def test_a_key_that_is_not_given_out_is_told_with_what_to_do_in_both_languages(
    partition, tmp_path, has_tpm, cause, first
) -> None:
    why, tpm, machine_id = (tmp_path / name for name in ("why", "tpm", "id"))
    asked = subprocess.run(["cryptsetup", "luksUUID", partition], capture_output=True, text=True, env={"PATH": PATH})
    machine_id.write_text(asked.stdout.replace("-", ""))
    tpm.touch() if has_tpm else None
    told, _, _ = OPEN_DATA.read_text().partition('case "$(state)" in')
    for was, here in {
        "/dev/disk/by-partlabel/anjungan-data": partition,
        "/run/anjungan-cannot-start": why,
        "/dev/tpmrm0": tpm,
        "/etc/machine-id": machine_id,
        "/lib/systemd/systemd-cryptsetup": "false",
        "seq 60": "seq 1",
    }.items():
        told = told.replace(was, str(here))
    done = subprocess.run(["sh", "-c", f"{told}\nopen"], capture_output=True, text=True, env={"PATH": PATH})
    assert done.returncode != 0
    assert cause in " ".join(done.stderr.split())
    said = why.read_text()
    assert first in said
    indonesian, english = said.split("For the technician:")
    assert [line.split()[0] for line in indonesian.splitlines() if line[3:4].isdigit()] == ["1.", "2.", "3."]
    assert [line.split()[0] for line in english.splitlines() if line[3:4].isdigit()] == ["1.", "2.", "3."]
    assert max(map(len, said.splitlines())) <= NARROWEST


NARROWEST = 80
"""So many letters the console of the narrowest panel has in a line."""
FORGET = Path(__file__).parents[2] / "provisioning/system/usr/libexec/anjungan/forget-cuts"
TRY_KEY = FORGET.with_name("try-key")
needs_swtpm = pytest.mark.skipif(not shutil.which("swtpm_setup"), reason="not installed: swtpm swtpm-tools")


def said_to_tpm(tmp_path: Path) -> bytes:
    """What forget-cuts writes."""
    device = tmp_path / "tpm"
    device.touch()
    subprocess.run(["sh", str(FORGET), str(device)], check=True)
    return device.read_bytes()


def connect(line: socket.socket, door: Path) -> None:
    """To a program that opens its door in its own time."""
    until = time.monotonic() + 10
    while True:
        try:
            return line.connect(str(door))
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() > until:
                raise


@needs_swtpm
def test_a_tpm_takes_the_command_that_begins_its_count_of_power_cuts_anew(tmp_path) -> None:
    state, door = tmp_path / "state", tmp_path / "door"
    state.mkdir()
    subprocess.run(["swtpm_setup", "--tpm2", "--tpmstate", str(state)], check=True, capture_output=True)
    how = ["--tpm2", "--tpmstate", f"dir={state}", "--flags", "startup-clear,not-need-init", "--terminate"]
    tpm = subprocess.Popen(["swtpm", "socket", *how, "--server", f"type=unixio,path={door}"])
    try:
        with socket.socket(socket.AF_UNIX) as line:
            connect(line, door)
            line.sendall(said_to_tpm(tmp_path))
            answer = line.recv(100)
    finally:
        tpm.terminate()
        tpm.wait()
    assert answer[6:10] == bytes(4)


def test_the_count_is_begun_anew_before_the_tpm_is_asked_for_a_key() -> None:
    data, key = OPEN_DATA.read_text(), TRY_KEY.read_text()
    wait = data[data.index("wait_for_tpm() {") : data.index("is_luks() {")]
    assert f"/{FORGET.relative_to(FORGET.parents[3])} || true" in wait
    opens = data[data.index("open() {") : data.index("of_luks() {")]
    assert opens.index("wait_for_tpm") < opens.index("attach")
    makes = data[data.index("of_luks() {") : data.index('case "$(state)" in')]
    assert makes.index("wait_for_tpm") < makes.index("make")
    assert key.index("forget-cuts") < key.index("systemd-creds decrypt")


def test_a_key_that_is_not_given_out_keeps_no_unit_that_asks_for_it_from_starting() -> None:
    units = TRY_KEY.parents[3] / "etc/systemd/system"
    ask = {each.stem for each in units.glob("*.service") if "LoadCredentialEncrypted=" in each.read_text()}
    named = re.search("for unit in (.*); do", TRY_KEY.read_text())
    assert named
    assert {f"anjungan-{each}" for each in named[1].split()} == ask


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
