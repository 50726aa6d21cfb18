"""Whether the box is on a network: a cable with something at its other end, and an address."""

import re

from provisioning.machine import Machine

LOCAL = re.compile(r"\|-- (\d+\.\d+\.\d+\.\d+)\n\s+/32 host LOCAL")
"""An address of this box (/proc/net/fib_trie)."""
GLOBAL_SCOPE = "00"
"""Of an IPv6 address that leads further than the cable (/proc/net/if_inet6)."""


def address_of(machine: Machine) -> str:
    """The box's first address, "" without one or without a link."""
    return next((each for each in _addresses(machine)), "") if _has_link(machine) else ""


def _has_link(machine: Machine) -> bool:
    cards = [each.parent.name for each in machine.found("sys/class/net", "*/carrier")]
    return any(machine.text(f"sys/class/net/{each}/carrier") == "1" for each in cards if each != "lo")


def _addresses(machine: Machine) -> list[str]:
    fourth = [each for each in LOCAL.findall(machine.text("proc/net/fib_trie")) if not each.startswith("127.")]
    rows = [line.split() for line in machine.text("proc/net/if_inet6").splitlines()]
    sixth = [":".join(row[0][at : at + 4] for at in range(0, 32, 4)) for row in rows if row[3] == GLOBAL_SCOPE and row[5] != "lo"]  # fmt: skip  # noqa: E501
    return [*fourth, *sixth]
