"""Settings, read from TOML; every problem is reported at once."""

import tomllib
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kiosk.errors import ConfigError
from kiosk.theme import Panel


def _https(url: str) -> str:
    if not url.startswith("https://"):
        raise ValueError("must start with https:// (the central server is never spoken to in the clear)")
    return url.rstrip("/")


def _printer_url(url: str) -> str:
    from kiosk.devices.printer import check_url

    return _checked(url, check_url)


def _scanner_url(url: str) -> str:
    from kiosk.devices.scanner import check_url

    return _checked(url, check_url)


def _keypad_url(url: str) -> str:
    from kiosk.devices.keypad import check_url

    return _checked(url, check_url)


def _paper_width(millimetres: int) -> int:
    if millimetres not in (58, 80):
        raise ValueError(f"{millimetres} is not a paper width; use 58 or 80")
    return millimetres


def _checked(url: str, check: Callable[[str], None]) -> str:
    try:
        check(url)
    except ConfigError as error:
        raise ValueError("; ".join(error.problems)) from error
    return url


class Section(BaseModel):
    """A table of the file; unknown keys are problems."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CentralSettings(Section):
    """Where the central server is, and the authority (a PEM file) that its certificate is verified against."""

    url: Annotated[str, AfterValidator(_https)]
    ca: Path


class PrinterSettings(Section):
    """`url` as in docs/devices.md; `width_mm` of the paper."""

    url: Annotated[str, AfterValidator(_printer_url)]
    width_mm: Annotated[int, AfterValidator(_paper_width)] = 80


class ScannerSettings(Section):
    """`url` as in docs/devices.md."""

    url: Annotated[str, AfterValidator(_scanner_url)]


class KeypadSettings(Section):
    """`url` as in docs/devices.md."""

    url: Annotated[str, AfterValidator(_keypad_url)]


class ScreenSettings(Section):
    """`size` of the panel in pixels, width first; `turn` is by how many degrees, clockwise, the picture is turned on
    it, so that it stands upright; `pixels_per_mm` of the panel, so that targets are large enough for a finger;
    `bottom_mm` of its lower edge above the floor, so that everything can be brought within reach of a seated person;
    `motion` false stills the moving picture.
    """

    size: tuple[Annotated[int, Field(ge=320)], Annotated[int, Field(ge=320)]] = (1080, 1920)
    fullscreen: bool = False
    turn: Literal[0, 90, 180, 270] = 0
    pixels_per_mm: Annotated[float, Field(gt=1, lt=20)] = 4.0
    bottom_mm: Annotated[float, Field(ge=0, le=950)] = 700.0
    motion: bool = True

    @property
    def shown_size(self) -> tuple[int, int]:
        """Of the picture as it stands on the panel."""
        return self.size if self.turn % 180 == 0 else self.size[::-1]


class DataSettings(Section):
    """The folder of all that the kiosk keeps."""

    dir: Path


class OfficeSettings(Section):
    """What the server does not send: the letterhead picture (PNG), on top of each screen and each ticket."""

    logo: Path | None = None


class Settings(Section):
    central: CentralSettings
    data: DataSettings
    printer: PrinterSettings | None = None
    scanner: tuple[ScannerSettings, ...] = ()
    keypad: tuple[KeypadSettings, ...] = ()
    screen: ScreenSettings = ScreenSettings()
    office: OfficeSettings = OfficeSettings()

    def panel(self) -> Panel:
        """The touch panel that they describe."""
        screen = self.screen
        return Panel(screen.pixels_per_mm, screen.bottom_mm, screen.motion, self.office.logo)


def read_settings(file: Path) -> Settings:
    """The settings in a TOML file; relative paths in it are relative to its folder.

    Raises ConfigError with every problem found.
    """
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError([f"{file} cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{file} is not TOML: {error}"]) from error
    return settings_from(raw, file.parent)


def settings_from(raw: dict[str, Any], folder: Path) -> Settings:
    """The settings in a parsed file whose relative paths start at `folder`. Raises ConfigError with every problem
    found.
    """
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        raise ConfigError([_sentence(dict(problem)) for problem in error.errors()]) from error
    return _resolved(settings, folder.resolve())


def _resolved(settings: Settings, folder: Path) -> Settings:
    logo = settings.office.logo
    return settings.model_copy(
        update={
            "central": settings.central.model_copy(update={"ca": folder / settings.central.ca}),
            "data": settings.data.model_copy(update={"dir": folder / settings.data.dir}),
            "office": OfficeSettings(logo=folder / logo if logo else None),
        }
    )


def _sentence(problem: dict[str, Any]) -> str:
    path = tuple(problem["loc"])
    where = _place(path)
    if problem["type"] == "extra_forbidden":
        return f"{where}: not a setting{_did_you_mean(path)}"
    if problem["type"] == "missing":
        return f"{where}: missing"
    return f"{where}: {problem['msg'].removeprefix('Value error, ')}"


def _place(path: tuple[Any, ...]) -> str:
    names = [str(part) for part in path if isinstance(part, str)]
    return f"[{names[0]}] {'.'.join(names[1:])}".strip()


def _did_you_mean(path: tuple[Any, ...]) -> str:
    section: Any = Settings
    for part in path[:-1]:
        if isinstance(part, str):
            section = _section(section, part)
    close = get_close_matches(str(path[-1]), list(section.model_fields), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(section.model_fields)}"


def _section(section: Any, name: str) -> Any:
    return {
        "central": CentralSettings,
        "printer": PrinterSettings,
        "scanner": ScannerSettings,
        "keypad": KeypadSettings,
        "screen": ScreenSettings,
        "data": DataSettings,
        "office": OfficeSettings,
    }.get(name, section)
