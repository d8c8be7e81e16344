"""One small world for the walk: an area, an agency, somebody in every role, and a record of every kind of closedness.

It exists twice: as plain data for the oracle (``tests.agencies.oracle``), and as rows. What is expected is asked of
the oracle and the table of roles, never of the engine.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Model
from django.db.models.functions import Now
from django.test import Client

from agencies.access import GLOBAL, Presence
from agencies.kinds import AgencyKind, Duty
from agencies.models import (
    Absence,
    Agency,
    Agreement,
    Area,
    Contact,
    FormerHomes,
    Membership,
    PlannedHandOver,
    Succession,
    User,
)
from agencies.models.accounts import Act, ProviderLink, RoleOffer, SignInProvider, TwoPersonAct
from agencies.roles import MEMBERSHIP_ROLES, TABLE, Perm, Role
from agencies.roots import path_of
from agencies.sealing import Purpose, seal
from cases.models import (
    Advice,
    CaseParticipation,
    Exclusion,
    HandlingChange,
    HospitalOrder,
    Identification,
    LeadAgencySpan,
    Level1Review,
    NamedOfficerSpan,
    Nominal,
    OrderStage,
    PanelSeat,
    PersonalGrant,
    ReportedChange,
    Screening,
    Thresholding,
)
from cases.records import (
    AddressRecord,
    AliasRecord,
    BackgroundRecord,
    ConnectedPersonRecord,
    ExclusionRecord,
    GroundRecord,
    IdentifierRecord,
    KeyDateRecord,
    MeetingRecord,
    ParticipationRecord,
    PersonalGrantRecord,
    ProcessRecord,
    StaffWarningRecord,
)
from cases.services.following import the_permission
from exchange.models import Extract, ExtractRow
from exchange.words import Outcome
from letters.models import Message
from mappa import clock
from meetings.models import Action, CalendarReply, Chair, Panel, PanelAgency, Sitting
from rules.vocabulary import (
    AdviceOutcome,
    CaseChange,
    Handling,
    HospitalSection,
    HospitalStage,
    IdentifierKind,
    KeyDateKind,
    Level,
    ParticipationSource,
    ProcessKind,
    ReviewForm,
    ScreeningOutcome,
    ThresholdingOutcome,
    WarningKind,
)
from tests.agencies import oracle
from tests.factories import lists
from tests.factories import meetings as plan
from tests.factories.agencies import (
    AbsenceFactory,
    AgencyFactory,
    AgreementFactory,
    AreaFactory,
    ContactFactory,
    FormerHomesFactory,
    MembershipFactory,
    SuccessionFactory,
    UserFactory,
    sign_in,
)
from tests.factories.cases import LONG_AGO, notification, people, person, terrorism
from tests.factories.letters import message_to
from tests.factories.referrals import document, first_notification, referral, seat

GIVEN_NAMES = "Quenby"
HERE, ELSEWHERE = 0, 1
OUR_AGENCY, OTHER_AGENCY = 0, 1

# One record of each kind, by a surname that stands nowhere else.
SURNAMES = {
    "ordinary": "Fallowmere",
    "opened": "Thornebeck",
    "lapsed": "Ravenspool",
    "restricted": "Hollowbrook",
    "readable": "Silvercombe",
    "excluded": "Duskwater",
    "agency_excluded": "Bramblegate",
    "category_4": "Nettlecroft",
    "elsewhere": "Gallowglen",
    "elsewhere_opened": "Wintersedge",
}
MISSING = "missing"
ALIASES = {kind: f"{surname}son" for kind, surname in SURNAMES.items()}
LAPSED_DAYS = 30


@dataclass
class Person:
    """Somebody who walks: in a role, without one, or not signed in at all."""

    name: str
    user: User | None
    membership: Membership | None = None
    member: oracle.Member | None = None

    @property
    def role(self) -> Role | None:
        return None if self.member is None else self.member.role

    def has(self, perm: Perm) -> bool:
        return self.role is not None and perm in TABLE[self.role]

    def client(self) -> Client:
        """A browser in which this person is signed in, with a second factor."""
        client = Client()
        if self.user is not None:
            sign_in(client, self.user, acting=self.membership)
        return client


@dataclass
class WalkWorld:
    """The world, stored."""

    day: date
    people: dict[str, Person]
    data: oracle.World
    records: dict[str, oracle.Record]
    nominals: dict[str, int] = field(default_factory=dict)
    extract: int = 0
    rows: dict[type[Model], dict[str, int]] = field(default_factory=dict)

    def presence(self, person: Person, kind: str, perm: Perm) -> Presence:
        """What the oracle says; a record that does not exist is absent for everybody."""
        if kind == MISSING or person.member is None:
            return Presence.ABSENT
        return oracle.decide(self.data, person.member, self.records[kind], perm, self.day)

    def row(self, model: type[Model], kind: str) -> int:
        """The id of the record itself, or of its first row of a model below it."""
        if model not in self.rows:
            self.rows[model] = self._rows(model)
        return self.rows[model][kind]

    def _rows(self, model: type[Model]) -> dict[str, int]:
        path = "nominal" if model is ExtractRow else path_of(model)
        if path == GLOBAL:
            assert model in SETTINGS, f"Say in SETTINGS which row of {model.__name__} the walk visits."
            row_id = SETTINGS[model](self)
            return {**dict.fromkeys(SURNAMES, row_id), MISSING: row_id + 100_000}
        found = {}
        for kind in SURNAMES:
            row = model._default_manager.filter(**{path or "pk": self.nominals[kind]}).order_by("pk").first()
            assert row is not None, f"Give every record of the walk's world a row of {model.__name__}."
            found[kind] = row.pk
        # Far beyond any id, as nothing else may be added while people walk.
        return {**found, MISSING: max(found.values()) + 100_000}

    def closed_to(self, person: Person, also_by: Perm = Perm.NOMINAL_VIEW) -> Iterator[str]:
        """Surnames and aliases that this person must never be shown, or only by the other permission."""
        perms = {Perm.NOMINAL_VIEW, also_by if person.has(also_by) else Perm.NOMINAL_VIEW}
        for kind in SURNAMES:
            if all(self.presence(person, kind, perm) is not Presence.OPEN for perm in perms):
                yield SURNAMES[kind]

    def open_to(self, person: Person) -> list[str]:
        return [kind for kind in SURNAMES if self.presence(person, kind, Perm.NOMINAL_VIEW) is Presence.OPEN]


def _colleague(world: WalkWorld) -> User:
    """Somebody of the area who walks nowhere, so that it may be done to them."""
    home = world.people[str(Role.COORDINATOR)].membership
    assert home is not None
    return MembershipFactory.create(area=home.area, agency=home.agency, role=Role.SPOC).user


def _provider(world: WalkWorld) -> SignInProvider:
    """A sign-in that does not answer."""
    known = SignInProvider.objects.filter(agency=_home(world)).first()
    return known or SignInProvider.objects.create(
        agency=_home(world),
        issuer="http://127.0.0.1:9",
        client_id="mappa",
        client_secret=seal(Purpose.PROVIDER, "of a client"),
    )


def _act(world: WalkWorld) -> int:
    return TwoPersonAct.objects.create(
        user=_colleague(world), kind=Act.CATEGORY_4_CLEARANCE, reason="Chairs", expires_at=Now() + timedelta(days=1)
    ).pk


def _home(world: WalkWorld) -> Agency:
    """The agency for which everybody walks."""
    membership = world.people[str(Role.COORDINATOR)].membership
    assert membership is not None
    return membership.agency


def _landlord(world: WalkWorld) -> Agency:
    return AgencyFactory.create(area=_home(world).area, kind=AgencyKind.SOCIAL_LANDLORD, duty=Duty.E)


# Rows that belong to no nominal: which one the walk visits.
SETTINGS: dict[type[Model], Callable[[WalkWorld], int]] = {
    User: lambda world: _colleague(world).pk,
    PanelSeat: lambda world: seat(_home(world).area).pk,
    Membership: lambda world: Membership.objects.get(user=_colleague(world)).pk,
    TwoPersonAct: _act,
    RoleOffer: lambda world: (
        RoleOffer.objects.create(
            user=_colleague(world),
            agency=_home(world),
            role=Role.CHAIR,
            starts_on=world.day,
            expires_at=Now() + timedelta(days=1),
        ).pk
    ),
    Extract: lambda world: world.extract,
    Panel: lambda world: plan.panel(_home(world).area, "Northdale").pk,
    PanelAgency: lambda world: (
        PanelAgency.objects.create(
            panel=plan.panel(_home(world).area, "Southdale"), agency=_home(world), starts_on=LONG_AGO
        ).pk
    ),
    Chair: lambda world: plan.may_chair(_home(world).area, _colleague(world)).pk,
    # Where somebody is heard whose record is open to everybody who walks.
    CalendarReply: lambda _world: plan.reply().pk,
    Sitting: lambda world: Sitting.objects.get(slots__nominal=world.nominals["opened"]).pk,
    Message: lambda world: message_to(_colleague(world)).pk,
    Agency: lambda world: _landlord(world).pk,
    Contact: lambda world: ContactFactory.create(agency=_home(world), user=_colleague(world)).pk,
    Absence: lambda world: AbsenceFactory.create(user=_colleague(world), ends_on=world.day).pk,
    Agreement: lambda world: AgreementFactory.create(agency=_home(world)).pk,
    FormerHomes: lambda world: FormerHomesFactory.create(landlord=_landlord(world)).pk,
    PlannedHandOver: lambda world: (
        PlannedHandOver.objects.create(
            leaver=_colleague(world),
            agency=_home(world),
            role=Role.CHAIR,
            area=_home(world).area,
            to=UserFactory.create(),
            happens_on=world.day + timedelta(days=9),
        ).pk
    ),
    Succession: lambda world: SuccessionFactory.create(area=_home(world).area, happens_on=world.day).pk,
    SignInProvider: lambda world: _provider(world).pk,
    ProviderLink: lambda world: (
        ProviderLink.objects.create(provider=_provider(world), user=_colleague(world), subject="1").pk
    ),
}

CLEARED = "coordinator cleared for Category 4"
ROLELESS, NOBODY = "signed in, without a role", "not signed in"
WALKERS = (*(str(role) for role in MEMBERSHIP_ROLES), CLEARED, ROLELESS, NOBODY)


def build() -> WalkWorld:
    """Store the world. Everybody of a role works for the same agency in the same area."""
    day = clock.today()
    areas = [AreaFactory.create(), AreaFactory.create()]
    agencies = [AgencyFactory.create(area=areas[HERE]), AgencyFactory.create(area=areas[HERE])]
    walkers: dict[str, Person] = {}
    for number, (name, role) in enumerate(
        [*((str(role), role) for role in MEMBERSHIP_ROLES), (CLEARED, Role.COORDINATOR)]
    ):
        user = UserFactory.create(category_4=name == CLEARED)
        membership = MembershipFactory.create(user=user, area=areas[HERE], agency=agencies[OUR_AGENCY], role=role)
        member = oracle.Member(number, OUR_AGENCY, HERE, role, oracle.Span(LONG_AGO, None))
        walkers[name] = Person(name, user, membership, member)
    walkers[ROLELESS] = Person(ROLELESS, UserFactory.create())
    walkers[NOBODY] = Person(NOBODY, None)
    data = _data(walkers, day)
    world = WalkWorld(day, walkers, data, dict(zip(SURNAMES, data.records, strict=True)))
    _store(world, areas, agencies)
    return world


def _data(walkers: dict[str, Person], day: date) -> oracle.World:
    members = tuple(walker.member for walker in walkers.values() if walker.member is not None)
    ever, over = oracle.Span(LONG_AGO, None), oracle.Span(LONG_AGO, day - timedelta(days=LAPSED_DAYS))

    def part(span: oracle.Span) -> tuple[oracle.Participation, ...]:
        return (oracle.Participation(OUR_AGENCY, span),)

    def grants(span: oracle.Span, *, named: bool = False) -> tuple[oracle.Grant, ...]:
        return tuple(oracle.Grant(member.user, named, span) for member in members)

    kept_out = tuple(oracle.KeptOut(member.user, None, ever) for member in members)
    records = {
        "ordinary": oracle.Record(HERE, Handling.ORDINARY),
        "opened": oracle.Record(HERE, Handling.ORDINARY, part(ever), grants(ever)),
        "lapsed": oracle.Record(HERE, Handling.ORDINARY, part(over), grants(over)),
        "restricted": oracle.Record(HERE, Handling.RESTRICTED, part(ever), grants(ever)),
        "readable": oracle.Record(HERE, Handling.RESTRICTED, part(ever), grants(ever, named=True)),
        "excluded": oracle.Record(HERE, Handling.ORDINARY, part(ever), grants(ever), kept_out),
        "agency_excluded": oracle.Record(
            HERE, Handling.ORDINARY, part(ever), grants(ever), (oracle.KeptOut(None, OUR_AGENCY, ever),)
        ),
        "category_4": oracle.Record(HERE, Handling.CATEGORY_4, part(ever), grants(ever)),
        "elsewhere": oracle.Record(ELSEWHERE, Handling.ORDINARY),
        "elsewhere_opened": oracle.Record(ELSEWHERE, Handling.ORDINARY, part(ever), grants(ever)),
    }
    cleared = walkers[CLEARED].member
    assert cleared is not None
    return oracle.World(members, tuple(records[kind] for kind in SURNAMES), frozenset({cleared.user}))


def _store(world: WalkWorld, areas: list[Area], agencies: list[Agency]) -> None:
    users = {walker.member.user: walker.user for walker in world.people.values() if walker.member is not None}

    def user_id(number: int) -> int:
        user = users[number]
        assert user is not None
        return user.pk

    batch = []
    for number, (kind, record) in enumerate(world.records.items(), start=1):
        ground: GroundRecord = terrorism() if kind == "category_4" else notification()
        batch.append(
            person(
                areas[record.area],
                family_name=SURNAMES[kind],
                given_names=GIVEN_NAMES,
                handling=Handling(record.handling),
                identifiers=(IdentifierRecord(IdentifierKind.CRN, f"X{100_000 + number}"),),
                aliases=(AliasRecord(ALIASES[kind]),),
                grounds=(ground,),
                meetings=(MeetingRecord(LONG_AGO, Level.TWO),),
                key_dates=(KeyDateRecord(KeyDateKind.SENTENCE, LONG_AGO),),
                addresses=(AddressRecord(LONG_AGO, lines="1 Toadstone Terrace"),),
                backgrounds=(BackgroundRecord(ethnicity="White British"),),
                connected_people=(ConnectedPersonRecord("Ivy Rowan", "Mother"),),
                parallel_processes=(ProcessRecord(ProcessKind.IOM, LONG_AGO),),
                staff_warnings=(StaffWarningRecord(WarningKind.DOGS, "Ask for the dog to be shut away.", LONG_AGO),),
                participations=tuple(
                    ParticipationRecord(agencies[row.agency].pk, row.span.starts_on, row.span.ends_on)
                    for row in record.participations
                ),
                personal_grants=tuple(
                    PersonalGrantRecord(
                        user_id(row.user),
                        row.span.starts_on,
                        row.span.ends_on,
                        source=ParticipationSource.NAMED_READER if row.named_reader else ParticipationSource.GRANT,
                        named_reader=row.named_reader,
                    )
                    for row in record.grants
                ),
                exclusions=tuple(
                    ExclusionRecord(
                        "A neighbour",
                        row.span.starts_on,
                        row.span.ends_on,
                        user_id=None if row.user is None else user_id(row.user),
                        agency_id=None if row.agency is None else agencies[row.agency].pk,
                    )
                    for row in record.exclusions
                ),
            )
        )
    leading, officer = AgencyFactory.create(area=areas[HERE]), UserFactory.create()
    for kind, nominal in zip(world.records, people(*batch, today=world.day), strict=True):
        world.nominals[kind] = nominal.pk
        order = HospitalOrder.objects.create(nominal=nominal, section=HospitalSection.HOSPITAL)
        slot = plan.slot(nominal, plan.sitting(nominal.area, starts_at=clock.now() + timedelta(days=number)))
        plan.invitation(slot, agencies[OUR_AGENCY])
        Action.objects.create(
            nominal=nominal, number=1, agency=agencies[OUR_AGENCY], what="Visit", given_on=LONG_AGO, due_on=world.day
        )
        Screening.objects.create(
            nominal=nominal, screened_on=LONG_AGO, outcome=ScreeningOutcome.LEVEL_1, reason="Low risk"
        )
        Level1Review.objects.create(nominal=nominal, held_on=LONG_AGO, form=ReviewForm.PAPER)
        Thresholding.objects.create(
            nominal=nominal, decided_on=LONG_AGO, outcome=ThresholdingOutcome.NOT_MET, reason="Nobody is at risk"
        )
        ReportedChange.objects.create(nominal=nominal, kind=CaseChange.ARREST, happened_on=LONG_AGO)
        Identification.objects.create(nominal=nominal, agency=leading, sentenced_on=LONG_AGO, known_on=LONG_AGO)
        # Straight into the table: the services would let the agency and its officer open the record.
        LeadAgencySpan.objects.create(nominal=nominal, agency=leading, starts_on=LONG_AGO)
        NamedOfficerSpan.objects.create(nominal=nominal, agency=leading, officer=officer, starts_on=LONG_AGO)
        _store_access(nominal, leading, officer)
        store_advice(areas[world.records[kind].area], nominal)
        document(referral(areas[world.records[kind].area], nominal, agency=agencies[OUR_AGENCY]))
        first_notification(areas[world.records[kind].area], nominal, agency=agencies[OUR_AGENCY])
        OrderStage.objects.create(order=order, kind=HospitalStage.COMMUNITY_TREATMENT, starts_on=LONG_AGO)
    world.nominals[MISSING] = world.row(Nominal, MISSING)
    world.extract = _store_list(world, areas[HERE])


def _store_access(nominal: Nominal, agency: Agency, user: User) -> None:
    """A part in the case, a grant and an exclusion of those who open no record: they are over, but they stand there."""
    over = {"starts_on": LONG_AGO, "ends_on": LONG_AGO}
    grant = {"content_object": nominal, "permission": the_permission(), "source": ParticipationSource.GRANT, **over}
    CaseParticipation.objects.create(group=agency.group, **grant)
    PersonalGrant.objects.create(user=user, **grant)
    Exclusion.objects.create(nominal=nominal, user=user, reason="A neighbour", **over)
    HandlingChange.objects.create(nominal=nominal, handling=nominal.handling, reason="As it came", changed_on=LONG_AGO)


def store_advice(area: Area, nominal: Nominal | None) -> Advice:
    """Advice that somebody of the area gave, about this person or nobody named."""
    giver = MembershipFactory.create(area=area, role=Role.ADMINISTRATOR).user
    return Advice.objects.create(
        area=area, nominal=nominal, asked_by="A social worker", said="Refer", outcome=AdviceOutcome.CALL_BACK,
        given_on=LONG_AGO, call_back_on=LONG_AGO, given_by=giver,
    )  # fmt: skip


def _store_list(world: WalkWorld, area: Area) -> int:
    """A list of the area, read with the eyes of whoever is cleared, with a row about every record."""
    stored = lists.extract(area, membership=world.people[CLEARED].membership)
    for kind, surname in SURNAMES.items():
        lists.extract_row(stored, Outcome.CHANGED, nominal_id=world.nominals[kind], family_name=surname)
    return stored.pk
