"""The faults and lies of simulated printers that the print campaign draws from, each armed by the printer's verbs."""

from collections.abc import Callable
from random import Random

from kiosk.devices.simulated_connection import SimulatedConnection

Lie = Callable[[SimulatedConnection, Random], None]

TICKET_BYTES = 1400
TICKET_LINES = 30
"""More than a ticket has, so that some faults strike after it."""

_LIKE_REPLIES = b"\x00\x12\x16\x1a\x72\x14\x37\x22"


def _random_noise(random: Random) -> bytes:
    return random.randbytes(random.randrange(1, 24)) if random.random() < 0.3 else b""


def _noise_like_replies(random: Random) -> bytes:
    if random.random() < 0.5:
        return b""
    if random.random() < 0.2:
        return b"\x37\x22" + bytes(random.randrange(0x20, 0x7F) for _ in range(4)) + b"\x00"
    return bytes(random.choice(_LIKE_REPLIES) for _ in range(random.randrange(1, 12)))


LIES: dict[str, Lie] = {
    "none": lambda line, random: None,
    "answers late": lambda line, random: line.simulator.answer_late(random.uniform(0, 20)),
    "proof late": lambda line, random: line.simulator.prove_late(random.uniform(0, 120)),
    "proof a job late": lambda line, random: line.simulator.prove_a_job_late(),
    "cable cut in mid-band": lambda line, random: line.unplug_after(random.randrange(TICKET_BYTES)),
    "paper out": lambda line, random: line.simulator.run_out_of_paper(),
    "paper out in mid-ticket": lambda line, random: line.simulator.run_out_of_paper_after(
        random.randrange(1, TICKET_LINES)
    ),
    "cover open": lambda line, random: line.simulator.open_cover(),
    "cover open in mid-ticket": lambda line, random: line.simulator.open_cover_after(random.randrange(1, TICKET_LINES)),
    "power cycle": lambda line, random: line.simulator.lose_power_after(
        random.randrange(1, TICKET_LINES), random.uniform(0, 5)
    ),
    "power out": lambda line, random: line.simulator.lose_power(random.uniform(0, 60)),
    "noise": lambda line, random: line.simulator.make_noise_by(lambda: _random_noise(random)),
    "noise like replies": lambda line, random: line.simulator.make_noise_by(lambda: _noise_like_replies(random)),
    "ready, prints nothing": lambda line, random: line.simulator.stall(random.uniform(0.5, 25)),
    "silence": lambda line, random: line.simulator.fall_silent(),
    "offline": lambda line, random: line.simulator.go_offline(),
}


def put_right(line: SimulatedConnection) -> None:
    """What staff do: a new roll, the cover closed, the cable and the power in; and the printer tells the truth."""
    printer = line.simulator
    for verb in (printer.load_paper, printer.close_cover, printer.go_online, printer.speak, printer.get_power):
        verb()
    printer.stall(0)
    printer.answer_late(0)
    printer.prove_late(0)
    printer.prove_a_job_late(False)
    printer.make_noise_by(bytes)
    line.plug_in()
