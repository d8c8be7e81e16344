"""A lead agency or a named officer that was recorded by mistake: put right, or taken away, with the reason (R97).

Their grants follow the spans: who may open the record on a day is who led or was named on it.
"""

from datetime import date

from agencies.models import Agency, User
from agencies.principal import Principal
from audit.boundary import record_event, service
from cases.facts import facts_of
from cases.letters import tell_of_access
from cases.models import LeadAgencySpan, NamedOfficerSpan
from rules.core import DAY, Decision, Period
from rules.corrections import may_correct_who_leads
from rules.corrections import may_take_lead_agency_away as rules_may_take_lead_agency_away
from rules.corrections import may_take_named_officer_away as rules_may_take_named_officer_away
from rules.leading import days_nobody_leads

from .corrected import put_right, take_away
from .following import follow_leads, follow_officers
from .locking import locked_row
from .obligations import bring_in_line
from .participation import may_name_officer, may_set_lead_agency
from .splice import ended_before, give_to_before, move_end_before


def may_correct_lead_agency(
    span: LeadAgencySpan,
    *,
    by: Principal,
    today: date,
    agency: Agency | None = None,
    starts_on: date | None = None,
    reason: str = "",
) -> Decision:
    """Whether this agency may stand in the place of the recorded one, from this day; without them, for the button.

    Another agency must be one that could have led on the last day of the time, or today while it lasts. A later first
    day leaves no day of status on which nobody leads.
    """
    nominal = span.nominal
    if agency is None or starts_on is None:
        return may_set_lead_agency(nominal, by=by, today=today)
    another = agency if agency.pk != span.agency_id else None
    others = nominal.lead_agencies.exclude(pk=span.pk).values_list("starts_on", flat=True)
    return may_set_lead_agency(nominal, by=by, today=_lasting(span, today), agency=another) & may_correct_who_leads(
        Period(span.starts_on, span.ends_on), starts_on, list(others),
        unchanged=another is None and starts_on == span.starts_on, reason=reason,
        uncovered=uncovered_without(span, before=starts_on),
    )  # fmt: skip


@service(event="lead_agency_corrected", asks=may_correct_lead_agency)
def correct_lead_agency(
    *,
    by: Principal,
    today: date,
    span_id: int,
    agency_id: int,
    starts_on: date,
    reason: str,
    version: int | None = None,
) -> LeadAgencySpan:
    """Put right which agency led, or from which day; the one before ends the day before, and the grants follow.

    Raises ``Refused`` and ``Conflict``.
    """
    nominal, span = locked_row(LeadAgencySpan, span_id, version)
    agency = Agency.objects.get(pk=agency_id)
    may_correct_lead_agency(span, by=by, today=today, agency=agency, starts_on=starts_on, reason=reason).or_refuse()
    was, was_led_by = span.starts_on, span.agency_id
    move_end_before(nominal.lead_agencies.all(), span.starts_on, starts_on)
    put_right(span, {"agency": agency, "starts_on": starts_on}, today=today, reason=reason)
    follow_leads(nominal)
    bring_in_line([nominal.pk], today=today)
    record_event(
        span, root=nominal.pk, agency=agency_id, starts_on=starts_on, instead_of=was, instead_of_agency=was_led_by
    )
    return span


def may_take_lead_agency_away(
    span: LeadAgencySpan, *, by: Principal, today: date, reason: str | None = None
) -> Decision:
    """Whether the lead agency may be taken away as never so; without a reason, for the button."""
    allowed = may_set_lead_agency(span.nominal, by=by, today=today)
    if not allowed or reason is None:
        return allowed
    return allowed & rules_may_take_lead_agency_away(uncovered_without(span), reason=reason)


@service(event="lead_agency_taken_away", asks=may_take_lead_agency_away)
def take_lead_agency_away(*, by: Principal, today: date, span_id: int, reason: str, version: int | None = None) -> None:
    """Take away a lead agency that never was: the one that ended for it goes on, and the grants follow. Where there is
    none, another has to be recorded in its place, by a correction. The change log keeps it and the reason. Raises
    ``Refused`` and ``Conflict``.
    """
    nominal, span = locked_row(LeadAgencySpan, span_id, version)
    may_take_lead_agency_away(span, by=by, today=today, reason=reason).or_refuse()
    take_away(span, root=nominal.pk, today=today, reason=reason, agency=span.agency_id, starts_on=span.starts_on)
    give_to_before(nominal.lead_agencies.all(), span.starts_on, span.ends_on)
    follow_leads(nominal)
    bring_in_line([nominal.pk], today=today)


def uncovered_without(span: LeadAgencySpan, *, before: date | None = None) -> Period | None:
    """The first days of status on which nobody would lead if the lead agency were taken away, or away before a day of
    its time, from which it then led.
    """
    nominal, days = span.nominal, Period(span.starts_on, span.ends_on)
    if before is not None:
        if before not in days or before == span.starts_on:
            return None
        days = Period(span.starts_on, before - DAY)
    if ended_before(nominal.lead_agencies.all(), span.starts_on).exists():
        return None
    others = [Period(each.starts_on, each.ends_on) for each in nominal.lead_agencies.exclude(pk=span.pk)]
    gaps = days_nobody_leads(others, facts_of(nominal).grounds)
    return next((shared for gap in gaps if (shared := gap.intersection(days))), None)


def may_correct_named_officer(
    span: NamedOfficerSpan,
    *,
    by: Principal,
    today: date,
    officer: User | None = None,
    starts_on: date | None = None,
    reason: str = "",
) -> Decision:
    """Whether this officer may stand in the place of the recorded one, from this day; without them, for the button.

    Another officer must be one of the same agency on the last day of the time, or today while it lasts.
    """
    nominal = span.nominal
    if officer is None or starts_on is None:
        return may_name_officer(nominal, by=by, today=today)
    another = officer if officer.pk != span.officer_id else None
    others = nominal.named_officers.filter(agency=span.agency_id).exclude(pk=span.pk)
    return may_name_officer(
        nominal, by=by, today=_lasting(span, today), officer=another, agency=span.agency
    ) & may_correct_who_leads(
        Period(span.starts_on, span.ends_on), starts_on, list(others.values_list("starts_on", flat=True)),
        unchanged=another is None and starts_on == span.starts_on, reason=reason,
    )  # fmt: skip


@service(event="named_officer_corrected", asks=may_correct_named_officer)
def correct_named_officer(
    *,
    by: Principal,
    today: date,
    span_id: int,
    officer_id: int,
    starts_on: date,
    reason: str,
    version: int | None = None,
) -> NamedOfficerSpan:
    """Put right which officer of the agency was named, or from which day; the one before ends the day before, and the
    record is open to the officer for that time. Raises ``Refused`` and ``Conflict``.
    """
    nominal, span = locked_row(NamedOfficerSpan, span_id, version)
    officer = User.objects.get(pk=officer_id)
    may_correct_named_officer(span, by=by, today=today, officer=officer, starts_on=starts_on, reason=reason).or_refuse()
    was, was_named = span.starts_on, span.officer_id
    move_end_before(nominal.named_officers.filter(agency=span.agency_id), span.starts_on, starts_on)
    put_right(span, {"officer": officer, "starts_on": starts_on}, today=today, reason=reason)
    follow_officers(nominal)
    if officer_id != was_named:
        tell_of_access(
            nominal, officer, by=by, today=today, event_key=f"officer_named:{span.pk}:{officer_id}",
            starts_on=starts_on, ends_on=span.ends_on,
        )  # fmt: skip
    record_event(
        span, root=nominal.pk, officer=officer_id, agency=span.agency_id, starts_on=starts_on, instead_of=was,
        instead_of_officer=was_named,
    )  # fmt: skip
    return span


def may_take_named_officer_away(
    span: NamedOfficerSpan, *, by: Principal, today: date, reason: str | None = None
) -> Decision:
    """Whether the named officer may be taken away as never so; without a reason, for the button."""
    allowed = may_name_officer(span.nominal, by=by, today=today)
    return allowed if reason is None else allowed & rules_may_take_named_officer_away(reason=reason)


@service(event="named_officer_taken_away", asks=may_take_named_officer_away)
def take_named_officer_away(
    *, by: Principal, today: date, span_id: int, reason: str, version: int | None = None
) -> None:
    """Take away a named officer who never was: the agency's officer before goes on, and the grants follow. The change
    log keeps it and the reason. Raises ``Refused`` and ``Conflict``.
    """
    nominal, span = locked_row(NamedOfficerSpan, span_id, version)
    may_take_named_officer_away(span, by=by, today=today, reason=reason).or_refuse()
    take_away(
        span, root=nominal.pk, today=today, reason=reason, officer=span.officer_id, agency=span.agency_id,
        starts_on=span.starts_on,
    )  # fmt: skip
    give_to_before(nominal.named_officers.filter(agency=span.agency_id), span.starts_on, span.ends_on)
    follow_officers(nominal)


def _lasting(span: LeadAgencySpan | NamedOfficerSpan, today: date) -> date:
    """The last day of the time, or today while it lasts."""
    return min(today, span.ends_on or today)
