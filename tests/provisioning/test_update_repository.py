"""kiosk-provision repository, as publishers type it: keys, root, releases, signatures, publishing."""

import io
import shutil
import stat
import tarfile
from pathlib import Path

import pytest
from update_site import NEW, version_folder

from provisioning.__main__ import main
from provisioning.updates.errors import NotTaken
from provisioning.updates.release import Release, order, pack, release_of, unpack


class Publishers:
    """They type commands in one folder; `said` is what they see."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capfd, self.said = folder, capfd, ""

    def types(self, line: str) -> int:
        words = [each.replace("@", f"{self.folder}/") for each in line.split()]
        status = main(["repository", *words])
        captured = self._capfd.readouterr()
        self.said = captured.out + captured.err
        return status

    def begins(self) -> None:
        for name in ("a", "b", "c", "online"):
            assert self.types(f"new-key @{name}") == 0
        assert self.types("new --in @r --key @a.pub --key @b.pub --key @c.pub --online-key @online.pub") == 0
        for line in ("sign --in @r --key @a", "sign --in @r --key @b", "publish --in @r --online-key @online"):
            assert self.types(line) == 0, self.said


@pytest.fixture
def publishers(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Publishers:
    return Publishers(tmp_path, capfd)


def test_a_release_is_published_once_two_have_signed_it(publishers: Publishers, tmp_path: Path) -> None:
    publishers.begins()
    version_folder(tmp_path / "v")
    assert publishers.types(f"add --in @r --version {NEW} @v") == 0
    assert publishers.types("sign --in @r --key @c") == 0
    assert "signed: targets" in publishers.said
    assert publishers.types("publish --in @r --online-key @online") == 1
    assert "too few signatures" in publishers.said
    assert publishers.types("sign --in @r --key @a") == 0
    assert publishers.types("publish --in @r --online-key @online") == 0
    assert "within 7 days" in publishers.said
    assert (tmp_path / "r/metadata/2.targets.json").exists()
    assert not (tmp_path / "r/staged/targets.json").exists()
    assert publishers.types(f"add --in @r --version {NEW} @v") == 1
    assert "a released version is never changed" in publishers.said
    release = Release(NEW)
    assert publishers.types(f"withdraw --in @r {release.file}") == 0
    assert publishers.types(f"withdraw --in @r {release.file}") == 1


def test_what_is_published_is_renewed_while_something_staged_waits_for_its_second_signature(
    publishers: Publishers, tmp_path: Path
) -> None:
    assert publishers.types("new-key @online") == 0
    assert publishers.types("renew --in @r --online-key @online") == 1
    assert "nothing is published here yet" in publishers.said
    (tmp_path / "online").unlink()
    publishers.begins()
    version_folder(tmp_path / "v")
    assert publishers.types(f"add --in @r --version {NEW} @v") == 0
    assert publishers.types("renew --in @r --online-key @online") == 0, publishers.said
    assert "within 7 days" in publishers.said
    assert (tmp_path / "r/metadata/2.snapshot.json").exists()
    assert not (tmp_path / "r/metadata/2.targets.json").exists()
    assert (tmp_path / "r/staged/targets.json").exists()
    assert publishers.types("renew --in @r --online-key @a") == 1
    assert "not the key that root names" in publishers.said


def test_keys_are_their_owners_alone_and_never_overwritten(publishers: Publishers, tmp_path: Path) -> None:
    assert publishers.types("new-key @a") == 0
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    assert "PRIVATE" not in (tmp_path / "a.pub").read_text()
    assert publishers.types("new-key @a") == 1
    assert "never overwritten" in publishers.said


def test_what_cannot_be_is_refused_in_a_sentence(publishers: Publishers, tmp_path: Path) -> None:
    publishers.begins()
    (tmp_path / "empty").mkdir()
    for line, words in (
        ("new --in @r --key @a.pub --key @a.pub --key @b.pub --online-key @online.pub", "different keys"),
        ("new --in @r --key @a --key @b --key @c --online-key @online", "is not the public part of a key"),
        ("sign --in @r --key @online", "nothing is staged that this key may sign"),
        ("sign --in @r --key @a.pub", "is not a key made by"),
        ("publish --in @r --online-key @a", "not the key that root names"),
        ("publish --in @elsewhere --online-key @online", "there is no repository here"),
        (f"add --in @r --version {NEW} @empty", "not a version's folder"),
        ("add --in @r --version 1.2 @empty", "'1.2' is not a version such as 1.2.3"),
    ):
        assert publishers.types(line) == 1, line
        assert words in publishers.said, publishers.said


def test_versions_are_compared_by_their_numbers() -> None:
    assert order("0.10.0") > order("0.9.9")
    for wrong in ("1", "1.2.3.4", "01.2.3", "1.2.x", "", "1.2.3\n"):
        with pytest.raises(ValueError, match="is not a version"):
            order(wrong)
    with pytest.raises(ValueError, match="does not describe"):
        release_of({"version": "1.2.3"})
    with pytest.raises(ValueError, match="not a channel"):
        Release("1.2.3", channel="../x")


def test_the_same_files_give_the_same_archive_and_come_back_as_they_were(tmp_path: Path) -> None:
    folder = version_folder(tmp_path / "v")
    for name in ("one", "two"):
        pack(folder, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    unpack(tmp_path / "one", tmp_path / "back")
    for path in folder.rglob("*"):
        again = tmp_path / "back" / path.relative_to(folder)
        assert again.is_symlink() == path.is_symlink()
        assert stat.S_IMODE(again.lstat().st_mode) == stat.S_IMODE(path.lstat().st_mode), path
        assert not path.is_file() or again.read_bytes() == path.read_bytes()
        assert path.is_dir() or int(again.lstat().st_mtime) == int(path.lstat().st_mtime)


def test_an_archive_cannot_write_outside_of_its_folder(tmp_path: Path) -> None:
    folder = version_folder(tmp_path / "v")
    (folder / "out").symlink_to(tmp_path)
    pack(folder, tmp_path / "sound")
    unpack(tmp_path / "sound", tmp_path / "back")
    for name in ("../evil", "/evil", "out/evil", "bin/kiosk/../../evil"):
        archive = tmp_path / "evil.tar.gz"
        with tarfile.open(tmp_path / "sound") as sound, tarfile.open(archive, "w:gz") as evil:
            for member in sound:
                evil.addfile(member, sound.extractfile(member) if member.isfile() else None)
            evil.addfile(tarfile.TarInfo(name), io.BytesIO())
        shutil.rmtree(tmp_path / "back")
        with pytest.raises(NotTaken, match="which no version has"):
            unpack(archive, tmp_path / "back")
    device = tarfile.TarInfo("disk")
    device.type = tarfile.BLKTYPE
    with tarfile.open(archive, "w:gz") as evil:
        evil.addfile(device)
    shutil.rmtree(tmp_path / "back")
    with pytest.raises(NotTaken, match="which no version has"):
        unpack(archive, tmp_path / "back")
    assert not list(tmp_path.glob("**/evil"))
