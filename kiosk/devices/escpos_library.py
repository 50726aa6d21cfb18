"""python-escpos, loaded without its side effects."""

import json
import logging
import os
import pickle
import platform
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

_PICKLE_DIRECTORY = "ESCPOS_CAPABILITIES_PICKLE_DIR"


@cache
def load() -> Any:
    """The module `escpos.printer`.

    Its import calls `logging.basicConfig`, makes a folder that it leaves behind, and reads its printer profiles with a
    YAML reader for more than a second. Here the profiles (JSON) wait for it as the pickle that it looks for, in a
    private folder that goes at once.
    """
    handlers = list(logging.root.handlers)
    before, before_folder = os.environ.get(_PICKLE_DIRECTORY), tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="anjungan-escpos-") as folder:
        _write_profiles(Path(folder))
        os.environ[_PICKLE_DIRECTORY] = tempfile.tempdir = folder
        try:
            import escpos.printer
        finally:
            tempfile.tempdir = before_folder
            os.environ.pop(_PICKLE_DIRECTORY)
            if before is not None:
                os.environ[_PICKLE_DIRECTORY] = before
            logging.root.handlers[:] = handlers
    return escpos.printer


def _write_profiles(folder: Path) -> None:
    profiles = json.loads((files("escpos") / "capabilities.json").read_text("utf-8"))
    (folder / f"{platform.python_version()}.capabilities.pickle").write_bytes(pickle.dumps(profiles))
