"""Restricting a record and lifting it: who becomes a reader, what is kept of it, what the page says (R99, R100)."""

from datetime import timedelta

import pytest
from django.test import Client

from agencies.models import Area, Membership
from agencies.roles import MEMBERSHIP_ROLES, Perm, Role, roles_with
from cases.models import HandlingChange, Nominal, PersonalGrant
from cases.records import ExclusionRecord, PersonalGrantRecord
from cases.services.participation import close_personal_grant, exclude, grant_to_person, set_handling
from rules.core import Period, Refused
from rules.vocabulary import Handling, ParticipationSource
from tests.factories.agencies import MembershipFactory, principal_for, sign_in
from tests.factories.cases import LONG_AGO, TODAY, nominal
from tests.factories.visits import hidden, text_of, visitor

DAY = timedelta(days=1)
READER = ParticipationSource.NAMED_READER


def reader(member: Membership, starts_on: object = LONG_AGO, ends_on: object = None) -> PersonalGrantRecord:
    return PersonalGrantRecord(member.user_id, starts_on, ends_on, READER, named_reader=True)


def page_of(man: Nominal, handling: str = "restricted") -> str:
    return f"/nominals/{man.pk}/handling/{handling}/"


@pytest.fixture
def member(area: Area) -> Membership:
    return MembershipFactory(area=area)


def restrict(man: Nominal, member: Membership, **more: object) -> None:
    set_handling(
        by=principal_for(member, on=TODAY), today=TODAY, nominal_id=man.pk,
        **{"handling": Handling.RESTRICTED, "reason": "Her cousin works here", **more},
    )  # fmt: skip


class TestService:
    def test_keeps_when_by_whom_and_why(self, area: Area, member: Membership) -> None:
        man = nominal(area)
        restrict(man, member)
        row = HandlingChange.objects.get(nominal=man)
        assert (row.handling, row.reason) == (Handling.RESTRICTED, "Her cousin works here")
        assert (row.changed_on, row.changed_by_id) == (TODAY, member.user_id)

    def test_asks_why(self, area: Area, member: Membership) -> None:
        man = nominal(area)
        with pytest.raises(Refused, match="Say why"):
            restrict(man, member, reason=" ")
        assert not HandlingChange.objects.exists()

    @pytest.mark.parametrize(
        "held",
        [
            [],
            [(LONG_AGO, TODAY - DAY)],
            [(LONG_AGO, TODAY)],
            [(TODAY + DAY, None)],
            [(LONG_AGO, TODAY), (TODAY + DAY * 9, TODAY + DAY * 12)],
        ],
        ids=["none", "one that is over", "one to today", "one from tomorrow", "two for a time"],
    )
    def test_whoever_restricts_it_reads_it_for_good(self, area: Area, member: Membership, held: list) -> None:
        man = nominal(area, personal_grants=tuple(reader(member, *days) for days in held))
        restrict(man, member)
        grants = PersonalGrant.objects.filter(content_object=man, named_reader=True).exclude(ends_on__lt=TODAY)
        grant = grants.get()
        assert grant.starts_on <= TODAY
        assert grant.ends_on is None

    def test_the_last_named_reader_stays(self, area: Area, member: Membership) -> None:
        man = nominal(area)
        restrict(man, member)
        by, grant = principal_for(member, on=TODAY), man.personal_grants.get()
        end = {"by": by, "today": TODAY, "grant_id": grant.pk, "ends_on": TODAY}
        with pytest.raises(Refused, match="name another one first"):
            close_personal_grant(**end)
        with pytest.raises(Refused, match="name another one first"):
            exclude(by=by, today=TODAY, nominal_id=man.pk, user_id=member.user_id, reason="Kin", starts_on=TODAY)
        with pytest.raises(Refused, match="name another one first"):
            exclude(by=by, today=TODAY, nominal_id=man.pk, agency_id=member.agency_id, reason="Kin", starts_on=TODAY)
        other = MembershipFactory(area=area, role=Role.PRACTITIONER)
        grant_to_person(
            by=by, today=TODAY, nominal_id=man.pk, user_id=other.user_id, source=READER, starts_on=TODAY,
            ends_on=TODAY + DAY,
        )  # fmt: skip
        with pytest.raises(Refused, match=str(Period(TODAY + DAY * 2))):
            close_personal_grant(**end)
        third = MembershipFactory(area=area, role=Role.PRACTITIONER)
        grant_to_person(
            by=by, today=TODAY, nominal_id=man.pk, user_id=third.user_id, source=READER, starts_on=TODAY + DAY * 2
        )
        close_personal_grant(**end)

    @pytest.mark.parametrize("cause", ["kept out", "no role", "disabled"])
    def test_a_reader_who_cannot_read_does_not_count(self, area: Area, member: Membership, cause: str) -> None:
        other = MembershipFactory(area=area, ends_on=TODAY - DAY if cause == "no role" else None)
        if cause == "disabled":
            other.user.is_active = False
            other.user.save()
        out = (ExclusionRecord("Kin", TODAY + DAY, user_id=other.user_id),) if cause == "kept out" else ()
        man = nominal(area, personal_grants=(reader(other),), exclusions=out)
        restrict(man, member)
        grant = man.personal_grants.get(user=member.user_id)
        with pytest.raises(Refused, match="R100"):
            close_personal_grant(by=principal_for(member, on=TODAY), today=TODAY, grant_id=grant.pk, ends_on=TODAY)

    def test_an_ordinary_record_needs_no_reader(self, area: Area, member: Membership) -> None:
        man = nominal(area, personal_grants=(reader(member),))
        grant = man.personal_grants.get()
        close_personal_grant(
            by=principal_for(member, on=TODAY), today=TODAY, grant_id=grant.pk, ends_on=TODAY, reason="Over"
        )
        grant.refresh_from_db()
        assert (grant.ends_on, grant.end_reason) == (TODAY, "Over")


class TestPage:
    def test_says_who_loses_sight_of_it_and_who_stays(self, area: Area) -> None:
        client, _ = visitor(area, user__family_name="Crake")
        other = MembershipFactory(area=area, user__family_name="Lapwing")
        staying = MembershipFactory(area=area, role=Role.PRACTITIONER, user__family_name="Dunnock")
        man = nominal(area, personal_grants=(reader(staying),))
        words = text_of(client.get(page_of(man)))
        losing, kept = words.index("Lose sight of it (1)"), words.index("Go on reading it (2)")
        assert losing < words.index("Robin Lapwing") < kept < words.index("Robin Dunnock")
        assert kept < words.index("Robin Crake")
        response = client.post(page_of(man), {**hidden(client.get(page_of(man))), "reason": "Leaked"})
        assert response["Location"] == f"/nominals/{man.pk}/access/#handling"
        after = text_of(client.get(f"/nominals/{man.pk}/access/"))
        assert "because: Leaked" in after
        assert "Lapwing" not in after
        lapwing = Client()
        sign_in(lapwing, other.user, acting=other)
        card = lapwing.get(f"/nominals/{man.pk}/")
        assert card.status_code == 403
        assert "contact the MAPPA unit" in text_of(card)
        assert lapwing.get(page_of(man)).status_code == 403

    def test_others_who_would_lose_it_by_then_are_shown_first(self, area: Area) -> None:
        client, _ = visitor(area)
        man = nominal(area)
        seen = hidden(client.get(page_of(man)))
        MembershipFactory(area=area, user__family_name="Newcomer")
        response = client.post(page_of(man), {**seen, "reason": "Leaked"})
        assert response.status_code == 409
        words = text_of(response)
        assert "look again" in words
        assert "Newcomer" in words
        assert 'value="Leaked"' in response.content.decode()
        man.refresh_from_db()
        assert man.handling == Handling.ORDINARY
        assert client.post(page_of(man), {**hidden(response), "reason": "Leaked"}).status_code == 302

    def test_without_a_reason_nothing_is_done(self, area: Area) -> None:
        client, _ = visitor(area)
        man = nominal(area)
        response = client.post(page_of(man), {**hidden(client.get(page_of(man))), "reason": ""})
        assert response.status_code == 422
        assert "Say why." in text_of(response)

    def test_the_category_4_wall_is_for_the_cleared(self, area: Area) -> None:
        plain, cleared = visitor(area)[0], visitor(area, user__category_4=True)[0]
        man = nominal(area)
        path = page_of(man, "category_4")
        assert path not in plain.get(f"/nominals/{man.pk}/access/").content.decode()
        assert "Only a person cleared for Category 4 may do this" in text_of(plain.get(path))
        assert path in cleared.get(f"/nominals/{man.pk}/access/").content.decode()
        response = cleared.post(path, {**hidden(cleared.get(path)), "reason": "National security"})
        assert response.status_code == 302
        gone, never = plain.get(f"/nominals/{man.pk}/"), plain.get("/nominals/999999999/")
        assert gone.status_code == never.status_code == 404
        assert "because: National security" in text_of(cleared.get(f"/nominals/{man.pk}/access/"))

    def test_there_is_no_other_handling(self, area: Area) -> None:
        client, _ = visitor(area)
        assert client.get(page_of(nominal(area), "secret")).status_code == 404

    @pytest.mark.parametrize("role", MEMBERSHIP_ROLES)
    def test_is_for_those_who_may_restrict(self, area: Area, role: Role) -> None:
        client, member = visitor(area, role)
        man = nominal(area, personal_grants=(reader(member),))
        allowed = role in roles_with(Perm.ACCESS_RESTRICT)
        assert (client.get(page_of(man)).status_code == 200) is allowed
        response = client.post(page_of(man), {"reason": "Leaked"})
        assert (response.status_code == 302) is allowed
