"""What holds for every request: bounded bodies, JSON errors, strict headers, an API that describes itself."""

from kiosk.protocol import ENROLMENTS, EPOCHS, FACTS, HEARTBEATS, SNAPSHOT


def test_a_body_beyond_a_mebibyte_is_not_read(kiosk, http) -> None:
    answer = http.post(FACTS, content=b"[" * (1024 * 1024 + 1), headers=kiosk.headers())
    assert answer.status_code == 413
    assert "bytes" in answer.json()["detail"]


def test_a_body_that_does_not_say_its_length_is_refused(http) -> None:
    assert http.post(ENROLMENTS, content=iter([b"{", b"}"])).status_code == 411
    assert http.post(ENROLMENTS, content=b"{}", headers={"Content-Length": "two"}).status_code == 411
    assert http.post(ENROLMENTS, content=b"{}", headers={"Content-Length": "9" * 5000}).status_code == 413


def test_what_is_not_json_is_answered_in_one_sentence(http) -> None:
    for content in (b"", b"<html>", b"[" * 100_000, b'{"code": "\xff"}', b"null"):
        answer = http.post(ENROLMENTS, content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422)
        assert isinstance(answer.json()["detail"], str)


def test_errors_are_json_even_where_nothing_is(http) -> None:
    assert http.get("/nothing").json() == {"detail": "Not Found"}
    assert http.get("/static/../central.sqlite").status_code == 404


def test_browsers_are_told_to_be_strict_on_every_answer(http) -> None:
    for path in ("/officers/login", "/t/x", SNAPSHOT, "/static/ticket.css"):
        headers = http.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_api_describes_itself(http) -> None:
    described = http.get("/api/v1/openapi.json").json()["paths"]
    assert set(described) == {ENROLMENTS, EPOCHS, SNAPSHOT, FACTS, HEARTBEATS}


def test_a_long_answer_is_compressed_for_who_can_read_it(kiosk) -> None:
    assert kiosk.get(SNAPSHOT, **{"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in kiosk.get(SNAPSHOT, **{"Accept-Encoding": "identity"}).headers
