"""People of the register as records, to be put together with what a file says of them.

Whole records, although a file says nothing of addresses, officers or grants: what is handed back replaces the person.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.functions import Upper

from agencies.access import visible
from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Perm
from cases.models import (
    Address,
    Alias,
    CaseParticipation,
    Exclusion,
    Ground,
    Identifier,
    KeyDate,
    LeadAgencySpan,
    LevelSpan,
    NamedOfficerSpan,
    Nominal,
    PersonalGrant,
    QualifyingMeeting,
    WhereaboutsSpan,
)
from cases.records import (
    AddressRecord,
    AliasRecord,
    ExclusionRecord,
    GroundRecord,
    IdentifierRecord,
    KeyDateRecord,
    LeadAgencyRecord,
    LevelRecord,
    MeetingRecord,
    NamedOfficerRecord,
    ParticipationRecord,
    PersonalGrantRecord,
    PersonRecord,
    WhereaboutsRecord,
)
from rules.vocabulary import (
    AliasKind,
    DecidingBody,
    Disposal,
    EndReason,
    GroundKind,
    Handling,
    IdentifierKind,
    KeyDateKind,
    Level,
    OffenceOutcome,
    OrderKind,
    ParticipationSource,
    Sex,
    Tenure,
    Whereabouts,
)

from .entries import normalised

Key = tuple[IdentifierKind, str]


def recognised(by: Principal, area: Area, identifiers: Iterable[IdentifierRecord]) -> dict[Key, set[int]]:
    """Which people of the area have these identifiers, as far as the importer may see them (R4)."""
    wanted = {(one.kind, normalised(one.kind, one.value)) for one in identifiers}
    # In two steps: as one query it grew with the square of the file, for within one transaction nothing tells the
    # planner that the tables have long ceased to be small.
    held = Identifier.objects.filter(normalised__in={text for _, text in wanted})
    holders = [
        (key, nominal_id)
        for kind, text, nominal_id in held.values_list("kind", "normalised", "nominal_id")
        if (key := (IdentifierKind(kind), text)) in wanted
    ]
    seen = _seen_by(by, area).filter(pk__in={nominal_id for _, nominal_id in holders})
    may_be_seen = set(seen.values_list("pk", flat=True))
    found: dict[Key, set[int]] = defaultdict(set)
    for key, nominal_id in holders:
        if nominal_id in may_be_seen:
            found[key].add(nominal_id)
    return found


def alike(by: Principal, area: Area, records: Iterable[PersonRecord]) -> dict[tuple[str, date], list[int]]:
    """Surnames, in capitals, with dates of birth that people have whom the importer may see, and who they are (R4)."""
    wanted = {(one.family_name.upper(), one.date_of_birth) for one in records if one.date_of_birth is not None}
    rows = (
        _seen_by(by, area)
        .filter(date_of_birth__in={born_on for _, born_on in wanted})
        .order_by("pk")
        .values_list("pk", Upper("family_name"), "date_of_birth")
    )
    found: dict[tuple[str, date], list[int]] = defaultdict(list)
    for pk, name, born_on in rows:
        if (name, born_on) in wanted:
            found[name, born_on].append(pk)
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """By what a stored person is told from another: surnames in capitals, former ones and aliases too, and birth."""

    family_name: str
    surnames: frozenset[str]
    born_on: date | None


def known_as(ids: Iterable[int]) -> dict[int, Known]:
    """The names and dates of birth of these people, at a constant number of queries."""
    wanted = list(ids)
    others: dict[int, set[str]] = defaultdict(set)
    aliases = Alias.objects.filter(nominal__in=wanted).exclude(kind=AliasKind.NICKNAME)
    for nominal_id, name in aliases.values_list("nominal_id", "family_name"):
        others[nominal_id].add(plain_name(name))
    people = Nominal.objects.filter(pk__in=wanted).values_list("pk", "family_name", "date_of_birth")
    return {
        pk: Known(plain_name(name), frozenset({plain_name(name), *others[pk]}), born_on) for pk, name, born_on in people
    }


def plain_name(name: str) -> str:
    """A name for comparing: capitals, single spaces."""
    return " ".join(name.upper().split())


def _seen_by(by: Principal, area: Area) -> QuerySet[Nominal]:
    """A command acts for nobody in particular: whoever reads what it prints may hold no right at all. So it recognises
    ordinary records only, although the system itself sees every record (R99, R100).
    """
    people = visible(by, Nominal.objects.filter(area=area), Perm.NOMINAL_EDIT)
    return people if by.is_signed_in else people.filter(handling=Handling.ORDINARY)


def stored_people(ids: Sequence[int]) -> dict[int, PersonRecord]:
    """The records of these people, at a constant number of queries."""
    below = {name: table.by_person(ids) for name, table in _BELOW.items()}
    return {
        nominal.pk: PersonRecord(
            area_id=nominal.area_id,
            family_name=nominal.family_name,
            given_names=nominal.given_names,
            date_of_birth=nominal.date_of_birth,
            sex=Sex(nominal.sex),
            panel_area_id=nominal.panel_area_id,
            handling=Handling(nominal.handling),
            **{name: tuple(rows.get(nominal.pk, ())) for name, rows in below.items()},
        )
        for nominal in Nominal.objects.filter(pk__in=ids)
    }


@dataclass(frozen=True)
class _Table:
    """A table below the nominal, and how a row of it is told. ``apart``: a source of rows that follow from others."""

    model: type[Model]
    told: Callable[[Any], Any]
    order: str = "starts_on"
    owner: str = "nominal"
    joined: str = ""
    apart: str = ""

    def by_person(self, ids: Sequence[int]) -> Mapping[int, list[Any]]:
        rows: Any = self.model._default_manager.filter(**{f"{self.owner}__in": ids})
        if self.apart:
            rows = rows.exclude(source=self.apart)
        if self.joined:
            rows = rows.select_related(self.joined)
        found: defaultdict[int, list[Any]] = defaultdict(list)
        for row in rows.order_by(self.order, "id"):
            found[getattr(row, f"{self.owner}_id")].append(self.told(row))
        return found


def _identifier(row: Identifier) -> IdentifierRecord:
    return IdentifierRecord(IdentifierKind(row.kind), row.value)


def _alias(row: Alias) -> AliasRecord:
    return AliasRecord(row.family_name, row.given_names, AliasKind(row.kind))


def _ground(row: Ground) -> GroundRecord:
    return GroundRecord(
        kind=GroundKind(row.kind),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        offence_code=row.offence.code if row.offence else "",
        offence_text=row.offence_text,
        outcome=OffenceOutcome(row.outcome) if row.outcome else None,
        outcome_on=row.outcome_on,
        service_court=row.service_court,
        terrorist_offence=row.terrorist_offence,
        order=OrderKind(row.order),
        order_ends_on=row.order_ends_on,
        disposal=Disposal(row.disposal) if row.disposal else None,
        disposal_on=row.disposal_on,
        term_months=row.term_months,
        term_days=row.term_days,
        total_of_consecutive_terms=row.total_of_consecutive_terms,
        legal_confirmation=row.legal_confirmation,
        finding_capacity=row.finding_capacity,
        finding_current=row.finding_current,
        end_reason=EndReason(row.end_reason) if row.end_reason else None,
        end_confirmed=row.end_confirmed,
        voided_on=row.voided_on,
        void_reason=row.void_reason,
    )


def _level(row: LevelSpan) -> LevelRecord:
    return LevelRecord(
        Level(row.level), row.starts_on, row.ends_on, DecidingBody(row.decided_by), row.decision, row.reason
    )


def _whereabouts(row: WhereaboutsSpan) -> WhereaboutsRecord:
    return WhereaboutsRecord(Whereabouts(row.kind), row.starts_on, row.ends_on, row.place)


def _lead(row: LeadAgencySpan) -> LeadAgencyRecord:
    return LeadAgencyRecord(row.agency_id, row.starts_on, row.ends_on)


def _meeting(row: QualifyingMeeting) -> MeetingRecord:
    return MeetingRecord(row.held_on, Level(row.level), row.next_on, row.source)


def _address(row: Address) -> AddressRecord:
    return AddressRecord(
        row.starts_on, row.ends_on, row.lines, row.postcode, row.no_fixed_abode, row.closest_links_id,
        Tenure(row.tenure),
    )  # fmt: skip


def _officer(row: NamedOfficerSpan) -> NamedOfficerRecord:
    return NamedOfficerRecord(row.officer_id, row.agency_id, row.starts_on, row.ends_on)


def _key_date(row: KeyDate) -> KeyDateRecord:
    return KeyDateRecord(KeyDateKind(row.kind), row.falls_on, row.certain, row.note)


def _participation(row: CaseParticipation) -> ParticipationRecord:
    source = ParticipationSource(row.source)
    return ParticipationRecord(row.group.agency.pk, row.starts_on, row.ends_on, source, row.reason)


def _personal_grant(row: PersonalGrant) -> PersonalGrantRecord:
    source = ParticipationSource(row.source)
    return PersonalGrantRecord(row.user_id, row.starts_on, row.ends_on, source, row.named_reader, row.reason)


def _exclusion(row: Exclusion) -> ExclusionRecord:
    return ExclusionRecord(row.reason, row.starts_on, row.ends_on, row.user_id, row.agency_id)


_BELOW: Mapping[str, _Table] = {
    "identifiers": _Table(Identifier, _identifier, order="id"),
    "aliases": _Table(Alias, _alias, order="id"),
    "addresses": _Table(Address, _address),
    "grounds": _Table(Ground, _ground, joined="offence"),
    "levels": _Table(LevelSpan, _level),
    "whereabouts": _Table(WhereaboutsSpan, _whereabouts),
    "lead_agencies": _Table(LeadAgencySpan, _lead),
    "named_officers": _Table(NamedOfficerSpan, _officer),
    "key_dates": _Table(KeyDate, _key_date, order="kind"),
    "meetings": _Table(QualifyingMeeting, _meeting, order="held_on"),
    "participations": _Table(
        CaseParticipation,
        _participation,
        owner="content_object",
        joined="group__agency",
        apart=ParticipationSource.LEAD,
    ),
    "personal_grants": _Table(
        PersonalGrant, _personal_grant, owner="content_object", apart=ParticipationSource.NAMED_OFFICER
    ),
    "exclusions": _Table(Exclusion, _exclusion),
}
