"""Who acts: a value handed to access, services and evidence, made afresh for every request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from .roles import Role

if TYPE_CHECKING:
    from .models import Membership, User


class Kind(StrEnum):
    """What kind of actor this is."""

    USER = "user"
    SYSTEM = "system"


@dataclass(frozen=True)
class Principal:
    """A person in one role, or a task or command.

    ``on`` is the day for which grants, exclusions and the membership are read. ``role`` is ``None`` for a signed-in
    person who holds no role that day: they reach their own account only.
    """

    kind: Kind
    user_id: int | None
    name: str
    membership_id: int | None
    role: Role | None
    agency_id: int | None
    area_id: int | None
    category_4: bool
    on: date
    request_id: str = ""
    purpose: str = ""
    stepped_up_at: datetime | None = None

    @classmethod
    def system(cls, name: str, *, on: date, request_id: str = "") -> Principal:
        """A task or command, named for the evidence."""
        return cls(Kind.SYSTEM, None, name, None, Role.SYSTEM, None, None, True, on, request_id)

    @classmethod
    def for_user(
        cls, user: User, *, on: date, request_id: str = "", stepped_up_at: datetime | None = None
    ) -> Principal:
        """A signed-in person who acts in no role."""
        return cls(
            Kind.USER, user.pk, user.name, None, None, None, None, False, on, request_id, stepped_up_at=stepped_up_at
        )

    @classmethod
    def for_membership(
        cls, membership: Membership, *, on: date, request_id: str = "", stepped_up_at: datetime | None = None
    ) -> Principal:
        """A person in the role, agency and area of one membership. Raises ``ValueError`` if it does not hold."""
        user = membership.user
        if not membership.holds_on(on) or not user.is_active:
            raise ValueError("This membership does not hold on that day.")
        return cls(
            Kind.USER,
            user.pk,
            user.name,
            membership.pk,
            Role(membership.role),
            membership.agency_id,
            membership.area_id,
            user.category_4,
            on,
            request_id,
            stepped_up_at=stepped_up_at,
        )

    @property
    def is_signed_in(self) -> bool:
        """A person stands behind it, in a role or not."""
        return self.kind is Kind.USER

    def with_purpose(self, purpose: str) -> Principal:
        """The same actor with a stated purpose, for the access log."""
        return replace(self, purpose=purpose)
