"""Reading and writing a file descriptor with a time limit: a tty, a socket or a device file."""

import os
import select

from kiosk.devices.connection import ConnectionLost

WRITE_TIMEOUT = 5.0
"""Longest wait, in s, for a line to take one more byte."""


def write_all(descriptor: int, data: bytes, timeout: float = WRITE_TIMEOUT) -> None:
    """Write all of `data` to a non-blocking descriptor; ConnectionLost tells how many bytes were taken."""
    sent = 0
    waiting = select.poll()
    waiting.register(descriptor, select.POLLOUT)
    while sent < len(data):
        if not waiting.poll(timeout * 1000):
            raise ConnectionLost(f"the line took no byte for {timeout:g} s", sent)
        try:
            sent += os.write(descriptor, data[sent:])
        except BlockingIOError:
            continue
        except OSError as error:
            raise ConnectionLost(f"the line broke while writing: {error.strerror}", sent) from error


def read_some(descriptor: int, timeout: float, limit: int = 4096) -> bytes:
    """What is there, waiting up to `timeout` s; empty after a silence; ConnectionLost at the end of the line."""
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    if not waiting.poll(timeout * 1000):
        return b""
    try:
        data = os.read(descriptor, limit)
    except BlockingIOError:
        return b""
    except OSError as error:
        raise ConnectionLost(f"the line broke while reading: {error.strerror}") from error
    if not data:
        raise ConnectionLost("the line was closed at its other end")
    return data
