"""A disk with a write-back cache that a power cut empties, served to QEMU by the NBD protocol.

What was written since the last flush is in the cache. A flush (or a write with FUA) makes it durable. At the cut some
of it has reached the medium by chance and the rest has not: any subset of the writes, and of a write's sectors, as a
real disk may have it. Protocol: https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md
"""

import os
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Lock, Thread

SECTOR = 512
OPTION_MAGIC, REPLY_MAGIC = 0x49484156454F5054, 0x3E889045565A9
REQUEST, SIMPLE_REPLY = 0x25609513, 0x67446698
EXPORT_NAME, ABORT, GO = 1, 2, 7
ACK, INFO, UNSUPPORTED = 1, 3, 0x80000001
READ, WRITE, DISCONNECT, FLUSH = 0, 1, 2, 3
FUA = 1
FLAGS = 0b1101
"""Of the export: flags are there, it can flush and write through (FUA)."""
EINVAL = 22


@dataclass
class LossyDisk:
    """A disk over two files of the same size: `durable` is what outlives a cut, `seen` what is read until then.

    `ignores_flush` makes it a disk that lies: it answers a flush and does not heed it.
    """

    durable: Path
    seen: Path
    random: Random
    ignores_flush: bool = False
    before_change: Callable[[], bool] = lambda: True
    """Is called before each write and flush; where it says no, the power has gone and the disk does nothing more."""
    flushes: int = 0
    lost: int = 0
    """Sectors of the cache that no cut wrote, so far."""
    _cache: list[tuple[int, bytes]] = field(default_factory=list)
    _touched: set[tuple[int, int]] = field(default_factory=set)
    """Places and lengths written since the last checkpoint."""
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._medium, self._view = (os.open(each, os.O_RDWR) for each in (self.durable, self.seen))

    @property
    def size(self) -> int:
        return os.fstat(self._view).st_size

    @property
    def unflushed(self) -> int:
        """Writes that a cut could lose."""
        return len(self._cache)

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._view, length, offset)

    def write(self, offset: int, data: bytes) -> None:
        """Into the cache."""
        with self._lock:
            os.pwrite(self._view, data, offset)
            self._cache.append((offset, data))
            self._touched.add((offset, len(data)))

    def flush(self) -> None:
        """All that was written before is durable."""
        self.flushes += 1
        if self.ignores_flush:
            return
        with self._lock:
            self._write_back()

    def _write_back(self) -> None:
        for offset, data in self._cache:
            os.pwrite(self._medium, data, offset)
        self._cache.clear()

    def checkpoint(self, base: Path) -> None:
        """All is durable now, and kept in a file for `restore`."""
        with self._lock:
            self._write_back()
            self._touched.clear()
        subprocess.run(["cp", "--sparse=always", str(self.durable), str(base)], check=True)

    def restore(self, base: Path) -> None:
        """The disk is as it was at the checkpoint."""
        held = os.open(base, os.O_RDONLY)
        with self._lock:
            for offset, length in self._touched:
                data = os.pread(held, length, offset)
                os.pwrite(self._medium, data, offset)
                os.pwrite(self._view, data, offset)
            self._touched.clear()
            self._cache.clear()
        os.close(held)

    def fates(self, count: int) -> Iterator[None]:
        """The power has gone: of the cache some has reached the medium. `count` times, drawn anew, `durable` holds what
        a kiosk could find; the last is what it does find. How much is drawn first, so that nothing, little, most and
        all of it are likely.
        """
        with self._lock:
            before = [(offset, os.pread(self._medium, len(data), offset)) for offset, data in self._cache]
            for _ in range(count):
                for offset, data in reversed(before):
                    os.pwrite(self._medium, data, offset)
                share = self.random.choice((0.0, self.random.random(), self.random.random(), 1.0))
                for offset, data in self._cache:
                    self._settle(offset, data, share)
                yield
            for offset, data in self._cache:
                os.pwrite(self._view, os.pread(self._medium, len(data), offset), offset)
            self._cache.clear()

    def cut(self) -> None:
        """The power goes, and comes again."""
        for _ in self.fates(1):
            pass

    def _settle(self, offset: int, data: bytes, share: float) -> None:
        if self.random.random() < share:
            os.pwrite(self._medium, data, offset)
            return
        for place, sector in _sectors(offset, data):
            # A write that did not get through may have begun to: its sectors are whole, each for itself.
            if share and self.random.random() < share / 2:
                os.pwrite(self._medium, sector, place)
            else:
                self.lost += 1

    def close(self) -> None:
        for each in (self._medium, self._view):
            os.close(each)


def _sectors(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    for start in range(0, len(data), SECTOR):
        yield offset + start, data[start : start + SECTOR]


class DiskServer:
    """Serves the disk at a Unix socket, one client after another, until it is closed."""

    def __init__(self, disk: LossyDisk, path: Path) -> None:
        self._disk, self.path = disk, path
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(4)
        self._idle = Lock()
        self._thread = Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def drive(self) -> str:
        """For QEMU's -drive."""
        place = f"file.driver=nbd,file.server.type=unix,file.server.path={self.path}"
        return f"driver=raw,{place},if=virtio,cache=writeback"

    def settle(self) -> None:
        """Waits until the client that was killed is noticed, so that nothing of it comes after the cut."""
        with self._idle:
            pass

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._idle, client:
                try:
                    if _negotiate(client, self._disk.size):
                        self._serve(client)
                except ConnectionError:
                    continue

    def _serve(self, client: socket.socket) -> None:
        while True:
            magic, flags, kind, cookie, offset, length = struct.unpack(">IHHQQI", _exactly(client, 28))
            if magic != REQUEST or kind == DISCONNECT:
                return
            data = _exactly(client, length) if kind == WRITE else b""
            answer, error = self._do(kind, flags, offset, length, data)
            client.sendall(struct.pack(">IIQ", SIMPLE_REPLY, error, cookie) + answer)

    def _do(self, kind: int, flags: int, offset: int, length: int, data: bytes) -> tuple[bytes, int]:
        if kind == READ:
            return self._disk.read(offset, length), 0
        if kind not in (WRITE, FLUSH):
            return b"", EINVAL
        if not self._disk.before_change():
            raise ConnectionAbortedError("the power has gone")
        if kind == WRITE:
            self._disk.write(offset, data)
        if kind == FLUSH or flags & FUA:
            self._disk.flush()
        return b"", 0


def _negotiate(client: socket.socket, size: int) -> bool:
    """The fixed newstyle handshake; whether requests follow."""
    client.sendall(b"NBDMAGIC" + struct.pack(">QH", OPTION_MAGIC, 0b11))
    no_zeroes = bool(struct.unpack(">I", _exactly(client, 4))[0] & 0b10)
    while True:
        _, option, length = struct.unpack(">QII", _exactly(client, 16))
        _exactly(client, length)
        if option == EXPORT_NAME:
            client.sendall(struct.pack(">QH", size, FLAGS) + (b"" if no_zeroes else bytes(124)))
            return True
        if option == GO:
            _reply(client, option, INFO, struct.pack(">HQH", 0, size, FLAGS))
            _reply(client, option, ACK)
            return True
        if option == ABORT:
            _reply(client, option, ACK)
            return False
        _reply(client, option, UNSUPPORTED)


def _reply(client: socket.socket, option: int, kind: int, data: bytes = b"") -> None:
    client.sendall(struct.pack(">QIII", REPLY_MAGIC, option, kind, len(data)) + data)


def _exactly(client: socket.socket, count: int) -> bytes:
    """So many bytes. Raises ConnectionError when the client has gone."""
    parts = []
    while count:
        part = client.recv(min(count, 1 << 20))
        if not part:
            raise ConnectionError("the client has gone")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
