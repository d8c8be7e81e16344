"""Letting an agency or a person into a case, ending that, keeping somebody out: the pages, by roles (R97, R100)."""

from datetime import date, timedelta

import pytest
from django.test import Client

from agencies.models import Area, Membership
from agencies.roles import MEMBERSHIP_ROLES, Perm, Role, roles_with
from cases.models import CaseParticipation, Exclusion, Nominal, PersonalGrant
from cases.records import ExclusionRecord, LeadAgencyRecord, ParticipationRecord, PersonalGrantRecord
from letters.models import Message
from rules.vocabulary import Handling, ParticipationSource
from tests.factories.agencies import AgencyFactory, MembershipFactory, sign_in
from tests.factories.cases import LONG_AGO, TODAY, nominal
from tests.factories.visits import day, hidden, text_of, visitor

DAY = timedelta(days=1)
ADDING = {
    "participations": Perm.PARTICIPATION_RECORD,
    "grants": Perm.PARTICIPATION_RECORD,
    "readers": Perm.ACCESS_RESTRICT,
    "exclusions": Perm.ACCESS_RESTRICT,
}


def said(client: Client, path: str, *, starts_on: date | None = TODAY, ends_on: date | None = None, **more: object):
    """What the form's answer is to these days and answers, with a reason."""
    days = {}
    for name, value in (("starts_on", starts_on), ("ends_on", ends_on)):
        days |= day(name, value.isoformat()) if value else {}
    return client.post(path, {**hidden(client.get(path)), "reason": "Lives with them", **days, **more})


def page(man: Nominal, what: str) -> str:
    return f"/nominals/{man.pk}/{what}/"


def signed_in(member: Membership) -> Client:
    client = Client()
    sign_in(client, member.user, acting=member)
    return client


class TestLettingIn:
    def test_an_agency_takes_part_for_its_days(self, area: Area) -> None:
        client, member = visitor(area)
        spoc = MembershipFactory(area=area, role=Role.SPOC)
        man = nominal(area)
        assert signed_in(spoc).get(f"/nominals/{man.pk}/").status_code == 404
        response = said(client, page(man, "participations"), ends_on=TODAY + DAY, agency=spoc.agency_id)
        assert response["Location"] == f"/nominals/{man.pk}/access/#agencies"
        row = CaseParticipation.objects.get(content_object=man)
        assert (row.starts_on, row.ends_on, row.reason) == (TODAY, TODAY + DAY, "Lives with them")
        assert row.granted_by_id == member.user_id
        assert signed_in(spoc).get(f"/nominals/{man.pk}/").status_code == 200

    def test_not_twice_for_one_day(self, area: Area) -> None:
        client, _ = visitor(area)
        agency = AgencyFactory(area=area)
        man = nominal(area, participations=(ParticipationRecord(agency.pk, LONG_AGO, TODAY),))
        response = said(client, page(man, "participations"), agency=agency.pk)
        assert response.status_code == 422
        assert "It stands recorded already from" in text_of(response)
        assert said(client, page(man, "participations"), starts_on=TODAY + DAY, agency=agency.pk).status_code == 302

    def test_agencies_of_another_area_are_not_offered(self, area: Area) -> None:
        client, _ = visitor(area)
        other = AgencyFactory(name="Elsewhere Police")
        man = nominal(area)
        assert "Elsewhere Police" not in text_of(client.get(page(man, "participations")))
        assert said(client, page(man, "participations"), agency=other.pk).status_code == 422
        assert not CaseParticipation.objects.filter(content_object=man).exists()

    @pytest.mark.parametrize("what", ["grants", "readers"])
    def test_a_person_reads_it_and_has_a_letter(self, area: Area, what: str) -> None:
        client, _ = visitor(area)
        officer = MembershipFactory(area=area, role=Role.PRACTITIONER)
        man = nominal(area)
        assert said(client, page(man, what), person=officer.user_id).status_code == 302
        grant = PersonalGrant.objects.get(content_object=man)
        assert grant.named_reader is (what == "readers")
        assert signed_in(officer).get(f"/nominals/{man.pk}/").status_code == 200
        assert Message.objects.get().recipient_id == officer.user_id

    def test_a_restricted_record_says_that_only_a_named_reader_opens_it(self, area: Area) -> None:
        client, member = visitor(area)
        own = PersonalGrantRecord(member.user_id, LONG_AGO, None, ParticipationSource.NAMED_READER, named_reader=True)
        man = nominal(area, handling=Handling.RESTRICTED, personal_grants=(own,))
        officer = MembershipFactory(area=area, role=Role.PRACTITIONER)
        warning = "Name a reader instead."
        assert warning in text_of(client.get(page(man, "grants")))
        assert warning not in text_of(client.get(page(man, "readers")))
        said(client, page(man, "grants"), person=officer.user_id)
        assert signed_in(officer).get(f"/nominals/{man.pk}/").status_code == 403
        assert not Message.objects.exists()
        said(client, page(man, "readers"), person=officer.user_id)
        assert signed_in(officer).get(f"/nominals/{man.pk}/").status_code == 200

    @pytest.mark.parametrize(
        "who",
        [
            {"role": Role.SMB_MEMBER},
            {"role": Role.SYSTEM_ADMINISTRATOR},
            {"role": Role.PRACTITIONER, "ends_on": TODAY - DAY},
            {"role": Role.PRACTITIONER, "user__is_active": False},
        ],
        ids=["role that reads no case", "administrator", "role that is over", "disabled"],
    )
    def test_only_those_are_offered_whose_role_reads_cases(self, area: Area, who: dict) -> None:
        client, _ = visitor(area)
        other = MembershipFactory(area=area, user__family_name="Nobodysreader", **who)
        man = nominal(area)
        for what in ("grants", "readers", "exclusions"):
            assert "Nobodysreader" not in text_of(client.get(page(man, what)))
        assert said(client, page(man, "grants"), person=other.user_id).status_code == 422
        assert not PersonalGrant.objects.filter(content_object=man).exists()

    def test_behind_the_wall_only_the_cleared_are_offered(self, area: Area) -> None:
        client, _ = visitor(area, user__category_4=True)
        MembershipFactory(area=area, role=Role.PRACTITIONER, user__family_name="Uncleared")
        MembershipFactory(area=area, role=Role.PRACTITIONER, user__family_name="Trusted", user__category_4=True)
        words = text_of(client.get(page(nominal(area, handling=Handling.CATEGORY_4), "readers")))
        assert "Trusted" in words
        assert "Uncleared" not in words

    def test_somebody_kept_out_is_refused_like_somebody_without_the_role(self, area: Area) -> None:
        client, _ = visitor(area)
        officer = MembershipFactory(area=area, role=Role.PRACTITIONER)
        man = nominal(area, exclusions=(ExclusionRecord("Kin", TODAY + DAY, user_id=officer.user_id),))
        response = said(client, page(man, "grants"), person=officer.user_id)
        assert response.status_code == 422
        assert "This person cannot be given access." in text_of(response)
        assert not Message.objects.exists()


class TestEnding:
    def test_a_part_ends_with_the_reason(self, area: Area) -> None:
        client, _ = visitor(area)
        agency = AgencyFactory(area=area, name="Shale Council")
        man = nominal(area, participations=(ParticipationRecord(agency.pk, LONG_AGO),))
        row = CaseParticipation.objects.get(content_object=man)
        assert f"/participations/{row.pk}/end/" in client.get(f"/nominals/{man.pk}/access/").content.decode()
        response = said(client, f"/participations/{row.pk}/end/", starts_on=None, ends_on=TODAY - DAY)
        assert response["Location"] == f"/nominals/{man.pk}/access/#agencies"
        row.refresh_from_db()
        assert (row.ends_on, row.end_reason) == (TODAY - DAY, "Lives with them")
        words = text_of(client.get(f"/nominals/{man.pk}/access/"))
        assert "Earlier (1)" in words
        assert "Ends because: Lives with them" in words

    def test_it_does_not_end_later_than_it_does(self, area: Area) -> None:
        client, _ = visitor(area)
        man = nominal(area, participations=(ParticipationRecord(AgencyFactory(area=area).pk, LONG_AGO, TODAY),))
        row = CaseParticipation.objects.get(content_object=man)
        response = said(client, f"/participations/{row.pk}/end/", starts_on=None, ends_on=TODAY + DAY)
        assert response.status_code == 422
        assert "already. To go on after that, record it anew" in text_of(response)

    def test_a_lead_ends_where_who_leads_is_recorded(self, area: Area) -> None:
        client, _ = visitor(area)
        man = nominal(area, lead_agencies=(LeadAgencyRecord(AgencyFactory(area=area).pk, LONG_AGO),))
        row = CaseParticipation.objects.get(content_object=man)
        path = f"/participations/{row.pk}/end/"
        assert path not in client.get(f"/nominals/{man.pk}/access/").content.decode()
        assert "Name the lead agency or the officer instead" in text_of(client.get(path))
        assert said(client, path, starts_on=None, ends_on=TODAY).status_code == 422

    def test_a_person_who_is_ended_no_longer_finds_it(self, area: Area) -> None:
        client, _ = visitor(area)
        officer = MembershipFactory(area=area, role=Role.PRACTITIONER)
        man = nominal(area, personal_grants=(PersonalGrantRecord(officer.user_id, LONG_AGO),))
        row = PersonalGrant.objects.get(content_object=man)
        assert said(client, f"/grants/{row.pk}/end/", starts_on=None, ends_on=TODAY - DAY).status_code == 302
        assert signed_in(officer).get(f"/nominals/{man.pk}/").status_code == 404

    def test_the_last_named_reader_is_kept_with_the_reason(self, area: Area) -> None:
        client, member = visitor(area)
        own = PersonalGrantRecord(member.user_id, LONG_AGO, None, ParticipationSource.NAMED_READER, named_reader=True)
        man = nominal(area, handling=Handling.RESTRICTED, personal_grants=(own,))
        row = PersonalGrant.objects.get(content_object=man)
        response = said(client, f"/grants/{row.pk}/end/", starts_on=None, ends_on=TODAY)
        assert response.status_code == 422
        assert "name another one first" in text_of(response)

    def test_an_administrator_ends_a_grant_and_no_named_reader(self, area: Area) -> None:
        client, _ = visitor(area, Role.ADMINISTRATOR)
        officer = MembershipFactory(area=area, role=Role.PRACTITIONER)
        named = PersonalGrantRecord(
            officer.user_id, LONG_AGO, None, ParticipationSource.NAMED_READER, named_reader=True
        )
        man = nominal(area, personal_grants=(PersonalGrantRecord(officer.user_id, LONG_AGO), named))
        grant, reader = man.personal_grants.order_by("named_reader")
        shown = client.get(f"/nominals/{man.pk}/access/").content.decode()
        assert f"/grants/{grant.pk}/end/" in shown
        assert f"/grants/{reader.pk}/end/" not in shown
        assert said(client, f"/grants/{grant.pk}/end/", starts_on=None, ends_on=TODAY).status_code == 302
        assert said(client, f"/grants/{reader.pk}/end/", starts_on=None, ends_on=TODAY).status_code == 422


class TestKeepingOut:
    @pytest.mark.parametrize("whom", ["person", "agency"])
    def test_to_them_the_record_does_not_exist_and_nobody_is_told(self, area: Area, whom: str) -> None:
        client, _ = visitor(area)
        other = MembershipFactory(area=area)
        man = nominal(area, family_name="Feldspar")
        theirs = signed_in(other)
        assert theirs.get(f"/nominals/{man.pk}/").status_code == 200
        chosen = other.user_id if whom == "person" else other.agency_id
        response = said(client, page(man, "exclusions"), whom=whom, **{whom: chosen})
        assert response["Location"] == f"/nominals/{man.pk}/access/#kept-out"
        gone, never = theirs.get(f"/nominals/{man.pk}/"), theirs.get("/nominals/999999999/")
        assert gone.status_code == never.status_code == 404
        assert text_of(gone).replace(gone["X-Request-ID"], "") == text_of(never).replace(never["X-Request-ID"], "")
        assert "Feldspar" not in text_of(theirs.get("/nominals/"))
        assert not Message.objects.exists()
        row = Exclusion.objects.get()
        assert said(client, f"/exclusions/{row.pk}/end/", starts_on=None, ends_on=TODAY - DAY).status_code == 422
        row.starts_on = LONG_AGO
        row.save()
        assert said(client, f"/exclusions/{row.pk}/end/", starts_on=None, ends_on=TODAY - DAY).status_code == 302
        assert theirs.get(f"/nominals/{man.pk}/").status_code == 200

    def test_whoever_keeps_themselves_out_is_led_to_the_register(self, area: Area) -> None:
        client, member = visitor(area)
        man = nominal(area)
        response = said(client, page(man, "exclusions"), whom="person", person=member.user_id)
        assert response["Location"] == "/nominals/"
        assert client.get(f"/nominals/{man.pk}/").status_code == 404

    def test_one_about_oneself_has_no_page(self, area: Area) -> None:
        client, member = visitor(area)
        about_me = ExclusionRecord("Kin", TODAY + DAY, user_id=member.user_id)
        about_us = ExclusionRecord("Their client", LONG_AGO, LONG_AGO, agency_id=member.agency_id)
        nominal(area, exclusions=(about_me, about_us))
        for row in Exclusion.objects.all():
            assert client.get(f"/exclusions/{row.pk}/end/").status_code == 404

    def test_asks_whom_and_why(self, area: Area) -> None:
        client, _ = visitor(area)
        response = said(client, page(nominal(area), "exclusions"), whom="person", reason="")
        assert response.status_code == 422
        words = text_of(response)
        assert "Choose a person." in words
        assert "Say why." in words


@pytest.mark.parametrize("role", MEMBERSHIP_ROLES)
def test_each_page_is_for_its_permission(area: Area, role: Role) -> None:
    client, member = visitor(area, role)
    reader = PersonalGrantRecord(member.user_id, LONG_AGO)
    man = nominal(area, personal_grants=(reader,))
    for what, perm in ADDING.items():
        assert (client.get(page(man, what)).status_code == 200) is (role in roles_with(perm)), what
