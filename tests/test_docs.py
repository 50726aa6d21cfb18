import json
import re
from datetime import date, time
from pathlib import Path
from uuid import UUID

import describe_api
import pytest
from draw_visit import FILE, drawn

from central.__main__ import parser as central
from kiosk.__main__ import parser as kiosk
from kiosk.config import Settings
from kiosk.devices import keypad, printer, scanner
from kiosk.model import TICKET_NAMESPACE, Booking
from kiosk.numbering import NUMBER
from kiosk.protocol import ENROLMENTS, EPOCHS, FACTS, HEARTBEATS, SNAPSHOT, FactBatch, canonical, digest
from provisioning.__main__ import parser as provisioning

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_visits_page_is_drawn_from_its_table() -> None:
    assert FILE.read_text(encoding="utf-8") == drawn(), "run python scripts/draw_visit.py"


def test_the_apis_description_is_generated_from_it() -> None:
    assert describe_api.FILE.read_text(encoding="utf-8") == describe_api.described(), "run scripts/describe_api.py"


def test_the_apis_description_names_every_message_its_token_and_its_errors() -> None:
    described = json.loads(describe_api.FILE.read_text(encoding="utf-8"))
    calls = {path: next(iter(methods.values())) for path, methods in described["paths"].items()}
    for path in (ENROLMENTS, EPOCHS, SNAPSHOT, FACTS, HEARTBEATS):
        assert calls[path].get("security") == (None if path == ENROLMENTS else [{"kiosk": []}]), path
        assert ("requestBody" in calls[path]) == (path != SNAPSHOT), path
        assert {"200", "403", "500"} < set(calls[path]["responses"]), path
    assert described["components"]["securitySchemes"]["kiosk"]["scheme"] == "bearer"
    assert {"409", "413", "422"} < set(calls[FACTS]["responses"])
    named = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(described)))
    assert named == set(described["components"]["schemas"])


def test_the_protocols_worked_example_is_a_chain_in_canonical_form() -> None:
    page = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
    text = re.search(r"```text\n(.*?)```", page, re.DOTALL)[1]
    assert FactBatch.model_validate_json(text).facts
    lines = [line.rstrip(",").encode() for line in text.splitlines()[1:-1]]
    assert [canonical(json.loads(line)) for line in lines] == lines
    before = ["", *(digest(line) for line in lines)]
    assert [json.loads(line)["previous"] for line in lines] == before[:-1]
    assert all(f"`{each}`" in page for each in before[1:])


def test_the_protocols_worked_ticket_id_is_the_one_that_kiosks_make() -> None:
    page = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
    name, made = re.search(r"`(PYK/[^`]+)`\s+gives `([^`]+)`", page).groups()
    office, booking, day, number = name.split("/")
    held = Booking(UUID(booking), office, date.fromisoformat(day), time(8), "passport_new", ())
    assert str(held.ticket_id(number)) == made
    assert f"`{TICKET_NAMESPACE}`" in page
    assert f"`{NUMBER.pattern.replace('(', '').replace(')', '')}`" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_setting_and_device_is_described() -> None:
    text = (ROOT / "docs/devices.md").read_text(encoding="utf-8") + (ROOT / "README.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"[{name}]" in text, name
    for scheme in (*printer.KINDS, *scanner.KINDS, *keypad.KINDS):
        assert f"`{scheme}:" in text, scheme


def test_every_dependency_is_named_with_its_reason() -> None:
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8").lower()
    for file in ("base.in", "dev.in"):
        for line in (ROOT / "requirements" / file).read_text().splitlines():
            if line and line[0].isalpha():
                name = re.split(r"[=>]", line)[0]
                assert f"| {name} " in text, name


@pytest.mark.parametrize("command", [kiosk, central, provisioning])
def test_every_command_explains_itself(command: object, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command().parse_args(["--help"])  # type: ignore[operator]
    assert ended.value.code == 0
    assert "usage" in capsys.readouterr().out
