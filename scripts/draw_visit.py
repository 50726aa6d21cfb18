"""Draws docs/visit.md from the visit's own table."""

from pathlib import Path

from kiosk.visit import TIMEOUTS, TRANSITIONS, State

FILE = Path(__file__).parent.parent / "docs" / "visit.md"
LEFT_OUT = ("LanguageChosen", "AccessChosen", "HeadphonesMoved", "Home")
HEAD = """# The visit

Drawn from the table in `kiosk/visit.py` by `scripts/draw_visit.py`; a test holds this page against it.
Left out of the picture: another language and another way to use the kiosk (everywhere; they change nothing else), and
going home. A person who listens, or who chose larger words, has twice the time.

"""


def drawn() -> str:
    """The page: a diagram in Mermaid, and the table of time-outs."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> welcome"]
    for state, row in TRANSITIONS.items():
        for event, step in row.items():
            if event.__name__ in LEFT_OUT:
                continue
            # HELP and STILL_THERE lead back to wherever the person was.
            targets = step.targets if len(step.targets) < 6 else ()
            lines += [f"    {state} --> {target}: {event.__name__}" for target in targets if target is not state]
            if not targets:
                lines.append(f"    {state} --> {state}: {event.__name__} (back to where the person was)")
    lines += ["```", "", "| screen | waits (s) | then |", "| --- | ---: | --- |"]
    for state in State:
        after = next(step for event, step in TRANSITIONS[state].items() if event.__name__ == "TimedOut")
        lines.append(f"| {state} | {TIMEOUTS[state]:g} | {after.targets[0]} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(drawn(), encoding="utf-8")
