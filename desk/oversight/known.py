"""Of whom a reader of the logs may know, and how rows of evidence say who and whom."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.urls import reverse

from agencies.access import visible
from agencies.models import Membership, User
from agencies.principal import Principal
from agencies.queries import users_of
from agencies.roles import Perm, Role
from audit.models import Evidence
from audit.searching import Known
from cases.models import Nominal
from mappa import clock

# More records than this are folded: an entry about a file of the whole register was thousands of lines high.
SHOWN_AT_ONCE = 12


@dataclass(frozen=True)
class Actor:
    """Who did something, in words, with the address of what else they did."""

    name: str
    role: str
    url: str = ""


@dataclass(frozen=True)
class Reference:
    """A managed person by number, with the address of their log. No name: a log opens no case (R104)."""

    number: int
    url: str


@dataclass(frozen=True)
class Records:
    """Managed people whom a row of evidence is about: those shown, and how many others there are."""

    shown: Sequence[Reference]
    others: int = 0

    @property
    def folded(self) -> bool:
        """So many that they stand behind a fold, with their number on it."""
        return len(self.shown) > SHOWN_AT_ONCE


def known_to(principal: Principal) -> Known:
    """In three queries: people the access engine lets them know of, and the roles and accounts of their area."""
    members = Membership.objects.all()
    if principal.area_id is not None:
        members = members.filter(area=principal.area_id)
    return Known(
        nominals=list(visible(principal, Nominal.objects.all(), Perm.LOGS_VIEW).values_list("pk", flat=True)),
        members=list(members.values_list("pk", flat=True)),
        users=list(users_of(principal).values_list("pk", flat=True)),
    )


def actors_of(rows: Iterable[Evidence], *, log: str, known: Known) -> list[Actor]:
    """Who each row is by, in two queries. ``log`` names the page of one account's log.

    Somebody of another area is named as far as what they did to a person of this one goes, and leads nowhere.
    """
    rows = list(rows)
    names = {user.pk: user.name for user in User.objects.filter(pk__in={row.user_id for row in rows} - {None})}
    posts = posts_of(row.membership_id for row in rows)
    ours = frozenset(known.users)
    found = []
    for row in rows:
        role = Role(row.role).label if row.role in set(Role) else ""
        agency = posts.get(row.membership_id or 0, "")
        if row.user_id is None:
            found.append(Actor(row.agent.replace("_", " ").capitalize() or "Nobody signed in", "The system itself"))
            continue
        url = reverse(log, args=[row.user_id]) if row.user_id in ours else ""
        found.append(Actor(names.get(row.user_id, f"user {row.user_id}"), ", ".join(filter(None, (role, agency))), url))
    return found


def posts_of(members: Iterable[int | None]) -> dict[int, str]:
    """The agency of each membership, in one query."""
    rows = Membership.objects.filter(pk__in=set(members) - {None})
    return dict(rows.values_list("pk", "agency__name"))


def references(ids: Collection[int], *, log: str) -> Sequence[Reference]:
    return [Reference(each, reverse(log, args=[each])) for each in ids]


def begin_of(day: date) -> datetime:
    """The first moment of the day in London."""
    return datetime.combine(day, time(), clock.LONDON)


def end_of(day: date) -> datetime:
    """The first moment after the day."""
    return begin_of(day + timedelta(days=1))
