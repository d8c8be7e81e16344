"""Grants follow the spans they come from; handling and exclusions act at once (R97 to R100)."""

from datetime import timedelta

import pytest

from agencies.access import Presence, can, presence
from agencies.kinds import LEADING, AgencyKind
from agencies.models import Area, Membership
from agencies.principal import Principal
from agencies.queries import leading_agencies_of, officers_of
from agencies.roles import MEMBERSHIP_ROLES, Perm, Role
from cases.models import CaseParticipation, Nominal, PersonalGrant
from cases.services.participation import (
    close_participation,
    end_exclusion,
    exclude,
    grant_to_person,
    may_name_officer,
    may_set_lead_agency,
    name_officer,
    open_participation,
    set_handling,
    set_lead_agency,
)
from cases.services.who_leads_corrections import correct_lead_agency
from rules.core import Refused
from rules.vocabulary import Handling, ParticipationSource
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, MembershipFactory, principal_for
from tests.factories.cases import TODAY

DAY = timedelta(days=1)


@pytest.fixture
def man(area: Area) -> Nominal:
    return make.nominal(area)


def sees(principal: Principal, man: Nominal) -> bool:
    return bool(can(principal, Perm.NOMINAL_VIEW, man))


def lead(by: Principal, man: Nominal, agency: object, day: object, **more: object) -> None:
    set_lead_agency(by=by, today=TODAY, nominal_id=man.pk, agency_id=agency.pk, starts_on=day, **more)


def test_the_lead_agency_takes_part_while_it_leads(area: Area, coordinator: Principal, man: Nominal) -> None:
    first, second = AgencyFactory(area=area), AgencyFactory(area=area)
    spoc = MembershipFactory(area=area, agency=first, role=Role.SPOC)
    lead(coordinator, man, first, TODAY - 50 * DAY)
    assert sees(principal_for(spoc, on=TODAY), man)
    lead(coordinator, man, second, TODAY)
    assert sees(principal_for(spoc, on=TODAY - DAY), man)
    assert not sees(principal_for(spoc, on=TODAY), man)
    grants = CaseParticipation.objects.filter(content_object=man).order_by("starts_on")
    assert list(grants.values_list("group", "starts_on", "ends_on", "source")) == [
        (first.group_id, TODAY - 50 * DAY, TODAY - DAY, ParticipationSource.LEAD),
        (second.group_id, TODAY, None, ParticipationSource.LEAD),
    ]


def test_leading_twice_in_a_row_is_one_grant(area: Area, coordinator: Principal, man: Nominal) -> None:
    agency = AgencyFactory(area=area)
    lead(coordinator, man, agency, TODAY - 50 * DAY, ends_on=TODAY - DAY)
    lead(coordinator, man, agency, TODAY)
    grant = CaseParticipation.objects.get(content_object=man)
    assert (grant.starts_on, grant.ends_on) == (TODAY - 50 * DAY, None)


def test_a_lead_corrected_away_leaves_no_grant(area: Area, coordinator: Principal, man: Nominal) -> None:
    wrong, right = AgencyFactory(area=area), AgencyFactory(area=area)
    lead(coordinator, man, wrong, TODAY)
    with pytest.raises(Refused, match=r"correct that one, with the reason \(R97"):
        lead(coordinator, man, right, TODAY)
    assert list(CaseParticipation.objects.values_list("group", flat=True)) == [wrong.group_id], "not written over"
    correct_lead_agency(
        by=coordinator, today=TODAY, span_id=man.lead_agencies.get().pk, agency_id=right.pk, starts_on=TODAY,
        reason="The wrong one was chosen.",
    )  # fmt: skip
    assert list(CaseParticipation.objects.values_list("group", flat=True)) == [right.group_id]


def test_an_agency_of_another_area_does_not_lead(coordinator: Principal, man: Nominal) -> None:
    with pytest.raises(Refused, match="R97"):
        lead(coordinator, man, AgencyFactory(), TODAY)


def test_the_named_officer_reads_the_case_while_named(area: Area, coordinator: Principal, man: Nominal) -> None:
    officer = MembershipFactory(area=area, role=Role.PRACTITIONER)
    other = MembershipFactory(area=area, agency=officer.agency, role=Role.PRACTITIONER)
    assert not sees(principal_for(officer, on=TODAY), man)
    for member, day in ((officer, TODAY - 9 * DAY), (other, TODAY)):
        name_officer(
            by=coordinator, today=TODAY, nominal_id=man.pk, officer_id=member.user_id, agency_id=member.agency_id,
            starts_on=day,
        )  # fmt: skip
    assert sees(principal_for(officer, on=TODAY - DAY), man)
    assert not sees(principal_for(officer, on=TODAY), man)
    assert sees(principal_for(other, on=TODAY), man)


def test_another_officer_of_one_day_is_corrected(area: Area, coordinator: Principal, man: Nominal) -> None:
    one = MembershipFactory(area=area, role=Role.PRACTITIONER)
    other = MembershipFactory(area=area, agency=one.agency, role=Role.PRACTITIONER)
    about = {"by": coordinator, "today": TODAY, "nominal_id": man.pk, "agency_id": one.agency_id, "starts_on": TODAY}
    name_officer(**about, officer_id=one.user_id)
    name_officer(**about, officer_id=one.user_id)
    with pytest.raises(Refused, match=r"Another named officer of this agency is recorded from .* correct that one"):
        name_officer(**about, officer_id=other.user_id)
    assert man.named_officers.get().officer == one.user


def test_an_officer_named_by_two_agencies_has_one_grant(area: Area, coordinator: Principal, man: Nominal) -> None:
    one = MembershipFactory(area=area, role=Role.PRACTITIONER)
    two = MembershipFactory(area=area, user=one.user, role=Role.PRACTITIONER)
    for member, day in ((one, TODAY - 9 * DAY), (two, TODAY)):
        name_officer(
            by=coordinator, today=TODAY, nominal_id=man.pk, officer_id=one.user_id, agency_id=member.agency_id,
            starts_on=day,
        )  # fmt: skip
    grant = PersonalGrant.objects.get(content_object=man)
    assert (grant.starts_on, grant.ends_on) == (TODAY - 9 * DAY, None)


def test_somebody_who_does_not_work_there_is_not_named(area: Area, coordinator: Principal, man: Nominal) -> None:
    officer = MembershipFactory(area=area, role=Role.PRACTITIONER, ends_on=TODAY - DAY)
    assert "R97" in refusal(coordinator, man, officer)


def refusal(by: Principal, man: Nominal, officer: Membership) -> str:
    with pytest.raises(Refused) as caught:
        name_officer(
            by=by, today=TODAY, nominal_id=man.pk, officer_id=officer.user_id, agency_id=officer.agency_id,
            starts_on=TODAY,
        )  # fmt: skip
    return str(caught.value)


@pytest.mark.parametrize(
    "role", [role for role in MEMBERSHIP_ROLES if role not in (Role.PRACTITIONER, Role.COORDINATOR)]
)
def test_an_officer_is_a_practitioner_or_a_coordinator(
    area: Area, coordinator: Principal, man: Nominal, role: Role
) -> None:
    officer = MembershipFactory(area=area, role=role)
    assert "R97" in refusal(coordinator, man, officer)
    assert not officers_of(area.pk, on=TODAY).filter(pk=officer.user_id).exists()


def test_a_coordinator_may_be_the_officer(area: Area, coordinator: Principal, man: Nominal) -> None:
    officer = MembershipFactory(area=area)
    name_officer(
        by=coordinator, today=TODAY, nominal_id=man.pk, officer_id=officer.user_id, agency_id=officer.agency_id,
        starts_on=TODAY,
    )  # fmt: skip
    assert man.named_officers.get().officer_id == officer.user_id


@pytest.mark.parametrize("whom", ["user", "agency"])
def test_somebody_kept_out_is_refused_like_somebody_without_the_role(
    area: Area, coordinator: Principal, man: Nominal, whom: str
) -> None:
    """Also when the exclusion begins only later: an officer would lose the case without a word."""
    officer = MembershipFactory(area=area, role=Role.PRACTITIONER)
    whose = {"user_id": officer.user_id} if whom == "user" else {"agency_id": officer.agency_id}
    exclude(by=coordinator, today=TODAY, nominal_id=man.pk, starts_on=TODAY + DAY, reason="A neighbour", **whose)
    assert refusal(coordinator, man, officer) == refusal(
        coordinator, man, MembershipFactory(area=area, role=Role.LAY_ADVISER)
    )


def test_an_exclusion_that_is_over_is_no_bar(area: Area, coordinator: Principal, man: Nominal) -> None:
    officer = MembershipFactory(area=area, role=Role.PRACTITIONER)
    exclude(
        by=coordinator, today=TODAY, nominal_id=man.pk, starts_on=TODAY - 9 * DAY, ends_on=TODAY - DAY,
        reason="A neighbour", user_id=officer.user_id,
    )  # fmt: skip
    assert may_name_officer(man, by=coordinator, today=TODAY, officer=officer.user, agency=officer.agency)


@pytest.mark.parametrize("kind", AgencyKind)
def test_only_some_kinds_of_agency_lead(area: Area, coordinator: Principal, man: Nominal, kind: AgencyKind) -> None:
    agency = AgencyFactory(area=area, kind=kind)
    decision = may_set_lead_agency(man, by=coordinator, today=TODAY, agency=agency)
    assert bool(decision) is (kind in LEADING)
    assert [reason.rule for reason in decision.reasons] == ([] if decision else ["R97"])
    assert (agency in leading_agencies_of(coordinator)) is bool(decision)


def test_a_grant_ends_with_its_last_day(area: Area, coordinator: Principal, man: Nominal) -> None:
    spoc = MembershipFactory(area=area, role=Role.SPOC)
    part = open_participation(
        by=coordinator, today=TODAY, nominal_id=man.pk, agency_id=spoc.agency_id, starts_on=TODAY - 9 * DAY
    )
    close_participation(by=coordinator, today=TODAY, participation_id=part.pk, ends_on=TODAY - DAY)
    assert sees(principal_for(spoc, on=TODAY - DAY), man)
    assert not sees(principal_for(spoc, on=TODAY), man)


def test_grants_that_follow_a_span_are_not_given_by_hand(coordinator: Principal, man: Nominal) -> None:
    with pytest.raises(Refused, match="R97"):
        open_participation(
            by=coordinator, today=TODAY, nominal_id=man.pk, agency_id=coordinator.agency_id,
            source=ParticipationSource.LEAD, starts_on=TODAY,
        )  # fmt: skip


def test_a_restricted_record_is_a_card_to_all_but_its_readers(
    area: Area, acting, coordinator: Principal, man: Nominal
) -> None:
    other, reader = acting(), acting()
    set_handling(by=coordinator, today=TODAY, nominal_id=man.pk, handling=Handling.RESTRICTED, reason="Leaked")
    assert presence(coordinator, man) is Presence.OPEN
    assert presence(other, man) is Presence.CARD
    with pytest.raises(Refused, match="R100"):
        set_handling(by=other, today=TODAY, nominal_id=man.pk, handling=Handling.ORDINARY, reason="Leaked")
    grant_to_person(
        by=coordinator, today=TODAY, nominal_id=man.pk, user_id=reader.user_id,
        source=ParticipationSource.NAMED_READER, starts_on=TODAY,
    )  # fmt: skip
    assert presence(reader, man) is Presence.OPEN


def test_category_4_handling_is_for_the_cleared(acting, coordinator: Principal, man: Nominal) -> None:
    with pytest.raises(Refused, match="R99"):
        set_handling(by=coordinator, today=TODAY, nominal_id=man.pk, handling=Handling.CATEGORY_4, reason="Leaked")
    set_handling(
        by=acting(user__category_4=True), today=TODAY, nominal_id=man.pk, handling=Handling.CATEGORY_4, reason="Leaked"
    )
    assert presence(coordinator, man) is Presence.ABSENT


def test_an_exclusion_beats_the_role_until_it_ends(acting, coordinator: Principal, man: Nominal) -> None:
    neighbour = acting()
    row = exclude(
        by=coordinator, today=TODAY, nominal_id=man.pk, user_id=neighbour.user_id, reason="Neighbour",
        starts_on=TODAY - DAY,
    )  # fmt: skip
    assert presence(neighbour, man) is Presence.ABSENT
    end_exclusion(by=coordinator, today=TODAY, exclusion_id=row.pk, ends_on=TODAY - DAY)
    assert presence(neighbour, man) is Presence.OPEN


@pytest.mark.parametrize(
    "whom", [{}, {"user_id": 1, "agency_id": 1}, {"user_id": 1, "reason": " "}], ids=["nobody", "two", "no reason"]
)
def test_an_exclusion_names_one_with_a_reason(coordinator: Principal, man: Nominal, whom: dict) -> None:
    with pytest.raises(Refused, match="R100"):
        exclude(by=coordinator, today=TODAY, nominal_id=man.pk, starts_on=TODAY, **{"reason": "Conflict"} | whom)
