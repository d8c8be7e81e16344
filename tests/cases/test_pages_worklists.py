"""The worklists, what is due for one person, and the pages that record at Level 1."""

from datetime import date, timedelta

import pytest
from django.test import Client

from agencies.kinds import AgencyKind
from agencies.models import Agency, Area
from agencies.roles import Role
from cases.models import Level1Switch, Nominal, Obligation
from cases.records import KeyDateRecord, LeadAgencyRecord
from mappa import clock
from rules.vocabulary import Handling, KeyDateKind, Level, ObligationKind, Whereabouts
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory
from tests.factories.cases import TODAY, at_level
from tests.factories.visits import day, hidden, queries, text_of, visitor

DAY = timedelta(days=1)


def iso(days: int) -> str:
    return (TODAY + days * DAY).isoformat()


@pytest.fixture
def area(db: None) -> Area:
    clock.pretend(TODAY)
    return AreaFactory()


@pytest.fixture
def agency(area: Area) -> Agency:
    return AgencyFactory.create(area=area, kind=AgencyKind.PROBATION, name="Northdale probation")


@pytest.fixture
def man(area: Area, agency: Agency) -> Nominal:
    return make.nominal(
        area, grounds=(make.qualifying(TODAY - 40 * DAY),), levels=(at_level(Level.ONE, TODAY - 40 * DAY),),
        whereabouts=(make.stay(Whereabouts.COMMUNITY, TODAY - 40 * DAY),),
        lead_agencies=(LeadAgencyRecord(agency.pk, TODAY - 40 * DAY),),
    )  # fmt: skip


@pytest.fixture
def coordinator(area: Area) -> Client:
    return visitor(area)[0]


@pytest.mark.usefixtures("man")
class TestDue:
    def test_lists_what_is_due_with_a_way_to_the_reasons(self, coordinator: Client) -> None:
        page = coordinator.get("/due/?kind=level_1_review&state=overdue")
        assert "Level 1 review" in text_of(page)
        assert "1 line" in text_of(page)
        assert "Why?" in text_of(page)

    def test_hides_what_is_hidden(self, area: Area, coordinator: Client) -> None:
        make.nominal(area, family_name="Hidden", handling=Handling.CATEGORY_4)
        make.nominal(area, family_name="Closed", handling=Handling.RESTRICTED)
        text = text_of(coordinator.get("/due/"))
        assert "Gritstone" in text
        assert "Hidden" not in text
        assert "Closed" not in text
        assert "2 lines" in text

    def test_brought_forward_is_not_due(self, area: Area, coordinator: Client) -> None:
        area.starts_on = TODAY
        area.save()
        assert "0 lines" in text_of(coordinator.get("/due/"))


def test_the_persons_page_says_why_and_what_can_be_recorded(man: Nominal, coordinator: Client) -> None:
    text = text_of(coordinator.get(f"/nominals/{man.pk}/due/"))
    assert "the first review is held within 28 days Rule R39" in text
    assert "screened within 28 days of the first day of status in the community Rule R41" in text
    assert "Record a Level 1 review" in text


def test_a_role_that_only_reads_is_offered_nothing(man: Nominal, area: Area, agency: Agency) -> None:
    spoc = visitor(area, Role.SPOC, agency=agency)[0]
    text = text_of(spoc.get(f"/nominals/{man.pk}/due/"))
    assert "What is due" in text
    assert "Record a Level 1 review" not in text


def test_levels_not_set_says_by_when_and_why(area: Area, coordinator: Client) -> None:
    sentenced = (make.qualifying(TODAY - 40 * DAY),)
    custody = (make.stay(Whereabouts.CUSTODY, TODAY - 40 * DAY),)

    def waiting(name: str, release: int) -> None:
        dates = (KeyDateRecord(KeyDateKind.EARLIEST_RELEASE, TODAY + release * DAY),)
        make.nominal(area, family_name=name, grounds=sentenced, levels=(), whereabouts=custody, key_dates=dates)

    waiting("Near", 150)
    waiting("Far", 400)
    make.nominal(area, family_name="Undated", grounds=sentenced, levels=(), whereabouts=custody)
    everybody = text_of(coordinator.get("/levels-not-set/"))
    assert "3 people" in everybody
    assert "6 months before earliest release" in everybody
    late = text_of(coordinator.get("/levels-not-set/?state=overdue"))
    assert "Near" in late
    assert "Far" not in late
    assert "Undated" in text_of(coordinator.get("/levels-not-set/?state=not_dated"))


class TestBroughtForward:
    @pytest.fixture
    def rows(self, area: Area, man: Nominal) -> list[int]:
        area.starts_on = TODAY - 10 * DAY
        area.save()
        return list(Obligation.objects.filter(nominal=man).order_by("pk").values_list("pk", flat=True))

    def test_counts_by_kind(self, coordinator: Client, rows: list[int]) -> None:
        text = text_of(coordinator.get("/brought-forward/"))
        assert "2 lines" in text
        assert "1 Screening" in text
        assert "1 Level 1 review" in text
        assert len(rows) == 2

    def test_is_worked_off_for_one_reason(self, coordinator: Client, rows: list[int]) -> None:
        address = "/brought-forward/work/"
        form = coordinator.get(address, {"rows": rows})
        assert "Gritstone" in text_of(form)
        said = hidden(form) | {"rows": rows, "reason": ""}
        assert coordinator.post(address, said).status_code == 422
        assert coordinator.post(address, said | {"reason": "Done before the start"}).status_code == 302
        assert "0 lines" in text_of(coordinator.get("/brought-forward/"))
        assert "Done before the start" in text_of(coordinator.get("/brought-forward/?done=yes"))

    def test_a_line_that_is_closed_to_the_person_is_none(self, area: Area, coordinator: Client) -> None:
        area.starts_on = TODAY
        area.save()
        closed = make.nominal(area, family_name="Closed", handling=Handling.RESTRICTED)
        row = Obligation.objects.get(nominal=closed, kind=ObligationKind.SCREENING)
        page = coordinator.get("/brought-forward/work/", {"rows": [row.pk]})
        assert "Closed" not in text_of(page)
        answer = coordinator.post("/brought-forward/work/", {"rows": [row.pk], "reason": "Done"})
        assert answer.status_code == 422


class TestRecording:
    def test_a_review(self, man: Nominal, coordinator: Client) -> None:
        address = f"/nominals/{man.pk}/level-1-reviews/"
        said = {"held_as": "paper", "contributors": "Probation", "decision": "Stays at Level 1", "risk": "medium"}
        said |= day("held_on", iso(0)) | day("next_on", iso(100))
        assert coordinator.post(address, hidden(coordinator.get(address)) | said).status_code == 302
        assert man.level_1_reviews.get().next_on == TODAY + 100 * DAY

    @pytest.mark.parametrize(
        ("page", "rows", "said", "other", "rule"),
        [
            pytest.param(
                "identification", "identifications",
                {**day("sentenced_on", iso(-40)), **day("known_on", iso(-38))}, day("known_on", iso(-39)),
                "Rule R42", id="an identification",
            ),
            pytest.param(
                "changes", "reported_changes",
                {"kind": "arrest", "note": "After a fight", **day("happened_on", iso(-2))}, {"note": "For theft"},
                "Rule R39", id="a change",
            ),
            pytest.param(
                "level-1-reviews", "level_1_reviews",
                {"held_as": "paper", "contributors": "Probation", "decision": "Stays at Level 1", "risk": "medium",
                 **day("held_on", iso(0)), **day("next_on", iso(100))},
                {"decision": "To be referred"}, "Rule R40", id="a review",
            ),
            pytest.param(
                "screenings", "screenings",
                {"outcome": "level_1", "reason": "Low risk, one agency", **day("screened_on", iso(0))},
                {"outcome": "refer"}, "Rule R41", id="a screening",
            ),
        ],
    )  # fmt: skip
    def test_what_stands_for_the_day_is_not_written_over(
        self, man: Nominal, agency: Agency, coordinator: Client, page: str, rows: str, said: dict[str, str],
        other: dict[str, str], rule: str,
    ) -> None:  # fmt: skip
        """The same again does no harm; anything else is a correction, with its reason."""
        address, said = f"/nominals/{man.pk}/{page}/", said | {"agency": str(agency.pk)}
        for _ in range(2):
            assert coordinator.post(address, hidden(coordinator.get(address)) | said).status_code == 302
        stood = getattr(man, rows).values().get()
        refused = coordinator.post(address, hidden(coordinator.get(address)) | said | other)
        assert refused.status_code == 422
        assert "2026, and says otherwise: correct that one, with the reason" in text_of(refused)
        assert rule in text_of(refused)
        assert next(iter(other.values())) in refused.content.decode(), "what was typed is kept"
        assert getattr(man, rows).values().get() == stood

    def test_a_review_too_far_ahead_is_refused_with_the_rule(self, man: Nominal, coordinator: Client) -> None:
        address = f"/nominals/{man.pk}/level-1-reviews/"
        said = {"held_as": "paper", "contributors": "Probation", "decision": "Stays at Level 1", "risk": "medium"}
        said |= day("held_on", iso(0)) | day("next_on", iso(400))
        answer = coordinator.post(address, hidden(coordinator.get(address)) | said)
        assert answer.status_code == 422
        assert "The next review must be on 23 May 2027 at the latest Rule R39" in text_of(answer)

    def test_a_screening_and_a_change(self, man: Nominal, coordinator: Client) -> None:
        address = f"/nominals/{man.pk}/screenings/"
        said = {"outcome": "level_1", "reason": "Low risk, one agency"} | day("screened_on", iso(0))
        assert coordinator.post(address, hidden(coordinator.get(address)) | said).status_code == 302
        address = f"/nominals/{man.pk}/changes/"
        said = {"kind": "arrest"} | day("happened_on", iso(-1))
        assert coordinator.post(address, hidden(coordinator.get(address)) | said).status_code == 302
        text = text_of(coordinator.get(f"/nominals/{man.pk}/due/"))
        assert "Screening: Level 1 is enough" in text
        assert "Arrest" in text

    def test_a_decision_on_the_last_ground(self, area: Area, coordinator: Client) -> None:
        man = make.nominal(area, grounds=(make.qualifying(ends_on=TODAY + 20 * DAY),), levels=(at_level(Level.TWO),))
        assert "Record the decision" in text_of(coordinator.get(f"/nominals/{man.pk}/due/"))
        address = f"/grounds/{man.grounds.get().pk}/ending/"
        said = {"outcome": "leave", "reason": "The licence ends, risk is low"}
        assert coordinator.post(address, hidden(coordinator.get(address)) | said).status_code == 302
        assert "Last ground: Leaves MAPPA on the last day" in text_of(coordinator.get(f"/nominals/{man.pk}/due/"))

    def test_a_switch(self, agency: Agency, coordinator: Client) -> None:
        address = "/level-1-reviews/agencies/"
        assert "Northdale probation Held" in text_of(coordinator.get(address))
        said = {"agency": agency.pk, "reviews": "off", "reason": "Agreed"} | day("holds_from", iso(0))
        assert coordinator.post(address, hidden(coordinator.get(address)) | said).status_code == 302
        assert "Northdale probation Not held" in text_of(coordinator.get(address))
        assert Level1Switch.objects.get().reviews is False


@pytest.mark.parametrize(
    "address",
    [
        "/levels-not-set/",
        "/levels-not-set/?sort=-lead",
        "/brought-forward/",
        "/brought-forward/?sort=-lead",
        "/dates-ahead/",
    ],
)
def test_a_worklist_costs_the_same(area: Area, coordinator: Client, address: str) -> None:
    area.starts_on = TODAY
    area.save()

    def add(*names: str) -> None:
        grounds = (make.qualifying(TODAY - 40 * DAY, TODAY + 40 * DAY),)
        for name in names:
            make.nominal(area, family_name=name, grounds=grounds, levels=())

    def cost() -> int:
        coordinator.get(address)
        with queries() as asked:
            assert "Quartzfield" in text_of(coordinator.get(address))
        return len(asked)

    add("Quartzfield")
    one = cost()
    add("Marlstone", "Flintwick")
    assert cost() == one


def test_dates_ahead_by_month(area: Area, coordinator: Client) -> None:
    make.nominal(
        area, family_name="Ending", grounds=(make.qualifying(ends_on=TODAY + 26 * DAY),), levels=(at_level(Level.TWO),)
    )
    make.nominal(
        area, family_name="Plain", grounds=(make.qualifying(ends_on=TODAY + 40 * DAY), make.notification()),
    )  # fmt: skip
    make.nominal(area, family_name="Young", date_of_birth=date(2009, 1, 5))
    began = date(2012, 1, 20)
    make.nominal(area, family_name="Lasting", grounds=(make.notification(began),), levels=(at_level(Level.ONE, began),))
    make.nominal(area, family_name="Hidden", date_of_birth=date(2009, 1, 5), handling=Handling.CATEGORY_4)
    text = text_of(coordinator.get("/dates-ahead/"))
    assert "4 dates until 23 May 2027" in text
    assert "Ending Last ground ends: decide by then Decide" in text.replace(", Adam", "")
    assert "Plain A ground ends" in text.replace(", Adam", "")
    assert "Young Turns 18" in text.replace(", Adam", "")
    assert "Lasting Indefinite notification may be reviewed" in text.replace(", Adam", "")
    assert "Hidden" not in text
