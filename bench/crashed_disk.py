"""What a disk may hold after the power was cut: every state that POSIX allows, given what was brought to the disk.

On the disk for sure is what was synced: a file's bytes and size by fsync of the file, the names by fsync of the folder.
Of what came after, any part may be there and any may be missing, in any order: each sector of a write by itself (a torn
write), each change of size, each name. Sectors of 512 bytes are whole: old or new, never a mixture (what SQLite calls
power-safe overwrite, and all disks since the nineties promise).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from random import Random

from recording import Cut, Named, Operation, Said, Synced, Write

SECTOR = 512
Files = dict[str, bytes]


@dataclass(frozen=True)
class Sized:
    """The file's size as it was before its pending writes, or as it will be after them, whatever they brought."""

    file: int
    size: int


Piece = Write | Cut | Named | Sized
"""What is on the disk whole or not at all; a Write within one sector."""


@dataclass(frozen=True)
class CrashPoint:
    """The moment before an operation. `synced` and `names` are on the disk for sure, each of `pieces` may be.

    `groups` says which pieces are one operation; `said` is all that was said by then.
    """

    place: int
    synced: dict[int, bytes]
    names: dict[str, int]
    pieces: tuple[Piece, ...]
    groups: tuple[range, ...]
    sizes: range
    said: int

    def state(self, there: Sequence[bool]) -> Files:
        """The files, if those pieces are there that are True."""
        names, changed = dict(self.names), dict[int, bytearray]()
        for piece, is_there in zip(self.pieces, there, strict=True):
            if is_there:
                self._put(piece, names, changed)
        empty = b""
        return {
            name: bytes(changed[file]) if file in changed else self.synced.get(file, empty)
            for name, file in names.items()
        }

    def _put(self, piece: Piece, names: dict[str, int], changed: dict[int, bytearray]) -> None:
        if isinstance(piece, Named):
            names.pop(piece.was, None)
            names.pop(piece.name, None)
            if piece.file is not None:
                names[piece.name] = piece.file
            return
        if piece.file not in changed:
            changed[piece.file] = bytearray(self.synced.get(piece.file, b""))
        content = changed[piece.file]
        size = piece.offset if isinstance(piece, Write) else piece.size
        if len(content) < size:
            content.extend(bytes(size - len(content)))
        if isinstance(piece, Write):
            content[piece.offset : piece.offset + len(piece.data)] = piece.data
        else:
            del content[piece.size :]

    def whole(self) -> tuple[bool, ...]:
        """All that was done is there: no power was cut, the process ended."""
        return tuple(place not in self.sizes for place in range(len(self.pieces)))

    def nothing(self) -> tuple[bool, ...]:
        """Only what was synced is there."""
        return (False,) * len(self.pieces)

    def every(self) -> Iterator[tuple[bool, ...]]:
        """Every choice of pieces."""
        return product((True, False), repeat=len(self.pieces))

    def every_of_whole_operations(self) -> Iterator[tuple[bool, ...]]:
        """Every choice of operations, none torn."""
        for chosen in product((True, False), repeat=len(self.groups)):
            yield self._of_groups(chosen)

    def some(self, random: Random) -> tuple[bool, ...]:
        """A choice of one of three kinds: any pieces; any operations, one of them torn; the first ones, one torn."""
        kind, groups = random.randrange(3), len(self.groups)
        if kind == 0 or not groups:
            share = random.random()
            return tuple(random.random() < share for _ in self.pieces)
        last = random.randrange(groups)
        chosen = [random.random() < 0.5 for _ in self.groups] if kind == 1 else [each < last for each in range(groups)]
        there = list(self._of_groups(chosen))
        share = random.random()
        for place in self.groups[last]:
            there[place] = random.random() < share
        for place in self.sizes:
            there[place] = random.random() < 0.1
        return tuple(there)

    def _of_groups(self, chosen: Sequence[bool]) -> tuple[bool, ...]:
        there = [False] * len(self.pieces)
        for group, is_chosen in zip(self.groups, chosen, strict=True):
            for place in group:
                there[place] = is_chosen
        return tuple(there)


@dataclass
class Disk:
    """Follows a recording. `believes_sync` is False for the control: a disk that says synced and lies."""

    believes_sync: bool = True
    _synced: dict[int, bytes] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)
    _pending: list[Write | Cut | Named] = field(default_factory=list)
    _said: int = 0

    def crash_points(self, operations: Sequence[Operation]) -> Iterator[tuple[CrashPoint, bool]]:
        """A point before each operation and one at the end; True where it is before a sync, or the end.

        All that may be on the disk at any other point may be there at the next of those, when no less was said.
        """
        for place, operation in enumerate(operations):
            yield self._point(place), isinstance(operation, Synced) and self.believes_sync
            self._follow(operation)
        yield self._point(len(operations)), True

    def _follow(self, operation: Operation) -> None:
        if isinstance(operation, Said):
            self._said += 1
        elif not isinstance(operation, Synced):
            self._pending.append(operation)
        elif self.believes_sync:
            self._sync(operation.file)

    def _sync(self, file: int | None) -> None:
        mine = [each for each in self._pending if _is_of(each, file)]
        self._pending = [each for each in self._pending if not _is_of(each, file)]
        point = _point(0, self._synced, self._names, mine, 0)
        names, changed = self._names, dict[int, bytearray]()
        for piece, is_there in zip(point.pieces, point.whole(), strict=True):
            if is_there:
                point._put(piece, names, changed)
        self._synced = self._synced | {each: bytes(content) for each, content in changed.items()}

    def _point(self, place: int) -> CrashPoint:
        return _point(place, self._synced, self._names, self._pending, self._said)


def _is_of(operation: Write | Cut | Named, file: int | None) -> bool:
    return isinstance(operation, Named) if file is None else not isinstance(operation, Named) and operation.file == file


def _point(
    place: int, synced: dict[int, bytes], names: dict[str, int], pending: Sequence[Write | Cut | Named], said: int
) -> CrashPoint:
    pieces: list[Piece] = []
    groups: list[range] = []
    for operation in pending:
        first = len(pieces)
        pieces += list(_sectors(operation)) if isinstance(operation, Write) else [operation]
        groups.append(range(first, len(pieces)))
    sizes = list(_sizes(synced, pending))
    return CrashPoint(
        place, synced, dict(names), (*pieces, *sizes), tuple(groups), range(len(pieces), len(pieces) + len(sizes)), said
    )


def _sectors(write: Write) -> Iterator[Write]:
    at = 0
    while at < len(write.data):
        upto = at + SECTOR - (write.offset + at) % SECTOR
        yield Write(write.file, write.offset + at, write.data[at:upto])
        at = upto


def _sizes(synced: dict[int, bytes], pending: Sequence[Write | Cut | Named]) -> Iterator[Sized]:
    """For each file that grew: its size of before, and that of after."""
    ends: dict[int, int] = {}
    for each in pending:
        if isinstance(each, Write):
            ends[each.file] = max(ends.get(each.file, 0), each.offset + len(each.data))
    for file, end in ends.items():
        before = len(synced.get(file, b""))
        if end > before:
            yield Sized(file, end)
            yield Sized(file, before)
