"""Who leads and who is the named officer, put right: neighbours and grants follow, and what is due by who leads."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from agencies.access import can
from agencies.kinds import AgencyKind
from agencies.models import Agency, Area, Membership
from agencies.principal import Principal
from agencies.roles import Perm, Role
from cases.models import LeadAgencySpan, Nominal, Obligation
from cases.records import LeadAgencyRecord, NamedOfficerRecord
from cases.services.obligations import drifting_everywhere
from cases.services.participation import set_lead_agency
from cases.services.who_leads_corrections import (
    correct_lead_agency,
    correct_named_officer,
    may_correct_lead_agency,
    take_lead_agency_away,
    take_named_officer_away,
)
from mappa import clock
from pages.dates import british_date
from rules.core import Refused
from rules.vocabulary import DecidingBody, Level, ObligationKind
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, MembershipFactory, principal_for
from tests.factories.cases import TODAY, at_level
from tests.factories.visits import day, hidden, text_of, visitor

DAY = timedelta(days=1)
BEGAN, HANDED = TODAY - 40 * DAY, TODAY - 10 * DAY


@pytest.fixture
def probation(area: Area) -> Agency:
    return AgencyFactory.create(area=area, kind=AgencyKind.PROBATION)


@pytest.fixture
def police(area: Area) -> Agency:
    return AgencyFactory.create(area=area, kind=AgencyKind.POLICE)


@pytest.fixture
def man(area: Area, probation: Agency, police: Agency) -> Nominal:
    """At Level 1; led by probation, whose reviews are due, and by police, which hold none, since ten days ago."""
    return make.nominal(
        area,
        grounds=(make.qualifying(BEGAN),),
        levels=(at_level(Level.ONE, BEGAN, DecidingBody.SCREENING),),
        lead_agencies=(LeadAgencyRecord(probation.pk, BEGAN, HANDED - DAY), LeadAgencyRecord(police.pk, HANDED)),
    )


def led(man: Nominal) -> list[tuple[int, date, date | None]]:
    return list(man.lead_agencies.order_by("starts_on").values_list("agency", "starts_on", "ends_on"))


def sees(member: Membership, man: Nominal, on: date = TODAY) -> bool:
    return bool(can(principal_for(member, on=on), Perm.NOMINAL_VIEW, man))


def spoc(agency: Agency) -> Membership:
    return MembershipFactory.create(area=agency.area, agency=agency, role=Role.SPOC)


def reviews_due(man: Nominal) -> int:
    return Obligation.objects.filter(nominal=man, kind=ObligationKind.LEVEL_1_REVIEW).count()


class TestLeadAgency:
    def test_its_first_day_moves_the_end_of_the_one_before(
        self, man: Nominal, coordinator: Principal, probation: Agency, police: Agency
    ) -> None:
        members, span = (spoc(probation), spoc(police)), man.lead_agencies.get(ends_on=None)
        for moved in (TODAY - 20 * DAY, TODAY - 5 * DAY):
            correct_lead_agency(
                by=coordinator, today=TODAY, span_id=span.pk, agency_id=police.pk, starts_on=moved, reason=" Misread "
            )
            assert led(man) == [(probation.pk, BEGAN, moved - DAY), (police.pk, moved, None)]
            assert [sees(each, man, moved) for each in members] == [False, True]
            assert [sees(each, man, moved - DAY) for each in members] == [True, False]
        span.refresh_from_db()
        assert (span.corrected_on, span.correction) == (TODAY, "Misread")
        with pytest.raises(Refused, match="would have no day left"):
            correct_lead_agency(
                by=coordinator, today=TODAY, span_id=span.pk, agency_id=police.pk, starts_on=BEGAN, reason="Misread"
            )
        assert not drifting_everywhere(today=TODAY)

    def test_taken_away_the_one_before_goes_on_and_its_reviews_are_due(
        self, man: Nominal, coordinator: Principal, probation: Agency, police: Agency
    ) -> None:
        members = (spoc(probation), spoc(police))
        assert reviews_due(man) == 0
        span = man.lead_agencies.get(ends_on=None)
        take_lead_agency_away(by=coordinator, today=TODAY, span_id=span.pk, reason="Never handed over")
        assert led(man) == [(probation.pk, BEGAN, None)]
        assert [sees(each, man) for each in members] == [True, False]
        assert reviews_due(man) == 1
        assert not drifting_everywhere(today=TODAY)

    def test_another_agency_by_page_which_could_lead_and_takes_part(self, area: Area, man: Nominal) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        right = AgencyFactory.create(area=area, kind=AgencyKind.PROBATION)
        member, span = spoc(right), man.lead_agencies.get(ends_on=None)
        path, record = f"/lead-agencies/{span.pk}/correct/", f"/nominals/{man.pk}/"
        assert path in client.get(record).content.decode()
        typed = {**hidden(client.get(path)), "agency": right.pk, **day("starts_on", HANDED.isoformat())}
        assert client.post(path, typed).status_code == 422
        assert client.post(path, {**typed, "reason": "The other team"}).status_code == 302
        assert sees(member, man)
        assert reviews_due(man) == 1
        assert "because: The other team" in text_of(client.get(record))
        away = f"/lead-agencies/{span.pk}/away/"
        assert client.post(away, {**hidden(client.get(away)), "reason": "Of another person"}).status_code == 302
        history = text_of(client.get(f"{record}history/"))
        assert "The other team" in history
        assert "Of another person" in history

    def test_the_form_says_what_becomes_of_the_one_before(self, area: Area, man: Nominal, police: Agency) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        first, second = man.lead_agencies.order_by("starts_on")

        def said(span: LeadAgencySpan) -> str:
            return text_of(client.get(f"/lead-agencies/{span.pk}/correct/"))

        assert "What stands before it ends the day before." in said(second)
        assert "What stands before it" not in said(first), "there is none before"
        man.lead_agencies.filter(pk=first.pk).update(ends_on=HANDED - 6 * DAY)
        ended = british_date(HANDED - 6 * DAY)
        assert f"ended on {ended}. It ends earlier only if this begins on that day or before." in said(second)

    @pytest.mark.parametrize("which", ["first", "only"])
    def test_without_one_before_it_another_is_recorded_in_its_place(
        self, area: Area, man: Nominal, probation: Agency, which: str
    ) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        if which == "only":
            man.lead_agencies.exclude(agency=probation).delete()
            man.lead_agencies.update(ends_on=None)
        before, span = led(man), man.lead_agencies.get(agency=probation)
        away = f"/lead-agencies/{span.pk}/away/"
        page = client.get(away)
        days = "since 14 October 2026" if which == "only" else "from 14 October 2026 to 12 November 2026"
        assert f"nobody would lead {days}. Record who led instead: correct it" in text_of(page)
        assert f"/lead-agencies/{span.pk}/correct/" in page.content.decode()
        assert client.post(away, {"reason": "Of another person"}).status_code == 422
        api = f"/api/v1/nominals/{man.pk}/lead-agencies/{span.pk}/away/"
        said = client.post(api, {"reason": "Of another person"}, content_type="application/json")
        assert (said.status_code, said.json()["reasons"][0]["rule"]) == (409, "R97")
        assert led(man) == before

    def test_the_first_does_not_begin_later_when_nobody_would_lead(
        self, area: Area, man: Nominal, probation: Agency, police: Agency
    ) -> None:
        """The way round that the refusal names leads there."""
        clock.pretend(TODAY)
        client, _ = visitor(area)
        right = AgencyFactory.create(area=area, kind=AgencyKind.PROBATION)
        span, later = man.lead_agencies.get(agency=probation), BEGAN + 9 * DAY
        path, other = f"/lead-agencies/{span.pk}/correct/", f"/nominals/{man.pk}/lead-agency/"
        typed = {**hidden(client.get(path)), "reason": "Misread"}
        refused = client.post(path, {**typed, "agency": probation.pk, **day("starts_on", later.isoformat())})
        assert refused.status_code == 422
        assert "nobody would lead from 14 October 2026 to 22 October 2026. Correct it to the agency that led then" in (
            text_of(refused)
        )
        api = f"/api/v1/nominals/{man.pk}/lead-agencies/{span.pk}/"
        sent = {"starts_on": later.isoformat(), "reason": "Misread"}
        said = client.patch(api, sent, content_type="application/json")
        assert (said.status_code, said.json()["reasons"][0]["rule"]) == (409, "R97")
        first = day("starts_on", BEGAN.isoformat())
        assert client.post(path, {**typed, "agency": right.pk, **first}).status_code == 302
        named = {**hidden(client.get(other)), "agency": probation.pk, **day("starts_on", later.isoformat())}
        assert client.post(other, named).status_code == 302
        assert led(man) == [
            (right.pk, BEGAN, later - DAY), (probation.pk, later, HANDED - DAY), (police.pk, HANDED, None),
        ]  # fmt: skip
        assert not drifting_everywhere(today=TODAY)

    @pytest.mark.parametrize(("days", "may"), [(-1, True), (0, True), (1, False)])
    def test_it_may_begin_on_the_first_day_of_status_and_no_later(
        self, area: Area, coordinator: Principal, probation: Agency, days: int, may: bool
    ) -> None:
        man = make.nominal(
            area, grounds=(make.qualifying(BEGAN),), lead_agencies=(LeadAgencyRecord(probation.pk, BEGAN - 9 * DAY),)
        )
        decision = may_correct_lead_agency(
            man.lead_agencies.get(), by=coordinator, today=TODAY, agency=probation, starts_on=BEGAN + days * DAY,
            reason="Misread",
        )  # fmt: skip
        assert bool(decision) is may

    def test_of_somebody_without_status_it_goes_and_the_page_says_so(self, area: Area, probation: Agency) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        man = make.nominal(area, grounds=(), lead_agencies=(LeadAgencyRecord(probation.pk, BEGAN),))
        away = f"/lead-agencies/{man.lead_agencies.get().pk}/away/"
        page = client.get(away)
        assert "Nobody then leads from 14 October 2026 , days without status" in text_of(page)
        assert client.post(away, {**hidden(page), "reason": "Of another person"}).status_code == 302
        assert led(man) == []

    def test_the_page_says_who_goes_on(self, area: Area, man: Nominal, probation: Agency) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        page = client.get(f"/lead-agencies/{man.lead_agencies.get(ends_on=None).pk}/away/")
        assert f"{probation}, who ended the day before, goes on in its place, and" in text_of(page)

    def test_what_goes_on_after_another_was_never_corrected_itself(
        self, man: Nominal, coordinator: Principal, probation: Agency, police: Agency
    ) -> None:
        man.lead_agencies.filter(agency=police).update(corrected_on=TODAY, correction="Misread")
        set_lead_agency(
            by=coordinator, today=TODAY, nominal_id=man.pk, agency_id=probation.pk, starts_on=HANDED + 2 * DAY,
            ends_on=HANDED + 4 * DAY,
        )  # fmt: skip
        rows = man.lead_agencies.filter(agency=police).order_by("starts_on")
        assert list(rows.values_list("starts_on", "correction", "corrected_on")) == [
            (HANDED, "Misread", TODAY), (HANDED + 5 * DAY, "", None),
        ]  # fmt: skip

    def test_while_nobody_leads_the_record_says_since_when(self, area: Area, man: Nominal, police: Agency) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        record = f"/nominals/{man.pk}/"
        assert "Nobody leads" not in text_of(client.get(record))
        man.lead_agencies.get(agency=police).delete()
        assert "Nobody leads since 13 November 2026" in text_of(client.get(record))

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            ({"kind": AgencyKind.HOUSING_AUTHORITY}, "A case is led by"),
            ({"kind": AgencyKind.POLICE, "ends_on": TODAY - DAY}, "does not take part on"),
        ],
    )
    def test_one_that_cannot_lead_is_refused(
        self, area: Area, man: Nominal, coordinator: Principal, more: dict[str, object], said: str
    ) -> None:
        wrong = AgencyFactory.create(area=area, **more)
        with pytest.raises(Refused, match=said):
            correct_lead_agency(
                by=coordinator, today=TODAY, span_id=man.lead_agencies.get(ends_on=None).pk, agency_id=wrong.pk,
                starts_on=HANDED, reason="Misread",
            )  # fmt: skip


class TestNamedOfficer:
    @pytest.fixture
    def officers(self, probation: Agency) -> list[Membership]:
        return [
            MembershipFactory.create(area=probation.area, agency=probation, role=Role.PRACTITIONER) for _ in range(3)
        ]

    @pytest.fixture
    def managed(self, area: Area, probation: Agency, officers: list[Membership]) -> Nominal:
        first, second, _ = officers
        return make.nominal(
            area,
            named_officers=(
                NamedOfficerRecord(first.user_id, probation.pk, BEGAN, HANDED - DAY),
                NamedOfficerRecord(second.user_id, probation.pk, HANDED),
            ),
        )

    def test_another_officer_has_the_record_in_the_place_of_the_wrong_one(
        self, managed: Nominal, officers: list[Membership], acting: Callable[..., Principal]
    ) -> None:
        by, span = acting(Role.COORDINATOR), managed.named_officers.get(ends_on=None)
        moved = HANDED - 5 * DAY
        correct_named_officer(
            by=by, today=TODAY, span_id=span.pk, officer_id=officers[2].user_id, starts_on=moved, reason="Misread"
        )
        assert [sees(each, managed) for each in officers] == [False, False, True]
        assert [sees(each, managed, moved - DAY) for each in officers] == [True, False, False]
        take_named_officer_away(by=by, today=TODAY, span_id=span.pk, reason="Never named")
        assert [sees(each, managed) for each in officers] == [True, False, False]
        assert not drifting_everywhere(today=TODAY)

    def test_of_another_agency_is_refused(self, area: Area, managed: Nominal, coordinator: Principal) -> None:
        other = MembershipFactory.create(area=area, role=Role.PRACTITIONER)
        with pytest.raises(Refused, match="cannot be named for this agency"):
            correct_named_officer(
                by=coordinator, today=TODAY, span_id=managed.named_officers.get(ends_on=None).pk,
                officer_id=other.user_id, starts_on=HANDED, reason="Misread",
            )  # fmt: skip

    def test_pages(self, area: Area, managed: Nominal, officers: list[Membership]) -> None:
        clock.pretend(TODAY)
        client, _ = visitor(area)
        span = managed.named_officers.get(ends_on=None)
        path, away = f"/named-officers/{span.pk}/correct/", f"/named-officers/{span.pk}/away/"
        record = client.get(f"/nominals/{managed.pk}/").content.decode()
        assert path in record
        assert away in record
        MembershipFactory.create(area=area, role=Role.PRACTITIONER)
        offered = client.get(path)
        options = re.findall(r'<option value="(\d+)"', offered.text.partition('name="officer"')[2])
        assert {int(each) for each in options} == {each.user_id for each in officers}, "nobody of another agency"
        typed = {**hidden(offered), "officer": officers[2].user_id, **day("starts_on", HANDED.isoformat())}
        assert client.post(path, typed).status_code == 422
        assert client.post(path, {**typed, "reason": "Misread"}).status_code == 302
        assert "because: Misread" in text_of(client.get(f"/nominals/{managed.pk}/"))
        page = client.get(away)
        assert f"{officers[0].user}, who ended the day before, goes on in its place" in text_of(page)
        assert client.post(away, {**hidden(page), "reason": "Never named"}).status_code == 302
        first = client.get(f"/named-officers/{managed.named_officers.get().pk}/away/")
        assert f"{officers[0].agency} then has no named officer from 14 October 2026" in text_of(first)
        assert "Never named" in text_of(client.get(f"/nominals/{managed.pk}/history/"))
