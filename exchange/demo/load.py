"""Writes the demo into an empty register, through the same services as everybody else."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction

from agencies.models import Agency, Area, LocalHousingAuthority, PanelArea, User
from agencies.principal import Principal
from agencies.reference import load_all
from agencies.services import (
    add_membership,
    create_agency,
    create_housing_authority,
    create_panel_area,
    create_user,
    give_second_factor,
    set_area_start,
    set_parameter,
)
from board.services import set_population
from cases.models import Ground
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
    ProcessRecord,
    WhereaboutsRecord,
)
from cases.services.bulk import insert_people
from cases.services.hospital_orders import record_hospital_order, set_stage
from cases.services.two_people import tell_apart
from rules.facts import GroundFacts
from rules.vocabulary import Handling, IdentifierKind, ParticipationSource, Whereabouts, YearlyLevelBasis

from . import numbers
from .actions import load_actions
from .advice import load_advice
from .cast import cast
from .days import Days
from .invitations import Invitations
from .letters import load_letters
from .lists import Lists
from .looks import load_looks
from .names import STREETS
from .notifications import load_first_notifications
from .partners import load_partners
from .people import Person
from .places import AGENCIES, AREA, COUNTY_WIDE, DISTRICTS, NEUTRAL, SERVES
from .referrals import Referrals
from .screening import load_screening
from .sittings import Sittings
from .staff import STAFF, Member
from .surroundings import Around, around, background_of, hospital_order_of, tenure_of
from .views import keep_views

PASSWORD = "Toadstone-Terrace"  # noqa: S105 - of invented people in a demonstration, printed at its start
NEW_COUNCILS_ON = date(2028, 4, 1)
ARRANGEMENTS_BEGAN = date(2001, 4, 1)
_POPULATION = {"2022-23": 942_600, "2023-24": 945_100, "2024-25": 948_300, "2025-26": 951_400}
_INVENTED = "Invented for the demonstration, within the range that gives the published rate."
_BATCH = 500
NOT_ONE_MAN = ("David", "Schist")
_OFFICERS = ("laura.plover@example.org", "sam.wren@example.org")
_FREE = (Whereabouts.COMMUNITY, Whereabouts.APPROVED_PREMISES, Whereabouts.UNLAWFULLY_AT_LARGE)


def seed_of(member: Member) -> str:
    """The second factor seed of an invented person: always the same, so that it can be printed."""
    return base64.b32encode(hashlib.sha256(member.email.encode()).digest()[:20]).decode()


class Loader:
    """Loads places, agencies, staff and register, in one transaction."""

    def __init__(self, today: date, *, seed: int = 1, neutral: bool = False) -> None:
        self.day = Days(today)
        self.around = around(self.day)
        self.seed = seed
        self.neutral = neutral
        self.by = Principal.system("load_demo", on=today)
        self.agencies: dict[str, Agency] = {}
        self.authorities: dict[str, LocalHousingAuthority] = {}
        self.panels: dict[str, PanelArea] = {}
        self.users: dict[str, User] = {}

    def load(self, progress: Callable[[str], None]) -> int:
        """Write everything; returns the number of people in the register."""
        with transaction.atomic():
            progress("Reference data")
            load_all(self.by, self.day.today)
            self.area = set_area_start(by=self.by, area=Area.objects.get(slug=AREA), starts_on=self.day(-365))
            progress("Districts, agencies and staff")
            self._places()
            self._agencies()
            self._staff()
            load_partners(self.by, self.day, self.agencies, self.authorities, self.users)
            self._settings()
            progress("The register")
            people = cast(self.day, self.seed)
            records = [self._record(person, index) for index, person in enumerate(people)]
            ids: list[int] = []
            for start in range(0, len(records), _BATCH):
                ids += insert_people(by=self.by, today=self.day.today, batch=records[start : start + _BATCH])
            progress("Hospital orders")
            for index, (person, nominal_id) in enumerate(zip(people, ids, strict=True)):
                self._hospital_order(person, index, nominal_id)
            load_actions(self.by, self.day, self.agencies, self.users)
            progress("Lists of the police")
            Lists(self.area, self.agencies["police"], self.day).load()
            load_letters(self.by, self.day.today)
            keep_views(self.by, self.users)
            load_advice(self.by, self.day, self.agencies, self.users)
            load_first_notifications(self.day, self.agencies, self.users)
            load_screening(self.day, self.agencies, self.users)
            Referrals(self.by, self.day, self.agencies, self.users).load()
            progress("Panels and sittings")
            Sittings(self.by, self.day, self.area, self.agencies, self.panels, self.users).load()
            Invitations(self.by, self.day, self.area, self.users).load()
            self._told_apart(people, ids)
            load_looks(self.day.today, self.area, self.users)
        return len(records)

    def _name(self, name: str, neutral: str) -> str:
        return neutral if self.neutral else name

    def _places(self) -> None:
        for district in DISTRICTS:
            name = self._name(district.name, district.neutral)
            authority = create_housing_authority(by=self.by, area=self.area, name=name, replaced_on=NEW_COUNCILS_ON)
            self.authorities[district.name] = authority
            self.panels[district.name] = create_panel_area(
                by=self.by, area=self.area, name=name, slug=_slug(name), housing_authority=authority
            )
        self.panels[COUNTY_WIDE] = create_panel_area(
            by=self.by, area=self.area, name=COUNTY_WIDE, slug=_slug(COUNTY_WIDE)
        )

    def _agencies(self) -> None:
        for row in AGENCIES:
            self.agencies[row.key] = create_agency(
                by=self.by,
                area=self.area,
                name=self._name(row.name, row.neutral),
                slug=row.key,
                kind=row.kind,
                duty=row.duty,
                part_of=self.agencies[row.part_of] if row.part_of else None,
                housing_authority=self.authorities[row.district] if row.district else None,
                serves=[self.panels[name] for name in SERVES.get(row.key, ())],
                starts_on=ARRANGEMENTS_BEGAN if row.active else None,
            )

    def _staff(self) -> None:
        for member in STAFF:
            user = create_user(
                by=self.by,
                email=member.email,
                given_name=member.given,
                family_name=member.family,
                password=PASSWORD,
                category_4=member.category_4,
            )
            give_second_factor(by=self.by, user=user, seed=seed_of(member))
            self.users[member.email] = user
            for post in member.posts:
                add_membership(
                    by=self.by,
                    user=user,
                    agency=self.agencies[post.agency],
                    role=post.role,
                    starts_on=self.day(-post.since),
                    ends_on=None if post.until is None else self.day(post.until),
                    manages=post.manages,
                )

    def _settings(self) -> None:
        """Derbyshire's yearly table of 2022-23 counts people at the level they were at first (R86)."""
        for basis, holds_from, reason in (
            (YearlyLevelBasis.FIRST_IN_YEAR, date(2022, 4, 1), "As the published table of 2022-23 was counted."),
            (YearlyLevelBasis.HIGHEST, date(2023, 4, 1), "The default again, from the year after."),
        ):
            set_parameter(
                by=self.by,
                area=self.area,
                key="yearly_level_basis",
                value=basis.value,
                holds_from=holds_from,
                reason=reason,
            )
        for year, count in _POPULATION.items():
            set_population(
                by=self.by,
                today=self.day.today,
                area_id=self.area.pk,
                year=year,
                aged_10_and_over=count,
                source=_INVENTED,
            )

    def _told_apart(self, people: Sequence[Person], ids: Sequence[int]) -> None:
        """The two men of one name, born the same day, are known to be two."""
        one, other = (
            nominal_id
            for person, nominal_id in zip(people, ids, strict=True)
            if (person.given, person.family) == NOT_ONE_MAN
        )
        tell_apart(
            by=self.by, today=self.day.today, one_id=one, other_id=other,
            reason="Different fingerprints and PNC numbers; the offender managers know both.",
        )  # fmt: skip

    def _hospital_order(self, person: Person, index: int, nominal_id: int) -> None:
        """The order of somebody in hospital or discharged from it; its stages agree with where they were."""
        if (found := hospital_order_of(person, index, self.day)) is None:
            return
        record, stages = found
        ground = Ground.objects.filter(nominal=nominal_id).earliest("pk")
        order = record_hospital_order(
            by=self.by, today=self.day.today, nominal_id=nominal_id, order=replace(record, ground_id=ground.pk)
        )
        for stage in stages:
            set_stage(
                by=self.by,
                today=self.day.today,
                order_id=order.pk,
                kind=stage.kind,
                starts_on=stage.since,
                note=stage.note,
            )

    def _record(self, person: Person, index: int) -> PersonRecord:
        told = self.around.get((person.given, person.family), Around())
        background = background_of(person, index, self.seed, told.background)
        ours = person.area == AREA
        since = max(person.opened_on, self.day(-400))
        return PersonRecord(
            area_id=self.area.pk if ours else Area.objects.get(slug=person.area).pk,
            family_name=person.family,
            given_names=person.given,
            date_of_birth=person.born,
            sex=person.sex,
            panel_area_id=self.panels[person.panel].pk if ours else None,
            handling=person.handling,
            identifiers=_identifiers(person, index),
            aliases=tuple(AliasRecord(family, given, kind) for kind, family, given in person.aliases),
            addresses=self._addresses(person, index) if ours else (),
            grounds=tuple(_ground(person, ground) for ground in person.grounds),
            levels=tuple(
                LevelRecord(span.level, span.starts_on, span.ends_on, span.body, reason=span.reason)  # type: ignore[arg-type]
                for span in person.levels()
            ),
            whereabouts=tuple(
                WhereaboutsRecord(span.whereabouts, span.starts_on, span.ends_on, stay.place)
                for span, stay in zip(person.whereabouts(), person.stays, strict=True)
            ),
            lead_agencies=(LeadAgencyRecord(self.agencies[person.lead].pk, person.opened_on),) if person.lead else (),
            named_officers=self._officers(person, index, since),
            key_dates=tuple(KeyDateRecord(row.kind, row.on, row.certain) for row in person.dates),
            meetings=tuple(MeetingRecord(row.on, row.level, row.next_on, "demo") for row in person.met),
            participations=tuple(
                ParticipationRecord(self.agencies[key].pk, since, reason="Takes part in the meetings.")
                for key in person.agencies
                if key != person.lead
            ),
            screenings=person.screenings,
            level_1_reviews=person.reviews,
            changes=person.changes,
            personal_grants=self._grants(person),
            exclusions=tuple(
                ExclusionRecord(reason, since, user_id=self.users[holder].pk) for holder, reason in person.excluded
            ),
            backgrounds=() if background is None else (background,),
            connected_people=told.connected,
            parallel_processes=(
                *told.processes,
                *(
                    ProcessRecord(kind, self.day(began), agency_id=self.agencies[key].pk)
                    for kind, began, key in told.run
                ),
            ),
            staff_warnings=told.warnings,
        )

    def _addresses(self, person: Person, index: int) -> tuple[AddressRecord, ...]:
        stay = person.stays[-1]
        if stay.kind not in _FREE or not person.district:
            return ()
        since = max(stay.since, person.opened_on)
        if person.no_fixed_abode:
            return (AddressRecord(since, no_fixed_abode=True, closest_links_id=self.authorities[person.district].pk),)
        house, place = 1 + index % 97, self._name(person.district, NEUTRAL[person.district])
        street = (
            stay.place if stay.kind is Whereabouts.APPROVED_PREMISES else f"{house} {STREETS[index % len(STREETS)]}"
        )
        return (
            AddressRecord(
                since, lines=f"{street}, {place}", postcode=f"ZZ99 {index % 9 + 1}{_letters(index)}",
                tenure=tenure_of(person, index, self.seed),
            ),
        )  # fmt: skip

    def _officers(self, person: Person, index: int, since: date) -> tuple[NamedOfficerRecord, ...]:
        if person.officer is not None:
            holder, agency = person.officer
        elif not person.named and person.lead == "police" and index % 20 == 0:
            holder, agency = _OFFICERS[index // 20 % 2], "police"
        else:
            return ()
        return (NamedOfficerRecord(self.users[holder].pk, self.agencies[agency].pk, since),)

    def _grants(self, person: Person) -> tuple[PersonalGrantRecord, ...]:
        named_reader = person.handling is not Handling.ORDINARY
        source = ParticipationSource.NAMED_READER if named_reader else ParticipationSource.GRANT
        grants = [
            PersonalGrantRecord(
                self.users[row.holder].pk, row.since, row.until, source, named_reader=named_reader, reason=row.reason
            )
            for row in person.readers
        ]
        if "victim-unit" in person.agencies:
            liaison = self.users["dawn.nightjar@example.org"].pk
            grants.append(PersonalGrantRecord(liaison, self.day(-200), reason="Victim liaison officer."))
        if person.family in _SAMPLED:
            reviewer = self.users["frances.heron@example.org"].pk
            grants.append(
                PersonalGrantRecord(
                    reviewer, self.day(-3), self.day(11), ParticipationSource.SAMPLE, reason="Reviewer's sample."
                )
            )
        return tuple(grants)


# The reviewer reads twenty of the named cases of Level 2 and 3.
_SAMPLED = frozenset(
    """
    Obsidian Barytes Feldspar Calcite Bluejohn Chert Basalt Gritstone Onyx Tufa Spar Flint Agate Quartz Marl Slate
    Jasper Lignite Hematite Travertine
    """.split()  # noqa: SIM905 - a list of names reads better as text
)


def _identifiers(person: Person, index: int) -> tuple[IdentifierRecord, ...]:
    year = person.opened_on.year
    found = [
        IdentifierRecord(IdentifierKind.CRN, numbers.crn(index)),
        IdentifierRecord(IdentifierKind.VISOR, numbers.visor(index)),
    ]
    if person.has_pnc:
        found.append(IdentifierRecord(IdentifierKind.PNC, numbers.pnc(index, year)))
        found.append(IdentifierRecord(IdentifierKind.CRO, numbers.cro(index, year)))
    if any(stay.kind not in _FREE for stay in person.stays):
        found.append(IdentifierRecord(IdentifierKind.NOMS, numbers.noms(index)))
    if any(stay.kind is Whereabouts.HOSPITAL for stay in person.stays):
        found.append(IdentifierRecord(IdentifierKind.NHS, numbers.nhs(index)))
    return tuple(found)


def _ground(person: Person, ground: GroundFacts) -> GroundRecord:
    offence = ground.offence
    voided_on, void_reason = person.void or (None, "")
    return GroundRecord(
        kind=ground.kind,
        starts_on=ground.starts_on,
        ends_on=ground.ends_on,
        offence_code=offence.code if offence else "",
        offence_text=offence.title if offence else "",
        outcome=ground.outcome,
        outcome_on=ground.outcome_on,
        order=ground.order,
        terrorist_offence=ground.terrorist_offence,
        disposal=ground.disposal,
        disposal_on=ground.disposal_on,
        term_months=ground.term_months or None,
        finding_capacity=ground.finding_capacity,
        finding_current=ground.finding_current,
        end_reason=ground.end_reason,
        end_confirmed=ground.ends_on is not None,
        voided_on=voided_on,
        void_reason=void_reason,
    )


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _letters(index: int) -> str:
    alphabet = "ABDEFGHJLN"
    return alphabet[index // 9 % 10] + alphabet[index // 90 % 10]
