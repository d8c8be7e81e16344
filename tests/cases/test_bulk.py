"""Many people at once: the same invariants as the single services, the same rows when twice the same comes in."""

import dataclasses
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import (
    CaseParticipation,
    Exclusion,
    Ground,
    Identifier,
    Nominal,
    Obligation,
    PersonalGrant,
    TwoPeople,
)
from cases.models.corrected import Corrected
from cases.records import (
    AddressRecord,
    AliasRecord,
    BackgroundRecord,
    ChangeRecord,
    ConnectedPersonRecord,
    ExclusionRecord,
    KeyDateRecord,
    LeadAgencyRecord,
    Level1ReviewRecord,
    NamedOfficerRecord,
    ParticipationRecord,
    PersonalGrantRecord,
    PersonRecord,
    ProcessRecord,
    ScreeningRecord,
    StaffWarningRecord,
)
from cases.services.bulk import CHILDREN, insert_people, may_stand, replace_people
from cases.services.copying import copy_people
from cases.services.obligations import drifting_everywhere
from cases.verification import verify_register
from rules.core import Refused
from rules.vocabulary import (
    CaseChange,
    Handling,
    KeyDateKind,
    Level,
    ObligationKind,
    ParticipationSource,
    ProcessKind,
    ReviewForm,
    ScreeningOutcome,
    WarningKind,
    Whereabouts,
)
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory
from tests.factories.cases import TODAY

DAY = timedelta(days=1)
REVIEW = ObligationKind.REVIEW_LEVEL_2_3


@pytest.fixture
def full(area: Area) -> PersonRecord:
    """A person with a row in every table."""
    make.offences()
    member = MembershipFactory(area=area, role=Role.PRACTITIONER)
    other = AgencyFactory(area=area)
    return make.person(
        area,
        identifiers=(make.pnc(9000001),),
        aliases=(AliasRecord("Shale"),),
        addresses=(AddressRecord(make.LONG_AGO, lines="1 Toadstone Terrace", postcode="ZZ99 1AA"),),
        grounds=(make.notification(), make.qualifying(offence_code=make.OFFENCE)),
        levels=(make.at_level(Level.TWO),),
        lead_agencies=(LeadAgencyRecord(member.agency_id, make.LONG_AGO),),
        named_officers=(NamedOfficerRecord(member.user_id, member.agency_id, make.LONG_AGO),),
        key_dates=(KeyDateRecord(KeyDateKind.LICENCE_END, TODAY + DAY),),
        meetings=(make.meeting(TODAY - 9 * DAY),),
        screenings=(ScreeningRecord(TODAY - 20 * DAY, ScreeningOutcome.REFER, "High risk"),),
        level_1_reviews=(Level1ReviewRecord(make.LONG_AGO, ReviewForm.PAPER, "Probation", "Stays at Level 1"),),
        changes=(ChangeRecord(CaseChange.ARREST, TODAY - DAY),),
        participations=(ParticipationRecord(other.pk, make.LONG_AGO),),
        personal_grants=(PersonalGrantRecord(member.user_id, TODAY, source=ParticipationSource.SAMPLE),),
        exclusions=(ExclusionRecord("Neighbour", make.LONG_AGO, agency_id=other.pk),),
        backgrounds=(BackgroundRecord(nationality="Polish"),),
        connected_people=(ConnectedPersonRecord("Ivy Rowan", "Mother"),),
        parallel_processes=(ProcessRecord(ProcessKind.IOM, make.LONG_AGO),),
        staff_warnings=(StaffWarningRecord(WarningKind.DOGS, "A dog", make.LONG_AGO),),
    )


def row_ids(nominal_id: int) -> dict[str, list[int]]:
    return {
        child.model.__name__: sorted(
            child.model._default_manager.filter(**{child.root: nominal_id}).values_list("pk", flat=True)
        )
        for child in CHILDREN
    }


def replace(nominal_id: int, record: PersonRecord, **more: object) -> list[int]:
    return replace_people(by=make.system(), today=TODAY, batch={nominal_id: record}, **more)


def test_every_part_is_stored_with_what_follows_from_it(full: PersonRecord) -> None:
    (man,) = make.people(full)
    assert all(row_ids(man.pk).values()), "a table stayed empty"
    assert CaseParticipation.objects.filter(content_object=man, source=ParticipationSource.LEAD).count() == 1
    assert PersonalGrant.objects.filter(content_object=man, source=ParticipationSource.NAMED_OFFICER).count() == 1
    assert Obligation.objects.get(nominal=man, kind=REVIEW).due_on == TODAY + 103 * DAY
    assert Identifier.objects.get(nominal=man).valid
    assert drifting_everywhere(today=TODAY) == []


def test_copying_stores_the_same_rows_as_inserting(full: PersonRecord) -> None:
    (man,) = make.people(full)
    assert copy_people(by=make.system(), today=TODAY, batch=[full]) == 1
    copied = Nominal.objects.exclude(pk=man.pk).get()
    for model, root in [*((child.model, child.root) for child in CHILDREN), (Obligation, "nominal_id")]:
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in ("id", root)]
        names = [name for name in names if name != "recorded_at"]
        table = model._default_manager
        inserted = sorted(map(str, table.filter(**{root: man.pk}).values_list(*names)))
        assert sorted(map(str, table.filter(**{root: copied.pk}).values_list(*names))) == inserted, model
    assert drifting_everywhere(today=TODAY) == []
    assert verify_register() == []


def test_copied_text_stays_what_it_is(area: Area) -> None:
    odd = "O\\'Marl\tof\nTufa \\N"
    copy_people(by=make.system(), today=TODAY, batch=[make.person(area, family_name=odd)])
    assert Nominal.objects.get().family_name == odd


def test_ids_come_back_in_the_order_given(area: Area) -> None:
    names = ["Marl", "Agate", "Tufa"]
    people = make.people(*(make.person(area, family_name=name) for name in names))
    assert [man.family_name for man in people] == names


def test_the_same_again_touches_nothing(full: PersonRecord) -> None:
    (man,) = make.people(full)
    before = row_ids(man.pk)
    assert replace(man.pk, full) == []
    assert row_ids(man.pk) == before
    man.refresh_from_db()
    assert man.version == 1


def test_only_what_differs_is_written(full: PersonRecord) -> None:
    (man,) = make.people(full)
    before = row_ids(man.pk)
    changed = dataclasses.replace(
        full, sex="female", whereabouts=(make.stay(Whereabouts.COMMUNITY, ends_on=TODAY - DAY),
                                         make.stay(Whereabouts.RECALLED, TODAY)),
    )  # fmt: skip
    assert replace(man.pk, changed) == [man.pk]
    after = row_ids(man.pk)
    assert {name for name in before if before[name] != after[name]} == {"WhereaboutsSpan"}
    assert Obligation.objects.get(nominal=man, kind=REVIEW).due_on is None, "recalled: the clock is paused"
    man.refresh_from_db()
    assert (man.sex, man.version) == ("female", 2)


def test_what_is_told_otherwise_is_changed_where_it_stands(full: PersonRecord) -> None:
    """Its mark of correction stays, and what leads to it; whoever has it open is told (R97: another holder does not
    carry the mark).
    """
    (man,) = make.people(full)
    corrected = [child for child in CHILDREN if issubclass(child.model, Corrected)]
    for child in corrected:
        child.model._default_manager.update(corrected_on=TODAY - DAY, correction="Misread")
    before = row_ids(man.pk)
    till = {"ends_on": TODAY - DAY}
    told: dict[str, dict[str, object]] = {
        "addresses": till, "grounds": {"offence_text": "Arson"}, "levels": {"reason": "High risk"},
        "whereabouts": {"place": "Northdale"}, "lead_agencies": till, "named_officers": till,
        "meetings": {"next_on": TODAY + 9 * DAY}, "screenings": {"reason": "Very high risk"},
        "level_1_reviews": {"decision": "To be referred"}, "changes": {"note": "After a fight"},
    }  # fmt: skip
    assert set(told) == {child.part for child in corrected}, "every table whose rows are corrected"
    otherwise = dataclasses.replace(
        full,
        **{part: tuple(dataclasses.replace(row, **said) for row in getattr(full, part)) for part, said in told.items()},
    )
    assert replace(man.pk, otherwise, parts=set(told)) == [man.pk]
    assert row_ids(man.pk) == before
    for child in corrected:
        rows = child.model._default_manager.filter(nominal=man)
        assert set(rows.values_list("corrected_on", "correction")) == {(TODAY - DAY, "Misread")}, child.part
        ((name, value),) = told[child.part].items()
        assert set(rows.values_list(name, flat=True)) == {value}, child.part
    assert set(Ground.objects.filter(nominal=man).values_list("version", flat=True)) == {2}
    assert replace(man.pk, otherwise, parts=set(told)) == []
    another = MembershipFactory(area=man.area, role=Role.PRACTITIONER)
    led = (LeadAgencyRecord(another.agency_id, make.LONG_AGO),)
    assert replace(man.pk, dataclasses.replace(otherwise, lead_agencies=led), parts={"lead_agencies"}) == [man.pk]
    assert (man.lead_agencies.get().agency_id, man.lead_agencies.get().correction) == (another.agency_id, "")


def test_a_file_undoes_no_restriction(full: PersonRecord) -> None:
    (man,) = make.people(dataclasses.replace(full, handling=Handling.RESTRICTED))
    bare = dataclasses.replace(full, participations=(), personal_grants=(), exclusions=())
    assert replace(man.pk, bare) == []
    man.refresh_from_db()
    assert man.handling == Handling.RESTRICTED
    assert Exclusion.objects.filter(nominal=man).exists()


def test_parts_the_source_does_not_know_stay(full: PersonRecord) -> None:
    (man,) = make.people(full)
    bare = dataclasses.replace(full, addresses=(), grounds=(make.notification(),))
    assert replace(man.pk, bare, parts={"grounds", "levels"}) == [man.pk]
    assert man.addresses.exists()
    assert Ground.objects.filter(nominal=man).count() == 1


def test_a_category_4_ground_closes_the_record(area: Area) -> None:
    assert make.nominal(area, grounds=(make.terrorism(),)).handling == Handling.CATEGORY_4


def test_levels_that_do_not_go_with_the_grounds_bring_the_batch_down(area: Area) -> None:
    bad = make.person(area, grounds=(make.other_dangerous(),), levels=(make.at_level(Level.ONE),))
    assert not may_stand(bad)
    with pytest.raises(Refused, match="R25"):
        make.people(make.person(area), bad)
    assert not Nominal.objects.exists()


def test_people_without_the_permission_bring_nothing_in(area: Area, acting) -> None:
    by: Principal = acting(Role.PRACTITIONER)
    with pytest.raises(Refused, match="role you act in"):
        insert_people(by=by, today=TODAY, batch=[make.person(area)])


def test_only_into_ones_own_area_and_only_people_one_may_see(area: Area, coordinator: Principal) -> None:
    with pytest.raises(Refused, match="R97"):
        insert_people(by=coordinator, today=TODAY, batch=[make.person(AreaFactory())])
    with pytest.raises(Refused, match="R99"):
        insert_people(by=coordinator, today=TODAY, batch=[make.person(area, grounds=(make.terrorism(),))])
    hidden = make.nominal(area, grounds=(make.terrorism(),))
    with pytest.raises(Refused, match="R4"):
        replace_people(by=coordinator, today=TODAY, batch={hidden.pk: make.person(area)})


def test_a_batch_costs_the_same_for_three_as_for_thirty(full: PersonRecord) -> None:
    def cost(number: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            make.people(*[dataclasses.replace(full, family_name=f"Marl-{each}") for each in range(number)])
        return len(captured)

    assert cost(3) == cost(30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_people_hold_together(area: Area, data: st.DataObject) -> None:
    records = data.draw(st.lists(make.persons(area), min_size=1, max_size=4))
    again = data.draw(st.lists(make.persons(area), min_size=len(records), max_size=len(records)))
    with transaction.atomic():
        ids = [man.pk for man in make.people(*records)]
        assert verify_register(ids) == []
        assert drifting_everywhere(today=TODAY) == []
        replace_people(by=make.system(), today=TODAY, batch=dict(zip(ids, again, strict=True)))
        assert verify_register(ids) == []
        assert drifting_everywhere(today=TODAY) == []
        assert replace_people(by=make.system(), today=TODAY, batch=dict(zip(ids, again, strict=True))) == []
        transaction.set_rollback(True)


@pytest.mark.parametrize("number", [1, 3])
def test_a_mark_of_two_people_ends_when_a_file_brings_a_number_that_they_share(area: Area, number: int) -> None:
    """In as many steps for one hidden record as for several, and for none."""
    man = make.nominal(area, family_name="Gypsum")
    record = make.person(area, family_name="Gypsum", identifiers=(make.pnc(9000001),))
    others = [make.nominal(area, handling=Handling.CATEGORY_4, identifiers=(make.pnc(9000001),)) for _ in range(number)]
    for each in others:
        TwoPeople.objects.create(one=each, other=man, reason="Before", marked_on=TODAY)
    unlike = TwoPeople.objects.create(one=make.nominal(area), other=man, reason="Before", marked_on=TODAY)
    replace_people(by=make.system(), today=TODAY, batch={man.pk: record})
    lifted = TwoPeople.objects.exclude(pk=unlike.pk)
    assert {mark.taken_back_on for mark in lifted} == {TODAY}
    unlike.refresh_from_db()
    assert unlike.taken_back_on is None
    again = TwoPeople.objects.create(one=others[0], other=man, reason="Known since", marked_on=TODAY)
    replace_people(by=make.system(), today=TODAY, batch={man.pk: record})
    again.refresh_from_db()
    assert again.taken_back_on is None, "the number is not new any more"
