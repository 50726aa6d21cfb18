"""kiosk-provision update: a release is taken, judged and kept, or it is taken back, or it is not taken at all."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Targets
from update_site import NEW, OLD, Box, Publisher, RepositoryServer, serving, utc, version_folder

from kiosk.wanted_version import keep_wanted, refused_version
from provisioning.__main__ import main
from provisioning.updates.errors import RepositoryError
from provisioning.updates.memory import Memory, Trial
from provisioning.updates.repository import Repository, new_key, read_key


class Office:
    """A publisher, the server with its repository, a box; `said` is what the technician sees after a command."""

    def __init__(self, folder: Path, server: RepositoryServer, url: str, ca: Path, publisher: Publisher, capfd) -> None:
        self.publisher, self.server, self._capfd, self.said = publisher, server, capfd, ""
        self.box = Box(folder / "box", url, ca, publisher.trusted_root)
        self._url = url

    def types(self, *arguments: str) -> int:
        status = main([*arguments, "--root", str(self.box.root)])
        captured = self._capfd.readouterr()
        self.said = captured.out + captured.err
        return status

    def updates(self, *arguments: str) -> int:
        return self.types("update", *(arguments or ("--version", NEW)), "--repository", f"{self._url}/repository")


@pytest.fixture
def office(tmp_path: Path, authority: trustme.CA, ca: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Office]:
    publisher = Publisher(tmp_path)
    with serving(tmp_path, authority) as (server, url):
        yield Office(tmp_path, server, url, ca, publisher, capfd)


def test_a_release_is_taken_probed_and_kept_and_the_former_one_stays_to_go_back_to(office: Office) -> None:
    office.publisher.release(NEW)
    assert office.updates() == 0, office.said
    assert office.box.links == (NEW, OLD, NEW)
    assert office.box.starts()
    assert f"{NEW} is sound and stays" in office.said
    assert (office.box.versions.place(NEW) / "bin" / "python3").is_symlink()


def test_the_version_that_the_central_server_wants_is_taken_and_no_other(office: Office) -> None:
    office.publisher.release(NEW)
    office.publisher.release("0.3.0")
    assert office.types("update") == 0
    assert "no other version is wanted" in office.said
    keep_wanted(office.box.data, NEW)
    assert office.types("update", "--repository", f"{office._url}/repository") == 0
    assert office.box.links == (NEW, OLD, NEW)
    keep_wanted(office.box.data, None)
    assert office.types("update") == 0
    assert office.box.links == (NEW, OLD, NEW)


def test_the_newest_of_a_channel_is_taken(office: Office) -> None:
    office.publisher.release("0.9.0", channel="trial")
    office.publisher.release(NEW)
    office.publisher.release("0.10.0")
    assert office.updates("--channel", "stable") == 0, office.said
    assert office.box.links == ("0.10.0", OLD, "0.10.0")
    assert office.updates("--channel", "stable") == 0
    assert office.updates("--channel", "nobodys") == 1
    assert "offers nothing for the channel nobodys" in office.said


def test_a_version_that_fails_a_probe_is_taken_back_and_not_taken_again_until_told(office: Office) -> None:
    office.publisher.release(NEW, probes='[ "$1" != rehearse ] || { echo the ticket did not come; exit 1; }')
    assert office.updates() == 1
    assert office.box.links == (OLD, None, OLD)
    assert "a practice visit ends with a ticket: no (status 1: the ticket did not come)" in office.said
    assert office.updates() == 1
    assert "was taken back" in office.said
    assert "--again" in office.said
    assert office.updates("--version", NEW, "--again") == 1
    assert "is on trial" in office.said


def test_a_kiosk_that_is_not_sound_by_itself_is_not_updated(office: Office) -> None:
    office.publisher.release(NEW)
    program = office.box.versions.place(OLD) / "bin" / "kiosk"
    program.write_text("#!/bin/sh\necho out of paper; exit 1\n")
    assert office.updates() == 1
    assert "only a sound kiosk is updated" in office.said
    assert "out of paper" in office.said
    assert office.box.links == (OLD, None, OLD)


def test_a_version_during_whose_trial_the_machine_starts_three_times_is_taken_back(office: Office) -> None:
    office.publisher.release(NEW)
    assert office.updates() == 0
    office.box.versions.point("proven", OLD)
    Memory(office.box.root / "var/lib/anjungan-update").begin(Trial(OLD, NEW, utc()))
    keep_wanted(office.box.data, NEW)
    for _ in range(2):
        assert office.types("update", "--resume") == 0
        assert "on trial" in office.said
        assert office.box.links[0] == NEW
    assert office.types("update", "--resume") == 0
    assert office.box.links == (OLD, OLD, OLD)
    assert "was started 3 times" in office.said
    assert refused_version(office.box.data)[0] == NEW
    assert office.updates() == 1


def test_a_way_back_that_was_cut_off_is_ended(office: Office) -> None:
    version_folder(office.box.versions.place(NEW))
    memory = Memory(office.box.root / "var/lib/anjungan-update")
    memory.begin(Trial(OLD, NEW, utc()))
    office.box.versions.point("current", NEW)
    memory.refuse(NEW, "its screens are drawn: no")
    assert office.types("update", "--resume") == 0
    assert office.box.links == (OLD, None, OLD)
    assert memory.trial() is None


def test_a_fault_that_the_former_version_has_too_is_not_laid_to_the_one_on_trial(office: Office) -> None:
    cable = office.box.root / "cable"
    works = f'[ "$1" != check ] || [ -e {cable} ] || {{ echo no network; exit 1; }}'
    version_folder(office.box.versions.place("0.1.5"), works)
    version_folder(office.box.versions.place(NEW), works)
    for link in ("proven", "current"):
        office.box.versions.point(link, "0.1.5")
    office.box.versions.point("current", NEW)
    Memory(office.box.root / "var/lib/anjungan-update").begin(Trial("0.1.5", NEW, utc()))
    assert office.updates() == 1
    assert "stays on trial, for 0.1.5 fails too" in office.said
    assert "no network" in office.said
    assert office.box.links == (NEW, None, "0.1.5")
    cable.touch()
    assert office.updates() == 0
    assert office.box.links == (NEW, "0.1.5", NEW)


def test_a_technician_goes_back_by_hand_once(office: Office) -> None:
    assert office.types("roll-back") == 1
    assert "there is no version from before" in office.said
    office.publisher.release(NEW)
    office.updates()
    keep_wanted(office.box.data, NEW)
    assert office.types("roll-back") == 0
    assert f"{NEW} was taken last: {OLD} runs again" in office.said
    assert refused_version(office.box.data) == (NEW, "it was taken back by hand")
    assert office.box.links == (OLD, OLD, OLD)
    assert office.types("roll-back") == 1
    assert office.updates() == 1
    assert "by hand" in office.said


def test_what_a_power_cut_left_of_the_metadata_is_read_anew(office: Office) -> None:
    office.publisher.release(NEW)
    assert office.updates() == 0
    for each in (office.box.root / "var/lib/anjungan-update/seen").rglob("*.json"):
        each.write_bytes(b"")
    office.publisher.release("0.3.0")
    assert office.updates("--version", "0.3.0") == 0, office.said


def test_what_is_older_or_too_far_ahead_or_for_another_machine_is_not_taken(office: Office) -> None:
    office.publisher.release("0.0.9")
    office.publisher.release("0.5.0", oldest="0.4.0")
    office.publisher.release("0.6.0", machine="vax")
    for version, words in (
        ("0.0.9", "is not newer than 0.1.0"),
        ("0.5.0", "update to 0.4.0 or newer first"),
        ("0.6.0", "does not offer 0.6.0 for this kind of machine"),
        ("0.7.0", "does not offer 0.7.0"),
    ):
        assert office.updates("--version", version) == 1, version
        assert words in office.said
    assert office.box.links == (OLD, None, OLD)


def test_a_download_goes_on_where_the_line_broke(office: Office) -> None:
    office.publisher.release(NEW, size=900_000)
    office.server.cuts = [300_000, 0]
    assert office.updates() == 1
    assert "the line broke" in office.said
    part = next((office.box.root / "var/lib/anjungan-update/downloads").iterdir())
    held = part.stat().st_size
    assert 0 < held <= 300_000
    office.server.asked.clear()
    assert office.updates() == 0, office.said
    assert [asked for path, asked in office.server.asked if "/targets/" in path] == [f"bytes={held}-"]
    assert office.box.links == (NEW, OLD, NEW)


def test_an_archive_that_was_changed_on_the_way_is_not_unpacked(office: Office) -> None:
    release = office.publisher.release(NEW)
    (archive,) = (office.publisher.folder / "repository/targets").glob(f"*.{release.file}")
    sound = archive.read_bytes()
    archive.write_bytes(sound[:1000] + b"!" + sound[1001:])
    assert office.updates() == 1
    assert "does not belong together" in office.said
    assert not office.box.versions.has(NEW)
    archive.write_bytes(sound)
    assert office.updates() == 0, office.said


def test_metadata_that_expired_are_not_believed(tmp_path, office: Office) -> None:
    (tmp_path / "then").mkdir()
    late = Publisher(tmp_path / "then", lambda: utc() - timedelta(days=8))
    late.release(NEW)
    (office.box.root / "etc/anjungan/update-root.json").write_bytes(late.trusted_root)
    assert office.types("update", "--version", NEW, "--repository", f"{office._url}/then/repository") == 1
    assert "has expired" in office.said
    assert "kiosk-provision repository renew" in office.said


def test_a_repository_that_was_rolled_back_is_not_believed(office: Office) -> None:
    metadata = office.publisher.folder / "repository/metadata"
    former = (metadata / "timestamp.json").read_bytes()
    office.publisher.release(NEW)
    assert office.updates() == 0
    (metadata / "timestamp.json").write_bytes(former)
    assert office.updates("--version", "0.3.0") == 1
    assert "something older than this kiosk has seen" in office.said


def test_what_too_few_publishers_signed_is_not_published(office: Office) -> None:
    office.publisher.stage(NEW)
    office.publisher.sign("third")
    with pytest.raises(RepositoryError, match="too few signatures"):
        office.publisher.renew()
    office.publisher.sign("second")
    office.publisher.renew()
    assert office.updates() == 0, office.said


def test_what_too_few_publishers_signed_is_not_believed(office: Office) -> None:
    """Who has one publisher's key, and that of the publishing machine, releases nothing."""
    office.publisher.release(NEW)
    forger = Forger(office.publisher.folder / "repository", utc)
    forger.publish_half_signed(read_key(office.publisher.folder / "online"))
    assert office.updates() == 1
    assert "not signed by enough of its publishers" in office.said


class Forger(Repository):
    """Publishes what one publisher alone has signed."""

    def publish_half_signed(self, online: CryptoSigner) -> None:
        targets = self._published(Targets)
        assert targets
        targets.signatures.popitem()
        self._write(self._metadata / f"{targets.signed.version}.targets.json", targets)
        self._renew(targets, online)


def test_metadata_of_two_states_mixed_are_not_believed(office: Office) -> None:
    office.publisher.release(NEW)
    metadata = office.publisher.folder / "repository/metadata"
    (metadata / "2.targets.json").write_bytes((metadata / "1.targets.json").read_bytes())
    assert office.updates() == 1
    assert "does not belong together" in office.said


def test_a_repository_of_others_and_one_that_is_not_there_are_told_apart(tmp_path, office: Office) -> None:
    (tmp_path / "others").mkdir()
    Publisher(tmp_path / "others").release(NEW)
    assert office.types("update", "--version", NEW, "--repository", f"{office._url}/others/repository") == 1
    assert "not signed by enough" in office.said
    assert office.types("update", "--version", NEW, "--repository", f"{office._url}/nowhere") == 1
    assert "the server answers 404" in office.said
    assert office.types("update", "--version", NEW, "--repository", "http://localhost") == 2


def test_new_keys_take_over_when_the_former_ones_sign_them(office: Office) -> None:
    new_key(office.publisher.folder / "fourth")
    office.publisher.new_root("second", "third", "fourth")
    office.publisher.publish("second", "third")
    office.publisher.stage(NEW)
    office.publisher.publish("third", "fourth")
    assert office.updates() == 0, office.said
    assert office.box.links == (NEW, OLD, NEW)


def test_a_box_without_the_publishers_root_or_a_version_says_what_to_do(office: Office) -> None:
    (office.box.root / "etc/anjungan/update-root.json").unlink()
    assert office.updates() == 2
    assert "put the publishers' root.json there" in office.said
    (office.box.versions.folder / "current").unlink()
    assert office.updates() == 2
    assert "kiosk-provision apply" in office.said
