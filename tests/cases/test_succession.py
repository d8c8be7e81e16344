"""What cases hold for an agency moves on the day, and nothing else does."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from agencies.access import can
from agencies.kinds import AgencyKind, Duty
from agencies.models import Agency, Area, LocalHousingAuthority, PanelArea
from agencies.roles import Perm, Role
from agencies.services.succession import plan_succession
from agencies.succession import open_work
from cases.models import (
    CaseParticipation,
    Exclusion,
    LeadAgencySpan,
    NamedOfficerSpan,
    Nominal,
    Obligation,
    PersonalGrant,
)
from cases.records import (
    AddressRecord,
    ExclusionRecord,
    LeadAgencyRecord,
    LevelRecord,
    NamedOfficerRecord,
    ParticipationRecord,
    ProcessRecord,
)
from rules.vocabulary import DecidingBody, Handling, Level, ObligationKind, ProcessKind
from tests.factories import cases as make
from tests.factories.agencies import (
    AgencyFactory,
    AreaFactory,
    LocalHousingAuthorityFactory,
    MembershipFactory,
    PanelAreaFactory,
    principal_for,
)
from tests.factories.cases import LONG_AGO, TODAY, at_level, qualifying, system

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def succeed(*old: Agency, new: Agency | None = None, on: date = TODAY, council: str = "") -> Agency:
    row = plan_succession(
        by=system(), today=max(on, TODAY), area_id=old[0].area_id, predecessor_ids=[each.pk for each in old],
        successor_id=new.pk if new else None, name="" if new else "The new body", council=council, happens_on=on,
        reason="An order",
    )  # fmt: skip
    assert row.successor is not None
    return row.successor


def test_lead_officer_participation_and_exclusion_move_with_their_grants(area: Area) -> None:
    old, new, third = (AgencyFactory.create(area=area) for _ in range(3))
    officer = MembershipFactory.create(area=area, agency=old, role=Role.PRACTITIONER)
    contact = MembershipFactory.create(area=area, agency=old, role=Role.SPOC)
    led = make.nominal(
        area,
        lead_agencies=(LeadAgencyRecord(old.pk, LONG_AGO),),
        named_officers=(NamedOfficerRecord(officer.user_id, old.pk, LONG_AGO),),
    )
    shared = make.nominal(area, participations=(ParticipationRecord(old.pk, LONG_AGO, TODAY + 9 * DAY),))
    closed = make.nominal(
        area,
        participations=(ParticipationRecord(old.pk, LONG_AGO, TODAY - DAY),),
        lead_agencies=(LeadAgencyRecord(third.pk, LONG_AGO),),
    )
    kept_out = make.nominal(area, exclusions=(ExclusionRecord("A neighbour", LONG_AGO, agency_id=old.pk),))
    tag = ProcessRecord(ProcessKind.TAG, LONG_AGO, reference="T-1", agency_id=old.pk)
    tagged = make.nominal(area, parallel_processes=(tag, replace(tag, ends_on=TODAY - DAY)))
    assert {line.label: line.count for line in open_work([old], on=TODAY)} == {
        "roles of people": 2,
        "people whose case it leads": 1,
        "people with a named officer of it": 1,
        "people in whose case it takes part": 1,
        "people from whose case it is kept out": 1,
        "people for whom it runs a tag or another process": 1,
    }
    succeed(old, new=new)
    runs = tagged.parallel_processes.order_by("agency", "starts_on", "pk").values_list("agency", "ends_on", "reference")
    assert list(runs) == [(old.pk, TODAY - DAY, "T-1"), (old.pk, TODAY - DAY, "T-1"), (new.pk, None, "T-1")]
    leads = LeadAgencySpan.objects.filter(nominal=led).order_by("starts_on")
    assert list(leads.values_list("agency", "starts_on", "ends_on")) == [
        (old.pk, LONG_AGO, TODAY - DAY), (new.pk, TODAY, None),
    ]  # fmt: skip
    officers = NamedOfficerSpan.objects.order_by("starts_on").values_list("agency", "officer", "ends_on")
    assert list(officers) == [(old.pk, officer.user_id, TODAY - DAY), (new.pk, officer.user_id, None)]
    assert list(PersonalGrant.objects.values_list("user", "starts_on", "ends_on")) == [
        (officer.user_id, LONG_AGO, None)
    ]
    parts = CaseParticipation.objects.filter(content_object=shared).order_by("starts_on")
    assert list(parts.values_list("group", "starts_on", "ends_on")) == [
        (old.group_id, LONG_AGO, TODAY - DAY), (new.group_id, TODAY, TODAY + 9 * DAY),
    ]  # fmt: skip
    assert (
        list(CaseParticipation.objects.filter(content_object=closed).values_list("group", flat=True)).count(
            new.group_id
        )
        == 0
    )
    assert list(Exclusion.objects.order_by("starts_on").values_list("agency", "ends_on")) == [
        (old.pk, TODAY - DAY), (new.pk, None),
    ]  # fmt: skip
    speaker = principal_for(contact.user.memberships.get(agency=new), on=TODAY)
    assert [bool(can(speaker, Perm.NOMINAL_VIEW, each)) for each in (led, shared, closed, kept_out)] == [
        True, True, False, False,
    ]  # fmt: skip
    assert not open_work([old], on=TODAY)


def test_of_two_officers_the_first_agency_s_stays(area: Area) -> None:
    first, second = AgencyFactory.create(area=area), AgencyFactory.create(area=area)
    ours = MembershipFactory.create(area=area, agency=first, role=Role.PRACTITIONER)
    theirs = MembershipFactory.create(area=area, agency=second, role=Role.PRACTITIONER)
    man = make.nominal(
        area,
        named_officers=(
            NamedOfficerRecord(ours.user_id, first.pk, LONG_AGO),
            NamedOfficerRecord(theirs.user_id, second.pk, LONG_AGO),
        ),
    )
    new = succeed(first, second)
    assert list(man.named_officers.filter(agency=new).values_list("officer", flat=True)) == [ours.user_id]
    grants = dict(man.personal_grants.values_list("user", "ends_on"))
    assert grants == {ours.user_id: None, theirs.user_id: TODAY - DAY}


def test_a_council_takes_its_people_their_panel_area_and_closest_links(area: Area) -> None:
    councils = [LocalHousingAuthorityFactory.create(area=area) for _ in range(2)]
    panels = [PanelAreaFactory.create(area=area, housing_authority=council) for council in councils]
    elsewhere = PanelAreaFactory.create(area=area)
    old = [
        AgencyFactory.create(area=area, kind=AgencyKind.HOUSING_AUTHORITY, duty=Duty.D, housing_authority=council)
        for council in councils
    ]
    managed = make.nominal(
        area, panel_area_id=panels[0].pk, grounds=(qualifying(),), levels=(at_level(Level.ONE),),
        addresses=(AddressRecord(LONG_AGO, no_fixed_abode=True, closest_links_id=councils[0].pk),),
    )  # fmt: skip
    left = make.nominal(
        area, panel_area_id=panels[1].pk, grounds=(qualifying(ends_on=TODAY - DAY, end_confirmed=True),),
        levels=(LevelRecord(Level.ONE, LONG_AGO, TODAY - DAY, DecidingBody.SCREENING),),
    )  # fmt: skip
    other = make.nominal(area, panel_area_id=elsewhere.pk, grounds=(qualifying(),), levels=(at_level(Level.ONE),))
    succeed(*old, council="Twovales")
    for man in (managed, left, other):
        man.refresh_from_db()
    new = PanelArea.objects.get(name="Twovales")
    assert (managed.panel_area, left.panel_area, other.panel_area) == (new, panels[1], elsewhere)
    council = LocalHousingAuthority.objects.get(name="Twovales")
    links = managed.addresses.order_by("starts_on").values_list("closest_links", "starts_on", "ends_on")
    assert list(links) == [(councils[0].pk, LONG_AGO, TODAY - DAY), (council.pk, TODAY, None)]


def test_category_4_is_moved_and_not_counted(area: Area) -> None:
    old = AgencyFactory.create(area=area)
    man = make.nominal(
        area, handling=Handling.CATEGORY_4, grounds=(make.terrorism(),),
        lead_agencies=(LeadAgencyRecord(old.pk, LONG_AGO),),
    )  # fmt: skip
    assert not open_work([old], on=TODAY)
    new = succeed(old)
    assert man.lead_agencies.filter(agency=new, ends_on=None).exists()


def test_what_is_due_from_the_agency_is_due_from_the_successor(area: Area) -> None:
    old, new = AgencyFactory.create(area=area), AgencyFactory.create(area=area)

    def due(met_on: date | None, subject: str) -> Obligation:
        return Obligation.objects.create(
            agency=old, kind=ObligationKind.REVIEW_LEVEL_2_3, triggered_on=LONG_AGO, rule="R96", met_on=met_on,
            subject=subject,
        )  # fmt: skip

    still_open, met = due(None, "a:1"), due(TODAY, "a:2")
    succeed(old, new=new)
    still_open.refresh_from_db()
    met.refresh_from_db()
    assert (still_open.agency, met.agency) == (new, old)


# --- Random worlds: on each day, whoever had a part has it, under the old name before and the new one after --------

AGENCIES, PEOPLE = 4, 3
starts = st.integers(-6, 6).map(lambda shift: TODAY + shift * DAY)
spans = st.builds(
    lambda start, length: (start, None if length is None else start + length * DAY),
    starts,
    st.none() | st.integers(0, 6),
)
parts = st.lists(
    st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, AGENCIES - 1), spans),
    max_size=7,
    unique_by=lambda row: (row[0], row[1]),
)
WINDOW = [TODAY + shift * DAY for shift in range(-14, 15)]


def days_of(agency: Agency, man: Nominal) -> set[date]:
    rows = CaseParticipation.objects.filter(group=agency.group, content_object=man)
    return {
        day for row in rows for day in WINDOW if row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)
    }


@given(parts, st.integers(1, 2), st.integers(0, 6))
def test_parts_in_cases_pass_over_whole(
    drawn: list[tuple[int, int, tuple[date, date | None]]], replaced: int, back: int
) -> None:
    """Agencies 0 and, in half the worlds, 1 are replaced by 2; 3 is a bystander."""
    with transaction.atomic():
        area = AreaFactory.create()
        agencies = [AgencyFactory.create(area=area) for _ in range(AGENCIES)]
        people = [
            make.nominal(
                area,
                participations=tuple(
                    ParticipationRecord(agencies[agency].pk, *span) for whose, agency, span in drawn if whose == person
                ),
            )
            for person in range(PEOPLE)
        ]
        before = [[days_of(agency, man) for agency in agencies] for man in people]
        on = TODAY - back * DAY
        succeed(*agencies[:replaced], new=agencies[2], on=on)
        for man, held in zip(people, before, strict=True):
            earlier = {day for day in WINDOW if day < on}
            for number in range(replaced):
                assert days_of(agencies[number], man) == held[number] & earlier
            taken = set().union(*held[:replaced]) - earlier
            assert days_of(agencies[2], man) == held[2] | taken
            assert days_of(agencies[3], man) == held[3]
        transaction.set_rollback(True)
