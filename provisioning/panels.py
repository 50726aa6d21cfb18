"""The screens of a box, by DRM's connectors in sysfs, and how large they are, by their EDID (VESA E-EDID 1.4)."""

from dataclasses import dataclass

from provisioning.machine import Machine

CONNECTORS = "sys/class/drm"
HEADER = bytes.fromhex("00ffffffffffff00")
FIRST_TIMING = 54
"""Where the preferred timing is described; its bytes 12 to 14 hold the picture's size in mm."""


@dataclass(frozen=True)
class Screen:
    """A panel that is connected: `size` in pixels and `millimetres`, width first; the latter (0, 0) where it does not
    tell.
    """

    connector: str
    size: tuple[int, int]
    millimetres: tuple[int, int]

    @property
    def pixels_per_mm(self) -> float | None:
        """None where the panel does not tell, or tells what cannot be (projectors say 0, televisions 16 × 9)."""
        width, height = self.millimetres
        if width < 50 or height < 50:
            return None
        return round((self.size[0] / width + self.size[1] / height) / 2, 2)


def screens_of(machine: Machine) -> list[Screen]:
    """Those connected, in the order of their connectors."""
    connectors = [each.name for each in machine.found(CONNECTORS, "card*-*")]
    found = (
        _screen(machine, each) for each in connectors if machine.text(f"{CONNECTORS}/{each}/status") == "connected"
    )
    return [each for each in found if each]


def console_turn(machine: Machine) -> int:
    """By how many degrees, clockwise, the kernel turns its own words on the screen: it knows of some boards how their
    panel is mounted (Documentation/fb/fbcon.rst; drm_panel_orientation_quirks).
    """
    said = machine.text("sys/class/graphics/fbcon/rotate")
    return int(said) * 90 if said in ("1", "2", "3") else 0


def _screen(machine: Machine, connector: str) -> Screen | None:
    """None where it has no mode."""
    mode = machine.text(f"{CONNECTORS}/{connector}/modes").partition("\n")[0].rstrip("i")
    width, _, height = mode.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        return None
    try:
        edid = machine.at(f"{CONNECTORS}/{connector}/edid").read_bytes()
    except OSError:
        edid = b""
    return Screen(connector.partition("-")[2], (int(width), int(height)), _millimetres(edid))


def _millimetres(edid: bytes) -> tuple[int, int]:
    if len(edid) < 128 or not edid.startswith(HEADER):
        return 0, 0
    low_width, low_height, high = edid[FIRST_TIMING + 12 : FIRST_TIMING + 15]
    return low_width | (high >> 4) << 8, low_height | (high & 0x0F) << 8
