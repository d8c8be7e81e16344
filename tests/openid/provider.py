"""The sign-in of an invented agency: a small Django project with django-oauth-toolkit, in a process of its own.

``python -m tests.openid.provider FOLDER RETURN_TO`` keeps its database in the folder, prints one line of JSON with its
address, and serves on 127.0.0.1 until it is stopped. Everybody's password is ``PASSWORD``. What a token says can be
spoilt by who signs in: see ``MISCHIEF``.
"""

import json
import sys
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.management import call_command

PASSWORD = "an agency's own password"
CLIENT_ID, CLIENT_SECRET = "mappa-client", "a secret: of the client"
TEMPLATE = '<form method="post">{% csrf_token %}{{ form }}<button>Sign in at the agency</button></form>'

# By user name: what the token says instead of the truth.
MISCHIEF: dict[str, dict[str, Any]] = {
    "nonce": {"nonce": "of another sign-in"},
    "issuer": {"iss": "https://login.example.org"},
    "audience": {"aud": "another-client"},
    "several": {"aud": [CLIENT_ID, "another-client"]},
    "expired": {"exp": 1_000_000_000},
    "unverified": {"email_verified": False},
    "vouched": {"amr": ["pwd", "otp"]},
    "stale": {"auth_time": 1_000_000_000},
}


def key() -> str:
    """A fresh key for the signatures of this process."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def configure(folder: Path) -> None:
    settings.configure(
        SECRET_KEY="of a provider that lives as long as a test",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="tests.openid.urls",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "provider.sqlite3")}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [("django.template.loaders.locmem.Loader", {"registration/login.html": TEMPLATE})],
                    "context_processors": ["django.template.context_processors.request"],
                },
            }
        ],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        LOGIN_URL="/login/",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": key(),
            "OAUTH2_VALIDATOR_CLASS": "tests.openid.claims.Validator",
            "SCOPES": {"openid": "who you are", "email": "your address"},
            "PKCE_REQUIRED": True,
        },
    )


def fill(return_to: list[str]) -> None:
    from django.contrib.auth.models import User
    from oauth2_provider.models import Application

    for name in ("wyn", "nobody", "gone", "elsewhere", "swapped", *MISCHIEF):
        User.objects.create_user(name, "wyn@example.org" if name in MISCHIEF else f"{name}@example.org", PASSWORD)
    User.objects.filter(username="swapped").update(email="wyn@example.org")
    Application.objects.create(
        name="MAPPA",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=" ".join(return_to),
        algorithm=Application.RS256_ALGORITHM,
        skip_authorization=True,
    )


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
        """Nothing: what matters is what the other side makes of it."""


def main() -> None:
    folder, return_to = Path(sys.argv[1]), sys.argv[2:]
    configure(folder)
    django.setup()
    call_command("migrate", verbosity=0)
    fill(return_to)
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    sys.stdout.write(json.dumps({"address": f"http://127.0.0.1:{server.server_port}"}) + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
