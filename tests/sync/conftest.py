"""The campaign's site, which the tests of sync share: a true central server, the fault proxy, a kiosk's sync."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
