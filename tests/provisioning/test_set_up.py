"""A box is set up on its screen: the true devices, the true server, true pipes; and a technician who answers."""

import os
import tomllib
from collections.abc import Callable
from contextlib import suppress
from itertools import count, pairwise
from pathlib import Path
from threading import Timer

import pytest
import trustme
from hand_at_the_box import Technician
from power import MeteredDisk, Power, PowerCut, QuickDisk, cut
from site_to_set_up import Site, goes_on

from kiosk.config import read_settings
from kiosk.devices.pseudo_terminal import pseudo_terminal
from kiosk.identity import Identity
from kiosk.model import DeviceKind, EnrolmentProblem
from kiosk.set_up_lines import (
    TARGETS,
    Again,
    Asked,
    CodeGiven,
    GaveUp,
    OnlyThese,
    Page,
    Part,
    Shown,
    Touched,
    Turned,
    WentOn,
)
from provisioning.box_files import (
    CONFIG,
    MATRICES,
    PANEL,
    TOUCH_RULES,
    TURN,
    USB_DEVICES,
    USB_RULES,
    following,
    usb_devices,
)
from provisioning.progress import PROGRESS, kept_progress
from provisioning.screen_process import Pipes, ScreenGone
from provisioning.touch_rotation import turn
from provisioning.usb import usb_devices_of
from provisioning.usb_list import kind_of, list_of
from provisioning.zone import noted_zone, zone_of

Central = tuple[str, Callable[[], str]]
STEP, LEAST_STEPS = 4, 30
"""The power goes after so many steps of the disk, then after as many more; a set-up has at least so many."""
TURN_STEP, LEAST_ASKED = 4, 5
"""The same while the picture is turned; so many cuts at least come before it stands upright."""
NO_CODE = CodeGiven.model_construct(number=0, code="")
"""What ends a window that says it."""


def slips(site: Site) -> int:
    return len([*site.tray.glob("*.bin")])


def test_with_all_found_the_code_is_all_that_is_asked(site: Site) -> None:
    technician = site.goes_through(code=site.types)
    assert technician.pages == [Page.CODE, Page.READY]
    assert technician.touches == 11
    assert technician.seen[-1].passes
    assert all(not each.missing for each in technician.seen)
    assert Identity.load(site.data).office == "PYK"
    assert slips(site) == 1
    assert kept_progress(site.machine) is None


def test_the_office_s_time_zone_becomes_the_boxs(site: Site) -> None:
    site.goes_through(code=site.types, ready=goes_on)
    assert (noted_zone(site.machine), zone_of(site.machine)) == ("Asia/Jakarta", "Asia/Jakarta")


def test_a_code_that_is_held_to_the_scanner_leaves_one_touch_to_prove_the_panel(site: Site, central: Central) -> None:
    held = Timer(0.3, lambda: site.held(f"ANJUNGAN-ENROL:{central[0]}|{site.code()}"))
    held.start()
    technician = site.goes_through(ready=goes_on)
    held.join()
    assert technician.pages == [Page.CODE, Page.READY]
    assert technician.touches == 1
    assert technician.seen[-1].is_scanned
    assert not any(each.passes for each in technician.seen)


def test_a_wrong_code_and_another_server_s_are_told_and_asked_for_again(site: Site) -> None:
    tries = iter(["0000000000"])

    def types(shown: Shown) -> CodeGiven:
        return CodeGiven(number=shown.number, code=next(tries, None) or site.code())

    site.held("ANJUNGAN-ENROL:https://other.example|AB3DE-0FG7H")
    technician = site.goes_through(code=types, ready=goes_on)
    assert EnrolmentProblem.REFUSED in {each.problem for each in technician.seen}
    assert technician.touches >= 22


def test_what_is_missing_comes_first_and_may_be_gone_on_without(bare_site: Site) -> None:
    for gone in (bare_site.printer, bare_site.scanner):
        bare_site.machine.at(str(gone)).unlink()
    technician = bare_site.goes_through(found=goes_on, code=bare_site.types, ready=goes_on)
    assert technician.pages == [Page.FOUND, Page.CODE, Page.READY]
    assert set(technician.seen[-1].missing) == {Part.PRINTER, Part.SCANNER}
    assert not technician.seen[-1].is_ready


def test_what_is_plugged_in_is_seen_without_a_touch(site: Site) -> None:
    carrier = site.machine.at("sys/class/net/eth0/carrier")
    carrier.write_text("0\n")

    def plugs(shown: Shown) -> None:
        carrier.write_text("1\n")

    technician = site.goes_through(found=plugs, code=site.types, ready=goes_on)
    assert technician.pages == [Page.FOUND, Page.CODE, Page.READY]
    assert technician.seen[0].missing == (Part.NETWORK,)
    assert technician.touches <= 12


def test_what_is_mended_on_the_last_page_brings_other_verdicts_by_itself(site: Site) -> None:
    clock = site.machine.at("run/systemd/timesync/synchronized")
    clock.unlink()

    def connects(shown: Shown) -> None:
        assert shown.passes or any("jam" in each.requirement["id"] for each in shown.judged if each.is_broken)
        clock.touch()

    technician = site.goes_through(found=goes_on, code=site.types, ready=connects)
    assert [each.is_ready for each in technician.seen if each.page is Page.READY and not each.waiting] == [False, True]


def test_a_printer_that_cannot_prove_it_is_asked_about_once_the_code_did(bare_site: Site) -> None:
    paper = bare_site.printer.parent / "lp0"
    paper.touch()
    bare_site.box.file(str(paper).lstrip("/"), "")
    text = bare_site.config.read_text().replace(f"serial://{bare_site.printer}", f"file://{paper}")
    bare_site.config.write_text(text)
    answers = iter([Again, Again, WentOn])
    with pseudo_terminal(bare_site.scanner):
        technician = bare_site.goes_through(
            code=bare_site.types, slip=lambda shown: next(answers)(number=shown.number), ready=goes_on
        )
    # Each slip is printed on the last page, and asked about again.
    assert technician.pages == [Page.CODE, *[Page.SLIP, Page.READY] * 3]
    assert paper.read_bytes().count(b"ANJUNGAN-TRIAL") == 3


def test_a_slip_that_never_comes_is_given_up(bare_site: Site) -> None:
    paper = bare_site.printer.parent / "lp0"
    paper.touch()
    bare_site.box.file(str(paper).lstrip("/"), "")
    text = bare_site.config.read_text().replace(f"serial://{bare_site.printer}", f"file://{paper}")
    bare_site.config.write_text(text)
    with pseudo_terminal(bare_site.scanner):
        technician = bare_site.goes_through(
            code=bare_site.types, slip=lambda shown: GaveUp(number=shown.number), ready=goes_on
        )
    assert technician.pages == [Page.CODE, Page.SLIP, Page.READY]


def test_any_code_tries_the_scanner_for_whoever_wants_that(site: Site) -> None:
    asked = iter([Page.SCAN])

    def tries(shown: Shown) -> Asked | WentOn:
        page = next(asked, None)
        return Asked(number=shown.number, page=page) if page else goes_on(shown)

    def holds(shown: Shown) -> WentOn | None:
        if shown.is_scanned:
            return goes_on(shown)
        site.held("ANJUNGAN-TRIAL")
        return None

    technician = site.goes_through(code=site.types, ready=tries, scan=holds)
    assert technician.pages == [Page.CODE, Page.READY, Page.SCAN, Page.READY]


@pytest.mark.parametrize("mounted", [90, 180, 270])
def test_a_panel_that_is_turned_is_turned_back_and_proven(site: Site, mounted: int) -> None:
    """The touches come turned until the rule is there; then the window begins anew, and they come as they should."""
    asked = iter([Page.TARGETS])

    def holds(shown: Shown) -> Asked | CodeGiven:
        page = next(asked, None)
        return Asked(number=shown.number, page=page) if page else site.types(shown)

    def touches(shown: Shown) -> Touched:
        panel = site.machine.at(PANEL)
        mended = tomllib.loads(panel.read_text())["touch_rotation"] if panel.exists() else 0
        places = tuple(turn(each, (mounted + mended) % 360) for each in TARGETS)
        return Touched(number=shown.number, places=places)

    technician = site.goes_through(code=holds, targets=touches, ready=goes_on)
    assert technician.pages == [Page.CODE, Page.TARGETS, Page.CODE, Page.READY]
    assert tomllib.loads(site.machine.text(PANEL)) == {"touch_rotation": 360 - mounted}
    assert "LIBINPUT_CALIBRATION_MATRIX" in site.machine.text(TOUCH_RULES)
    assert site.windows == 2


@pytest.mark.parametrize("hangs", [0, 90, 180, 270])
def test_a_picture_that_lies_is_turned_by_touches_until_it_stands_and_the_touches_with_it(
    site: Site, hangs: int
) -> None:
    site.box.screen("HDMI-A-1", "1920x1080", (527, 296))
    # As an image has it for all kiosks: of the picture, not of this panel.
    site.config.write_text(site.config.read_text() + "\n[screen]\nsize = [1080, 1920]\nfullscreen = true\n")

    def turn_of_the_picture() -> int:
        return read_settings(site.config).screen.turn

    def looks(shown: Shown) -> Turned | WentOn:
        number = shown.number
        return WentOn(number=number) if turn_of_the_picture() == hangs else Turned(number=number)

    technician = site.goes_through(upright=looks, code=site.types)
    assert technician.pages == [Page.UPRIGHT, Page.CODE, Page.READY]
    assert site.windows == 1 + hangs // 90
    assert turn_of_the_picture() == hangs
    upright = (1080, 1920) if hangs in (90, 270) else (1920, 1080)
    assert read_settings(site.config).screen.shown_size == upright, "the window is as large as the picture"
    told = site.machine.text(TURN)
    assert told.count("-r") == -hangs % 360 // 90, "each turns it against the clock"
    # A touch on the panel as it hangs comes to where the picture is: it is turned back by as much.
    matrix = MATRICES.get(-hangs % 360, "")
    assert (f'"{matrix}"' in site.machine.text(TOUCH_RULES)) is bool(hangs)
    assert kept_progress(site.machine) is None


def test_a_picture_whose_turn_was_written_or_that_stands_by_itself_is_not_asked_about(site: Site) -> None:
    site.box.screen("HDMI-A-1", "1920x1080", (527, 296))
    site.config.write_text(site.config.read_text() + "\n[screen]\nsize = [1920, 1080]\nturn = 270\n")
    assert site.goes_through(code=site.types).pages == [Page.CODE, Page.READY]


def test_a_finger_that_misses_on_a_turned_picture_is_turned_by_the_sum(site: Site) -> None:
    own = {CONFIG: site.config.read_bytes() + b"\n[screen]\nturn = 90\n", PANEL: b"touch_rotation = 180\n"}
    assert f'"{MATRICES[90]}"' in following(own)[TOUCH_RULES].decode()
    own[PANEL] = b"touch_rotation = 90\n"
    assert TOUCH_RULES not in following(own)


def test_touches_that_fit_nothing_are_asked_for_again_and_at_last_gone_on_without(site: Site) -> None:
    asked = iter([Page.TARGETS])

    def holds(shown: Shown) -> Asked | CodeGiven:
        page = next(asked, None)
        return Asked(number=shown.number, page=page) if page else site.types(shown)

    technician = site.goes_through(
        code=holds, targets=lambda shown: Touched(number=shown.number, places=((0.5, 0.5),) * 4), ready=goes_on
    )
    assert technician.pages == [Page.CODE, Page.TARGETS, Page.CODE, Page.READY]
    assert [each.misfits for each in technician.seen if each.page is Page.TARGETS] == [0, 1, 2]
    assert not site.machine.at(PANEL).exists()


def test_a_configuration_of_another_box_s_devices_is_completed(site: Site) -> None:
    site.config.write_text(site.config.read_text().replace(f"serial://{site.scanner}", "serial:///dev/ttyACM7"))
    site.box.usb("1-4", "0c2e:0b6a", "Honeywell 3310 Area-Imaging Scanner", "02:02:01", "0a:00:00")
    site.box.line("ttyACM0", "1-4")
    technician = site.goes_through(found=goes_on, code=site.types, ready=goes_on)
    settings = read_settings(site.config)
    assert [each.url for each in settings.scanner] == ["serial:///dev/ttyACM0"]
    assert settings.printer
    assert settings.printer.url == f"serial://{site.printer}"
    assert {each.missing for each in technician.seen} == {(Part.SCANNER,)}


def unlisted(site: Site) -> Site:
    """Nothing is on a list, and a scanner, a keyboard and a stick are plugged in."""
    site.has_list = False
    site.box.usb("1-4", "0c2e:0b6a", "Honeywell 3310 Area-Imaging Scanner", "02:02:01", "0a:00:00", serial="17082B")
    site.box.usb("1-2", "1c4f:0002", "SIGMACHIP USB Keyboard", "03:01:01", "03:00:00")
    site.box.usb("1-5", "0781:5567", "SanDisk Cruzer", "08:06:50")
    return site


def test_one_touch_puts_what_the_kiosk_uses_on_the_list_and_nothing_else(site: Site) -> None:
    technician = unlisted(site).goes_through(code=site.types, found=lambda shown: OnlyThese(number=shown.number))
    assert technician.pages == [Page.CODE, Page.FOUND, Page.READY]
    assert technician.touches == 12
    (page,) = {each.plugged for each in technician.seen if each.page is Page.FOUND}
    assert [each.kind for each in page] == [None, DeviceKind.SCANNER, None]
    assert [each["id"] for each in tomllib.loads(site.machine.text(USB_DEVICES))["device"]] == ["0c2e:0b6a"]
    rules = site.machine.text(USB_RULES)
    assert 'allow id 0c2e:0b6a serial "17082B" with-interface equals { 02:02:01 0a:00:00 }' in rules
    assert "1c4f" not in rules
    assert "0781" not in rules


def test_without_a_list_is_gone_on_without_once_and_not_asked_again(site: Site) -> None:
    technician = unlisted(site).goes_through(
        code=site.types, found=lambda shown: GaveUp(number=shown.number), ready=goes_on
    )
    assert technician.pages == [Page.CODE, Page.FOUND, Page.READY]
    assert not site.machine.at(USB_DEVICES).exists()


def test_a_device_of_the_kiosk_s_that_usbguard_refuses_is_asked_about(site: Site) -> None:
    site.box.usb("1-4", "0c2e:0b6a", "Honeywell 3310 Area-Imaging Scanner", "02:02:01", "0a:00:00", is_let_in=False)
    kernel = site.machine.at("sys/bus/usb/devices/1-4/authorized")

    def lists(shown: Shown) -> OnlyThese:
        kernel.write_text("1\n")
        return OnlyThese(number=shown.number)

    assert site.goes_through(code=site.types, found=lists).pages == [Page.CODE, Page.FOUND, Page.READY]


@pytest.mark.parametrize(
    ("which", "name", "serial", "interfaces"),
    [
        ("04b8:0e15", "EPSON TM-T20II", "X4", ("07:01:02", "03:01:01")),
        ("0c2e:0b61", "Metrologic Scanner", "", ("03:01:01",)),
        ("1111:2222", "Printer with storage", "", ("07:01:02", "08:06:50")),
        ("046d:c077", "Logitech Mouse", "", ("03:01:02",)),
        ("0a12:0001", "Bluetooth", "", ("e0:01:01",)),
        ("04b8:0e15", "EPSON TM-T20II", 'X" with-interface *', ("07:01:02",)),
    ],
)
def test_what_types_or_stores_or_cannot_be_named_is_nothing_for_a_kiosk(
    site: Site, which: str, name: str, serial: str, interfaces: tuple[str, ...]
) -> None:
    site.box.usb("1-9", which, name, *interfaces, serial=serial)
    (usb,) = usb_devices_of(site.machine)
    assert kind_of(usb) is None


def test_a_device_is_known_by_all_of_its_settings_as_usbguard_counts_them(site: Site) -> None:
    site.box.usb("1-9", "046d:0825", "Logitech Webcam\x07 C270", "0e:01:00", "0e:02:00", "0e:02:00", serial="A ")
    (usb,) = usb_devices_of(site.machine)
    assert usb.interfaces == ("0e:01:00", "0e:02:00", "0e:02:00")
    assert (usb.name, usb.serial) == ("Logitech Webcam C270", "A ")
    assert usb_devices(list_of([usb]).encode()).device[0].interfaces == usb.interfaces
    assert kind_of(usb) is DeviceKind.CAMERA


def test_an_answer_to_a_page_that_has_gone_is_none(site: Site) -> None:
    """A second tap, on its way while the page changed."""
    site.machine.at("sys/class/net/eth0/carrier").write_text("0\n")

    def types(shown: Shown) -> tuple[CodeGiven, CodeGiven]:
        return CodeGiven(number=shown.number - 1, code="0000000000"), site.types(shown)

    technician = site.goes_through(found=goes_on, code=types, ready=goes_on)
    assert {each.problem for each in technician.seen} == {None}


# ------------------------------------------------------------ the window


@pytest.mark.parametrize(
    "said", [b"done\n", b'{"kind":"on"}\n', b"x" * 2000, b'{"kind":"on","number":1}' + b" " * 2000 + b"\n", b""]
)
def test_a_window_that_says_what_none_can_say_is_ended(said: bytes) -> None:
    told, near = os.pipe()
    heard, far = os.pipe()
    os.write(far, said)
    os.close(far)
    window = Pipes(near, heard)
    with pytest.raises(ScreenGone):
        window.answers(1.0)
    os.close(told)
    with pytest.raises(ScreenGone):
        window.show(Shown(page=Page.CODE, number=1))


# ------------------------------------------------------------ power cuts


class TurnedSite(Site):
    """With much to write: a panel mounted upside down, and a configuration of another box's scanner; no printer."""

    def __init__(self, folder: Path, url: str, code: Callable[[], str], authority: trustme.CA) -> None:
        super().__init__(folder, url, code, authority)
        self.machine.at(str(self.printer)).unlink()
        self.config.write_text(self.config.read_text().replace(str(self.scanner), "/dev/ttyACM7"))
        self.box.usb("1-4", "0c2e:0b6a", "Honeywell 3310 Area-Imaging Scanner", "02:02:01", "0a:00:00")
        self.box.line("ttyACM0", "1-4")

    def is_turned(self) -> bool:
        return "180" in self.machine.text(PANEL)

    def sets_up(self) -> Technician:
        def types_or_holds(shown: Shown) -> CodeGiven | Asked:
            return self.types(shown) if self.is_turned() else Asked(number=shown.number, page=Page.TARGETS)

        def touches(shown: Shown) -> Touched:
            places = TARGETS if self.is_turned() else tuple(turn(each, 180) for each in TARGETS)
            return Touched(number=shown.number, places=places)

        return self.goes_through(found=goes_on, code=types_or_holds, targets=touches, ready=goes_on)


class LyingSite(Site):
    """On a panel that hangs with its left side up, so that its picture has to be turned three times."""

    def __init__(self, folder: Path, url: str, code: Callable[[], str], authority: trustme.CA) -> None:
        super().__init__(folder, url, code, authority)
        self.box.screen("HDMI-A-1", "1920x1080", (527, 296))
        self.config.write_text(self.config.read_text() + "\n[screen]\nsize = [1080, 1920]\nfullscreen = true\n")
        self.looks: list[tuple[int, int, bool]] = []
        """Of each question: how the configuration has the picture, how the compositor is told, and whether touches
        follow.
        """

    @property
    def turn(self) -> int:
        return read_settings(self.config).screen.turn

    def is_turned(self) -> list[Page]:
        """Until it stands upright, when the window ends; returns the pages."""

        def looks(shown: Shown) -> Turned | WentOn:
            told, touches = self.machine.text(TURN).count("-r") * 90, self.machine.text(TOUCH_RULES)
            self.looks.append((self.turn, -told % 360, MATRICES.get(-self.turn % 360, "") in touches))
            return WentOn(number=shown.number) if self.turn == 270 else Turned(number=shown.number)

        with suppress(ScreenGone):
            self.goes_through(upright=looks, found=lambda shown: NO_CODE)
        return self.technician.pages


def test_wherever_the_power_goes_the_set_up_goes_on_there(
    tmp_path: Path, central: Central, authority: trustme.CA
) -> None:
    for steps in count(0, STEP):
        site = TurnedSite(tmp_path / str(steps), *central, authority)
        power = Power(steps, cut)
        site.disk = MeteredDisk(power, loses=True)
        try:
            site.sets_up()
        except PowerCut:
            site.disk.lose()
        else:
            assert steps > LEAST_STEPS
            return
        before, was_enrolled = kept_progress(site.machine), (site.data / "identity.json").exists()
        if Page.CODE in site.technician.pages and before:
            assert before.went_on, steps
        if site.technician.pages.count(Page.CODE) > 1 and before:
            assert before.touched, steps
        site.disk = QuickDisk()
        if before or not was_enrolled:
            pages = site.sets_up().pages
            assert (Page.FOUND in pages) is not (was_enrolled or bool(before and before.went_on)), steps
            assert (Page.CODE in pages) is not was_enrolled, steps
        assert Identity.load(site.data).office == "PYK"
        assert read_settings(site.config).scanner[0].url == "serial:///dev/ttyACM0"
        assert site.is_turned()
        assert zone_of(site.machine) == "Asia/Jakarta"
        assert not site.machine.at(PROGRESS).exists()


def test_wherever_the_power_goes_while_the_picture_is_turned_it_is_asked_about_again_as_it_was_turned_last(
    tmp_path: Path, central: Central, authority: trustme.CA
) -> None:
    asked_again = 0
    for steps in count(0, TURN_STEP):
        site = LyingSite(tmp_path / str(steps), *central, authority)
        site.disk = MeteredDisk(Power(steps, cut), loses=True)
        try:
            site.is_turned()
        except PowerCut:
            site.disk.lose()
        else:
            assert asked_again > LEAST_ASKED
            return
        before, looked, site.disk = kept_progress(site.machine), len(site.looks), QuickDisk()
        again = site.is_turned()
        assert (Page.UPRIGHT in again) is not bool(before and before.upright), steps
        asked_again += Page.UPRIGHT in again
        assert all(asked == told and follow for asked, told, follow in site.looks), (steps, site.looks)
        turns = [asked for asked, *_ in site.looks[max(looked - 1, 0) :]]
        assert all(later - former in (0, 90) for former, later in pairwise(turns)), (steps, turns)
        assert site.turn == 270
