"""What holds for every request: bounded bodies, JSON errors, strict headers, an API that describes itself."""

import asyncio
from time import perf_counter
from typing import Any

import httpx

from central.batch import read_batch
from kiosk.protocol import BATCH_FACTS, BUNDLES, ENROLMENTS, EPOCHS, FACTS, HEARTBEATS, SNAPSHOT, canonical


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
    described = http.get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == {ENROLMENTS, EPOCHS, SNAPSHOT, FACTS, HEARTBEATS, BUNDLES}
    facts = described["components"]["schemas"]["FactBatch"]["properties"]["facts"]
    assert (facts["minItems"], facts["maxItems"]) == (1, BATCH_FACTS)


def test_a_long_answer_is_compressed_for_who_can_read_it(kiosk) -> None:
    assert kiosk.get(SNAPSHOT, **{"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in kiosk.get(SNAPSHOT, **{"Accept-Encoding": "identity"}).headers


def test_a_batch_of_nobodys_is_not_even_read(http, kiosk, officer) -> None:
    whole = b'{"facts":[]}'
    assert http.post(FACTS, content=whole).status_code == 401
    assert http.post(FACTS, content=whole, headers=kiosk.headers()).status_code == 422
    officer.post(f"/officers/kiosks/{kiosk.id}/revoke")
    assert http.post(FACTS, content=whole, headers=kiosk.headers()).status_code == 403


def test_a_batch_that_takes_long_to_read_does_not_hold_up_the_others(http, kiosk) -> None:
    numbers = kiosk.fact({"kind": "newer", "numbers": [0.1] * 60_000})
    content = b'{"facts":[' + canonical(numbers) + b"]}"
    began = perf_counter()
    read_batch(content)
    alone = perf_counter() - began
    # Another program may hold the machine up now and then; reading would each time.
    assert any(asyncio.run(longest_stall(http.app, content, kiosk.headers())) < alone / 3 for _ in range(3))


async def longest_stall(app: Any, content: bytes, headers: dict[str, str]) -> float:
    """How long nothing else came to its turn while the batch was taken in, in s."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://central.example") as client:
        sending = asyncio.create_task(client.post(FACTS, content=content, headers=headers))
        longest = 0.0
        while not sending.done():
            began = perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, perf_counter() - began)
        assert (await sending).status_code == 200
    return longest


def test_more_requests_at_once_than_there_are_threads_and_connections_wait_for_each_other_and_are_all_answered(
    http, kiosk
) -> None:
    async def all_at_once() -> list[int]:
        transport = httpx.ASGITransport(http.app)
        async with httpx.AsyncClient(transport=transport, base_url="https://central.example") as client:
            asked = [client.get(SNAPSHOT, headers=kiosk.headers()) for _ in range(120)]
            async with asyncio.timeout(20):
                return [each.status_code for each in await asyncio.gather(*asked)]

    assert asyncio.run(all_at_once()) == [200] * 120
