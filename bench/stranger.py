"""Somebody at the same network cable as an emulated kiosk: raw Ethernet frames to it, and what comes back.

A batch of probes is followed by a question that every machine at a cable answers (ARP, RFC 826; neighbour
discovery, RFC 4861), so silence means that the probes were heard and dropped, not that they were lost on the way.
"""

import contextlib
import ipaddress
import socket
import struct
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread

MAC, KIOSK_MAC = bytes.fromhex("525400000077"), bytes.fromhex("525400123456")
"""QEMU gives the latter to the first network card."""
IP, KIOSK_IP = ipaddress.IPv4Address("10.0.2.77"), ipaddress.IPv4Address("10.0.2.15")
IP6, KIOSK_IP6 = ipaddress.IPv6Address("fe80::5054:ff:fe00:77"), ipaddress.IPv6Address("fe80::5054:ff:fe12:3456")
ALL_PORTS = range(1, 65536)
OWN_PORT = 40000
BATCH = 128
"""Fewer than the receive ring of the kiosk's card has room for."""
ANSWER_SECONDS, TRIES = 3.0, 40
ARP, IPV4, IPV6 = 0x0806, 0x0800, 0x86DD
ICMP, TCP, UDP, ICMP6 = 1, 6, 17, 58
SOLICITATION, ADVERTISEMENT = 135, 136
SYN = 2
UDP_CALLS = {
    53: b"\0\1\1\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3",
    123: b"\x1b" + bytes(47),
    161: bytes.fromhex("302602010104067075626c6963a019020102020100020100300d300b06072b060102010101000500"),
    5353: b"\0\0\0\0\0\1\0\0\0\0\0\0\5_http\4_tcp\5local\0\0\x0c\0\1",
    5355: b"\0\1\0\0\0\1\0\0\0\0\0\0\5kiosk\0\0\1\0\1",
}
"""What services that answer to no empty packet answer to: DNS, NTP, SNMP, mDNS, LLMNR."""


class Stranger:
    """`folder` is that of the emulator, which is to be started with `cable(folder)`."""

    def __init__(self, folder: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        (folder / "stranger").unlink(missing_ok=True)
        self._socket.bind(str(folder / "stranger"))
        self._to = str(folder / "cable")
        self.answers: Counter[str] = Counter()
        """What the kiosk said to the stranger, beside where it is."""
        self._is_there = Event()
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def scan(self, version: int = 4) -> None:
        """Every TCP port and every UDP port."""
        tcp = (self._packet(version, TCP, _tcp(version, port)) for port in ALL_PORTS)
        udp = (self._packet(version, UDP, _udp(version, port)) for port in ALL_PORTS)
        self.send(tcp, version)
        self.send(udp, version)

    def flood(self, count: int, version: int = 4) -> None:
        """Echo requests of 1,400 bytes, as fast as they are taken."""
        kind = (ICMP, 8) if version == 4 else (ICMP6, 128)
        packet = self._packet(version, kind[0], _icmp(version, kind[1], bytes(4) + b"x" * 1400))
        self.send((packet for _ in range(count)), version)

    def send(self, frames: Iterable[bytes], version: int = 4) -> None:
        """Sends all, and knows that they were heard. Raises TimeoutError."""
        batch: list[bytes] = []
        for each in frames:
            batch.append(each)
            if len(batch) == BATCH:
                self._heard(batch, version)
                batch = []
        self._heard(batch, version)

    def _heard(self, batch: list[bytes], version: int) -> None:
        question = _arp_question() if version == 4 else self._packet(6, ICMP6, _icmp(6, SOLICITATION, _neighbour()))
        for _ in range(TRIES):
            self._is_there.clear()
            for each in (*batch, question):
                self._socket.sendto(each, self._to)
            if self._is_there.wait(ANSWER_SECONDS):
                return
        raise TimeoutError("the kiosk is not at the cable")

    def _packet(self, version: int, protocol: int, content: bytes) -> bytes:
        if version == 4:
            ends = IP.packed + KIOSK_IP.packed
            head = struct.pack("!BBHHHBBH8s", 0x45, 0, 20 + len(content), 1, 0, 64, protocol, 0, ends)
            head = head[:10] + _sum(head) + head[12:]
            return KIOSK_MAC + MAC + struct.pack("!H", IPV4) + head + content
        head = struct.pack("!IHBB16s16s", 6 << 28, len(content), protocol, 255, IP6.packed, KIOSK_IP6.packed)
        return KIOSK_MAC + MAC + struct.pack("!H", IPV6) + head + content

    def _listen(self) -> None:
        while True:
            try:
                frame = self._socket.recv(65536)
            except OSError:
                return
            if frame[:6] == MAC:
                self._take(frame)
            elif _asks_for_stranger(frame):
                with contextlib.suppress(OSError):
                    self._socket.sendto(_arp_answer(), self._to)

    def _take(self, frame: bytes) -> None:
        (kind,) = struct.unpack_from("!H", frame, 12)
        protocol = {IPV4: frame[23:24], IPV6: frame[20:21]}.get(kind, b"")
        content = frame[14 + (20 if kind == IPV4 else 40) :]
        if kind == ARP or (protocol == bytes([ICMP6]) and content[0] == ADVERTISEMENT):
            self._is_there.set()
        elif protocol == bytes([ICMP6]) and content[0] == SOLICITATION:
            here = _icmp(6, ADVERTISEMENT, b"\x60\0\0\0" + IP6.packed + b"\2\1" + MAC)
            self._socket.sendto(self._packet(6, ICMP6, here), self._to)
        else:
            self.answers[_said(protocol, content)] += 1

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


def cable(folder: Path) -> list[str]:
    """QEMU's options for a network of the kiosk and a stranger, without QEMU's router, which answers for others."""
    (folder / "cable").unlink(missing_ok=True)
    ends = [f"local.type=unix,local.path={folder}/cable", f"remote.type=unix,remote.path={folder}/stranger"]
    # The router's state is in a saved machine, so it has to be there, at no cable.
    return ["-netdev", "user,id=router", "-netdev", f"dgram,id=net,{','.join(ends)}"]


def _said(protocol: bytes, content: bytes) -> str:
    """An answer in words."""
    if protocol == bytes([TCP]):
        (port,) = struct.unpack_from("!H", content)
        return f"tcp {port} open" if content[13] & SYN else "tcp closed"
    if protocol == bytes([UDP]):
        (port,) = struct.unpack_from("!H", content)
        return f"udp {port}"
    if protocol in (bytes([ICMP]), bytes([ICMP6])):
        return "ping" if content[0] in (0, 129) else f"icmp {content[0]}"
    return f"protocol {protocol.hex()}"


def _sum(data: bytes) -> bytes:
    """The internet's checksum (RFC 1071)."""
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", ~total & 0xFFFF)


def _summed(version: int, protocol: int, content: bytes, place: int) -> bytes:
    """With its checksum, that covers the addresses too (RFC 9293, 3.1; RFC 8200, 8.1)."""
    ends = (IP, KIOSK_IP) if version == 4 else (IP6, KIOSK_IP6)
    over = b"".join(each.packed for each in ends) + struct.pack("!II", len(content), protocol)
    return content[:place] + _sum(over + content) + content[place + 2 :]


def _tcp(version: int, port: int) -> bytes:
    content = struct.pack("!HHIIBBHHH", OWN_PORT, port, 1, 0, 5 << 4, SYN, 1024, 0, 0)
    return _summed(version, TCP, content, 16)


def _udp(version: int, port: int) -> bytes:
    call = UDP_CALLS.get(port, b"")
    return _summed(version, UDP, struct.pack("!HHHH", OWN_PORT, port, 8 + len(call), 0) + call, 6)


def _icmp(version: int, kind: int, content: bytes) -> bytes:
    packet = struct.pack("!BBH", kind, 0, 0) + content
    if version == 6:
        return _summed(6, ICMP6, packet, 2)
    return packet[:2] + _sum(packet) + packet[4:]


def _neighbour() -> bytes:
    return bytes(4) + KIOSK_IP6.packed + b"\1\1" + MAC


def _arp(operation: int, to: bytes, kiosk: bytes) -> bytes:
    head = struct.pack("!HHBBH", 1, IPV4, 6, 4, operation)
    return to + MAC + struct.pack("!H", ARP) + head + MAC + IP.packed + kiosk + KIOSK_IP.packed


def _arp_question() -> bytes:
    return _arp(1, b"\xff" * 6, bytes(6))


def _arp_answer() -> bytes:
    return _arp(2, KIOSK_MAC, KIOSK_MAC)


def _asks_for_stranger(frame: bytes) -> bool:
    return frame[12:14] == struct.pack("!H", ARP) and frame[21:22] == b"\1" and frame[38:42] == IP.packed
