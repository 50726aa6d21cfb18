import http.client
import io
import socket
import ssl
from pathlib import Path
from random import Random

import pytest
from sync_faults import Control, Site, site

from central.fault_verbs import obey
from central.faults import Fault
from kiosk.protocol import SNAPSHOT


def asked(office: Site) -> ssl.SSLSocket:
    """A line on which the snapshot was asked for, without a token."""
    line = http.client.HTTPSConnection(
        office.proxy.url.removeprefix("https://"), context=ssl.create_default_context(cafile=office.proxy_ca), timeout=5
    )
    line.request("GET", SNAPSHOT)
    assert isinstance(line.sock, ssl.SSLSocket)
    return line.sock


def all_of(line: ssl.SSLSocket) -> bytes:
    with line:
        return b"".join(iter(lambda: line.recv(65536), b""))


def raw_bytes_of(line: ssl.SSLSocket) -> bytes:
    """Beneath TLS, because Python's ssl takes a reset for an end."""
    with socket.socket(fileno=line.detach()) as raw:
        raw.settimeout(5)
        return b"".join(iter(lambda: raw.recv(65536), b""))


def test_without_a_fault_the_servers_own_answer_comes(office: Site) -> None:
    assert all_of(asked(office)).startswith(b"HTTP/1.1 401")


def test_half_an_answer_ends_in_good_order(office: Site) -> None:
    whole = all_of(asked(office))
    office.proxy.script.extend([Fault.HALF_ANSWER] * 2)
    half = all_of(asked(office))
    assert 0 < len(half) < len(whole)
    assert raw_bytes_of(asked(office))


@pytest.mark.parametrize("fault", [Fault.CUT_ANSWER, Fault.LOST_ANSWER, Fault.HALF_REQUEST, Fault.HELD_BACK])
def test_a_line_that_is_cut_is_reset(office: Site, fault: Fault) -> None:
    office.proxy.script.append(fault)
    with pytest.raises(ConnectionResetError):
        raw_bytes_of(asked(office))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.EXPIRED, "certificate has expired"),
        (Fault.OTHER_NAME, "Hostname mismatch"),
        (Fault.OTHER_AUTHORITY, "unable to get local issuer|self-signed|signature failure"),
    ],
)
def test_each_bad_certificate_is_bad_for_its_own_reason(office: Site, fault: Fault, words: str) -> None:
    office.proxy.script.append(fault)
    with pytest.raises(ssl.SSLCertVerificationError, match=words):
        asked(office)


def test_a_request_held_back_reaches_the_server_after_the_next(tmp_path: Path) -> None:
    with site(1, Control.NO_UNIQUE_KEY) as careless:
        kiosk = careless.kiosk(tmp_path, Random(1))
        kiosk.record(2)
        kiosk.round()
        kiosk.record(1)
        careless.proxy.script.append(Fault.HELD_BACK)
        kiosk.round()
        assert careless.facts_of(kiosk.identity.kiosk_id) == [1, 2]
        kiosk.round()
        assert careless.facts_of(kiosk.identity.kiosk_id) == [1, 2, 3, 3]
        kiosk.close()


def test_a_server_that_is_down_is_a_bad_gateway(office: Site) -> None:
    server, office.proxy.server = office.proxy.server, "https://localhost:1"
    try:
        assert all_of(asked(office)).startswith(b"HTTP/1.1 502")
    finally:
        office.proxy.server = server


def test_the_proxy_obeys_verbs(office: Site) -> None:
    answers = io.StringIO()
    verbs = io.StringIO("lost answer\n409  EXPECTED\nalways html\nrandom 1\nrandom much\nclose\nopen\nquit\nhtml\n")
    assert obey(office.proxy, verbs, answers, seed=1)
    said = answers.getvalue().splitlines()
    assert said[:4] + said[5:] == ["ok"] * 7
    assert said[4].startswith("known are: none, reset, ")
    assert list(office.proxy.script) == [Fault.LOST_ANSWER, Fault.EXPECTED]
    assert office.proxy.plan() is not Fault.NONE


def test_a_closed_door_refuses_connections_and_opens_again_at_its_place(office: Site) -> None:
    place = office.proxy.url
    office.proxy.close_door()
    with pytest.raises(ConnectionRefusedError):
        asked(office)
    office.proxy.open_door()
    assert office.proxy.url == place
    assert all_of(asked(office))
