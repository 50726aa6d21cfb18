import io

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

from kiosk.devices.escpos_encoding import BAND, dots, encode, module_dots
from kiosk.devices.escpos_parsing import CommandReader, parse
from kiosk.ticket_layout import COLUMNS, Code, Cut, Picture, Text

LAYOUT_COMMANDS = {b"\x1b@", b"\x1da", b"\x1bt", b"\x1d!", b"\x1db", b"\x1bE", b"\x1ba", b"\x1dB", b"", b"\n"}


@given(some.text(max_size=80), some.sampled_from(sorted(COLUMNS)), some.integers(1, 8))
def test_no_text_becomes_a_command_or_runs_over_the_paper(text, width_mm, size):
    commands = parse(encode([Text(text, width=size, height=size)], width_mm))
    assert {command.name for command in commands} <= LAYOUT_COMMANDS
    drawn = next(command.arguments[0] for command in commands if command.name == b"\x1d!")
    columns = COLUMNS[width_mm] // ((drawn >> 4) + 1)
    assert all(len(command.arguments) <= columns for command in commands if command.name == b"")


def test_a_number_too_wide_for_the_paper_is_printed_smaller_and_not_broken():
    commands = parse(encode([Text("W1-007", width=8, height=8)], 58))
    assert [command.arguments for command in commands if command.name == b""] == [b"W1-007"]
    assert [command.arguments for command in commands if command.name == b"\x1d!"] == [b"\x44"]


def test_letters_without_a_place_in_the_code_page_lose_their_accents_only():
    (text,) = [command.arguments for command in parse(encode([Text("Şükrü – Đỗ “ok”")], 80)) if command.name == b""]
    assert text.decode("cp1252") == "Sükrü – ?o “ok”"


@pytest.mark.parametrize("width_mm", [80, 58])
def test_pictures_fit_the_paper_and_go_out_in_bands(width_mm):
    png = io.BytesIO()
    Image.new("RGB", (1000, 501), "navy").save(png, "PNG")
    commands = parse(encode([Picture(png.getvalue())], width_mm))
    bands = [command.arguments for command in commands if command.name == b"\x1dv0"]
    heights = [int.from_bytes(band[3:5], "little") for band in bands]
    assert {int.from_bytes(band[1:3], "little") * 8 for band in bands} == {dots(width_mm)}
    assert max(heights) == BAND
    assert sum(heights) == round(501 * dots(width_mm) / 1000)


@given(some.text(min_size=1, max_size=400), some.sampled_from([80, 58]))
def test_the_module_is_the_largest_that_fits(data, width_mm):
    assert 1 <= module_dots(data, 6, width_mm) <= 6
    assert module_dots(data, 6, 58) <= module_dots(data, 6, 80)


def test_a_long_code_gets_a_smaller_module_on_narrow_paper():
    assert [module_dots("A" * 300, 8, width_mm) for width_mm in (80, 58)] == [7, 4]


def test_bytes_in_any_pieces_are_the_same_commands():
    data = encode([Text("A-014", bold=True), Code("https://kiosk.example/t/1"), Cut()], 80)
    reader = CommandReader()
    pieces = [command for index in range(len(data)) for command in reader.feed(data[index : index + 1])]
    assert b"".join(command.raw for command in pieces) == data
    assert [command.name for command in pieces if command.name] == [
        command.name for command in parse(data) if command.name
    ]
