"""Who can open a record and who has looked at it, in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from agencies.access import Holder
from agencies.models import Membership, User
from agencies.principal import Principal
from agencies.roles import Role
from audit.context import AccessKind
from audit.reads import access_of_nominal
from rules.vocabulary import ParticipationSource

from .routes import words_of

SIZE = 50
WHAT = {
    AccessKind.LIST: "Seen in a list",
    AccessKind.VIEW: "Opened",
    AccessKind.SEARCH: "Found by a search",
    AccessKind.LOG: "Named in a log",
    AccessKind.PRINT: "Printed",
    AccessKind.EXPORT: "Exported",
    AccessKind.DENIED: "Refused",
}


@dataclass(frozen=True)
class Look:
    """That the record was shown, or refused, on ``pages`` of these kinds: ``times`` within the same minute."""

    who: str
    role: str
    agency: str
    what: str
    at: datetime
    pages: Sequence[str] = ()
    times: int = 1


@dataclass(frozen=True)
class Looks:
    """A page of looks, newest first. ``older`` is the key to go on from, None on the last page."""

    rows: Sequence[Look]
    older: int | None


def because(holder: Holder) -> str:
    """By what somebody can open the record: the reach of their role, or the grant to them by name."""
    return ParticipationSource(holder.source).label if holder.source else holder.via.label


def who_looked(principal: Principal, nominal_id: int, *, before: int | None = None) -> Looks:
    """Looks at a record, newest first, older than the key ``before``, in three queries. Whether one may ask is for the
    caller.
    """
    found = access_of_nominal(principal, nominal_id, before=before, size=SIZE + 1)
    rows = found[:SIZE]
    names = {user.pk: user.name for user in User.objects.filter(pk__in={row.user_id for row in rows} - {None})}
    members = Membership.objects.filter(pk__in={row.membership_id for row in rows} - {None})
    agencies = dict(members.values_list("pk", "agency__name"))
    each = [
        (
            Look(
                who=names.get(row.user_id, "") if row.user_id is not None else row.agent.replace("_", " "),
                role=Role(row.role).label if row.role in set(Role) else row.role,
                agency=agencies.get(row.membership_id or 0, ""),
                what=WHAT.get(AccessKind(row.kind), "Read by a task"),
                at=row.at.replace(second=0, microsecond=0),
            ),
            words_of(row.route) if row.user_id is not None else "",
        )
        for row in rows
    ]
    looks = []
    for look, alike in groupby(each, key=lambda pair: pair[0]):
        pages = [page for _, page in alike]
        looks.append(replace(look, pages=tuple(filter(None, dict.fromkeys(pages))), times=len(pages)))
    return Looks(looks, rows[-1].pk if len(found) > SIZE else None)
