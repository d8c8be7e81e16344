"""From the access log and the register to the facts that the rules on looks take: one account's day at a time.

However many looks there are, it costs the same queries: the log, and one for each thing that is asked about the people
looked at. Users have no address, so that neighbours are found by the postcode that managed people share.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from agencies.models import Membership, User
from agencies.models.oversight import LookReview
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm, Role, Scope, scope_of
from agencies.services.oversight import reviews_of
from audit.reads import digest_of
from audit.searching import Hour, Known, hours
from cases.models import Address, Alias, NamedOfficerSpan, Nominal, PersonalGrant, WhereaboutsSpan
from mappa import clock
from rules.anomalies import Anomaly, DayOfLooks, LookFacts, anomalies
from rules.parameters import Parameters
from rules.vocabulary import AnomalyKind, Whereabouts

from .known import begin_of, end_of, known_to

# A page of what stands out shows so many days before its last.
WEEK = timedelta(days=6)
Span = tuple[Any, date, date | None]


@dataclass(frozen=True)
class Standing:
    """A day of an account on which something stands out, and what has been said about it."""

    user: User
    day: date
    anomalies: Sequence[Anomaly]
    reviews: Sequence[LookReview]

    @property
    def kinds(self) -> list[AnomalyKind]:
        return [each.kind for each in self.anomalies]

    @property
    def open(self) -> bool:
        """Something stands out at which nobody has looked yet."""
        return not set(self.kinds) <= {kind for review in self.reviews for kind in review.kinds}

    @property
    def records(self) -> list[int]:
        return sorted({record for each in self.anomalies for record in each.records})


def standing_out(
    principal: Principal, known: Known, *, first: date, last: date, user: int | None = None
) -> list[Standing]:
    """What stands out between two days, both included: what waits for somebody first, then the newest."""
    rows = hours(principal, known, since=begin_of(first), until=end_of(last), user=user)
    about = _About(rows)
    params = Parameters() if principal.area_id is None else parameters_for(principal.area_id)
    by_day: dict[tuple[int, date], list[Hour]] = defaultdict(list)
    for row in rows:
        by_day[row.user_id, row.hour.date()].append(row)
    said: dict[tuple[int, date], list[LookReview]] = defaultdict(list)
    for review in reviews_of(principal).filter(looked_on__range=(first, last)):
        said[review.user_id, review.looked_on].append(review)
    found = []
    for (user_id, day), of_day in by_day.items():
        if stands := anomalies(about.day(user_id, day, of_day), params):
            found.append(Standing(about.users[user_id], day, stands, said[user_id, day]))
    return sorted(found, key=lambda each: (not each.open, -each.day.toordinal(), each.user.family_name, each.user.pk))


def days_waiting(principal: Principal) -> int:
    """How many days of accounts stand out in the last week and wait for somebody to look."""
    last = clock.moment().date()
    return sum(each.open for each in standing_out(principal, known_to(principal), first=last - WEEK, last=last))


class _About:
    """What is known of everybody who looked and everybody looked at."""

    def __init__(self, rows: Sequence[Hour]) -> None:
        people = {record for row in rows for record in row.opened}
        users = {row.user_id for row in rows}
        self.users = User.objects.in_bulk(users)
        posts = Membership.objects.filter(pk__in={row.membership_id for row in rows})
        reach = {pk: scope_of(Role(role), Perm.NOMINAL_VIEW) for pk, role in posts.values_list("pk", "role")}
        self.by_area = {pk for pk, scope in reach.items() if scope is Scope.AREA}
        # Whose role opens no record: what they exported were figures, or logs that name records by number.
        self.no_records = {pk for pk, scope in reach.items() if scope is None}
        self.names = _surnames(people)
        self.homes = _spans(Address.objects.filter(nominal__in=people).exclude(postcode=""), "nominal", "postcode")
        elsewhere = WhereaboutsSpan.objects.filter(nominal__in=people).exclude(kind=Whereabouts.COMMUNITY)
        self.elsewhere = _spans(elsewhere, "nominal", "kind")
        granted = PersonalGrant.objects.filter(user__in=users, content_object__in=people)
        officers = NamedOfficerSpan.objects.filter(officer__in=users, nominal__in=people)
        self.cases = _spans(granted, "content_object", "user")
        for record, spans in _spans(officers, "nominal", "officer").items():
            self.cases[record].extend(spans)

    def day(self, user_id: int, day: date, rows: Sequence[Hour]) -> DayOfLooks:
        user = self.users[user_id]
        own = user.family_name.casefold().strip()
        looks = tuple(
            LookFacts(
                record=record,
                hour=row.hour.hour,
                own_name=own in self.names[record],
                own_case=user_id in _on(self.cases.get(record, ()), day),
                by_area=row.membership_id in self.by_area,
                postcode=self._home(record, day),
            )
            for row in rows
            if row.membership_id not in self.no_records
            for record in row.opened
        )
        taken_out = tuple(
            (record, row.hour.hour)
            for row in rows
            if row.membership_id not in self.no_records
            for record in row.taken_out
        )
        terms = {term for row in rows for term in row.terms}
        searches = (user.family_name, user.name, f"{user.family_name} {user.given_name}")
        searched_own_name = not terms.isdisjoint(digest_of(text) for text in searches)
        return DayOfLooks(day, looks, sum(row.refused for row in rows), searched_own_name, taken_out)

    def _home(self, record: int, day: date) -> str:
        """Empty for whoever does not live in a home of their own: hostels hold several by arrangement."""
        if _on(self.elsewhere.get(record, ()), day):
            return ""
        homes = [str(home).replace(" ", "").upper() for home in _on(self.homes.get(record, ()), day)]
        return min(homes, default="")


def _surnames(people: Collection[int]) -> dict[int, set[str]]:
    names: dict[int, set[str]] = defaultdict(set)
    rows = Nominal.objects.filter(pk__in=people).values_list("pk", "family_name")
    for record, name in (*rows, *Alias.objects.filter(nominal__in=people).values_list("nominal", "family_name")):
        names[record].add(name.casefold().strip())
    return names


def _spans(rows: "QuerySet[Any]", key: str, value: str) -> dict[int, list[Span]]:
    """What holds from a day to a day, by the person it is about."""
    found: dict[int, list[Span]] = defaultdict(list)
    for record, *span in rows.values_list(key, value, "starts_on", "ends_on"):
        found[record].append((span[0], span[1], span[2]))
    return found


def _on(spans: Iterable[Span], day: date) -> list[Any]:
    return [what for what, starts_on, ends_on in spans if starts_on <= day and (ends_on is None or day <= ends_on)]
