import os
import subprocess
import sys


def test_loading_python_escpos_leaves_no_trace(tmp_path):
    program = (
        "import logging, os, warnings; from kiosk.devices import escpos_library; escpos_library.load();"
        "print(logging.root.handlers, 'ESCPOS_CAPABILITIES_PICKLE_DIR' in os.environ)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[] False"
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []
