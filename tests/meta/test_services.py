"""Every service: its shape, its twin, its event; refused to a role without the permission; nothing without its event.

Each service is called for real, as ``CALLS`` says. A new service without a call fails here.
"""

import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models.functions import Now

from agencies.kinds import AgencyKind, Duty
from agencies.models import Agency, Area, Membership, PlannedHandOver, Succession, User
from agencies.models.accounts import Act, Invitation, ProviderLink, RoleOffer, SignInProvider, TwoPersonAct
from agencies.principal import Principal
from agencies.roles import Role
from agencies.sealing import Purpose, seal_bytes
from agencies.services.providers import ProviderRecord
from audit.boundary import SERVICES, EvidenceNotWritten, Service
from cases.letters import ACCESS_GIVEN
from cases.models import (
    Address,
    CaseParticipation,
    Exclusion,
    Ground,
    HospitalOrder,
    Identification,
    NamedOfficerSpan,
    Nominal,
    Obligation,
    OrderStage,
    PersonalGrant,
    QualifyingOffence,
    Referral,
    ReferralChange,
    ReportedChange,
    Thresholding,
    WhereaboutsSpan,
)
from cases.records import (
    AddressRecord,
    BackgroundRecord,
    ChangeRecord,
    ConnectedPersonRecord,
    ExclusionRecord,
    HospitalOrderRecord,
    IdentificationRecord,
    Level1ReviewRecord,
    MeetingRecord,
    ParticipationRecord,
    PersonalGrantRecord,
    ProcessRecord,
    ScreeningRecord,
    StaffWarningRecord,
    ThresholdingRecord,
)
from cases.services.corrections import Stay
from cases.services.first_notifications import Notified
from cases.services.merging import merge_nominals
from cases.services.referrals import Subject
from cases.services.stage_corrections import Stage
from cases.services.two_people import tell_apart
from exchange.models import Export, ExportEnd, ExportFile, ExtractRow, FeedToken, FileFormat, SavedView
from exchange.words import Answer, ExtractState, ListKind, Outcome, RowState
from letters.models import Message
from letters.replies import Incoming
from letters.states import State
from meetings.models import Action, Panel, PanelAgency, Sitting, Slot
from meetings.records import ActionRecord, PanelRecord, Placing, Planned, SittingRecord
from meetings.services.invitations import AnswerRecord, Guest
from meetings.services.inviting import follow_invitations
from pages.exports import ExportedList
from rules.core import Refused
from rules.vocabulary import (
    ActionOutcome,
    AdviceOutcome,
    AgreementKind,
    AnomalyKind,
    CaseChange,
    ChairRole,
    ContactPart,
    DecidingBody,
    DeclineReason,
    DocumentState,
    EndingOutcome,
    EndReason,
    GroundKind,
    Handling,
    HospitalSection,
    HospitalStage,
    InvitationAnswer,
    InviteReason,
    KeyDateKind,
    Level,
    MeetingKind,
    ObligationKind,
    PersonWord,
    ProcessKind,
    ReceivedBy,
    ReceivedHow,
    ReferralState,
    ReferralVerb,
    ReviewForm,
    RiskLevel,
    ScreeningOutcome,
    Tenure,
    ThresholdingOutcome,
    Vote,
    WarningKind,
    Whereabouts,
)
from tests.factories import lists
from tests.factories import meetings as plan
from tests.factories.agencies import (
    PASSWORD,
    AbsenceFactory,
    AgencyFactory,
    AgreementFactory,
    AreaFactory,
    ContactFactory,
    FormerHomesFactory,
    LocalHousingAuthorityFactory,
    MembershipFactory,
    SuccessionFactory,
    SuccessionPartFactory,
    UserFactory,
)
from tests.factories.cases import LONG_AGO, TODAY, at_level, nominal, notification, person, qualifying, system
from tests.factories.letters import message_to
from tests.factories.referrals import document, first_notification, referral, seat, vote

from .source import PACKAGES
from .world import store_advice

# Services that record one event between them, each with the reason. Empty: every event tells which service wrote it.
SHARED_EVENTS: dict[str, str] = {}
NOON = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
LATER = TODAY + timedelta(days=1)
YESTERDAY = TODAY - timedelta(days=1)
KIN = ConnectedPersonRecord("Ivy Rowan", "Mother")
PROCESS = ProcessRecord(ProcessKind.IOM, LONG_AGO)
WARNING = StaffWarningRecord(WarningKind.DOGS, "Ask for the dog to be shut away.", LONG_AGO)


def import_everything() -> None:
    """Services register when their module is imported; so that none is forgotten, all modules are."""
    for package in PACKAGES:
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}."):
            if ".migrations" not in module.name and module.name not in ("mappa.wsgi", "mappa.asgi"):
                importlib.import_module(module.name)


import_everything()
# The services of other tests' own little sites are none of the project's.
OURS = {name: each for name, each in SERVICES.items() if name.partition(".")[0] in PACKAGES}
every_service = pytest.mark.parametrize("found", OURS.values(), ids=OURS.keys())


@dataclass
class Scene:
    """Rows that every call can work on."""

    area: Area
    agency: Agency
    member: Membership
    user: User
    nominal: Nominal
    ground: Ground
    participation: CaseParticipation
    grant: PersonalGrant
    exclusion: Exclusion
    order: HospitalOrder


def scene() -> Scene:
    area = AreaFactory.create()
    agency, other = AgencyFactory.create(area=area), AgencyFactory.create(area=area)
    member = MembershipFactory.create(area=area, agency=agency, role=Role.PRACTITIONER)
    stored = nominal(
        area,
        grounds=(qualifying(),),
        levels=(at_level(Level.TWO),),
        meetings=(MeetingRecord(TODAY, Level.TWO),),
        participations=(ParticipationRecord(other.pk, LONG_AGO),),
        personal_grants=(PersonalGrantRecord(member.user_id, LONG_AGO),),
        exclusions=(ExclusionRecord("A neighbour", LONG_AGO, user_id=UserFactory.create().pk),),
        connected_people=(KIN,),
        parallel_processes=(PROCESS,),
        staff_warnings=(WARNING,),
    )
    return Scene(
        area=area,
        agency=agency,
        member=member,
        user=member.user,
        nominal=stored,
        ground=stored.grounds.get(),
        participation=stored.participations.get(),
        grant=stored.personal_grants.get(),
        exclusion=stored.exclusions.get(),
        order=HospitalOrder.objects.create(nominal=stored, section=HospitalSection.HOSPITAL),
    )


def invited() -> Invitation:
    user = UserFactory.create(password="!")
    user.set_unusable_password()
    user.save(update_fields=["password"])
    number = Invitation.objects.count()
    return Invitation.objects.create(user=user, token_digest=f"digest {number}", expires_at=Now() + timedelta(days=1))


def provider_of(agency: Agency) -> SignInProvider:
    return SignInProvider.objects.create(
        agency=agency, issuer="https://login.example.org", client_id="mappa", client_secret="sealed"
    )


def worker() -> dict[str, Any]:
    member = MembershipFactory.create()
    return {"user": member.user, "provider": provider_of(member.agency)}


def linked() -> ProviderLink:
    member = MembershipFactory.create()
    return ProviderLink.objects.create(provider=provider_of(member.agency), user=member.user, subject="7")


def offered(found: "Scene") -> RoleOffer:
    return RoleOffer.objects.create(
        user=UserFactory.create(), agency=found.agency, role=Role.CHAIR, starts_on=TODAY,
        expires_at=Now() + timedelta(days=1),
    )  # fmt: skip


def asked(user: User) -> TwoPersonAct:
    return TwoPersonAct.objects.create(
        user=user, kind=Act.CATEGORY_4_CLEARANCE, reason="Chairs the panel", expires_at=Now() + timedelta(days=1)
    )


def _ending_at_level_2(area: Area) -> Nominal:
    """Somebody at Level 2 whose last ground ends soon."""
    return nominal(area, grounds=(qualifying(ends_on=TODAY + timedelta(days=20)),), levels=(at_level(Level.TWO),))


def _brought_forward(found: Scene, days: int = 9) -> int:
    """A row of the ledger from before the area's start."""
    row = Obligation.objects.create(
        nominal=found.nominal, kind=ObligationKind.SCREENING, rule="R41",
        triggered_on=found.area.starts_on - timedelta(days=days),
    )  # fmt: skip
    return row.pk


def register() -> ExportedList:
    return ExportedList("/nominals/", system())


def export_of(member: Membership, *, made: bool = False) -> Export:
    export = Export.objects.create(
        asked_by=member.user, membership=member, list_name="register", title="Register",
        file_format=FileFormat.CSV, lines=0, asked_on=TODAY,
    )  # fmt: skip
    if made:
        Export.objects.filter(pk=export.pk).update(made_at=Now(), expires_at=Now() + timedelta(days=1), copy_number=1)
        ExportFile.objects.create(export=export, sealed=seal_bytes(Purpose.EXPORT, b"Name"), row_ids=[], root_ids=[])
    return export


def feed_of(user: User) -> FeedToken:
    return FeedToken.objects.get_or_create(user=user, revoked_at=None, defaults={"token_digest": f"{user.pk:064}"})[0]


def view_of(user: User) -> SavedView:
    number = SavedView.objects.count()
    return SavedView.objects.create(owner=user, list_name="register", name=f"Level 3, {number}")


Arguments = Callable[[Scene], dict[str, Any]]


def message(found: Scene, state: State, **more: Any) -> Message:
    """A row of the outbox in this state."""
    return message_to(found.user, state, found.nominal.pk, **more)


def in_hand(found: Scene) -> dict[str, Any]:
    """A message that a worker has claimed: which, and at what attempt."""
    until = datetime.now(tz=UTC) + timedelta(minutes=5)
    return {"message_id": message(found, State.CLAIMED, attempts=1, lease_ends_at=until).pk, "attempt": 1}


def undecided(found: Scene) -> dict[str, Any]:
    return {"message_id": message(found, State.MAYBE_SENT, settled_at=datetime.now(tz=UTC)).pk}


def _reviewed(area: Area) -> int:
    """The key of a Level 1 review."""
    held = Level1ReviewRecord(TODAY, ReviewForm.PAPER, "Probation", "Stays at Level 1", TODAY + timedelta(days=90))
    return nominal(area, level_1_reviews=(held,)).level_1_reviews.get().pk


def _screened(area: Area) -> int:
    """The key of a screening."""
    done = ScreeningRecord(TODAY, ScreeningOutcome.LEVEL_1, "Low risk, one agency")
    return nominal(area, screenings=(done,)).screenings.get().pk


def _with_marac(area: Area, outcome: ThresholdingOutcome | None = None) -> Nominal:
    """Somebody of whom thresholding is asked, or has been answered."""
    man = nominal(area, parallel_processes=(ProcessRecord(ProcessKind.MARAC, LONG_AGO),))
    if outcome is not None:
        Thresholding.objects.create(nominal=man, decided_on=TODAY, outcome=outcome, reason="Taken to the MARAC")
    return man


def _thresholded(area: Area) -> int:
    """The key of an outcome of thresholding."""
    return _with_marac(area, ThresholdingOutcome.MARAC).thresholdings.get().pk


def _identified(found: Scene) -> int:
    """The key of an identification."""
    return Identification.objects.create(
        nominal=nominal(found.area), agency=found.agency, sentenced_on=YESTERDAY, known_on=YESTERDAY
    ).pk


def _changed(found: Scene) -> int:
    """The key of a change."""
    return ReportedChange.objects.create(nominal=nominal(found.area), kind=CaseChange.ARREST, happened_on=TODAY).pk


def _stage(found: Scene) -> int:
    """The id of a stage of the order, which goes with where the person is."""
    kind = HospitalStage.COMMUNITY_TREATMENT
    return OrderStage.objects.get_or_create(order=found.order, kind=kind, starts_on=LONG_AGO)[0].pk


def _second_stay(found: Scene) -> int:
    """The id of a stay before which another ended."""
    found.nominal.whereabouts.update(ends_on=YESTERDAY)
    return WhereaboutsSpan.objects.create(nominal=found.nominal, kind=Whereabouts.CUSTODY, starts_on=TODAY).pk


def _led(found: Scene) -> int:
    """The key of a lead agency, with one before it: the last one is not taken away."""
    led, handed = nominal(found.area).lead_agencies, LONG_AGO + timedelta(days=1)
    led.create(agency=found.agency, starts_on=LONG_AGO, ends_on=LONG_AGO)
    return int(led.create(agency=found.agency, starts_on=handed).pk)


def _named(found: Scene) -> int:
    """The key of a named officer."""
    named = NamedOfficerSpan.objects.create(
        nominal=nominal(found.area), agency=found.agency, officer=found.user, starts_on=LONG_AGO
    )
    return named.pk


def _about(**more: Any) -> Arguments:
    return lambda found: {"today": TODAY, "nominal_id": found.nominal.pk, **more}


def _left_lying(found: Scene) -> int:
    stored = referral(found.area, state=ReferralState.AWAITING_ENDORSEMENT)
    ReferralChange.objects.create(
        referral=stored, verb=ReferralVerb.ASK_ENDORSEMENT, state=stored.state, happened_on=YESTERDAY
    )
    return stored.pk


def _referred(found: Scene, state: ReferralState, **more: Any) -> dict[str, Any]:
    return {"today": TODAY, "referral_id": referral(found.area, found.nominal, state, agency=found.agency, **more).pk}


def _voted(found: Scene, given: Vote) -> Referral:
    """A referral on which the panel has settled."""
    stored = referral(found.area, found.nominal, ReferralState.UNDER_PANEL, rounds=1)
    for _ in range(2):
        vote(stored, given)
    return stored


def _notified(found: Scene, **more: Any) -> dict[str, Any]:
    return {"today": TODAY, "notification_id": first_notification(found.area, agency=found.agency).pk, **more}


def _to_notify(found: Scene) -> dict[str, Any]:
    """A new case of a youth justice service."""
    said = Notified(
        GroundKind.QUALIFYING_DISPOSAL, "Robbery, two years", TODAY, "A case manager", nominal_id=found.nominal.pk
    )
    sender = AgencyFactory.create(area=found.area, kind=AgencyKind.YOUTH_JUSTICE)
    return {"today": TODAY, "agency_id": sender.pk, "said": said}


def _nothing(_row: object) -> dict[str, Any]:
    """A row that the call only needs to be there."""
    return {}


def _landlord(found: Scene) -> Agency:
    return AgencyFactory.create(area=found.area, kind=AgencyKind.SOCIAL_LANDLORD, duty=Duty.E)


def _speaker(found: Scene) -> Membership:
    return MembershipFactory.create(area=found.area, agency=found.agency, role=Role.SPOC)


def _planned(found: Scene) -> Succession:
    row = SuccessionFactory.create(area=found.area, name="New", happens_on=LATER)
    SuccessionPartFactory.create(succession=row, agency=AgencyFactory.create(area=found.area))
    return row


def _leaving(found: Scene) -> PlannedHandOver:
    """Somebody whose work goes to a colleague later."""
    post = {"area": found.area, "agency": found.agency, "role": Role.PRACTITIONER}
    leaver = MembershipFactory.create(**post, ends_on=TODAY)
    return PlannedHandOver.objects.create(
        **post, leaver=leaver.user, to=MembershipFactory.create(**post).user, happens_on=LATER
    )


def merged(found: Scene) -> Nominal:
    """Somebody with another record merged into theirs."""
    kept, absorbed = nominal(found.area), nominal(found.area)
    merge_nominals(by=system(), today=TODAY, kept_id=kept.pk, absorbed_id=absorbed.pk, reason="One person")
    return kept


def told_apart(found: Scene) -> Nominal:
    """Another one, marked as not the same."""
    other = nominal(found.area)
    tell_apart(by=system(), today=TODAY, one_id=found.nominal.pk, other_id=other.pk, reason="Other prints")
    return other


def _list(state: ExtractState, **more: Any) -> Arguments:
    return lambda found: {"today": TODAY, "extract_id": lists.extract(found.area, state).pk, **more}


def _action(found: Scene, **more: Any) -> Action:
    number = Action.objects.filter(nominal=found.nominal).count() + 1
    return Action.objects.create(
        nominal=found.nominal, number=number, agency=found.agency, what="Confirm the tenancy", given_on=LONG_AGO,
        due_on=TODAY, **more,
    )  # fmt: skip


def _sitting(found: Scene, **more: Any) -> Sitting:
    """One a day, so that no two calls ask for the same person at the same time."""
    day = plan.SOON + timedelta(days=7 * Sitting.objects.count())
    return plan.sitting(found.area, **{"starts_at": plan.at(10, on=day)} | more)


def _in_vain(found: Scene) -> Slot:
    """A meeting ahead of somebody at Level 1."""
    return plan.slot(nominal(found.area), _sitting(found))


def _panel(found: Scene, **more: Any) -> Panel:
    return plan.panel(found.area, f"Panel {Panel.objects.count()}", **more)


_SAID = AnswerRecord(InvitationAnswer.ATTENDING, received_from="Ms Rowan", received_how=ReceivedHow.PHONE)


def _invitation(found: Scene) -> int:
    return plan.invitation(plan.slot(found.nominal, _sitting(found)), found.agency).pk


def _unanswered(found: Scene) -> int:
    """A sitting with somebody to be asked once more."""
    agency = AgencyFactory.create(area=found.area)
    spoc = MembershipFactory.create(area=found.area, agency=agency, role=Role.SPOC)
    ContactFactory.create(agency=agency, user=spoc.user)
    invited = plan.invitation(plan.slot(found.nominal, _sitting(found)), agency)
    follow_invitations(found.nominal, today=TODAY)
    return invited.slot.sitting_id


def _ids(row: ExtractRow) -> dict[str, Any]:
    return {"extract_id": row.extract_id, "row_ids": [row.pk]}


def _row(found: Scene, outcome: Outcome, **more: Any) -> ExtractRow:
    return lists.extract_row(lists.extract(found.area), outcome, **more)


# What each service is called with, so that it does something. `by` is added by the tests.
CALLS: dict[str, Arguments] = {
    "agencies.services.create_area": lambda _: {"slug": "new", "name": "New", "starts_on": TODAY},
    "agencies.services.set_area_start": lambda found: {"area": found.area, "starts_on": TODAY},
    "agencies.services.create_housing_authority": lambda found: {"area": found.area, "name": "New"},
    "agencies.services.create_panel_area": lambda found: {"area": found.area, "name": "New", "slug": "new"},
    "agencies.services.create_agency": lambda found: {
        "area": found.area, "name": "New", "slug": "new", "kind": AgencyKind.POLICE, "starts_on": TODAY,
    },
    "agencies.services.set_parameter": lambda found: {
        "area": found.area, "key": "review_level_2", "value": 100, "holds_from": TODAY,
        "reason": "Agreed by the board",
    },
    "agencies.services.create_user": lambda _: {"email": "new@example.org", "family_name": "New"},
    "agencies.services.end_clearance": lambda _: {"user": UserFactory.create(category_4=True)},
    "agencies.services.disable_user": lambda found: {"user": found.user},
    "agencies.services.enable_user": lambda _: {"user": UserFactory.create(is_active=False)},
    "agencies.services.give_second_factor": lambda found: {"user": found.user, "seed": "JBSWY3DPEHPK3PXP"},
    "agencies.services.add_membership": lambda found: {
        "user": found.user, "agency": found.agency, "role": Role.CHAIR, "starts_on": TODAY,
    },
    "agencies.services.end_membership": lambda found: {"membership": found.member, "ends_on": TODAY},
    "agencies.services.mark_manager": lambda found: {"membership": found.member, "manages": True},
    "agencies.services.invitations.invite_user": lambda found: {
        "email": "new@example.org", "family_name": "New", "agency": found.agency, "role": Role.CHAIR,
        "starts_on": TODAY, "link": str,
    },
    "agencies.services.invitations.send_invitation": lambda _: {"user": invited().user, "link": str},
    "agencies.services.invitations.accept_invitation": lambda _: {"invitation": invited(), "password": PASSWORD},
    "agencies.services.role_offers.offer_role": lambda found: {
        "email": UserFactory.create().email, "agency": found.agency, "role": Role.CHAIR, "starts_on": TODAY,
        "address": "https://mappa.example/account/offers/",
    },
    "agencies.services.role_offers.take_role": lambda found: {"offer": offered(found)},
    "agencies.services.role_offers.withdraw_role": lambda found: {"offer": offered(found)},
    "agencies.services.providers.set_provider": lambda found: {
        "agency": found.agency, "record": ProviderRecord("https://login.example.org", "mappa", "granite-secret"),
    },
    "agencies.services.providers.link_provider": lambda _: {
        **worker(), "subject": "7",
    },
    "agencies.services.providers.unlink_provider": lambda _: {"link": linked()},
    "agencies.services.two_persons.ask_two_persons": lambda _: {
        "user": UserFactory.create(), "kind": Act.CATEGORY_4_CLEARANCE, "reason": "Chairs the panel of the division",
    },
    "agencies.services.two_persons.ask_provider": lambda found: {
        "agency": found.agency, "reason": "The agency's new sign-in",
        "record": ProviderRecord("https://login.example.org", "mappa", "granite-secret"),
    },
    "agencies.services.two_persons.confirm_two_persons": lambda found: {"act": asked(found.user)},
    "agencies.services.two_persons.withdraw_two_persons": lambda _: {"act": asked(UserFactory.create())},
    "agencies.services.partners.change_agency": lambda found: {
        "today": TODAY, "agency_id": found.agency.pk, "name": "New", "kind": AgencyKind.POLICE, "duty": Duty.NONE,
        "part_of": None, "housing_authority": None, "starts_on": TODAY,
    },
    "agencies.services.partners.end_agency": lambda found: {
        "today": TODAY, "agency_id": AgencyFactory.create(area=found.area).pk, "ends_on": TODAY,
    },
    "agencies.services.partners.link_homes": lambda found: {
        "today": TODAY, "landlord_id": _landlord(found).pk, "starts_on": TODAY,
        "authority": LocalHousingAuthorityFactory.create(area=found.area),
    },
    "agencies.services.partners.end_homes": lambda found: {
        "today": TODAY, "link_id": FormerHomesFactory.create(landlord=_landlord(found)).pk, "ends_on": TODAY,
    },
    "agencies.services.partners.set_person_word": lambda found: {
        "today": TODAY, "area_id": found.area.pk, "word": PersonWord.OFFENDER,
    },
    "agencies.services.agreements.record_agreement": lambda found: {
        "today": TODAY, "agency_id": found.agency.pk, "kind": AgreementKind.MEMORANDUM, "signed_on": TODAY,
    },
    "agencies.services.agreements.correct_agreement": lambda found: {
        "today": TODAY, "agreement_id": AgreementFactory.create(agency=found.agency).pk, "signed_on": TODAY,
        "expires_on": TODAY,
    },
    "agencies.services.contacts.name_contact": lambda found: {
        "today": TODAY, "agency_id": found.agency.pk, "user_id": _speaker(found).user_id, "part": ContactPart.SPOC,
        "starts_on": TODAY,
    },
    "agencies.services.contacts.end_contact": lambda found: {
        "today": TODAY, "contact_id": ContactFactory.create(agency=found.agency).pk, "ends_on": TODAY,
    },
    "agencies.services.contacts.record_absence": lambda found: {
        "today": TODAY, "user_id": found.user.pk, "starts_on": TODAY, "ends_on": LATER,
    },
    "agencies.services.contacts.end_absence": lambda _: {
        "today": TODAY, "absence_id": AbsenceFactory.create(starts_on=TODAY, ends_on=LATER).pk,
    },
    "agencies.services.succession.plan_succession": lambda found: {
        "today": TODAY, "area_id": found.area.pk, "predecessor_ids": [found.agency.pk], "name": "New",
        "happens_on": LATER, "reason": "An order",
    },
    "agencies.services.succession.cancel_succession": lambda found: {
        "today": TODAY, "succession_id": _planned(found).pk,
    },
    "agencies.services.succession.carry_out_succession": lambda found: {
        "today": LATER, "succession_id": _planned(found).pk,
    },
    "agencies.services.handover.hand_over": lambda found: {
        "today": TODAY, "membership_id": found.member.pk, "on": TODAY,
        "to_user_id": MembershipFactory.create(area=found.area, agency=found.agency, role=Role.PRACTITIONER).user_id,
    },
    "agencies.services.hand_over_day.call_off_hand_over": lambda found: {
        "today": TODAY, "planned_id": _leaving(found).pk,
    },
    "agencies.services.hand_over_day.change_successor": lambda found: {
        "today": TODAY, "planned_id": _leaving(found).pk,
        "to_user_id": MembershipFactory.create(area=found.area, agency=found.agency, role=Role.PRACTITIONER).user_id,
    },
    "agencies.services.hand_over_day.carry_out_hand_over": lambda found: {
        "today": LATER, "planned_id": _leaving(found).pk,
    },
    "cases.services.handover.note_officer_left": _about(),
    "agencies.services.oversight.review_looks": lambda found: {
        "area_id": found.area.pk, "user_id": found.member.user_id, "day": TODAY, "kinds": [AnomalyKind.MANY],
        "reason": "Asked the manager",
    },
    "board.services.set_population": lambda found: {
        "today": TODAY, "area_id": found.area.pk, "year": "2022-23", "aged_10_and_over": 900_000, "source": "ONS",
    },
    "cases.reference.write_offences": lambda _: {
        "today": TODAY,
        "offences": [QualifyingOffence(code="new", title="New", provision="s.1", part="1", valid_from=LONG_AGO)],
    },
    "cases.services.obligations.reconcile_obligations": _about(),
    "cases.services.levels.set_level": _about(
        level=Level.ONE, starts_on=TODAY, decided_by=DecidingBody.MEETING, reason="Risk has fallen."
    ),
    "cases.services.grounds.record_ground": _about(ground=notification(YESTERDAY)),
    "cases.services.grounds.end_ground": lambda found: {
        "today": TODAY, "ground_id": found.ground.pk, "ends_on": TODAY, "reason": EndReason.LICENCE_ENDED,
    },
    "cases.services.grounds.void_ground": lambda found: {
        "today": TODAY, "ground_id": found.ground.pk, "reason": "Quashed on appeal",
    },
    "cases.services.participation.set_lead_agency": lambda found: {
        "today": TODAY, "nominal_id": found.nominal.pk, "agency_id": found.agency.pk, "starts_on": TODAY,
    },
    "cases.services.participation.name_officer": lambda found: {
        "today": TODAY, "nominal_id": found.nominal.pk, "agency_id": found.agency.pk, "officer_id": found.user.pk,
        "starts_on": TODAY,
    },
    "cases.services.participation.open_participation": lambda found: {
        "today": TODAY, "nominal_id": found.nominal.pk, "agency_id": found.agency.pk, "starts_on": TODAY,
    },
    "cases.services.participation.grant_to_person": lambda found: {
        "today": TODAY, "nominal_id": found.nominal.pk, "starts_on": TODAY,
        "user_id": MembershipFactory.create(area=found.area, role=Role.PRACTITIONER).user_id,
    },
    "cases.services.participation.close_participation": lambda found: {
        "today": TODAY, "participation_id": found.participation.pk, "ends_on": TODAY,
    },
    "cases.services.participation.close_personal_grant": lambda found: {
        "today": TODAY, "grant_id": found.grant.pk, "ends_on": TODAY,
    },
    "cases.services.participation.set_handling": _about(handling=Handling.RESTRICTED, reason="Leaked"),
    "cases.services.participation.exclude": lambda found: {
        "today": TODAY, "nominal_id": found.nominal.pk, "agency_id": found.agency.pk, "reason": "A relation",
        "starts_on": TODAY,
    },
    "cases.services.participation.end_exclusion": lambda found: {
        "today": TODAY, "exclusion_id": found.exclusion.pk, "ends_on": TODAY,
    },
    "cases.services.people.record_nominal": lambda found: {
        "today": TODAY, "area": found.area, "family_name": "New", "date_of_birth": date(1990, 1, 1),
    },
    "cases.services.people.note_clash_with_hidden": lambda found: {
        "today": TODAY, "nominal_id": found.nominal.pk, "hidden_ids": [found.nominal.pk],
    },
    "cases.services.doubles_told.tell_of_double": lambda found: {
        "today": TODAY, "hidden_id": found.nominal.pk, "event_key": "possible_double:1:2:0",
        "user_ids": [found.user.pk],
    },
    "cases.services.people.edit_nominal": lambda found: {
        "today": TODAY, "nominal_id": found.nominal.pk, "version": found.nominal.version, "family_name": "Newname",
        "date_of_birth": date(1990, 1, 1),
    },
    "cases.services.people.record_address": _about(starts_on=TODAY, lines="1 Toadstone Terrace"),
    "cases.services.bulk.insert_people": lambda found: {
        "today": TODAY, "batch": [person(found.area, family_name="New")],
    },
    "cases.services.copying.copy_people": lambda found: {
        "today": TODAY, "batch": [person(found.area, family_name="New")],
    },
    "cases.services.bulk.replace_people": lambda found: {
        "today": TODAY, "batch": {found.nominal.pk: person(found.area, family_name="New")},
    },
    "cases.services.dates.set_key_date": _about(kind=KeyDateKind.PAROLE_HEARING, falls_on=LATER),
    "cases.services.dates.record_qualifying_meeting": _about(meeting=MeetingRecord(YESTERDAY, Level.TWO)),
    "cases.services.circumstances.record_background": _about(background=BackgroundRecord(nationality="Polish")),
    "cases.services.circumstances.record_connected_person": _about(person=KIN),
    "cases.services.circumstances.change_connected_person": lambda found: {
        "today": TODAY, "row_id": found.nominal.connected_people.get().pk, "version": 1,
        "person": replace(KIN, at_risk=True),
    },
    "cases.services.circumstances.record_process": _about(process=PROCESS),
    "cases.services.circumstances.change_process": lambda found: {
        "today": TODAY, "row_id": found.nominal.parallel_processes.get().pk, "version": 1,
        "process": replace(PROCESS, ends_on=TODAY),
    },
    "cases.services.circumstances.record_warning": _about(warning=WARNING),
    "cases.services.circumstances.change_warning": lambda found: {
        "today": TODAY, "row_id": found.nominal.staff_warnings.get().pk, "version": 1,
        "warning": replace(WARNING, ends_on=TODAY),
    },
    "cases.services.hospital_orders.record_hospital_order": _about(order=HospitalOrderRecord(HospitalSection.HOSPITAL)),
    "cases.services.hospital_orders.change_hospital_order": lambda found: {
        "today": TODAY, "order_id": found.order.pk, "version": 1,
        "order": HospitalOrderRecord(HospitalSection.HOSPITAL, court="Derby Crown Court"),
    },
    "cases.services.hospital_orders.set_stage": lambda found: {
        "today": TODAY, "order_id": found.order.pk, "kind": HospitalStage.COMMUNITY_TREATMENT, "starts_on": TODAY,
    },
    "cases.services.stage_corrections.correct_stage": lambda found: {
        "today": TODAY, "stage_id": _stage(found), "reason": "Misread",
        "stage": Stage(HospitalStage.COMMUNITY_TREATMENT, LONG_AGO, "Lives where directed"),
    },
    "cases.services.stage_corrections.take_stage_away": lambda found: {
        "today": TODAY, "stage_id": _stage(found), "reason": "Of another",
    },
    "cases.services.merging.merge_nominals": lambda found: {
        "today": TODAY, "kept_id": found.nominal.pk, "absorbed_id": nominal(found.area).pk, "reason": "One person",
    },
    "cases.services.merging.note_absorbed": lambda found: {
        "today": TODAY, "absorbed": found.nominal, "kept_id": found.nominal.pk,
    },
    "cases.services.merging.note_separated": lambda found: {
        "today": TODAY, "absorbed": found.nominal, "kept_id": found.nominal.pk,
    },
    "cases.services.merging.undo_merge": lambda found: {
        "today": TODAY, "kept_id": merged(found).pk, "reason": "Two people",
    },
    "cases.services.two_people.tell_apart": lambda found: {
        "today": TODAY, "one_id": found.nominal.pk, "other_id": nominal(found.area).pk, "reason": "Other prints",
    },
    "cases.services.two_people.take_back_mark": lambda found: {
        "today": TODAY, "one_id": found.nominal.pk, "other_id": told_apart(found).pk,
    },
    "cases.services.advice.record_advice": lambda found: {
        "today": TODAY, "area_id": found.area.pk, "asked_by": "A social worker", "said": "Refer him",
        "outcome": AdviceOutcome.REFER, "given_on": TODAY, "nominal_id": found.nominal.pk,
    },
    "cases.services.advice.settle_call_back": lambda found: {
        "today": TODAY, "advice_id": store_advice(found.area, found.nominal).pk,
    },
    "cases.services.first_notifications.send_first_notification": _to_notify,
    "cases.services.first_notifications.receive_first_notification": lambda found: {
        **_to_notify(found), "received_by": ReceivedBy.EMAIL, "received_on": TODAY,
    },
    "cases.services.first_notifications.take_over_first_notification": lambda found: _notified(
        found, nominal_id=found.nominal.pk
    ),
    "cases.services.first_notifications.open_from_first_notification": lambda found: _notified(
        found, family_name="Shale", date_of_birth=date(1990, 1, 1)
    ),
    "cases.services.first_notifications.correct_first_notification": lambda found: _notified(
        found, said=_to_notify(found)["said"], reason="The day was wrong"
    ),
    "cases.services.first_notifications.refuse_first_notification": lambda found: _notified(
        found, reason="Not a MAPPA case"
    ),
    "cases.services.referrals.start_referral": lambda found: {
        "today": TODAY, "agency_id": found.agency.pk, "subject": Subject(nominal_id=found.nominal.pk),
    },
    "cases.services.referrals.register_received": lambda found: {
        "today": TODAY, "agency_id": found.agency.pk, "subject": Subject(nominal_id=found.nominal.pk),
        "referrer": "A practitioner", "endorsed_by": "A manager", "received_on": TODAY, "category": "2",
        "level_asked": Level.TWO,
    },
    "cases.services.referral_documents.attach_document": lambda found: {
        **_referred(found, ReferralState.SUBMITTED), "what": "Referral", "content": b"%PDF-1.7",
    },
    "cases.services.referral_documents.look_through_document": lambda found: {
        "today": TODAY,
        "document_id": document(referral(found.area, found.nominal), DocumentState.RECEIVED).pk,
    },
    "cases.services.referrals.write_referral": lambda found: {
        **_referred(found, ReferralState.DRAFT), "section": "plan", "values": {"plan": "Visits"}, "version": 1,
    },
    "cases.services.referrals.keep_draft": lambda found: {
        **_referred(found, ReferralState.DRAFT), "section": "plan", "values": {"plan": "Vis"},
    },
    "cases.services.referrals.ask_endorsement": lambda found: {
        **_referred(found, ReferralState.DRAFT),
        "endorser_id": MembershipFactory.create(
            area=found.area, agency=found.agency, role=Role.PRACTITIONER, manages=True
        ).user_id,
    },
    "cases.services.referrals.endorse_referral": lambda found: _referred(found, ReferralState.AWAITING_ENDORSEMENT),
    "cases.services.referrals.send_back": lambda found: {
        **_referred(found, ReferralState.AWAITING_ENDORSEMENT), "note": "Say more",
    },
    "cases.services.referrals.return_referral": lambda found: {
        **_referred(found, ReferralState.SUBMITTED), "note": "Say more",
    },
    "cases.services.referrals.register_again": lambda found: _referred(found, ReferralState.RETURNED),
    "cases.services.referrals.give_to_panel": lambda found: {
        **_referred(found, ReferralState.SUBMITTED), **_nothing(seat(found.area)),
    },
    "cases.services.referrals.withdraw_referral": lambda found: {
        **_referred(found, ReferralState.SUBMITTED), "note": "He has died",
    },
    "cases.services.referrals.link_person": lambda found: {
        "today": TODAY, "referral_id": referral(found.area).pk, "nominal_id": found.nominal.pk,
    },
    "cases.services.panel_standing.follow_panel": lambda found: {
        "today": TODAY, "referral_id": _voted(found, Vote.DECLINE).pk,
    },
    "cases.services.referral_upkeep.take_back_unendorsed": lambda found: {
        "today": TODAY, "referral_id": _left_lying(found),
    },
    "cases.services.referral_upkeep.bring_readers_in_line": lambda found: {
        "today": TODAY, "nominal_id": Referral.objects.values_list("nominal", flat=True).get(
            pk=_referred(found, ReferralState.SUBMITTED, endorser=UserFactory.create())["referral_id"]
        ),
    },
    "cases.services.referral_leaving.pass_on": lambda found: _referred(
        found, ReferralState.RETURNED, author=UserFactory.create(), passes_on=TODAY,
        passes_to=MembershipFactory.create(area=found.area, agency=found.agency, role=Role.COORDINATOR).user,
    ),
    "cases.services.panel.name_seat": lambda found: {
        "today": TODAY, "area_id": found.area.pk, "starts_on": TODAY,
        "member_id": MembershipFactory.create(area=found.area, role=Role.PANEL_MEMBER).user_id,
    },
    "cases.services.panel.end_seat": lambda found: {
        "today": TODAY, "seat_id": seat(found.area).pk, "ends_on": TODAY,
    },
    "cases.services.panel.cast_vote": lambda found: {
        **_referred(found, ReferralState.UNDER_PANEL, rounds=1), "vote": Vote.DECLINE, "reasons": "Nothing is gained",
        "voter_id": seat(
            found.area, member=MembershipFactory.create(area=found.area, role=Role.PANEL_MEMBER).user
        ).member_id,
    },
    "cases.services.panel.accept_referral": lambda found: {
        "today": TODAY, "referral_id": _voted(found, Vote.LEVEL_2).pk, "level": Level.TWO,
    },
    "cases.services.panel.decline_referral": lambda found: {
        "today": TODAY, "referral_id": _voted(found, Vote.DECLINE).pk, "reason": DeclineReason.NO_VALUE,
        "text": "Two agencies meet already", "route": "Head of unit",
    },
    "cases.services.panel.note_told": lambda found: {
        **_referred(
            found, ReferralState.DECLINED, decided_on=TODAY, decline_reason=DeclineReason.NO_VALUE,
            decline_text="Two agencies meet already", route="Head of unit",
        ),
        "told_on": TODAY,
    },
    "cases.services.screening.record_identification": lambda found: {
        "today": TODAY, "nominal_id": found.nominal.pk, "agency_id": found.agency.pk, "sentenced_on": YESTERDAY,
        "known_on": TODAY,
    },
    "cases.services.screening.record_thresholding": lambda found: {
        "today": TODAY, "decided_on": TODAY, "outcome": ThresholdingOutcome.MARAC, "reason": "Taken to the MARAC",
        "nominal_id": _with_marac(found.area).pk,
    },
    "cases.services.level_1.record_screening": _about(
        screened_on=TODAY, outcome=ScreeningOutcome.REFER, reason="High risk, several agencies"
    ),
    "cases.services.level_1.record_level_1_review": lambda found: {
        "today": TODAY, "nominal_id": nominal(found.area).pk, "held_on": TODAY, "form": ReviewForm.PAPER,
        "contributors": "Probation", "decision": "Stays at Level 1", "next_on": TODAY + timedelta(days=90),
        "risk": RiskLevel.LOW,
    },
    "cases.services.level_1.report_change": _about(kind=CaseChange.ARREST, happened_on=TODAY),
    "cases.services.level_1.switch_level_1_reviews": lambda found: {
        "today": TODAY, "agency_id": found.agency.pk, "holds_from": TODAY, "reviews": False, "reason": "Agreed",
    },
    "cases.services.endings.record_ending_decision": lambda found: {
        "today": TODAY, "ground_id": _ending_at_level_2(found.area).grounds.get().pk,
        "outcome": EndingOutcome.LEAVE, "reason": "The licence ends and risk is low",
    },
    "cases.services.brought_forward.work_off": lambda found: {
        "today": TODAY, "obligation_id": _brought_forward(found), "reason": "Done before the start",
    },
    "cases.services.brought_forward.work_off_several": lambda found: {
        "today": TODAY, "obligation_ids": [_brought_forward(found, 8)], "reason": "Done before the start",
    },
    "cases.services.whereabouts.record_whereabouts": _about(kind=Whereabouts.CUSTODY, starts_on=TODAY),
    "cases.services.tenure.set_tenure": lambda found: {
        "today": TODAY, "tenure": Tenure.COUNCIL,
        "address_id": Address.objects.create(nominal=found.nominal, lines="1 Tufa Rise", starts_on=LONG_AGO).pk,
    },
    "cases.services.address_corrections.correct_address": lambda found: {
        "today": TODAY, "reason": "Misread", "address": AddressRecord(LONG_AGO, lines="2 Tufa Rise"),
        "address_id": Address.objects.create(nominal=found.nominal, lines="1 Tufa Rise", starts_on=LONG_AGO).pk,
    },
    "cases.services.address_corrections.take_address_away": lambda found: {
        "today": TODAY, "reason": "Of another",
        "address_id": Address.objects.create(nominal=found.nominal, lines="1 Tufa Rise", starts_on=LONG_AGO).pk,
    },
    "cases.services.who_leads_corrections.correct_lead_agency": lambda found: {
        "today": TODAY, "reason": "Misread", "agency_id": found.agency.pk, "span_id": _led(found),
        "starts_on": LONG_AGO + timedelta(days=2),
    },
    "cases.services.who_leads_corrections.take_lead_agency_away": lambda found: {
        "today": TODAY, "reason": "Never led", "span_id": _led(found),
    },
    "cases.services.who_leads_corrections.correct_named_officer": lambda found: {
        "today": TODAY, "reason": "Misread", "officer_id": found.user.pk, "span_id": _named(found),
        "starts_on": LONG_AGO + timedelta(days=1),
    },
    "cases.services.who_leads_corrections.take_named_officer_away": lambda found: {
        "today": TODAY, "reason": "Never named", "span_id": _named(found),
    },
    "cases.services.screening_corrections.correct_screening": lambda found: {
        "today": TODAY, "reason": "Misread", "screening_id": _screened(found.area),
        "screening": ScreeningRecord(TODAY, ScreeningOutcome.REFER, "High risk, several agencies"),
    },
    "cases.services.screening_corrections.take_screening_away": lambda found: {
        "today": TODAY, "reason": "Of another", "screening_id": _screened(found.area),
    },
    "cases.services.level_1_corrections.correct_level_1_review": lambda found: {
        "today": TODAY, "reason": "Misread", "review_id": _reviewed(found.area),
        "review": Level1ReviewRecord(
            TODAY, ReviewForm.PAPER, "Police", "Stays at Level 1", TODAY + timedelta(days=90), RiskLevel.LOW
        ),
    },
    "cases.services.level_1_corrections.take_level_1_review_away": lambda found: {
        "today": TODAY, "reason": "Of another", "review_id": _reviewed(found.area),
    },
    "cases.services.thresholding_corrections.correct_thresholding": lambda found: {
        "today": TODAY, "reason": "Misread", "thresholding_id": _thresholded(found.area),
        "thresholding": ThresholdingRecord(YESTERDAY, ThresholdingOutcome.MARAC, "Taken to the MARAC"),
    },
    "cases.services.thresholding_corrections.take_thresholding_away": lambda found: {
        "today": TODAY, "reason": "Of another", "thresholding_id": _thresholded(found.area),
    },
    "cases.services.identification_corrections.correct_identification": lambda found: {
        "today": TODAY, "reason": "Misread", "identification_id": _identified(found),
        "identification": IdentificationRecord(found.agency.pk, YESTERDAY, TODAY),
    },
    "cases.services.identification_corrections.take_identification_away": lambda found: {
        "today": TODAY, "reason": "Of another", "identification_id": _identified(found),
    },
    "cases.services.change_corrections.correct_change": lambda found: {
        "today": TODAY, "reason": "Misread", "change_id": _changed(found),
        "change": ChangeRecord(CaseChange.PARTNER, TODAY),
    },
    "cases.services.change_corrections.take_change_away": lambda found: {
        "today": TODAY, "reason": "Of another", "change_id": _changed(found),
    },
    "cases.services.corrections.correct_whereabouts": lambda found: {
        "today": TODAY, "span_id": found.nominal.whereabouts.get().pk, "reason": "Misread",
        "stay": Stay(Whereabouts.CUSTODY, LONG_AGO),
    },
    "cases.services.corrections.take_whereabouts_away": lambda found: {
        "today": TODAY, "span_id": _second_stay(found), "reason": "Of another",
    },
    "cases.services.ground_corrections.correct_ground_start": lambda found: {
        "today": TODAY, "ground_id": found.ground.pk, "reason": "Misread", "starts_on": LONG_AGO + timedelta(days=1),
    },
    "cases.services.level_corrections.correct_level_start": lambda found: {
        "today": TODAY, "span_id": found.nominal.levels.get(level=Level.TWO).pk, "reason": "Misread",
        "starts_on": LONG_AGO + timedelta(days=1),
    },
    "cases.services.level_corrections.correct_meeting": lambda found: {
        "today": TODAY, "meeting_id": found.nominal.qualifying_meetings.get().pk, "reason": "Misread",
        "meeting": MeetingRecord(YESTERDAY, Level.TWO),
    },
    "cases.services.level_corrections.take_meeting_away": lambda found: {
        "today": TODAY, "meeting_id": found.nominal.qualifying_meetings.get().pk, "reason": "Never held",
    },
    "letters.outbox.withdraw": lambda found: {"message_id": message(found, State.WAITING).pk},
    "letters.outbox.post": lambda found: {
        "kind": ACCESS_GIVEN, "recipient": found.user, "event_key": "tests", "subject": found.nominal,
    },
    "letters.delivery.claim": lambda found: {"message_id": message(found, State.WAITING).pk},
    "letters.delivery.hand_over": in_hand,
    "letters.delivery.settle": lambda found: {**in_hand(found), "state": State.SENT},
    "letters.delivery.put_back": lambda found: {**in_hand(found), "fault": "ConnectionRefusedError"},
    "letters.delivery.recover": lambda found: {
        "message_id": message(found, State.CLAIMED, lease_ends_at=datetime(2026, 1, 1, tzinfo=UTC)).pk,
    },
    "meetings.services.actions.bring_in_actions": lambda found: {
        "today": TODAY, "nominal_id": found.nominal.pk,
        "actions": [ActionRecord(found.agency.pk, "Confirm the tenancy", LONG_AGO, TODAY)],
    },
    "meetings.services.actions.close_action": lambda found: {
        "today": TODAY, "action_id": _action(found).pk, "outcome": ActionOutcome.DONE, "closed_on": TODAY,
    },
    "meetings.services.actions.reopen_action": lambda found: {
        "today": TODAY, "action_id": _action(found, closed_on=TODAY, outcome=ActionOutcome.DONE).pk,
        "reason": "Closed on the wrong person.",
    },
    "meetings.services.panels.set_up_panel": lambda found: {
        "today": TODAY, "area_id": found.area.pk,
        "panel": PanelRecord("New", Level.TWO, plan.at(10).time(), TODAY, ordinals=(2,)),
    },
    "meetings.services.panels.change_panel": lambda found: {
        "today": TODAY, "panel_id": _panel(found).pk,
        "record": PanelRecord("Changed", Level.TWO, plan.at(10).time(), TODAY, ordinals=(2,)),
    },
    "meetings.services.panels.name_member": lambda found: {
        "today": TODAY, "panel_id": _panel(found).pk, "agency_id": found.agency.pk, "starts_on": TODAY,
    },
    "meetings.services.panels.end_member": lambda found: {
        "today": TODAY, "ends_on": TODAY,
        "member_id": PanelAgency.objects.create(panel=_panel(found), agency=found.agency, starts_on=TODAY).pk,
    },
    "meetings.services.panels.allow_chair": lambda found: {
        "today": TODAY, "area_id": found.area.pk, "user_id": found.user.pk, "role": ChairRole.COORDINATOR,
        "starts_on": TODAY,
    },
    "meetings.services.panels.end_chair": lambda found: {
        "today": TODAY, "chair_id": plan.may_chair(found.area, UserFactory.create()).pk, "ends_on": TODAY,
    },
    "meetings.services.panels.add_room": lambda found: {
        "today": TODAY, "area_id": found.area.pk, "name": "Meeting Room 1",
    },
    "meetings.services.sittings.plan_sitting": lambda found: {
        "today": TODAY, "area_id": found.area.pk, "sitting": SittingRecord(Level.TWO, plan.at(10), 60, 1),
    },
    "meetings.services.sittings.generate_sittings": lambda found: {
        "today": TODAY, "panel_id": _panel(found).pk, "until": plan.SOON,
    },
    "meetings.services.sittings.move_sitting": lambda found: {
        "today": TODAY, "sitting_id": _sitting(found).pk, "version": 1, "starts_at": plan.at(9),
        "reason": "The room floods",
    },
    "meetings.services.sittings.cancel_sitting": lambda found: {
        "today": TODAY, "sitting_id": _sitting(found).pk, "version": 1, "reason": "The room floods",
    },
    "meetings.services.sittings.name_chair": lambda found: {
        "today": TODAY, "sitting_id": _sitting(found).pk, "version": 1,
        "chair_id": plan.may_chair(found.area, UserFactory.create()).user_id,
    },
    "meetings.services.leaving_chairs.vacate_chair": lambda found: {
        "today": TODAY,
        "sitting_id": plan.sitting(found.area, chair=UserFactory.create(is_active=False)).pk,
    },
    "meetings.services.slots.place_person": lambda found: {
        "today": TODAY, "nominal_id": found.nominal.pk, "sitting_id": (held := _sitting(found)).pk,
        "placing": Placing(held.starts_at, MeetingKind.REVIEW),
    },
    "meetings.services.slots.move_slot": lambda found: {
        "today": TODAY, "slot_id": plan.slot(found.nominal, held := _sitting(found)).pk, "sitting_id": held.pk,
        "starts_at": held.starts_at + timedelta(hours=1), "reason": "An hour later",
    },
    "meetings.services.slots.cancel_slot": lambda found: {
        "today": TODAY, "slot_id": plan.slot(found.nominal, _sitting(found)).pk, "reason": "No longer needed",
    },
    "meetings.services.slots.keep_slot": lambda found: {
        "today": TODAY, "slot_id": _in_vain(found).pk, "reason": "The review of the death is prepared",
    },
    "meetings.services.invitations.invite_agency": lambda found: {
        "today": TODAY, "slot_id": plan.slot(found.nominal, _sitting(found)).pk, "agency_id": found.agency.pk,
        "because": "They know him",
    },
    "meetings.services.invitations.invite_guest": lambda found: {
        "today": TODAY, "slot_id": plan.slot(found.nominal, _sitting(found)).pk, "because": "His own GP",
        "guest": Guest("Dr Alder", "alder@example.org"),
    },
    "meetings.services.invitations.withdraw_invitation": lambda found: {
        "today": TODAY, "invitation_id": _invitation(found),
    },
    "meetings.services.invitations.answer_invitation": lambda found: {
        "today": TODAY, "invitation_id": _invitation(found), "answer": _SAID,
    },
    "meetings.services.invitations.answer_invitations": lambda found: {
        "today": TODAY, "answers": {_invitation(found): _SAID},
    },
    "meetings.services.invitations.chase_invitations": lambda found: {"today": TODAY, "sitting_id": _unanswered(found)},
    "meetings.services.invitations.refresh_entries": lambda found: {"today": TODAY, "sitting_id": _unanswered(found)},
    "meetings.services.invitations.set_invite_rule": lambda found: {
        "today": TODAY, "area_id": found.area.pk, "reason": InviteReason.CHILD, "kinds": [AgencyKind.EDUCATION],
        "agency_ids": [found.agency.pk],
    },
    "meetings.services.invitations.set_joining_text": lambda found: {
        "today": TODAY, "area_id": found.area.pk, "text": "Join five minutes early.",
    },
    "meetings.services.replies.record_reply": lambda _: {
        "today": TODAY, "read_at": datetime(2026, 11, 24, 10, tzinfo=UTC), "digest": "d" * 64,
        "incoming": Incoming(why="A message that somebody wrote"),
    },
    "meetings.services.replies.close_reply": lambda _: {
        "today": TODAY, "reply_id": plan.reply().pk, "by_hand": True,
    },
    "meetings.services.plans.accept_plan": lambda found: {
        "today": TODAY, "area_id": found.area.pk,
        "lines": [Planned(found.nominal.pk, (held := _sitting(found)).pk, Placing(held.starts_at, MeetingKind.REVIEW))],
    },
    "meetings.services.plans.arrange_meeting": lambda found: {
        "today": TODAY, "nominal_id": found.nominal.pk,
        "sitting": SittingRecord(Level.TWO, starts := plan.at(9, on=plan.SOON + timedelta(days=1)), 60, 1),
        "placing": Placing(starts, MeetingKind.EXIT),
    },
    "letters.settling.resend": undecided,
    "letters.settling.leave": undecided,
    "exchange.services.extracts.add_extract": lambda found: {
        "today": TODAY, "area": found.area, "agency": found.agency, "kind": ListKind.PEOPLE, "whole": True,
        "content": lists.TABLE,
    },
    "exchange.services.extracts.name_headings": lambda found: {
        "today": TODAY, "extract_id": lists.extract(found.area, ExtractState.HEADINGS).pk, "columns": lists.COLUMNS,
    },
    "exchange.services.extracts.compare_again": _list(ExtractState.READY),
    "exchange.services.extracts.close_extract": _list(ExtractState.READY),
    "exchange.services.extracts.cancel_extract": _list(ExtractState.READY),
    "exchange.services.extracts.stop_extract": _list(ExtractState.READING, trouble="Nobody can read it."),
    "exchange.services.extracts.blank_rows": lambda found: {
        "today": lists.extract(found.area, ExtractState.CLOSED, closed_on=LONG_AGO) and TODAY,
    },
    "exchange.services.reading.read_extract": _list(ExtractState.READING),
    "exchange.services.reading.compare_rows": _list(ExtractState.COMPARING),
    "exchange.services.writing.write_rows": lambda found: {
        "today": TODAY, "eyes": system(),
        "extract_id": _row(found, Outcome.NEW, state=RowState.ACCEPTED).extract_id,
    },
    "exchange.services.rows.accept_rows": lambda found: {
        "today": TODAY, "outcome": Outcome.NEW, "extract_id": _row(found, Outcome.NEW).extract_id,
    },
    "exchange.services.rows.leave_row": lambda found: {"today": TODAY, "row_id": _row(found, Outcome.NEW).pk},
    "exchange.services.rows.answer_absence": lambda found: {
        "today": TODAY, "row_id": _row(found, Outcome.ABSENT, nominal=found.nominal).pk, "answer": Answer.OURS,
        "reason": "Supervised by a hostel.",
    },
    "exchange.services.rows.answer_absences": lambda found: {
        "today": TODAY, "answer": Answer.OURS, "reason": "Supervised by a hostel.",
        **_ids(_row(found, Outcome.ABSENT, nominal=found.nominal)),
    },
    "exchange.exports.services.ask_for_export": lambda found: {
        "today": TODAY, "member_id": found.member.pk, "wanted": register(), "file_format": FileFormat.CSV,
    },
    "exchange.exports.services.begin_export": lambda found: {"export_id": export_of(found.member).pk},
    "exchange.exports.services.make_export": lambda found: {
        "today": TODAY, "at": NOON, "export_id": export_of(found.member).pk,
    },
    "exchange.exports.services.fetch_export": lambda found: {"export_id": export_of(found.member, made=True).pk},
    "exchange.exports.services.end_export": lambda found: {
        "export_id": export_of(found.member, made=True).pk, "end": ExportEnd.WITHDRAWN,
    },
    "exchange.saved.services.save_view": lambda found: {
        "member_id": found.member.pk, "wanted": register(), "name": "Level 3",
    },
    "exchange.saved.services.rename_view": lambda found: {"view_id": view_of(found.user).pk, "name": "Level 2"},
    "exchange.saved.services.delete_view": lambda found: {"view_id": view_of(found.user).pk},
    "exchange.feeds.services.make_feed": lambda found: {"user": found.user},
    "exchange.feeds.services.revoke_feed": lambda found: {"feed_id": feed_of(found.user).pk},
    "exchange.feeds.services.use_feed": lambda found: {"today": TODAY, "feed_id": feed_of(found.user).pk},
    "letters.marking.take_copy": lambda _: {"at": datetime(2026, 3, 27, 12, 0, tzinfo=UTC), "what": "register"},
}  # fmt: skip

# A role that lacks each service's permission: the widest of those that do.
_PEOPLE_AND_AGENCIES = ("agencies.", "cases.reference.", "board.services.")
_CIRCUMSTANCES = (
    "cases.services.circumstances.", "cases.services.hospital_orders.", "cases.services.stage_corrections.",
)  # fmt: skip
_DECISIONS = (
    "levels.set_level", "set_handling", ".exclude", ".end_exclusion", "record_qualifying_meeting", "record_screening",
    "record_level_1_review", "report_change", "switch_level_1_reviews", "record_ending_decision",
    "record_identification", "record_thresholding",
    "correct_level_start", "correct_meeting", "take_meeting_away",
    "correct_level_1_review", "take_level_1_review_away", "correct_screening", "take_screening_away",
    "correct_thresholding", "take_thresholding_away", "correct_identification", "take_identification_away",
    "correct_change", "take_change_away",
)  # fmt: skip


def role_without(name: str) -> Role:
    if name.startswith("exchange."):
        return Role.SMB_MEMBER
    if name.startswith(_PEOPLE_AND_AGENCIES):
        return Role.COORDINATOR
    if name == "letters.marking.take_copy":
        return Role.LAY_ADVISER
    if name.endswith(("reconcile_obligations", "note_officer_left")):
        return Role.COORDINATOR
    if name.startswith("meetings."):
        return Role.PANEL_MEMBER
    if name.startswith(
        (
            "cases.services.referrals.",
            "cases.services.referral_documents.",
            "cases.services.first_notifications.",
            "cases.services.panel.cast_vote",
        )
    ):
        return Role.VLO
    if name.endswith(_DECISIONS):
        return Role.ADMINISTRATOR
    if name.endswith(
        ("set_key_date", "record_whereabouts", "correct_whereabouts", "take_whereabouts_away")
    ) or name.startswith(_CIRCUMSTANCES):
        return Role.SPOC
    return Role.PRACTITIONER


def test_every_service_is_called_here() -> None:
    assert set(CALLS) == set(OURS), "Say in CALLS with what a new service is called."


@every_service
def test_shape(found: "Service[Any, Any]") -> None:
    parameters = inspect.signature(found.function).parameters
    assert "by" in parameters
    assert {each.kind for each in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert parameters["by"].default is inspect.Parameter.empty, "who acts is never left out"
    assert inspect.getdoc(found.function), "a service says what it does"
    assert inspect.signature(found.function).return_annotation is not inspect.Signature.empty


@every_service
def test_twin(found: "Service[Any, Any]") -> None:
    assert found.asks is not None, "give @service its twin: asks=may_…"
    assert found.asks.__name__.startswith("may_")
    twin = inspect.signature(found.asks).parameters
    assert twin["by"].kind is inspect.Parameter.KEYWORD_ONLY
    assert inspect.getdoc(found.asks), "a twin says whether what may be done"
    module, home = found.function.__module__, found.asks.__module__
    assert home.rpartition(".")[0] == module.rpartition(".")[0] or home == module, "the twin stands by its service"
    assert found.asks.__name__ in found.function.__code__.co_names, "the service asks its own twin"


def test_every_event_has_one_service() -> None:
    events = Counter(each.event for each in OURS.values())
    assert not {event for event, times in events.items() if times > 1} - set(SHARED_EVENTS)


def test_events_are_words_of_the_domain_in_the_past() -> None:
    """``level_set``, ``ground_recorded``: not the name of the service."""
    assert not [each.name for each in OURS.values() if each.event == each.function.__name__]


def test_services_are_the_only_writers_that_are_registered() -> None:
    labels = {name.partition(".")[0] for name in OURS}
    assert labels <= {config.label for config in apps.get_app_configs()}


@pytest.mark.django_db
@every_service
def test_refused_without_the_permission_and_done_with_it(found: "Service[Any, Any]") -> None:
    """Refused even though the record itself is open to the person: what they lack is the permission. And done by who
    has it, or the test below would show nothing."""
    here = scene()
    arguments = CALLS[found.name](here)
    member = MembershipFactory.create(area=here.area, agency=here.agency, role=role_without(found.name))
    by = Principal.for_membership(member, on=TODAY)
    before = fingerprint()
    with pytest.raises(Refused), transaction.atomic():
        found(by=by, **arguments)
    assert fingerprint() == before
    found(by=system(), **arguments)
    if found.name not in ONLY_EVENTS:
        assert fingerprint() != before


# What leaves an event and no row, or finds its rows right already.
ONLY_EVENTS = {
    "cases.services.obligations.reconcile_obligations",
    "cases.services.people.note_clash_with_hidden",
    "cases.services.handover.note_officer_left",
    "cases.services.merging.note_absorbed",
    "cases.services.merging.note_separated",
}


def test_nothing_stays_when_the_event_cannot_be_written(own_database: object, owner_sql: Any) -> None:
    """All services, in earnest: the right to record events is taken from the application, and every call commits."""
    here = scene()
    calls = {name: arguments(here) for name, arguments in CALLS.items()}
    owner_sql("REVOKE EXECUTE ON FUNCTION audit_record_event(text, text, text, bigint, text, jsonb) FROM mappa_app")
    before = fingerprint()
    wrong = []
    for name, arguments in calls.items():
        try:
            OURS[name](by=system(), **arguments)
        except EvidenceNotWritten:
            pass
        else:
            wrong.append(f"{name} went through")
        if fingerprint() != before:
            wrong.append(f"{name} left something")
            before = fingerprint()
    assert not wrong, "\n".join(wrong)


def fingerprint() -> str:
    """One value for the content of all our tables but the evidence, which the application cannot read."""
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label != "audit" and model._meta.managed
    )
    parts = " UNION ALL ".join(
        f"SELECT '{table}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS rows FROM {table} t"  # noqa: S608
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(string_agg(name || rows, '|' ORDER BY name)) FROM ({parts}) AS every")  # noqa: S608
        return str(cursor.fetchone()[0])
