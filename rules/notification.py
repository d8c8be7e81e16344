"""How long sexual offence notification lasts (R21) and when an indefinite one may be reviewed (R22)."""

from __future__ import annotations

from datetime import date

from rules.calendar import add_months, age_on, in_words, last_day_of_term
from rules.core import Answer, Decision, Reason, cites, long_date
from rules.facts import GroundFacts, PersonFacts
from rules.parameters import Parameters
from rules.vocabulary import Disposal, GroundKind, OffenceOutcome, OrderKind

WITHOUT_END = frozenset(
    {
        Disposal.LIFE,
        Disposal.IPP,
        Disposal.DETENTION_PUBLIC_PROTECTION,
        Disposal.DETENTION_HMP,
        Disposal.HOSPITAL_ORDER_RESTRICTED,
    }
)
CUSTODY_OF_A_LENGTH = frozenset(
    {
        Disposal.IMPRISONMENT,
        Disposal.SUSPENDED_IMPRISONMENT,
        Disposal.YOI_DETENTION,
        Disposal.DTO,
        Disposal.DETENTION_250,
        Disposal.EXTENDED,
    }
)


@cites(
    "R21",
    params=(
        "notification_indefinite_from",
        "notification_short_term",
        "notification_long",
        "notification_short",
        "notification_other",
        "notification_caution",
        "adult_age",
    ),
)
def proposed_notification_end(ground: GroundFacts, person: PersonFacts, params: Parameters) -> Answer[date | None]:
    """The last day of notification as section 82 of the Sexual Offences Act 2003 suggests; None is indefinite.

    A proposal only: an officer confirms it, and the date of the court or of ViSOR wins. Reckoned from the relevant
    date (`outcome_on`, else the start of the ground), which counts as the first day. The finite periods of the table
    are halved for a person under 18 on that day; the length of a conditional discharge is the court's and is not.
    """
    begins_on = ground.outcome_on or ground.starts_on
    if ground.order in (OrderKind.SHPO, OrderKind.SOPO) and ground.outcome is OffenceOutcome.ORDER:
        last = ground.order_ends_on
        return Answer(last, (Reason(f"Notification lasts as long as the order: {in_words(last)}", "R21"),))
    if ground.outcome is not OffenceOutcome.CAUTION and ground.disposal is Disposal.CONDITIONAL_DISCHARGE:
        last = last_day_of_term(begins_on, ground.term_months, ground.term_days)
        return Answer(last, (Reason(f"Notification lasts as long as the discharge: to {long_date(last)}", "R21"),))

    months, why = _period(ground, begins_on, params)
    if months is None:
        return Answer(None, (Reason(f"Notification is indefinite: {why}", "R21"),))
    halved = person.born_on is not None and age_on(person.born_on, begins_on) < params.number("adult_age", begins_on)
    if halved:
        months //= 2
        why += "; halved, because the person was under 18"
    last = last_day_of_term(begins_on, months)
    reasons = [
        Reason(
            f"Notification for {_spoken(months)} from {long_date(begins_on)}, so to {long_date(last)}: {why}",
            "R21",
            (("Relevant date", long_date(begins_on)), ("Period", _spoken(months))),
        )
    ]
    if ground.disposal is Disposal.DTO:
        reasons.append(Reason("Detention and training order: check whether only the time in detention counts", "R21"))
    if person.born_on is None:
        reasons.append(Reason("Date of birth unknown: taken as an adult", "R21"))
    return Answer(last, tuple(reasons))


def _period(ground: GroundFacts, begins_on: date, params: Parameters) -> tuple[int | None, str]:
    def number(key: str) -> int:
        return params.number(key, begins_on)

    if ground.outcome is OffenceOutcome.CAUTION or ground.disposal is Disposal.CAUTION:
        return number("notification_caution"), "a caution"
    if ground.disposal in WITHOUT_END:
        return None, ground.disposal.label.lower()
    if ground.disposal is Disposal.HOSPITAL_ORDER:
        return number("notification_short"), "a hospital order without restriction"
    if ground.disposal in CUSTODY_OF_A_LENGTH:
        last = last_day_of_term(begins_on, ground.term_months, ground.term_days)
        if last >= last_day_of_term(begins_on, number("notification_indefinite_from")):
            return None, "a term of 30 months or more"
        if last > last_day_of_term(begins_on, number("notification_short_term")):
            return number("notification_long"), "a term of more than 6 and less than 30 months"
        return number("notification_short"), "a term of 6 months or less"
    return number("notification_other"), "any other disposal"


def _spoken(months: int) -> str:
    years, rest = divmod(months, 12)
    parts = [f"{years} year{'s' if years != 1 else ''}"] if years else []
    if rest:
        parts.append(f"{rest} month{'s' if rest != 1 else ''}")
    return " and ".join(parts)


@cites("R22", params=("indefinite_review_adult", "indefinite_review_juvenile", "adult_age"))
def review_eligible_on(ground: GroundFacts, person: PersonFacts, params: Parameters) -> Answer[date | None]:
    """The first day on which an indefinite notification may be reviewed; None when it has an end, or is none.

    15 years of being subject for an adult, 8 for a person under 18 on the day it began.
    """
    if ground.kind is not GroundKind.NOTIFICATION or ground.ends_on is not None:
        return Answer(None, (Reason("Only an indefinite notification requirement is reviewed", "R22"),))
    begins_on = ground.starts_on
    young = person.born_on is not None and age_on(person.born_on, begins_on) < params.number("adult_age", begins_on)
    years = params.number("indefinite_review_juvenile" if young else "indefinite_review_adult", begins_on)
    day = add_months(begins_on, years * 12)
    who = "under 18" if young else "an adult"
    return Answer(
        day,
        (
            Reason(
                f"Indefinite notification from {long_date(begins_on)}, then {who}: "
                f"review may be asked for from {long_date(day)}, after {years} years",
                "R22",
            ),
        ),
    )


@cites("R22")
def may_revoke_notification(
    ground: GroundFacts, on: date, *, superintendent: str, person: PersonFacts, params: Parameters
) -> Decision:
    """Whether an indefinite notification may be recorded as revoked: eligible, and decided by a Superintendent."""
    eligible = review_eligible_on(ground, person, params)
    refusals: list[Reason] = []
    if eligible.value is None:
        refusals.extend(eligible.reasons)
    elif on < eligible.value:
        refusals.append(Reason(f"Review is possible from {long_date(eligible.value)} only", "R22"))
    if not superintendent.strip():
        refusals.append(Reason("Name the Superintendent who decided", "R22"))
    return Decision.of(refusals, reasons=eligible.reasons)
