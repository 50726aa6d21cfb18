"""What the person sees. Kivy lives here and in kiosk/app.py only."""

from functools import cache
from pathlib import Path


@cache
def load_kv() -> None:
    """Loads the looks of the widgets, once."""
    from kivy.lang import Builder

    Builder.load_file(str(Path(__file__).parent / "widgets.kv"))
