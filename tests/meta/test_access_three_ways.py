"""``can`` = ``visible`` = ``who_can``, for every role, every permission and every model below the nominal.

``tests/agencies/test_access_oracle.py`` holds the engine to the oracle on random worlds, for the nominal and one table
below it. Here: every model that names an ``access_root``, found by itself, in the world of the walk.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import Model

from agencies.access import Presence, can, presence, users_who_can, visible, who_can
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.roots import GLOBAL, path_of
from cases.models import (
    Address,
    CaseParticipation,
    EndingDecision,
    Exclusion,
    Identification,
    KeyDate,
    LeadAgencySpan,
    Level1Review,
    Merge,
    MergeLine,
    NamedOfficerSpan,
    Nominal,
    Obligation,
    PersonalGrant,
    QualifyingMeeting,
    ReportedChange,
    Screening,
    Thresholding,
    TwoPeople,
    WhereaboutsSpan,
)
from meetings.models import Action
from rules.vocabulary import (
    CaseChange,
    EndingOutcome,
    Handling,
    KeyDateKind,
    Level,
    ObligationKind,
    ReviewForm,
    ScreeningOutcome,
    ThresholdingOutcome,
    Vote,
    Whereabouts,
)
from tests.factories import meetings as plan
from tests.factories.agencies import UserFactory
from tests.factories.cases import LONG_AGO
from tests.factories.referrals import draft, referral, vote

from .conftest import Standing
from .world import CLEARED, SURNAMES, Person, WalkWorld, build

pytestmark = pytest.mark.django_db


def below_the_nominal() -> list[type[Model]]:
    """Every model of ours whose rows are guarded by a nominal, the nominal among them."""
    return [
        model
        for model in apps.get_models()
        if isinstance(getattr(model, "access_root", None), str) and path_of(model) != GLOBAL
    ]


def roles(world: WalkWorld) -> list[Person]:
    return [person for person in world.people.values() if person.membership is not None]


@pytest.fixture(scope="module")
def world(standing: Standing) -> Iterator[WalkWorld]:
    """The world of the walk with a row of every record in every table below the nominal; built once, read by all."""
    with standing(_full) as found:
        yield found


def _full() -> WalkWorld:
    found = build()
    for number, nominal in enumerate(Nominal.objects.order_by("pk")):
        user = found.people[CLEARED].user
        member = found.people[CLEARED].membership
        assert user is not None
        assert member is not None
        agency = member.agency
        ground = nominal.grounds.get()
        rows: dict[type[Model], Model] = {
            EndingDecision: EndingDecision(
                nominal=nominal, ground=ground, decided_on=found.day, outcome=EndingOutcome.LEAVE, reason="Licence ends"
            ),
            Level1Review: Level1Review(nominal=nominal, held_on=LONG_AGO, form=ReviewForm.PAPER),
            ReportedChange: ReportedChange(nominal=nominal, kind=CaseChange.ARREST, happened_on=LONG_AGO),
            Thresholding: Thresholding(
                nominal=nominal, decided_on=LONG_AGO, outcome=ThresholdingOutcome.NOT_MET, reason="Nobody at risk"
            ),
            Screening: Screening(
                nominal=nominal, screened_on=LONG_AGO, outcome=ScreeningOutcome.LEVEL_1, reason="Low risk"
            ),
            Action: Action(nominal=nominal, number=1, agency=agency, what="Visit", given_on=LONG_AGO, due_on=found.day),
            Address: Address(nominal=nominal, lines=f"{number} Toadstone Terrace", starts_on=LONG_AGO),
            Identification: Identification(nominal=nominal, agency=agency, sentenced_on=LONG_AGO, known_on=found.day),
            KeyDate: KeyDate(nominal=nominal, kind=KeyDateKind.TRIBUNAL, falls_on=found.day),
            LeadAgencySpan: LeadAgencySpan(nominal=nominal, agency=agency, starts_on=LONG_AGO),
            NamedOfficerSpan: NamedOfficerSpan(nominal=nominal, agency=agency, officer=user, starts_on=LONG_AGO),
            Obligation: Obligation(
                nominal=nominal, kind=ObligationKind.REVIEW_LEVEL_2_3, triggered_on=LONG_AGO, rule="R51"
            ),
            QualifyingMeeting: QualifyingMeeting(nominal=nominal, held_on=LONG_AGO, level=Level.TWO),
            WhereaboutsSpan: WhereaboutsSpan(nominal=nominal, kind=Whereabouts.COMMUNITY, starts_on=LONG_AGO),
        }
        other = Nominal.objects.exclude(pk=nominal.pk).order_by("pk")[0]
        rows[TwoPeople] = TwoPeople(
            one=nominal, other=other, reason="Prints", marked_on=LONG_AGO, taken_back_on=LONG_AGO
        )
        past = Merge(
            kept=nominal, absorbed=other, reason="One", handling=Handling.ORDINARY, merged_on=LONG_AGO,
            undone_on=LONG_AGO, undo_reason="Two",
        )  # fmt: skip
        past.save()
        MergeLine.objects.create(merge=past, table="cases_address", row=number, before={})
        referred = referral(nominal.area, nominal, rounds=1)
        vote(referred, Vote.LEVEL_2)
        draft(referred)
        slot = plan.slot(nominal, plan.sitting(nominal.area, starts_at=plan.at(10, number)))
        plan.change(slot)
        plan.booking(slot, UserFactory.create())
        plan.invitation(slot)
        for model, row in rows.items():
            if not model._default_manager.filter(**{path_of(model): nominal}).exists():
                row.save(force_insert=True)
    return found


# Tables whose rows are the grants themselves: a record without a grant has none, by design.
GRANTS = (CaseParticipation, PersonalGrant, Exclusion)


def test_every_table_below_the_nominal_has_rows_here(world: WalkWorld) -> None:
    for model in below_the_nominal():
        if model not in GRANTS:
            path = path_of(model)
            reached = {getattr(row, "pk", None) for row in Nominal.objects.all()}
            held = set(model._default_manager.values_list(path or "pk", flat=True))
            assert held == reached, f"Give every record a row of {model.__name__} in the fixture."


@pytest.mark.parametrize("perm", [perm for perm in Perm if perm.value.partition(".")[0] not in ("settings", "users")])
def test_three_answers_to_one_question(world: WalkWorld, perm: Perm) -> None:
    """For every role and record: the filter, the single question, and the question turned round."""
    nominals = {kind: Nominal.objects.get(pk=world.nominals[kind]) for kind in SURNAMES}
    turned_round = {
        kind: {holder.membership_id for holder in who_can(perm, nominal, on=world.day)}
        for kind, nominal in nominals.items()
    }
    at_once = users_who_can(perm, list(nominals.values()), on=world.day)
    wrong = []
    for person in roles(world):
        assert person.membership is not None
        by = Principal.for_membership(person.membership, on=world.day)
        rows = set(visible(by, Nominal.objects.all(), perm).values_list("pk", flat=True))
        for kind, nominal in nominals.items():
            answers = {
                "visible": nominal.pk in rows,
                "can": bool(can(by, perm, nominal)),
                "who_can": person.membership.pk in turned_round[kind],
                "users_who_can": person.membership.user_id in at_once[nominal.pk],
                "presence": presence(by, nominal, perm) is Presence.OPEN,
                "the table": world.presence(person, kind, perm) is Presence.OPEN,
            }
            if len(set(answers.values())) > 1:
                wrong.append(f"{person.name}, {kind}, {perm}: {answers}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("model", below_the_nominal(), ids=lambda model: model._meta.label)
def test_rows_below_are_as_open_as_their_nominal(world: WalkWorld, model: type[Model]) -> None:
    """For every role: exactly the rows of the records that are open, by list, one by one, and turned round."""
    path = path_of(model) or "pk"
    first = {kind: model._default_manager.filter(**{path: world.nominals[kind]}).first() for kind in SURNAMES}
    held = {
        kind: {holder.membership_id for holder in who_can(Perm.NOMINAL_VIEW, row, on=world.day)}
        for kind, row in first.items()
        if row is not None
    }
    wrong = []
    for person in roles(world):
        assert person.membership is not None
        by = Principal.for_membership(person.membership, on=world.day)
        rows = visible(by, model._default_manager.all(), Perm.NOMINAL_VIEW)
        reached = set(rows.values_list(path, flat=True))
        for kind, row in first.items():
            if row is None:
                continue
            expected, known = world.presence(person, kind, Perm.NOMINAL_VIEW), presence(by, row)
            answers = {
                "visible": world.nominals[kind] in reached,
                "can": bool(can(by, Perm.NOMINAL_VIEW, row)),
                "presence": known is Presence.OPEN,
                "who_can": person.membership.pk in held[kind],
            }
            if set(answers.values()) != {expected is Presence.OPEN} or known is not expected:
                wrong.append(f"{person.name}, {kind}: {answers}, expected {expected}")
    assert not wrong, "\n".join(wrong)
