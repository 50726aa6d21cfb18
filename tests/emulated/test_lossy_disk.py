"""The disk that loses its cache: the power cuts' truth, so it is held to its word first."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lossy_disk import SECTOR, DiskServer, LossyDisk

SECTORS = 8
BLANK = bytes(SECTOR)


def sector(value: int) -> bytes:
    return bytes([value]) * SECTOR


@contextmanager
def a_disk(seed: int) -> Iterator[LossyDisk]:
    with TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("durable", "seen")]
        for each in files:
            each.write_bytes(bytes(SECTOR * SECTORS))
        disk = LossyDisk(*files, Random(seed))
        yield disk
        disk.close()


WRITES = st.tuples(st.integers(0, SECTORS - 1), st.integers(1, 3), st.integers(1, 255))
STEPS = st.lists(st.one_of(WRITES, st.sampled_from(["flush", "cut"])), max_size=30)


@settings(max_examples=60)
@given(steps=STEPS, seed=st.integers(0, 1000))
def test_what_was_flushed_is_there_after_a_cut_and_the_rest_is_old_or_new(
    steps: list[tuple[int, int, int] | str], seed: int
) -> None:
    may_be = {place: {BLANK} for place in range(SECTORS)}
    now = dict.fromkeys(range(SECTORS), BLANK)
    with a_disk(seed) as disk:
        for step in steps:
            if step == "flush":
                disk.flush()
                may_be = {place: {now[place]} for place in now}
            elif step == "cut":
                disk.cut()
                now = {place: disk.read(place * SECTOR, SECTOR) for place in now}
                assert all(now[place] in may_be[place] for place in now)
                may_be = {place: {now[place]} for place in now}
            elif isinstance(step, tuple):
                start, count, value = step
                places = range(start, min(start + count, SECTORS))
                disk.write(start * SECTOR, sector(value) * len(places))
                for place in places:
                    now[place] = sector(value)
                    may_be[place].add(now[place])
            assert all(disk.read(place * SECTOR, SECTOR) == now[place] for place in now)


def test_what_was_not_flushed_is_lost_in_some_cuts_and_kept_in_others() -> None:
    found = set()
    for seed in range(40):
        with a_disk(seed) as disk:
            disk.write(0, sector(7))
            disk.cut()
            found.add(disk.read(0, SECTOR))
    assert found == {BLANK, sector(7)}


def test_one_cut_has_several_fates_and_each_begins_from_what_was_flushed() -> None:
    with a_disk(1) as disk:
        disk.write(0, sector(6))
        disk.flush()
        disk.write(0, sector(7))
        found = {disk.durable.read_bytes()[:SECTOR] for _ in disk.fates(40)}
        assert found == {sector(6), sector(7)}


def test_a_disk_that_lies_loses_what_it_said_was_flushed() -> None:
    found = set()
    for seed in range(40):
        with a_disk(seed) as disk:
            disk.ignores_flush = True
            disk.write(0, sector(7))
            disk.flush()
            disk.cut()
            found.add(disk.read(0, SECTOR))
    assert BLANK in found


def test_a_restored_disk_is_as_it_was_at_the_checkpoint(tmp_path: Path) -> None:
    with a_disk(1) as disk:
        disk.write(0, sector(1))
        disk.checkpoint(tmp_path / "base")
        disk.write(0, sector(2))
        disk.flush()
        disk.write(SECTOR, sector(3))
        disk.cut()
        disk.restore(tmp_path / "base")
        assert disk.read(0, 2 * SECTOR) == sector(1) + BLANK
        disk.cut()
        assert disk.read(0, 2 * SECTOR) == sector(1) + BLANK


@pytest.mark.skipif(shutil.which("qemu-io") is None, reason="qemu-io is not installed (apt-get install qemu-utils)")
def test_qemu_reads_writes_and_flushes_it(tmp_path: Path) -> None:
    with a_disk(1) as disk:
        server = DiskServer(disk, tmp_path / "disk.sock")
        try:
            commands = ["write -P 5 512 512", "flush", "write -P 6 1024 512", "read -P 5 512 512"]
            told = [word for each in commands for word in ("-c", each)]
            place = f"nbd+unix:///?socket={server.path}"
            command = ["qemu-io", "-f", "raw", "-t", "writeback", *told, place]
            ran = subprocess.run(command, capture_output=True, text=True)
            assert ran.returncode == 0, ran.stdout + ran.stderr
        finally:
            server.close()
        assert disk.flushes >= 1
        assert disk.read(SECTOR, 2 * SECTOR) == sector(5) + sector(6)
