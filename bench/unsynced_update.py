"""What an update has not brought to the disk yet, at each step that builds upon it: nothing, or a disk that loses its
cache with the power leaves a step without what it stands on.

A clean update is traced. A step is a name that moves into its place (a version, a link, what is remembered of a trial)
or the end of a trial. By then every file that was written must have been synced, and every folder whose names changed,
but for the folder of the step itself. A control that syncs no file of a version must be found out.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from kill_update import UNSOUND, Site
from update_site import Box

CALLS = "openat,write,rename,symlink,unlink,unlinkat,rmdir,mkdir,fsync,ftruncate"
LEFT_OUT = ("var/lib/anjungan-update/seen", "var/lib/anjungan-update/lock")
"""What was seen of a repository is synced when all of it was read; until then the former state of it serves."""
CARELESS = """
import sys
from provisioning.updates import release
from provisioning.__main__ import main

release.sync = lambda path: None
sys.exit(main())
"""
_CALL = re.compile(r"(\w+)\((.*)\)\s+= (\d+)")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_OPEN = re.compile(r"^(?:AT_FDCWD|\d+)(?:<([^>]*)>)?")


class Cache:
    """What is not on the disk for sure: contents of files, and names in folders, by path from the box's root."""

    def __init__(self, root: Path) -> None:
        self._root, self.files, self.folders = root, set[Path](), set[Path]()
        self.steps = 0

    def hear(self, line: str) -> Iterator[str]:
        """Takes in one call; tells what is wrong with it."""
        found = _CALL.match(line)
        if not found:
            return
        name, rest, _ = found.groups()
        opened = _OPEN.match(rest)
        folder = Path(opened[1]) if opened and opened[1] else Path()
        texts = [folder / each for each in _TEXT.findall(rest)] if name != "write" else []
        paths = [self._ours(each) for each in ([folder] if name in ("write", "fsync", "ftruncate") else texts)]
        yield from getattr(self, f"_{name}")(rest, *paths)

    def _ours(self, path: Path) -> Path | None:
        """The path from the root, None for what is elsewhere or left out."""
        if not path.is_relative_to(self._root):
            return None
        inside = path.relative_to(self._root)
        return None if str(inside).startswith(LEFT_OUT) else inside

    def _openat(self, rest: str, path: Path | None) -> Iterator[str]:
        if path and "O_CREAT" in rest:
            self.files.add(path)
            self.folders.add(path.parent)
        yield from ()

    def _write(self, rest: str, path: Path | None) -> Iterator[str]:
        if path:
            self.files.add(path)
        yield from ()

    _ftruncate = _write

    def _fsync(self, rest: str, path: Path | None) -> Iterator[str]:
        self.files.discard(path or Path())
        self.folders.discard(path or Path())
        yield from ()

    def _mkdir(self, rest: str, path: Path | None) -> Iterator[str]:
        if path:
            self.folders |= {path, path.parent}
        yield from ()

    def _symlink(self, rest: str, target: Path | None, path: Path | None) -> Iterator[str]:
        if path:
            self.folders.add(path.parent)
        yield from ()

    def _unlink(self, rest: str, path: Path | None) -> Iterator[str]:
        if path:
            if path.name == "trial.json":
                yield from self._step(path)
            self.files.discard(path)
            self.folders = {each for each in self.folders if each != path} | {path.parent}

    _unlinkat = _rmdir = _unlink

    def _rename(self, rest: str, source: Path | None, path: Path | None) -> Iterator[str]:
        if source and path:
            yield from self._step(path)
            for paths in (self.files, self.folders):
                moved = {each for each in paths if each.is_relative_to(source)}
                paths -= moved
                paths |= {path / each.relative_to(source) for each in moved}
            self.folders |= {source.parent, path.parent}

    def _step(self, path: Path) -> Iterator[str]:
        self.steps += 1
        unsynced = self.files | (self.folders - {path.parent})
        if unsynced:
            named = ", ".join(sorted(map(str, unsynced)))[:200]
            yield f"{path} stands on {len(unsynced)} paths that are not on the disk: {named}"


def problems_of(site: Site) -> tuple[int, list[str]]:
    """How many steps an update takes, and what is wrong with them."""
    with site.box() as box:
        trace = box.root.parent / "trace"
        site.traced(box, ["-y", "-s", "300", "-o", str(trace), "-e", f"trace={CALLS}"])
        cache = Cache(box.root)
        problems = [each for line in trace.read_text().splitlines() for each in cache.hear(line)]
        return cache.steps, problems + _at_the_end(box, cache)


def _at_the_end(box: Box, cache: Cache) -> list[str]:
    left = [str(each) for each in (*cache.files, *cache.folders) if (box.root / each).exists()]
    # What was deleted last may come back, and is deleted again by the next update.
    return [f"{each} is not on the disk in the end" for each in left if each not in ("opt/anjungan/versions",)]


def campaign(probes: str) -> tuple[int, list[str]]:
    """An update to a version with such probes."""
    with ExitStack() as stack:
        return problems_of(Site(stack, probes))


def control() -> tuple[int, list[str]]:
    """An update that syncs no file of the version."""
    with ExitStack() as stack:
        return problems_of(Site(stack, "exit 0", ("-c", CARELESS)))


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    broken = False
    for name, probes in (("a sound version", "exit 0"), ("a version that fails a probe", UNSOUND)):
        steps, problems = campaign(probes)
        print(f"{name}: {steps} steps; problems: {problems}")
        broken = broken or bool(problems)
    steps, found = control()
    print(f"control, no file of the version is synced: {steps} steps; problems: {found}")
    sys.exit(broken or not found)


if __name__ == "__main__":
    main()
