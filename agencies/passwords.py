"""Length of passwords. No composition rules and no expiry; known passwords are refused by Django's own list."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from .models import User
from .roles import Role

MIN_LENGTH = 12
ADMINISTRATOR_MIN_LENGTH = 15

# Who configures the system for everybody: a guessed password of theirs costs most.
ADMINISTRATORS = (Role.SYSTEM_ADMINISTRATOR,)


def min_length_for(user: AbstractBaseUser | None) -> int:
    """The shortest password this person may have. A role that has ended, or has not begun, counts too."""
    if isinstance(user, User) and user.pk is not None and user.memberships.filter(role__in=ADMINISTRATORS).exists():
        return ADMINISTRATOR_MIN_LENGTH
    return MIN_LENGTH


class LengthByRoleValidator:
    """Refuses a password that is too short for the person's roles."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ``ValidationError`` naming the length asked for."""
        shortest = min_length_for(user)
        if len(password) < shortest:
            raise ValidationError(
                "This password is too short. It must have at least %(shortest)d characters.",
                code="password_too_short",
                params={"shortest": shortest},
            )

    def get_help_text(self) -> str:
        return (
            f"Use at least {MIN_LENGTH} characters, or {ADMINISTRATOR_MIN_LENGTH} if you administer the system. "
            "Three random words make a good password."
        )


def is_too_short(user: User, password: str) -> bool:
    """The password was long enough once, but no longer is: its holder has become an administrator since."""
    return len(password) < min_length_for(user)
