"""Possible doubles, the comparison of two records, the merge and its undo, as pages; old addresses lead on."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from agencies.models import Area, Membership
from agencies.roles import Role
from cases.models import Merge, Nominal, Referral, TwoPeople
from cases.records import AddressRecord
from cases.services.merging import merge_nominals
from cases.services.people import record_address
from mappa import clock
from rules.vocabulary import Handling, Level, ReferralState
from tests.factories.agencies import MembershipFactory
from tests.factories.cases import LONG_AGO, TODAY, at_level, nominal, notification, pnc, qualifying, system
from tests.factories.referrals import document, draft, referral
from tests.factories.visits import hidden, queries, text_of, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def acting(area: Area) -> tuple[Client, Membership]:
    clock.pretend(TODAY)
    return visitor(area)


@pytest.fixture
def client(acting: tuple[Client, Membership]) -> Client:
    return acting[0]


@pytest.fixture
def tufa(area: Area) -> Nominal:
    return nominal(
        area,
        family_name="Tufa",
        given_names="Kieran",
        identifiers=(pnc(1),),
        grounds=(qualifying(TODAY - timedelta(days=95)),),
        levels=(at_level(Level.TWO, TODAY - timedelta(days=95)),),
    )


@pytest.fixture
def tuffer(area: Area) -> Nominal:
    return nominal(
        area,
        family_name="Tuffer",
        given_names="Kieron",
        addresses=(AddressRecord(LONG_AGO, lines="1 Tufa Rise"),),
        grounds=(notification(),),
        levels=(at_level(Level.ONE),),
    )


def merge_url(one: Nominal, other: Nominal) -> str:
    return f"/nominals/{one.pk}/merge/{other.pk}/"


class TestDoubles:
    def test_pairs_are_listed_with_what_matches(self, client: Client, tufa: Nominal, tuffer: Nominal) -> None:
        text = text_of(client.get("/nominals/doubles/"))
        assert "Kieran Tufa" in text
        assert "A name that looks or sounds alike, and the same date of birth" in text

    def test_a_hidden_record_is_in_nobodys_list(self, client: Client, area: Area, tufa: Nominal) -> None:
        before = text_of(client.get("/nominals/doubles/"))
        for handling in (Handling.RESTRICTED, Handling.CATEGORY_4):
            nominal(area, family_name="Tufa", identifiers=(pnc(1),), handling=handling)
        with queries() as asked:
            assert text_of(client.get("/nominals/doubles/")) == before
        assert asked

    def test_those_with_the_right_are_told_of_a_hidden_double(self, area: Area, tufa: Nominal) -> None:
        clock.pretend(TODAY)
        nominal(area, family_name="Obsidian", identifiers=(pnc(1),), handling=Handling.CATEGORY_4)
        cleared, _ = visitor(area, user__category_4=True)
        assert "Obsidian" in text_of(cleared.get("/nominals/doubles/"))

    def test_of_one_record(self, client: Client, tufa: Nominal, tuffer: Nominal) -> None:
        response = client.get(f"/nominals/{tufa.pk}/doubles/")
        assert f'href="{merge_url(tufa, tuffer)}"' in response.content.decode()

    def test_another_record_is_found_by_its_number(self, client: Client, area: Area, tufa: Nominal) -> None:
        other = nominal(area, family_name="Marl", identifiers=(pnc(7),))
        path = f"/nominals/{tufa.pk}/doubles/"
        response = client.post(path, {**hidden(client.get(path)), "text": pnc(7).value})
        assert response.headers["Location"] == merge_url(tufa, other)
        response = client.post(path, {**hidden(client.get(path)), "text": pnc(8).value})
        assert response.status_code == 422
        assert "No other record is found" in text_of(response)

    def test_two_people_are_told_apart_and_the_mark_is_taken_back(
        self, client: Client, tufa: Nominal, tuffer: Nominal
    ) -> None:
        path = f"/nominals/{tufa.pk}/two-people/{tuffer.pk}/"
        client.post(path, {**hidden(client.get(path)), "reason": "Other fingerprints."})
        of_one = client.get(f"/nominals/{tuffer.pk}/doubles/")
        assert "Other fingerprints." in text_of(of_one)
        assert merge_url(tuffer, tufa) not in of_one.content.decode()
        assert "No two records" in text_of(client.get("/nominals/doubles/"))
        client.post(f"{path}take-back/")
        assert TwoPeople.objects.get().taken_back_on == TODAY
        assert "Kieran Tufa" in text_of(client.get("/nominals/doubles/"))


class TestMerge:
    def test_the_head_shows_the_kept_record_s_own_number_first(self, client: Client, area: Area) -> None:
        """The other record is the older, so that its rows come first by themselves."""
        other, kept = (nominal(area, family_name="Tufa", identifiers=(pnc(number),)) for number in (2, 3))
        own = kept.identifiers.get().normalised
        assert f"PNC {own} " in text_of(client.get(f"/nominals/{kept.pk}/"))
        merge_nominals(by=system(), today=TODAY, kept_id=kept.pk, absorbed_id=other.pk, reason="The same fingerprints")
        page = text_of(client.get(f"/nominals/{kept.pk}/"))
        assert f"PNC {own} and 1 other" in page

    def test_first_what_would_move_then_the_merge(self, client: Client, tufa: Nominal, tuffer: Nominal) -> None:
        path = merge_url(tufa, tuffer)
        page = client.get(path)
        assert "Kieron Tuffer" in text_of(page)
        said = {"kept": "first", "name": "second", "reason": "The same fingerprints."}
        preview = client.post(path, {**hidden(page), **said})
        assert preview.status_code == 200
        assert "1 Tufa Rise, from 6 January 2020 Moves" in text_of(preview)
        assert not Merge.objects.exists()
        assert "Which record is kept? Kieran Tufa" in text_of(preview)
        assert "Merge the two records Cancel" in text_of(preview)
        assert "Show what would move" not in text_of(preview)
        back = client.post(path, {**hidden(preview), "change_answers": "yes"})
        assert (back.status_code, "confirmed" in hidden(back), "Show what would move" in text_of(back)) == (
            200, False, True,
        )  # fmt: skip
        other = client.post(path, {**hidden(preview), **said, "kept": "second"})
        assert (other.status_code, Merge.objects.exists()) == (422, False), "what was shown is what is confirmed"
        assert "Look again" in text_of(other)
        assert "Which record is kept? Kieron Tuffer" in text_of(other)
        done = client.post(path, {**hidden(preview), **said})
        assert done.status_code == 302, text_of(done)
        assert done.headers["Location"] == f"/nominals/{tufa.pk}/"
        assert client.post(path, {**hidden(preview), **said}).headers["Location"] == f"/nominals/{tufa.pk}/"
        assert Merge.objects.get().reason == "The same fingerprints."
        tufa.refresh_from_db()
        assert tufa.name == "Kieron Tuffer"

    def test_refused_with_the_rule(self, client: Client, tufa: Nominal, area: Area) -> None:
        other = nominal(area, family_name="Marl", grounds=(notification(),), levels=(at_level(Level.ONE, TODAY),))
        path = merge_url(tufa, other)
        assert "cannot be merged" in text_of(client.get(path))
        response = client.post(path, {**hidden(client.get(path)), "kept": "first", "name": "first", "reason": "Same"})
        assert response.status_code == 422
        assert "Rule R32" in text_of(response)

    def test_only_those_who_see_both(self, client: Client, tufa: Nominal, area: Area) -> None:
        hidden_one = nominal(area, handling=Handling.CATEGORY_4)
        for path in (merge_url(tufa, hidden_one), merge_url(hidden_one, tufa)):
            assert client.get(path).status_code == 404
        administrator, _ = visitor(area, Role.ADMINISTRATOR)
        assert administrator.get(merge_url(tufa, tufa)).status_code == 403

    def test_undone_on_a_page(self, client: Client, tufa: Nominal, tuffer: Nominal) -> None:
        merge(tufa, tuffer)
        path = f"/nominals/{tufa.pk}/unmerge/"
        page = client.get(path)
        assert "goes back to the record of Kieron Tuffer" in text_of(page)
        assert client.post(path, {**hidden(page), "reason": "Other prints"}).status_code == 302
        assert client.get(f"/nominals/{tuffer.pk}/").status_code == 200
        history = text_of(client.get(f"/nominals/{tufa.pk}/history/"))
        assert "Records merged" in history
        assert "Merge undone" in history

    def test_what_was_changed_goes_back_unless_somebody_says_otherwise(
        self, client: Client, tufa: Nominal, tuffer: Nominal
    ) -> None:
        merge(tufa, tuffer)
        record_address(by=system(), today=TODAY, nominal_id=tufa.pk, starts_on=TODAY, lines="2 Tufa Rise")
        page = client.get(f"/nominals/{tufa.pk}/unmerge/")
        assert re.findall(r'name="goes_back"[^>]*checked', page.content.decode())
        assert "since_is_theirs" not in page.content.decode()

    def test_says_who_reads_what_stays_and_asks_whose_it_is(self, area: Area, tufa: Nominal, tuffer: Nominal) -> None:
        clock.pretend(TODAY)
        cleared, _ = visitor(area, user__category_4=True)
        Nominal.objects.filter(pk=tuffer.pk).update(handling=Handling.CATEGORY_4)
        merge(tufa, tuffer)
        record_address(by=system(), today=TODAY, nominal_id=tufa.pk, starts_on=TODAY, lines="2 Tufa Rise")
        path = f"/nominals/{tufa.pk}/unmerge/"
        page = cleared.get(path)
        told = text_of(page)
        assert "Kieran Tufa is of ordinary handling again" in told
        assert "Kieron Tuffer is of handling Category 4" in told
        assert "Changed since the merge: goes back to Kieron Tuffer Addresses: 1 Tufa Rise" in told
        refused = cleared.post(path, {**hidden(page), "reason": "Other prints"})
        assert (refused.status_code, "Say whether what was recorded since" in text_of(refused)) == (422, True)
        assert "Other prints" in refused.content.decode()
        done = cleared.post(path, {**hidden(page), "reason": "Other prints", "since_is_theirs": "on"})
        assert done.status_code == 302, text_of(done)
        assert [row.lines for row in tufa.addresses.all()] == ["2 Tufa Rise"]

    def test_a_draft_moves_and_goes_back_untold(
        self, client: Client, area: Area, tufa: Nominal, tuffer: Nominal
    ) -> None:
        """Nobody but its writers reads it, so nobody is asked about it, whatever they wrote between."""
        author = MembershipFactory(area=area, role=Role.PRACTITIONER).user
        own = {"state": ReferralState.DRAFT, "author": author, "received_on": None, "plan": "Gneiss"}
        kept_apart = referral(area, tuffer, **own)
        document(kept_apart)
        page = client.get(merge_url(tufa, tuffer))
        said = {"kept": "first", "name": "first", "reason": "The same fingerprints."}
        preview = client.post(merge_url(tufa, tuffer), {**hidden(page), **said})
        merge(tufa, tuffer)
        Referral.objects.filter(pk=kept_apart.pk).update(plan="Gneiss and schist")
        later = referral(area, tufa, **own)
        draft(later)
        path = f"/nominals/{tufa.pk}/unmerge/"
        undoing = client.get(path)
        for told in (preview, undoing):
            assert told.status_code == 200
            for word in ("Gneiss", "eferral of", "Referrals", "Draft", "ocument"):
                assert word not in text_of(told).replace("Documents", ""), word
        assert client.post(path, {**hidden(undoing), "reason": "Other prints"}).status_code == 302
        kept_apart.refresh_from_db()
        later.refresh_from_db()
        assert (kept_apart.nominal_id, kept_apart.plan) == (tuffer.pk, "Gneiss and schist")
        assert later.nominal_id == tufa.pk

    def test_the_history_of_both_is_read_together(self, client: Client, tufa: Nominal, tuffer: Nominal) -> None:
        merge(tufa, tuffer)
        assert text_of(client.get(f"/nominals/{tufa.pk}/history/")).count("Brought in") == 2


class TestOldAddresses:
    def test_lead_to_the_kept_record(self, client: Client, tufa: Nominal, tuffer: Nominal) -> None:
        merge(tufa, tuffer)
        for tail in ("", "history/", "edit/", "doubles/"):
            response = client.get(f"/nominals/{tuffer.pk}/{tail}")
            assert (response.status_code, response.headers["Location"]) == (302, f"/nominals/{tufa.pk}/{tail}")
        response = client.post(f"/nominals/{tuffer.pk}/edit/", {"family_name": "Lost"})
        assert response.status_code == 409
        assert f"/nominals/{tufa.pk}/edit/" in response.content.decode()

    def test_of_the_interface_too(self, client: Client, tufa: Nominal, tuffer: Nominal) -> None:
        url = "/api/v1/nominals/"
        before = client.get(f"{url}{tuffer.pk}/")
        assert before.status_code == 200, before.content
        merge(tufa, tuffer)
        response = client.get(f"{url}{tuffer.pk}/")
        assert (response.status_code, response.headers["Location"]) == (308, f"{url}{tufa.pk}/")
        assert client.get(url).json()["count"] == 1

    def test_not_for_those_who_may_not_see_the_kept_one(self, area: Area, tufa: Nominal, tuffer: Nominal) -> None:
        merge(tufa, tuffer)
        Nominal.objects.filter(pk=tufa.pk).update(handling=Handling.CATEGORY_4)
        clock.pretend(TODAY)
        uncleared, _ = visitor(area)
        assert uncleared.get(f"/nominals/{tuffer.pk}/").status_code == 404


def merge(kept: Nominal, absorbed: Nominal) -> None:
    merge_nominals(by=system(), today=TODAY, kept_id=kept.pk, absorbed_id=absorbed.pk, reason="One man")
