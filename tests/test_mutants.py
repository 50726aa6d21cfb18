"""A sample of the mutation testing in bench/mutants.py: one small file, and the control without its tests."""

from pathlib import Path

from mutants import LEAST, caught, met_by_entering_tests

FILE = "kiosk/numbering.py"
ITS_TESTS = "tests/unit/test_numbering_and_view.py"
ANOTHERS_TEST = "tests/unit/test_booking_code.py::test_a_pass_says_what_was_signed_in_under_200_characters"


def share(folder: Path, tests: str) -> float:
    counts = met_by_entering_tests(folder, (FILE,), (tests,)).counts(FILE)
    assert counts.total() > 20
    return caught(counts)


def test_the_tests_of_a_file_kill_its_mutants(tmp_path: Path) -> None:
    assert share(tmp_path / "work", ITS_TESTS) >= LEAST


def test_without_the_tests_of_a_file_its_mutants_live(tmp_path: Path) -> None:
    assert share(tmp_path / "work", ANOTHERS_TEST) < LEAST
