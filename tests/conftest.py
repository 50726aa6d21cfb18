"""Makes tests/, scripts/ and bench/ importable, and keeps Kivy out of the home folder and off any screen."""

import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scripts"), str(HERE.parent / "bench")]

os.environ.update({"KIVY_NO_ARGS": "1", "KIVY_LOG_MODE": "PYTHON", "SDL_VIDEODRIVER": "offscreen"})
os.environ.setdefault("KIVY_HOME", tempfile.mkdtemp(prefix="anjungan-kivy-"))
