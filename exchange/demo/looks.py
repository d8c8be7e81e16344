"""Looks at records that stand out, for information governance to find: of two people, on the day of loading.

The log tells real time, so that they are of the real day, whatever day the demonstration pretends.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Count

from agencies.models import Area, Membership, User
from agencies.principal import Principal
from audit.reads import AccessKind, reading, searched, showed
from cases.models import Address, WhereaboutsSpan
from rules.vocabulary import Handling, Whereabouts

# Searched for his own name.
GARY = "gary.stonechat@example.org"
# Opened the records of everybody at one postcode, none of whom is his case.
BEN = "ben.siskin@example.org"
NEIGHBOURS = 3
# They have lived there so long that it holds on the real day, too.
SETTLED = timedelta(days=365)


def load_looks(today: date, area: Area, users: Mapping[str, User]) -> None:
    """Write into the access log what the two would have left there. Nobody but them is in it."""
    gary, ben = (_of(users[email], today) for email in (GARY, BEN))
    with reading(gary, kind=AccessKind.SEARCH):
        searched([users[GARY].family_name], 0)
    for nominal_id in neighbours(area, today):
        with reading(ben, kind=AccessKind.VIEW):
            showed(AccessKind.VIEW, [nominal_id])


def neighbours(area: Area, today: date) -> list[int]:
    """The first managed people at the first postcode at which several live in a home of their own."""
    elsewhere = WhereaboutsSpan.objects.filter(ends_on=None).exclude(kind=Whereabouts.COMMUNITY)
    homes = Address.objects.filter(
        nominal__area=area, nominal__handling=Handling.ORDINARY, starts_on__lte=today - SETTLED, ends_on=None
    ).exclude(nominal__in=elsewhere.values("nominal"))
    shared = homes.exclude(postcode="").values("postcode").annotate(number=Count("nominal", distinct=True))
    first = shared.filter(number__gte=NEIGHBOURS).order_by("postcode").values_list("postcode", flat=True)[:1]
    found = homes.filter(postcode__in=first).order_by("nominal").values_list("nominal", flat=True).distinct()
    return list(found[:NEIGHBOURS])


def _of(user: User, today: date) -> Principal:
    return Principal.for_membership(Membership.objects.select_related("user").get(user=user), on=today)
