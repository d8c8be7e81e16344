"""A thresholding outcome, an identification and a change that were recorded by mistake: put right, or taken away."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.kinds import AgencyKind
from agencies.models import Agency, Area
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import FirstNotification, Identification, Nominal, Obligation, Thresholding
from cases.records import (
    ChangeRecord,
    IdentificationRecord,
    LeadAgencyRecord,
    Level1ReviewRecord,
    ProcessRecord,
    ThresholdingRecord,
)
from cases.services.change_corrections import correct_change
from cases.services.first_notifications import take_over_first_notification
from cases.services.identification_corrections import correct_identification, take_identification_away
from cases.services.level_1 import report_change
from cases.services.obligations import drifting_everywhere
from cases.services.screening import record_identification, record_thresholding
from cases.services.thresholding_corrections import correct_thresholding
from cases.thresholding import thresholding_of, with_thresholding
from mappa import clock
from pages.conflicts import Conflict
from rules.core import Refused
from rules.vocabulary import (
    CaseChange,
    FirstNotificationState,
    Level,
    ObligationKind,
    ProcessKind,
    ReviewForm,
    ThresholdingOutcome,
)
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory
from tests.factories.cases import LONG_AGO, TODAY, at_level, system
from tests.factories.referrals import first_notification
from tests.factories.visits import day, hidden, text_of, visitor

DAY = timedelta(days=1)
NOT_MET = ThresholdingOutcome.NOT_MET


@pytest.fixture
def area(db: None) -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def client(area: Area) -> Client:
    return visitor(area)[0]


@pytest.fixture
def coordinator(area: Area) -> Principal:
    return Principal.for_membership(MembershipFactory.create(area=area, role=Role.COORDINATOR), on=TODAY)


@pytest.fixture
def probation(area: Area) -> Agency:
    return AgencyFactory.create(area=area, kind=AgencyKind.PROBATION, name="Northdale probation")


@pytest.fixture
def man(area: Area, probation: Agency) -> Nominal:
    """Somebody at Level 1, reviewed twenty days ago, known to a MARAC."""
    return make.nominal(
        area, grounds=(make.qualifying(TODAY - 40 * DAY),), levels=(at_level(Level.ONE, TODAY - 40 * DAY),),
        lead_agencies=(LeadAgencyRecord(probation.pk, TODAY - 40 * DAY),),
        parallel_processes=(ProcessRecord(ProcessKind.MARAC, TODAY - 40 * DAY),),
        level_1_reviews=(
            Level1ReviewRecord(TODAY - 20 * DAY, ReviewForm.PAPER, "Probation", "Stays at Level 1", TODAY + 100 * DAY),
        ),
    )  # fmt: skip


def asked(nominal: Nominal) -> bool:
    row = with_thresholding(Nominal.objects.filter(pk=nominal.pk), on=TODAY).get()
    return thresholding_of(row, Level.ONE).asked


def early(nominal: Nominal) -> list[date]:
    """From which days an early review is due."""
    rows = Obligation.objects.filter(nominal=nominal, kind=ObligationKind.LEVEL_1_EARLY_REVIEW)
    return list(rows.values_list("triggered_on", flat=True))


def answered(nominal: Nominal, on: date, by: Principal) -> Thresholding:
    return record_thresholding(
        by=by, today=TODAY, nominal_id=nominal.pk, decided_on=on, outcome=NOT_MET, reason="Nobody is at risk"
    )


def typed(client: Client, path: str, **more: Any) -> dict[str, str]:
    return {**hidden(client.get(path)), **more}


def gone(client: Client, man: Nominal, path: str) -> None:
    """Taken away on its page: not without a reason, and once."""
    due = f"/nominals/{man.pk}/due/"
    assert path in client.get(due).content.decode()
    assert client.post(path, typed(client, path, reason=" ")).status_code == 422
    assert client.post(path, typed(client, path, reason="Of another person")).headers["Location"] == due
    assert path not in client.get(due).content.decode()
    assert client.get(path).status_code == 404
    assert "Of another person" in text_of(client.get(f"/nominals/{man.pk}/history/"))
    assert not drifting_everywhere(today=TODAY)


class TestThresholding:
    def test_put_right_on_its_page_and_asked_anew(self, client: Client, coordinator: Principal, man: Nominal) -> None:
        report_change(by=system(), today=TODAY, nominal_id=man.pk, kind=CaseChange.ARREST, happened_on=TODAY - 5 * DAY)
        row = answered(man, TODAY - 3 * DAY, coordinator)
        answered(man, TODAY - DAY * 9, coordinator)
        assert not asked(man)
        path = f"/thresholdings/{row.pk}/correct/"
        form = typed(client, path, outcome="not_met", reason="Nobody is at risk", correction="Misread")
        refused = client.post(path, form | day("decided_on", (TODAY - 9 * DAY).isoformat()))
        assert refused.status_code == 422
        assert "Another outcome of thresholding is recorded on 14 November 2026" in text_of(refused)
        assert "Nobody is at risk" in text_of(refused)
        assert client.post(path, form | day("decided_on", (TODAY - 6 * DAY).isoformat())).status_code == 302
        # Decided before the arrest, it answers nothing about it.
        assert asked(man)
        row.refresh_from_db()
        assert (row.decided_by_id, row.corrected_on, row.correction) == (coordinator.user_id, TODAY, "Misread")
        due = text_of(client.get(f"/nominals/{man.pk}/due/"))
        assert "because: Misread" in due
        assert "Misread" in text_of(client.get(f"/nominals/{man.pk}/history/"))

    def test_taken_away_it_is_asked_as_if_it_had_not_been(
        self, client: Client, coordinator: Principal, man: Nominal
    ) -> None:
        row = answered(man, TODAY, coordinator)
        assert not asked(man)
        gone(client, man, f"/thresholdings/{row.pk}/away/")
        assert asked(man)

    def test_what_came_since_does_not_hold_up_the_correction(self, coordinator: Principal, man: Nominal) -> None:
        row = answered(man, TODAY - 9 * DAY, coordinator)
        man.parallel_processes.all().delete()
        man.levels.update(level=Level.TWO)
        with pytest.raises(Refused, match="No domestic abuse or stalking is recorded"):
            answered(man, TODAY, coordinator)
        right = ThresholdingRecord(TODAY - 9 * DAY, ThresholdingOutcome.MARAC, "Taken to the MARAC")
        about = {"by": coordinator, "today": TODAY, "thresholding_id": row.pk, "reason": "Misread"}
        with pytest.raises(Refused, match="when it has been decided"):
            correct_thresholding(**about, thresholding=ThresholdingRecord(TODAY + DAY, NOT_MET, "Nobody is at risk"))
        assert correct_thresholding(**about, thresholding=right).outcome == ThresholdingOutcome.MARAC
        with pytest.raises(Refused, match="stands recorded already"):
            correct_thresholding(**about, thresholding=right)


class TestIdentification:
    def test_put_right_on_its_page_by_its_rules(
        self, area: Area, client: Client, coordinator: Principal, man: Nominal, probation: Agency
    ) -> None:
        police = AgencyFactory.create(area=area, kind=AgencyKind.POLICE, name="Northdale police")
        row = record_identification(
            by=coordinator, today=TODAY, nominal_id=man.pk, agency_id=probation.pk, sentenced_on=TODAY - 40 * DAY,
            known_on=TODAY - 30 * DAY,
        )  # fmt: skip
        path = f"/identifications/{row.pk}/correct/"
        shown = client.get(path)
        assert f'value="{probation.pk}" selected' in shown.content.decode()
        form = typed(client, path, agency=str(police.pk), reason="Misread", **day("sentenced_on", "2026-10-14"))
        early_one = client.post(path, form | day("known_on", "2026-10-13"))
        assert early_one.status_code == 422
        assert "A case is identified from the day of sentence on" in text_of(early_one)
        assert client.post(path, form | day("known_on", "2026-10-16")).status_code == 302
        row.refresh_from_db()
        assert (row.agency, row.known_on, row.correction) == (police, date(2026, 10, 16), "Misread")
        listed = text_of(client.get("/identified/"))
        assert "Northdale police" in listed
        assert "Identified 2 days after sentence" in listed
        gone(client, man, f"/identifications/{row.pk}/away/")

    def test_an_agency_of_another_area_is_refused(
        self, coordinator: Principal, man: Nominal, probation: Agency
    ) -> None:
        row = Identification.objects.create(nominal=man, agency=probation, sentenced_on=LONG_AGO, known_on=LONG_AGO)
        elsewhere = AgencyFactory.create(area=AreaFactory.create())
        with pytest.raises(Refused, match="Choose an agency of this area"):
            correct_identification(
                by=coordinator, today=TODAY, identification_id=row.pk, reason="Misread",
                identification=IdentificationRecord(elsewhere.pk, LONG_AGO, LONG_AGO),
            )  # fmt: skip

    def test_a_first_notification_taken_over_with_the_wrong_record_waits_again(
        self, area: Area, client: Client, coordinator: Principal, man: Nominal
    ) -> None:
        youth = AgencyFactory.create(area=area, kind=AgencyKind.YOUTH_JUSTICE, name="Northdale Youth Justice")
        told = first_notification(area, agency=youth)
        about = {"by": coordinator, "today": TODAY}
        take_over_first_notification(**about, notification_id=told.pk, nominal_id=man.pk)
        row = man.identifications.get()
        # An agency of a kind that leads no case stays among the choices while it stands recorded.
        assert "Northdale Youth Justice" in text_of(client.get(f"/identifications/{row.pk}/correct/"))
        assert "waits for its answer again" in text_of(client.get(f"/identifications/{row.pk}/away/"))
        practitioner = MembershipFactory.create(area=area, role=Role.PRACTITIONER, agency=row.agency)
        with pytest.raises(Refused):
            take_identification_away(
                by=Principal.for_membership(practitioner, on=TODAY), today=TODAY, identification_id=row.pk,
                reason="Of another person",
            )  # fmt: skip
        gone(client, man, f"/identifications/{row.pk}/away/")
        stored = FirstNotification.objects.get(pk=told.pk)
        assert (stored.state, stored.answered_on, stored.answered_by) == (FirstNotificationState.WAITING, None, None)
        right = make.nominal(area)
        with pytest.raises(Conflict):
            take_over_first_notification(**about, notification_id=told.pk, nominal_id=right.pk, version=1)
        take_over_first_notification(**about, notification_id=told.pk, nominal_id=right.pk, version=stored.version)
        assert right.identifications.get().notification == stored


class TestChange:
    def test_put_right_the_early_review_follows(self, client: Client, coordinator: Principal, man: Nominal) -> None:
        row = report_change(
            by=coordinator, today=TODAY, nominal_id=man.pk, kind=CaseChange.ARREST, happened_on=TODAY - 2 * DAY,
            note="After a fight",
        )  # fmt: skip
        assert early(man) == [TODAY - 2 * DAY]
        path = f"/changes/{row.pk}/correct/"
        form = typed(client, path, kind="arrest", note="After a fight", reason="Misread")
        ahead = client.post(path, form | day("happened_on", (TODAY + DAY).isoformat()))
        assert (ahead.status_code, "when it has happened" in text_of(ahead)) == (422, True)
        assert client.post(path, form | day("happened_on", (TODAY - 4 * DAY).isoformat())).status_code == 302
        assert early(man) == [TODAY - 4 * DAY]
        assert not drifting_everywhere(today=TODAY)
        assert "because: Misread" in text_of(client.get(f"/nominals/{man.pk}/due/"))

    def test_one_of_a_kind_a_day(self, coordinator: Principal, man: Nominal) -> None:
        told = {"by": coordinator, "today": TODAY, "nominal_id": man.pk, "happened_on": TODAY - 2 * DAY}
        row = report_change(**told, kind=CaseChange.ARREST)
        report_change(**told, kind=CaseChange.PARTNER)
        about = {"by": coordinator, "today": TODAY, "change_id": row.pk, "reason": "Misread"}
        with pytest.raises(Refused, match="Another change of this kind is recorded on 21 November 2026"):
            correct_change(**about, change=ChangeRecord(CaseChange.PARTNER, TODAY - 2 * DAY))
        assert correct_change(**about, change=ChangeRecord(CaseChange.RISK, TODAY - 2 * DAY)).kind == CaseChange.RISK

    def test_taken_away_no_early_review_is_due(self, client: Client, coordinator: Principal, man: Nominal) -> None:
        row = report_change(
            by=coordinator, today=TODAY, nominal_id=man.pk, kind=CaseChange.ARREST, happened_on=TODAY - 2 * DAY
        )
        assert asked(man)
        gone(client, man, f"/changes/{row.pk}/away/")
        assert early(man) == []


def test_who_may_not_record_is_offered_nothing_and_refused(area: Area, coordinator: Principal, man: Nominal) -> None:
    answered(man, TODAY, coordinator)
    reader = visitor(area, Role.ADMINISTRATOR)[0]
    page = reader.get(f"/nominals/{man.pk}/due/")
    assert "Thresholding: Threshold not met" in text_of(page)
    assert "/thresholdings/" not in page.content.decode()
    assert reader.get(f"/thresholdings/{man.thresholdings.get().pk}/correct/").status_code == 403
