"""kiosk-provision update of a whole system: a bundle goes into the other slot, is judged from there, or goes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from update_site import NEW, OLD, Box, Publisher, serving, utc, version_folder

from provisioning.__main__ import main
from provisioning.updates.errors import NotTaken
from provisioning.updates.health import NoUnits, Probe
from provisioning.updates.memory import SYSTEM_TRIAL, Memory, SystemTrial
from provisioning.updates.release import SYSTEM
from provisioning.updates.source import Offer, Source
from provisioning.updates.update import Updating
from provisioning.updates.versions import BROUGHT, CURRENT, PREVIOUS, PROVEN

PROBES = (Probe("it serves", ("bin/kiosk", "probe"), 20),)


class TwoSlots:
    """A disk with two slots. A bundle is a file with its version; `breaks` is what an installation ends with."""

    def __init__(self) -> None:
        self.other, self.restarts, self.is_kept = "", 0, False
        self.goes_back, self.is_left = False, False
        self.breaks: BaseException | None = None

    def version_of(self, bundle: Path) -> str:
        return bundle.read_text()

    def install(self, bundle: Path) -> None:
        if self.breaks:
            raise self.breaks
        self.other = bundle.read_text()

    def keep(self) -> None:
        self.is_kept = True

    def go_back(self) -> None:
        if self.breaks:
            raise self.breaks
        self.goes_back = True

    def leave(self) -> None:
        self.is_left = True

    def restart(self) -> None:
        self.restarts += 1


class Kiosk:
    """A box whose root brought OLD; `said` is all that it said."""

    def __init__(self, folder: Path, url: str, ca: Path, trusted_root: bytes) -> None:
        self.folder, self.url, self.ca, self.slots = folder, url, ca, TwoSlots()
        self.box = Box(folder / "box", url, ca, trusted_root)
        self.memory = Memory(folder / "memory")
        (self.box.versions.folder / BROUGHT).write_text(f"{OLD}\n")
        self.said: list[str] = []
        self.updating = Updating(
            self.box.versions, self.memory, self.box.config, NoUnits(), PROBES, utc, self.said.append, self.slots
        )

    def bundle(self, version: str = NEW) -> Path:
        file = self.folder / f"{version}.raucb"
        file.write_text(version)
        return file

    def starts_with(self, version: str, probes: str = "exit 0") -> None:
        """The machine starts with the root that brought a version, as choose-version leaves it."""
        if not self.box.versions.has(version):
            version_folder(self.box.versions.place(version), probes)
        (self.box.versions.folder / BROUGHT).write_text(version)
        for link in (CURRENT, PROVEN):
            self.box.versions.point(link, version)
        self.updating.settle(started=True)

    def source(self) -> Source:
        root = self.box.root / "etc/anjungan/update-root.json"
        return Source(f"{self.url}/repository", self.ca, self.memory.folder / "seen", root)

    def updates(self) -> bool:
        """As in the night: what is offered last is wanted."""

        def newest(offers: tuple[Offer, ...]) -> Offer:
            return offers[0]

        return self.updating.update(self.source, newest)  # type: ignore[arg-type]


@contextmanager
def kiosk_and_publisher(folder: Path, authority: trustme.CA, ca: Path) -> Iterator[tuple[Kiosk, Publisher]]:
    publisher = Publisher(folder)
    with serving(folder, authority) as (_, url):
        yield Kiosk(folder, url, ca, publisher.trusted_root), publisher


@pytest.fixture
def kiosk(tmp_path: Path, authority: trustme.CA, ca: Path) -> Iterator[Kiosk]:
    with kiosk_and_publisher(tmp_path, authority, ca) as (kiosk, _):
        yield kiosk


def test_a_system_is_installed_started_judged_and_kept(kiosk: Kiosk) -> None:
    kiosk.updating.install_system(kiosk.bundle())
    assert (kiosk.slots.other, kiosk.slots.restarts) == (NEW, 1)
    assert kiosk.memory.system_trial() == SystemTrial(NEW, OLD, is_installed=True)
    kiosk.starts_with(NEW)
    assert kiosk.updates()
    assert kiosk.slots.is_kept
    assert kiosk.memory.system_trial() is None
    assert f"the system of {NEW} is sound and stays" in kiosk.said


def test_a_system_that_fails_a_probe_is_started_again_until_the_former_one_is_and_is_refused_then(kiosk: Kiosk) -> None:
    kiosk.updating.install_system(kiosk.bundle())
    for tries in (2, 3, 4):
        kiosk.starts_with(NEW, probes="echo the screen stays black; exit 3")
        assert not kiosk.updates()
        assert (kiosk.slots.restarts, kiosk.slots.is_kept) == (tries, False)
    kiosk.starts_with(OLD)
    assert "the screen stays black" in kiosk.memory.refused()[NEW]
    with pytest.raises(NotTaken, match="was taken back"):
        kiosk.updating.install_system(kiosk.bundle())


def test_a_system_that_does_not_come_up_is_refused_when_the_former_one_runs_again(kiosk: Kiosk) -> None:
    kiosk.updating.install_system(kiosk.bundle())
    kiosk.starts_with(OLD)
    assert kiosk.memory.refused() == {NEW: "its system did not come up"}
    assert kiosk.memory.system_trial() is None


def test_an_installation_that_was_cut_off_leaves_what_ran_and_is_made_again(kiosk: Kiosk) -> None:
    kiosk.memory.begin_system(SystemTrial(NEW))
    kiosk.starts_with(OLD)
    assert (kiosk.memory.system_trial(), kiosk.memory.refused()) == (None, {})
    kiosk.updating.install_system(kiosk.bundle())
    assert kiosk.slots.other == NEW


def test_an_installation_that_fails_starts_nothing_anew(kiosk: Kiosk) -> None:
    kiosk.slots.breaks = NotTaken("rauc install ended with 1")
    with pytest.raises(NotTaken, match="rauc install"):
        kiosk.updating.install_system(kiosk.bundle())
    assert (kiosk.slots.restarts, kiosk.memory.system_trial()) == (0, None)


def test_a_system_that_waits_for_the_next_start_is_not_judged_by_the_former_one(kiosk: Kiosk) -> None:
    kiosk.updating.install_system(kiosk.bundle())
    with pytest.raises(NotTaken, match="waits for the next start"):
        kiosk.updates()
    with pytest.raises(NotTaken, match="on trial"):
        kiosk.updating.install_system(kiosk.bundle("0.3.0"))


def test_an_older_system_is_not_taken_and_none_by_a_kiosk_that_is_not_sound(kiosk: Kiosk) -> None:
    for version in (OLD, "0.0.9"):
        with pytest.raises(NotTaken, match="not newer"):
            kiosk.updating.install_system(kiosk.bundle(version))
    (kiosk.box.versions.place(OLD) / "bin/kiosk").write_text("#!/bin/sh\nexit 4\n")
    with pytest.raises(NotTaken, match="only a sound kiosk"):
        kiosk.updating.install_system(kiosk.bundle())
    assert kiosk.slots.restarts == 0


def test_a_system_is_taken_from_the_repository_and_only_if_it_is_what_was_offered(
    tmp_path: Path, authority: trustme.CA, ca: Path
) -> None:
    with kiosk_and_publisher(tmp_path, authority, ca) as (kiosk, publisher):
        for version, inside in ((NEW, NEW), ("0.3.0", "0.1.5")):
            bundle, key = tmp_path / version, ["--key", str(tmp_path / "first")]
            bundle.write_text(inside)
            where = ["--in", str(tmp_path / "repository")]
            assert main(["repository", "add", *where, "--version", version, str(bundle)]) == 0
            assert main(["repository", "sign", *where, *key]) == 0
            assert main(["repository", "sign", *where, "--key", str(tmp_path / "second")]) == 0
            publisher.renew()
            if version == NEW:
                assert kiosk.updates()
                assert (kiosk.slots.other, kiosk.slots.restarts) == (NEW, 1)
                kiosk.starts_with(NEW)
                kiosk.updates()
        with pytest.raises(NotTaken, match=r"offered as 0\.3\.0 is a bundle of 0\.1\.5"):
            kiosk.updates()
        offers = kiosk.source().offers()
        assert {each.release.kind for each in offers} == {SYSTEM}
        assert next(each.release.file for each in offers).endswith(".raucb")


def test_what_the_root_brought_is_not_deleted_with_the_versions_that_nobody_names(kiosk: Kiosk) -> None:
    for version in (NEW, "0.3.0"):
        version_folder(kiosk.box.versions.place(version))
    for link in (CURRENT, PROVEN):
        kiosk.box.versions.point(link, "0.3.0")
    kiosk.box.versions.sweep()
    assert [kiosk.box.versions.has(version) for version in (OLD, NEW, "0.3.0")] == [True, False, True]


def with_new_system(kiosk: Kiosk) -> Kiosk:
    """It has taken the system of NEW and kept it."""
    kiosk.updating.install_system(kiosk.bundle())
    kiosk.box.versions.point(PREVIOUS, OLD)
    kiosk.starts_with(NEW)
    assert kiosk.updates()
    return kiosk


def test_a_system_that_was_taken_last_is_taken_back_to_the_other_slot_on_trial_and_not_taken_again(
    kiosk: Kiosk,
) -> None:
    with_new_system(kiosk).updating.roll_back()
    assert (kiosk.slots.goes_back, kiosk.slots.restarts) == (True, 2)
    assert kiosk.said[-1] == f"the system of {NEW} was taken last: that of {OLD} is started now, on trial"
    assert kiosk.box.versions.of(CURRENT) == NEW
    kiosk.starts_with(OLD)
    kiosk.slots.is_kept = False
    assert kiosk.updates()
    assert kiosk.slots.is_kept
    assert kiosk.memory.refused() == {NEW: "it was taken back by hand"}
    with pytest.raises(NotTaken, match="no version from before"):
        kiosk.updating.roll_back()


def test_a_former_system_that_does_not_serve_any_more_is_left_again_and_neither_is_refused(kiosk: Kiosk) -> None:
    with_new_system(kiosk).updating.roll_back()
    kiosk.starts_with(NEW)
    assert f"the system of {OLD} has gone back to {NEW}: its system did not come up" in kiosk.said
    assert (kiosk.memory.system_trial(), kiosk.memory.refused()) == (None, {})
    kiosk.updating.roll_back()
    assert kiosk.slots.restarts == 3


def test_a_version_that_came_after_the_system_is_taken_back_first_and_the_system_then(kiosk: Kiosk) -> None:
    after = "0.3.0"
    version_folder(with_new_system(kiosk).box.versions.place(after))
    kiosk.box.versions.point(PREVIOUS, NEW)
    for link in (CURRENT, PROVEN):
        kiosk.box.versions.point(link, after)
    kiosk.updating.roll_back()
    assert (kiosk.box.versions.of(CURRENT), kiosk.slots.goes_back) == (NEW, False)
    assert kiosk.said[-1] == f"{after} was taken last: {NEW} runs again"
    kiosk.updating.roll_back()
    assert kiosk.slots.goes_back


def test_a_system_on_trial_is_left_by_hand_for_the_one_that_has_proved_itself(kiosk: Kiosk) -> None:
    kiosk.updating.install_system(kiosk.bundle())
    with pytest.raises(NotTaken, match="waits for the next start"):
        kiosk.updating.roll_back()
    kiosk.starts_with(NEW)
    kiosk.updating.roll_back()
    assert (kiosk.slots.is_left, kiosk.slots.restarts) == (True, 2)
    kiosk.starts_with(OLD)
    assert kiosk.memory.refused() == {NEW: "it was taken back by hand"}


def test_a_way_back_that_the_boot_loader_does_not_take_leaves_what_runs(kiosk: Kiosk) -> None:
    with_new_system(kiosk).slots.breaks = NotTaken("rauc status ended with 1")
    with pytest.raises(NotTaken, match="rauc status"):
        kiosk.updating.roll_back()
    assert (kiosk.slots.restarts, kiosk.memory.system_trial()) == (1, None)


def test_a_slot_that_an_installation_began_to_write_is_not_gone_back_to(kiosk: Kiosk) -> None:
    with_new_system(kiosk).slots.breaks = NotTaken("rauc install ended with 1")
    with pytest.raises(NotTaken, match="rauc install"):
        kiosk.updating.install_system(kiosk.bundle("0.3.0"))
    kiosk.box.versions.point(PREVIOUS, NEW)
    with pytest.raises(NotTaken, match="no version from before"):
        kiosk.updating.roll_back()


def test_what_a_later_version_wrote_of_a_trial_is_understood_by_the_one_that_was_gone_back_to(kiosk: Kiosk) -> None:
    kiosk.memory.begin_system(SystemTrial(OLD, NEW, is_installed=True))
    file = kiosk.memory.folder / SYSTEM_TRIAL
    file.write_text(file.read_text().replace("{", '{"later": 1, ', 1))
    assert kiosk.memory.system_trial() == SystemTrial(OLD, NEW, is_installed=True)


def test_a_box_without_slots_says_so(kiosk: Kiosk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["update", "--bundle", str(kiosk.bundle()), "--root", str(kiosk.box.root)]) == 1
    assert "has no slots" in capsys.readouterr().err
