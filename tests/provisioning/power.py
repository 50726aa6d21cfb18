"""A box whose power goes at a chosen step, and a disk that then loses what was not brought onto it."""

import os
import shutil
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from provisioning.disk import Disk
from provisioning.machine import Ran, run

LOCKS_AND_COPIES = {".pwd.lock", "passwd-", "group-", "shadow-", "gshadow-"}
"""What systemd-sysusers leaves beside its files."""


class PowerCut(BaseException):
    """Nothing catches it, as nothing catches a power cut."""


class Power:
    """Lasts for so many steps; then `cut` is called, before the next one."""

    def __init__(self, steps: int, cut: Callable[[], None]) -> None:
        self._left, self._cut = steps, cut
        self.taken = 0

    def step(self) -> None:
        if self._left == 0:
            self._cut()
        self._left -= 1
        self.taken += 1

    def run(self, command: Sequence[str]) -> Ran:
        """Runs a command of the box; the power may go before it, or after it and before anything else."""
        self.step()
        ran = run(command)
        self.step()
        return ran


class QuickDisk(Disk):
    """Waits for no disk: whether something is on it is not the question, or is answered by MeteredDisk."""

    def write(self, file: Path, content: bytes, mode: int) -> None:
        file.unlink(missing_ok=True)
        file.write_bytes(content)
        file.chmod(mode)

    def settle(self, folder: Path) -> None:
        """Nothing to wait for."""


class MeteredDisk(QuickDisk):
    """Each step takes power. With `loses`, a cut takes back what was not yet settled: names, in the reverse order."""

    def __init__(self, power: Power, loses: bool) -> None:
        self._power, self._loses = power, loses
        self._unsettled: list[tuple[Path, Callable[[], None]]] = []

    def make_folder(self, folder: Path) -> None:
        self._power.step()
        super().make_folder(folder)
        self._unsettled.append((folder.parent, folder.rmdir))

    def write(self, file: Path, content: bytes, mode: int) -> None:
        self._power.step()
        super().write(file, content, mode)
        self._unsettled.append((file.parent, lambda: file.unlink(missing_ok=True)))

    def point(self, link: Path, target: str) -> None:
        self._power.step()
        super().point(link, target)
        self._unsettled.append((link.parent, lambda: link.unlink(missing_ok=True)))

    def move(self, old: Path, new: Path) -> None:
        self._power.step()
        kept = _kept(new)
        super().move(old, new)
        self._unsettled.append((new.parent, lambda: (new.rename(old), kept())))  # type: ignore[func-returns-value]

    def remove(self, file: Path) -> None:
        self._power.step()
        kept = _kept(file)
        super().remove(file)
        self._unsettled.append((file.parent, kept))

    def settle(self, folder: Path) -> None:
        self._power.step()
        super().settle(folder)
        self._unsettled = [each for each in self._unsettled if each[0] != folder]

    def lose(self) -> None:
        """What a disk does whose cache was not written."""
        for _, take_back in reversed(self._unsettled) if self._loses else ():
            take_back()


def killed() -> None:
    """Ends this very process as a power cut does: at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def cut() -> None:
    raise PowerCut


def _kept(file: Path) -> Callable[[], None]:
    """What puts a file or link back as it is now."""
    if file.is_symlink():
        target = os.readlink(file)
        return lambda: file.symlink_to(target)
    if not file.exists():
        return lambda: None
    content, mode = file.read_bytes(), file.stat().st_mode & 0o7777

    def put_back() -> None:
        file.write_bytes(content)
        file.chmod(mode)

    return put_back


def tree(root: Path) -> dict[str, tuple[object, ...]]:
    """All that is on a box: kind, mode and content by place."""
    found: dict[str, tuple[object, ...]] = {}
    for each in sorted(root.rglob("*")):
        if each.name in LOCKS_AND_COPIES:
            continue
        place = str(each.relative_to(root))
        if each.is_symlink():
            found[place] = ("link", os.readlink(each))
        elif each.is_dir():
            found[place] = ("folder", each.stat().st_mode & 0o7777)
        else:
            found[place] = ("file", each.stat().st_mode & 0o7777, each.read_bytes())
    return found


def fresh(box: Path, at: Path) -> Path:
    """A copy of a box."""
    shutil.rmtree(at, ignore_errors=True)
    shutil.copytree(box, at, symlinks=True)
    return at
