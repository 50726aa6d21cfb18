"""An update is killed at every one of its system calls that changes the disk, and ended as the next start ends it.

A clean update is traced to learn its calls. Then, for each of them, an update of its own is killed as it enters that
call (strace injects SIGKILL). Whatever was done by then, `current` must be a whole version that starts: at once, after
`update --resume`, which each start of the machine runs, and after the next `update`, which must come to its end. The
same for an update to a version that fails its probes: it must be the former version in the end.

A control unpacks the new version in its place, where half of it looks like a whole one, and must be found out.
"""

import argparse
import contextlib
import io
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme
from kill_at_syscalls import Call, NotTraced, Result
from update_site import NEW, OLD, Box, Publisher, serving

from provisioning.__main__ import main as provision
from provisioning.updates.versions import PART, Versions

CHANGING = (
    "openat", "write", "rename", "symlink", "unlink", "unlinkat", "rmdir", "mkdir", "fsync", "ftruncate", "chmod",
    "fchmod", "utimensat",
)  # fmt: skip
UNSOUND = '[ "$1" != rehearse ]'
_TRACED = re.compile(r"(\w+)\((.*)")


class Site:
    """A repository with a release, and a box that is copied for each update; `program` runs an update's process."""

    def __init__(self, stack: ExitStack, probes: str, program: tuple[str, ...] = ("-m", "provisioning")) -> None:
        self._folder = Path(stack.enter_context(TemporaryDirectory(dir="/dev/shm", prefix="update-")))
        self._program, self._count = program, 0
        authority, ca = trustme.CA(), self._folder / "ca.pem"
        authority.cert_pem.write_to_path(str(ca))
        publisher = Publisher(self._folder)
        publisher.release(NEW, probes)
        _, url = stack.enter_context(serving(self._folder, authority))
        self._box = Box(self._folder / "box", url, ca, publisher.trusted_root)
        self._update = ("update", "--version", NEW, "--repository", f"{url}/repository")
        self.ends = (NEW, OLD, NEW) if probes == "exit 0" else (OLD, None, OLD)

    @contextlib.contextmanager
    def box(self) -> Iterator[Box]:
        """A box of its own, which is deleted afterwards."""
        self._count += 1
        root = self._folder / f"box-{self._count}"
        shutil.copytree(self._box.root, root, symlinks=True)
        box = Box.__new__(Box)
        box.root, box.versions = root, Versions(root / "opt/anjungan")
        yield box
        shutil.rmtree(root)

    def traced(self, box: Box, options: list[str]) -> bool:
        """Runs an update under strace; whether it came to its end."""
        command = [sys.executable, *self._program, *self._update, "--root", str(box.root)]
        try:
            done = subprocess.run(["strace", *options, *command], capture_output=True, text=True, check=False)
        except OSError as error:
            raise NotTraced(f"strace cannot be started: {error}") from error
        if "strace:" in done.stderr:
            raise NotTraced(f"strace does not work on this machine: {done.stderr.strip()[-200:]}")
        return done.returncode >= 0 and done.returncode != 128 + 9

    def resumed(self, box: Box) -> None:
        """What a start of the machine does."""
        _quietly(["update", "--resume", "--root", str(box.root)])

    def updated(self, box: Box) -> None:
        """What the next night does."""
        _quietly([*self._update, "--root", str(box.root)])


def _quietly(arguments: list[str]) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        provision(arguments)


def calls_of_an_update(site: Site) -> list[Call]:
    """Every call of an update that changes something on the box's disk."""
    with site.box() as box:
        trace = box.root.parent / "trace"
        if not site.traced(box, ["-y", "-s", "300", "-o", str(trace), "-e", f"trace={','.join(CHANGING)}"]):
            raise AssertionError("an update that nobody kills is killed")
        if box.links != site.ends:
            raise AssertionError(f"an update that nobody kills ends with {box.links}")
        seen: Counter[str] = Counter()
        calls = []
        for line in trace.read_text().splitlines():
            traced = _TRACED.match(line)
            if traced:
                name, rest = traced.groups()
                seen[name] += 1
                changes = name != "openat" or "O_CREAT" in rest
                if str(box.root) in rest and changes:
                    calls.append(Call(name, seen[name]))
        return calls


def kill_one(site: Site, call: Call, result: Result) -> None:
    """Kills an update at a call, and looks at what it left and how that ends."""
    injection = f"inject={call.name}:signal=SIGKILL:when={call.count}"
    with site.box() as box:
        survived = site.traced(box, ["-o", "/dev/null", "-e", f"trace={call.name}", "-e", injection])
        result.kinds.add(call.name)
        result.kills += not survived
        result.survivors += survived
        result.violations += [f"killed at {call.name} {call.count}: {each}" for each in _wrong(site, box)]


def _wrong(site: Site, box: Box) -> Iterator[str]:
    steps: tuple[tuple[str, Callable[[Box], None]], ...] = (
        ("at once", lambda box: None),
        ("after the start", site.resumed),
        ("after the next update", site.updated),
    )
    for when, step in steps:
        step(box)
        if not box.starts():
            yield f"{when} {box.links[0]} does not start"
    if box.links != site.ends:
        yield f"in the end the links are {box.links}"
    left = [str(each) for each in box.root.rglob("*") if each.name.endswith((PART, ".new"))]
    if left:
        yield f"in the end there is {left}"


def campaign(probes: str, every: int = 1) -> Result:
    """Kills at each `every`-th call of an update to a version with such probes."""
    result = Result()
    with ExitStack() as stack:
        site = Site(stack, probes)
        for call in calls_of_an_update(site)[every // 2 :: every]:
            kill_one(site, call, result)
    return result


HASTY = """
import sys
from provisioning.updates import versions
from provisioning.__main__ import main

versions.Versions.install = lambda self, archive, version: versions.unpack(archive, self.place(version))
sys.exit(main())
"""


def control() -> Result:
    """An update that unpacks in place is killed at some of its calls, until that is found out."""
    result = Result()
    with ExitStack() as stack:
        site = Site(stack, "exit 0", ("-c", HASTY))
        for call in calls_of_an_update(site):
            if call.name == "utimensat" and not result.violations:
                kill_one(site, call, result)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="kill at each so many-th call only")
    every = parser.parse_args().every
    broken = False
    for name, probes in (("a sound version", "exit 0"), ("a version that fails a probe", UNSOUND)):
        began = time.monotonic()
        result = campaign(probes, every)
        seconds = time.monotonic() - began
        print(
            f"{name}: {result.kills} updates killed in {len(result.kinds)} kinds of calls, {result.survivors} came to"
            f" their end, in {seconds:.0f} s; violations: {len(result.violations)}"
        )
        for violation in result.violations[:10]:
            print(f"  {violation}")
        broken = broken or bool(result.violations)
    found = control()
    print(f"control, unpacked in place: {found.kills} updates killed; violations: {found.violations}")
    sys.exit(broken or not found.violations)


if __name__ == "__main__":
    main()
