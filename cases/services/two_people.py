"""Two records that look like one person's and are two: said with a reason, and taken back when it was wrong (R4)."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.models import Identifier, Nominal, TwoPeople
from cases.models.merge import PAIRS
from rules.core import Decision, Reason

from .locking import locked_both


def marks_between(one: Nominal, other: Nominal) -> QuerySet[TwoPeople]:
    """The mark on these two that stands, if there is one."""
    either = Q(one=one, other=other) | Q(one=other, other=one)
    return TwoPeople.objects.filter(either, taken_back_on__isnull=True)


def told_apart(one: Nominal, other: Nominal) -> bool:
    """Whether the two are marked as two people."""
    return marks_between(one, other).exists()


def may_tell_apart(
    one: Nominal,
    *,
    by: Principal,
    today: date,  # noqa: ARG001 - asked like all twins
    other: Nominal | None = None,
    reason: str | None = None,
) -> Decision:
    """Whether the two may be marked as two people; without another one, whether any may be, for the button."""
    allowed = can(by, Perm.NOMINAL_MERGE, one)
    if not allowed or other is None:
        return allowed
    allowed &= can(by, Perm.NOMINAL_MERGE, other)
    if not allowed:
        return allowed
    refusals = []
    if one.pk == other.pk:
        refusals.append(Reason("This is one record: choose another one", "R4"))
    elif told_apart(one, other):
        refusals.append(Reason("They are marked as two people already", "R4"))
    if reason is not None and not reason.strip():
        refusals.append(Reason("Say how they are known to be two people", "R4"))
    return allowed & Decision.of(refusals)


@service(event="told_apart", asks=may_tell_apart)
def tell_apart(*, by: Principal, today: date, one_id: int, other_id: int, reason: str) -> TwoPeople:
    """Mark two records as those of two people: they are not shown as possible doubles any more. Raises ``Refused``."""
    one, other = locked_both(one_id, other_id)
    may_tell_apart(one, by=by, today=today, other=other, reason=reason).or_refuse()
    mark = TwoPeople.objects.create(
        one=one, other=other, reason=reason.strip(), marked_on=today, marked_by_id=by.user_id
    )
    record_event(mark, root=one_id, compartment=PAIRS, other=other_id)
    return mark


def may_take_back(
    one: Nominal,
    *,
    by: Principal,
    today: date,  # noqa: ARG001 - asked like all twins
    other: Nominal | None = None,
) -> Decision:
    """Whether the mark on the two may be taken back; without another one, whether any may be, for the button."""
    allowed = can(by, Perm.NOMINAL_MERGE, one)
    if not allowed or other is None:
        return allowed
    allowed &= can(by, Perm.NOMINAL_MERGE, other)
    if allowed and not told_apart(one, other):
        return Decision.no(Reason("They are not marked as two people", "R4"))
    return allowed


@service(event="told_apart_taken_back", asks=may_take_back)
def take_back_mark(*, by: Principal, today: date, one_id: int, other_id: int) -> TwoPeople:
    """Take the mark on two records back: they are shown as possible doubles again. Raises ``Refused``."""
    one, other = locked_both(one_id, other_id)
    may_take_back(one, by=by, today=today, other=other).or_refuse()
    mark = marks_between(one, other).get()
    mark.taken_back_on = today
    mark.save(update_fields=["taken_back_on"])
    record_event(mark, root=mark.one_id, compartment=PAIRS, other=mark.other_id)
    return mark


def lift_marks(numbers: Collection[int], *, today: date, among: Collection[int] | None = None) -> None:
    """Marks on the holder of one of these numbers and somebody else who has it, too, end: something new makes them
    alike. ``among`` are the ids of the marks in question, by default all.

    Part of the service that gave the numbers; in one step, however many there are, for some of the others may be
    hidden (R4).
    """
    if not numbers:
        return
    marks = TwoPeople.objects.filter(_share(numbers, "one", "other") | _share(numbers, "other", "one"))
    if among is not None:
        marks = marks.filter(pk__in=among)
    marks.filter(taken_back_on__isnull=True).update(taken_back_on=today)


@contextmanager
def marks_lifted(ids: Collection[int], *, today: date) -> Iterator[None]:
    """Lift the marks that the numbers make wrong which these records get within. Two queries and one step more."""
    rows = Identifier.objects.filter(nominal__in=list(ids))
    before = set(rows.values_list("pk", flat=True))
    yield
    lift_marks(set(rows.values_list("pk", flat=True)) - before, today=today)


def _share(numbers: Collection[int], holder: str, other: str) -> Q:
    """One of the numbers is the holder's, and the other one has the same."""
    same = Identifier.objects.filter(
        nominal=OuterRef(OuterRef(other)), kind=OuterRef("kind"), normalised=OuterRef("normalised")
    )
    return Q(Exists(Identifier.objects.filter(Exists(same), pk__in=numbers, nominal=OuterRef(holder))))


def tell_apart_from_all(*, by: Principal, today: date, nominal: Nominal, others: Iterable[int], reason: str) -> None:
    """Mark a record as another person than those who were shown before: part of the service that saves it."""
    TwoPeople.objects.bulk_create(
        TwoPeople(one=nominal, other_id=each, reason=reason.strip(), marked_on=today, marked_by_id=by.user_id)
        for each in sorted(set(others))
    )
