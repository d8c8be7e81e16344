"""Where the person is. Custody pauses the review clock (R52), ends nothing (R24); death ends every ground (R28)."""

from datetime import date

from django.db.models import F, QuerySet

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import ground_facts, person_facts
from cases.models import Ground, Nominal, WhereaboutsSpan
from rules.core import Decision, Reason
from rules.corrections import STAY
from rules.endings import ended_by_death, may_be_somewhere
from rules.identity import may_have_happened
from rules.vocabulary import EndReason, Whereabouts

from .corrected import not_written_over, put_right
from .levels import fit_levels
from .locking import locked, unchanged
from .obligations import bring_in_line
from .splice import make_room, until_next

DIED_BEFORE = "Died before it took effect"
SEEN_BOTH = "Two people recorded this day: the second had seen what the first recorded."


def may_record_whereabouts(
    nominal: Nominal,
    *,
    by: Principal,
    today: date,
    kind: Whereabouts | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Decision:
    """Whether these whereabouts may be recorded; without a kind, whether any may be, for the button."""
    allowed = can(by, Perm.WHEREABOUTS_RECORD, nominal)
    if not allowed or kind is None:
        return allowed
    first_day = starts_on or today
    refusals = []
    if first_day > today:
        refusals.append(Reason("Where a person is can be recorded from the day itself, not ahead.", "R52"))
    if ends_on is not None and ends_on < first_day:
        refusals.append(Reason("It cannot end before it starts.", "R52"))
    if kind is Whereabouts.DEAD and ends_on is not None:
        refusals.append(Reason("Death has no end date.", "R28"))
    allowed &= may_be_somewhere(ends_on or first_day, died_on=person_facts(nominal).died_on)
    return allowed & Decision.of(refusals) & may_have_happened(first_day, born_on=nominal.date_of_birth)


@service(event="whereabouts_recorded", asks=may_record_whereabouts)
def record_whereabouts(
    *,
    by: Principal,
    today: date,
    nominal_id: int,
    kind: Whereabouts,
    starts_on: date,
    ends_on: date | None = None,
    place: str = "",
    version: int | None = None,
    instead_of: int | None = None,
    because: str = SEEN_BOTH,
) -> WhereaboutsSpan:
    """Record where the person is from a day, until the next that is recorded; what stood for those days gives way.

    Death ends every ground and the level on that day (R28); a ground due to begin later is voided. A recorded
    death gives way only to an earlier one. Another stay from the same day is corrected by itself, unless it is named:
    ``instead_of`` is its id, and ``because`` what it then says of that. ``version`` is the stamp of the whereabouts
    that were seen; without one nothing is compared. Raises ``Refused``, and ``pages.conflicts.Conflict`` when they have
    been changed since.
    """
    nominal = locked(nominal_id)
    unchanged(nominal.whereabouts.all(), version)
    may_record_whereabouts(nominal, by=by, today=today, kind=kind, starts_on=starts_on, ends_on=ends_on).or_refuse()
    spans, died, died_before = nominal.whereabouts.all(), kind is Whereabouts.DEAD, person_facts(nominal).died_on
    last_day = None if died else until_next(spans, starts_on, ends_on)
    said = {"kind": kind, "place": place.strip()}
    span = None if died else spans.filter(starts_on=starts_on).first()
    if span is not None and span.pk != instead_of:
        not_written_over(span, {**said, **({"ends_on": ends_on} if ends_on else {})}, STAY, starts_on).or_refuse()
    elif span is not None and (last_day is None or (span.ends_on is not None and span.ends_on <= last_day)):
        make_room(spans.exclude(pk=span.pk), starts_on, last_day)
        put_right(span, {**said, "ends_on": last_day}, today=today, reason=because)
    else:
        # One that is named, and lasts longer, goes on after this one.
        make_room(spans, starts_on, last_day)
        span = WhereaboutsSpan.objects.create(nominal=nominal, starts_on=starts_on, ends_on=last_day, **said)
    if died:
        if died_before is not None:
            undo_ends(nominal, died_before)
        end_all(nominal, starts_on, today)
    bring_in_line([nominal.pk], today=today)
    record_event(span, root=nominal.pk, kind=kind, starts_on=starts_on)
    return span


def end_all(nominal: Nominal, died_on: date, today: date) -> None:
    """End what stands on the day of death, and void what would begin later. The caller holds the lock."""
    stored = list(nominal.grounds.filter(voided_on__isnull=True).select_related("offence"))
    facts = [ground_facts(ground) for ground in stored]
    for ground, before, after in zip(stored, facts, ended_by_death(facts, died_on), strict=True):
        own = Ground.objects.filter(pk=ground.pk)
        if ground.starts_on > died_on:
            own.update(voided_on=today, void_reason=DIED_BEFORE, version=F("version") + 1)
        elif after != before:
            own.update(
                before_death_ends_on=ground.ends_on, before_death_end_reason=ground.end_reason,
                before_death_end_confirmed=ground.end_confirmed, ends_on=after.ends_on, end_reason=after.end_reason,
                end_confirmed=True, version=F("version") + 1,
            )  # fmt: skip
    fit_levels(nominal)


def ended_by(nominal: Nominal, died_on: date) -> QuerySet[Ground]:
    """The grounds that a death on this day ended."""
    return nominal.grounds.filter(end_reason=EndReason.DEATH, ends_on=died_on, voided_on__isnull=True)


def voided_by(nominal: Nominal, died_on: date) -> QuerySet[Ground]:
    """The grounds, due to begin later, that a death on this day voided."""
    return nominal.grounds.filter(void_reason=DIED_BEFORE, starts_on__gt=died_on)


def undo_ends(nominal: Nominal, died_on: date) -> None:
    """Let every ground stand as it did before a death on this day, which was recorded by mistake, and the level with
    it. What was not kept, of a ground that was brought in as ended, has no end. The caller holds the lock.
    """
    ended_by(nominal, died_on).update(
        ends_on=F("before_death_ends_on"), end_reason=F("before_death_end_reason"),
        end_confirmed=F("before_death_end_confirmed"), before_death_ends_on=None, before_death_end_reason="",
        before_death_end_confirmed=False, version=F("version") + 1,
    )  # fmt: skip
    voided_by(nominal, died_on).update(voided_on=None, void_reason="", version=F("version") + 1)
    fit_levels(nominal)
