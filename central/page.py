"""How a page is answered: its template in the reader's language, never kept by a cache."""

from typing import Any

from fastapi import Request, Response

from central.languages import COOKIE, LANGUAGES, spoken_in, words
from kiosk.model import Language

YEAR_SECONDS = 365 * 24 * 3600


def page(
    request: Request, template: str, part: str, language: Language, context: dict[str, Any], status: int = 200
) -> Response:
    """A part's page. Templates have the part's words as `words`, those of every page as `common`, the `language`, its
    `time` of day as for strftime, and the `languages` by tag that can be chosen. A language that was chosen in the
    address is remembered.
    """
    spoken = {
        "language": language,
        "languages": {tag: LANGUAGES[tag].name for tag in spoken_in(part)},
        "time": LANGUAGES[language].time,
        "words": words(language, part),
        "common": words(language, "common"),
    }
    answer: Response = request.app.state.templates.TemplateResponse(
        request, template, spoken | context, status, {"Cache-Control": "no-store"}
    )
    if request.query_params.get("lang") == language:
        answer.set_cookie(COOKIE, language, YEAR_SECONDS, secure=True, httponly=True, samesite="lax")
    return answer
