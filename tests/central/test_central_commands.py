"""kiosk-central as a program: HTTPS on a free port, a clean end, clear refusals."""

import re
import signal
import socket
import sqlite3
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import trustme

from central.__main__ import main
from central.database import database_file, open_database


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority (ca.pem) and a server's certificate and key of it."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    return folder


@contextmanager
def serving(data: Path, tls: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "central", "serve", "--data", str(data), "--port", "0"]
    files = ["--cert", str(tls / "cert.pem"), "--key", str(tls / "key.pem")]
    with subprocess.Popen([*command, *files], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            yield process, re.fullmatch(r"listening on (https://127\.0\.0\.1:\d+)\n", line)[1]
        finally:
            process.kill()


def test_it_serves_over_https_and_ends_cleanly_while_pages_are_open(data: Path, tls: Path, capfd) -> None:
    assert main(["load-demo", "--data", str(data), "--at-any-hour"]) == 0
    name, password = (data / "demo" / "officer.txt").read_text().split()
    assert password in capfd.readouterr().out
    verified = ssl.create_default_context(cafile=str(tls / "ca.pem"))
    with serving(data, tls) as (process, url), httpx.Client(verify=verified, base_url=url, trust_env=False) as http:
        assert http.post("/officers/login", data={"name": name, "password": password}).status_code == 303
        with http.stream("GET", "/officers/events") as events:
            lines = events.iter_lines()
            assert next(line for line in lines if line.startswith("event")) == "event: changed"
            assert main(["new-code", "--data", str(data)]) == 0
            assert next(line for line in lines if line.startswith("event")) == "event: changed"
            process.send_signal(signal.SIGTERM)
            assert [line for line in lines if line.startswith("event")] == []
        assert process.wait(10) == 0
        assert process.stdout.read() == ""
        assert process.stderr.read() == ""


def test_it_ends_without_waiting_for_a_peer_that_does_not_answer(data: Path, tls: Path) -> None:
    verified = ssl.create_default_context(cafile=str(tls / "ca.pem"))
    with serving(data, tls) as (process, url):
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        with (
            socket.create_connection(address) as plain,
            verified.wrap_socket(plain, server_hostname="127.0.0.1") as idle,
        ):
            idle.sendall(b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = idle.recv(4096)
            assert answer.startswith(b"HTTP/1.1 404")
            assert b"\r\ndate: " in answer
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        assert process.stderr.read() == ""


def test_what_is_served_tells_the_key_of_the_passes_that_are_about(data: Path, tls: Path, capfd) -> None:
    engine = open_database(data)
    with engine.begin() as restored:
        restored.exec_driver_sql("DELETE FROM pass_keys")
    engine.dispose()
    with serving(data, tls):
        assert main(["pass-keys", "--data", str(data)]) == 0
    assert "signs, passes until" in capfd.readouterr().out


def test_it_does_not_speak_in_the_clear(data: Path, tls: Path) -> None:
    with serving(data, tls) as (_, url), pytest.raises(httpx.TransportError):
        httpx.get(url.replace("https", "http"), trust_env=False)


def test_a_code_is_the_only_line_on_standard_output(data: Path, capfd) -> None:
    assert main(["new-code", "--data", str(data), "--name", "Anjungan Lobi"]) == 0
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}\n", capfd.readouterr().out)


def test_the_officers_password_is_readable_by_its_owner_alone_and_new_each_time(data: Path, capfd) -> None:
    file = data / "demo" / "officer.txt"
    main(["load-demo", "--data", str(data)])
    first = file.read_text()
    main(["load-demo", "--data", str(data)])
    assert file.read_text() != first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "COMMAND"),
        (["serve"], "--data"),
        (["serve", "--data", "x", "--port", "70000", "--cert", "c", "--key", "k"], "is not a port"),
        (["load-demo", "--data", "x", "--day", "besok"], "write it as 2026-01-31"),
        (["load-demo", "--data", "x", "--public-url", "http://x"], "https://"),
        (["load-dmeo"], "load-demo"),
        (["revoke-pass", "--data", "x", "A-001"], "is not a booking's id"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_is_right(arguments: list[str], words: str, capfd) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert words in capfd.readouterr().err


@pytest.mark.parametrize(
    "command",
    ["serve", "load-demo", "new-code", "pass-keys", "rotate-pass-key", "retire-pass-key", "revoke-pass"],
)
def test_every_command_explains_itself(command: str, capfd) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "--data DIR" in capfd.readouterr().out


def test_a_certificate_or_folder_that_cannot_be_used_is_named(tmp_path: Path, data: Path, tls: Path, capfd) -> None:
    key = ["--key", str(tls / "key.pem"), "--port", "0"]
    assert main(["serve", "--data", str(data), "--cert", str(tmp_path / "none.pem"), *key]) == 1
    assert "none.pem" in capfd.readouterr().err
    (tmp_path / "text.pem").write_text("not a certificate")
    assert main(["serve", "--data", str(data), "--cert", str(tmp_path / "text.pem"), *key]) == 1
    assert "text.pem" in capfd.readouterr().err
    (tmp_path / "file").write_text("")
    assert main(["load-demo", "--data", str(tmp_path / "file")]) == 1
    assert str(tmp_path / "file") in capfd.readouterr().err


def test_a_code_for_a_server_without_an_office_is_refused_at_once(tmp_path: Path, capfd) -> None:
    assert main(["new-code", "--data", str(tmp_path / "wrong-folder")]) == 1
    assert "load-demo" in capfd.readouterr().err
    assert not (tmp_path / "wrong-folder").exists()


def test_an_officer_added_by_command_has_a_start_password_to_be_changed(data: Path, http, capsys) -> None:
    command = ["add-officer", "--data", str(data), "--office", "PYK", "--name", "siti", "--roles", "clerk,auditor"]
    assert main(command) == 0
    password = capsys.readouterr().out.strip()
    assert http.post("/officers/login", data={"name": "siti", "password": password}).status_code == 303
    assert http.get("/officers").headers["Location"] == "/officers/account/password"
    assert main(command) == 1
    assert "siti already" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "roles"), [("Siti", "clerk"), ("siti", "king"), ("siti", "")])
def test_an_officer_without_a_name_or_a_role_is_not_added(data: Path, name: str, roles: str, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["add-officer", "--data", str(data), "--name", name, "--roles", roles])
    assert ended.value.code == 2


def test_an_office_says_of_which_roles_it_wants_a_second_factor(data: Path, officer) -> None:
    assert main(["second-factor", "--data", str(data), "--roles", "clerk"]) == 0
    assert officer.get("/officers").headers["Location"] == "/officers/account/second-factor"
    assert main(["second-factor", "--data", str(data), "--roles", ""]) == 0
    assert officer.get("/officers").status_code == 200


def test_the_audit_trail_is_walked_by_command_and_fails_where_it_breaks(sqlite, data: Path, officer, capsys) -> None:
    assert main(["second-factor", "--data", str(data), "--roles", ""]) == 0
    assert main(["verify-audit", "--data", str(data)]) == 0
    assert re.fullmatch(r"PYK  2 acts, the last one [0-9a-f]{16}; whole\n", capsys.readouterr().out)
    with sqlite3.connect(database_file(data)) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET who = 'nobody' WHERE seq = 2")
    assert main(["verify-audit", "--data", str(data)]) == 1
    assert capsys.readouterr().out.endswith("; BROKEN: row 2 was changed\n")
