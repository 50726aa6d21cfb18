"""An application that listens on this machine, over HTTPS."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import trustme
import uvicorn
from fastapi import FastAPI


@contextmanager
def listening(app: FastAPI, authority: trustme.CA) -> Iterator[str]:
    """The application's address, at a free port of this machine; the authority vouches for it."""
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    config.load()
    config.ssl = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(config.ssl)
    server = uvicorn.Server(config)
    door = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([door],))
    thread.start()
    try:
        yield f"https://localhost:{door.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
