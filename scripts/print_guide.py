"""Prints the technician's guide as PDF, one file a language: python scripts/print_guide.py FOLDER.

Markdown becomes a page (markdown-it), the page A4 paper by the browser that shows the central server's pages.
"""

import re
import sys
import tempfile
from collections.abc import MutableMapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from playwright.sync_api import Browser
from scripted_pages import real_browser

DOCS = Path(__file__).parent.parent / "docs"
STYLE = Path(__file__).with_name("guide.css")
LANGUAGES = ("en", "id")
FOOT = """<div style="font: 8px 'DejaVu Sans', sans-serif; color: #555; width: 100%; margin: 0 16mm 0 20mm;
display: flex; justify-content: space-between"><span>Anjungan · {title}</span>
<span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>"""


class OnPaper(RendererHTML):
    """Every picture has its words below it."""

    def image(
        self, tokens: Sequence[Token], place: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:  # fmt: skip
        drawn = super().image(tokens, place, options, env)
        return f'<span class="figure">{drawn}<span>{escape(tokens[place].content)}</span></span>'


def page_of(language: str) -> str:
    """The guide as a whole page of HTML, to be looked at from docs/."""
    text = (DOCS / f"technician-guide.{language}.md").read_text(encoding="utf-8")
    body = MarkdownIt("commonmark", renderer_cls=OnPaper).enable("table").render(text)
    style = STYLE.read_text(encoding="utf-8")
    title = escape(title_of(language))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{style}</style>'
    return f'<!doctype html><html lang="{language}">{head}{body}</html>'


def title_of(language: str) -> str:
    """What the guide calls itself."""
    found = re.match(r"# (.*)", (DOCS / f"technician-guide.{language}.md").read_text(encoding="utf-8"))
    assert found
    return found[1]


def print_guide(browser: Browser, language: str, out: Path) -> Path:
    """Writes the PDF into the folder; returns the file."""
    file = out / f"technician-guide.{language}.pdf"
    with tempfile.TemporaryDirectory() as folder:
        # A page without a place of its own is let to no picture.
        written = Path(folder) / "guide.html"
        written.write_text(page_of(language), encoding="utf-8")
        (written.parent / "pictures").symlink_to(DOCS / "pictures")
        page = browser.new_page()
        page.goto(written.as_uri(), wait_until="load")
        page.pdf(
            path=file, prefer_css_page_size=True, print_background=True, outline=True, tagged=True,
            display_header_footer=True, header_template="<span></span>",
            footer_template=FOOT.format(title=escape(title_of(language))),
        )  # fmt: skip
        page.close()
    return file


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with real_browser() as browser:
        for language in LANGUAGES:
            print(print_guide(browser, language, out))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
