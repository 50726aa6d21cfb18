"""Sign-in by an organisation's identity server: OpenID Connect Core 1.0, the authorization code with PKCE (RFC 7636).

Switched on by `oidc.toml` in the data folder (docs/people.md). State, nonce and PKCE's verifier are derived from one
random secret that stays in the browser's cookie, so that any process may finish what another one began.
"""

import base64
import hashlib
import hmac
import secrets
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from central.people.roles import Role, roles_in

ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"]
"""What an id token may be signed with: never `none`, nor a secret that both sides know."""
FRESH_SECONDS = 600
"""So long ago at most the person gave the password there: what is left open on a shared screen signs nobody in."""
LEEWAY_SECONDS = 60
TIMEOUT_SECONDS = 10


class NotAuthenticated(Exception):
    """What came back proves nothing. Its words are for the log: they hold nothing of what was sent."""


class Unreachable(Exception):
    """The identity server does not answer as one does."""


class OidcSettings(BaseModel):
    """The file `oidc.toml`: paths are relative to the data folder, `roles` says for each value of the claim which
    roles it gives, with spaces between.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    office: str
    issuer: str = Field(pattern="^https://")
    client_id: str
    secret_file: Path
    redirect_uri: str = Field(pattern="^https://.*/officers/oidc/callback$")
    ca_file: Path | None = None
    claim: str
    roles: dict[str, frozenset[Role]]

    @field_validator("roles", mode="before")
    @classmethod
    def _roles(cls, value: Any) -> Any:
        return {key: roles_in(each) for key, each in value.items()} if isinstance(value, dict) else value


@dataclass(frozen=True)
class Person:
    """Who was proved to be there. `subject` is the issuer and its unchanging id of the person; `name` may change."""

    subject: str
    name: str
    roles: frozenset[Role]


class IdentityServer:
    """What is asked of the identity server; it is discovered anew each time, so that a change of its keys is no event.

    Every method raises Unreachable.
    """

    def __init__(self, settings: OidcSettings, secret: str, authority: str | bool) -> None:
        self.settings = settings
        self._secret, self._authority = secret, authority

    def begin(self) -> tuple[str, str]:
        """Where the browser goes to, and the secret that its cookie keeps until it comes back."""
        secret = secrets.token_urlsafe(32)
        with self._client() as client:
            url, _ = client.create_authorization_url(
                self._discovered(client)["authorization_endpoint"],
                state=_derived(secret, "state"),
                nonce=_derived(secret, "nonce"),
                code_verifier=_derived(secret, "verifier"),
                max_age=FRESH_SECONDS,
            )
        return url, secret

    def finish(self, state: str, code: str, secret: str, now: datetime) -> Person:
        """Who came back with `state` and `code`. `now` is UTC. Raises NotAuthenticated."""
        if not secret or not hmac.compare_digest(state.encode(), _derived(secret, "state").encode()):
            raise NotAuthenticated("the state is not the one that was sent")
        try:
            with self._client() as client:
                found = self._discovered(client)
                verifier = _derived(secret, "verifier")
                token = client.fetch_token(
                    found["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=verifier
                )
                keys = KeySet.import_key_set({"keys": _json(client, found["jwks_uri"])["keys"]})
                return self._person(self._claims(token, keys, _derived(secret, "nonce"), now))
        except requests.RequestException as error:
            raise Unreachable("the identity server cannot be reached") from error
        except (JoseError, OAuthError, ValueError, KeyError, TypeError) as error:
            raise NotAuthenticated(type(error).__name__) from error

    def _claims(self, token: dict[str, Any], keys: KeySet, nonce: str, now: datetime) -> dict[str, Any]:
        """The claims of the id token, once all that OpenID Connect Core 3.1.3.7 asks for holds."""
        held, at = self.settings, int(now.timestamp())
        decoded = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {"iss": {"essential": True, "value": held.issuer}, "aud": {"essential": True, "value": held.client_id}},
            {
                "nonce": nonce,
                "client_id": held.client_id,
                "max_age": FRESH_SECONDS,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(at, LEEWAY_SECONDS)
        if claims["auth_time"] < at - FRESH_SECONDS - LEEWAY_SECONDS:
            raise NotAuthenticated("the password was given too long ago")
        return dict(claims)

    def _person(self, claims: dict[str, Any]) -> Person:
        held = self.settings
        said = claims.get(held.claim, [])
        values = [said] if isinstance(said, str) else said
        roles = frozenset(role for each in values for role in held.roles.get(each, ()))
        return Person(f"{held.issuer} {claims['sub']}", str(claims.get("preferred_username", "")).lower(), roles)

    def _client(self) -> OAuth2Session:
        held = self.settings
        client = OAuth2Session(
            held.client_id,
            self._secret,
            scope="openid profile",
            redirect_uri=held.redirect_uri,
            code_challenge_method="S256",
            default_timeout=TIMEOUT_SECONDS,
        )
        client.verify, client.trust_env = self._authority, False
        return client

    def _discovered(self, client: OAuth2Session) -> dict[str, str]:
        issuer = self.settings.issuer
        try:
            found = _json(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        except (requests.RequestException, ValueError) as error:
            raise Unreachable("the identity server cannot be reached") from error
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != issuer or not all(str(found.get(each)).startswith("https://") for each in wanted):
            raise Unreachable("the identity server describes another one")
        return found


def identity_server(data: Path) -> IdentityServer | None:
    """The one that the data folder names, None where it names none. Raises OSError for a file that cannot be used."""
    file = data / "oidc.toml"
    if not file.exists():
        return None
    try:
        settings = OidcSettings.model_validate(tomllib.loads(file.read_text("utf-8")))
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise OSError(f"{file}: {problems}") from error
    except tomllib.TOMLDecodeError as error:
        raise OSError(f"{file}: {error}") from error
    secret = (data / settings.secret_file).read_text("utf-8").strip()
    return IdentityServer(settings, secret, str(data / settings.ca_file) if settings.ca_file else True)


def _json(client: OAuth2Session, url: str) -> dict[str, Any]:
    answer = client.get(url, withhold_token=True)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found


def _derived(secret: str, use: str) -> str:
    """43 characters that tell nothing of the secret nor of what is derived from it for another use."""
    made = hmac.new(secret.encode(), use.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
