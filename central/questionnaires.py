"""The questionnaires that come with the server; an office names the one that it asks."""

import tomllib
from pathlib import Path

from pydantic import TypeAdapter

from kiosk.questionnaire import Questionnaire

FOLDER = Path(__file__).parent / "questionnaires"
_QUESTIONNAIRE: TypeAdapter[Questionnaire] = TypeAdapter(Questionnaire)


def questionnaire(name: str) -> Questionnaire:
    """The questionnaire of `NAME.toml`, whose questions name their options by one of the file's scales.

    Raises KeyError or ValueError where the file is not of that form.
    """
    raw = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    scales = raw.pop("scales")
    for part in ("header", "elements"):
        raw[part] = [each | {"options": scales[each["options"]]} for each in raw[part]]
    return _QUESTIONNAIRE.validate_python(raw)
