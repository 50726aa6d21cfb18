from dataclasses import replace
from pathlib import Path

from samples import TODAY, a_store, booking, family, snapshot

from kiosk.commands import Print, PrintTrial
from kiosk.devices.printer import Printer, printer_for
from kiosk.events import Printed, PrintFailed, PrintUncertain
from kiosk.model import ENGLISH, INDONESIAN, Outcome, PrinterStatus, Task, TaskEnd, TicketState
from kiosk.printing import Printing, printable_ticket, trial_lines
from kiosk.texts import Texts
from kiosk.ticket_layout import COLUMNS, Code, Cut, Rule, Text
from kiosk.view import office_data


class Press:
    """Printing on a simulated printer that speaks the true bytes."""

    def __init__(self, folder: Path, printer: Printer | None) -> None:
        self.store = a_store(folder / "kiosk.sqlite")
        self.said: list[PrinterStatus] = []
        data = office_data(snapshot(), TODAY)
        self.printing = Printing(printer, self.store, Texts.load(), lambda: data, self.said.append)

    def command(self, only_missing: bool = False) -> Print:
        return Print(1, self.store.check_in(family(1, 2), (0, 1), None, False), INDONESIAN, only_missing)


def test_both_tickets_of_two_are_printed_and_recorded(tmp_path: Path) -> None:
    press = Press(tmp_path, printer_for("simulated:"))
    assert press.printing.answer(press.command()) == Printed(1)
    assert [each.state for each in press.store.tickets()] == [TicketState.PRINTED] * 2
    assert press.said[-1] is PrinterStatus.READY


def test_only_the_missing_paper_is_printed_again(tmp_path: Path) -> None:
    press = Press(tmp_path, printer_for("simulated:"))
    command = press.command(only_missing=True)
    press.store.begin_print(command.tickets[0].id)
    press.store.end_print(command.tickets[0].id, TicketState.PRINTED)
    press.printing.answer(command)
    assert [each.prints for each in press.store.tickets()] == [1, 1]


def test_without_paper_nothing_is_sent_and_the_numbers_go_to_the_screen(tmp_path: Path) -> None:
    printer = printer_for("simulated:")
    printer.connection.simulator.run_out_of_paper()  # type: ignore[attr-defined]
    press = Press(tmp_path, printer)
    assert press.printing.answer(press.command()) == PrintFailed(1)
    assert [each.prints for each in press.store.tickets()] == [0, 0]
    assert press.said[-1] is PrinterStatus.PAPER_OUT


def test_paper_that_ends_in_mid_ticket_is_uncertain(tmp_path: Path) -> None:
    printer = printer_for("simulated:")
    printer.connection.simulator.run_out_of_paper_after(lines=3)  # type: ignore[attr-defined]
    press = Press(tmp_path, printer)
    assert press.printing.answer(press.command()) == PrintUncertain(1)
    assert press.store.tickets()[0].state is TicketState.UNCONFIRMED


def test_no_printer_at_all_fails_without_an_error(tmp_path: Path) -> None:
    press = Press(tmp_path, None)
    press.printing.check()
    assert press.printing.answer(press.command()) == PrintFailed(1)


def test_a_printer_that_is_not_there_is_said_to_be_disconnected(tmp_path: Path) -> None:
    press = Press(tmp_path, printer_for("file:///nowhere/at/all"))
    press.printing.check()
    assert press.said == [PrinterStatus.DISCONNECTED]
    assert press.printing.answer(press.command()) == PrintFailed(1)


def test_what_was_being_sent_when_the_power_went_is_uncertain_afterwards(tmp_path: Path) -> None:
    press = Press(tmp_path, None)
    ticket = press.store.check_in(booking(), (0,), None, False)[0]
    press.store.begin_print(ticket.id)
    press.printing.recover(None)
    assert press.store.tickets()[0].state is TicketState.UNCONFIRMED
    assert press.store.tickets()[0].prints == 1


def test_paper_that_may_not_be_the_first_says_so_in_the_visits_language(tmp_path: Path) -> None:
    press = Press(tmp_path, None)
    ticket = press.store.check_in(booking(), (0,), None, False)[0]
    data, texts = office_data(snapshot(), TODAY), Texts.load()
    words = [
        printable_ticket(replace(ticket, prints=prints), data, texts, language).marks
        for prints in (1, 2)
        for language in (INDONESIAN, ENGLISH)
    ]
    assert words == [(), (), ("CETAK ULANG",), ("REPRINT",)]


def trial_of(press: Press) -> Outcome:
    return press.printing.trial(PrintTrial(1, INDONESIAN))


def test_a_trial_slip_says_how_it_ended_and_is_no_ticket(tmp_path: Path) -> None:
    printer = printer_for("simulated:")
    press = Press(tmp_path, printer)
    assert trial_of(press) == Outcome(Task.TRIAL_SLIP, TaskEnd.DONE)
    printer.connection.simulator.run_out_of_paper()  # type: ignore[attr-defined]
    assert trial_of(press) == Outcome(Task.TRIAL_SLIP, TaskEnd.FAILED)
    assert press.said[-1] is PrinterStatus.PAPER_OUT
    assert press.store.tickets() == ()
    assert press.store.owed(9) == ()


def test_without_a_printer_there_is_no_trial_slip(tmp_path: Path) -> None:
    assert trial_of(Press(tmp_path, None)).end is TaskEnd.FAILED


def test_a_trial_slip_has_all_that_a_ticket_has_and_fits_both_papers() -> None:
    for width, columns in COLUMNS.items():
        lines = trial_lines(Texts.load(), INDONESIAN, width)
        assert {Text, Rule, Code, Cut} <= {type(each) for each in lines}
        assert all(len(each.text) * each.width <= columns for each in lines if isinstance(each, Text))
        assert any(isinstance(each, Text) and "bukan nomor antrean" in each.text for each in lines)
