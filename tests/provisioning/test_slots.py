"""The slots of an image's disk: which one the firmware starts, and which version runs from its root."""

import shutil
import subprocess
from pathlib import Path

import pytest

from provisioning.slots import TRIES, Slots

CHOOSE = Path(__file__).parents[2] / "provisioning/image/system/usr/libexec/anjungan/choose-version"


def root(folder: Path, kernel: str) -> Path:
    """As much of a root as a slot is started by."""
    (folder / "boot").mkdir(parents=True)
    (folder / "boot/vmlinuz-6.1").write_text(kernel)
    (folder / "boot/initrd.img-6.1").write_text(f"first of {kernel}")
    (folder / "boot/command-line").write_text("ro quiet\n")
    return folder


@pytest.fixture
def slots(tmp_path: Path) -> Slots:
    """Slot A has proved itself, B is on trial."""
    boot = tmp_path / "boot"
    (boot / "loader").mkdir(parents=True)
    made = Slots(boot)
    made.make_primary("A", root(tmp_path / "a", "one"))
    made.prove("A")
    made.make_primary("B", root(tmp_path / "b", "two"))
    return made


def use_tries(slots: Slots, count: int) -> None:
    """What systemd-boot does before it starts a slot on trial (systemd-boot(7))."""
    for _ in range(count):
        entry = slots.entry("B")
        assert entry
        assert entry.tries
        entry.file.rename(entry.file.with_name(f"anjungan-b+{entry.tries - 1}-{TRIES - entry.tries + 1}.conf"))


def test_a_slot_on_trial_is_started_with_its_own_kernel_and_root(slots: Slots, tmp_path: Path) -> None:
    assert slots.primary() == "B"
    entry = slots.entry("B")
    assert entry
    assert (entry.file.name, entry.tries) == (f"anjungan-b+{TRIES}.conf", TRIES)
    assert "linux /b/vmlinuz\n" in entry.file.read_text()
    assert "options root=PARTLABEL=anjungan-root-b rauc.slot=B ro quiet\n" in entry.file.read_text()
    assert [(tmp_path / "boot" / each / "vmlinuz").read_text() for each in "ab"] == ["one", "two"]


def test_a_slot_that_used_up_its_tries_leaves_the_place_to_the_former_one(slots: Slots) -> None:
    use_tries(slots, TRIES - 1)
    assert (slots.primary(), slots.is_good("B")) == ("B", True)
    use_tries(slots, 1)
    assert (slots.primary(), slots.is_good("B")) == ("A", False)


def test_a_slot_that_proved_itself_stays_and_the_next_one_goes_before_it(slots: Slots, tmp_path: Path) -> None:
    use_tries(slots, 1)
    slots.prove("B")
    entry = slots.entry("B")
    assert entry
    assert (entry.file.name, entry.tries) == ("anjungan-b.conf", None)
    slots.make_primary("A", root(tmp_path / "new", "three"))
    assert slots.primary() == "A"
    assert (tmp_path / "boot/a/vmlinuz").read_text() == "three"


def test_a_slot_that_is_being_written_is_not_started(slots: Slots, tmp_path: Path) -> None:
    slots.prove("B")
    shutil.rmtree(tmp_path / "b" / "boot")
    with pytest.raises(StopIteration):
        slots.make_primary("B", tmp_path / "b")
    assert (slots.primary(), slots.is_good("B"), slots.entry("B")) == ("A", False, None)


class Box:
    """A folder as /opt/anjungan: versions that are there, and the links."""

    def __init__(self, folder: Path, *versions: str, **links: str) -> None:
        self.folder, self.unsettled = folder, folder / "unsettled"
        for version in versions:
            (folder / "versions" / version).mkdir(parents=True)
        for link, version in links.items():
            (folder / link).symlink_to(f"versions/{version}")

    def starts(self, brought: str, *lost: str) -> tuple[str, ...]:
        """The box is started with a root that brought a version, and without those that another root had brought; what
        is current, proven and previous then.
        """
        (self.folder / "versions" / brought).mkdir(parents=True, exist_ok=True)
        for version in lost:
            (self.folder / "versions" / version).rmdir()
        subprocess.run([CHOOSE, self.folder, brought, self.unsettled], check=True)
        found = [self.folder / link for link in ("current", "proven", "previous")]
        return tuple(each.readlink().name if each.is_symlink() else "" for each in found)


def test_a_newer_root_is_not_shadowed_by_the_version_that_ran_before(tmp_path: Path) -> None:
    box = Box(tmp_path, current="1.2.0", proven="1.2.0")
    assert box.starts("1.2.0") == ("1.2.0", "1.2.0", "")
    assert box.starts("1.10.0", "1.2.0") == ("1.10.0", "1.10.0", "1.2.0")


def test_a_newer_root_goes_before_an_update_of_the_appliance_too(tmp_path: Path) -> None:
    box = Box(tmp_path, "1.1.0", "1.2.0", current="1.2.0", proven="1.2.0", previous="1.1.0")
    assert box.starts("1.3.0") == ("1.3.0", "1.3.0", "1.2.0")


def test_an_update_of_the_appliance_that_is_newer_than_the_root_stays(tmp_path: Path) -> None:
    box = Box(tmp_path, "1.4.0", current="1.4.0", proven="1.4.0")
    assert box.starts("1.3.0") == ("1.4.0", "1.4.0", "")


def test_the_former_root_runs_what_ran_before_when_the_new_one_goes_back(tmp_path: Path) -> None:
    box = Box(tmp_path, current="1.2.0", proven="1.2.0")
    box.starts("1.2.0")
    box.starts("1.3.0", "1.2.0")
    assert box.starts("1.2.0", "1.3.0") == ("1.2.0", "1.2.0", "1.2.0")


def test_the_former_root_runs_the_update_that_ran_before(tmp_path: Path) -> None:
    box = Box(tmp_path, "1.2.5", current="1.2.5", proven="1.2.5")
    box.starts("1.2.0")
    box.starts("1.3.0", "1.2.0")
    assert box.starts("1.2.0", "1.3.0") == ("1.2.5", "1.2.5", "1.2.5")


def test_a_version_that_somebody_went_back_from_is_not_taken_again_at_the_next_start(tmp_path: Path) -> None:
    box = Box(tmp_path, "1.2.5", current="1.2.5", proven="1.2.5")
    box.starts("1.3.0")
    for link in ("current", "proven"):
        (tmp_path / link).unlink()
        (tmp_path / link).symlink_to("versions/1.2.5")
    assert box.starts("1.3.0")[:2] == ("1.2.5", "1.2.5")


def test_a_version_on_trial_is_left_to_its_trial(tmp_path: Path) -> None:
    box = Box(tmp_path, "1.4.0", current="1.4.0", proven="1.3.0")
    box.starts("1.3.0")
    assert box.starts("1.3.0")[:2] == ("1.4.0", "1.3.0")


def test_whoever_settles_a_trial_is_started_for_one_and_not_for_nothing(tmp_path: Path) -> None:
    box = Box(tmp_path, "1.4.0", current="1.4.0", proven="1.4.0")
    box.starts("1.3.0")
    assert not box.unsettled.exists()
    (tmp_path / "proven").unlink()
    (tmp_path / "proven").symlink_to("versions/1.3.0")
    box.starts("1.3.0")
    assert box.unsettled.exists()


def test_a_start_that_was_cut_off_is_ended_by_the_next(tmp_path: Path) -> None:
    box = Box(tmp_path, "1.2.5", current="1.2.5", proven="1.3.0", previous="1.2.5")
    (tmp_path / "brought").write_text("1.2.0\n")
    assert box.starts("1.3.0") == ("1.2.5", "1.3.0", "1.2.5")
    (tmp_path / "current").unlink()
    assert box.starts("1.3.0")[0] == "1.3.0"
