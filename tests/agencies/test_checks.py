"""Production refuses a dangerous way of signing in."""

from typing import Any

import pytest
from pytest_django import Settings

from agencies.checks import sign_in_is_safe

IN_MEMORY = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def faults() -> list[str | None]:
    return [fault.id for fault in sign_in_is_safe()]


def test_settings_are_safe() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"MAPPA_SECOND_FACTOR_REQUIRED": False, "TESTING": False}, "agencies.E001", id="no second factor"),
        pytest.param({"MFA_TOTP_TOLERANCE": 1}, "agencies.E002", id="codes that hold longer"),
        pytest.param({"MFA_TOTP_INSECURE_BYPASS_CODE": "123456"}, "agencies.E003", id="a code that always works"),
        pytest.param({"CACHES": IN_MEMORY}, "agencies.E004", id="limits in memory"),
        pytest.param({"ACCOUNT_RATE_LIMITS": False}, "agencies.E004", id="no limits"),
    ],
)
def test_dangerous_settings_are_named(settings: Settings, changes: dict[str, Any], expected: str) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert faults() == [expected]


def test_demonstration_may_do_without_a_second_factor(settings: Settings) -> None:
    settings.MAPPA_SECOND_FACTOR_REQUIRED, settings.MAPPA_DEMO, settings.TESTING = False, True, False
    assert faults() == []
