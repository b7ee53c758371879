"""Sign-in by OpenID Connect: the way to the provider and back, and who it says that came.

State, nonce and the verifier of PKCE are made of one random key, which the browser keeps in a
cookie, and of the client's secret. So nothing is kept here meanwhile, and whichever server of
several gets the answer can tell whether it was asked for by that browser.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
import threading
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from cnn.names import visible
from cnn.people.ways import Provider, is_protected

SCOPE = "openid profile"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Those by which a provider signs with a key that it alone has."""

LEEWAY_S, TIMEOUT_S, KEPT_S, AGAIN_S, SILENT_S = 60, 5.0, 3_600.0, 60.0, 10.0
MOST_BYTES, LONGEST_CODE = 1_000_000, 4_000
MEANINGLESS = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What comes of a token that is none."""

NEEDED = ("authlib", "joserfc", "requests")
MISSING = "Signing in by OpenID Connect needs Authlib: pip install authlib"


class SignInError(RuntimeError):
    """Somebody could not be signed in, and why."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who a provider says that somebody is: what tells them apart there, and their name."""

    subject: str
    name: str


def check_installed() -> None:
    """Raises `SignInError` where what is needed is not installed."""
    if not all(map(find_spec, NEEDED)):
        raise SignInError(MISSING)


class Client:
    """This server as the provider knows it."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    def address(self, key: str, back: str) -> str:
        """Where a browser that keeps this key is sent; it comes back to `back`."""
        url, _ = self._session(back).create_authorization_url(
            self._endpoint("authorization_endpoint"),
            state=self.made_of(key, "state"),
            nonce=self.made_of(key, "nonce"),
            code_verifier=self.made_of(key, "verifier"),
        )
        return str(url)

    def claimed(self, key: str, state: str, code: str, back: str) -> Claimed:
        """Who came back with that code, in a browser with that key."""
        if not key or not _is_same(state, self.made_of(key, "state")):
            raise SignInError(
                "This sign-in was begun in another browser, or too long ago. Begin again."
            )
        if not 1 <= len(code) <= LONGEST_CODE:
            raise SignInError("The provider sent no code. Begin again.")
        token = self._token(key, code, back)
        claims = self._read(token, self.made_of(key, "nonce"))
        found = (claims.get(one) for one in ("name", "preferred_username", "nickname"))
        seen = (_seen(one) for one in found if isinstance(one, str))
        name = next(filter(None, seen), "Somebody")
        told = f"{self.provider.issuer}\n{claims['sub']}"
        return Claimed(f"oidc:{hashlib.sha256(told.encode()).hexdigest()}", name)

    def made_of(self, key: str, purpose: str) -> str:
        """What only this server makes of a browser's key."""
        secret = f"{self.provider.client}\n{self.provider.secret}".encode()
        made = hmac.digest(secret, f"{purpose} {key}".encode("utf-8", "replace"), "sha256")
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def _session(self, back: str) -> Any:
        check_installed()
        from authlib.integrations.requests_client import OAuth2Session

        return OAuth2Session(
            self.provider.client,
            self.provider.secret,
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
        )

    def _token(self, key: str, code: str, back: str) -> dict[str, Any]:
        from authlib.common.errors import AuthlibBaseError
        from requests import RequestException

        endpoint = self._endpoint("token_endpoint")
        try:
            with self._session(back) as session:
                found = session.fetch_token(
                    endpoint,
                    code=code,
                    code_verifier=self.made_of(key, "verifier"),
                    timeout=TIMEOUT_S,
                    allow_redirects=False,
                )
        except AuthlibBaseError as error:
            raise SignInError(f"The provider refused: {_short(error.error)}.") from None
        except (RequestException, ValueError):
            raise SignInError(_silent(endpoint)) from None
        if not isinstance(found, dict) or not isinstance(found.get("id_token"), str):
            raise SignInError("The provider did not say who came: its answer has no ID token.")
        return dict(found)

    def _read(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        """What an ID token says, once its signature, issuer, audience, time and nonce are right."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError

        wanted = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client},
            "nonce": {"essential": True, "value": nonce},
        }
        params = {
            "nonce": nonce,
            "client_id": self.provider.client,
            "access_token": token.get("access_token"),
        }
        try:
            signed = jwt.decode(token["id_token"], self._keys(token["id_token"]), list(ALGORITHMS))
            claims = CodeIDToken(signed.claims, signed.header, wanted, params)
            claims.validate(leeway=LEEWAY_S)
        except (JoseError, *MEANINGLESS) as error:
            said = getattr(error, "error", "") or type(error).__name__
            raise SignInError(f"What the provider says of who came is not valid: {said}.") from None
        if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= 255:
            raise SignInError("The provider did not say who came: its ID token has no subject.")
        return dict(claims)

    def _keys(self, id_token: str) -> Any:
        """The provider's keys; looked up anew where one is meant that is not known yet."""
        from joserfc.jwk import KeySet

        url = self._endpoint("jwks_uri")
        part = id_token.partition(".")[0]
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        found = self._kept_json(url, KEPT_S)
        if header.get("kid") not in [one.get("kid") for one in found.get("keys", [])]:
            found = self._kept_json(url, AGAIN_S)
        return KeySet.import_key_set(found)  # type: ignore[arg-type]  # checked as it is read

    def _endpoint(self, name: str) -> str:
        url = f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._kept_json(url, KEPT_S)
        if found.get("issuer") != self.provider.issuer:
            raise SignInError(
                f"{self.provider.issuer} calls itself {_short(found.get('issuer'))}. Set "
                "CNN_OIDC_ISSUER to that, if it is right."
            )
        endpoint = found.get(name)
        if not isinstance(endpoint, str) or not is_protected(endpoint):
            raise SignInError(f"{self.provider.issuer} names no {name} that is https.")
        return endpoint

    def _kept_json(self, url: str, at_most_s: float) -> dict[str, Any]:
        with self._lock:
            at, found = self._kept.get(url, (-math.inf, {}))
            # A provider that gave no answer is not asked by all who come: each would wait for it.
            if time.monotonic() - at > (at_most_s if found else SILENT_S):
                found = _json(url)
                self._kept[url] = time.monotonic(), found
        if not found:
            raise SignInError(_silent(url))
        return found


def _json(url: str) -> dict[str, Any]:
    """What a provider says at an address; nothing where that cannot be read."""
    import requests

    try:
        with requests.get(url, timeout=TIMEOUT_S, allow_redirects=False, stream=True) as answer:
            content = b""
            for part in answer.iter_content(65_536):
                content += part
                if len(content) > MOST_BYTES:
                    return {}
        found = json.loads(content) if answer.status_code == 200 else None
    except (requests.RequestException, OSError, ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def _silent(url: str) -> str:
    host = urlsplit(url).hostname
    return f"{host}, which says who comes, gave no answer that can be read. Try again."


def _short(told: object) -> str:
    plain = "".join(one for one in str(told) if one.isascii() and one.isprintable())
    return plain[:80] or "nothing"


def _is_same(told: str, right: str) -> bool:
    return hmac.compare_digest(told.encode("utf-8", "replace"), right.encode())


def _seen(name: str) -> str:
    """What is seen of a name."""
    return "".join(filter(str.isprintable, visible(name))).strip()
