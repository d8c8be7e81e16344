"""OpenID Connect, the part of the one who relies on it: authorization code with PKCE, state and nonce.

What a provider says counts only when its signature, issuer, audience, nonce and times are right (OpenID Connect Core
1.0, 3.1.3.7). Nothing here knows people or sessions.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
from django.conf import settings
from django.utils.crypto import constant_time_compare
from jwcrypto.common import JWException
from jwcrypto.jwk import JWKSet
from jwcrypto.jwt import JWT

# Signatures by a key pair only: with a shared secret, or none, anybody who knows the client could sign.
ALGORITHMS = ["RS256", "PS256", "ES256"]
SCOPES = "openid email"
WAIT_SECONDS = (3, 4)
LEEWAY_SECONDS = 60
LARGEST_ANSWER = 200_000
_THIS_MACHINE = ("127.0.0.1", "localhost")


class OpenIDFault(Exception):
    """A provider that cannot be reached, or whose answer does not hold. The text names the fault and nobody."""


@dataclass(frozen=True)
class Client:
    """How this installation is known to a provider."""

    issuer: str
    client_id: str
    client_secret: str
    return_to: str


@dataclass(frozen=True)
class Departure:
    """Where to send the browser, and what must come back as it was."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """What a provider vouches for. ``email`` is empty unless the provider says it has verified it."""

    subject: str
    email: str
    methods: frozenset[str]
    authenticated_at: int | None

    def used_second_factor(self, values: str) -> bool:
        """One of these values of amr or acr (separated by spaces) stands in what the provider said."""
        return bool(self.methods & set(values.split()))


def is_safe(url: str) -> bool:
    """Encrypted on the way; on the machine itself a demonstration or test may do without."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in _THIS_MACHINE and not settings.MAPPA_ENVIRONMENT.production
    return bool(parts.hostname) and (parts.scheme == "https" or local)


def depart(client: Client, *, again: bool = False) -> Departure:
    """Begin to sign in. ``again``: the person must prove who they are anew, whatever the provider remembers.

    Raises ``OpenIDFault``.
    """
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.return_to,
        "scope": SCOPES,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if again:
        asked |= {"prompt": "login", "max_age": "0"}
    endpoint = _discover(client.issuer)["authorization_endpoint"]
    joint = "&" if urlsplit(endpoint).query else "?"
    return Departure(f"{endpoint}{joint}{urlencode(asked)}", state, nonce, verifier)


def arrive(client: Client, answer: Mapping[str, str], *, state: str, nonce: str, verifier: str) -> Identity:
    """Whom the provider vouches for, from the parameters with which the browser came back. Raises ``OpenIDFault``."""
    if not constant_time_compare(answer.get("state", ""), state):
        raise OpenIDFault("state")
    if answer.get("iss", client.issuer) != client.issuer:
        raise OpenIDFault("issuer of the answer")
    if not answer.get("code"):
        raise OpenIDFault("no code")
    known = _discover(client.issuer)
    told = _call(
        "POST",
        known["token_endpoint"],
        data={
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": client.return_to,
            "code_verifier": verifier,
        },
        auth=(quote(client.client_id, safe=""), quote(client.client_secret, safe="")),
    )
    keys = json.dumps(_call("GET", known["jwks_uri"]))
    return read_token(str(told.get("id_token", "")), keys, client=client, nonce=nonce)


def read_token(token: str, keys: str, *, client: Client, nonce: str) -> Identity:
    """The identity in a signed token, checked against the provider's public keys (a JWK set as JSON).

    Raises ``OpenIDFault``.
    """
    wanted = {"iss": client.issuer, "aud": client.client_id, "nonce": nonce, "exp": None, "iat": None, "sub": None}
    try:
        reader = JWT(algs=ALGORITHMS, expected_type="JWS", check_claims=wanted)
        reader.leeway = LEEWAY_SECONDS
        reader.deserialize(token, JWKSet.from_json(keys))
        claims: dict[str, Any] = json.loads(reader.claims)
    except (JWException, ValueError, TypeError, KeyError):
        raise OpenIDFault("token") from None
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != client.client_id:
        raise OpenIDFault("audience")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise OpenIDFault("subject")
    return _identity(claims)


def _identity(claims: Mapping[str, Any]) -> Identity:
    verified = claims.get("email_verified") is True
    methods = claims.get("amr")
    found = {each for each in methods if isinstance(each, str)} if isinstance(methods, list) else set()
    if isinstance(claims.get("acr"), str):
        found.add(claims["acr"])
    at = claims.get("auth_time")
    return Identity(
        subject=claims["sub"],
        email=str(claims.get("email") or "").strip().lower() if verified else "",
        methods=frozenset(found),
        authenticated_at=at if isinstance(at, int) else None,
    )


def _discover(issuer: str) -> dict[str, str]:
    """The provider's description of itself, which must name the issuer asked and safe addresses."""
    found = _call("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise OpenIDFault("issuer of the description")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(isinstance(found.get(name), str) and is_safe(found[name]) for name in names):
        raise OpenIDFault("addresses in the description")
    return {name: found[name] for name in names}


def _call(method: str, url: str, **options: Any) -> dict[str, Any]:
    """One answer in JSON, of a decent size, from exactly this address."""
    if not is_safe(url):
        raise OpenIDFault("address")
    headers = {"Accept": "application/json"}
    try:
        response = requests.request(
            method, url, headers=headers, timeout=WAIT_SECONDS, allow_redirects=False, stream=True, **options
        )
        with response:
            content = response.raw.read(LARGEST_ANSWER + 1, decode_content=True)
        found = json.loads(content) if response.status_code == 200 and len(content) <= LARGEST_ANSWER else None
    except (requests.RequestException, OSError, ValueError):
        raise OpenIDFault("no answer") from None
    if not isinstance(found, dict):
        raise OpenIDFault("answer")
    return found
