"""Hospital orders and their stages, connected people, other processes, background, warnings to staff."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from agencies.models import Area
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Role
from cases.facts import facts_of
from cases.models import Background, ConnectedPerson, Ground, Nominal, Obligation
from cases.records import (
    BackgroundRecord,
    ConnectedPersonRecord,
    GroundRecord,
    HospitalOrderRecord,
    ProcessRecord,
    StaffWarningRecord,
)
from cases.services.bulk import replace_people
from cases.services.circumstances import (
    change_connected_person,
    change_process,
    record_background,
    record_connected_person,
    record_process,
    record_warning,
)
from cases.services.hospital_orders import change_hospital_order, record_hospital_order, set_stage
from pages.conflicts import Conflict
from rules.core import Refused
from rules.counting import snapshot
from rules.vocabulary import (
    Category,
    Disposal,
    HospitalSection,
    HospitalStage,
    Level,
    ProcessKind,
    WarningKind,
    Whereabouts,
)
from tests.factories import cases as make
from tests.factories.cases import LONG_AGO, TODAY

RESTRICTED = HospitalOrderRecord(HospitalSection.HOSPITAL_RESTRICTED, court="Derby Crown Court")
MOTHER = ConnectedPersonRecord("Ivy Rowan", "Mother")
LAST_WEEK = TODAY - timedelta(days=7)


def hospital_ground(disposal: Disposal = Disposal.HOSPITAL_ORDER_RESTRICTED) -> GroundRecord:
    return make.qualifying(disposal=disposal, term_months=None)


@pytest.fixture
def patient(area: Area) -> Nominal:
    """On a restricted hospital order, at Level 2, last discussed four weeks ago."""
    return make.nominal(
        area,
        grounds=(hospital_ground(),),
        levels=(make.at_level(Level.TWO),),
        whereabouts=(make.stay(Whereabouts.HOSPITAL),),
        meetings=(make.meeting(TODAY - timedelta(days=28)),),
    )


def where(nominal: Nominal) -> list[tuple[str, object, object]]:
    return list(nominal.whereabouts.order_by("starts_on").values_list("kind", "starts_on", "ends_on"))


class TestHospitalOrders:
    def record(self, by: Principal, patient: Nominal, order: HospitalOrderRecord = RESTRICTED):  # type: ignore[no-untyped-def]
        ground = patient.grounds.get()
        return record_hospital_order(
            by=by, today=TODAY, nominal_id=patient.pk, order=replace(order, ground_id=ground.pk)
        )

    def test_stands_on_its_ground(self, coordinator: Principal, patient: Nominal) -> None:
        order = self.record(coordinator, patient)
        assert patient.grounds.get().hospital_order == order

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            pytest.param({"section": HospitalSection.HOSPITAL}, "not made as", id="section against disposal"),
            pytest.param({"ground_id": 0}, "a ground of this person", id="another person's ground"),
        ],
    )
    def test_what_does_not_go_together_is_refused(
        self, coordinator: Principal, patient: Nominal, change: dict[str, object], said: str
    ) -> None:
        order = replace(RESTRICTED, ground_id=patient.grounds.get().pk)
        with pytest.raises(Refused, match=said):
            record_hospital_order(
                by=coordinator,
                today=TODAY,
                nominal_id=patient.pk,
                order=replace(order, **change),  # type: ignore[arg-type]
            )

    def test_one_ground_carries_one_order(self, coordinator: Principal, patient: Nominal) -> None:
        order = self.record(coordinator, patient)
        with pytest.raises(Refused, match="already"):
            self.record(coordinator, patient)
        same = replace(RESTRICTED, ground_id=order.ground_id, court="Nottingham Crown Court")
        changed = change_hospital_order(by=coordinator, today=TODAY, order_id=order.pk, version=1, order=same)
        assert (changed.court, changed.version) == ("Nottingham Crown Court", 2)
        with pytest.raises(Conflict):
            change_hospital_order(by=coordinator, today=TODAY, order_id=order.pk, version=1, order=same)

    def test_conditional_discharge_is_the_community(self, coordinator: Principal, patient: Nominal) -> None:
        """Counted on the day (R85), and the review clock runs from it (R52)."""
        order = self.record(coordinator, patient)
        paused = Obligation.objects.get(nominal=patient)
        assert paused.due_on is None
        set_stage(
            by=coordinator, today=TODAY, order_id=order.pk, kind=HospitalStage.CONDITIONAL_DISCHARGE,
            starts_on=LAST_WEEK,
        )  # fmt: skip
        assert where(patient) == [
            ("hospital", LONG_AGO, LAST_WEEK - timedelta(days=1)),
            ("community", LAST_WEEK, None),
        ]
        table = snapshot([facts_of(patient)], TODAY, parameters_for(patient.area_id)).table
        assert table.cell(Level.TWO, Category.TWO) == 1
        paused.refresh_from_db()
        assert paused.due_on == LAST_WEEK + timedelta(days=112)

    def test_a_section_that_its_stages_contradict_is_refused(self, coordinator: Principal, patient: Nominal) -> None:
        order = self.record(coordinator, patient)
        set_stage(
            by=coordinator, today=TODAY, order_id=order.pk, kind=HospitalStage.CONDITIONAL_DISCHARGE, starts_on=TODAY
        )
        changed = HospitalOrderRecord(HospitalSection.HOSPITAL)
        with pytest.raises(Refused, match="restricted patient"):
            change_hospital_order(by=coordinator, today=TODAY, order_id=order.pk, version=None, order=changed)

    def test_a_community_treatment_order_is_the_community(self, area: Area, coordinator: Principal) -> None:
        patient = make.nominal(
            area, grounds=(hospital_ground(Disposal.HOSPITAL_ORDER),), whereabouts=(make.stay(Whereabouts.HOSPITAL),)
        )
        order = self.record(coordinator, patient, HospitalOrderRecord(HospitalSection.HOSPITAL))
        set_stage(
            by=coordinator, today=TODAY, order_id=order.pk, kind=HospitalStage.COMMUNITY_TREATMENT, starts_on=LAST_WEEK
        )
        assert where(patient)[-1] == ("community", LAST_WEEK, None)
        set_stage(by=coordinator, today=TODAY, order_id=order.pk, kind=HospitalStage.RECALLED, starts_on=TODAY)
        assert where(patient)[-1] == ("hospital", TODAY, None)
        assert patient.grounds.get().ends_on is None, "neither ends the ground (R24)"

    def test_leave_is_dated_and_does_not_move_the_person(self, coordinator: Principal, patient: Nominal) -> None:
        order = self.record(coordinator, patient)
        for kind, since in ((HospitalStage.DETAINED, LONG_AGO), (HospitalStage.UNESCORTED_LEAVE, LAST_WEEK)):
            set_stage(by=coordinator, today=TODAY, order_id=order.pk, kind=kind, starts_on=since)
        assert list(order.stages.order_by("starts_on").values_list("kind", "ends_on")) == [
            ("detained", LAST_WEEK - timedelta(days=1)),
            ("unescorted_leave", None),
        ]
        assert where(patient) == [("hospital", LONG_AGO, None)]

    def test_a_stage_of_the_past_leaves_what_came_later(self, area: Area, coordinator: Principal) -> None:
        left = TODAY - timedelta(days=100)
        patient = make.nominal(
            area,
            grounds=(hospital_ground(),),
            whereabouts=(make.stay(Whereabouts.HOSPITAL, LONG_AGO, left - timedelta(days=1)),
                         make.stay(Whereabouts.APPROVED_PREMISES, left)),
        )  # fmt: skip
        order = self.record(coordinator, patient)
        set_stage(
            by=coordinator, today=TODAY, order_id=order.pk, kind=HospitalStage.OVERNIGHT_LEAVE,
            starts_on=left - timedelta(days=30),
        )  # fmt: skip
        assert [kind for kind, _, _ in where(patient)] == ["hospital", "hospital_leave", "approved_premises"]

    def test_a_stage_says_of_a_stay_of_its_day_why_it_changed(self, coordinator: Principal, patient: Nominal) -> None:
        order = self.record(coordinator, patient)
        patient.whereabouts.update(ends_on=LAST_WEEK - timedelta(days=1))
        patient.whereabouts.create(kind=Whereabouts.COMMUNITY, starts_on=LAST_WEEK)
        for kind, day in ((HospitalStage.RECALLED, LAST_WEEK), (HospitalStage.UNESCORTED_LEAVE, TODAY)):
            set_stage(by=coordinator, today=TODAY, order_id=order.pk, kind=kind, starts_on=day)
        assert where(patient)[-1] == ("hospital", LAST_WEEK, None)
        moved = patient.whereabouts.latest("starts_on")
        assert (moved.corrected_on, moved.correction) == (TODAY, "The hospital order says: Recalled to hospital.")

    def test_a_stage_up_to_the_next_leaves_the_rest_of_a_stay_of_its_day(
        self, coordinator: Principal, patient: Nominal
    ) -> None:
        order = self.record(coordinator, patient)
        for kind, day in ((HospitalStage.RECALLED, LAST_WEEK), (HospitalStage.CONDITIONAL_DISCHARGE, LONG_AGO)):
            set_stage(by=coordinator, today=TODAY, order_id=order.pk, kind=kind, starts_on=day)
        assert where(patient) == [
            ("community", LONG_AGO, LAST_WEEK - timedelta(days=1)),
            ("hospital", LAST_WEEK, None),
        ]
        assert not patient.whereabouts.exclude(corrected_on=None).exists()

    @pytest.mark.parametrize(
        ("kind", "days", "rule"),
        [
            pytest.param(HospitalStage.COMMUNITY_TREATMENT, 0, "R85", id="a CTO of a restricted patient"),
            pytest.param(HospitalStage.ESCORTED_LEAVE, 1, "R52", id="ahead"),
        ],
    )
    def test_stages_that_cannot_be(
        self, coordinator: Principal, patient: Nominal, kind: HospitalStage, days: int, rule: str
    ) -> None:
        order = self.record(coordinator, patient)
        with pytest.raises(Refused, match=rule):
            set_stage(by=coordinator, today=TODAY, order_id=order.pk, kind=kind, starts_on=TODAY + timedelta(days=days))

    def test_it_stays_with_its_ground_and_outlives_it(self, area: Area, coordinator: Principal) -> None:
        record = make.person(area, grounds=(hospital_ground(),))
        (patient,) = make.people(record)
        order = self.record(coordinator, patient)
        for ground, stays in (
            (replace(hospital_ground(), offence_text="Arson"), True),
            (replace(hospital_ground(), starts_on=LONG_AGO - timedelta(days=1)), False),
        ):
            again = replace(record, grounds=(ground,))
            replace_people(by=make.system(), today=TODAY, batch={patient.pk: again})
            order.refresh_from_db()
            assert (order.ground_id == patient.grounds.get().pk, order.nominal_id) == (stays, patient.pk)


class TestConnectedPeople:
    def test_are_recorded_and_changed(self, coordinator: Principal, patient: Nominal) -> None:
        row = record_connected_person(by=coordinator, today=TODAY, nominal_id=patient.pk, person=MOTHER)
        gone = replace(MOTHER, ended_on=TODAY)
        change_connected_person(by=coordinator, today=TODAY, row_id=row.pk, version=1, person=gone)
        assert ConnectedPerson.objects.get().ended_on == TODAY
        with pytest.raises(Conflict):
            change_connected_person(by=coordinator, today=TODAY, row_id=row.pk, version=1, person=gone)

    def test_a_victim_is_refused_where_it_can_be_seen(self, coordinator: Principal, patient: Nominal) -> None:
        with pytest.raises(Refused, match="R82"):
            record_connected_person(
                by=coordinator, today=TODAY, nominal_id=patient.pk, person=replace(MOTHER, relationship="The victim")
            )
        row = record_connected_person(by=coordinator, today=TODAY, nominal_id=patient.pk, person=MOTHER)
        with pytest.raises(Refused, match="R82"):
            change_connected_person(
                by=coordinator, today=TODAY, row_id=row.pk, version=1, person=replace(MOTHER, note="also the victim")
            )


class TestBackground:
    def record(self, by: Principal, nominal: Nominal, version: int | None = None, **said: object) -> Background:
        background = BackgroundRecord(**said)  # type: ignore[arg-type]
        return record_background(by=by, today=TODAY, nominal_id=nominal.pk, background=background, version=version)

    def test_is_recorded_once_and_changed(self, coordinator: Principal, patient: Nominal) -> None:
        self.record(coordinator, patient, ethnicity=" White Polish ")
        self.record(coordinator, patient, 1, ethnicity="White Polish", interpreter=True, language="Polish")
        known = patient.backgrounds.get()
        assert (known.ethnicity, known.language, known.version) == ("White Polish", "Polish", 2)

    @pytest.mark.parametrize("version", [None, 7])
    def test_nobody_s_change_is_lost(self, coordinator: Principal, patient: Nominal, version: int | None) -> None:
        self.record(coordinator, patient, ethnicity="White Polish")
        with pytest.raises(Conflict):
            self.record(coordinator, patient, version, ethnicity="White Irish")

    @pytest.mark.parametrize("said", [{"ethnicity": "W1"}, {"religion": "3"}, {"interpreter": True}])
    def test_codes_and_an_interpreter_for_nothing_are_refused(
        self, coordinator: Principal, patient: Nominal, said: dict[str, object]
    ) -> None:
        with pytest.raises(Refused, match="R5"):
            self.record(coordinator, patient, **said)

    def test_the_database_holds_one_a_person(self, patient: Nominal) -> None:
        Background.objects.create(nominal=patient)
        with pytest.raises(IntegrityError), transaction.atomic():
            Background.objects.create(nominal=patient)


def test_processes_are_dated_references(coordinator: Principal, patient: Nominal) -> None:
    marac = ProcessRecord(ProcessKind.MARAC, LAST_WEEK, reference="M-1")
    row = record_process(by=coordinator, today=TODAY, nominal_id=patient.pk, process=marac)
    change_process(by=coordinator, today=TODAY, row_id=row.pk, version=1, process=replace(marac, ends_on=TODAY))
    assert patient.parallel_processes.values_list("reference", "ends_on").get() == ("M-1", TODAY)
    with pytest.raises(Refused, match="before it starts"):
        record_process(by=coordinator, today=TODAY, nominal_id=patient.pk, process=replace(marac, ends_on=LONG_AGO))


def test_nobody_is_warned_of_before_their_birth(coordinator: Principal, patient: Nominal) -> None:
    warning = StaffWarningRecord(WarningKind.DOGS, "A dog", LONG_AGO.replace(year=1970))
    with pytest.raises(Refused, match="R1"):
        record_warning(by=coordinator, today=TODAY, nominal_id=patient.pk, warning=warning)


def test_an_import_leaves_the_circumstances_alone(area: Area) -> None:
    full = make.person(
        area,
        connected_people=(MOTHER,),
        backgrounds=(BackgroundRecord(nationality="Polish"),),
        parallel_processes=(ProcessRecord(ProcessKind.IOM, LONG_AGO),),
        staff_warnings=(StaffWarningRecord(WarningKind.DOGS, "A dog", LONG_AGO),),
    )
    (man,) = make.people(full)
    bare = replace(full, connected_people=(), backgrounds=(), parallel_processes=(), staff_warnings=())
    assert replace_people(by=make.system(), today=TODAY, batch={man.pk: bare}) == []
    assert ConnectedPerson.objects.filter(nominal=man).exists()


@pytest.mark.parametrize(("role", "may"), [(Role.ADMINISTRATOR, True), (Role.SPOC, False), (Role.CHAIR, False)])
def test_who_records(patient: Nominal, acting: Callable[..., Principal], role: Role, may: bool) -> None:
    def record() -> object:
        return record_connected_person(by=acting(role), today=TODAY, nominal_id=patient.pk, person=MOTHER)

    if may:
        assert record()
    else:
        with pytest.raises(Refused):
            record()
    assert Ground.objects.filter(nominal=patient).exists()
