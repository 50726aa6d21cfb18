"""The technician's guide as it is written: its pages, sections, pictures, and the commands that it has typed."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {language: DOCS / f"technician-guide.{language}.md" for language in ("en", "id")}
STAND_INS = {"VERSI": "VERSION", "PUSAT": "CENTRAL", "KODE": "CODE", "BERKAS": "FILE", "NAMA": "NAME"}
"""What the Indonesian guide writes in capitals, and the English one."""
SPOKEN = " --language id"
"""What only the Indonesian guide adds to a command: its answers are in Indonesian."""


@dataclass
class Step:
    """A numbered step. `said` are the words that it sets apart, as they stand on a screen or a button."""

    number: int
    commands: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Of its first picture: "screen-code" of pictures/guide/screen-code.en.png; its number where it has none."""
        return Path(self.pictures[0]).name.partition(".")[0] if self.pictures else str(self.number)


@dataclass
class Section:
    """`commands` are lines of blocks of code, in order; `pictures` are paths beside the page; `title` and the cells of
    `rows` are plain text.
    """

    title: str
    commands: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    """Of all its tables, with their heads."""
    steps: list[Step] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Of "4. On Debian 12, by hand"; 0 of the page's own title."""
        found = re.match(r"\d+", self.title)
        return int(found[0]) if found else 0


def parser() -> MarkdownIt:
    """Markdown as this project writes it."""
    return MarkdownIt("commonmark").enable("table")


def sections_of(page: Path) -> list[Section]:
    """A page's sections, the first of them its title's."""
    tokens, made = parser().parse(page.read_text(encoding="utf-8")), []
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            made.append(Section(_plain(tokens[place + 1])))
        elif token.type in ("code_block", "fence"):
            made[-1].commands += token.content.splitlines()
        elif token.type == "tr_open":
            made[-1].rows.append(())
        elif token.type in ("th_open", "td_open"):
            made[-1].rows[-1] += (_plain(tokens[place + 1]),)
        made[-1].pictures += _pictures(token)
        if token.type == "list_item_open" and token.info:
            made[-1].steps.append(Step(int(token.info)))
        elif made[-1].steps and token.level > 1:
            step = made[-1].steps[-1]
            step.commands += token.content.splitlines() if token.type in ("code_block", "fence") else []
            step.pictures += _pictures(token)
            step.said += _said(token)
    return made


def _plain(token: Token) -> str:
    """The words of a line of text, without its marks."""
    return "".join(each.content for each in token.children or ())


def _pictures(token: Token) -> list[str]:
    return [str(each.attrs["src"]) for each in token.children or () if each.type == "image"]


def in_english(command: str) -> str:
    """A command of the Indonesian guide as the English one writes it."""
    for indonesian, english in STAND_INS.items():
        command = re.sub(rf"\b{indonesian}\b", english, command)
    return command.replace(SPOKEN, "")


def _said(token: Token) -> list[str]:
    """What is set apart, slanted or bold."""
    said, is_apart = [], False
    for each in token.children or ():
        if each.type in ("em_open", "strong_open"):
            said.append("")
        is_apart = each.type in ("em_open", "strong_open") or (is_apart and each.nesting == 0)
        if is_apart and each.nesting == 0:
            said[-1] += " " if each.type == "softbreak" else each.content
    return said
