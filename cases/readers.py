"""Named reads about who may read a record: who can be let in, who reads it while it is restricted, who is kept out."""

from datetime import date

from django.db.models import Q, QuerySet

from agencies.models import Agency, Membership, User
from agencies.principal import Principal
from agencies.roles import Perm, roles_with
from rules.core import Period
from rules.vocabulary import Handling

from .models import Exclusion, Nominal


def lasting(on: date) -> Q:
    """Spans that are not over on the day: open on it, or ahead."""
    return Q(ends_on__isnull=True) | Q(ends_on__gte=on)


def about_them(principal: Principal) -> Q:
    """Exclusions of the principal, or of the agency they act for."""
    about = Q(user=principal.user_id) if principal.user_id is not None else Q(pk__in=[])
    return about if principal.agency_id is None else about | Q(agency=principal.agency_id)


def exclusions_told(principal: Principal, nominal: Nominal) -> QuerySet[Exclusion]:
    """Who is, was or will be kept out of the case. Nobody learns of one about themselves or their agency (R100)."""
    return nominal.exclusions.exclude(about_them(principal))


def kept_out(nominal: Nominal, on: date, *, user: User, agency: Agency | None = None) -> bool:
    """Whether an exclusion keeps the person, or the agency they would act for, out of the case on the day or later."""
    whom = Q(user=user) if agency is None else Q(user=user) | Q(agency=agency)
    return nominal.exclusions.filter(lasting(on), whom).exists()


def readers_in(area_id: int, *, on: date) -> QuerySet[User]:
    """People with a role in the area, on the day or ahead, that reads cases: who can be let in, or kept out."""
    posts = Membership.objects.filter(lasting(on), area=area_id, role__in=roles_with(Perm.NOMINAL_VIEW))
    return User.objects.filter(pk__in=posts.values("user"), is_active=True)


def readers_for(nominal: Nominal, *, on: date) -> QuerySet[User]:
    """Of those, whom this record can be opened to: behind the Category 4 wall, the cleared."""
    people = readers_in(nominal.area_id, on=on)
    return people.filter(category_4=True) if nominal.handling == Handling.CATEGORY_4 else people


def times_of_readers(nominal: Nominal, *, on: date) -> list[tuple[int, int, Period]]:
    """When who reads the record while it is restricted, from the day on: person, agency they act for, and time.

    Whoever is kept out on any of these days, has no role that reads cases or is disabled does not count.
    """
    grants = nominal.personal_grants.filter(lasting(on), named_reader=True)
    times = [(grant.user_id, Period(max(grant.starts_on, on), grant.ends_on)) for grant in grants]
    out = list(nominal.exclusions.filter(lasting(on)).values_list("user", "agency"))
    people, agencies = {user for user, _ in out}, {agency for _, agency in out}
    posts = Membership.objects.filter(
        lasting(on), user__in=[user for user, _ in times], user__is_active=True, role__in=roles_with(Perm.NOMINAL_VIEW)
    )
    return [
        (user, post.agency_id, time)
        for user, granted in times
        for post in posts
        if post.user_id == user and user not in people and post.agency_id not in agencies
        if (time := granted.intersection(Period(post.starts_on, post.ends_on))) is not None
    ]
