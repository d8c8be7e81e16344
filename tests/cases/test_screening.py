"""What the managing agencies owe: not screened, identified late, thresholding of domestic abuse and stalking."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.kinds import AgencyKind
from agencies.models import Agency, Area
from agencies.roles import Role
from cases.models import Identification, Nominal, Thresholding
from cases.records import BackgroundRecord, LeadAgencyRecord, ProcessRecord
from cases.reference import load_offences
from cases.services.level_1 import report_change
from cases.services.screening import record_thresholding
from cases.thresholding import thresholding_of, with_thresholding
from mappa import clock
from rules.core import Refused
from rules.vocabulary import CaseChange, Handling, Level, ProcessKind, ThresholdingOutcome
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory
from tests.factories.cases import LONG_AGO, TODAY, at_level, system
from tests.factories.visits import day, hidden, queries, text_of, visitor

DAY = timedelta(days=1)
MARAC = (ProcessRecord(ProcessKind.MARAC, LONG_AGO),)


@pytest.fixture
def area(db: None) -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def agency(area: Area) -> Agency:
    return AgencyFactory.create(area=area, kind=AgencyKind.PROBATION, name="Northdale probation")


@pytest.fixture
def coordinator(area: Area) -> Client:
    return visitor(area)[0]


def asked(nominal: Nominal, level: Level | None = Level.ONE) -> bool:
    row = with_thresholding(Nominal.objects.filter(pk=nominal.pk), on=TODAY).get()
    return thresholding_of(row, level).asked


def answer(nominal: Nominal, on: date = TODAY, reason: str = "Nobody is at risk") -> Thresholding:
    return record_thresholding(
        by=system(), today=TODAY, nominal_id=nominal.pk, decided_on=on, outcome=ThresholdingOutcome.NOT_MET,
        reason=reason,
    )  # fmt: skip


class TestThresholding:
    @pytest.mark.parametrize(
        ("facts", "level", "expected"),
        [
            pytest.param({}, Level.ONE, False, id="nothing known (R50)"),
            pytest.param({"parallel_processes": MARAC}, Level.ONE, True, id="a MARAC (R50)"),
            pytest.param({"parallel_processes": MARAC}, Level.TWO, False, id="at Level 2 (R50)"),
            pytest.param({"parallel_processes": MARAC}, Level.NOT_SET, True, id="level not yet set (R50)"),
            pytest.param(
                {"backgrounds": (BackgroundRecord(abuse="Follows her", abuse_known_on=TODAY),)}, Level.ONE, True,
                id="the pattern in words (R50)",
            ),
            pytest.param(
                {"parallel_processes": (ProcessRecord(ProcessKind.IOM, LONG_AGO),)}, Level.ONE, False,
                id="another process (R50)",
            ),
        ],
    )  # fmt: skip
    def test_from_what_it_is_asked(self, area: Area, facts: dict[str, Any], level: Level, expected: bool) -> None:
        assert asked(make.nominal(area, **facts), level) is expected

    def test_an_offence_that_is_stalking_asks_until_voided(self, area: Area) -> None:
        load_offences(system(), TODAY)
        man = make.nominal(area, grounds=(make.qualifying(offence_code="stalking-fear-of-violence"),))
        assert asked(man)
        man.grounds.update(voided_on=TODAY, void_reason="Quashed")
        assert not asked(man)

    def test_an_outcome_stands_until_something_changes(self, area: Area) -> None:
        man = make.nominal(area, parallel_processes=MARAC)
        answer(man, TODAY - 2 * DAY)
        assert not asked(man)
        report_change(by=system(), today=TODAY, nominal_id=man.pk, kind=CaseChange.BEREAVEMENT, happened_on=TODAY - DAY)
        assert not asked(man)
        report_change(by=system(), today=TODAY, nominal_id=man.pk, kind=CaseChange.ARREST, happened_on=TODAY - DAY)
        assert asked(man)
        answer(man, TODAY, "Arrest was for something else")
        assert not asked(man)
        assert Thresholding.objects.count() == 2

    def test_an_outcome_of_nothing_is_refused(self, area: Area) -> None:
        with pytest.raises(Refused, match="No domestic abuse or stalking is recorded"):
            answer(make.nominal(area))

    def test_prompt_list_form_and_history(self, area: Area, agency: Agency, coordinator: Client) -> None:
        man = make.nominal(
            area, family_name="Quartzfield", parallel_processes=MARAC,
            lead_agencies=(LeadAgencyRecord(agency.pk, LONG_AGO),),
        )  # fmt: skip
        make.nominal(area, family_name="Hidden", parallel_processes=MARAC, handling=Handling.CATEGORY_4)
        listed = text_of(coordinator.get(f"/to-threshold/?asked=first&lead={agency.pk}"))
        assert "Quartzfield" in listed
        assert "Hidden" not in text_of(coordinator.get("/to-threshold/"))
        assert "record whether the threshold is met" in text_of(coordinator.get(f"/nominals/{man.pk}/"))
        reader = text_of(visitor(area, Role.ADMINISTRATOR)[0].get(f"/nominals/{man.pk}/"))
        assert "record whether the threshold is met" in reader
        assert "Record a thresholding outcome" not in reader
        url = f"/nominals/{man.pk}/thresholding/"
        form = coordinator.get(url)
        assert "MARAC" in text_of(form)
        said = {"outcome": "level_1", "reason": "The plan holds well"} | day("decided_on", TODAY.isoformat())
        assert coordinator.post(url, hidden(form) | said).status_code == 302
        assert "Quartzfield" not in text_of(coordinator.get("/to-threshold/"))
        assert "record whether the threshold is met" not in text_of(coordinator.get(f"/nominals/{man.pk}/"))
        due = text_of(coordinator.get(f"/nominals/{man.pk}/due/"))
        assert "Thresholding: Stays at Level 1" in due
        assert "The plan holds well" in due

    def test_the_pattern_is_recorded_in_the_background(self, area: Area, coordinator: Client) -> None:
        man = make.nominal(area)
        url = f"/nominals/{man.pk}/background/"
        said = {"interpreter": "no", "abuse": "Follows his former partner"}
        refused = coordinator.post(url, hidden(coordinator.get(url)) | said)
        assert refused.status_code == 422
        assert "say what is known and since when" in text_of(refused)
        saved = coordinator.post(url, hidden(refused) | said | day("abuse_known_on", TODAY.isoformat()))
        assert saved.status_code == 302
        assert asked(man)
        assert f"Follows his former partner (known since {TODAY:%-d %B %Y})" in text_of(
            coordinator.get(f"/nominals/{man.pk}/circumstances/")
        )


class TestIdentified:
    def test_recorded_once_a_sentence_and_counted_by_agency(
        self, area: Area, agency: Agency, coordinator: Client
    ) -> None:
        def record(name: str, took: int) -> Nominal:
            man = make.nominal(
                area, family_name=name, grounds=(make.qualifying(TODAY - 30 * DAY),),
                levels=(at_level(Level.ONE, TODAY - 30 * DAY),),
                lead_agencies=(LeadAgencyRecord(agency.pk, TODAY - 30 * DAY),),
            )  # fmt: skip
            url = f"/nominals/{man.pk}/identification/"
            form = coordinator.get(url)
            known = day("known_on", (TODAY + (took - 30) * DAY).isoformat())
            sentenced = day("sentenced_on", (TODAY - 30 * DAY).isoformat())
            assert f'value="{agency.pk}" selected' in form.content.decode()
            coordinator.post(url, hidden(form) | {"agency": str(agency.pk)} | sentenced | known)
            return man

        late = record("Late", 4)
        record("Early", 3)
        page = text_of(coordinator.get("/identified/"))
        assert "Northdale probation 2 1" in page
        assert "Identified 4 days after sentence; 3 are allowed" in page
        assert "Early" not in text_of(coordinator.get("/identified/?time=late"))
        assert "1 case" in text_of(coordinator.get(f"/identified/?time=in_time&agency={agency.pk}"))
        assert "Identified by Northdale probation" in text_of(coordinator.get(f"/nominals/{late.pk}/due/"))
        record_url = f"/nominals/{late.pk}/identification/"
        before = day("known_on", (TODAY - 40 * DAY).isoformat()) | day("sentenced_on", (TODAY - 30 * DAY).isoformat())
        refused = coordinator.post(
            record_url, hidden(coordinator.get(record_url)) | {"agency": str(agency.pk)} | before
        )
        assert "A case is identified from the day of sentence on" in text_of(refused)
        assert Identification.objects.count() == 2


def test_not_screened_by_agency_with_both_dates(area: Area, agency: Agency, coordinator: Client) -> None:
    def waiting(name: str, ago: int) -> Nominal:
        return make.nominal(
            area, family_name=name, grounds=(make.qualifying(TODAY - ago * DAY),), levels=(),
            lead_agencies=(LeadAgencyRecord(agency.pk, TODAY - ago * DAY),),
        )  # fmt: skip

    late = waiting("Late", 40)
    waiting("Soon", 5)
    Identification.objects.create(nominal=late, agency=agency, sentenced_on=TODAY - 40 * DAY, known_on=TODAY - 35 * DAY)
    page = text_of(coordinator.get("/not-screened/"))
    assert "Northdale probation 2 1" in page
    assert "12 days late" in page
    assert f"{TODAY - 35 * DAY:%-d %B %Y}" in page
    assert "Soon" not in text_of(coordinator.get("/not-screened/?state=overdue"))


@pytest.mark.parametrize("address", ["/not-screened/?sort=-known", "/to-threshold/?asked=first"])
def test_a_list_costs_the_same(area: Area, coordinator: Client, address: str) -> None:
    def add(*names: str) -> None:
        for name in names:
            make.nominal(
                area, family_name=name, grounds=(make.qualifying(TODAY - 40 * DAY),), levels=(),
                parallel_processes=MARAC,
            )  # fmt: skip

    def cost() -> int:
        coordinator.get(address)
        with queries() as found:
            assert "Quartzfield" in text_of(coordinator.get(address))
        return len(found)

    add("Quartzfield")
    one = cost()
    add("Marlstone", "Flintwick")
    assert cost() == one
