"""The advice log: what the unit said when it was asked. Not a referral; it may become one."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from datetime import date

from agencies.access import can, can_in_area, visible
from agencies.models import Agency
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import Advice, Nominal
from rules.core import Decision, Reason
from rules.referrals import may_give_advice
from rules.vocabulary import AdviceOutcome


def may_record_advice(
    area_id: int,
    *,
    by: Principal,
    today: date,
    given_on: date | None = None,
    outcome: AdviceOutcome = AdviceOutcome.NOTHING,
    call_back_on: date | None = None,
) -> Decision:
    """Whether advice may be recorded in the area; without a day, whether any may be, for the button."""
    allowed = can_in_area(by, Perm.ADVICE_RECORD, area_id)
    if not allowed or given_on is None:
        return allowed
    return allowed & may_give_advice(given_on, outcome, call_back_on, today=today)


@service(event="advice_recorded", asks=may_record_advice)
def record_advice(
    *,
    by: Principal,
    today: date,
    area_id: int,
    asked_by: str,
    said: str,
    outcome: AdviceOutcome,
    given_on: date,
    nominal_id: int | None = None,
    agency_id: int | None = None,
    call_back_on: date | None = None,
) -> Advice:
    """Record a call or message: who asked, about whom (nobody named: no ``nominal_id``), what was said, what follows.

    Raises ``Refused``.
    """
    decision = may_record_advice(
        area_id, by=by, today=today, given_on=given_on, outcome=outcome, call_back_on=call_back_on
    )
    if nominal_id is not None and not visible(by, Nominal.objects.filter(pk=nominal_id), Perm.NOMINAL_VIEW).exists():
        decision &= Decision.no(Reason("No such person is found. Leave them out, or search again.", "R4"))
    if agency_id is not None and not Agency.objects.filter(pk=agency_id, area=area_id).exists():
        decision &= Decision.no(Reason("Choose an agency of this area.", "R97"))
    decision.or_refuse()
    stored = Advice.objects.create(
        area_id=area_id,
        nominal_id=nominal_id,
        agency_id=agency_id,
        asked_by=asked_by.strip(),
        said=said.strip(),
        outcome=outcome,
        given_on=given_on,
        given_by_id=by.user_id,
        call_back_on=call_back_on,
    )
    record_event(stored, root=nominal_id, given_on=given_on, outcome=outcome, call_back_on=call_back_on)
    return stored


def waits_for_call(advice: Advice) -> Decision:
    """Whether the caller still waits to be called back."""
    if advice.call_back_on is None:
        return Decision.no(Reason("Nobody was to be called back.", "R45"))
    if advice.called_back_on is not None:
        return Decision.no(Reason("They have been called back.", "R45"))
    return Decision.yes()


def may_settle_call_back(advice: Advice, *, by: Principal, today: date) -> Decision:
    """Whether it may be recorded that the caller was called back."""
    return can(by, Perm.ADVICE_RECORD, advice) & waits_for_call(advice)


@service(event="advice_called_back", asks=may_settle_call_back)
def settle_call_back(*, by: Principal, today: date, advice_id: int) -> Advice:
    """Record that the caller was called back today. Raises ``Refused``."""
    advice = Advice.objects.select_for_update(no_key=True).get(pk=advice_id)
    may_settle_call_back(advice, by=by, today=today).or_refuse()
    advice.called_back_on = today
    advice.save(update_fields=["called_back_on"])
    record_event(advice, root=advice.nominal_id, called_back_on=today)
    return advice
