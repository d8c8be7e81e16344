"""What agencies sign: memoranda and information sharing agreements (R96)."""

from datetime import date

from agencies.models import Agency, Agreement
from agencies.principal import Principal
from audit.boundary import record_event, service
from rules.agreements import may_sign_agreement
from rules.core import Decision
from rules.vocabulary import AgreementKind

from .partners import may_edit_in_area, refuse_if


def may_record_agreement(
    agency: Agency,
    *,
    by: Principal,
    today: date,
    kind: AgreementKind | None = None,
    signed_on: date | None = None,
    expires_on: date | None = None,
) -> Decision:
    """Whether this signature may be recorded; without a kind and a day, whether any may be, for the button."""
    allowed = may_edit_in_area(agency.area_id, by=by)
    if not allowed or kind is None or signed_on is None:
        return allowed
    same = Agreement.objects.filter(agency=agency, kind=kind, signed_on=signed_on)
    allowed &= refuse_if(same.exists(), "This agreement is recorded already.", "R96")
    return allowed & may_sign_agreement(signed_on, expires_on, today=today)


@service("agreement_recorded", asks=may_record_agreement)
def record_agreement(
    *, by: Principal, today: date, agency_id: int, kind: AgreementKind, signed_on: date, expires_on: date | None = None
) -> Agreement:
    """Record that an agency has signed, until a day or without an end. Earlier ones stay. Raises ``Refused``."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
    may_record_agreement(agency, by=by, today=today, kind=kind, signed_on=signed_on, expires_on=expires_on).or_refuse()
    row = Agreement.objects.create(agency=agency, kind=kind, signed_on=signed_on, expires_on=expires_on)
    record_event(row, root=None, agency=agency.pk, kind=kind, signed_on=signed_on, expires_on=expires_on)
    return row


def may_correct_agreement(
    agreement: Agreement,
    *,
    by: Principal,
    today: date,
    signed_on: date | None = None,
    expires_on: date | None = None,
) -> Decision:
    """Whether the agreement's days may be put right to these; without one, whether to any, for the button."""
    allowed = may_edit_in_area(agreement.agency.area_id, by=by)
    if not allowed or signed_on is None:
        return allowed
    same = Agreement.objects.filter(agency=agreement.agency_id, kind=agreement.kind, signed_on=signed_on)
    allowed &= refuse_if(same.exclude(pk=agreement.pk).exists(), "Another one was signed on that day.", "R96")
    return allowed & may_sign_agreement(signed_on, expires_on, today=today)


@service("agreement_corrected", asks=may_correct_agreement)
def correct_agreement(
    *, by: Principal, today: date, agreement_id: int, signed_on: date, expires_on: date | None
) -> Agreement:
    """Put the days of an agreement right, or end it early. Raises ``Refused``."""
    row = Agreement.objects.select_for_update(no_key=True, of=("self",)).select_related("agency").get(pk=agreement_id)
    may_correct_agreement(row, by=by, today=today, signed_on=signed_on, expires_on=expires_on).or_refuse()
    row.signed_on, row.expires_on = signed_on, expires_on
    row.save(update_fields=["signed_on", "expires_on"])
    record_event(row, root=None, agency=row.agency_id, kind=row.kind, signed_on=signed_on, expires_on=expires_on)
    return row
