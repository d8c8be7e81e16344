"""A Level 1 review that was recorded by mistake: put right, or taken away, with the reason (R39, R40)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from dataclasses import asdict
from datetime import date

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import Level1Review
from cases.records import Level1ReviewRecord
from rules.core import Decision
from rules.corrections import LEVEL_1_REVIEW, may_correct_record, may_take_record_away
from rules.level_1 import ReviewFacts
from rules.vocabulary import ReviewForm, RiskLevel

from .corrected import put_right, take_away
from .level_1 import may_record_level_1_review
from .locking import locked_row
from .obligations import bring_in_line


def may_correct_level_1_review(
    row: Level1Review, *, by: Principal, today: date, review: Level1ReviewRecord | None = None, reason: str = ""
) -> Decision:
    """Whether the review may be recorded as this one instead; without one, for the button."""
    if review is None:
        return may_record_level_1_review(row.nominal, by=by, today=today)
    others = row.nominal.level_1_reviews.exclude(pk=row.pk).values_list("held_on", flat=True)
    return may_record_level_1_review(
        row.nominal, by=by, today=today, review=_facts(review), contributors=review.contributors,
        decision=review.decision, stands=_facts(as_recorded(row)),
    ) & may_correct_record(
        LEVEL_1_REVIEW, review.held_on, set(others), unchanged=review == as_recorded(row), reason=reason
    )  # fmt: skip


@service(event="level_1_review_corrected", asks=may_correct_level_1_review)
def correct_level_1_review(
    *, by: Principal, today: date, review_id: int, review: Level1ReviewRecord, reason: str, version: int | None = None
) -> Level1Review:
    """Put right any part of a Level 1 review: what it meets, and the next counted from it, follow (R39).

    Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(Level1Review, review_id, version)
    may_correct_level_1_review(row, by=by, today=today, review=review, reason=reason).or_refuse()
    was = row.held_on
    put_right(row, asdict(review), today=today, reason=reason)
    bring_in_line([nominal.pk], today=today)
    record_event(row, root=nominal.pk, held_on=row.held_on, risk=row.risk, next_on=row.next_on, instead_of=was)
    return row


def may_take_level_1_review_away(
    row: Level1Review, *, by: Principal, today: date, reason: str | None = None
) -> Decision:
    """Whether the review may be taken away as never held of this person; without a reason, for the button."""
    allowed = can(by, Perm.LEVEL_1_RECORD, row.nominal)
    return allowed if reason is None else allowed & may_take_record_away(LEVEL_1_REVIEW, reason=reason)


@service(event="level_1_review_taken_away", asks=may_take_level_1_review_away)
def take_level_1_review_away(
    *, by: Principal, today: date, review_id: int, reason: str, version: int | None = None
) -> None:
    """Take away a Level 1 review that was recorded by mistake: what it met is due as if it had not been, and nothing
    is counted from it. The change log keeps it and the reason. Raises ``Refused`` and ``Conflict``.
    """
    nominal, row = locked_row(Level1Review, review_id, version)
    may_take_level_1_review_away(row, by=by, today=today, reason=reason).or_refuse()
    take_away(row, root=nominal.pk, today=today, reason=reason, held_on=row.held_on, risk=row.risk)
    bring_in_line([nominal.pk], today=today)


def _facts(review: Level1ReviewRecord) -> ReviewFacts:
    return ReviewFacts(review.held_on, review.next_on, review.risk or None)


def as_recorded(row: Level1Review) -> Level1ReviewRecord:
    """What stands recorded."""
    return Level1ReviewRecord(
        row.held_on,
        ReviewForm(row.form),
        row.contributors,
        row.decision,
        row.next_on,
        RiskLevel(row.risk) if row.risk else "",
    )
