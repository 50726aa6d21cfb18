"""Boxes as their kernels show them: folders with the files of /sys, /proc and /dev, and what such devices say."""

from pathlib import Path

TOUCH = """I: Bus=0003 Vendor=222a Product=0001 Version=0110
N: Name="ILITEK ILITEK-TP Mouse"
P: Phys=usb-0000:00:14.0-7.4/input1
S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-7/1-7.4/1-7.4:1.1/0003:222A:0001.0005/input/input8
U: Uniq=V06.00.00.00
H: Handlers=mouse2 event8 js0
B: PROP=0
B: EV=1b
B: KEY=1f0000 0 0 0 0
B: ABS=3
B: MSC=10

I: Bus=0003 Vendor=222a Product=0001 Version=0110
N: Name="ILITEK ILITEK-TP"
P: Phys=usb-0000:00:14.0-7.4/input0
S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-7/1-7.4/1-7.4:1.0/0003:222A:0001.0004/input/input10
U: Uniq=V06.00.00.00
H: Handlers=mouse1 event7
B: PROP=2
B: EV=1b
B: KEY=400 0 0 0 0 0
B: ABS=260800000000003
B: MSC=20
"""
"""Read from a box with a panel of ILITEK's."""

OLD_TOUCH = """I: Bus=0003 Vendor=0eef Product=0001 Version=0210
N: Name="eGalax Inc. USB TouchController Touchscreen"
P: Phys=usb-0000:07:00.3-2/input0
S: Sysfs=/devices/pci0000:00/0000:00:08.1/0000:07:00.3/usb3/3-2/3-2:1.0/0003:0EEF:0001.0002/input/input21
U: Uniq=
H: Handlers=event19 mouse3
B: PROP=0
B: EV=1b
B: KEY=401 0 0 0 0 0
B: ABS=3
B: MSC=10
"""
"""Read from a box with a panel of eGalax's, which does not say that it is touched directly."""

KEYBOARD = """I: Bus=0003 Vendor=1c4f Product=0002 Version=0110
N: Name="SIGMACHIP USB Keyboard"
P: Phys=usb-0000:00:14.0-2/input0
S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/0003:1C4F:0002.0001/input/input5
U: Uniq=
H: Handlers=sysrq kbd event5
B: PROP=0
B: EV=120013
B: KEY=1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe
B: MSC=10
B: LED=7

I: Bus=0019 Vendor=0000 Product=0001 Version=0000
N: Name="Power Button"
P: Phys=LNXPWRBN/button/input0
S: Sysfs=/devices/LNXSYSTM:00/LNXPWRBN:00/input/input1
U: Uniq=
H: Handlers=kbd event1
B: PROP=0
B: EV=3
B: KEY=10000000000000 0
"""

KEYPAD = """I: Bus=0003 Vendor=2047 Product=0964 Version=0111
N: Name="Keypad with five keys"
P: Phys=usb-0000:00:14.0-3/input0
S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-3/1-3:1.0/0003:2047:0964.0003/input/input9
U: Uniq=
H: Handlers=kbd event9
B: PROP=0
B: EV=100013
B: KEY=118000000000 800000010000002
B: MSC=10

I: Bus=0000 Vendor=0000 Product=0000 Version=0000
N: Name="HDA Intel PCH Headphone"
P: Phys=ALSA
S: Sysfs=/devices/pci0000:00/0000:00:1f.3/sound/card0/input12
U: Uniq=
H: Handlers=event12
B: PROP=0
B: EV=21
B: SW=4
"""
PCI = "sys/devices/pci0000:00/0000:00:14.0/usb1"


class Box:
    """A box that is put together device by device; its files start at `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def file(self, place: str, content: str | bytes) -> Path:
        file = self.root / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else f"{content}\n".encode())
        return file

    def link(self, place: str, to: str) -> None:
        """A link of the kernel's or udev's: `to` is a place of the box."""
        link = self.root / place
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(Path(*[".."] * (place.count("/")), to))

    def usb(
        self, place: str, which: str, name: str, *interfaces: str, serial: str = "", is_let_in: bool = True
    ) -> None:
        maker, _, product = name.partition(" ")
        vendor, _, number = which.partition(":")
        said = {"idVendor": vendor, "idProduct": number, "manufacturer": maker, "product": product, "serial": serial}
        for file, content in said.items():
            self.file(f"{PCI}/{place}/{file}", content)
        self.link(f"sys/bus/usb/devices/{place}", f"{PCI}/{place}")
        self.file(f"{PCI}/{place}/descriptors", descriptors(*interfaces))
        self.file(f"{PCI}/{place}/authorized", "1" if is_let_in else "0")

    def line(self, name: str, place: str, by_id: str = "") -> None:
        """A serial line of a USB device."""
        self.link(f"sys/class/tty/{name}/device", f"{PCI}/{place}/{place}:1.0")
        if by_id:
            self.file(f"dev/{name}", "")
            self.link(f"dev/serial/by-id/{by_id}", f"dev/{name}")

    def inputs(self, *entries: str) -> None:
        self.file("proc/bus/input/devices", "\n".join(entries))

    def screen(self, connector: str, mode: str, millimetres: tuple[int, int], status: str = "connected") -> None:
        self.file(f"sys/class/drm/card0-{connector}/status", status)
        self.file(f"sys/class/drm/card0-{connector}/modes", f"{mode}\n1280x720\n640x480" if mode else "")
        self.file(f"sys/class/drm/card0-{connector}/edid", edid(*millimetres) if mode else b"")

    def board(self) -> None:
        """What a small industrial PC has on its board."""
        self.file("sys/class/sound/card0/id", "PCH")
        self.file("sys/class/rtc/rtc0/name", "rtc_cmos rtc_cmos")
        self.file("sys/class/tpm/tpm0/tpm_version_major", "2")
        for name, removable, model, sectors in (
            ("nvme0n1", "0", "KINGSTON SNV2S250G", 488397168),
            ("sdb", "1", "Stick", 1),
        ):
            self.file(f"sys/block/{name}/removable", removable)
            self.file(f"sys/block/{name}/size", str(sectors))
            self.file(f"sys/block/{name}/queue/rotational", "0")
            self.file(f"sys/block/{name}/device/model", model)
        self.file("sys/block/loop0/removable", "0")
        self.file("sys/class/tty/ttyS0/type", "0")


def descriptors(*interfaces: str) -> bytes:
    """A device's and its one configuration's, with interfaces that have an endpoint each (USB 2.0, 9.6)."""
    said = bytes([18, 1]) + bytes(16) + bytes([9, 2]) + bytes(7)
    for count, each in enumerate(interfaces):
        said += bytes([9, 4, count, 0, 1, *bytes.fromhex(each.replace(":", "")), 0]) + bytes([7, 5]) + bytes(5)
    return said


def edid(width: int, height: int) -> bytes:
    """A panel's own description, as far as its size goes (VESA E-EDID 1.4, 3.10.2)."""
    said = bytearray(128)
    said[:8] = bytes.fromhex("00ffffffffffff00")
    said[54 + 12 : 54 + 15] = bytes([width & 0xFF, height & 0xFF, (width >> 8) << 4 | height >> 8])
    return bytes(said)


def whole_box(root: Path) -> Box:
    """A kiosk's box with everything."""
    box = Box(root)
    box.board()
    box.usb("1-0", "1d6b:0002", "Linux xHCI Host Controller", "09:00:00")
    box.usb("1-7", "05e3:0610", "GenesysLogic USB2.1 Hub", "09:00:01", "09:00:02")
    box.usb("1-7.4", "222a:0001", "ILITEK ILITEK-TP", "03:00:00", "03:00:00", serial="V06.00.00.00")
    box.usb("1-1", "04b8:0e15", "EPSON TM-T20II", "07:01:02", serial="5441354B3031")
    box.usb("1-4", "0c2e:0b6a", "Honeywell 3310 Area-Imaging Scanner", "02:02:01", "0a:00:00", serial="17082B1234")
    box.usb("1-2", "1c4f:0002", "SIGMACHIP USB Keyboard", "03:01:01", "03:00:00")
    box.usb("1-3", "2047:0964", "Storm Keypad with five keys", "03:01:01")
    box.usb("1-5", "046d:0825", "Logitech Webcam C270", "0e:01:00", "0e:02:00")
    box.line("ttyACM0", "1-4", "usb-Honeywell_3310_Area-Imaging_Scanner_17082B1234-if00")
    box.inputs(TOUCH, KEYBOARD, KEYPAD)
    box.file("dev/input/event9", "")
    box.link("dev/input/by-id/usb-Storm_Keypad-event-kbd", "dev/input/event9")
    for count in (0, 1):
        box.file(f"sys/class/video4linux/video{count}/name", "UVC Camera (046d:0825)")
        box.file(f"sys/class/video4linux/video{count}/index", str(count))
    box.screen("HDMI-A-1", "1080x1920", (269, 478))
    box.screen("DP-1", "", (0, 0), status="disconnected")
    return box
