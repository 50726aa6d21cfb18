"""Draws docs/log.md from the closed log's own list of events."""

from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

from kiosk.event_log import EVENTS, LogEvent
from kiosk.log_file import FILE_BYTES, OLD_FILES, SAME_SECONDS, name_of

FILE = Path(__file__).parent.parent / "docs" / "log.md"
HEAD = f"""# The log

Drawn from `kiosk/event_log.py` by `scripts/draw_log.py`; a test holds this page against it.

A running kiosk writes these events and nothing else, as JSON lines, into `log/kiosk.jsonl` of its data folder (0600,
rotated at {FILE_BYTES:,} bytes, {OLD_FILES} old files are kept), and in words on stderr for the journal:

```json
{{"at":"2026-11-24T02:30:00Z","event":"printer_changed","level":"info","status":"paper_out"}}
```

* No field holds free text: a test reads the types of all fields, and the writer refuses any other value. So no name,
  NIK, code, ticket or booking can be logged.
* A *failure* is an error's class, its cause's class, the system's errno, and file, line and function of our own code;
  never its message.
* What libraries log becomes `library_spoke`, without its words. Errors that nothing caught become `crashed`.
* An event equal to the last of its kind within {SAME_SECONDS} s is counted; the next one bears the count as `repeats`.
* A full disk or a folder that cannot be used never stops the kiosk: events are dropped, and `events_dropped` counts
  them.

| event | level | fields | when, and what to do |
| --- | --- | --- | --- |
"""


def drawn() -> str:
    """The page: how the log is kept, and a row for each event."""
    return HEAD + "\n".join(_row(each) for each in EVENTS) + "\n"


def _row(kind: type[LogEvent]) -> str:
    hints = get_type_hints(kind)
    held = ", ".join(f"{each.name} ({_type(hints[each.name])})" for each in fields(kind))
    return f"| `{name_of(kind)}` | {kind.level} | {held} | {' '.join((kind.__doc__ or '').split())} |"


def _type(hint: type) -> str:
    return getattr(hint, "__name__", "").lower() if hint in (int, bool) else str(getattr(hint, "__name__", hint))


if __name__ == "__main__":
    FILE.write_text(drawn(), encoding="utf-8")
