"""Grants that follow spans: of the agency that leads, and of the officer who is named (R97)."""

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from cases.models import CaseParticipation, Nominal, PersonalGrant
from rules.core import Period, merged
from rules.vocabulary import ParticipationSource

FOLLOWS_A_SPAN = (ParticipationSource.LEAD, ParticipationSource.NAMED_OFFICER)


def the_permission() -> Permission:
    """The one codename of the grant tables."""
    return Permission.objects.get(codename="take_part", content_type__app_label="cases")


def periods_by_holder(spans: Iterable[tuple[int, Period]]) -> dict[int, list[Period]]:
    """The days of each holder as the fewest periods: what a grant that follows spans must cover."""
    found: dict[int, list[Period]] = defaultdict(list)
    for holder, period in spans:
        found[holder].append(period)
    return {holder: list(merged(periods)) for holder, periods in found.items()}


def follow_leads(nominal: Nominal) -> None:
    """Bring the grants of lead agencies in line with their spans; the caller is a service that holds the lock."""
    spans = nominal.lead_agencies.select_related("agency")
    wanted = periods_by_holder((span.agency.group_id, Period(span.starts_on, span.ends_on)) for span in spans)
    _follow(nominal.participations.filter(source=ParticipationSource.LEAD), "group_id", wanted, nominal)


def follow_officers(nominal: Nominal) -> None:
    """Bring the grants of named officers in line with their spans; the caller is a service that holds the lock."""
    spans = nominal.named_officers.all()
    wanted = periods_by_holder((span.officer_id, Period(span.starts_on, span.ends_on)) for span in spans)
    _follow(nominal.personal_grants.filter(source=ParticipationSource.NAMED_OFFICER), "user_id", wanted, nominal)


def _follow(
    grants: "QuerySet[CaseParticipation] | QuerySet[PersonalGrant]",
    holder: str,
    wanted: dict[int, list[Period]],
    nominal: Nominal,
) -> None:
    """Grants that are right stay; one that only ends differently is moved; the rest go and come."""
    missing = {(key, period.starts_on): period.ends_on for key, periods in wanted.items() for period in periods}
    source = ParticipationSource.LEAD if holder == "group_id" else ParticipationSource.NAMED_OFFICER
    for grant in grants:
        held = (getattr(grant, holder), grant.starts_on)
        if held not in missing:
            grant.delete()
            continue
        ends_on = missing.pop(held)
        if ends_on != grant.ends_on:
            grants.filter(pk=grant.pk).update(ends_on=ends_on)
    for (key, starts_on), ends_on in missing.items():
        grants.model.objects.create(
            content_object=nominal, permission=the_permission(), source=source, starts_on=starts_on, ends_on=ends_on,
            **{holder: key},
        )  # fmt: skip
