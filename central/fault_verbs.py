"""The fault proxy's verbs, one a line of its input, as the simulated printer has them."""

import sys
from random import Random
from typing import TextIO

from central.fault_proxy import Exchange, FaultProxy
from central.faults import Fault, random_plan

KNOWN = ", ".join([*Fault, "always FAULT", "random SHARE", "close", "open", "help", "quit"])


def obey(proxy: FaultProxy, commands: TextIO, answers: TextIO, seed: int) -> bool:
    """Carries out the verbs, saying ok after each; True when told to quit, False when they end without.

    A fault's name spoils the next exchange, `always` all of them until `always none`, `random 0.3` that share of them
    with faults drawn by `seed`; `close` refuses connections until `open`.
    """
    random = Random(seed)
    for line in commands:
        verb = " ".join(line.lower().split())
        if verb:
            print("ok" if verb == "quit" or _carry_out(proxy, verb, random) else f"known are: {KNOWN}", file=answers)
            answers.flush()
        if verb == "quit":
            return True
    return False


def _carry_out(proxy: FaultProxy, verb: str, random: Random) -> bool:
    first, _, rest = verb.partition(" ")
    try:
        if verb == "close":
            proxy.close_door()
        elif verb == "open":
            proxy.open_door()
        elif first == "random":
            proxy.plan = random_plan(random, float(rest))
        elif first == "always":
            always = Fault(rest)
            proxy.plan = lambda: always
        else:
            proxy.script.append(Fault(verb))
    except ValueError:
        return False
    return True


def told(exchange: Exchange) -> None:
    """Says on standard error what became of an exchange."""
    status = exchange.answer.status if exchange.answer else "no answer"
    print(f"{exchange.request.method} {exchange.request.target}: {exchange.fault}, {status}", file=sys.stderr)
