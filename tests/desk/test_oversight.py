"""The pages of information governance: logs by person, user and time; what stands out; who looked at a record."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Area, Membership
from agencies.models.oversight import LookReview
from agencies.principal import Principal
from agencies.roles import Role
from agencies.services.oversight import may_review_looks, review_looks
from audit.presenters import tables
from audit.reads import AccessKind, access_by_user, access_of_nominal, reading, searched, showed
from cases.models import Nominal
from cases.records import AddressRecord, NamedOfficerRecord, PersonalGrantRecord
from desk.oversight.facts import standing_out
from desk.oversight.known import SHOWN_AT_ONCE, known_to
from desk.oversight.logs import WINDOW
from exchange.exports.services import may_ask_for_export
from exchange.models import Export
from mappa import clock
from pages.base import Forbidden
from pages.dates import british_date
from pages.exports import DayOf, ExportedList
from rules.core import Refused
from rules.vocabulary import AnomalyKind, Handling
from tests.exchange.taking_out import asked, browser_of, fetched, lines_of, principal, row_of
from tests.factories.agencies import AreaFactory, MembershipFactory, principal_for
from tests.factories.cases import LONG_AGO, nominal, pnc, terrorism
from tests.factories.visits import hidden, queries, text_of, visitor

pytestmark = pytest.mark.django_db

GOVERNANCE = Role.INFORMATION_GOVERNANCE


@pytest.fixture
def area() -> Area:
    return AreaFactory.create()


@pytest.fixture
def olu(area: Area) -> Client:
    return visitor(area, GOVERNANCE)[0]


def somebody(area: Area, role: Role = Role.SPOC, **more: Any) -> Membership:
    return MembershipFactory.create(area=area, role=role, **more)


def look(member: Membership, *people: Nominal, kind: AccessKind = AccessKind.VIEW) -> None:
    with reading(principal_for(member, on=clock.today()), kind=kind):
        showed(kind, [each.pk for each in people])


def stands(area: Area, member: Membership) -> set[AnomalyKind]:
    """What stands out of this member's day, but for the hour, of which this test is not the master."""
    by = principal_for(somebody(area, GOVERNANCE), on=clock.today())
    today = clock.moment().date()
    found = standing_out(by, known_to(by), first=today - timedelta(days=1), last=today, user=member.user_id)
    return {kind for each in found for kind in each.kinds} - {AnomalyKind.OUT_OF_HOURS}


def access(*of: int) -> str:
    return reverse("access-log-nominal", args=of)


class TestAccessLog:
    def test_says_who_when_what_and_whom_by_number(self, olu: Client, area: Area) -> None:
        man, member = nominal(area, family_name="Barytes"), somebody(area)
        look(member, man)
        page = text_of(olu.get(reverse("access-log")))
        assert f"{member.user.name} Single point of contact, {member.agency.name} Opened {man.pk} Done" in page
        assert "Barytes" not in page

    def test_the_log_of_one_record_counts_the_others(self, olu: Client, area: Area) -> None:
        people = list(_many(area, 3))
        look(somebody(area), *people)
        page = olu.get(access(people[0].pk))
        assert f"{people[0].pk} and 2 others" in text_of(page)
        for other in people[1:]:
            assert access(other.pk) not in page.content.decode()

    def test_by_person_and_by_user(self, olu: Client, area: Area) -> None:
        one, other, member, second = nominal(area), nominal(area), somebody(area), somebody(area)
        look(member, one)
        look(second, other)
        page = text_of(olu.get(access(one.pk)))
        assert member.user.name in page
        assert second.user.name not in page[page.index("When") :]
        page = text_of(olu.get(reverse("access-log-user", args=[second.user_id])))
        assert f"Opened {other.pk} Done" in page
        assert f"Opened {one.pk} Done" not in page

    def test_by_kind_outcome_time_and_purpose(self, olu: Client, area: Area) -> None:
        man, member = nominal(area), somebody(area)
        look(member, man)
        look(member, man, kind=AccessKind.PRINT)
        url = access(man.pk)
        today, later = clock.moment().date(), clock.moment().date() + timedelta(days=2)

        def of(**said: str) -> tuple[bool, bool]:
            page = text_of(olu.get(url, said))
            page = page[page.index("Clear filters") :] if "Clear filters" in page else page
            return f"Opened {man.pk}" in page, f"Printed {man.pk}" in page

        assert of() == (True, True)
        assert of(kind="print") == (False, True)
        assert of(outcome="denied") == (False, False)
        assert of(purpose="not_stated") == (True, True)
        assert of(purpose="stated") == (False, False)
        assert of(**_boxes("since", today - timedelta(days=1))) == (True, True)
        assert of(**_boxes("since", later)) == (False, False)
        assert of(**_boxes("until", today - timedelta(days=2))) == (False, False)

    def test_whoever_may_not_be_known_is_nowhere(self, olu: Client, area: Area) -> None:
        hidden_one = nominal(area, handling=Handling.CATEGORY_4, grounds=(terrorism(),))
        foreign, mine, member = nominal(AreaFactory.create()), nominal(area), somebody(area)
        olu.get(reverse("access-log"))
        before = _total(olu.get(reverse("access-log")))
        look(member, hidden_one)
        look(member, foreign)
        look(member, mine, hidden_one, foreign)
        after = olu.get(reverse("access-log"))
        # The row about somebody known, and the two readings of the log.
        assert _total(after) == before + 2
        page = text_of(after)
        assert f"Opened {mine.pk} Done" in page
        # By what stands in the column: the number of somebody hidden may be a day or a count elsewhere on the page.
        assert set(re.findall(r"Opened ([\d, ]+) Done", page)) == {str(mine.pk)}
        for each in (hidden_one, foreign):
            for log in ("access-log-nominal", "change-log-nominal"):
                nobody = olu.get(reverse(log, args=[999_999_999]))
                assert olu.get(reverse(log, args=[each.pk])).status_code == nobody.status_code == 404
        cleared = visitor(area, GOVERNANCE, user__category_4=True)[0]
        assert f"Opened {hidden_one.pk} Done" in text_of(cleared.get(access(hidden_one.pk)))

    def test_a_restricted_person_is_there_by_number(self, olu: Client, area: Area) -> None:
        man, member = nominal(area, handling=Handling.RESTRICTED), somebody(area)
        look(member, man)
        assert f"Opened {man.pk} Done" in text_of(olu.get(access(man.pk)))
        assert olu.get(reverse("nominal", args=[man.pk])).status_code == 403

    def test_reading_it_is_logged(self, area: Area) -> None:
        olu, reader = visitor(area, GOVERNANCE)
        man, member = nominal(area), somebody(area)
        look(member, man)
        by = principal_for(reader, on=clock.today())
        for url in (reverse("access-log"), access(man.pk), reverse("change-log-nominal", args=[man.pk])):
            olu.get(url)
            row = access_by_user(by, reader.user_id, size=1)[0]
            assert (row.kind, row.root_ids) == ("log", [man.pk]), url
        assert access_of_nominal(by, man.pk)[0].kind == "log"

    def test_users_of_other_areas_have_no_log_here(self, olu: Client) -> None:
        stranger = MembershipFactory.create()
        for log in ("access-log-user", "change-log-user"):
            assert olu.get(reverse(log, args=[stranger.user_id])).status_code == 404

    @pytest.mark.parametrize("log", ["access-log", "change-log"])
    def test_costs_the_same_for_one_row_and_for_many(self, olu: Client, area: Area, log: str) -> None:
        def cost() -> int:
            olu.get(reverse(log))
            with queries() as made:
                assert olu.get(reverse(log)).status_code == 200
            return len(made)

        look(somebody(area), nominal(area))
        _review(somebody(area, GOVERNANCE), somebody(area))
        few = cost()
        for _ in range(4):
            look(somebody(area), nominal(area), nominal(area))
            _review(somebody(area, GOVERNANCE), somebody(area))
        assert cost() == few

    @pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SYSTEM_ADMINISTRATOR, Role.LAY_ADVISER])
    def test_is_for_information_governance(self, area: Area, role: Role) -> None:
        client = visitor(area, role)[0]
        for name in ("access-log", "change-log", "looks", "log-search"):
            assert client.get(reverse(name)).status_code == 403


class TestChangeLog:
    def test_says_fields_and_no_value(self, olu: Client, area: Area) -> None:
        man = nominal(area, family_name="Barytes", given_names="Stefan")
        page = text_of(olu.get(reverse("change-log-nominal", args=[man.pk])))
        assert "surname or only name" in page
        assert f"Nominal {man.pk} added" in page
        for value in ("Barytes", "Stefan"):
            assert value not in page

    def test_by_user_table_and_operation(self, area: Area) -> None:
        olu = visitor(area, GOVERNANCE)[0]
        man = nominal(area)
        url = reverse("change-log-nominal", args=[man.pk])
        assert "Nothing in the log matches" in text_of(olu.get(url, {"operation": "delete"}))
        assert f"Nominal {man.pk} added" in text_of(olu.get(url, {"table": "cases_nominal", "operation": "insert"}))
        assert "Nothing in the log matches" in text_of(olu.get(url, {"table": "cases_alias"}))
        offered = [word for _, word in tables()]
        assert len(set(offered)) == len(offered), "no two choices are called alike"
        assert not {"content type", "event"} & set(offered), "nor is there one of which the log holds nothing"


class TestSearch:
    def test_finds_by_number_and_name_and_shows_neither(self, olu: Client, area: Area) -> None:
        man = nominal(area, family_name="Barytes", identifiers=(pnc(1),))
        for text in ("barites", man.identifiers.get().value):
            page = olu.post(reverse("log-search"), {"text": text})
            words = text_of(page)
            assert f"Record {man.pk}" in words
            assert "Barytes" not in words
            assert page.wsgi_request.get_full_path() == "/logs/search/"

    def test_finds_users(self, olu: Client, area: Area) -> None:
        member = somebody(area, user__family_name="Whimbrel")
        MembershipFactory.create(user__family_name="Whimbrelson")
        words = text_of(olu.post(reverse("log-search"), {"text": "whimbr"}))
        assert member.user.name in words
        assert "Whimbrelson" not in words

    def test_nobody_who_may_not_be_known(self, olu: Client, area: Area) -> None:
        nominal(area, family_name="Gypsum", handling=Handling.CATEGORY_4, grounds=(terrorism(),))
        nominal(AreaFactory.create(), family_name="Gypsum")
        assert "Managed people that fit: 0." in text_of(olu.post(reverse("log-search"), {"text": "Gypsum"}))

    def test_an_empty_search_says_so(self, olu: Client) -> None:
        response = olu.post(reverse("log-search"), {"text": ""})
        assert response.status_code == 422
        assert "Enter a name or a number." in text_of(response)


class TestWhatStandsOut:
    def test_own_surname_opened_or_searched(self, area: Area) -> None:
        member = somebody(area, user__family_name="Slate")
        look(member, nominal(area))
        assert stands(area, member) == set()
        look(member, nominal(area, family_name="SLATE"))
        assert stands(area, member) == {AnomalyKind.OWN_NAME}
        other = somebody(area, user__family_name="Knot")
        with reading(principal_for(other, on=clock.today()), kind=AccessKind.SEARCH):
            searched(["knot"], 0)
        assert stands(area, other) == {AnomalyKind.OWN_NAME}

    def test_neighbours_but_for_own_cases(self, area: Area) -> None:
        member = somebody(area)
        home = (AddressRecord(LONG_AGO, lines="1 Toadstone Terrace", postcode="ZZ99 1AA"),)
        people = [nominal(area, addresses=home) for _ in range(3)]
        look(member, *people[:2])
        assert stands(area, member) == set()
        look(member, people[2])
        assert stands(area, member) == {AnomalyKind.NEIGHBOURS}
        second = somebody(area)
        own = nominal(area, addresses=home, personal_grants=(PersonalGrantRecord(second.user_id, LONG_AGO),))
        look(second, *people[:2], own)
        assert stands(area, second) == set()

    def test_outside_the_caseload(self, area: Area) -> None:
        spoc, unit = somebody(area), somebody(area, Role.COORDINATOR)
        officer = (NamedOfficerRecord(spoc.user_id, spoc.agency_id, LONG_AGO),)
        people, own = _many(area, 10), nominal(area, named_officers=officer)
        for member in (spoc, unit):
            look(member, *people, own)
        assert stands(area, spoc) == set()
        for member in (spoc, unit):
            look(member, nominal(area))
        assert stands(area, spoc) == {AnomalyKind.OUTSIDE_CASELOAD}
        assert stands(area, unit) == set()

    def test_refused_again_and_again(self, area: Area) -> None:
        client, member = visitor(area, Role.SPOC)
        man = nominal(
            area, handling=Handling.RESTRICTED, personal_grants=(PersonalGrantRecord(member.user_id, LONG_AGO),)
        )
        for _ in range(2):
            assert client.get(reverse("nominal", args=[man.pk])).status_code == 403
        assert stands(area, member) == set()
        client.get(reverse("nominal", args=[man.pk]))
        assert stands(area, member) == {AnomalyKind.REFUSALS}

    def test_people_who_may_not_be_known_stand_out_nowhere(self, area: Area) -> None:
        member = somebody(area, user__family_name="Gypsum", user__category_4=True)
        look(member, nominal(area, family_name="Gypsum", handling=Handling.CATEGORY_4, grounds=(terrorism(),)))
        look(member, nominal(AreaFactory.create(), family_name="Gypsum"))
        assert stands(area, member) == set()

    def test_costs_the_same_for_one_and_for_many(self, olu: Client, area: Area) -> None:
        def cost() -> int:
            olu.get(reverse("looks"))
            with queries() as made:
                olu.get(reverse("looks"))
            return len(made)

        def stand_out(number: int) -> None:
            member = somebody(area, user__family_name=f"Slate{number}")
            look(member, nominal(area, family_name=f"Slate{number}"))

        stand_out(0)
        few = cost()
        for number in (1, 2, 3):
            stand_out(number)
        assert cost() == few
        assert "Slate3" in text_of(olu.get(reverse("looks")))

    def test_weeks_before(self, olu: Client) -> None:
        page = olu.get(reverse("looks"), {"until": "2020-03-08"})
        assert "From 2 March 2020 to 8 March 2020." in text_of(page)
        assert "until=2020-03-01" in page.text
        assert olu.get(reverse("looks"), {"until": "never"}).status_code == 200


class TestToday:
    def test_says_how_many_days_wait(self, olu: Client, area: Area) -> None:
        def card() -> str:
            page = text_of(olu.get("/"))
            return page[page.index("Looks at records") :].split("stand out")[0].split()[-1]

        assert card() == "0"
        member = somebody(area, user__family_name="Slate")
        look(member, nominal(area, family_name="Slate"))
        assert card() == "1"
        assert "1 of 1 waits" in text_of(olu.get(reverse("looks")))
        by = principal_for(somebody(area, GOVERNANCE), on=clock.today())
        day = clock.moment().date()
        review_looks(by=by, area_id=area.pk, user_id=member.user_id, day=day, kinds=list(AnomalyKind), reason="Chance")
        assert card() == "0"

    def test_is_for_information_governance(self, area: Area) -> None:
        assert "Looks at records" not in text_of(visitor(area)[0].get("/"))


class TestTakenOut:
    """Both logs go out as every list does: after a fresh sign-in, marked, within the quota, with a row of its own."""

    @pytest.fixture
    def reader(self, area: Area) -> Membership:
        return somebody(area, GOVERNANCE)

    def test_the_access_log(self, area: Area, reader: Membership) -> None:
        one, hidden_one = nominal(area), nominal(area, handling=Handling.CATEGORY_4, grounds=(terrorism(),))
        member = somebody(area, user__given_name="=HYPERLINK", user__family_name="Knot")
        look(member, one, hidden_one)
        browser = browser_of(reader)
        export = asked(browser, of=f"{reverse('access-log')}?kind=view")
        response = fetched(browser, export)
        head, (line,) = lines_of(response)[:8], lines_of(response)[8:]
        assert head[0] == [f"Access log since {british_date(clock.moment().date() - timedelta(days=7))}"]
        assert head[1] == ["OFFICIAL-SENSITIVE"]
        assert f"Copy {Export.objects.get().copy_number}." in head[3][0]
        assert head[7] == ["When", "User", "Role", "What", "Records", "Outcome", "Purpose"]
        assert abs(datetime.fromisoformat(line[0]) - clock.moment().replace(tzinfo=None)) < timedelta(minutes=5)
        assert len(line[0]) == len("2026-11-23 20:11:09"), "a moment to the second, that sorts, and no words"
        assert line[1] == "'=HYPERLINK Knot"
        assert line[4] == str(one.pk)
        row = row_of(reader, response)
        assert (row.kind, row.outcome, row.root_ids) == ("export", "ok", [one.pk])

    def test_a_long_list_of_records_is_folded_and_stays_in_the_file(self, area: Area, reader: Membership) -> None:
        browser, member, people = browser_of(reader), somebody(area), list(_many(area, SHOWN_AT_ONCE + 1))
        look(member, *people[:-1])
        assert "app-folded" not in browser.get(reverse("access-log")).content.decode()
        look(member, *people, kind=AccessKind.PRINT)
        page = browser.get(reverse("access-log")).content.decode()
        assert page.count("app-folded") == 1
        assert f"{SHOWN_AT_ONCE + 1} records</span>" in page
        line = lines_of(fetched(browser, asked(browser, of=f"{reverse('access-log')}?kind=print")))[8]
        assert line[4] == ", ".join(str(each) for each in sorted(each.pk for each in people))

    def test_the_change_log_of_a_person_holds_no_value(self, area: Area, reader: Membership) -> None:
        man = nominal(area, family_name="Barytes")
        browser = browser_of(reader)
        response = fetched(browser, asked(browser, of=reverse("change-log-nominal", args=[man.pk])))
        text = response.content.decode()
        assert "surname or only name" in text
        assert "Barytes" not in text
        assert lines_of(response)[7] == ["When", "User", "Role", "Done", "Row", "Fields", "Record"]
        assert row_of(reader, response).root_ids == [man.pk]

    def test_days_that_stand_out(self, area: Area, reader: Membership) -> None:
        """The evidence names the records that were opened, as the page of the days does."""
        curious = somebody(area, user__given_name="Linnet", user__family_name="Slate")
        secret = nominal(area, family_name="Slate", handling=Handling.CATEGORY_4, grounds=(terrorism(),))
        seen = nominal(area, family_name="Slate")
        look(curious, seen, secret)
        until, browser = clock.moment().date().isoformat(), browser_of(reader)
        export = asked(browser, of=f"{reverse('looks')}?until={until}&other=1")
        assert (export.query, export.lines) == (f"until={until}", 1)
        response = fetched(browser, export)
        assert lines_of(response)[8][::3] == ["Linnet Slate", "1"]
        assert row_of(reader, response).root_ids == [seen.pk]

    def test_a_file_counts_its_days_from_that_on_which_it_was_asked_for(self, area: Area, reader: Membership) -> None:
        """Both logs and the week that stands out tell real time: midnight takes no day out of a file of them."""
        by, real = principal(reader), clock.moment().date()
        days = [DayOf(clock.today(), real - timedelta(days=ago)) for ago in (0, 1)]
        for log in ("access-log", "change-log"):
            titles = [ExportedList(reverse(log), by, of=day).title for day in days]
            assert titles[0].endswith(british_date(real - WINDOW))
            assert titles[1].endswith(british_date(real - WINDOW - timedelta(days=1)))
        chosen = [ExportedList(reverse("looks"), by, of=day).chosen.split(" to ")[1] for day in days]
        assert chosen == [british_date(day.real) for day in days]

    def test_only_after_a_fresh_sign_in_and_within_the_quota(self, area: Area, reader: Membership) -> None:
        look(somebody(area), nominal(area))
        by = principal_for(reader, on=clock.today())
        for log in ("access-log", "change-log"):
            wanted = ExportedList(reverse(log), by)
            lines = {"member_id": reader.pk, "lines": wanted.total, "today": clock.today()}
            assert "Confirm who you are" in may_ask_for_export(by=by, **lines).reasons[0].text
            fresh = principal(reader)
            assert may_ask_for_export(by=fresh, **lines)
            assert "most in a day" in may_ask_for_export(by=fresh, **{**lines, "lines": 20_001}).reasons[0].text
        with pytest.raises(Forbidden):
            ExportedList(reverse("access-log"), principal(somebody(area, Role.COORDINATOR)))

    def test_a_file_opens_no_record_and_only_its_hour_stands_out(self, area: Area) -> None:
        """Whoever takes the register out has not opened every neighbour in it, nor looked for their own surname."""
        coordinator = somebody(area, Role.COORDINATOR, user__family_name="Slate")
        home = (AddressRecord(LONG_AGO, lines="1 Toadstone Terrace", postcode="ZZ99 1AA"),)
        people = [nominal(area, family_name="Slate", addresses=home) for _ in range(3)]
        look(coordinator, *people, kind=AccessKind.LIST)
        look(coordinator, *people, kind=AccessKind.EXPORT)
        assert stands(area, coordinator) == set()
        look(coordinator, *people)
        assert stands(area, coordinator) == {AnomalyKind.OWN_NAME, AnomalyKind.NEIGHBOURS}

    def test_what_is_taken_out_is_no_look_at_records(self, area: Area, reader: Membership) -> None:
        look(reader, *_many(area, 30), kind=AccessKind.EXPORT)
        assert stands(area, reader) == set()


class TestReview:
    @pytest.fixture
    def member(self, area: Area) -> Membership:
        member = somebody(area, user__family_name="Slate")
        look(member, nominal(area, family_name="Slate"))
        return member

    def page(self, member: Membership) -> str:
        return reverse("look-day", args=[member.user_id, clock.moment().date().isoformat()])

    def test_is_saved_with_what_stood_out_and_shown(self, olu: Client, member: Membership) -> None:
        form = olu.get(self.page(member))
        assert "opened one person of their own surname (R101)" in text_of(form)
        sent = olu.post(self.page(member), {**hidden(form), "reason": "A chance name; asked the manager."})
        assert sent.status_code == 302
        review = LookReview.objects.get()
        assert AnomalyKind.OWN_NAME in review.kinds
        assert "Looked at Earlier" in text_of(olu.get(reverse("looks")))
        again = text_of(olu.get(self.page(member)))
        assert "A chance name; asked the manager." in again
        assert "What stands out on this day has been looked at." in again
        refused = olu.post(self.page(member), {"reason": "Once more"})
        assert refused.status_code == 422
        assert LookReview.objects.count() == 1

    def test_nothing_typed_is_lost_and_a_reason_is_asked_for(self, olu: Client, member: Membership) -> None:
        response = olu.post(self.page(member), {"reason": " "})
        assert response.status_code == 422
        assert "Enter what you found." in text_of(response)

    @pytest.mark.parametrize("day", ["tomorrow", "2020-13-01"])
    def test_what_is_no_day_has_no_page(self, olu: Client, member: Membership, day: str) -> None:
        assert olu.get(reverse("look-day", args=[member.user_id, day])).status_code == 404

    def test_not_of_oneself_nor_of_another_area_nor_of_nothing(self, area: Area, member: Membership) -> None:
        by = principal_for(somebody(area, GOVERNANCE), on=clock.today())
        day, kinds = clock.today(), [AnomalyKind.MANY]
        assert may_review_looks(member.user, by=by, day=day, kinds=kinds)
        assert not may_review_looks(member.user, by=by, day=day)
        assert not may_review_looks(MembershipFactory.create().user, by=by, day=day, kinds=kinds)
        own = Principal.for_membership(somebody(area, GOVERNANCE, user=member.user), on=clock.today())
        assert not may_review_looks(member.user, by=own, day=day, kinds=kinds)
        with pytest.raises(Refused):
            review_looks(by=own, area_id=area.pk, user_id=member.user_id, day=day, kinds=kinds, reason="Fine")

    def test_what_stands_out_later_on_the_day_waits_again(self, area: Area, member: Membership) -> None:
        by = principal_for(somebody(area, GOVERNANCE), on=clock.today())
        day = clock.today()
        review_looks(
            by=by, area_id=area.pk, user_id=member.user_id, day=day, kinds=[AnomalyKind.OWN_NAME], reason="Chance"
        )
        assert not may_review_looks(member.user, by=by, day=day, kinds=[AnomalyKind.OWN_NAME])
        assert may_review_looks(member.user, by=by, day=day, kinds=[AnomalyKind.OWN_NAME, AnomalyKind.MANY])


class TestWhoLooked:
    def test_is_paged_and_costs_the_same(self, area: Area) -> None:
        client = visitor(area)[0]
        man, member = nominal(area), somebody(area)
        url = reverse("nominal-looks", args=[man.pk])
        look(member, man)
        client.get(url)
        with queries() as one:
            client.get(url)
        for _ in range(60):
            look(member, man)
        with queries() as many:
            page = client.get(url)
        assert len(many) == len(one)
        assert times_opened(page) == 50
        older = page.text.split("looks/?before=")[1].split('"')[0]
        assert 8 < times_opened(client.get(f"{url}?before={older}")) < 15
        assert client.get(f"{url}?before=x").status_code == 200

    def test_says_which_pages_were_looked_at(self, area: Area) -> None:
        """In plain words, several of a minute in one line; so does the access log."""
        client, man = visitor(area)[0], nominal(area)
        for name in ("nominal", "nominal", "nominal-circumstances"):
            client.get(reverse(name, args=[man.pk]))
        client.get(reverse("register"))
        looked = text_of(client.get(reverse("nominal-looks", args=[man.pk])))
        opened = [each.split(", ") for each in re.findall(r"Opened(?:, \d+ times)?: ([a-z, ]+?) \d", looked)]
        assert {page for pages in opened for page in pages} >= {"record", "circumstances"}
        assert len(opened) <= 2, "two lines when a minute ends between them"
        assert all(len(set(pages)) == len(pages) for pages in opened)
        assert "Seen in a list: register" in looked
        reader, _ = visitor(area, GOVERNANCE)
        log = text_of(reader.get(reverse("access-log-nominal", args=[man.pk])))
        assert "Opened circumstances" in log

    @pytest.mark.parametrize(
        ("role", "status"),
        [(Role.COORDINATOR, 200), (Role.ADMINISTRATOR, 200), (Role.PRACTITIONER, 200), (Role.SPOC, 403)],
    )
    def test_is_for_those_who_answer_for_the_case(self, area: Area, role: Role, status: int) -> None:
        client, member = visitor(area, role)
        man = nominal(area, personal_grants=(PersonalGrantRecord(member.user_id, LONG_AGO),))
        assert client.get(reverse("nominal-looks", args=[man.pk])).status_code == status


def times_opened(page: Any) -> int:
    """How often the record was opened, where several times of a minute are one line."""
    lines = re.findall(r"Opened(?:, (\d+) times)?", text_of(page))
    assert len(lines) < 10
    return sum(int(each or 1) for each in lines)


def _review(reader: Membership, member: Membership) -> None:
    """A change that a user made."""
    by, day = principal_for(reader, on=clock.today()), clock.today()
    review_looks(
        by=by, area_id=member.area_id, user_id=member.user_id, day=day, kinds=[AnomalyKind.MANY], reason="Fine"
    )


def _boxes(name: str, day: Any) -> dict[str, str]:
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def _many(area: Area, number: int) -> Iterable[Nominal]:
    return [nominal(area) for _ in range(number)]


def _total(response: Any) -> int:
    return int(response.context["found"].total)
