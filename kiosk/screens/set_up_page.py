"""What the pages of the set-up share: what root says of the box, and what the technician says to root."""

from collections.abc import Callable, Sequence

from kivy.uix.widget import Widget

from kiosk import theme
from kiosk.events import Event
from kiosk.model import INDONESIAN
from kiosk.screens.icons import Icon
from kiosk.screens.screen import KioskScreen, Way
from kiosk.screens.widgets import Card, Sign, column, row
from kiosk.set_up_lines import Again, Answer, Asked, GaveUp, OnlyThese, Page, Part, Shown, WentOn
from kiosk.texts import Texts
from kiosk.theme import Panel

Say = Callable[[Answer], None]
WAYS = {
    Page.FOUND: ("set_up.devices", Icon.SEARCH),
    Page.UPRIGHT: ("set_up.turn", Icon.NEXT),
    Page.SLIP: ("set_up.print", Icon.PRINT),
    Page.SCAN: ("set_up.scan", Icon.TICKET),
}
"""What leads to another page."""
NEEDED = {Page.SLIP: Part.PRINTER, Page.SCAN: Part.SCANNER}
"""What has to be there for it."""


class SetUpScreen(KioskScreen):
    """A page; `shown` is what it shows."""

    shown: Shown
    leads: Sequence[Page] = ()
    """Pages that can be asked for here, two at most."""

    def __init__(self, texts: Texts, panel: Panel, post: Callable[[Event], None], say: Say) -> None:
        super().__init__(texts, panel, post)
        self.say = say

    def tells(self, kind: type[WentOn | Again | OnlyThese | GaveUp]) -> Callable[[], None]:
        """What a button does that answers the page."""
        return lambda: self.say(kind(number=self.shown.number))

    def ways(self) -> Sequence[Way | None]:
        missing = self.shown.missing
        return [self._lead(each) for each in self.leads if not self.shown.waiting and NEEDED.get(each) not in missing]

    def _lead(self, page: Page) -> Way:
        key, icon = WAYS[page]
        # Asked(page=…) knows which pages can be asked for.
        return Way(self.word(key), lambda: self.say(Asked(number=self.shown.number, page=page)), icon)  # type: ignore[arg-type]

    def waits(self, key: str, wide: float) -> list[Widget]:
        """While root is at work."""
        return [self.sign(Icon.CLOCK, wide), self.title(key, wide)]

    def marked(self, is_well: bool, name: str, about: str, wide: float) -> Widget:
        """A card with a mark, a name and what there is to say of it."""
        pad = self.mm(theme.GAP_MM)
        side = self.font(theme.LARGE_MM) * 1.4
        room = wide - 2 * pad - side - self.gap
        colour = self.palette.main if is_well else self.palette.warning
        mark = Sign(Icon.YES if is_well else Icon.WARNING, side, side, colour)
        words = [self.words(name[:1].upper() + name[1:], room, theme.BODY_MM, bold=True, halign="left")]
        if about:
            words.append(self.words(about, room, theme.SMALL_MM, self.palette.quiet, halign="left"))
        told = row([mark, column(words, room, 0)], self.gap)
        return Card(told, pad, self.mm(theme.CORNER_MM), self.palette.card, self.palette.line)

    def names(self, parts: Sequence[Part]) -> str:
        return ", ".join(self.word(f"set_up.part.{each}") for each in parts)

    def own_words(self, said: dict[str, str]) -> str:
        """Words that root has; Indonesian ones where it has none of this language."""
        return said.get(self.view.visit.language, said.get(INDONESIAN, ""))
