"""TLS connections to the central server: judged by the kiosk's own clock, and shut when an exchange lasts too long."""

import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from socket import SHUT_RDWR, socket
from typing import Any
from weakref import WeakSet

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python has no name for."""


class ServerLines(HTTPAdapter):
    """For a session of requests, whose `verify` names the authority.

    OpenSSL judges a certificate's dates by the machine's clock, which may stand in 1970; so a kiosk that learns the
    time from the server could never reach it. Here they are judged by `trusted` (UTC), and not at all while that is
    None. Authority and name are verified always.

    A timeout of requests bounds each wait alone, and a server that drips keeps within it for hours: `shut` ends them.
    """

    def __init__(self, trusted: Callable[[], datetime | None]) -> None:
        self._trusted = trusted
        self._open: WeakSet[HTTPSConnection] = WeakSet()
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.verify_flags |= NO_CHECK_TIME
        super().init_poolmanager(*arguments, ssl_context=context, **named)
        lines, trusted = self._open, self._trusted

        class Line(HTTPSConnection):
            def connect(self) -> None:
                lines.add(self)
                super().connect()
                _check_dates(self.sock, trusted())

        class Pool(HTTPSConnectionPool):
            ConnectionCls = Line

        self.poolmanager.pool_classes_by_scheme = {"https": Pool}

    def shut(self) -> None:
        """Ends every wait on a line; from any thread."""
        shut(self._open)


def shut(lines: Iterable[HTTPConnection]) -> None:
    """Ends every wait on the lines; from any thread."""
    for line in list(lines):
        # The plain socket's verb: that of TLS would take the ground from under the thread that reads.
        with suppress(OSError, TypeError):
            socket.shutdown(line.sock, SHUT_RDWR)


def _check_dates(line: Any, at: datetime | None) -> None:
    if at is None:
        return
    certificate = line.getpeercert()
    begins, ends = (ssl.cert_time_to_seconds(certificate[name]) for name in ("notBefore", "notAfter"))
    if not begins <= at.timestamp() <= ends:
        raise ssl.SSLCertVerificationError("the server's certificate is of another time")
