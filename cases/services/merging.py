"""Two records of one person become one, and two again (R4).

Under the locks of both, every row that leads to the absorbed record moves, as ``cases.merging`` plans it; the levels,
the grants that follow spans and the ledger are worked out afresh. What was done is kept row by row, for the undo.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import F, Q

from agencies.access import can
from agencies.journal import Snapshot, differences
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.services.journal import bring_back, raised, rows_at, set_back
from audit.boundary import record_event, service
from cases.facts import ground_facts
from cases.merging.journal import snapshot
from cases.merging.participants import Step
from cases.merging.plan import Plan, plan_merge
from cases.merging.undoing import Undo, last_merge, plan_undo
from cases.models import Alias, Exclusion, Identifier, LevelSpan, Merge, MergeLine, Nominal, TwoPeople
from pages.conflicts import Conflict
from rules.core import Decision, Reason
from rules.identity import may_be_born_on
from rules.merging import may_be_left_open
from rules.vocabulary import AliasKind

from .following import follow_leads, follow_officers
from .levels import check_fitted, fit_levels, slots_of
from .locking import locked_both
from .obligations import bring_in_line
from .people import first_known_day
from .separating import end_parts_as, parts_in
from .two_people import lift_marks, told_apart

DETAILS: dict[str, tuple[str, ...]] = {
    "name": ("family_name", "given_names"),
    "date_of_birth": ("date_of_birth",),
    "sex": ("sex",),
    "panel_area": ("panel_area_id",),
}
"""What a record says once: the kept record's holds, or is taken from the absorbed one. Field names by choice."""


def may_merge_nominals(
    kept: Nominal,
    *,
    by: Principal,
    today: date,
    absorbed: Nominal | None = None,
    takes: Collection[str] = (),
    reason: str | None = None,
    plan: Plan | None = None,
) -> Decision:
    """Whether the second record may be merged into the first; without one, whether any may be, for the button.

    ``plan`` is that of these two, when the caller has it already.
    """
    allowed = can(by, Perm.NOMINAL_MERGE, kept)
    if not allowed or absorbed is None:
        return allowed
    allowed &= can(by, Perm.NOMINAL_MERGE, absorbed)
    if not allowed:
        return allowed
    if kept.pk == absorbed.pk:
        return Decision.no(Reason("A record cannot be merged with itself: choose another one", "R4"))
    refusals = []
    if kept.merged_into_id is not None or absorbed.merged_into_id is not None:
        refusals.append(Reason("One of the records has been merged already", "R4"))
    if told_apart(kept, absorbed):
        refusals.append(Reason("They are marked as two people: take the mark back first", "R4"))
    if reason is not None and not reason.strip():
        refusals.append(Reason("Say how you know that they are one person", "R4"))
    decision = (plan or plan_merge(kept, absorbed, today=today)).decision
    born_on = (absorbed if "date_of_birth" in takes else kept).date_of_birth
    for nominal in (kept, absorbed):
        decision &= may_be_born_on(born_on, first_known_day(nominal))
    return allowed & Decision.of(refusals) & decision


@service(event="records_merged", asks=may_merge_nominals)
def merge_nominals(
    *, by: Principal, today: date, kept_id: int, absorbed_id: int, reason: str, takes: Collection[str] = ()
) -> Merge:
    """Merge the absorbed record into the kept one. ``takes`` are the keys of ``DETAILS`` whose value comes from it.

    The absorbed row stays, hidden, with what could not stand beside the kept record's rows. Raises ``Refused``.
    """
    kept, absorbed = locked_both(kept_id, absorbed_id)
    plan = plan_merge(kept, absorbed, today=today)
    may_merge_nominals(kept, by=by, today=today, absorbed=absorbed, takes=takes, reason=reason, plan=plan).or_refuse()
    before = snapshot([kept_id, absorbed_id])
    merge = Merge.objects.create(
        kept=kept,
        absorbed=absorbed,
        reason=reason.strip(),
        held=_ids(before),
        merged_on=today,
        merged_by_id=by.user_id,
        handling=plan.handling,
    )
    alike_since = _made_alike(kept, absorbed)
    for step in plan.steps:
        _carry_out(step, kept)
    for numbers, marks in alike_since:
        lift_marks(numbers, today=today, among=marks)
    _put_levels(plan)
    _take_details(plan, takes)
    Nominal.objects.filter(pk=absorbed_id).update(merged_into=kept, version=F("version") + 1)
    _work_out(kept, today)
    after = snapshot([kept_id, absorbed_id])
    MergeLine.objects.bulk_create(
        MergeLine(
            merge=merge, table=each.row[0], row=each.row[1], before=each.before, after=each.after, digest=each.digest
        )
        for each in differences(before, after)
    )
    note_absorbed(by=by, today=today, absorbed=absorbed, kept_id=kept_id)
    record_event(merge, root=kept_id, absorbed=absorbed_id, takes=sorted(takes))
    return merge


def _made_alike(kept: Nominal, absorbed: Nominal) -> list[tuple[list[int], list[int]]]:
    """Of each record the numbers that the other does not have, with the marks of two people on that other one alone:
    whoever made such a mark did not know of the numbers that come to it now."""
    numbers, marks = {}, {}
    for each in (kept, absorbed):
        numbers[each.pk] = {(row.kind, row.normalised): row.pk for row in Identifier.objects.filter(nominal=each)}
        standing = TwoPeople.objects.filter(Q(one=each) | Q(other=each), taken_back_on__isnull=True)
        marks[each.pk] = {row.other_id if row.one_id == each.pk else row.one_id: row.pk for row in standing}
    return [
        (
            [pk for number, pk in numbers[one.pk].items() if number not in numbers[other.pk]],
            [pk for third, pk in marks[other.pk].items() if third not in marks[one.pk]],
        )
        for one, other in ((kept, absorbed), (absorbed, kept))
    ]


def may_note_absorbed(nominal: Nominal, *, by: Principal, today: date) -> Decision:  # noqa: ARG001
    """Whoever may merge leaves word with the record that was absorbed."""
    return can(by, Perm.NOMINAL_MERGE)


@service(event="merged_into_another_record", asks=may_note_absorbed)
def note_absorbed(*, by: Principal, today: date, absorbed: Nominal, kept_id: int) -> None:
    """Leave word in the history of the absorbed record, which is read again when the merge is undone."""
    may_note_absorbed(absorbed, by=by, today=today).or_refuse()
    record_event(absorbed, root=absorbed.pk, kept=kept_id)


def may_undo_merge(
    kept: Nominal,
    *,
    by: Principal,
    today: date,  # noqa: ARG001 - asked like all twins
    reason: str | None = None,
    since_is_theirs: bool = False,
    undo: Undo | None = None,
) -> Decision:
    """Whether the last merge into the record may be undone; without a reason, whether any may be, for the button."""
    allowed = can(by, Perm.NOMINAL_MERGE, kept)
    if not allowed:
        return allowed
    undo = undo or plan_undo(kept)
    allowed &= undo.decision
    if reason is None:
        return allowed
    if not reason.strip():
        allowed &= Decision.no(Reason("Say how you know that they are two people", "R4"))
    return allowed & may_be_left_open(undo.opens and bool(undo.since), since_is_theirs)


@service(event="merge_undone", asks=may_undo_merge)
def undo_merge(
    *,
    by: Principal,
    today: date,
    kept_id: int,
    reason: str,
    goes_back: Collection[int] = (),
    since_is_theirs: bool = False,
) -> Merge:
    """Undo the last merge into the record, as a whole: every row is again what and whose it was before.

    What was recorded since stays with the kept record. Rows that were moved and have been changed since stay with it,
    too, but for those lines whose ids are in ``goes_back``. When the absorbed record's handling is the stricter one,
    all of them go back, and ``since_is_theirs`` says that what was recorded since is about the kept record's person.
    Raises ``Refused``.
    """
    asked = Nominal.objects.get(pk=kept_id)
    known = last_merge(asked)
    kept, absorbed = locked_both(kept_id, known.absorbed_id if known is not None else kept_id)
    undo = plan_undo(kept)
    may_undo_merge(kept, by=by, today=today, reason=reason, since_is_theirs=since_is_theirs, undo=undo).or_refuse()
    if (merge := undo.merge) is None or merge != known:
        raise Conflict
    parts = parts_in(kept_id)
    _take_away(undo)
    _set_back(undo, frozenset(goes_back))
    _bring_back(undo)
    _keep_out_of_both(undo, absorbed.pk)
    end_parts_as(absorbed.pk, parts, today)
    for nominal in (kept, absorbed):
        nominal.refresh_from_db()
        fit_levels(nominal)
        _levels_stand(nominal).or_refuse()
        _work_out(nominal, today)
    Nominal.objects.filter(pk__in=[kept_id, absorbed.pk]).update(version=F("version") + 1)
    merge.undone_on, merge.undone_by_id, merge.undo_reason = today, by.user_id, reason.strip()
    merge.save(update_fields=["undone_on", "undone_by", "undo_reason"])
    note_separated(by=by, today=today, absorbed=absorbed, kept_id=kept_id)
    record_event(merge, root=kept_id, absorbed=absorbed.pk, goes_back=sorted(goes_back))
    return merge


@service(event="merge_into_another_record_undone", asks=may_note_absorbed)
def note_separated(*, by: Principal, today: date, absorbed: Nominal, kept_id: int) -> None:
    """Leave word in the history of the record that is a record of its own again."""
    may_note_absorbed(absorbed, by=by, today=today).or_refuse()
    record_event(absorbed, root=absorbed.pk, kept=kept_id)


def _ids(rows: Snapshot) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for table, key in sorted(rows):
        found[table].append(key)
    return dict(found)


def _carry_out(step: Step, kept: Nominal) -> None:
    """Move one row, with the days that are left of it; a second piece of it is a row of its own.

    What a row gives to one of the kept record is written there.
    """
    if step.to is not None and step.gives:
        type(step.to)._base_manager.filter(pk=step.to.pk).update(**step.gives, **raised(type(step.to)))
    if not step.moves:
        return
    row: Any = step.row
    own = step.link.model._base_manager.filter(pk=row.pk)
    if not step.pieces:
        own.update(**{step.link.column: kept.pk, **step.takes})
        return
    first, *others = step.pieces
    own.update(**{step.link.column: kept.pk, "starts_on": first.starts_on, "ends_on": first.ends_on})
    for piece in others:
        row.pk, row._state.adding = None, True
        setattr(row, step.link.column, kept.pk)
        row.starts_on, row.ends_on = piece.starts_on, piece.ends_on
        row.save(force_insert=True)


def _put_levels(plan: Plan) -> None:
    """Make the kept record's level spans those of the plan; the absorbed record's own stay with it where unused."""
    own = {slot.key for slot in slots_of(plan.kept)}
    wanted = {slot.key for slot in plan.levels}
    LevelSpan.objects.filter(pk__in=own - wanted).delete()
    for slot in plan.levels:
        if slot.key is None:
            LevelSpan.objects.create(
                nominal=plan.kept, level=slot.level, starts_on=slot.starts_on, ends_on=slot.ends_on,
                decided_by=slot.decided_by, decision=slot.decision, reason=slot.reason,
            )  # fmt: skip
        else:
            LevelSpan.objects.filter(pk=slot.key).update(
                nominal=plan.kept, starts_on=slot.starts_on, ends_on=slot.ends_on
            )


def _take_details(plan: Plan, takes: Collection[str]) -> None:
    """The values that win; the name that does not is kept as another name, so that the person is found by it."""
    kept, absorbed = plan.kept, plan.absorbed
    names = [(row.family_name, row.given_names) for row in (kept, absorbed)]
    lost = names[0] if "name" in takes else names[1]
    if names[0] != names[1]:
        Alias.objects.get_or_create(
            nominal=kept, area_id=kept.area_id, kind=AliasKind.ALIAS, family_name=lost[0], given_names=lost[1]
        )
    values = {name: getattr(absorbed, name) for choice in takes for name in DETAILS[choice]}
    Nominal.objects.filter(pk=kept.pk).update(**values, handling=plan.handling, version=F("version") + 1)
    kept.refresh_from_db()


def _work_out(nominal: Nominal, today: date) -> None:
    """What follows from other rows: grants of leads and officers, the ledger."""
    follow_leads(nominal)
    follow_officers(nominal)
    bring_in_line([nominal.pk], today=today)


def _levels_stand(nominal: Nominal) -> Decision:
    grounds = [ground_facts(row) for row in nominal.grounds.select_related("offence")]
    return check_fitted(slots_of(nominal), grounds)


def _take_away(undo: Undo) -> None:
    """Rows that the merge made."""
    for table, key in undo.made:
        rows_at(table, key).delete()


def _set_back(undo: Undo, goes_back: frozenset[int]) -> None:
    sent = [changed.set_back for changed in undo.changed if changed.line.pk in goes_back]
    for each in (*undo.set_back, *sent):
        set_back(each.table, each.row, each.values)


def _bring_back(undo: Undo) -> None:
    """Rows that the merge removed come back under their old keys, as they were."""
    for line in undo.removed:
        bring_back(line.table, line.before or {})


def _keep_out_of_both(undo: Undo, absorbed_id: int) -> None:
    """Who was kept out since the merge was kept out of both: so it stays."""
    for row in Exclusion.objects.filter(pk__in=undo.kept_out_since):
        row.pk, row._state.adding = None, True
        row.nominal_id = absorbed_id
        row.save(force_insert=True)
