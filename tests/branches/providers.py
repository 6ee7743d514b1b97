"""A CAS server and an OpenID Connect provider on the loopback, as far as a campus site talks to them."""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from core import clock

_numbers = count(1)
NAMESPACE = "http://www.yale.edu/tp/cas"


class Server:
    """Answers ``(status, content type, text)`` of ``self.answer(path, query, form, headers)`` until it is stopped."""

    def __init__(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("Content-Length", 0))
                form = {key: one[0] for key, one in parse_qs(self.rfile.read(length).decode()).items()}
                parts = urlsplit(self.path)
                query = {key: one[0] for key, one in parse_qs(parts.query).items()}
                status, kind, text = provider.answer(parts.path, query, form, self.headers)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(text.encode())

            do_POST = do_GET

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class Cas(Server):
    """Gives a ticket for a service to whoever logged in there, and says once whose it is."""

    def __init__(self):
        super().__init__()
        self.tickets, self.attributes, self.garbage = {}, "", ""

    def log_in(self, address, name):
        """What the server does when the browser comes with ``address`` and ``name`` logs in: the ticket."""
        parts = urlsplit(address)
        assert (f"{parts.scheme}://{parts.netloc}{parts.path}", self.url) == (f"{self.url}/cas/login", self.url)
        ticket = f"ST-{next(_numbers)}-fake"
        self.tickets[ticket] = (parse_qs(parts.query)["service"][0], name)
        return ticket

    def answer(self, path, query, form, headers):
        if self.garbage:
            return 200, "text/html", self.garbage
        if path != "/cas/p3/serviceValidate":
            return 404, "text/plain", ""
        service, name = self.tickets.get(query["ticket"], ("", ""))
        self.tickets.pop(query["ticket"], None)
        if not name or service != query["service"]:
            inner = '<cas:authenticationFailure code="INVALID_TICKET">no</cas:authenticationFailure>'
        else:
            inner = (
                f"<cas:authenticationSuccess><cas:user>{name}</cas:user>"
                f"<cas:attributes>{self.attributes}</cas:attributes></cas:authenticationSuccess>"
            )
        return 200, "text/xml", f'<cas:serviceResponse xmlns:cas="{NAMESPACE}">{inner}</cas:serviceResponse>'


class Oidc(Server):
    """Signs tokens with a real RSA key; ``spoil`` overrides claims, ``forge`` takes a key that is not published."""

    client_id, secret = "activity-day", "a-secret-that-the-provider-gave-to-this-site"

    def __init__(self):
        super().__init__()
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes, self.claims, self.spoil, self.forge, self.algorithm = {}, {}, {}, False, "RS256"
        self.subject_elsewhere = ""

    def log_in(self, address, **claims):
        """What the provider does when the browser comes with ``address``: the code and the state to go back with."""
        asked = {key: one[0] for key, one in parse_qs(urlsplit(address).query).items()}
        assert (asked["client_id"], asked["response_type"]) == (self.client_id, "code")
        code = f"code-{next(_numbers)}"
        self.codes[code] = asked
        self.claims = {"sub": "subject-1", **claims}
        return {"code": code, "state": asked["state"]}

    def answer(self, path, query, form, headers):
        if path == "/token":
            return self._token(form)
        if path == "/jwks":
            public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
            return (
                200,
                "application/json",
                json.dumps({"keys": [public | {"kid": "one", "alg": "RS256", "use": "sig"}]}),
            )
        if path == "/userinfo" and headers["Authorization"] == "Bearer access":
            claims = self.claims | ({"sub": self.subject_elsewhere} if self.subject_elsewhere else {})
            return 200, "application/json", json.dumps(claims)
        return 403, "text/plain", ""

    def _token(self, form):
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        proven = (form["client_secret"], challenge, form["redirect_uri"])
        if asked is None or proven != (self.secret, asked["code_challenge"], asked["redirect_uri"]):
            return 400, "application/json", '{"error": "invalid_grant"}'
        now = int(clock.now().timestamp())
        payload = {
            "iss": self.url, "aud": self.client_id, "sub": "subject-1", "iat": now, "exp": now + 300,
            "nonce": asked["nonce"],
        } | self.spoil  # fmt: skip
        payload = {name: value for name, value in payload.items() if value is not None}
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048) if self.forge else self.key
        key = None if self.algorithm == "none" else key
        token = jwt.encode(payload, key, algorithm=self.algorithm, headers={"kid": "one"})
        return 200, "application/json", json.dumps({"access_token": "access", "id_token": token})
