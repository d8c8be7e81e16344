"""Who takes part: lead agency, named officer, other agencies and readers; and who is kept out (R97 to R100).

A grant row is the only participation. The grants of lead agencies and named officers follow their spans.
"""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from agencies.access import can
from agencies.kinds import LEADING
from agencies.models import Agency, User
from agencies.principal import Principal
from agencies.queries import is_officer_of
from agencies.roles import Perm
from agencies.spans import open_on
from audit.boundary import record_event, service
from cases.letters import tell_of_access
from cases.models import CaseParticipation, Exclusion, LeadAgencySpan, NamedOfficerSpan, Nominal, PersonalGrant
from cases.models.access import COMPARTMENT as ACCESS
from rules.core import Decision, Period, Reason, long_date, merged
from rules.vocabulary import Handling, ParticipationSource

from .locking import locked, unchanged
from .obligations import bring_in_line
from .splice import make_room, until_next

_CANNOT_LEAD = "A case is led by police, probation, youth justice, counter terrorism police or a health trust or board."
# One sentence for all causes: whoever is kept out of the case is not told from somebody without the role.
_NOT_THIS_OFFICER = (
    "This person cannot be named for this agency. Choose a practitioner or coordinator who works for it."
)

FOLLOWS_A_SPAN = (ParticipationSource.LEAD, ParticipationSource.NAMED_OFFICER)


def the_permission() -> Permission:
    """The one codename of the grant tables."""
    return Permission.objects.get(codename="take_part", content_type__app_label="cases")


def may_set_lead_agency(nominal: Nominal, *, by: Principal, today: date, agency: Agency | None = None) -> Decision:
    """Whether this agency may lead the case; without one, whether any may be named, for the button."""
    allowed = can(by, Perm.NOMINAL_EDIT, nominal)
    if not allowed or agency is None:
        return allowed
    refusals = [] if agency.kind in LEADING else [Reason(_CANNOT_LEAD, "R97")]
    return allowed & _takes_part(agency, nominal, today) & Decision.of(refusals)


@service(event="lead_agency_set", asks=may_set_lead_agency)
def set_lead_agency(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    agency_id: int,
    starts_on: date,
    ends_on: date | None = None,
    version: int | None = None,
) -> LeadAgencySpan:
    """Name the agency that leads from a day; the one before ends the day before, and so do its grants (R97).

    ``version`` is the stamp of the spans that were seen; without one nothing is compared. Raises ``Refused``, and
    ``pages.conflicts.Conflict`` when they have been changed since.
    """
    nominal, agency = locked(nominal_id), Agency.objects.get(pk=agency_id)
    unchanged(nominal.lead_agencies.all(), version)
    may_set_lead_agency(nominal, by=by, today=today, agency=agency).or_refuse()
    spans = nominal.lead_agencies.all()
    last_day = until_next(spans, starts_on, ends_on)
    make_room(spans, starts_on, last_day)
    span = LeadAgencySpan.objects.create(nominal=nominal, agency=agency, starts_on=starts_on, ends_on=last_day)
    follow_leads(nominal)
    bring_in_line([nominal.pk], today=today)
    record_event(span, root=nominal.pk, agency=agency_id, starts_on=starts_on)
    return span


def may_name_officer(
    nominal: Nominal, *, by: Principal, today: date, officer: User | None = None, agency: Agency | None = None
) -> Decision:
    """Whether this officer may be named; without one, whether any may be, for the button."""
    allowed = can(by, Perm.NOMINAL_EDIT, nominal)
    if not allowed or officer is None or agency is None:
        return allowed
    fit = is_officer_of(officer, agency, on=today) and not _kept_out(nominal, officer, agency, today)
    refusals = [] if fit else [Reason(_NOT_THIS_OFFICER, "R97")]
    return allowed & _takes_part(agency, nominal, today) & Decision.of(refusals)


@service(event="officer_named", asks=may_name_officer)
def name_officer(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    officer_id: int,
    agency_id: int,
    starts_on: date,
    ends_on: date | None = None,
    version: int | None = None,
) -> NamedOfficerSpan:
    """Name the agency's officer for the person from a day. The record is open to the officer for that time.

    ``version`` is the stamp of all named officers' spans that were seen; without one nothing is compared. Raises
    ``Refused``, and ``pages.conflicts.Conflict`` when they have been changed since.
    """
    nominal, agency, officer = locked(nominal_id), Agency.objects.get(pk=agency_id), User.objects.get(pk=officer_id)
    unchanged(nominal.named_officers.all(), version)
    may_name_officer(nominal, by=by, today=today, officer=officer, agency=agency).or_refuse()
    spans = nominal.named_officers.filter(agency=agency)
    last_day = until_next(spans, starts_on, ends_on)
    make_room(spans, starts_on, last_day)
    span = NamedOfficerSpan.objects.create(
        nominal=nominal, officer=officer, agency=agency, starts_on=starts_on, ends_on=last_day
    )
    follow_officers(nominal)
    tell_of_access(
        nominal, officer, by=by, today=today, event_key=f"officer_named:{span.pk}", starts_on=starts_on,
        ends_on=last_day,
    )  # fmt: skip
    record_event(span, root=nominal.pk, officer=officer_id, agency=agency_id, starts_on=starts_on)
    return span


def may_open_participation(
    nominal: Nominal, *, by: Principal, today: date, source: ParticipationSource = ParticipationSource.GRANT
) -> Decision:
    """Whether an agency's or a person's part in the case may be opened for this reason."""
    allowed = can(by, Perm.PARTICIPATION_RECORD, nominal)
    if source is ParticipationSource.NAMED_READER:
        return allowed & can(by, Perm.ACCESS_RESTRICT, nominal)
    if source in FOLLOWS_A_SPAN:
        return allowed & Decision.no(Reason("Name the lead agency or the officer instead.", "R97"))
    return allowed


@service(event="participation_opened", asks=may_open_participation)
def open_participation(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    agency_id: int,
    source: ParticipationSource = ParticipationSource.GRANT,
    starts_on: date,
    ends_on: date | None = None,
    reason: str = "",
) -> CaseParticipation:
    """Let an agency take part in the case from a day to a day. Raises ``Refused``."""
    nominal, agency = locked(nominal_id), Agency.objects.get(pk=agency_id)
    may_open_participation(nominal, by=by, today=today, source=source).or_refuse()
    grant: CaseParticipation = CaseParticipation.objects.create(
        content_object=nominal, permission=the_permission(), group_id=agency.group_id, source=source,
        starts_on=starts_on, ends_on=ends_on, reason=reason, granted_by_id=by.user_id,
    )  # fmt: skip
    record_event(grant, root=nominal.pk, compartment=ACCESS, agency=agency_id, source=source, starts_on=starts_on)
    return grant


@service(event="personal_grant_opened", asks=may_open_participation)
def grant_to_person(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    user_id: int,
    source: ParticipationSource = ParticipationSource.GRANT,
    starts_on: date,
    ends_on: date | None = None,
    reason: str = "",
) -> PersonalGrant:
    """Open the record to a person from a day to a day; as a named reader, also while it is restricted (R100).

    Raises ``Refused``.
    """
    nominal = locked(nominal_id)
    may_open_participation(nominal, by=by, today=today, source=source).or_refuse()
    grant: PersonalGrant = PersonalGrant.objects.create(
        content_object=nominal, permission=the_permission(), user_id=user_id, source=source,
        named_reader=source is ParticipationSource.NAMED_READER,
        starts_on=starts_on, ends_on=ends_on, reason=reason, granted_by_id=by.user_id,
    )  # fmt: skip
    tell_of_access(
        nominal, grant.user, by=by, today=today, event_key=f"personal_grant:{grant.pk}", starts_on=starts_on,
        ends_on=ends_on,
    )  # fmt: skip
    record_event(grant, root=nominal.pk, compartment=ACCESS, user=user_id, source=source, starts_on=starts_on)
    return grant


def may_close_participation(
    grant: CaseParticipation | PersonalGrant, *, by: Principal, today: date, ends_on: date | None = None
) -> Decision:
    """Whether the grant may end on that day."""
    allowed = may_open_participation(grant.content_object, by=by, today=today, source=ParticipationSource(grant.source))
    if ends_on is not None and ends_on < grant.starts_on:
        return allowed & Decision.no(Reason("It cannot end before it starts.", "R97"))
    return allowed


@service(event="participation_closed", asks=may_close_participation)
def close_participation(*, by: Principal, today: date, participation_id: int, ends_on: date) -> CaseParticipation:
    """Let an agency's part end on a day. Raises ``Refused``."""
    grant: CaseParticipation = CaseParticipation.objects.select_related("content_object").get(pk=participation_id)
    locked(grant.content_object_id)
    may_close_participation(grant, by=by, today=today, ends_on=ends_on).or_refuse()
    grant.ends_on = ends_on
    grant.save(update_fields=["ends_on"])
    record_event(grant, root=grant.content_object_id, compartment=ACCESS, ends_on=ends_on)
    return grant


@service(event="personal_grant_closed", asks=may_close_participation)
def close_personal_grant(*, by: Principal, today: date, grant_id: int, ends_on: date) -> PersonalGrant:
    """Let a person's reading end on a day. Raises ``Refused``."""
    grant: PersonalGrant = PersonalGrant.objects.select_related("content_object").get(pk=grant_id)
    locked(grant.content_object_id)
    may_close_participation(grant, by=by, today=today, ends_on=ends_on).or_refuse()
    grant.ends_on = ends_on
    grant.save(update_fields=["ends_on"])
    record_event(grant, root=grant.content_object_id, compartment=ACCESS, ends_on=ends_on)
    return grant


def may_set_handling(nominal: Nominal, *, by: Principal, today: date, handling: Handling | None = None) -> Decision:
    """Whether the record's handling may be changed to this."""
    allowed = can(by, Perm.ACCESS_RESTRICT, nominal)
    if Handling.CATEGORY_4 in (handling, nominal.handling) and not by.category_4:
        return allowed & Decision.no(Reason("Only a person cleared for Category 4 may do this.", "R99"))
    if allowed and handling is not None:
        for ask in _WHAT_STANDS:
            allowed &= ask(nominal, handling, today)
    return allowed


AskHandling = Callable[[Nominal, Handling, date], Decision]
_WHAT_STANDS: list[AskHandling] = []


def register_handling(ask: AskHandling) -> None:
    """Let a layer above say what of its own stands in the way of a record's handling: nothing may be left behind that
    betrays it.
    """
    _WHAT_STANDS.append(ask)


@service(event="handling_set", asks=may_set_handling)
def set_handling(*, by: Principal, today: date, nominal_id: int, handling: Handling) -> Nominal:
    """Restrict a record to its named readers, lift that, or put it behind the Category 4 wall. Raises ``Refused``.

    Whoever restricts it is not locked out by that: they become a named reader, from today, if they are none (R100).
    """
    nominal = locked(nominal_id)
    may_set_handling(nominal, by=by, today=today, handling=handling).or_refuse()
    nominal.handling = handling
    nominal.version += 1
    nominal.save(update_fields=["handling", "version"])
    readers = nominal.personal_grants.filter(open_on(today), named_reader=True).values_list("user_id", flat=True)
    if handling is Handling.RESTRICTED and by.user_id is not None and by.user_id not in readers:
        PersonalGrant.objects.create(
            content_object=nominal, permission=the_permission(), user_id=by.user_id, named_reader=True,
            source=ParticipationSource.NAMED_READER, starts_on=today, reason="Restricted the record",
            granted_by_id=by.user_id,
        )  # fmt: skip
    record_event(nominal, root=nominal.pk, handling=handling)
    return nominal


def may_exclude(
    nominal: Nominal,
    *,
    by: Principal,
    today: date,
    user_id: int | None = None,
    agency_id: int | None = None,
    reason: str | None = None,
) -> Decision:
    """Whether the person or the agency may be kept out; without a reason, whether anybody may be, for the button."""
    allowed = can(by, Perm.ACCESS_RESTRICT, nominal)
    if not allowed or reason is None:
        return allowed
    refusals = []
    if not reason.strip():
        refusals.append(Reason("Say why.", "R100"))
    if (user_id is None) is (agency_id is None):
        refusals.append(Reason("Name one person or one agency.", "R100"))
    return allowed & Decision.of(refusals)


@service(event="excluded", asks=may_exclude)
def exclude(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    reason: str,
    starts_on: date,
    ends_on: date | None = None,
    user_id: int | None = None,
    agency_id: int | None = None,
) -> Exclusion:
    """Keep a person, or an agency, out of the case from a day to a day: it beats every grant. Raises ``Refused``."""
    nominal = locked(nominal_id)
    may_exclude(nominal, by=by, today=today, user_id=user_id, agency_id=agency_id, reason=reason).or_refuse()
    row = Exclusion.objects.create(
        nominal=nominal, user_id=user_id, agency_id=agency_id, reason=reason.strip(), starts_on=starts_on,
        ends_on=ends_on,
    )  # fmt: skip
    record_event(row, root=nominal.pk, compartment=ACCESS, user=user_id, agency=agency_id, starts_on=starts_on)
    return row


@service(event="exclusion_ended", asks=may_exclude)
def end_exclusion(*, by: Principal, today: date, exclusion_id: int, ends_on: date) -> Exclusion:
    """Let an exclusion end on a day. Raises ``Refused``."""
    row = Exclusion.objects.get(pk=exclusion_id)
    nominal = locked(row.nominal_id)
    may_exclude(nominal, by=by, today=today).or_refuse()
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    record_event(row, root=nominal.pk, compartment=ACCESS, ends_on=ends_on)
    return row


def periods_by_holder(spans: Iterable[tuple[int, Period]]) -> dict[int, list[Period]]:
    """The days of each holder as the fewest periods: what a grant that follows spans must cover."""
    found: dict[int, list[Period]] = defaultdict(list)
    for holder, period in spans:
        found[holder].append(period)
    return {holder: list(merged(periods)) for holder, periods in found.items()}


def _takes_part(agency: Agency, nominal: Nominal, on: date) -> Decision:
    refusals = []
    if agency.area_id != nominal.area_id:
        refusals.append(Reason("The agency belongs to another MAPPA area.", "R97"))
    if not agency.takes_part_on(on):
        refusals.append(Reason(f"The agency does not take part on {long_date(on)}.", "R97"))
    return Decision.of(refusals)


def _kept_out(nominal: Nominal, officer: User, agency: Agency, today: date) -> bool:
    """Whether an exclusion keeps the officer or the agency out of the case, today or later."""
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    return nominal.exclusions.filter(lasting, Q(user=officer) | Q(agency=agency)).exists()


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
