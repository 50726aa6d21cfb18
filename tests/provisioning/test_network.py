"""Whether a box is on a network, as its kernel shows it."""

from pathlib import Path

import pytest
from boxes import Box

from provisioning.machine import Machine
from provisioning.network import address_of

LOOPBACK = "     |-- 127.0.0.1\n        /32 host LOCAL"
FOURTH = f"  +-- 0.0.0.0/0 3 0 5\n{LOOPBACK}\n     |-- 10.0.2.0\n        /24 link UNICAST\n     |-- 10.0.2.15\n        /32 host LOCAL"  # fmt: skip  # noqa: E501
ONE = "00000000000000000000000000000001 01 80 10 80       lo"
LINK = "fe8000000000000000fc00fffe000001 04 40 20 80     eth0"
SIXTH = "fd000000000000000000000000000002 04 40 00 82     eth0"


@pytest.mark.parametrize(
    ("carrier", "fourth", "sixth", "address"),
    [
        ("1", FOURTH, ONE, "10.0.2.15"),
        ("1", LOOPBACK, f"{ONE}\n{LINK}\n{SIXTH}", "fd00:0000:0000:0000:0000:0000:0000:0002"),
        ("0", FOURTH, ONE, ""),
        ("1", LOOPBACK, f"{ONE}\n{LINK}", ""),
        ("", "", "", ""),
    ],
    ids=["an address", "one of IPv6", "no cable", "nobody gives addresses", "no card"],
)
def test_a_network_is_a_cable_and_an_address(
    tmp_path: Path, carrier: str, fourth: str, sixth: str, address: str
) -> None:
    box = Box(tmp_path)
    box.file("sys/class/net/lo/carrier", "1")
    box.file("sys/class/net/eth0/carrier", carrier)
    box.file("proc/net/fib_trie", fourth)
    box.file("proc/net/if_inet6", sixth)
    assert address_of(Machine(tmp_path)) == address
