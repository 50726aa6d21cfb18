"""A printer in the network (raw port 9100)."""

import socket

from kiosk.devices.connection import ConnectionLost
from kiosk.devices.descriptor import read_some, write_all
from kiosk.errors import PrinterError

CONNECT_TIMEOUT = 3.0


class TcpConnection:
    """A TCP connection to `host`:`port`."""

    answers = True
    bytes_per_second = 100_000.0

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._socket: socket.socket | None = None

    def open(self) -> None:
        self.close()
        try:
            self._socket = socket.create_connection((self._host, self._port), CONNECT_TIMEOUT)
        except OSError as error:
            raise PrinterError(
                f"no printer answers at {self._host} port {self._port} ({error}); check its cable, power and address"
            ) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)

    def write(self, data: bytes) -> None:
        write_all(self._descriptor(), data)

    def read(self, timeout: float) -> bytes:
        return read_some(self._descriptor(), timeout)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _descriptor(self) -> int:
        if self._socket is None:
            raise ConnectionLost("the printer is not open")
        return self._socket.fileno()
