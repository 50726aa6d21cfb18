"""Who is at the kiosk's cable in bench/emulated_attacks.py, against a true network stack: what is open is found, and
what is shut too.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TUN = Path("/dev/net/tun")
WHY_NOT = "needs root and /dev/net/tun" if os.geteuid() != 0 or not os.access(TUN, os.W_OK) else ""
SCRIPT = """
import fcntl, os, socket, struct, subprocess, sys
from pathlib import Path
from threading import Thread
import stranger

folder = Path(sys.argv[1])
stranger.ALL_PORTS = range(1, 1300)
tap = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH", b"kiosk", 0x0002 | 0x1000))
mac = stranger.KIOSK_MAC.hex(":")
for line in ("link set lo up", f"link set kiosk address {mac}", f"addr add {stranger.KIOSK_IP}/24 dev kiosk"):
    subprocess.run(["ip", *line.split()], check=True)
subprocess.run(["sysctl", "-qw", "net.ipv6.conf.kiosk.accept_dad=0"], check=True)
subprocess.run("ip link set kiosk up".split(), check=True)
ends = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ends.bind(str(folder / "cable"))
somebody = stranger.Stranger(folder)

def out():
    while True:
        ends.sendto(os.read(tap, 65536), str(folder / "stranger"))

def back():
    while True:
        os.write(tap, ends.recv(65536))

for each in (out, back):
    Thread(target=each, daemon=True).start()
listening = socket.create_server(("::", 1234), family=socket.AF_INET6, dualstack_ipv6=True)
for version in (4, 6):
    somebody.answers.clear()
    somebody.scan(version)
    somebody.flood(3, version)
    somebody.send([], version)
    print({name: count for name, count in somebody.answers.items() if "icmp" not in name})
"""
"""In a network of its own."""


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_what_is_open_and_what_is_shut_is_found_by_both_protocols(tmp_path: Path) -> None:
    command = ["unshare", "--net", sys.executable, "-c", SCRIPT, str(tmp_path)]
    bench = Path(__file__).parent.parent.parent / "bench"
    ran = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(bench)}, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found = "{'tcp closed': 1298, 'tcp 1234 open': 1, 'ping': 3}"
    assert ran.stdout.splitlines() == [found] * 2
