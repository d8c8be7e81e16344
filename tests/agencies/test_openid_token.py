"""Tokens that only look right: made here with keys of our own, and refused before a word of them counts."""

import base64
import json
import time
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from agencies.openid import Client, OpenIDFault, is_safe, read_token

CLIENT = Client(
    "https://login.example.org", "mappa", "a secret of the client, long enough", "https://mappa.example/back"
)
RSA, OTHER, CURVE = (
    JWK.generate(kty="RSA", size=2048, kid="1"),
    JWK.generate(kty="RSA", size=2048, kid="1"),
    JWK.generate(kty="EC", crv="P-256", kid="2"),
)
KEYS = json.dumps({"keys": [RSA.export_public(as_dict=True), CURVE.export_public(as_dict=True)]})


def claims(**change: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "iss": CLIENT.issuer, "aud": CLIENT.client_id, "nonce": "n", "sub": "7", "iat": now, "exp": now + 300,
        "email": "Wyn@Example.org", "email_verified": True, "amr": ["pwd", "hwk"], "acr": "high", "auth_time": now,
    }  # fmt: skip
    return {name: value for name, value in (good | change).items() if value is not None}


def token(key: JWK = RSA, algorithm: str = "RS256", kid: str = "1", **change: Any) -> str:
    made = JWT(header={"alg": algorithm, "kid": kid}, claims=claims(**change))
    made.make_signed_token(key)
    return str(made.serialize())


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned() -> str:
    return f"{part({'alg': 'none'})}.{part(claims())}."


def signed_with_what_all_know() -> str:
    """The oldest trick: the public key taken for a shared secret."""
    secret = base64.urlsafe_b64encode(RSA.export_to_pem()).decode().rstrip("=")
    return token(JWK(kty="oct", k=secret), "HS256")


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(RSA, "RS256", "1"), (RSA, "PS256", "1"), (CURVE, "ES256", "2")])
def test_token_that_is_right(key: JWK, algorithm: str, kid: str) -> None:
    found = read_token(token(key, algorithm, kid), KEYS, client=CLIENT, nonce="n")
    assert (found.subject, found.email) == ("7", "wyn@example.org")
    assert found.used_second_factor("otp hwk")
    assert found.used_second_factor("high")
    assert not found.used_second_factor("otp")
    assert not found.used_second_factor("")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(unsigned, id="no signature"),
        pytest.param(signed_with_what_all_know, id="signed with the public key"),
        pytest.param(lambda: token(OTHER), id="signed by somebody else"),
        pytest.param(lambda: token()[:-8] + "AAAAAAAA", id="signature altered"),
        pytest.param(lambda: token(iss="https://login.example.com"), id="another issuer"),
        pytest.param(lambda: token(aud="another"), id="for another client"),
        pytest.param(lambda: token(aud=["mappa", "another"]), id="for several, not authorised for us"),
        pytest.param(lambda: token(nonce="other"), id="another nonce"),
        pytest.param(lambda: token(nonce=None), id="no nonce"),
        pytest.param(lambda: token(exp=int(time.time()) - 120), id="expired"),
        pytest.param(lambda: token(exp=None), id="never expires"),
        pytest.param(lambda: token(sub=None), id="no subject"),
        pytest.param(lambda: token(sub=""), id="empty subject"),
        pytest.param(lambda: token(sub="7" * 256), id="subject too long"),
        pytest.param(lambda: "", id="nothing"),
        pytest.param(lambda: "a.b.c", id="no token at all"),
    ],
)
def test_token_that_is_refused(given: Any) -> None:
    with pytest.raises(OpenIDFault):
        read_token(given(), KEYS, client=CLIENT, nonce="n")


@pytest.mark.parametrize("verified", [False, "true", 1, None])
def test_address_counts_only_when_it_is_verified(verified: Any) -> None:
    assert read_token(token(email_verified=verified), KEYS, client=CLIENT, nonce="n").email == ""


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        pytest.param("https://login.example.org", True, id="encrypted"),
        pytest.param("http://127.0.0.1:9000/o", True, id="this machine, in a test"),
        pytest.param("http://login.example.org", False, id="not encrypted"),
        pytest.param("http://127.0.0.1.example.org", False, id="only begins like this machine"),
        pytest.param("file:///etc/passwd", False, id="a file"),
        pytest.param("https://", False, id="nobody"),
    ],
)
def test_addresses_that_are_asked(url: str, safe: bool) -> None:
    assert is_safe(url) is safe
