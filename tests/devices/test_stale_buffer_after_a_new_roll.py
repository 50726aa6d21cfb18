"""What a printer kept must not come out on another person's visit."""

from kiosk.devices.escpos_encoding import encode


def test_a_printer_left_to_itself_brings_out_the_rest_with_the_new_roll(simulator, ticket):
    simulator.run_out_of_paper_after(lines=3)
    simulator.receive(encode(ticket, 80))
    simulator.load_paper()
    assert len(simulator.tickets) == 1


def test_after_a_fault_nothing_comes_out_with_the_new_roll(printer, simulator, ticket):
    simulator.run_out_of_paper_after(lines=3)
    printer.print(ticket)
    simulator.load_paper()
    assert simulator.tickets == []


def test_a_kiosk_that_starts_anew_clears_what_an_earlier_run_left(simulator, open_printer, ticket):
    simulator.run_out_of_paper()
    simulator.receive(encode(ticket, 80))
    open_printer(simulator).status()
    simulator.load_paper()
    assert simulator.tickets == []


def test_a_printer_that_heeds_only_one_of_the_two_clears_is_cleared_too(simulator, ticket):
    for clear in (b"\x10\x05\x02", b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"):
        simulator.run_out_of_paper()
        simulator.receive(encode(ticket, 80) + clear)
        simulator.load_paper()
        assert simulator.tickets == []
