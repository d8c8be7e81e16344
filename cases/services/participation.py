"""Who takes part: lead agency, named officer, other agencies and readers; and who is kept out (R97 to R100).

A grant row is the only participation. The grants of lead agencies and named officers follow their spans.
"""

from collections.abc import Callable
from datetime import date

from django.db.models import QuerySet

from agencies.access import can
from agencies.kinds import LEADING
from agencies.models import Agency, User
from agencies.principal import Principal
from agencies.queries import is_officer_of
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.letters import tell_of_access
from cases.letting_in import (
    can_be_reader,
    ends_earlier,
    in_order,
    not_twice,
    reader_may_be_kept_out,
    reader_may_end,
    stated,
    takes_part,
)
from cases.models import (
    CaseParticipation,
    Exclusion,
    HandlingChange,
    LeadAgencySpan,
    NamedOfficerSpan,
    Nominal,
    PersonalGrant,
)
from cases.models.access import COMPARTMENT as ACCESS
from cases.readers import kept_out, lasting
from rules.core import Decision, Period, Reason
from rules.corrections import LEAD, OFFICER
from rules.vocabulary import Handling, ParticipationSource

from .corrected import not_written_over
from .following import FOLLOWS_A_SPAN, follow_leads, follow_officers, the_permission
from .locking import locked, unchanged
from .obligations import bring_in_line
from .splice import make_room, until_next

_CANNOT_LEAD = "A case is led by police, probation, youth justice, counter terrorism police or a health trust or board."
# One sentence for all causes: whoever is kept out of the case is not told from somebody without the role.
_NOT_THIS_OFFICER = (
    "This person cannot be named for this agency. Choose a practitioner or coordinator who works for it."
)


def may_set_lead_agency(nominal: Nominal, *, by: Principal, today: date, agency: Agency | None = None) -> Decision:
    """Whether this agency may lead the case; without one, whether any may be named, for the button."""
    allowed = can(by, Perm.NOMINAL_EDIT, nominal)
    if not allowed or agency is None:
        return allowed
    refusals = [] if agency.kind in LEADING else [Reason(_CANNOT_LEAD, "R97")]
    return allowed & takes_part(agency, nominal, today) & Decision.of(refusals)


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
    """Name the agency that leads from a day; the one before ends the day before, and so do its grants (R97). Another
    one from the same day is corrected by itself.

    ``version`` is the stamp of the spans that were seen; without one nothing is compared. Raises ``Refused``, and
    ``pages.conflicts.Conflict`` when they have been changed since.
    """
    nominal, agency = locked(nominal_id), Agency.objects.get(pk=agency_id)
    unchanged(nominal.lead_agencies.all(), version)
    may_set_lead_agency(nominal, by=by, today=today, agency=agency).or_refuse()
    spans = nominal.lead_agencies.all()
    not_written_over(spans.filter(starts_on=starts_on).first(), {"agency": agency}, LEAD, starts_on).or_refuse()
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
    fit = is_officer_of(officer, agency, on=today) and not kept_out(nominal, today, user=officer, agency=agency)
    refusals = [] if fit else [Reason(_NOT_THIS_OFFICER, "R97")]
    return allowed & takes_part(agency, nominal, today) & Decision.of(refusals)


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
    not_written_over(spans.filter(starts_on=starts_on).first(), {"officer": officer}, OFFICER, starts_on).or_refuse()
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
    nominal: Nominal,
    *,
    by: Principal,
    today: date,
    source: ParticipationSource = ParticipationSource.GRANT,
    agency: Agency | None = None,
    user_id: int | None = None,
    days: Period | None = None,
) -> Decision:
    """Whether an agency's or a person's part in the case may be opened for this reason; without one of them, whether
    any may be, for the button.
    """
    allowed = can(by, Perm.PARTICIPATION_RECORD, nominal)
    if source is ParticipationSource.NAMED_READER:
        allowed &= can(by, Perm.ACCESS_RESTRICT, nominal)
    if source in FOLLOWS_A_SPAN:
        return allowed & Decision.no(Reason("Name the lead agency or the officer instead.", "R97"))
    if not allowed or days is None:
        return allowed
    if agency is not None:
        allowed &= takes_part(agency, nominal, today)
        rows: QuerySet[CaseParticipation] | QuerySet[PersonalGrant] = nominal.participations.filter(
            group=agency.group_id
        )
    else:
        allowed &= can_be_reader(nominal, user_id or 0, today)
        rows = nominal.personal_grants.filter(user=user_id)
    return allowed & not_twice(rows.filter(source=source), days, "R97")


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
    in_order(starts_on, ends_on, "R97").or_refuse()
    days = Period(starts_on, ends_on)
    may_open_participation(nominal, by=by, today=today, source=source, agency=agency, days=days).or_refuse()
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
    in_order(starts_on, ends_on, "R97").or_refuse()
    days = Period(starts_on, ends_on)
    may_open_participation(nominal, by=by, today=today, source=source, user_id=user_id, days=days).or_refuse()
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
    """Whether the grant may end on that day; without one, whether it may end at all, for the button."""
    allowed = may_open_participation(grant.content_object, by=by, today=today, source=ParticipationSource(grant.source))
    if not allowed or ends_on is None:
        return allowed
    allowed &= ends_earlier(grant.starts_on, grant.ends_on, ends_on, "R97")
    if isinstance(grant, PersonalGrant) and grant.named_reader:
        allowed &= reader_may_end(grant, ends_on, today)
    return allowed


@service(event="participation_closed", asks=may_close_participation)
def close_participation(
    *, by: Principal, today: date, participation_id: int, ends_on: date, reason: str = ""
) -> CaseParticipation:
    """Let an agency's part end on a day. Raises ``Refused``."""
    grant: CaseParticipation = CaseParticipation.objects.select_related("content_object").get(pk=participation_id)
    locked(grant.content_object_id)
    may_close_participation(grant, by=by, today=today, ends_on=ends_on).or_refuse()
    _end(grant, ends_on, reason)
    record_event(grant, root=grant.content_object_id, compartment=ACCESS, ends_on=ends_on)
    return grant


@service(event="personal_grant_closed", asks=may_close_participation)
def close_personal_grant(
    *, by: Principal, today: date, grant_id: int, ends_on: date, reason: str = ""
) -> PersonalGrant:
    """Let a person's reading end on a day. Raises ``Refused``."""
    grant: PersonalGrant = PersonalGrant.objects.select_related("content_object").get(pk=grant_id)
    locked(grant.content_object_id)
    may_close_participation(grant, by=by, today=today, ends_on=ends_on).or_refuse()
    _end(grant, ends_on, reason)
    record_event(grant, root=grant.content_object_id, compartment=ACCESS, ends_on=ends_on)
    return grant


def _end(row: CaseParticipation | PersonalGrant | Exclusion, ends_on: date, reason: str) -> None:
    row.ends_on, row.end_reason = ends_on, reason.strip()
    row.save(update_fields=["ends_on", "end_reason"])


def may_set_handling(
    nominal: Nominal, *, by: Principal, today: date, handling: Handling | None = None, reason: str | None = None
) -> Decision:
    """Whether the record's handling may be changed to this; without a reason, whether it may be at all."""
    allowed = can(by, Perm.ACCESS_RESTRICT, nominal)
    if Handling.CATEGORY_4 in (handling, nominal.handling) and not by.category_4:
        return allowed & Decision.no(Reason("Only a person cleared for Category 4 may do this.", "R99"))
    if allowed and handling is not None:
        for ask in _WHAT_STANDS:
            allowed &= ask(nominal, handling, today)
    return allowed if reason is None else allowed & stated(reason, "R100")


AskHandling = Callable[[Nominal, Handling, date], Decision]
_WHAT_STANDS: list[AskHandling] = []


def register_handling(ask: AskHandling) -> None:
    """Let a layer above say what of its own stands in the way of a record's handling: nothing may be left behind that
    betrays it.
    """
    _WHAT_STANDS.append(ask)


@service(event="handling_set", asks=may_set_handling)
def set_handling(*, by: Principal, today: date, nominal_id: int, handling: Handling, reason: str) -> Nominal:
    """Restrict a record to its named readers, lift that, or put it behind the Category 4 wall. Raises ``Refused``.

    Whoever restricts it is not locked out by that: they become a named reader, from today and for good (R100).
    """
    nominal = locked(nominal_id)
    may_set_handling(nominal, by=by, today=today, handling=handling, reason=reason).or_refuse()
    nominal.handling = handling
    nominal.version += 1
    nominal.save(update_fields=["handling", "version"])
    HandlingChange.objects.create(
        nominal=nominal, handling=handling, reason=reason.strip(), changed_on=today, changed_by_id=by.user_id
    )
    if handling is Handling.RESTRICTED and by.user_id is not None:
        _make_reader(nominal, by.user_id, today)
    record_event(nominal, root=nominal.pk, handling=handling)
    return nominal


def _make_reader(nominal: Nominal, user_id: int, today: date) -> None:
    """Let the person be a named reader from today and for good, by one grant."""
    own = nominal.personal_grants.filter(lasting(today), user=user_id, source=ParticipationSource.NAMED_READER)
    first, *later = own.order_by("starts_on") or [None]
    if first is None:
        PersonalGrant.objects.create(
            content_object=nominal, permission=the_permission(), user_id=user_id, named_reader=True,
            source=ParticipationSource.NAMED_READER, starts_on=today, reason="Restricted the record",
            granted_by_id=user_id,
        )  # fmt: skip
        return
    own.filter(pk__in=[grant.pk for grant in later if grant is not None]).delete()
    own.filter(pk=first.pk).update(starts_on=min(first.starts_on, today), ends_on=None, end_reason="")


def may_exclude(
    nominal: Nominal,
    *,
    by: Principal,
    today: date,
    user_id: int | None = None,
    agency_id: int | None = None,
    reason: str | None = None,
    days: Period | None = None,
) -> Decision:
    """Whether the person or the agency may be kept out; without a reason, whether anybody may be, for the button."""
    allowed = can(by, Perm.ACCESS_RESTRICT, nominal)
    if not allowed or reason is None:
        return allowed
    allowed &= stated(reason, "R100")
    if (user_id is None) is (agency_id is None):
        return allowed & Decision.no(Reason("Name one person or one agency.", "R100"))
    if days is not None:
        rows = nominal.exclusions.filter(user=user_id, agency=agency_id)
        allowed &= not_twice(rows, days, "R100")
        allowed &= reader_may_be_kept_out(nominal, today, days, user_id=user_id, agency_id=agency_id)
    return allowed


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
    """Keep a person, or an agency, out of the case from a day to a day: it beats every grant. Nobody is told.

    Raises ``Refused``.
    """
    nominal = locked(nominal_id)
    in_order(starts_on, ends_on, "R100").or_refuse()
    whom, days = {"user_id": user_id, "agency_id": agency_id}, Period(starts_on, ends_on)
    may_exclude(nominal, by=by, today=today, reason=reason, days=days, **whom).or_refuse()
    row = Exclusion.objects.create(nominal=nominal, reason=reason.strip(), starts_on=starts_on, ends_on=ends_on, **whom)
    record_event(row, root=nominal.pk, compartment=ACCESS, user=user_id, agency=agency_id, starts_on=starts_on)
    return row


def may_end_exclusion(row: Exclusion, *, by: Principal, today: date, ends_on: date | None = None) -> Decision:
    """Whether it may end on that day; without one, whether it may end at all, for the button."""
    allowed = may_exclude(row.nominal, by=by, today=today)
    return allowed if ends_on is None else allowed & ends_earlier(row.starts_on, row.ends_on, ends_on, "R100")


@service(event="exclusion_ended", asks=may_end_exclusion)
def end_exclusion(*, by: Principal, today: date, exclusion_id: int, ends_on: date, reason: str = "") -> Exclusion:
    """Let an exclusion end on a day. Raises ``Refused``."""
    row = Exclusion.objects.select_related("nominal").get(pk=exclusion_id)
    locked(row.nominal_id)
    may_end_exclusion(row, by=by, today=today, ends_on=ends_on).or_refuse()
    _end(row, ends_on, reason)
    record_event(row, root=row.nominal_id, compartment=ACCESS, ends_on=ends_on)
    return row
