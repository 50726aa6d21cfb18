"""What is held of the languages' files: whole, alike, and nothing in them that no code names.

Each check returns what is wrong, one sentence a fault.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import kiosk
from kiosk.model import INDONESIAN, Language

SOURCES = sorted(Path(kiosk.__file__).parent.rglob("*.py"))
_PLACES = re.compile(r"{(\w+)}")
_DIGITS = tuple("0123456789")


def differences(words: Mapping[Language, Mapping[str, str]]) -> list[str]:
    """Keys that are not in every file, and placeholders that are not Indonesian's."""
    measure, found = words[INDONESIAN], []
    for language, held in words.items():
        found += [f"{language}.toml lacks {key}" for key in sorted(set(measure) - set(held))]
        found += [f"id.toml lacks {key}, which {language}.toml has" for key in sorted(set(held) - set(measure))]
        for key in sorted(set(held) & set(measure)):
            if sorted(_PLACES.findall(held[key])) != sorted(_PLACES.findall(measure[key])):
                found.append(f"{language}.toml: {key} has other placeholders than id.toml")
    return found


def unused(keys: Iterable[str], sources: Iterable[Path] = SOURCES) -> list[str]:
    """Keys that no source names, whole or by their form.

    A key that is built at run time (`f"refused.{reason}.title"`) has a form: it begins with its table, and a place in
    it is filled by a value of an enumeration or a digit.
    """
    code = _read(sources)
    named = [key for key in keys if key in code.strings or any(each.fullmatch(key) for each in code.forms)]
    return [f"no code names {key}" for key in sorted(set(keys) - set(named))]


def unknown(keys: Iterable[str], sources: Iterable[Path] = SOURCES) -> list[str]:
    """Keys and forms of keys that a source names, but no file has."""
    held, code = set(keys), _read(sources)
    tables = {key.partition(".")[0] for key in held if "." in key}
    like_a_key = re.compile(rf"({'|'.join(sorted(tables))})(\.[a-z_0-9]+)+")
    missing = [each for each in sorted(code.strings - held) if like_a_key.fullmatch(each)]
    empty = [each.pattern for each in code.forms if not any(each.fullmatch(key) for key in held)]
    return [f"no file has {each}" for each in missing + empty]


@dataclass
class _Code:
    strings: set[str]
    forms: list[re.Pattern[str]]


def _read(sources: Iterable[Path]) -> _Code:
    nodes = [node for file in sources for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    built = [node for node in nodes if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in built for part in node.values}
    whole = [node.value for node in nodes if isinstance(node, ast.Constant) and id(node) not in parts]
    strings = {value for value in whole if isinstance(value, str)}
    fill = "|".join(map(re.escape, sorted({*_DIGITS, *_enumerated(nodes)})))
    forms = [_form(node, fill) for node in built]
    return _Code(strings, [each for each in forms if each])


def _enumerated(nodes: Iterable[ast.AST]) -> set[str]:
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    values = {
        line.value.value
        for each in classes
        if any(isinstance(base, ast.Name) and base.id == "StrEnum" for base in each.bases)
        for line in each.body
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
    }
    return {str(value) for value in values}


def _form(node: ast.JoinedStr, fill: str) -> re.Pattern[str] | None:
    texts = [each.value if isinstance(each, ast.Constant) else None for each in node.values]
    if texts[0] is None or not re.match(r"[a-z_]+\.", texts[0]):
        return None
    if not all(re.fullmatch(r"[a-z_0-9.]+", text) for text in texts if text is not None):
        return None
    return re.compile("".join(f"(?:{fill})" if text is None else re.escape(text) for text in texts))
