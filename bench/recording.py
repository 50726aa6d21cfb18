"""What a program did to the files of one folder, in its order, as strace saw it.

Only calls that change a file or its name, or that bring one to the disk, are kept. The wal-index (`-shm`) of SQLite is
shared memory: it is written through a mapping that no call shows, and SQLite makes it anew after a crash, so it is left
out; a store that locks its file for itself alone has none.
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    "openat,open,creat,write,pwrite64,pwritev,writev,ftruncate,fallocate,fsync,fdatasync,sync_file_range,unlink,unlinkat,"
    "rename,renameat,renameat2,link,lseek,close,dup,dup2,dup3,sendfile,copy_file_range"
)
LONGEST_WRITE = 1 << 20
LEFT_OUT = "-shm"


@dataclass(frozen=True)
class Write:
    """`data` at `offset` of a file; files are told apart by a number, because names move."""

    file: int
    offset: int
    data: bytes


@dataclass(frozen=True)
class Cut:
    """A file gets `size` bytes."""

    file: int
    size: int


@dataclass(frozen=True)
class Named:
    """`name` means this file from now on, or none; `was` stops to mean one (a rename)."""

    name: str
    file: int | None
    was: str = ""


@dataclass(frozen=True)
class Synced:
    """A file's bytes and size are on the disk; of None, the folder's names are."""

    file: int | None


@dataclass(frozen=True)
class Said:
    """What the program told the world."""

    line: str


Operation = Write | Cut | Named | Synced | Said


class NotRecorded(Exception):
    """strace is missing or not permitted, or did something that the model does not know."""


def record(command: list[str], folder: Path, said: Path, environment: dict[str, str]) -> list[Operation]:
    """Runs a command of one thread under strace. What it appends to the file `said` becomes Said, a line a write.

    Raises NotRecorded, also if the command fails.
    """
    trace = said.with_name(said.name + ".trace")
    tracer = ["strace", "-f", "-xx", "-s", str(LONGEST_WRITE), "-e", f"trace={CALLS}", "-e", "signal=none"]
    try:
        run = subprocess.run([*tracer, "-o", str(trace), *command], env=environment, capture_output=True, check=False)
    except OSError as error:
        raise NotRecorded(f"strace cannot be started: {error}") from error
    if run.returncode:
        raise NotRecorded(f"the program under strace ended with {run.returncode}: {run.stderr.decode()[-800:]}")
    reader = _Reader(folder, said)
    with trace.open() as lines:
        for line in lines:
            reader.read(line)
    trace.unlink()
    return reader.operations


_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_IN_FOLDER, _SAYING = "folder", "said"


class _Reader:
    """Follows descriptors and offsets through the lines of a trace."""

    def __init__(self, folder: Path, said: Path) -> None:
        self.operations: list[Operation] = []
        self._folder, self._said = str(folder), str(said)
        self._names: dict[str, int] = {}
        self._contents: list[bytearray] = []
        self._open: dict[int, int | str] = {}
        self._at: dict[int, int] = {}

    def read(self, line: str) -> None:
        found = _LINE.match(line)
        if not found:
            if "unfinished" in line or "resumed" in line:
                raise NotRecorded("the program has more than one thread")
            return
        call, arguments, result = found[1], found[2], int(found[3])
        strings = [_unescaped(each) for each in _STRING.finditer(arguments)]
        rest = [each.strip() for each in _STRING.sub("", arguments).split(",")]
        if result < 0:
            return
        if call in ("openat", "open", "creat"):
            self._opened(strings[0].decode(), arguments, result)
        elif call in ("unlink", "unlinkat", "rename", "renameat", "renameat2", "link"):
            self._renamed(call, [each.decode() for each in strings])
        elif call in ("sendfile", "copy_file_range"):
            self._copied(call, rest, result)
        else:
            self._on_descriptor(call, strings, rest, result)

    def _opened(self, path: str, arguments: str, descriptor: int) -> None:
        self._open.pop(descriptor, None)
        self._at[descriptor] = 0
        if path == self._said:
            self._open[descriptor] = _SAYING
        elif path == self._folder:
            self._open[descriptor] = _IN_FOLDER
        elif (name := self._name(path)) is not None:
            if name not in self._names:
                self._names[name] = len(self._contents)
                self._contents.append(bytearray())
                self.operations.append(Named(name, self._names[name]))
            file = self._names[name]
            self._open[descriptor] = file
            if "O_TRUNC" in arguments and self._contents[file]:
                self._cut(file, 0)

    def _name(self, path: str) -> str | None:
        folder, _, name = path.rpartition("/")
        return name if folder == self._folder and not name.endswith(LEFT_OUT) else None

    def _renamed(self, call: str, paths: list[str]) -> None:
        names = [self._name(each) for each in paths]
        if names[0] is None and names[-1] is None:
            return
        if call in ("unlink", "unlinkat") and names[0] in self._names:
            del self._names[names[0]]
            self.operations.append(Named(names[0], None))
        elif call.startswith("rename") and names[0] in self._names and names[1]:
            file = self._names[names[1]] = self._names.pop(names[0])
            self.operations.append(Named(names[1], file, was=names[0]))
        else:
            raise NotRecorded(f"{call} {paths} is not known to the model")

    def _copied(self, call: str, rest: list[str], result: int) -> None:
        """sendfile(2) from an offset of one file of the folder to another."""
        to, source = int(rest[0]), int(rest[1])
        target, origin = self._open.get(to), self._open.get(source)
        if isinstance(target, int) and isinstance(origin, int) and call == "sendfile":
            at = int(rest[2].partition("]")[0].removeprefix("["))
            self._write(target, self._at[to], bytes(self._contents[origin][at : at + result]))
            self._at[to] += result
        elif isinstance(target, int):
            raise NotRecorded(f"{call} into the folder is not known to the model")

    def _on_descriptor(self, call: str, strings: list[bytes], rest: list[str], result: int) -> None:
        descriptor = int(rest[0].split("<")[0])
        target = self._open.get(descriptor)
        if call == "close":
            self._open.pop(descriptor, None)
        elif target is None:
            return
        elif target == _SAYING:
            self.operations.append(Said(strings[0].decode().strip()))
        elif call in ("fsync", "fdatasync"):
            self.operations.append(Synced(target if isinstance(target, int) else None))
        elif isinstance(target, int):
            self._on_file(target, descriptor, call, strings, rest, result)

    def _on_file(
        self, file: int, descriptor: int, call: str, strings: list[bytes], rest: list[str], result: int
    ) -> None:
        if call == "write":
            self._write(file, self._at[descriptor], strings[0][:result])
            self._at[descriptor] += result
        elif call == "pwrite64":
            self._write(file, int(rest[-1]), strings[0][:result])
        elif call == "lseek":
            self._at[descriptor] = result
        elif call == "ftruncate":
            self._cut(file, int(rest[1]))
        else:
            raise NotRecorded(f"{call} on a file of the folder is not known to the model")

    def _write(self, file: int, offset: int, data: bytes) -> None:
        content = self._contents[file]
        content.extend(bytes(max(0, offset - len(content))))
        content[offset : offset + len(data)] = data
        self.operations.append(Write(file, offset, data))

    def _cut(self, file: int, size: int) -> None:
        content = self._contents[file]
        content.extend(bytes(max(0, size - len(content))))
        del content[size:]
        self.operations.append(Cut(file, size))


def _unescaped(found: re.Match[str]) -> bytes:
    if found[2]:
        raise NotRecorded("a write is longer than strace was told to show")
    return bytes.fromhex(found[1].replace("\\x", ""))
