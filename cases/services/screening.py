"""The day a case was identified, and what came of asking about domestic abuse or stalking (R42, R50)."""

from datetime import date

from agencies.access import can
from agencies.models import Agency
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import facts_of
from cases.models import Identification, Nominal, Thresholding
from cases.thresholding import thresholding_of, with_thresholding
from rules.core import Decision, Reason
from rules.corrections import IDENTIFICATION, THRESHOLDING
from rules.identity import may_have_happened
from rules.levels import level_on
from rules.referrals import may_identify, may_threshold
from rules.vocabulary import ThresholdingOutcome

from .corrected import not_written_over
from .locking import locked


def may_record_identification(
    nominal: Nominal,
    *,
    by: Principal,
    today: date,
    agency: Agency | None = None,
    sentenced_on: date | None = None,
    known_on: date | None = None,
) -> Decision:
    """Whether it may be recorded when the case was identified; without dates, whether at all, for the button (R42)."""
    allowed = can(by, Perm.LEVEL_1_RECORD, nominal)
    if not allowed or agency is None or sentenced_on is None or known_on is None:
        return allowed
    return allowed & identification_goes(nominal, agency, sentenced_on, known_on, today=today)


def identification_goes(
    nominal: Nominal, agency: Agency, sentenced_on: date, known_on: date, *, today: date
) -> Decision:
    """Whether an identification goes with the person and with its own days, whoever says so."""
    decision = may_have_happened(sentenced_on, born_on=nominal.date_of_birth)
    if agency.area_id != nominal.area_id:
        decision &= Decision.no(Reason("Choose an agency of this area.", "R97"))
    return decision & may_identify(sentenced_on, known_on, today=today)


@service(event="identification_recorded", asks=may_record_identification)
def record_identification(
    *, by: Principal, today: date, nominal_id: int, agency_id: int, sentenced_on: date, known_on: date
) -> Identification:
    """Record the day on which the managing agency identified the case after this sentence (R42).

    A second record for the same sentence that says otherwise is refused: the first is corrected. Raises ``Refused``.
    """
    nominal, agency = locked(nominal_id), Agency.objects.get(pk=agency_id)
    may_record_identification(
        nominal, by=by, today=today, agency=agency, sentenced_on=sentenced_on, known_on=known_on
    ).or_refuse()
    values = {"agency_id": agency_id, "known_on": known_on}
    standing = nominal.identifications.filter(sentenced_on=sentenced_on).first()
    not_written_over(standing, values, IDENTIFICATION, sentenced_on).or_refuse()
    stored = standing or Identification.objects.create(nominal=nominal, sentenced_on=sentenced_on, **values)
    record_event(stored, root=nominal.pk, agency=agency_id, sentenced_on=sentenced_on, known_on=known_on)
    return stored


def may_record_thresholding(
    nominal: Nominal, *, by: Principal, today: date, decided_on: date | None = None, reason: str = ""
) -> Decision:
    """Whether an outcome of thresholding may be recorded; without a day, whether any may be, for the button (R50)."""
    allowed = can(by, Perm.LEVEL_1_RECORD, nominal)
    if not allowed or decided_on is None:
        return allowed
    return allowed & thresholding_goes(nominal, decided_on, reason, today=today)


def thresholding_goes(nominal: Nominal, decided_on: date, reason: str, *, today: date) -> Decision:
    """Whether an outcome goes with what is known of the person and their level, whoever says so."""
    row = with_thresholding(Nominal.objects.filter(pk=nominal.pk), on=today).get()
    level = level_on(facts_of(nominal).levels, today).value
    known = bool(thresholding_of(row, level).known)
    return may_threshold(decided_on, reason, abuse_or_stalking=known, level=level, today=today)


@service(event="thresholding_recorded", asks=may_record_thresholding)
def record_thresholding(
    *, by: Principal, today: date, nominal_id: int, decided_on: date, outcome: ThresholdingOutcome, reason: str
) -> Thresholding:
    """Record whether domestic abuse or stalking needs Level 2 or 3, with the reasons: it is not asked again until
    circumstances change (R50). A second record for the same day that says otherwise is refused: the first is corrected.
    Raises ``Refused``.
    """
    nominal = locked(nominal_id)
    may_record_thresholding(nominal, by=by, today=today, decided_on=decided_on, reason=reason).or_refuse()
    values = {"outcome": outcome, "reason": reason.strip()}
    standing = nominal.thresholdings.filter(decided_on=decided_on).first()
    not_written_over(standing, values, THRESHOLDING, decided_on).or_refuse()
    stored = standing or Thresholding.objects.create(
        nominal=nominal, decided_on=decided_on, decided_by_id=by.user_id, **values
    )
    record_event(stored, root=nominal.pk, decided_on=decided_on, outcome=outcome)
    return stored
