"""What is of one box alone, in /etc/anjungan: its configuration, its own USB devices, how its touch panel is mounted;
and the system's files that follow from them.
"""

import ipaddress
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kiosk.config import Settings, settings_from
from kiosk.errors import ConfigError

CONFIG = "etc/anjungan/kiosk.toml"
AUTHORITY = "etc/anjungan/central-ca.pem"
USB_DEVICES = "etc/anjungan/usb-devices.toml"
PANEL = "etc/anjungan/panel.toml"
UPDATE_ROOT = "etc/anjungan/update-root.json"
USB_RULES = "etc/anjungan/usb-rules.conf"
"""There, for an image keeps nothing else of /etc, and USBGuard starts early."""
PRINTER_RULES = "etc/nftables.d/anjungan-printer.nft"
PRINTER_DROP_IN = "etc/systemd/system/anjungan-core.service.d/printer.conf"
REPORT_DROP_IN = "etc/systemd/system/anjungan-report.service.d/printer.conf"
TURN = "etc/anjungan/turn"
"""What /usr/libexec/anjungan/screen tells the compositor."""
TOUCH_RULES = "etc/udev/rules.d/71-anjungan-touch.rules"

HUBS = ("{ 09:00:00 }", "{ 09:00:01 09:00:02 }")
"""What hubs offer (USB 2.0, 11.23.1), by one or by several translators."""
MATRICES = {90: "0 -1 1 1 0 0", 180: "-1 0 1 0 -1 1", 270: "0 1 0 -1 0 1"}
"""How libinput turns a touch panel, clockwise (libinput's documentation, static device configuration via udev)."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UsbDevice(_Part):
    """A device of this box: `id` is vendor:product, `interfaces` are all that it offers (class:subclass:protocol), so
    that a printer that turns into a keyboard is another device. `name` is for people.
    """

    name: str = ""
    id: Annotated[str, Field(pattern="^[0-9a-f]{4}:[0-9a-f]{4}$")]
    serial: Annotated[str, Field(pattern='^[^"\\\\\n]*$')] = ""
    interfaces: Annotated[
        tuple[Annotated[str, Field(pattern="^([0-9a-f]{2}:){2}[0-9a-f]{2}$")], ...], Field(min_length=1)
    ]


class UsbDevices(_Part):
    """usb-devices.toml: tables [[device]]."""

    device: tuple[UsbDevice, ...] = ()


class Panel(_Part):
    """panel.toml: by how many degrees, clockwise, touches are turned against the panel's picture as it is unturned."""

    touch_rotation: Literal[0, 90, 180, 270] = 0


M = TypeVar("M", bound=_Part)


def usb_devices(content: bytes) -> UsbDevices:
    """Raises ConfigError with every problem."""
    return _read(UsbDevices, content, USB_DEVICES)


def touch_rotation(text: str) -> int:
    """What a panel.toml says, 0 where there is none, or none that can be read."""
    try:
        return _read(Panel, text.encode(), PANEL).touch_rotation
    except ConfigError:
        return 0


def following(own: dict[str, bytes]) -> dict[str, bytes]:
    """The system's files that follow from the files of /etc/anjungan, both by place. Raises ConfigError."""
    files: dict[str, bytes] = {}
    problems: list[str] = []
    for source, place, make in MAKERS:
        try:
            text = make(own)
        except ConfigError as error:
            problems += (each for each in error.problems if each not in problems)
            continue
        if text:
            files[place] = f"# By kiosk-provision apply from /{source}.\n{text}".encode()
    if problems:
        raise ConfigError(problems)
    return files


def _usb_rules(own: dict[str, bytes]) -> str:
    """USBGuard's rules (usbguard-rules.conf(5)): hubs and the box's own devices, with just their interfaces."""
    if USB_DEVICES not in own:
        return ""
    lines = [f"allow with-interface equals {hub}" for hub in HUBS]
    for each in usb_devices(own[USB_DEVICES]).device:
        serial = f' serial "{each.serial}"' if each.serial else ""
        lines.append(f"allow id {each.id}{serial} with-interface equals {{ {' '.join(each.interfaces)} }}")
    return "\n".join(lines) + "\n"


def _printer_rules(own: dict[str, bytes]) -> str:
    """The way to a printer on the network, for the core alone; none for another printer."""
    way = _network_printer(own)
    if way is None:
        return ""
    address, port = way
    to = f"{'ip' if address.version == 4 else 'ip6'} daddr {address} tcp dport {port}"
    return f'add rule inet anjungan output meta skuid "anjungan-core" {to} accept\n'


def _printer_drop_in(own: dict[str, bytes]) -> str:
    """Who prints has no network, but for that printer (systemd.resource-control(5), IPAddressAllow=)."""
    way = _network_printer(own)
    if way is None:
        return ""
    return f"[Service]\nPrivateNetwork=no\nRestrictAddressFamilies=AF_INET AF_INET6\nIPAddressAllow={way[0]}\n"


def _network_printer(own: dict[str, bytes]) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int] | None:
    """The address and port of a printer on the network, None for another one. Raises ConfigError."""
    settings = _settings(own)
    way = urlsplit(settings.printer.url) if settings and settings.printer else None
    if way is None or way.scheme != "tcp" or not way.hostname:
        return None
    try:
        return ipaddress.ip_address(way.hostname), way.port or 9100
    except ValueError:
        problem = f"[printer] url: {way.hostname} is a name; the firewall needs the printer's address"
        raise ConfigError([problem]) from None


def _turn(own: dict[str, bytes]) -> str:
    """How often cage turns the picture: each -r turns it by 90 degrees against the clock, whatever cage(1) says of it
    (0.1.4: it counts WL_OUTPUT_TRANSFORM_* up).
    """
    settings = _settings(own)
    times = -settings.screen.turn % 360 // 90 if settings else 0
    return f"turned='{' '.join(['-r'] * times)}'\n" if times else ""


def _touch_rules(own: dict[str, bytes]) -> str:
    """Touches lie on the panel as it is mounted, so they are turned back by as much as the picture is turned: the
    compositor does not do it, for it is not told which touch panel lies on which screen. Some touch panels call
    themselves a mouse; one that says how far it went is not turned by this.
    """
    settings = _settings(own)
    mounted = _read(Panel, own[PANEL], PANEL).touch_rotation if PANEL in own else 0
    matrix = MATRICES.get((mounted - (settings.screen.turn if settings else 0)) % 360)
    if not matrix:
        return ""
    kinds = ("ID_INPUT_TOUCHSCREEN", "ID_INPUT_MOUSE")
    return "".join(
        f'ACTION!="remove", ENV{{{kind}}}=="1", ENV{{LIBINPUT_CALIBRATION_MATRIX}}="{matrix}"\n' for kind in kinds
    )


def _settings(own: dict[str, bytes]) -> Settings | None:
    """None without a configuration. Raises ConfigError."""
    return settings_from(_toml(own[CONFIG], CONFIG), Path("/etc/anjungan")) if CONFIG in own else None


def _toml(content: bytes, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"/{place} is not TOML: {error}"]) from error


def _read(kind: type[M], content: bytes, place: str) -> M:
    try:
        return kind.model_validate(_toml(content, place))
    except ValidationError as error:
        problems = [
            f"/{place}: {'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()
        ]
        raise ConfigError(problems) from error


MAKERS: tuple[tuple[str, str, Callable[[dict[str, bytes]], str]], ...] = (
    (USB_DEVICES, USB_RULES, _usb_rules),
    (CONFIG, PRINTER_RULES, _printer_rules),
    (CONFIG, PRINTER_DROP_IN, _printer_drop_in),
    (CONFIG, REPORT_DROP_IN, _printer_drop_in),
    (CONFIG, TURN, _turn),
    (PANEL, TOUCH_RULES, _touch_rules),
)
"""A file of the box, the file that follows from it (and maybe from others), and how."""
