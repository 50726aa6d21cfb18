"""Writes docs/openapi.json from the central server's own endpoints and messages."""

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from central.app import create_app

FILE = Path(__file__).parent.parent / "docs" / "openapi.json"


def described() -> str:
    """The description in OpenAPI, as JSON with one line a value."""
    with TemporaryDirectory() as folder:
        app = create_app(Path(folder), lambda: datetime.now(UTC))
        try:
            return json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"
        finally:
            app.state.engine.dispose()


if __name__ == "__main__":
    FILE.write_text(described(), encoding="utf-8")
