"""Who imports whom: the table of docs/architecture.md, held against the files."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PURE = {
    "model", "visit", "events", "commands", "booking_code", "booking_pass", "foreign_codes", "numbering", "opening",
    "admission", "ticket_layout", "protocol", "texts", "view", "errors", "theme", "clock", "event_log", "comment",
    "practice", "spoken", "questionnaire", "set_up_lines", "survey_rules", "touchable", "window_messages",
    "technician",
}  # fmt: skip
ALLOWED = {
    "durable_file": set(),
    "database": {"durable_file", "errors", "model"},
    "schema": set(),
    "journal": {"database", "errors", "model", "protocol"},
    "response_box": {"database", "journal", "protocol", "survey_rules"},
    "store": {"database", "response_box", "schema", "model", "errors", "numbering", "protocol"},
    "store_key": {"database", "durable_file", "errors", "model"},
    "identity": {"durable_file", "errors", "protocol"},
    "server_lines": set(),
    "relay_lines": {"server_lines"},
    "client": {"protocol", "errors", "identity", "server_lines", "relay_lines"},
    "relay": {"client", "config", "doors", "errors", "event_log", "protocol", "relay_lines", "supervisor"},
    "doors": {"errors"},
    "supervisor": {"event_log"},
    "window_door": PURE | {"doors"},
    "core": PURE | {"controller", "supervisor", "window_door", "workers"},
    "far_core": PURE | {"controller", "speech", "workers"},
    "sync": {"client", "store", "journal", "workers", "model", "protocol", "errors", "event_log"},
    "workers": {"event_log"},
    "log_file": {"event_log"},
    "readiness": {"durable_file", "protocol"},
    "remote_settings": {"config", "durable_file", "errors", "protocol"},
    "wanted_version": {"durable_file"},
    "rehearsal": {"bootstrap", "config", "errors", "events", "practice_folder", "protocol", "visit"},
    "config": {"errors", "theme", "devices.printer", "devices.scanner", "devices.keypad"},
    "box_door": {"errors"},
    "compositor": {"errors"},
    "gate": PURE | {"store"},
    "workbench": PURE | {"gate", "store"},
    "tasks": PURE | {"box_door", "client", "store", "workbench"},
    "records": PURE | {"store"},
    "printing": PURE | {"store", "devices.printer"},
    "polling": {"errors", "workers", "event_log"},
    "speech": {"event_log"},
    "reader": PURE | {"speech"},
    "monitor": PURE,
    "pace": set(),
    "controller": PURE | {"monitor"},
    "practice_folder": {"bootstrap", "config", "errors", "practice", "protocol"},
}
CENTRAL_ALLOWED = {
    "protocol", "model", "questionnaire", "booking_code", "booking_pass", "numbering", "opening", "comment",
    "durable_file", "technician",
}  # fmt: skip
PROVISIONING_ALLOWED = {
    "box_door", "doors",
    "booking_code", "client", "clock", "comment", "config", "database", "durable_file", "errors", "event_log",
    "identity", "log_file", "model", "protocol", "readiness", "schema", "set_up_lines", "store_key", "ticket_layout",
    "wanted_version", "devices.keypad", "devices.printer", "devices.scanner",
}  # fmt: skip
FREE = {"bootstrap", "app", "set_up_window", "lockdown", "__main__", "__init__"}
OWNERS = {
    "requests": {"kiosk/client.py", "kiosk/relay_lines.py", "kiosk/server_lines.py"},
    "serial": {"kiosk/devices/serial_connection.py", "kiosk/devices/serial_scanner.py"},
    "zxingcpp": {"kiosk/devices/decoding.py"},
    "pyzbar": {"kiosk/devices/decoding.py"},
}


def imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def ours(file: Path, package: str) -> set[str]:
    return {each.removeprefix(f"{package}.") for each in imports(file) if each.startswith(f"{package}.")}


def test_every_file_of_the_kiosk_imports_only_what_the_table_allows() -> None:
    for file in (ROOT / "kiosk").glob("*.py"):
        name = file.stem
        if name in FREE:
            continue
        allowed = PURE if name in PURE else ALLOWED[name]
        assert ours(file, "kiosk") <= allowed, name


def test_devices_know_only_errors_lines_the_models_words_and_the_closed_log() -> None:
    for file in (ROOT / "kiosk/devices").glob("*.py"):
        outside = {each for each in ours(file, "kiosk") if not each.startswith("devices")}
        assert outside <= {"errors", "event_log", "model", "ticket_layout"}, file


def test_screens_know_no_workers_and_kivy_lives_nowhere_else() -> None:
    for file in (ROOT / "kiosk").rglob("*.py"):
        inside = file.parent.name == "screens"
        if inside:
            outside = {each for each in ours(file, "kiosk") if not each.startswith(("screens", "theme"))} - {"screens"}
            known = {
                "visit",
                "events",
                "model",
                "questionnaire",
                "texts",
                "view",
                "booking_code",
                "theme",
                "reader",
                "set_up_lines",
            }
            assert outside <= known, file
        elif file.name not in ("app.py", "set_up_window.py", "lockdown.py", "pace.py", "__main__.py"):
            assert not any(each.split(".")[0] == "kivy" for each in imports(file)), file


def test_a_library_has_one_door() -> None:
    for library, owners in OWNERS.items():
        for package in ("kiosk", "provisioning"):
            users = {
                str(file.relative_to(ROOT))
                for file in (ROOT / package).rglob("*.py")
                if any(each.split(".")[0] == library for each in imports(file))
            }
            assert users <= owners, library


def test_central_takes_of_the_kiosk_only_the_wire_what_signs_and_what_keeps_a_key() -> None:
    for file in (ROOT / "central").rglob("*.py"):
        assert ours(file, "kiosk") <= CENTRAL_ALLOWED, file


def test_provisioning_takes_of_the_kiosk_what_it_tries_and_never_what_shows_or_decides() -> None:
    for file in (ROOT / "provisioning").glob("*.py"):
        assert ours(file, "kiosk") <= PROVISIONING_ALLOWED, file


def test_the_pure_files_load_no_window_no_device_and_no_network() -> None:
    modules = ", ".join(f"kiosk.{each}" for each in sorted(PURE))
    heavy = "{'kivy', 'serial', 'escpos', 'requests', 'zxingcpp', 'pyzbar', 'cv2'}"
    code = f"import {modules}; import sys; found = {heavy} & set(sys.modules); assert not found, found"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_windows_process_loads_no_store_no_device_and_no_network() -> None:
    code = (
        "import kiosk.far_core, sys; found = {'requests', 'serial', 'escpos', 'sqlcipher3', 'kiosk.bootstrap'}"
        " & set(sys.modules); assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_sync_process_loads_no_store_and_no_window() -> None:
    code = (
        "import kiosk.relay, sys; found = {'sqlcipher3', 'kivy', 'kiosk.store', 'kiosk.bootstrap'} & set(sys.modules);"
        " assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
