"""Views of everything that the screens can show, with invented people, for the gallery and the tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from uuid import UUID

from kiosk.model import (
    Access,
    Announcement,
    Applicant,
    Booking,
    Box,
    ClockState,
    ClosedReason,
    DeviceKind,
    Fee,
    Finding,
    Holiday,
    Office,
    Opening,
    Outcome,
    Period,
    PrinterStatus,
    PriorityGroup,
    QueueEntry,
    QueueState,
    Reason,
    Refusal,
    RefusedDevice,
    Rules,
    Service,
    Shut,
    Sound,
    Stage,
    StoreFault,
    Task,
    TaskEnd,
    TextSize,
    Ticket,
    Topic,
    Verdict,
    WayIn,
    Words,
)
from kiosk.questionnaire import Questionnaire, Survey, SurveyOption, SurveyQuestion, SurveyReason
from kiosk.view import OfficeData, View
from kiosk.visit import TIMEOUTS, State, Visit

NOW = datetime(2026, 11, 24, 9, 41, tzinfo=timezone(timedelta(hours=7)))
NAMES = ("S*** N********", "R***** S********", "A***** S********", "Z******* S********", "N******** S********")

MODES = {
    "normal": Access(),
    "large": Access(text_size=TextSize.LARGE),
    "largest": Access(text_size=TextSize.LARGEST),
    "contrast": Access(high_contrast=True),
    "low": Access(low_reach=True),
    "low-largest": Access(text_size=TextSize.LARGEST, high_contrast=True, low_reach=True, sound=Sound.ON),
}
"""Ways to use the kiosk, by name."""

_GROUPS = (
    PriorityGroup("elderly", Words("Lansia (60 tahun ke atas)", "Aged 60 or over")),
    PriorityGroup("disability", Words("Penyandang disabilitas", "Person with a disability")),
    PriorityGroup("pregnant", Words("Ibu hamil atau menyusui", "Pregnant or nursing mother")),
    PriorityGroup("child", Words("Membawa anak 5 tahun ke bawah", "With a child aged 5 or under")),
)
_STAGES = (
    Stage("Pemeriksaan dokumen", "Documents are checked"),
    Stage("Pembayaran", "Payment"),
    Stage("Foto dan sidik jari", "Photo and fingerprints"),
    Stage("Wawancara", "Interview"),
    Stage("Verifikasi dan adjudikasi", "Verification and adjudication"),
    Stage(
        "Pengambilan paspor",
        "Passport collection",
        Words(
            "4 hari kerja setelah wawancara disetujui. Batal bila tidak diambil dalam 30 hari.",
            "4 working days after the approved interview. Cancelled if not collected within 30 days.",
        ),
    ),
)
_FEES = tuple(
    Fee(Words(*name), rupiah, date(2024, 12, 18), "PP 45/2024")
    for name, rupiah in (
        (("Paspor non-elektronik 5 tahun", "Non-electronic passport, 5 years"), 350_000),
        (("Paspor elektronik 5 tahun", "Electronic passport, 5 years"), 650_000),
        (("Paspor elektronik 10 tahun", "Electronic passport, 10 years"), 950_000),
        (("Percepatan (selesai hari yang sama)", "Same-day processing, added"), 1_000_000),
    )
)
_DOCUMENTS = (
    Words("e-KTP asli", "e-KTP identity card (original)"),
    Words("Kartu Keluarga (KK)", "Family card (KK)"),
    Words(
        "Salah satu: akta lahir, akta nikah, buku nikah, ijazah, atau surat baptis",
        "One of: birth certificate, marriage certificate or book, school diploma, baptism letter",
    ),
)


def _service(service_id: str, letter: str, indonesian: str, english: str, quota: int | None = 20) -> Service:
    summary = Words("Untuk warga yang belum pernah memiliki paspor", "For citizens who never had a passport")
    return Service(service_id, letter, Words(indonesian, english), summary, _DOCUMENTS, _FEES, _STAGES, quota)


_QUESTIONNAIRE = Questionnaire(
    "skm", 1, Words("Survei Kepuasan Masyarakat (SKM)", "Public satisfaction survey (SKM)"),
    (
        SurveyQuestion("job", Words("Pekerjaan Anda?", "Your occupation?"), tuple(
            SurveyOption(value, Words(*words)) for value, *words in (
                ("pns", "PNS", "Civil servant (PNS)"), ("tni", "TNI", "Armed forces (TNI)"),
                ("polri", "POLRI", "Police (POLRI)"), ("private", "Swasta", "Private employee"),
                ("self_employed", "Wirausaha", "Self-employed"), ("other", "Lainnya", "Other"),
            )
        )),
    ),
    (
        SurveyQuestion("U5", Words(
            "Bagaimana pendapat Saudara tentang kesesuaian produk pelayanan antara yang tercantum dalam standar"
            " pelayanan dengan hasil yang diberikan?",
            "How well does the result match what the service standard promises?",
        ), tuple(
            SurveyOption(value, Words(*words)) for value, *words in (
                (1, "Tidak sesuai", "Does not match"), (2, "Kurang sesuai", "Hardly matches"),
                (3, "Sesuai", "Matches"), (4, "Sangat sesuai", "Matches very well"),
            )
        )),
    ),
)  # fmt: skip

DATA = OfficeData(
    office=Office(
        "PYK", "Layanan Imigrasi Payakumbuh", "Mal Pelayanan Publik, Payakumbuh", "(0752) 628269", "Asia/Jakarta",
        "https://antrean.example/t/{ticket}", "https://www.lapor.go.id", {},
    ),
    services=(
        _service("passport_new", "A", "Paspor baru (dewasa)", "New passport (adult)"),
        _service("passport_renewal", "B", "Penggantian paspor", "Passport replacement"),
        _service("passport_child", "C", "Paspor anak (di bawah 17 tahun)", "Child's passport (under 17)"),
        _service("passport_lost", "D", "Paspor hilang atau rusak", "Lost or damaged passport"),
        _service("collection", "E", "Pengambilan paspor", "Passport collection"),
        _service("stay_permit", "F", "Perpanjangan izin tinggal kunjungan", "Visit stay permit extension (ITK)"),
        _service("limited_stay", "G", "Izin tinggal terbatas (ITAS)", "Limited stay permit (ITAS)", 0),
    ),
    rules=Rules(
        date(2024, 12, 18), ((Period(time(8), time(12)), Period(time(13), time(16))),) * 5 + ((), ()), 60, 120, _GROUPS
    ),
    announcements=(
        Announcement(
            "a", Words("Bawa dokumen asli. Layanan tanpa calo.", "Please bring your originals. No brokers needed."),
            date(2024, 1, 1), date(2099, 1, 1),
        ),
        Announcement(
            "b", Words("Pengaduan layanan publik: SP4N-LAPOR!, lapor.go.id.", "Complaints: SP4N-LAPOR!, lapor.go.id."),
            date(2024, 1, 1), date(2099, 1, 1),
        ),
    ),
    queue=(),
    holidays=(
        Holiday(date(2026, 12, 25), Words("Hari Raya Natal", "Christmas Day")),
        Holiday(date(2027, 1, 1), Words("Tahun Baru Masehi", "New Year's Day")),
        Holiday(date(2027, 5, 1), Words("Hari Buruh Internasional", "Labour Day")),
        Holiday(date(2027, 6, 1), Words("Hari Lahir Pancasila", "Pancasila Day")),
    ),
    questionnaire=_QUESTIONNAIRE,
)  # fmt: skip


def _tickets(count: int, late: bool = False) -> tuple[Ticket, ...]:
    return tuple(
        Ticket(
            UUID(int=place), f"A-{place + 12:03}", NOW.date(), "passport_new", NAMES[place],
            datetime(2026, 11, 24, 2, 41, tzinfo=UTC), slot=time(9, 30), late=late,
        )
        for place in range(count)
    )  # fmt: skip


_FAMILY = Booking(
    UUID(int=9), "PYK", NOW.date(), time(9, 30), "passport_new",
    tuple(Applicant(name, f"A-{place + 12:03}") for place, name in enumerate(NAMES)),
)  # fmt: skip


_BOX = Box(
    "0.1.0", 3, 20_414, ("usb://04b8:0e15", "serial:///dev/ttyACM0?baudrate=9600"), ("disk-health", "usb"),
    datetime(2026, 11, 23, 23, 30, tzinfo=UTC),
)  # fmt: skip
_FINDINGS = (
    Finding(Words("Pencetak siap", "The printer is ready"), Verdict.KEPT, "ready"),
    Finding(
        Words("Hanya perangkat USB yang terdaftar diizinkan", "Only the listed USB devices are let in"), Verdict.BROKEN,
        "usbguard does not run: there is no list of devices",
        Words(
            "Buat daftarnya dengan kiosk-provision detect, lalu kiosk-provision apply.",
            "Make the list with kiosk-provision detect, then kiosk-provision apply.",
        ),
    ),
    Finding(Words("Kesehatan cakram", "The disk's health"), Verdict.UNKNOWN, "it does not say"),
)  # fmt: skip

_REFUSED = (
    RefusedDevice(DeviceKind.SCANNER, "Newland Auto-ID HR32 Marlin (1eab:1d06)", "HR32-04417", "a" * 44),
    RefusedDevice(DeviceKind.PRINTER, "EPSON TM-m30II (04b8:0e27)", "", "b" * 44),
    RefusedDevice(None, "SIGMACHIP USB Keyboard (1c4f:0002)", "", "c" * 44),
)


def _of_technicians() -> dict[str, View]:
    """A technician's screens, shut, asking, and with each end of a task."""
    views: dict[str, View] = {}
    inside = Visit(1, box=_BOX, task=Task.CHECK)
    for shut in Shut:
        views[f"technician_pin-{shut}"] = _view(Visit(1, State.TECHNICIAN_PIN, way_in=WayIn(shut, 16)))
    views["technician_pin-wrong"] = _view(Visit(1, State.TECHNICIAN_PIN, way_in=WayIn(wrong=True)))
    for name, wrong in (("technician_code", False), ("technician_code-wrong", True)):
        asked = WayIn(challenge="042917", wrong=wrong)
        views[name] = _view(Visit(1, State.TECHNICIAN_CODE, way_in=asked))
    views["technician"] = _view(replace(inside, state=State.TECHNICIAN))
    worse = replace(views["technician"], printer=PrinterStatus.PAPER_OUT, scanner_ready=False, online=False)
    views["technician-worse"] = replace(worse, clock=ClockState.UNTRUSTED)
    views["technician_waiting"] = _view(replace(inside, state=State.TECHNICIAN_WAITING))
    done = {
        "": Outcome(Task.CHECK, TaskEnd.DONE, _FINDINGS),
        "-long": Outcome(Task.CHECK, TaskEnd.DONE, _FINDINGS * 12),
        "-refused": Outcome(Task.REFUSED_DEVICES, TaskEnd.DONE, devices=_REFUSED),
        "-refused-much": Outcome(Task.REFUSED_DEVICES, TaskEnd.DONE, devices=_REFUSED * 4),
        "-refused-none": Outcome(Task.REFUSED_DEVICES, TaskEnd.DONE),
        "-allowed": Outcome(Task.ALLOW_DEVICE, TaskEnd.DONE),
        "-code": Outcome(Task.TRIAL_CODE, TaskEnd.DONE, detail="143"),
        **{f"-{end}": Outcome(Task.TRIAL_SLIP, end) for end in TaskEnd},
    }
    for name, outcome in done.items():
        views[f"technician_outcome{name}"] = _view(replace(inside, state=State.TECHNICIAN_OUTCOME, outcome=outcome))
    return views


def _view(visit: Visit) -> View:
    return View(visit, Opening(), DATA, NOW, TIMEOUTS[visit.state], PrinterStatus.READY, True, True)


def sample_views() -> dict[str, View]:
    """Every state and its telling variants, by name; all in Indonesian."""
    plain = Visit(1, service="passport_new", tickets=_tickets(1), booking=_FAMILY, chosen=frozenset({0, 1, 3}))
    views = {str(state): _view(replace(plain, state=state)) for state in State}
    views["information"] = _view(Visit(1, State.INFORMATION))
    for topic in Topic:
        views[f"information-{topic}"] = _view(Visit(1, State.INFORMATION, topic=topic))
    views["information-nothing"] = replace(views["information-announcements"], data=replace(DATA, announcements=()))
    views["help-offline"] = replace(views["help"], online=False)
    views["information-service"] = _view(replace(plain, state=State.INFORMATION))
    lacking = replace(plain, state=State.INFORMATION, documents_missing=True)
    views["information-documents-missing"] = _view(lacking)
    views["welcome-no-printer"] = replace(views["welcome"], printer=PrinterStatus.PAPER_OUT)
    views["welcome-no-scanner"] = replace(views["welcome"], scanner_ready=False, online=False)
    views["verifying-wrong"] = _view(replace(plain, state=State.VERIFYING, wrong_digits=1))
    views["choosing_applicants-nobody"] = _view(replace(plain, state=State.CHOOSING_APPLICANTS, chosen=frozenset()))
    views["ticket_printed-late"] = _view(replace(plain, state=State.TICKET_PRINTED, tickets=_tickets(1, late=True)))
    walk_in = replace(_tickets(1)[0], number="W1-001", masked_name="", slot=None)
    views["ticket_printed-walk-in"] = _view(replace(plain, state=State.TICKET_PRINTED, tickets=(walk_in,)))
    for state in (State.TICKET_PRINTED, State.TICKET_UNCERTAIN, State.TICKET_ON_SCREEN):
        views[f"{state}-family"] = _view(replace(plain, state=state, tickets=_tickets(5)))
    found = QueueEntry("A-012", QueueState.WAITING, 4, "")
    views["queue_status-waiting"] = _view(Visit(1, State.QUEUE_STATUS, queue=found))
    called = QueueEntry("A-012", QueueState.CALLED, 0, "3")
    views["queue_status-called"] = _view(Visit(1, State.QUEUE_STATUS, queue=called))
    views["queue_status-unknown"] = _view(Visit(1, State.QUEUE_STATUS, queue_unknown=True))
    survey = Survey(QueueEntry("A-012", QueueState.SERVED), _QUESTIONNAIRE)
    views["survey"] = _view(Visit(1, State.SURVEY, survey=survey))
    views["survey-element"] = _view(Visit(1, State.SURVEY, survey=survey.answered("job", None)))
    views["thanks-after-ticket"] = views["thanks"]
    views["thanks"] = _view(Visit(1, State.THANKS))
    views["thanks-after-survey"] = _view(Visit(1, State.THANKS, survey=survey))
    for no_survey in SurveyReason:
        views[f"survey_ticket-{no_survey}"] = _view(Visit(1, State.SURVEY_TICKET, survey_refused=no_survey))
    del views["refused"], views["closed"]
    for reason in Reason:
        refusal = Refusal(reason, NOW + timedelta(days=1), "Kantor Imigrasi Kelas II Non TPI Agam")
        views[f"refused-{reason}"] = _view(Visit(1, State.REFUSED, refusal=refusal))
    for fault in StoreFault:
        views[f"out_of_service-{fault}"] = _view(Visit(1, State.OUT_OF_SERVICE, fault=fault))
    views["welcome-no-time"] = replace(views["welcome"], clock=ClockState.UNTRUSTED)
    practising = replace(DATA, practice=True)
    for name in ("welcome", "ticket_printed"):
        views[f"{name}-practice"] = replace(views[name], data=practising)
    for closed in ClosedReason:
        opening = Opening(closed, NOW + timedelta(days=1), Words("Hari Raya Natal", "Christmas Day"))
        views[f"closed-{closed}"] = replace(_view(Visit(1, State.CLOSED)), opening=opening)
    views |= _of_technicians()
    words = Words("Silakan keluar lewat pintu utara.", "Please leave by the north door.")
    for name, told in (("", words), ("-long", Words(f"{words.id} " * 6, f"{words.en} " * 6))):
        opening = Opening(ClosedReason.EMERGENCY, words=told)
        views[f"closed-emergency{name}"] = replace(_view(Visit(1, State.CLOSED)), opening=opening)
    views["closed-no_data"] = replace(views["closed-no_data"], data=None, opening=Opening(ClosedReason.NO_DATA))
    return views
