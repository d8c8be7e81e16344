"""Who may read a record: how it is handled, who takes part, who is kept out, and since when (R97, R100)."""

from datetime import timedelta

import pytest
from django.test import Client

from agencies.kinds import AgencyKind
from agencies.models import Area, Membership
from agencies.roles import MEMBERSHIP_ROLES, Perm, Role, roles_with
from cases.models import Nominal
from cases.records import ExclusionRecord, LeadAgencyRecord, ParticipationRecord, PersonalGrantRecord
from cases.services.participation import end_exclusion, exclude
from rules.vocabulary import Handling, ParticipationSource
from tests.factories.agencies import AgencyFactory, MembershipFactory, sign_in
from tests.factories.cases import LONG_AGO, TODAY, nominal, system
from tests.factories.visits import queries, text_of, visitor

DAY = timedelta(days=1)


def page_of(man: Nominal) -> str:
    return f"/nominals/{man.pk}/access/"


def named(member: Membership, starts_on: object = LONG_AGO, ends_on: object = None) -> PersonalGrantRecord:
    return PersonalGrantRecord(
        member.user_id, starts_on, ends_on, ParticipationSource.NAMED_READER, named_reader=True, reason="Knows him"
    )


class TestWhatItSays:
    def test_agencies_people_and_who_is_kept_out_with_their_days(self, area: Area, coordinator: Client) -> None:
        police = AgencyFactory(area=area, name="Sandstone Police", kind=AgencyKind.POLICE)
        council = AgencyFactory(area=area, name="Shale Council")
        reader = MembershipFactory(area=area, user__given_name="Wren", user__family_name="Dunnock")
        out = MembershipFactory(area=area, user__given_name="Kit", user__family_name="Neighbour")
        man = nominal(
            area,
            lead_agencies=(LeadAgencyRecord(police.pk, LONG_AGO),),
            participations=(ParticipationRecord(council.pk, LONG_AGO, TODAY - DAY),),
            personal_grants=(named(reader),),
            exclusions=(ExclusionRecord("Lives next door", TODAY, user_id=out.user_id),),
        )
        words = text_of(coordinator.get(page_of(man)))
        assert "Ordinary. It opens to whoever has the case" in words
        assert "Sandstone Police Leads the case : Sandstone Police 6 January 2020 No end date" in words
        assert "Earlier (1)" in words
        assert "Shale Council Opened by the unit 6 January 2020" in words
        assert "Wren Dunnock Named reader of a restricted record 6 January 2020 No end date Knows him" in words
        assert "Kit Neighbour" in words
        assert "Lives next door" in words

    def test_a_restricted_record_says_who_opens_it(self, area: Area) -> None:
        client, member = visitor(area)
        man = nominal(area, handling=Handling.RESTRICTED, personal_grants=(named(member),))
        words = text_of(client.get(page_of(man)))
        assert "Restricted. It opens to its named readers only." in words
        assert "(Rule R100)" in words

    def test_nobody_learns_that_they_are_to_be_kept_out_themselves(self, area: Area, coordinator: Client) -> None:
        client, member = visitor(area)
        man = nominal(
            area,
            exclusions=(
                ExclusionRecord("Her cousin", TODAY + DAY, user_id=member.user_id),
                ExclusionRecord("Their client", LONG_AGO, TODAY - DAY, agency_id=member.agency_id),
            ),
        )
        for secret in ("Her cousin", "Their client"):
            assert secret not in text_of(client.get(page_of(man)))
            assert secret in text_of(coordinator.get(page_of(man)))
        assert "Nobody is kept out." in text_of(client.get(page_of(man)))

    def test_nor_from_the_history(self, area: Area, coordinator: Client) -> None:
        client, member = visitor(area)
        man, hers, about = nominal(area), nominal(area), {"by": system(), "today": TODAY}
        other = MembershipFactory(area=area)
        said = ((man, member.user_id, "Her cousin"), (man, other.user_id, "A neighbour"), (hers, member.user_id, "Kin"))
        for whose, user, reason in said:
            row = exclude(**about, nominal_id=whose.pk, reason=reason, starts_on=TODAY + DAY, user_id=user)
            end_exclusion(**about, exclusion_id=row.pk, ends_on=TODAY + 2 * DAY, reason="It is not so")
        url, hers_at = f"/nominals/{man.pk}/history/", f"/nominals/{hers.pk}/history/"
        own, others = text_of(client.get(url)), text_of(coordinator.get(url))
        assert ("Her cousin" in own, "Her cousin" in others) == (False, True)
        assert ("A neighbour" in own, "A neighbour" in others) == (True, True)
        titles = [text_of(who.get(hers_at)) for who in (client, coordinator)]
        assert [("Excluded" in said, "Exclusion ended" in said) for said in titles] == [(False, False), (True, True)]

    def test_costs_the_same_for_one_and_for_three(self, area: Area) -> None:
        client, _ = visitor(area)

        def of(number: int) -> Nominal:
            members = [MembershipFactory(area=area) for _ in range(number)]
            return nominal(
                area,
                participations=tuple(ParticipationRecord(each.agency_id, LONG_AGO) for each in members),
                personal_grants=tuple(named(each) for each in members),
                exclusions=tuple(
                    ExclusionRecord("A neighbour", TODAY, user_id=MembershipFactory(area=area).user_id)
                    for _ in range(number)
                ),
            )

        asked = []
        for man in (of(2), of(1), of(3)):  # the first one asks what is then remembered
            with queries() as found:
                assert client.get(page_of(man)).status_code == 200
            asked.append(len(found))
        assert asked[1] == asked[2]


@pytest.mark.parametrize("role", MEMBERSHIP_ROLES)
def test_only_those_read_it_who_may_see_who_has_access(area: Area, role: Role) -> None:
    member = MembershipFactory(area=area, role=role)
    man = nominal(
        area,
        personal_grants=(named(member),),
        exclusions=(ExclusionRecord("Kin", TODAY, user_id=MembershipFactory(area=area).user_id),),
    )
    client = Client()
    sign_in(client, member.user, acting=member)
    assert (client.get(page_of(man)).status_code == 200) is (role in roles_with(Perm.ACCESS_VIEW))
