"""Pages of the set-up as they may be, for the gallery and the tests."""

from kiosk.model import DeviceKind, EnrolmentProblem
from kiosk.set_up_lines import Judged, Looked, Page, Part, Plugged, Shown

NAMES = {
    Part.PRINTER: "EPSON TM-T20II (04b8:0e15)",
    Part.SCANNER: "Honeywell 3310 Area-Imaging Scanner (0c2e:0b6a)",
    Part.TOUCH: "ILITEK ILITEK-TP",
    Part.NETWORK: "10.0.0.15",
    Part.CLOCK: "2026-11-30",
}
UNKNOWN = Judged(
    is_broken=False,
    requirement={"en": "the disk reports no error and is not worn out", "id": "disk tidak melaporkan kesalahan"},
    remedy={"en": "", "id": ""},
)
BROKEN = (
    Judged(
        is_broken=True,
        is_mended_here=True,
        requirement={"en": "the printer answers and can print", "id": "pencetak menjawab dan dapat mencetak"},
        remedy={
            "en": "look at its power, cable, paper and cover",
            "id": "periksa daya, kabel, kertas, dan tutupnya",
        },
    ),
    Judged(
        is_broken=True,
        is_mended_here=True,
        requirement={
            "en": "the clock is set from the network, or by one that runs without power",
            "id": "jam disetel dari jaringan atau oleh jam berbaterai",
        },
        remedy={
            "en": "connect the network, or set it with timedatectl set-time",
            "id": "sambungkan jaringan, atau setel dengan timedatectl set-time",
        },
    ),
)

OF_THE_IMAGE = Judged(
    is_broken=True,
    requirement={"en": "only this box's own USB devices are let in", "id": "hanya perangkat USB milik mesin ini"},
    remedy={"en": "kiosk-provision detect --usb-devices FILE", "id": "kiosk-provision detect --usb-devices BERKAS"},
)

PLUGGED = (
    Plugged(kind=DeviceKind.PRINTER, name="EPSON TM-T20II (04b8:0e15)"),
    Plugged(kind=DeviceKind.SCANNER, name="Honeywell 3310 Area-Imaging Scanner (0c2e:0b6a)"),
    Plugged(kind=DeviceKind.TOUCH, name="ILITEK ILITEK-TP (222a:0001)"),
    Plugged(kind=None, name="SIGMACHIP USB Keyboard (1c4f:0002)"),
)


def looked(*missing: Part) -> tuple[Looked, ...]:
    """All parts, of which some are missing."""
    return tuple(Looked(part=each, is_found=each not in missing, name=NAMES[each]) for each in Part)


APPROVAL = Shown(page=Page.APPROVAL, number=1, looked=looked(), check_text="2EF3-JG76")


def sample_pages() -> dict[str, Shown]:
    """Each page in each of its states, by name."""
    two = looked(Part.PRINTER, Part.SCANNER)
    ready = Shown(page=Page.READY, number=1, looked=looked(), judged=(OF_THE_IMAGE, UNKNOWN), kept=22, is_ready=True)
    pages = {
        "set_up-found": Shown(page=Page.FOUND, number=1, looked=looked()),
        "set_up-found-two-missing": Shown(page=Page.FOUND, number=1, looked=two),
        "set_up-found-nothing": Shown(page=Page.FOUND, number=1, looked=looked(*Part)),
        "set_up-found-list": Shown(page=Page.FOUND, number=1, looked=looked(), plugged=PLUGGED, is_list_due=True),
        "set_up-found-much": Shown(
            page=Page.FOUND, number=1, looked=looked(Part.PRINTER), plugged=PLUGGED * 5, is_list_due=True
        ),
        "set_up-upright": Shown(page=Page.UPRIGHT, number=1, looked=looked()),
        "set_up-targets": Shown(page=Page.TARGETS, number=1, looked=looked()),
        "set_up-targets-misfit": Shown(page=Page.TARGETS, number=1, looked=looked(), misfits=1),
        "set_up-code": Shown(page=Page.CODE, number=1, looked=looked()),
        "set_up-code-two-missing": Shown(page=Page.CODE, number=1, looked=two),
        "set_up-code-waiting": Shown(page=Page.CODE, number=1, looked=looked(), waiting=True),
        "set_up-slip": Shown(page=Page.SLIP, number=1, looked=looked()),
        "set_up-approval": APPROVAL,
        "set_up-scan": Shown(page=Page.SCAN, number=1, looked=looked()),
        "set_up-scan-read": Shown(page=Page.SCAN, number=1, looked=looked(), is_scanned=True),
        "set_up-checking": Shown(page=Page.READY, number=1, looked=looked(), waiting=True),
        "set_up-ready": ready.model_copy(update={"passes": True}),
        "set_up-ready-stays": ready,
        "set_up-not-ready": Shown(page=Page.READY, number=1, looked=two, judged=BROKEN, kept=22),
        "set_up-much-not-ready": Shown(page=Page.READY, number=1, looked=two, judged=BROKEN * 3 + (UNKNOWN,) * 2),
    }
    for problem in EnrolmentProblem:
        pages[f"set_up-code-{problem}"] = Shown(page=Page.CODE, number=1, looked=looked(), problem=problem)
        if problem is not EnrolmentProblem.NOT_APPROVED:
            pages[f"set_up-approval-{problem}"] = APPROVAL.model_copy(update={"problem": problem})
    return pages
