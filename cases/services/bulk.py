"""Many people at once, for imports and the demonstration: few queries a batch, flat memory, the same invariants.

What single services work out is worked out here too: valid identifiers, levels that cover the status, grants that
follow lead agencies and named officers, Category 4 handling, the ledger of obligations. Whether a ground may be
recorded at all is the caller's question to the rules, row by row, before: a batch is facts of an earlier register.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Model, Q

from agencies.access import can, can_in_area, visible
from agencies.models import Agency
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from cases.facts import ground_facts_of_record
from cases.models import (
    Address,
    Alias,
    Background,
    CaseParticipation,
    ConnectedPerson,
    Exclusion,
    Ground,
    Identifier,
    KeyDate,
    LeadAgencySpan,
    Level1Review,
    LevelSpan,
    NamedOfficerSpan,
    Nominal,
    ParallelProcess,
    PersonalGrant,
    QualifyingMeeting,
    QualifyingOffence,
    ReportedChange,
    Screening,
    StaffWarning,
    WhereaboutsSpan,
)
from cases.records import PersonRecord
from cases.spans import LevelSlot, fitted
from rules.categories import status_periods
from rules.core import Decision, Period, Reason
from rules.vocabulary import Handling, ParticipationSource

from .circumstances import BACKGROUND, CONNECTED
from .following import periods_by_holder, the_permission
from .grounds import CATEGORY_4, COLUMNS, row_of
from .levels import check_fitted
from .obligations import bring_in_line
from .people import alias_row, identifier_row
from .two_people import marks_lifted

Row = dict[str, Any]
Key = tuple[Any, ...]
OWN = ("area_id", "panel_area_id", "family_name", "given_names", "date_of_birth", "sex", "handling")


def may_insert_people(
    records: Iterable[PersonRecord] = (),
    *,
    by: Principal,
    today: date,  # noqa: ARG001 - asked like all twins
) -> Decision:
    """Whether these people may be brought in: into one's own area; Category 4 only by those cleared (R99)."""
    allowed, known = can(by, Perm.REGISTER_IMPORT), list(records)
    for area_id in sorted({record.area_id for record in known}):
        allowed &= can_in_area(by, Perm.REGISTER_IMPORT, area_id)
    if not by.category_4 and any(_handling_of(record) == Handling.CATEGORY_4 for record in known):
        allowed &= Decision.no(Reason("Only a person cleared for Category 4 may bring in such a ground.", "R99"))
    return allowed


def may_replace_people(batch: Mapping[int, PersonRecord] | None = None, *, by: Principal, today: date) -> Decision:
    """Whether these stored people may be made equal to these records: those whom the principal may see."""
    known = batch or {}
    allowed = may_insert_people(known.values(), by=by, today=today)
    seen = visible(by, Nominal.objects.filter(pk__in=list(known)), Perm.REGISTER_IMPORT)
    if allowed and seen.count() != len(known):
        return Decision.no(Reason("You do not have access to one of these records.", "R4"))
    return allowed


@service(event="people_inserted", asks=may_insert_people)
def insert_people(*, by: Principal, today: date, batch: Sequence[PersonRecord]) -> list[int]:
    """Add these people with all that is known about them. Returns their ids, in the order given.

    Give batches of some hundreds. Raises ``Refused`` when the principal may not, or when the levels of a person do not
    go with their grounds (R25, R31, R32); then nothing of the batch remains.
    """
    may_insert_people(batch, by=by, today=today).or_refuse()
    lookups = _Lookups.read()
    people = Nominal.objects.bulk_create(Nominal(**own_row(record)) for record in batch)
    ids = [person.pk for person in people]
    _write_children(dict(zip(ids, batch, strict=True)), lookups)
    bring_in_line(ids, today=today)
    record_event(None, root=None, ids=ids)
    return ids


@service(event="people_replaced", asks=may_replace_people)
def replace_people(
    *, by: Principal, today: date, batch: Mapping[int, PersonRecord], parts: Collection[str] | None = None
) -> list[int]:
    """Make these stored people equal to their records. Returns the ids of those who differed; rows that are right
    already are not touched, so the same file twice writes nothing the second time. A row that its record tells
    otherwise is changed where it stands: its history, its mark of correction and what leads to it stay.

    ``parts`` are the names of the lists of ``PersonRecord`` that the source knows about; the others stay as they are.
    By default circumstances, grants and exclusions stay, and handling is never relaxed: a file must not undo a
    restriction.
    Raises ``Refused`` as :func:`insert_people` does.
    """
    may_replace_people(batch, by=by, today=today).or_refuse()
    lookups = _Lookups.read()
    stored = Nominal.objects.select_for_update(no_key=True).order_by("pk").in_bulk(list(batch))
    moved = []
    for key, person in stored.items():
        row = own_row(batch[key])
        if row["handling"] == Handling.ORDINARY:
            del row["handling"]
        if any(getattr(person, name) != value for name, value in row.items()):
            for name, value in row.items():
                setattr(person, name, value)
            person.version += 1
            moved.append(person)
    if moved:
        Nominal.objects.bulk_update(moved, [*OWN, "version"])
    known = {key: batch[key] for key in stored}
    with marks_lifted(stored, today=today):
        changed = {person.pk for person in moved} | _write_children(known, lookups, PARTS if parts is None else parts)
    bring_in_line(stored, today=today)
    ids = sorted(changed)
    record_event(None, root=None, ids=ids)
    return ids


def levels_of(record: PersonRecord) -> list[LevelSlot]:
    """The person's level spans as they will be stored: the given decisions, fitted to the status of their grounds."""
    given = [
        LevelSlot(level.level, level.starts_on, level.ends_on, level.decided_by, level.decision, level.reason)
        for level in record.levels
    ]
    return fitted(given, status_periods(ground_facts_of_record(ground) for ground in record.grounds))


def may_stand(record: PersonRecord) -> Decision:
    """Whether the levels that a record will have go with its grounds; importers ask before they hand a batch over."""
    return check_fitted(levels_of(record), [ground_facts_of_record(ground) for ground in record.grounds])


@dataclass(frozen=True, slots=True)
class _Lookups:
    """What turns codes and ids into keys, read once a batch."""

    offences: Mapping[str, QualifyingOffence]
    groups: Mapping[int, int]
    permission_id: int

    @classmethod
    def read(cls) -> "_Lookups":
        return cls(
            offences={row.code: row for row in QualifyingOffence.objects.all()},
            groups=dict(Agency.objects.values_list("pk", "group_id")),
            permission_id=the_permission().pk,
        )


def _handling_of(record: PersonRecord) -> Handling:
    fourth = any(ground.kind in CATEGORY_4 and ground.voided_on is None for ground in record.grounds)
    return Handling.CATEGORY_4 if fourth else record.handling


def own_row(record: PersonRecord) -> Row:
    """The person's own columns, as they will be stored."""
    row: Row = {name: getattr(record, name) for name in OWN}
    return row | {
        "handling": _handling_of(record),
        "family_name": record.family_name.strip(),
        "given_names": record.given_names.strip(),
    }


def _identifiers(record: PersonRecord, _: _Lookups) -> Iterator[Row]:
    rows = {(row["kind"], row["normalised"]): row for row in map(identifier_row, record.identifiers)}
    yield from rows.values()


def _aliases(record: PersonRecord, _: _Lookups) -> Iterator[Row]:
    for row in {tuple(row.values()): row for row in map(alias_row, record.aliases)}.values():
        yield row | {"area_id": record.area_id}


def _grounds(record: PersonRecord, lookups: _Lookups) -> Iterator[Row]:
    for ground in record.grounds:
        yield row_of(ground, lookups.offences[ground.offence_code] if ground.offence_code else None)


def _levels(record: PersonRecord, _: _Lookups) -> Iterator[Row]:
    may_stand(record).or_refuse()
    for slot in levels_of(record):
        yield {name: getattr(slot, name) for name in LEVEL_COLUMNS}


def _plain(what: str, columns: Sequence[str]) -> "Rows":
    def rows(record: PersonRecord, _: _Lookups) -> Iterator[Row]:
        for item in getattr(record, what):
            yield {name: getattr(item, name) for name in columns}

    return rows


def _lead_grants(record: PersonRecord, lookups: _Lookups) -> Iterator[Row]:
    leads = ((lookups.groups[lead.agency_id], Period(lead.starts_on, lead.ends_on)) for lead in record.lead_agencies)
    for group_id, periods in periods_by_holder(leads).items():
        for period in periods:
            yield _grant(lookups, ParticipationSource.LEAD, period.starts_on, period.ends_on, group_id=group_id)


def _officer_grants(record: PersonRecord, lookups: _Lookups) -> Iterator[Row]:
    officers = ((named.officer_id, Period(named.starts_on, named.ends_on)) for named in record.named_officers)
    source = ParticipationSource.NAMED_OFFICER
    for user_id, periods in periods_by_holder(officers).items():
        for period in periods:
            more = {"user_id": user_id, "named_reader": False}
            yield _grant(lookups, source, period.starts_on, period.ends_on, **more)


def _participations(record: PersonRecord, lookups: _Lookups) -> Iterator[Row]:
    for part in record.participations:
        more = {"group_id": lookups.groups[part.agency_id], "reason": part.reason}
        yield _grant(lookups, part.source, part.starts_on, part.ends_on, **more)


def _personal_grants(record: PersonRecord, lookups: _Lookups) -> Iterator[Row]:
    for grant in record.personal_grants:
        named = grant.named_reader or grant.source is ParticipationSource.NAMED_READER
        more = {"user_id": grant.user_id, "named_reader": named, "reason": grant.reason}
        yield _grant(lookups, grant.source, grant.starts_on, grant.ends_on, **more)


def _grant(
    lookups: _Lookups, source: ParticipationSource, starts_on: date, ends_on: date | None, **more: object
) -> Row:
    row: Row = {"permission_id": lookups.permission_id, "source": source, "starts_on": starts_on, "ends_on": ends_on}
    return {"reason": ""} | row | more


Rows = Callable[[PersonRecord, _Lookups], Iterator[Row]]
SPAN = ("starts_on", "ends_on")
LEVEL_COLUMNS = ("level", *SPAN, "decided_by", "decision", "reason")
GROUND_COLUMNS = (*COLUMNS, "offence_id", "outcome", "disposal", "end_reason")
GRANT_COLUMNS = ("permission_id", "source", *SPAN, "reason")


@dataclass(frozen=True, slots=True)
class _Child:
    """Rows of a table below the nominal: the list of the record they come from, and the columns that make them equal.

    By the first ``known_by`` of these a row that is told otherwise is known again: another holder, another kind or
    another first day is another row. ``own`` says which rows are meant, where the table holds those of two lists.
    """

    part: str
    model: type[Model]
    known_by: int
    columns: tuple[str, ...]
    rows: Rows
    own: Q | None = None
    root: str = "nominal_id"

    def again(self, own: Key) -> Key:
        """What it is known by again, from its person and all its columns."""
        return own[: 1 + self.known_by]


def _listed(part: str, model: type[Model], known_by: int, *columns: str) -> _Child:
    return _Child(part, model, known_by, columns, _plain(part, columns))


LEADS = Q(source=ParticipationSource.LEAD)
OFFICERS = Q(source=ParticipationSource.NAMED_OFFICER)
GROUP_COLUMNS = ("group_id", *GRANT_COLUMNS)
USER_COLUMNS = ("user_id", "named_reader", *GRANT_COLUMNS)
GRANTED = "content_object_id"
CHILDREN = (
    _Child("identifiers", Identifier, 2, ("kind", "normalised", "value", "valid"), _identifiers),
    _Child("aliases", Alias, 3, ("kind", "family_name", "given_names"), _aliases),
    _listed("addresses", Address, 2, "lines", *SPAN, "postcode", "tenure", "no_fixed_abode", "closest_links_id"),
    _Child("grounds", Ground, 2, GROUND_COLUMNS, _grounds),
    _Child("levels", LevelSpan, 2, LEVEL_COLUMNS, _levels),
    _listed("whereabouts", WhereaboutsSpan, 2, "kind", *SPAN, "place"),
    _listed("lead_agencies", LeadAgencySpan, 2, "agency_id", *SPAN),
    _listed("named_officers", NamedOfficerSpan, 3, "officer_id", "agency_id", *SPAN),
    _listed("key_dates", KeyDate, 1, "kind", "falls_on", "certain", "note"),
    _listed("meetings", QualifyingMeeting, 1, "held_on", "level", "next_on", "source"),
    _listed("screenings", Screening, 1, "screened_on", "outcome", "reason"),
    _listed("level_1_reviews", Level1Review, 1, "held_on", "form", "contributors", "decision", "risk", "next_on"),
    _listed("changes", ReportedChange, 2, "kind", "happened_on", "note"),
    _Child("lead_agencies", CaseParticipation, 4, GROUP_COLUMNS, _lead_grants, LEADS, GRANTED),
    _Child("named_officers", PersonalGrant, 5, USER_COLUMNS, _officer_grants, OFFICERS, GRANTED),
    _Child("participations", CaseParticipation, 4, GROUP_COLUMNS, _participations, ~LEADS, GRANTED),
    _Child("personal_grants", PersonalGrant, 5, USER_COLUMNS, _personal_grants, ~OFFICERS, GRANTED),
    _listed("exclusions", Exclusion, 3, "user_id", "agency_id", *SPAN, "reason"),
    _listed("backgrounds", Background, 0, *BACKGROUND),
    _listed("connected_people", ConnectedPerson, 1, *CONNECTED),
    _listed("parallel_processes", ParallelProcess, 2, "kind", *SPAN, "reference", "next_on", "note", "agency_id"),
    _listed("staff_warnings", StaffWarning, 2, "kind", *SPAN, "text"),
)
ACCESS = frozenset({"participations", "personal_grants", "exclusions"})
# What no register that is brought in knows about: it stays unless a source says that it does.
CIRCUMSTANCES = frozenset({"backgrounds", "connected_people", "parallel_processes", "staff_warnings"})
# What was done here since: no file of an earlier register takes it away.
DONE_HERE = frozenset({"screenings", "level_1_reviews", "changes"})
PARTS = frozenset(child.part for child in CHILDREN) - ACCESS - CIRCUMSTANCES - DONE_HERE


def _write_children(
    batch: Mapping[int, PersonRecord], lookups: _Lookups, replacing: Collection[str] | None = None
) -> set[int]:
    """Add the rows below these people; when replacing, of these parts only, change those that are known again where
    they stand, and take away what no record wants.

    Returns the ids of those for whom anything was written.
    """
    changed: set[int] = set()
    for child in CHILDREN:
        if replacing is not None and child.part not in replacing:
            continue
        rows: dict[Key, Row] = {}
        missing: Counter[Key] = Counter()
        for key, record in batch.items():
            for row in child.rows(record, lookups):
                own = (key, *(row[name] for name in child.columns))
                missing[own] += 1
                rows[own] = row | {child.root: key}
        table = child.model._default_manager
        surplus = {} if replacing is None else _surplus(child, batch, missing)
        added, altered = [], []
        for own in missing.elements():
            if known := surplus.get(child.again(own)):
                pk, was = known.pop(0)
                altered.append((child.model(pk=pk, **rows[own]), was, own))
            else:
                added.append(child.model(**rows[own]))
        gone = {pk: was[0] for known in surplus.values() for pk, was in known}
        if gone:
            table.filter(pk__in=gone).delete()
        if altered:
            _alter(child, altered)
        table.bulk_create(added, batch_size=2_000)
        changed |= {*gone.values(), *(own[0] for own in missing.elements())}
    return changed


def _alter(child: _Child, altered: Sequence[tuple[Model, Key, Key]]) -> None:
    """Write these rows where they stand, each with its columns as they were and as they are to be."""
    names = [name for at, name in enumerate(child.columns, 1) if any(was[at] != own[at] for _, was, own in altered)]
    if any(field.name == "version" for field in child.model._meta.concrete_fields):
        for row, _, _ in altered:
            row.version = F("version") + 1  # type: ignore[attr-defined]
        names.append("version")
    child.model._default_manager.bulk_update([row for row, _, _ in altered], names, batch_size=500)


def rows_below(batch: Mapping[int, PersonRecord]) -> Iterator[tuple[type[Model], list[Model]]]:
    """The rows of every table below these new people, unsaved, by the key each person will have."""
    lookups = _Lookups.read()
    for child in CHILDREN:
        yield (
            child.model,
            [
                child.model(**row | {child.root: key})
                for key, record in batch.items()
                for row in child.rows(record, lookups)
            ],
        )


def _surplus(child: _Child, ids: Iterable[int], missing: Counter[Key]) -> dict[Key, list[tuple[int, Key]]]:
    """Stored rows that no record wants as they are, with their columns, by what they are known by again; what is stored
    already is struck off ``missing``.
    """
    stored = child.model._default_manager.filter(child.own or Q(), **{f"{child.root}__in": list(ids)}).order_by("pk")
    surplus: defaultdict[Key, list[tuple[int, Key]]] = defaultdict(list)
    for pk, *own in stored.values_list("pk", child.root, *child.columns):
        key = tuple(own)
        if missing[key] > 0:
            missing[key] -= 1
        else:
            surplus[child.again(key)].append((pk, key))
    return surplus
