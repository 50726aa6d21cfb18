"""The same stack as the central server with nothing behind it, for country_load.py to compare with: FastAPI and
uvicorn over TLS, an empty endpoint for each call.

    .venv/bin/python bench/bare_peer.py --cert FILE --key FILE
"""

import argparse
import socket
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response

from kiosk.protocol import FACTS, HEARTBEATS, SNAPSHOT

app = FastAPI(openapi_url=None)


@app.get(SNAPSHOT)
def get_snapshot() -> Response:
    return Response(status_code=304)


@app.post(HEARTBEATS)
@app.post(FACTS)
def post() -> dict[str, str]:
    return {}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--cert", "--key"):
        words.add_argument(name, type=Path, required=True, metavar="FILE")
    chosen = words.parse_args()
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"listening on https://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        app, ssl_certfile=chosen.cert, ssl_keyfile=chosen.key, log_level="error", timeout_keep_alive=75
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
