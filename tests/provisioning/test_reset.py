"""kiosk-provision reset: keys and data are gone, that is proved, and a repeat finishes what a power cut left."""

from pathlib import Path

import pytest
from power import PowerCut

from provisioning.__main__ import main, parser
from provisioning.machine import BoxError, Machine
from provisioning.reset import WORD, overwritten, reset, wipe

STORE_KEY = "3f" * 32
BODY = "MC4CAQAwBQYDK2VwBCIEIGJnZ2VkYmFkYmVlZmRlYWRiZWVmY2FmZWJhYmUxMjM0"
PEM = f"-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----\n"
CONFIG = '[central]\nurl = "https://c.example"\nca = "ca.pem"\n[data]\ndir = "/var/lib/anjungan"\n'
STAYS = {"etc/anjungan/kiosk.toml", "etc/credstore.encrypted/another", "var/lib/other/file"}


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A kiosk that has served for a while."""
    for place, content in {
        "etc/anjungan/kiosk.toml": CONFIG,
        "etc/credstore.encrypted/anjungan.store-key": "sealed",
        "etc/credstore.encrypted/another": "stays",
        "var/lib/anjungan/kiosk.key": PEM,
        "var/lib/anjungan/store.key": f"{STORE_KEY}\n",
        "var/lib/anjungan/identity.json": "{}",
        "var/lib/anjungan/store/kiosk.sqlite": "x" * 3_000_000,
        "var/lib/anjungan/store/kiosk.sqlite-wal": "y" * 5000,
        "var/lib/anjungan/store.aside-20261124T000000-corrupt/kiosk.sqlite": "z" * 5000,
        "var/lib/anjungan/log/kiosk.jsonl": "{}",
        "var/lib/anjungan-sync/outbox": "facts",
        "var/lib/other/file": "stays",
    }.items():
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    (tmp_path / "var/lib/anjungan/link").symlink_to(tmp_path / "var/lib/other/file")
    return tmp_path


def left(box: Path) -> set[str]:
    return {str(each.relative_to(box)) for each in box.rglob("*") if each.is_symlink() or each.is_file()}


def test_keys_and_data_are_gone_and_the_rest_stays(box, capsys) -> None:
    assert main(["reset", "--root", str(box), "--yes"]) == 0
    said = capsys.readouterr().out
    assert "10 files of 3010" in said
    assert "0 left of them" in said
    assert "the keys are in 0 of 3 files searched" in said
    assert "wiped: revoke this kiosk" in said
    assert left(box) == STAYS
    assert list((box / "var/lib/anjungan").iterdir()) == []
    assert (box / "var/lib/other/file").read_text() == "stays"


def test_what_was_there_is_overwritten_before_it_is_removed(box) -> None:
    file = box / "var/lib/anjungan/store.key"
    other_name = box / "another-name-of-the-same-blocks"
    other_name.hardlink_to(file)
    assert overwritten(file) == 65
    assert len(other_name.read_bytes()) == 65
    assert STORE_KEY.encode() not in other_name.read_bytes()


def test_a_copy_of_a_key_elsewhere_breaks_the_proof_and_is_named(box, capsys) -> None:
    (box / "root").mkdir()
    (box / "root/backup.pem").write_text(PEM)
    (box / "var/note").write_text(f"key: {STORE_KEY}")
    assert main(["reset", "--root", str(box), "--yes"]) == 1
    said = capsys.readouterr().out
    assert f"holds a key: {box / 'root/backup.pem'}" in said
    assert f"holds a key: {box / 'var/note'}" in said
    assert "NOT wiped" in said


@pytest.mark.parametrize("answer", ["", "yes", "wipe", WORD])
def test_nothing_is_wiped_without_the_word(box, answer) -> None:
    before, arguments = left(box), parser().parse_args(["reset", "--root", str(box)])
    if answer == WORD:
        assert reset(arguments, lambda question: answer) == 0
        return
    with pytest.raises(BoxError, match="nothing was wiped"):
        reset(arguments, lambda question: answer)
    assert left(box) == before


def test_wherever_the_power_goes_the_keys_went_first_and_a_repeat_finishes(box) -> None:
    places = [box / "var/lib/anjungan", box / "var/lib/anjungan-sync"]
    for step in range(8):
        taken = []

        def until_the_cut(file: Path, taken: list[Path] = taken) -> int:
            if taken:
                raise PowerCut
            taken.append(file)
            return overwritten(file)

        with pytest.raises(PowerCut):
            wipe(Machine(box), places, until_the_cut)
        keys = {"var/lib/anjungan/kiosk.key", "var/lib/anjungan/store.key"} & left(box)
        assert len(keys) == max(0, 1 - step)
    assert wipe(Machine(box), places).holds
    assert not any(place.startswith("var/lib/anjungan") for place in left(box))


def test_a_second_reset_finds_nothing_to_wipe(box, capsys) -> None:
    main(["reset", "--root", str(box), "--yes"])
    capsys.readouterr()
    assert main(["reset", "--root", str(box), "--yes"]) == 0
    assert "0 files of 0 bytes" in capsys.readouterr().out
