"""The marking of everything that leaves the screen (R102): classification, handling caveat, user, time, copy number.

PDF, Word and spreadsheets carry the same words. The number comes from a row that is written in the transaction of the
page or task that makes the copy: without the row there is no copy.
"""

from dataclasses import dataclass
from datetime import datetime

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from pages.dates import british_moment
from rules.core import Decision
from rules.printing import marking_lines

from .models import Copy

CLASSIFICATION = "OFFICIAL-SENSITIVE"
CAVEAT = "For MAPPA purposes only. Need to know: do not copy or pass on without the MAPPA unit's agreement."


@dataclass(frozen=True)
class Marking:
    """What stands on every page. `who` is the person who took the copy and the role they acted in."""

    who: str
    made_at: datetime
    copy_number: int
    classification: str = CLASSIFICATION
    caveat: str = CAVEAT

    @property
    def origin(self) -> str:
        """Who took the copy, when (London's time), and its number, in one line."""
        return self.lines[-1]

    @property
    def lines(self) -> tuple[str, str, str]:
        """The whole marking, line by line: for the head and foot of a page, or the first rows of a sheet."""
        moment = british_moment(self.made_at)
        return marking_lines(self.classification, self.caveat, self.who, moment, self.copy_number)


def may_take_copy(*, by: Principal, what: str = "") -> Decision:  # noqa: ARG001
    """Whether whoever acts may take a marked copy at all; what may be in it is asked where it is made."""
    return can(by, Perm.COPY_TAKE)


@service(event="copy_taken", asks=may_take_copy)
def take_copy(*, by: Principal, at: datetime, what: str, root: int | None = None) -> Copy:
    """Give the next copy its number: `what` is the code of what is copied, `root` the nominal it is about, if any.

    Raises ``Refused``.
    """
    may_take_copy(by=by, what=what).or_refuse()
    copy = Copy.objects.create(what=what, taken_at=at, taken_by_id=by.user_id, role=str(by.role or ""))
    record_event(copy, root=root, copy=copy.pk, what=what)
    return copy


def marking_for(by: Principal, *, at: datetime, what: str = "document", root: int | None = None) -> Marking:
    """The marking of a copy that is taken now, numbered in the current transaction (R102).

    `at` is the moment that the pages show. Raises ``Refused`` for whoever may take no copy.
    """
    copy = take_copy(by=by, at=at, what=what, root=root)
    who = f"{by.name}, {by.role.label}" if by.user_id is not None and by.role is not None else by.name
    return Marking(who=who, made_at=at, copy_number=copy.pk)
