"""A technician before a box that is set up: sees the pages that root says, and answers them, over true pipes."""

import os
from collections.abc import Callable, Mapping
from threading import Thread

from kiosk.set_up_lines import Answer, CodeGiven, Page, Shown, Touched, line_of, shown_in
from provisioning.screen_process import Pipes

Does = Callable[[Shown], Answer | tuple[Answer, ...] | None]
TOUCHES = {CodeGiven: 11, Touched: 4}
"""What an answer costs; all others are one button."""


class Technician:
    """`does` says what is done about a page, None for nothing; each page is answered once for each time it is shown."""

    def __init__(self, does: Mapping[Page, Does]) -> None:
        told, self._told = os.pipe()
        self._heard, heard = os.pipe()
        self.window = Pipes(self._told, self._heard)
        self._does = dict(does)
        self.seen: list[Shown] = []
        self.touches = 0
        self._thread = Thread(target=self._work, args=(told, heard), daemon=True)
        self._thread.start()

    @property
    def pages(self) -> list[Page]:
        """Without repeats."""
        pages = [each.page for each in self.seen]
        return [page for place, page in enumerate(pages) if place == 0 or pages[place - 1] is not page]

    def leaves(self) -> None:
        """The window ends."""
        os.close(self._told)
        self._thread.join()
        os.close(self._heard)

    def _work(self, told: int, heard: int) -> None:
        with os.fdopen(told) as lines, os.fdopen(heard, "w") as answers:
            for line in lines:
                shown = shown_in(line)
                self.seen.append(shown)
                if shown.waiting or shown.page not in self._does:
                    continue
                said = self._does[shown.page](shown)
                for answer in said if isinstance(said, tuple) else [said] if said else []:
                    self.touches += TOUCHES.get(type(answer), 1)
                    answers.write(f"{line_of(answer)}\n")
                answers.flush()
