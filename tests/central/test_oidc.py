"""Sign-in by an identity server: who is proved to be there gets in, in the roles of now; nothing else does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from fastapi.testclient import TestClient
from identity_provider import CLIENT, REDIRECT, SECRET, Provider, provider_on
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import select

from central.app import create_app
from central.database import OfficerRow
from central.people.oidc import identity_server
from central.people.rows import AuditRow

SETTINGS = """
office = "PYK"
issuer = "{issuer}"
client_id = "{client}"
secret_file = "oidc-secret"
redirect_uri = "{redirect}"
ca_file = "idp-ca.pem"
claim = "groups"
[roles]
"kanim-loket" = "clerk"
"kanim-pimpinan" = "supervisor auditor"
"""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def provider(authority: trustme.CA, clock, data: Path) -> Iterator[Provider]:
    """A provider on a socket, and a data folder that names it."""
    with provider_on(authority, clock) as running:
        text = SETTINGS.format(issuer=running.url, client=CLIENT, redirect=REDIRECT)
        (data / "oidc.toml").write_text(text)
        (data / "oidc-secret").write_text(f"{SECRET}\n")
        authority.cert_pem.write_to_path(data / "idp-ca.pem")
        yield running


@pytest.fixture
def http(provider: Provider, data: Path, clock) -> Iterator[TestClient]:
    with TestClient(create_app(data, clock.now), base_url="https://central.example", follow_redirects=False) as client:
        yield client


def comes_back(http: TestClient, provider: Provider):
    """Goes to the identity server and back; the answer of the callback."""
    begun = http.get("/officers/oidc")
    assert begun.status_code == 303, begun.text
    return http.get("/officers/oidc/callback" + provider.authorizes(begun.headers["Location"]))


def officer_row(http: TestClient, name: str = "siti") -> OfficerRow | None:
    with http.app.state.reading() as session:
        return session.get(OfficerRow, name)


def test_who_is_proved_to_be_there_is_signed_in_with_the_roles_of_the_claim(http, provider) -> None:
    answer = comes_back(http, provider)
    assert answer.status_code == 200
    assert 'http-equiv="refresh"' in answer.text
    assert http.get("/officers").status_code == 200
    assert http.get("/officers/people").status_code == 403
    held = officer_row(http)
    assert (held.office, held.roles, held.password_hash) == ("PYK", "clerk", "")


def test_the_roles_are_those_of_the_last_sign_in_and_their_change_is_on_the_trail(http, provider) -> None:
    comes_back(http, provider)
    provider.claims = {"groups": ["kanim-pimpinan", "another"]}
    comes_back(http, provider)
    assert officer_row(http).roles == "supervisor auditor"
    with http.app.state.reading() as session:
        acts = [row.action for row in session.scalars(select(AuditRow).order_by(AuditRow.seq))]
    assert acts == ["officer_added", "signed_in", "roles_changed", "signed_in"]


def test_no_second_factor_is_asked_for_beside_the_identity_servers_own(http, provider) -> None:
    provider.claims = {"groups": ["kanim-pimpinan"]}
    comes_back(http, provider)
    assert http.get("/officers/people").status_code == 200


def test_nobody_signs_in_with_a_password_as_who_has_none(http, provider) -> None:
    comes_back(http, provider)
    for password in ("", " "):
        assert http.post("/officers/login", data={"name": "siti", "password": password}).status_code in (403, 422)


@pytest.mark.parametrize(
    ("lie", "value"),
    [
        ("nonce", "another"),
        ("nonce", None),
        ("aud", "another-client"),
        ("aud", ["another-client"]),
        ("aud", None),
        ("iss", "https://another.example"),
        ("exp", 1),
        ("exp", None),
        ("iat", 99999999999),
        ("auth_time", 1),
        ("auth_time", None),
        ("azp", "another-client"),
        ("at_hash", "AAAA"),
        ("groups", []),
        ("groups", ["strangers"]),
        ("groups", 7),
        ("groups", None),
        ("sub", None),
        ("preferred_username", "petugas"),
        ("preferred_username", "../x"),
        ("preferred_username", None),
    ],
)
def test_a_wrong_claim_signs_nobody_in(http, provider, lie: str, value: object) -> None:
    provider.claims = {lie: value}
    answer = comes_back(http, provider)
    assert answer.status_code == 403
    assert "__Host-officer" not in answer.headers.get("Set-Cookie", "")
    assert http.get("/officers").headers["Location"] == "/officers/login"
    assert officer_row(http) is None


def test_the_same_path_without_a_lie_signs_in(http, provider) -> None:
    """The control of all the lies."""
    provider.claims = {"groups": "kanim-loket", "aud": [CLIENT]}
    assert comes_back(http, provider).status_code == 200


def test_an_unsigned_id_token_signs_nobody_in(http, provider) -> None:
    provider.header = {"alg": "none"}
    assert comes_back(http, provider).status_code == 403


def test_an_id_token_that_is_signed_with_the_clients_secret_signs_nobody_in(http, provider) -> None:
    provider.published = provider.key
    provider.key, provider.header = OctKey.import_key(SECRET * 3), {"alg": "HS256", "kid": "1"}
    assert comes_back(http, provider).status_code == 403


def test_an_id_token_that_is_signed_with_another_key_signs_nobody_in(http, provider) -> None:
    provider.published, provider.key = provider.key, ECKey.generate_key("P-256", {"kid": "1"})
    assert comes_back(http, provider).status_code == 403


def test_new_keys_of_the_identity_server_are_no_event(http, provider) -> None:
    comes_back(http, provider)
    provider.key, provider.header = ECKey.generate_key("P-256", {"kid": "2"}), {"alg": "ES256", "kid": "2"}
    assert comes_back(http, provider).status_code == 200


def test_another_browsers_answer_signs_nobody_in(http, provider) -> None:
    query = provider.authorizes(http.get("/officers/oidc").headers["Location"])
    http.cookies.clear()
    assert http.get("/officers/oidc/callback" + query).status_code == 403
    http.get("/officers/oidc")
    assert http.get("/officers/oidc/callback" + query).status_code == 403


def test_a_code_is_good_for_the_browser_whose_verifier_it_is_of_and_once(http, provider) -> None:
    begun = http.get("/officers/oidc").headers["Location"]
    query = provider.authorizes(begun)
    provider.asked["code-0"]["code_challenge"] = "another"
    assert http.get("/officers/oidc/callback" + query).status_code == 403
    query, cookie = provider.authorizes(begun), http.cookies["__Host-oidc"]
    assert http.get("/officers/oidc/callback" + query).status_code == 200
    http.cookies.set("__Host-oidc", cookie)
    assert http.get("/officers/oidc/callback" + query).status_code == 403


def test_an_identity_server_that_describes_another_one_is_not_gone_to(http, provider) -> None:
    provider.issuer = "https://another.example"
    assert http.get("/officers/oidc").status_code == 502


def test_an_identity_server_of_another_authority_is_not_gone_to(http, provider, data, clock) -> None:
    trustme.CA().cert_pem.write_to_path(data / "idp-ca.pem")
    with TestClient(create_app(data, clock.now), base_url="https://central.example") as other:
        assert other.get("/officers/oidc").status_code == 502


def test_who_is_disabled_here_does_not_come_in_by_the_identity_server(http, provider) -> None:
    comes_back(http, provider)
    http.post("/officers/logout")
    with http.app.state.writing.begin() as session:
        session.get(OfficerRow, "siti").disabled = True
    assert comes_back(http, provider).status_code == 403


def test_what_is_sensitive_wants_the_identity_servers_password_anew(http, provider, clock) -> None:
    provider.claims = {"groups": ["kanim-pimpinan"]}
    comes_back(http, provider)
    assert http.get("/officers/people/new").status_code == 200
    clock.forward(minutes=11)
    asked = http.get("/officers/people/new").headers["Location"]
    assert http.get(asked).headers["Location"] == "/officers/oidc"
    comes_back(http, provider)
    assert http.get("/officers/people/new").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("http://id.example", "https://id.example", "issuer"),
        ('"chief"', '"clerk"', "roles"),
        ("colour", "claim", "colour"),
        ("[roles", "[roles]", "oidc.toml"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_with_their_name(tmp_path, wrong: str, right: str, said: str) -> None:
    text = SETTINGS.format(issuer="https://id.example", client=CLIENT, redirect=REDIRECT)
    (tmp_path / "oidc-secret").write_text(SECRET)
    (tmp_path / "oidc.toml").write_text(text)
    assert identity_server(tmp_path) is not None
    (tmp_path / "oidc.toml").write_text(text.replace(right, wrong))
    with pytest.raises(OSError, match=said):
        identity_server(tmp_path)


def test_without_settings_nothing_of_it_is_there(data, clock) -> None:
    with TestClient(create_app(data, clock.now), base_url="https://central.example") as plain:
        assert plain.get("/officers/oidc").status_code == 404
        assert "/officers/oidc" not in plain.get("/officers/login").text
