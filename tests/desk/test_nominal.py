import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.kinds import AgencyKind
from agencies.models import Area
from agencies.roles import Role
from cases.models import Ground, Nominal
from cases.records import (
    AddressRecord,
    AliasRecord,
    GroundRecord,
    IdentifierRecord,
    LeadAgencyRecord,
    ParticipationRecord,
)
from cases.services.obligations import bring_in_line
from cases.services.participation import exclude, grant_to_person
from desk.record import read_everything
from pages.dates import british_date
from rules.vocabulary import Handling, IdentifierKind, Level, ObligationKind, ParticipationSource, Whereabouts
from tests.factories.agencies import AgencyFactory, MembershipFactory, principal_for, sign_in
from tests.factories.cases import (
    LONG_AGO,
    TODAY,
    at_level,
    meeting,
    nominal,
    notification,
    pnc,
    qualifying,
    stay,
)
from tests.factories.visits import hidden, queries, text_of, visitor


@pytest.fixture
def barytes(area: Area) -> Nominal:
    return nominal(
        area,
        family_name="Barytes",
        given_names="Peter",
        identifiers=(pnc(9_000_036), IdentifierRecord(IdentifierKind.CRN, "nonsense")),
        aliases=(AliasRecord("Baryt", "Pete"),),
        grounds=(notification(), qualifying(LONG_AGO, TODAY + timedelta(days=40))),
        levels=(at_level(Level.TWO),),
        meetings=(meeting(TODAY - timedelta(days=119)),),
    )


class TestRecord:
    def test_says_category_and_level_with_why(self, coordinator: Client, barytes: Nominal) -> None:
        words = text_of(coordinator.get(f"/nominals/{barytes.pk}/"))
        assert "Peter Barytes" in words
        assert "Category 1 Why?" in words
        assert "Rule R8" in words, "precedence of the grounds is cited"
        assert "Level 2, since 6 January 2020" in words

    def test_says_when_the_review_was_due_and_why(self, coordinator: Client, barytes: Nominal) -> None:
        words = text_of(coordinator.get(f"/nominals/{barytes.pk}/"))
        assert "By 16 November 2026 Overdue Why?" in words
        assert "Level 2 allows 112 days in the community" in words

    def test_a_review_of_somebody_in_custody_is_paused(self, area: Area, coordinator: Client) -> None:
        inside = nominal(
            area,
            levels=(at_level(Level.TWO),),
            meetings=(meeting(TODAY - timedelta(days=60)),),
            whereabouts=(
                stay(Whereabouts.COMMUNITY, LONG_AGO, TODAY - timedelta(days=13)),
                stay(Whereabouts.RECALLED, TODAY - timedelta(days=12)),
            ),
        )
        words = text_of(coordinator.get(f"/nominals/{inside.pk}/"))
        assert "No date while the clock is paused Paused" in words
        assert "48 of 112 days in the community used" in words

    def test_dates_ahead_are_in_order(self, coordinator: Client, barytes: Nominal) -> None:
        words = text_of(coordinator.get(f"/nominals/{barytes.pk}/"))
        assert words.index("Review due at the latest") < words.index("Ground ends")

    def test_what_is_overdue_stands_among_the_dates_ahead(self, area: Area, coordinator: Client) -> None:
        began, probation = TODAY - timedelta(days=40), AgencyFactory.create(area=area, kind=AgencyKind.PROBATION)
        man = nominal(
            area,
            grounds=(qualifying(began),),
            levels=(),
            whereabouts=(stay(Whereabouts.COMMUNITY, began),),
            lead_agencies=(LeadAgencyRecord(probation.pk, began),),
        )
        bring_in_line([man.pk], today=TODAY)
        due_on = man.obligations.get(kind=ObligationKind.SCREENING).due_on
        assert due_on is not None
        assert due_on < TODAY
        words = text_of(coordinator.get(f"/nominals/{man.pk}/"))
        assert f"{british_date(due_on)} Screening" in words
        assert "Overdue" in words

    def test_addresses_that_have_ended_are_folded(self, area: Area, coordinator: Client) -> None:
        ended = AddressRecord(LONG_AGO, TODAY - timedelta(days=1), lines="1 Old Lane")
        man = nominal(area, addresses=(ended, AddressRecord(TODAY, lines="2 New Lane")))
        words = text_of(coordinator.get(f"/nominals/{man.pk}/"))
        assert words.index("2 New Lane") < words.index("Earlier addresses (1)") < words.index("1 Old Lane")

    def test_a_day_in_custody_is_one_day(self, area: Area, coordinator: Client) -> None:
        back = TODAY - timedelta(days=10)
        man = nominal(
            area,
            levels=(at_level(Level.TWO),),
            meetings=(meeting(TODAY - timedelta(days=60)),),
            whereabouts=(
                stay(Whereabouts.COMMUNITY, LONG_AGO, back - timedelta(days=1)),
                stay(Whereabouts.CUSTODY, back, back),
                stay(Whereabouts.COMMUNITY, back + timedelta(days=1)),
            ),
        )
        assert "1 day in custody or hospital is not counted" in text_of(coordinator.get(f"/nominals/{man.pk}/"))

    @pytest.mark.parametrize(
        ("level", "more", "said"),
        [
            pytest.param(Level.TWO, (), True, id="the last ground at Level 2"),
            pytest.param(Level.ONE, (), False, id="the last ground at Level 1"),
            pytest.param(Level.TWO, (qualifying(),), False, id="another ground stays at Level 2"),
        ],
    )
    def test_the_last_ground_at_level_2_asks_for_a_decision(
        self, area: Area, coordinator: Client, level: Level, more: tuple[GroundRecord, ...], said: bool
    ) -> None:
        ends = TODAY + timedelta(days=26)
        man = nominal(area, grounds=(notification(LONG_AGO, ends), *more), levels=(at_level(level),))
        words = text_of(coordinator.get(f"/nominals/{man.pk}/"))
        assert ("Last ground ends: decide by then to exit or to begin Category 3" in words) is said
        assert ("decide before that day" in words) is said, "with the reason"

    def test_says_which_meetings_were_held(self, coordinator: Client, barytes: Nominal) -> None:
        words = text_of(coordinator.get(f"/nominals/{barytes.pk}/"))
        assert "Held on Level Next meeting set for 27 July 2026 Level 2 No date set" in words

    def test_says_on_paper_who_printed_it_when_and_which_copy(self, area: Area, barytes: Nominal) -> None:
        client, membership = visitor(area)
        response = client.get(f"/nominals/{barytes.pk}/")
        page = response.content.decode()
        printed = page[page.index("app-printed") : page.index("<header>")]
        assert membership.user.name in printed
        assert f"Copy {response.headers['X-Request-ID']}" in printed
        assert re.search(r"\d+ \w+ 20\d\d at \d+:\d\d[ap]m", printed)

    def test_a_number_that_fails_its_check_is_shown_as_unverified(self, coordinator: Client, barytes: Nominal) -> None:
        words = text_of(coordinator.get(f"/nominals/{barytes.pk}/"))
        assert "NONSENSE Unverified" in words
        assert words.count("Unverified") == 1

    def test_a_void_ground_says_so_and_offers_nothing(self, coordinator: Client, barytes: Nominal) -> None:
        Ground.objects.filter(nominal=barytes).update(voided_on=TODAY, void_reason="Quashed on appeal")
        words = text_of(coordinator.get(f"/nominals/{barytes.pk}/"))
        assert "Quashed on appeal" in words
        assert "End or change the end" not in words

    def test_is_made_of_all_that_is_recorded_of_the_person_and_of_nobody_else(
        self, area: Area, barytes: Nominal
    ) -> None:
        other = nominal(area, identifiers=(pnc(1),), aliases=(AliasRecord("Marl"),))
        for man in (barytes, other):
            read, known = (Nominal.objects.get(pk=man.pk) for _ in range(2))
            read_everything(read)
            names: dict[str, Any] = vars(read)["_prefetched_objects_cache"]
            assert len(names) == 10
            for name in names:
                assert set(getattr(read, name).all()) == set(getattr(known, name).all())
            assert read.identifiers.all()

    def test_costs_the_same_with_one_and_with_three_of_everything_but_grounds(
        self, area: Area, coordinator: Client
    ) -> None:
        one = nominal(area, identifiers=(pnc(1),), meetings=(meeting(TODAY - timedelta(days=9)),))
        three = nominal(
            area,
            identifiers=(pnc(2), pnc(3), pnc(4)),
            aliases=(AliasRecord("A"), AliasRecord("B"), AliasRecord("C")),
            meetings=tuple(meeting(TODAY - timedelta(days=each)) for each in (9, 19, 29)),
            levels=(at_level(Level.ONE), at_level(Level.TWO, TODAY - timedelta(days=300))),
        )
        coordinator.get(f"/nominals/{one.pk}/")
        with queries() as few:
            coordinator.get(f"/nominals/{one.pk}/")
        with queries() as many:
            coordinator.get(f"/nominals/{three.pk}/")
        assert len(many) <= len(few)


class TestOffers:
    def test_a_coordinator_is_offered_everything(self, coordinator: Client, barytes: Nominal) -> None:
        page = coordinator.get(f"/nominals/{barytes.pk}/").content.decode()
        for part in (
            "edit",
            "grounds/add",
            "level",
            "meetings/add",
            "whereabouts",
            "lead-agency",
            "named-officer",
            "key-dates",
            "addresses",
        ):
            assert f'href="/nominals/{barytes.pk}/{part}/"' in page

    def test_what_is_not_theirs_to_do_is_not_shown(self, area: Area, barytes: Nominal) -> None:
        page = visitor(area, Role.ADMINISTRATOR)[0].get(f"/nominals/{barytes.pk}/").content.decode()
        assert "Set the level" not in page
        assert "Add a ground" in page


class TestWhoMaySee:
    def test_nobody_dead_is_referred(self, area: Area, coordinator: Client) -> None:
        dead = nominal(area, whereabouts=(stay(Whereabouts.DEAD, TODAY),), grounds=(), levels=())
        words = text_of(coordinator.get(f"/nominals/{dead.pk}/"))
        assert "there is nobody to refer" in words
        refused = coordinator.post(f"/nominals/{dead.pk}/refer/")
        assert refused.status_code == 422
        assert "there is nobody to refer" in text_of(refused)

    def test_category_4_and_unknown_answer_alike(self, area: Area, coordinator: Client) -> None:
        hidden = nominal(area, handling=Handling.CATEGORY_4)
        one, other = coordinator.get(f"/nominals/{hidden.pk}/"), coordinator.get("/nominals/999999999/")
        assert one.status_code == other.status_code == 404
        assert text_of(one).split("Reference")[0] == text_of(other).split("Reference")[0]

    def test_a_hidden_person_added_again_is_a_possible_double_to_those_who_see_both(self, area: Area) -> None:
        cleared, other = visitor(area, user__category_4=True)[0], visitor(area)[0]
        hidden = nominal(area, family_name="Gypsum", given_names="Nigel", handling=Handling.CATEGORY_4)
        added = nominal(area, family_name="Gypsum", given_names="N")
        response = cleared.get(f"/nominals/{hidden.pk}/")
        said = "is recorded for"  # the link to the page of doubles stands on every record
        assert said in text_of(response)
        assert f'href="/nominals/{added.pk}/"' in response.content.decode()
        assert said not in text_of(other.get(f"/nominals/{added.pk}/"))

    def test_a_restricted_record_is_a_card(self, area: Area, coordinator: Client) -> None:
        closed = nominal(area, family_name="Ochre", handling=Handling.RESTRICTED)
        response = coordinator.get(f"/nominals/{closed.pk}/")
        assert response.status_code == 403
        assert "Ochre" not in text_of(response)
        assert "contact the MAPPA unit" in text_of(response)

    @pytest.mark.parametrize("role", [Role.SMB_MEMBER, Role.LAY_ADVISER, Role.SYSTEM_ADMINISTRATOR])
    def test_roles_that_open_no_case(self, area: Area, barytes: Nominal, role: Role) -> None:
        response = visitor(area, role)[0].get(f"/nominals/{barytes.pk}/")
        assert response.status_code == 403
        assert "Barytes" not in response.content.decode()


class TestHistory:
    def test_tells_what_was_done_by_whom(self, area: Area, barytes: Nominal) -> None:
        client, membership = visitor(area)
        path = f"/nominals/{barytes.pk}/whereabouts/"
        said = {"kind": "custody", "place": "HMP Nottingham", "starts_on": "2026-11-20"}
        client.post(path, {**hidden(client.get(path)), **said})
        words = text_of(client.get(f"/nominals/{barytes.pk}/history/"))
        assert "Whereabouts recorded" in words
        assert membership.user.name in words
        assert "HMP Nottingham" in words

    def test_who_takes_part_or_is_kept_out_is_for_those_who_may_know_it(
        self, area: Area, coordinator: Client, barytes: Nominal
    ) -> None:
        member = MembershipFactory(area=area, role=Role.COORDINATOR)
        stranger = MembershipFactory(area=area, role=Role.PRACTITIONER, user__family_name="Neighbour")
        officer = MembershipFactory(area=area, role=Role.PRACTITIONER)
        by = principal_for(member, on=TODAY)
        exclude(by=by, today=TODAY, nominal_id=barytes.pk, user_id=stranger.user_id, reason="Lives next door",
                starts_on=TODAY)  # fmt: skip
        grant_to_person(by=by, today=TODAY, nominal_id=barytes.pk, user_id=officer.user_id,
                        source=ParticipationSource.NAMED_READER, starts_on=TODAY)  # fmt: skip
        path = f"/nominals/{barytes.pk}/history/"
        told = text_of(coordinator.get(path))
        assert "Lives next door" in told
        assert "Excluded" in told
        reader = Client()
        sign_in(reader, officer.user, acting=officer)
        response = reader.get(path)
        assert response.status_code == 200
        for secret in ("Neighbour", "Lives next door", "xclu", "rant", "articipation"):
            assert secret not in text_of(response), secret

    def test_is_in_words_and_without_what_only_the_store_needs(self, area: Area, coordinator: Client) -> None:
        agency = AgencyFactory(area=area, name="Sandstone Police")
        man = nominal(area, participations=(ParticipationRecord(agency.pk, TODAY),))
        words = text_of(coordinator.get(f"/nominals/{man.pk}/history/"))
        assert "Brought in" in words
        assert "Group Sandstone Police" in words
        for raw in ("Version", "Permission", "Content object", "Nominal nominal", "Recorded at"):
            assert raw not in words

    def test_is_for_those_with_the_permission(self, area: Area, barytes: Nominal) -> None:
        assert visitor(area, Role.SPOC)[0].get(f"/nominals/{barytes.pk}/history/").status_code in (403, 404)


class TestAccess:
    def test_names_who_can_and_who_looked(self, area: Area, barytes: Nominal) -> None:
        client, membership = visitor(area)
        visitor(area, Role.SMB_MEMBER, user__family_name="Osprey")
        client.get(f"/nominals/{barytes.pk}/")
        words = text_of(client.get(f"/nominals/{barytes.pk}/access/"))
        assert f"{membership.user.name} MAPPA coordinator" in words
        assert "Osprey" not in words
        looked = text_of(client.get(f"/nominals/{barytes.pk}/looks/"))
        assert f"{membership.user.name} MAPPA coordinator {membership.agency.name} Opened" in looked
