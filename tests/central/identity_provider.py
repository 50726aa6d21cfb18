"""A small OpenID provider on a socket: real HTTPS, real signatures, one person, and lies when it is told to."""

import json
import ssl
import threading
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from wire import Clock

CLIENT, SECRET = "anjungan", "rahasia-klien"
REDIRECT = "https://central.example/officers/oidc/callback"


@dataclass
class Provider:
    """`claims` go into the id token beside those that are due; `header`, `key` and `issuer` may be made wrong."""

    url: str
    clock: Clock
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "ES256", "kid": "1"})
    key: ECKey | OctKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "1"}))
    published: ECKey | None = None
    issuer: str = ""
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    """The authorization requests, by the code that answered them."""

    def authorizes(self, url: str) -> str:
        """What a browser is sent back with, its person having agreed: the query of the callback."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["client_id"], asked["redirect_uri"], asked["response_type"]) == (CLIENT, REDIRECT, "code")
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return f"?code={code}&state={asked['state']}"

    def description(self) -> dict[str, Any]:
        paths = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.issuer or self.url} | {key: self.url + path for key, path in paths.items()}

    def keys(self) -> dict[str, Any]:
        return {"keys": [(self.published or self.key).as_dict(private=False)]}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.asked.pop(form.get("code", ""), None)
        basic = "Basic " + b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or authorization != basic or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        now = int(self.clock.now().timestamp())
        due = {"iss": self.url, "aud": CLIENT, "sub": "7f3", "iat": now, "exp": now + 300, "auth_time": now - 5}
        person = {"preferred_username": "siti", "groups": ["kanim-loket"], "nonce": nonce}
        claims = {key: value for key, value in (due | person | self.claims).items() if value is not None}
        if self.header["alg"] == "none":
            parts = (json.dumps(each).encode() for each in (self.header, claims))
            return ".".join(urlsafe_b64encode(each).rstrip(b"=").decode() for each in parts) + "."
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])


@contextmanager
def provider_on(authority: trustme.CA, clock: Clock) -> Iterator[Provider]:
    """The provider on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    provider = Provider(f"https://localhost:{server.server_port}", clock)
    server.RequestHandlerClass = type("Answers", (_Answers,), {"provider": provider})
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Answers(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        known = {"/.well-known/openid-configuration": self.provider.description, "/keys": self.provider.keys}
        self._say(200, known[self.path]())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {key: values[0] for key, values in parse_qs(body).items()}
        self._say(*self.provider.token(form, self.headers["Authorization"]))

    def _say(self, status: int, said: dict[str, Any]) -> None:
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing on stderr."""
