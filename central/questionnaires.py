"""The questionnaires that come with the server; an office names the one that it asks."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from kiosk.model import Words
from kiosk.questionnaire import Questionnaire

FOLDER = Path(__file__).parent / "questionnaires"
_QUESTIONNAIRE: TypeAdapter[Questionnaire] = TypeAdapter(Questionnaire)


def questionnaire(name: str) -> Questionnaire:
    """The questionnaire of `NAME.toml`, whose questions name their options by one of the file's scales.

    Raises KeyError or ValueError where the file is not of that form.
    """
    raw = _read(name)
    raw.pop("names", None)
    scales = raw.pop("scales")
    for part in ("header", "elements"):
        raw[part] = [each | {"options": scales[each["options"]]} for each in raw[part]]
    return _QUESTIONNAIRE.validate_python(raw)


def element_names(name: str) -> dict[str, Words]:
    """The short names of a questionnaire's elements, by their keys, as far as its file has any; none where there is no
    such file.
    """
    if name not in known_questionnaires():
        return {}
    return {key: Words(**words) for key, words in _read(name).get("names", {}).items()}


def known_questionnaires() -> tuple[str, ...]:
    """The names of all files."""
    return tuple(sorted(each.stem for each in FOLDER.glob("*.toml")))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
