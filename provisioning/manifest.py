"""What a box has: the files of system/ at their places under /, and the table manifest.toml beside them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
UNITS = "etc/systemd/system"
FILE_MODE, PROGRAM_MODE = 0o644, 0o755


@dataclass(frozen=True)
class Manifest:
    """`files` by their place without the first slash; `enabled` names the target that wants a unit of Debian's;
    `masked` are units that never run; `modes` of files that are not 0644.
    """

    files: Mapping[str, bytes]
    packages: tuple[str, ...]
    masked: tuple[str, ...]
    enabled: Mapping[str, str]
    modes: Mapping[str, int]

    @classmethod
    def load(cls, folder: Path = HERE) -> "Manifest":
        """What is shipped with this version."""
        table = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
        system = folder / "system"
        files = {str(each.relative_to(system)): each.read_bytes() for each in sorted(system.rglob("*")) if _ships(each)}
        modes = {place: int(mode, 8) for place, mode in table["modes"].items()}
        return cls(files, tuple(table["packages"]), tuple(table["masked"]), table["enabled"], modes)

    def mode(self, place: str) -> int:
        """Programs outside /etc are known by their first line."""
        is_program = not place.startswith("etc/") and self.files.get(place, b"").startswith(b"#!")
        return self.modes.get(place, PROGRAM_MODE if is_program else FILE_MODE)

    def links(self) -> dict[str, str]:
        """The symbolic links that enable and mask units, by their place, each with its target."""
        links = {f"{UNITS}/{unit}": "/dev/null" for unit in self.masked}
        links |= {f"{UNITS}/{target}.wants/{unit}": f"/usr/lib/systemd/system/{unit}" for unit, target in self.enabled.items()}  # fmt: skip  # noqa: E501
        for unit, text in self.units().items():
            for target, how in _installed_to(text):
                links[f"{UNITS}/{target}.{how}/{unit}"] = f"/{UNITS}/{unit}"
        return links

    def running(self) -> list[str]:
        """The units that are to run from the start on."""
        return [*(unit for unit, text in self.units().items() if _installed_to(text)), *self.enabled]

    def units(self) -> dict[str, str]:
        """The units of system/ by their names, each with its text."""
        places = [place for place in self.files if place.startswith(f"{UNITS}/") and place.count("/") == 3]
        return {place.rpartition("/")[2]: self.files[place].decode() for place in places}


def _ships(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts


def _installed_to(text: str) -> list[tuple[str, str]]:
    """Of a unit's [Install] (systemd.unit(5)): the units that it is to be started with, and by which kind of folder."""
    found, section = [], ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip()
        key, _, value = line.partition("=")
        if section == "[Install]" and key in ("WantedBy", "RequiredBy"):
            found += [(unit, "wants" if key == "WantedBy" else "requires") for unit in value.split()]
    return found
