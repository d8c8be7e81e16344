"""What undoing a merge would do: which rows go back as they were, what stays, what somebody has to decide."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from agencies.journal import Row, Snapshot, Values, digest_of, from_text, model_of
from cases.models import (
    Address,
    Background,
    CaseParticipation,
    Exclusion,
    LevelSpan,
    Merge,
    MergeLine,
    Nominal,
    Obligation,
    PersonalGrant,
)
from rules.core import Decision, Reason
from rules.merging import is_stricter
from rules.vocabulary import Handling, ParticipationSource

from .backgrounds import still_so
from .journal import snapshot
from .plan import TOLD_APART, in_words, table_name
from .walking import still_kept

_GRANTS = (CaseParticipation._meta.db_table, PersonalGrant._meta.db_table)
_ALWAYS_WORKED_OUT = (LevelSpan._meta.db_table, Obligation._meta.db_table)
_FOLLOWING = (str(ParticipationSource.LEAD), str(ParticipationSource.NAMED_OFFICER))


@dataclass(frozen=True, slots=True)
class SetBack:
    """Columns of one row that get the values they had before the merge."""

    table: str
    row: int
    values: Values


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that the merge moved and that has been changed since: it stays, unless somebody sends it back."""

    line: MergeLine
    table: str
    text: str

    @property
    def set_back(self) -> SetBack:
        return SetBack(self.line.table, self.line.row, self.line.before or {})


@dataclass(slots=True)
class Undo:
    """The undo of the last merge into a record. ``since`` are rows recorded after it, which stay: table and words.

    It ``opens`` the kept record to people to whom the absorbed one is closed, or the other way round. ``sent_back`` are
    rows changed since that go back undecided, as they came from a record of stricter handling.
    """

    merge: Merge | None
    decision: Decision
    opens: bool = False
    opens_absorbed: bool = False
    made: list[Row] = field(default_factory=list)
    set_back: list[SetBack] = field(default_factory=list)
    removed: list[MergeLine] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    since: list[tuple[str, str]] = field(default_factory=list)
    sent_back: list[tuple[str, str]] = field(default_factory=list)
    kept_out_since: list[int] = field(default_factory=list)


def last_merge(kept: Nominal) -> Merge | None:
    """The merge into the record that was made last and still holds: later ones are undone first."""
    return Merge.objects.filter(kept=kept, undone_on__isnull=True).select_related("absorbed").order_by("-pk").first()


def plan_undo(kept: Nominal) -> Undo:
    """What undoing the last merge into the record would do. Reads only."""
    merge = last_merge(kept)
    if merge is None:
        return Undo(None, Decision.no(Reason("No merge into this record stands that could be undone", "R4")))
    undo = Undo(merge, _allowed(merge, kept))
    now = snapshot([merge.kept_id, merge.absorbed_id])
    lines = list(merge.entries.order_by("pk"))
    own, absorbed = _handling_before(merge, lines), Handling(merge.absorbed.handling)
    undo.opens, undo.opens_absorbed = is_stricter(absorbed, own), is_stricter(own, absorbed)
    try:
        for line in lines:
            _sort(undo, line, now)
    except LookupError:
        text = "The register has been rebuilt since this merge, so that it cannot be undone exactly"
        undo.decision &= Decision.no(Reason(text, "R4"))
        return undo
    _recorded_since(undo, merge, now)
    return undo


def _handling_before(merge: Merge, lines: Iterable[MergeLine]) -> Handling:
    """The kept record's own; the merged one's, where the merge did not change it."""
    row = (Nominal._meta.db_table, merge.kept_id)
    own = (line.before or {} for line in lines if (line.table, line.row) == row)
    return Handling(next(own, {}).get("handling", merge.handling))


def _allowed(merge: Merge, kept: Nominal) -> Decision:
    refusals = []
    if kept.merged_into_id is not None:
        refusals.append(Reason("The record has itself been merged since: undo that merge first", "R4"))
    if kept.handling != merge.handling:
        text = "The handling has been changed since the merge: set it back, undo the merge, then set it for each record"
        refusals.append(Reason(text, "R100"))
    return Decision.of(refusals)


def _sort(undo: Undo, line: MergeLine, now: Snapshot) -> None:
    """Where one line belongs. Raises ``LookupError`` for a table or column that is gone."""
    row = (line.table, line.row)
    values = now.get(row)
    from_text(line.table, line.before or {})
    unchanged = values is not None and digest_of(values) == line.digest
    if line.before is None:
        if values is not None and (unchanged or _follows(line.table, values)):
            undo.made.append(row)
    elif line.after is None:
        if values is None and not _made_again(line, now):
            undo.removed.append(line)
    elif values is None:
        return
    elif unchanged or _follows(line.table, values) or line.table == Exclusion._meta.db_table:
        undo.set_back.append(SetBack(line.table, line.row, line.before))
    elif undo.opens:
        # Whatever has been said since: nothing of a record with a wall stays with one that has none.
        undo.set_back.append(SetBack(line.table, line.row, line.before))
        if _moved(line) and (words := _words(line.table, line.row)) is not None:
            undo.sent_back.append(words)
    elif line.table == Nominal._meta.db_table or _received(line):
        still = {name: old for name, old in line.before.items() if values[name] == line.after[name]}
        undo.set_back.append(SetBack(line.table, line.row, still))
    elif line.table == Background._meta.db_table and "nominal_id" not in line.before:
        # It was the kept record's own all along: only what the merge wrote into it goes.
        undo.set_back.append(SetBack(line.table, line.row, still_so(line.before, line.after, values)))
    elif (words := _words(line.table, line.row)) is None:
        # Nobody but its writers reads it, so nobody decides: a draft goes back to whom it was begun about.
        undo.set_back.append(SetBack(line.table, line.row, line.before))
    else:
        undo.changed.append(Changed(line, *words))


def _moved(line: MergeLine) -> bool:
    """Whether the merge gave the row to the kept record, and people are told of such rows."""
    model = model_of(line.table)
    keys = {each.attname for each in model._meta.concrete_fields if each.related_model is Nominal}
    return not issubclass(model, TOLD_APART) and not keys.isdisjoint(line.before or {})


def _received(line: MergeLine) -> bool:
    """An address that was the kept record's own all along: only what the merge wrote into it goes."""
    return line.table == Address._meta.db_table and "nominal_id" not in (line.before or {})


def _follows(table: str, values: Values) -> bool:
    """Rows that are worked out from others: set back, then worked out again."""
    return table in _ALWAYS_WORKED_OUT or (table in _GRANTS and values.get("source") in _FOLLOWING)


def _made_again(line: MergeLine, now: Snapshot) -> bool:
    """Whether the ledger has opened the same obligation anew since."""
    key = ("nominal_id", "kind", "subject", "triggered_on")
    wanted = {name: (line.before or {}).get(name) for name in key}
    return line.table == Obligation._meta.db_table and any(
        table == line.table and {name: values.get(name) for name in key} == wanted for (table, _), values in now.items()
    )


def _recorded_since(undo: Undo, merge: Merge, now: Snapshot) -> None:
    made = {(line.table, line.row) for line in merge.entries.filter(before__isnull=True)}
    for row, values in now.items():
        table, key = row
        if key in merge.held.get(table, ()) or row in made:
            continue
        if table == Exclusion._meta.db_table and values["nominal_id"] == str(merge.kept_id):
            undo.kept_out_since.append(key)
        if _follows(table, values) or issubclass(model_of(table), TOLD_APART):
            continue
        if (words := _words(table, key)) is not None:
            undo.since.append(words)


def _words(table: str, key: int) -> tuple[str, str] | None:
    """Its table and the row in words; None for a draft, which is its writers' own."""
    row: Any = model_of(table)._base_manager.get(pk=key)
    return None if still_kept(row) else (table_name(row), in_words(row))
