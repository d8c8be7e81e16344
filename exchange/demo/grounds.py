"""Short ways to write the grounds of demo people, each one such as the rules accept."""

from datetime import date

from rules.facts import GroundFacts, OffenceFacts
from rules.vocabulary import Disposal, EndReason, GroundKind, OffenceOutcome, OrderKind


def months_between(first: date, last: date) -> int:
    """Whole months from one day to another, at least 12: a term that fits a licence's end."""
    return max(12, (last.year - first.year) * 12 + last.month - first.month)


def registered(
    since: date,
    until: date | None,
    offence: str,
    *,
    disposal: Disposal = Disposal.IMPRISONMENT,
    months: int = 0,
    ended: EndReason | None = None,
    order: OrderKind = OrderKind.NONE,
) -> GroundFacts:
    """Category 1: a notification requirement after a conviction."""
    return GroundFacts(
        GroundKind.NOTIFICATION,
        since,
        until,
        outcome=OffenceOutcome.CONVICTION,
        outcome_on=since,
        offence=OffenceFacts(offence),
        disposal=disposal,
        disposal_on=since,
        term_months=months,
        order=order,
        end_reason=ended or (EndReason.NOTIFICATION_EXPIRED if until else None),
    )


def sentenced(
    since: date,
    until: date | None,
    offence: str,
    *,
    disposal: Disposal = Disposal.IMPRISONMENT,
    months: int | None = None,
    ended: EndReason | None = None,
) -> GroundFacts:
    """Category 2: a specified offence with a qualifying disposal, to the last day of licence or order."""
    if months is None:
        months = months_between(since, until) if until else 0
    hospital = disposal in (Disposal.HOSPITAL_ORDER, Disposal.HOSPITAL_ORDER_RESTRICTED, Disposal.GUARDIANSHIP)
    reason = ended or (EndReason.LICENCE_ENDED if until else None)
    return GroundFacts(
        GroundKind.QUALIFYING_DISPOSAL,
        since,
        until,
        outcome=OffenceOutcome.CONVICTION,
        outcome_on=since,
        offence=OffenceFacts(offence),
        disposal=disposal,
        disposal_on=since,
        term_months=0 if hospital else months,
        end_reason=reason,
    )


def dangerous(
    since: date, until: date | None, offence: str, outcome_on: date, capacity: str, current: str
) -> GroundFacts:
    """Category 3: an offence and both findings; ends with Level 2 or 3."""
    return GroundFacts(
        GroundKind.OTHER_DANGEROUS,
        since,
        until,
        outcome=OffenceOutcome.CONVICTION,
        outcome_on=outcome_on,
        offence=OffenceFacts("", offence),
        finding_capacity=capacity,
        finding_current=current,
        end_reason=EndReason.LEVEL_2_3_ENDED if until else None,
    )


def terrorist(since: date, until: date | None, offence: str) -> GroundFacts:
    """Category 4: a terrorist offence with a qualifying disposal."""
    return GroundFacts(
        GroundKind.TERRORIST_DISPOSAL,
        since,
        until,
        outcome=OffenceOutcome.CONVICTION,
        outcome_on=since,
        offence=OffenceFacts("", offence),
        terrorist_offence=True,
        disposal=Disposal.IMPRISONMENT,
        disposal_on=since,
        term_months=months_between(since, until) if until else 60,
        end_reason=EndReason.LICENCE_ENDED if until else None,
    )
