"""Settings: the one file. What differs between installations comes from `mappa.env`; all else is decided here."""

import sys
from datetime import timedelta
from typing import Any

import django_stubs_ext
import structlog
from csp.constants import NONE, SELF

from mappa import devstack, env
from mappa.logs import without_keys, without_texts
from rules import vocabulary as words
from rules.levels import DECIDED_BY_PEOPLE

django_stubs_ext.monkeypatch()

environment = env.read()
BASE_DIR = env.BASE_DIR
DATA_DIR = env.DATA_DIR

# --- What kind of installation this is ------------------------------------------------------------------------------

TESTING = environment.testing
DEBUG = environment.debug
MAPPA_DEMO = environment.demo
MAPPA_PRETENDED_DAY_ALLOWED = environment.demo or environment.testing
MAPPA_SECOND_FACTOR_REQUIRED = environment.second_factor
MAPPA_ENVIRONMENT = environment
# How often one address may ask for calendar feeds that are not there.
MAPPA_FEED_MISSES = "20/m/ip"
# How long a letter may wait before /health/ready and the System page say so.
MAPPA_OUTBOX_WAITS = timedelta(minutes=environment.outbox_minutes)

# A demonstration or test makes a key of its own and keeps it in .data; production must bring one (mappa.E002).
SECRET_KEY = environment.secret_key or ("" if environment.production else devstack.secret_key())
SECRET_KEY_FALLBACKS = list(environment.former_secret_keys)
ALLOWED_HOSTS = list(environment.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [environment.origin] if environment.origin else []

# --- Parts ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "agencies.User"

INSTALLED_APPS = [
    "audit",
    "agencies",
    "pages",
    "letters",
    "cases",
    "meetings",
    "disclosures",
    "board",
    "exchange",
    "desk",
    "mappa.checks.Configuration",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django_cotton",
    "django_htmx",
    "csp",
]

# The outer middleware opens the transaction of the request and writes who looked at what; the inner one, last, undoes
# what a failed view wrote. Between them everything may read and write, and nothing is served without its evidence.
MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mappa.health.HealthMiddleware",
    "mappa.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "audit.middleware.OuterMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "agencies.middleware.ActivityMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "agencies.middleware.PrincipalMiddleware",
    "audit.middleware.InnerMiddleware",
]

ROOT_URLCONF = "mappa.urls"
WSGI_APPLICATION = "mappa.wsgi.application"
ASGI_APPLICATION = "mappa.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [],
        },
    }
]
COTTON_DIR = "components"
FORM_RENDERER = "pages.forms.Renderer"

# --- Database and cache ---------------------------------------------------------------------------------------------

# The longest that one statement may take, by kind of process: a page that waits longer is better refused.
STATEMENT_TIMEOUT_MS = {"page": 5_000, "task": 60_000, "command": 0}[env.process_kind()]


def database(role: env.DatabaseRole) -> dict[str, Any]:
    """How to reach the database as this role; without DATABASE_URL the embedded one, which starts by itself."""
    address = environment.database
    if role is env.DatabaseRole.MIGRATOR and environment.migrator_database is not None:
        address = environment.migrator_database
    limits = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c jit=off -c random_page_cost=1.1"
    if env.process_kind() == "page":
        limits += " -c lock_timeout=2000 -c idle_in_transaction_session_timeout=15000"
        # What a page asks is answered sooner than a second process of the server has begun to help.
        limits += " -c max_parallel_workers_per_gather=0"
    common: dict[str, Any] = {
        "CONN_MAX_AGE": 60 if env.process_kind() == "page" else 0,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"CHARSET": "UTF8"},
    }
    if address is None:
        return {
            **common,
            "ENGINE": "mappa.embedded",
            "NAME": environment.embedded_name,
            "USER": role.value,
            "OPTIONS": {"options": limits},
        }
    return {
        **common,
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.name,
        "USER": address.user or role.value,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port,
        "OPTIONS": {**address.options, "options": limits},
    }


DATABASES = {"default": database(env.database_role(sys.argv))}
# Sign-in limits and used codes are kept by a connection of their own that commits at once: within the transaction of
# the request, sign-ins from one address would wait for one another, and a refused request would forget its attempt.
DATABASES["cache"] = {**DATABASES["default"], "TEST": {"MIRROR": "default"}}
DATABASE_ROUTERS = ["mappa.routers.CacheRouter"]
MAPPA_CACHE_CONNECTION = "cache"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}}

# --- Sign-in --------------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

# Length and a list of passwords known to attackers; no composition rules and no expiry (NCSC, password guidance).
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "agencies.passwords.LengthByRoleValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "given_name", "family_name"]},
    },
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher" if TESTING else "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

ACCOUNT_ADAPTER = "agencies.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "agencies.forms.SignInForm",
    "reauthenticate": "agencies.forms.ReauthenticateForm",
    "change_password": "agencies.forms.ChangePasswordForm",
    "reset_password": "agencies.forms.ResetPasswordForm",
    "reset_password_from_key": "agencies.forms.ResetPasswordKeyForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if environment.production else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = environment.trusted_proxies

MFA_ADAPTER = "agencies.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "agencies.forms.SecondFactorForm",
    "reauthenticate": "agencies.forms.SecondFactorAgainForm",
    "activate_totp": "agencies.forms.ActivateTOTPForm",
    "add_webauthn": "agencies.forms.AddPasskeyForm",
    "edit_webauthn": "agencies.forms.RenamePasskeyForm",
}
# A passkey is bound to the host name of the address: it works at http://localhost, never at a bare number.
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
MFA_TOTP_TOLERANCE = 0
MFA_TOTP_ISSUER = "MAPPA"
MFA_RECOVERY_CODE_DIGITS = 12
MFA_ALLOW_UNVERIFIED_EMAIL = True
USERSESSIONS_TRACK_ACTIVITY = True

# Fifteen idle minutes; a demonstration, which is read at leisure, keeps its ten hours.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 10 * 60 * 60 if environment.demo else 15 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Grants are read by agencies/access.py alone; guardian's own ways in stay shut.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # guardian's backend is left out on purpose: it honours grants that have expired
]

# --- Web ------------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "pages.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = environment.production
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.trusted_proxies else None
SECURE_HSTS_SECONDS = 63_072_000 if environment.production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static" / "build"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "mappa.staticfiles.HashedFiles"
    },
}
WHITENOISE_USE_FINDERS = TESTING
WHITENOISE_AUTOREFRESH = TESTING
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "MAPPA case management",
    "DESCRIPTION": (
        "The register and its search, referrals and notifications, panels, sittings, agencies and accounts, under the "
        "same guards as the pages."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    # Words that several fields share, or of which several sets go by one field's name. Without a name of its own such
    # a set is called by a digest of its words, which changes with every new one.
    "ENUM_NAME_OVERRIDES": {
        "ActionOutcomeEnum": words.choices(words.ActionOutcome),
        "CategoryEnum": words.choices(words.Category),
        "DeclineReasonEnum": words.choices(words.DeclineReason),
        "HandlingEnum": words.choices(words.Handling),
        "ParticipationSourceEnum": words.choices(words.ParticipationSource),
        "HospitalSectionEnum": words.choices(words.HospitalSection),
        "IdentifierKindEnum": words.choices(words.IdentifierKind),
        "KeyDateKindEnum": words.choices(words.KeyDateKind),
        "LevelEnum": words.choices(words.Level),
        "LevelDecidedByPeopleEnum": [(body.value, body.label) for body in DECIDED_BY_PEOPLE],
        "MeetingKindEnum": words.choices(words.MeetingKind),
        "MultiAgencyLevelEnum": [(level.value, level.label) for level in words.Level if level.is_multi_agency],
        "OffenceOutcomeEnum": words.choices(words.OffenceOutcome),
        "ReferralDoneEnum": [*words.choices(words.ReferralVerb), *words.choices(words.ReferralHand)],
        "ReferralStateEnum": words.choices(words.ReferralState),
        "ReferralVerbEnum": words.choices(words.ReferralVerb),
        "RiskLevelEnum": words.choices(words.RiskLevel),
        "ScreeningOutcomeEnum": words.choices(words.ScreeningOutcome),
        "TenureEnum": words.choices(words.Tenure),
        "WhereaboutsEnum": words.choices(words.Whereabouts),
    },
}

# --- Mail, work in the background, logs -----------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.email_from
if TESTING:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
elif environment.email is None:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
else:
    EMAIL_HOST, EMAIL_PORT = environment.email.host, environment.email.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = environment.email.user, environment.email.password
    EMAIL_USE_TLS = environment.email.tls
    EMAIL_TIMEOUT = 10
# The mailbox to which calendar programs answer; None: they are not asked to.
MAPPA_REPLIES = environment.replies
# Where links in letters lead.
MAPPA_ADDRESS = environment.origin or "http://localhost:8000"

CELERY_BROKER_URL = environment.redis_url or devstack.valkey_url()
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A killed worker's task comes back after ten minutes, and who looks for such tasks does so every five seconds.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A page that has something to tell the worker does not wait for a queue that is gone.
    "socket_connect_timeout": 2,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
# Ticks often and decides nothing: what is due comes from the database, so a missed or doubled tick changes nothing.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "note-tick": {"task": "audit.tasks.note_tick_task", "schedule": 60.0},
    "verify-evidence": {"task": "audit.tasks.verify_evidence_task", "schedule": 300.0},
    "reconcile-obligations": {"task": "cases.tasks.reconcile_obligations_task", "schedule": 300.0},
    "send-letters": {"task": "letters.tasks.send_letters_task", "schedule": 60.0},
    "carry-out-successions": {"task": "agencies.tasks.carry_out_successions_task", "schedule": 300.0},
    "look-after-invitations": {"task": "meetings.tasks.look_after_invitations_task", "schedule": 600.0},
    "read-replies": {"task": "meetings.tasks.read_replies_task", "schedule": 300.0},
    "sweep-extracts": {"task": "exchange.tasks.sweep_extracts_task", "schedule": 60.0},
    "sweep-exports": {"task": "exchange.tasks.sweep_exports_task", "schedule": 60.0},
}

LOG_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[*LOG_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "foreign_pre_chain": LOG_PROCESSORS,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_texts,
                without_keys,
                structlog.processors.JSONRenderer()
                if environment.log_format == "json"
                else structlog.dev.ConsoleRenderer(colors=False),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING" if TESTING else "INFO"},
    "loggers": {
        # Statements and their parameters are personal data.
        "django.db.backends": {"level": "WARNING"},
    },
}
