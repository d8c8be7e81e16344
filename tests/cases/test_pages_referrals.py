"""The pages of a referral: registered, written section by section, endorsed, voted on, declined; the panel's seats."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.access import who_can
from agencies.models import Agency, Area, Membership, User
from agencies.principal import Principal
from agencies.roles import Perm, Role
from cases.models import (
    HospitalOrder,
    Nominal,
    OrderStage,
    PanelSeat,
    PanelVote,
    PersonalGrant,
    Referral,
    ReferralChange,
    ReferralDraft,
)
from cases.records import KeyDateRecord
from cases.services.panel import cast_vote, name_seat
from cases.services.participation import grant_to_person
from cases.services.referrals import Subject, give_to_panel, link_person, register_received, return_referral
from letters.models import Message
from mappa import clock
from pages.exports import ExportedList
from rules.vocabulary import (
    Handling,
    KeyDateKind,
    Level,
    ParticipationSource,
    ReferralState,
    ReferralVerb,
    Vote,
    Whereabouts,
)
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory, UserFactory
from tests.factories.cases import TODAY, at_level
from tests.factories.referrals import COMPLETE, referral
from tests.factories.visits import day, hidden, text_of, visitor

DAY = timedelta(days=1)


@pytest.fixture
def area(db: None) -> Area:
    clock.pretend(TODAY)
    return AreaFactory.create()


@pytest.fixture
def agency(area: Area) -> Agency:
    return AgencyFactory.create(area=area, name="Northdale probation")


@pytest.fixture
def unit(area: Area) -> tuple[Client, Principal]:
    client, membership = visitor(area)
    return client, Principal.for_membership(membership, on=TODAY)


@pytest.fixture
def author(area: Area, agency: Agency) -> tuple[Client, Membership]:
    return visitor(area, Role.SPOC, agency=agency)


@pytest.fixture
def man(area: Area) -> Nominal:
    return make.nominal(
        area, grounds=(make.qualifying(TODAY - 400 * DAY),), levels=(at_level(Level.ONE, TODAY - 400 * DAY),)
    )


def panel_of(area: Area, by: Principal, number: int = 3) -> list[tuple[Client, Membership]]:
    members = [visitor(area, Role.PANEL_MEMBER) for _ in range(number)]
    for _, membership in members:
        name_seat(by=by, today=TODAY, area_id=area.pk, member_id=membership.user_id, starts_on=TODAY)
    return members


def received(area: Area, agency: Agency, by: Principal, nominal: Nominal | None = None) -> Referral:
    subject = Subject(nominal_id=nominal.pk) if nominal else Subject(family_name="Shale", given_names="Declan")
    return register_received(
        by=by, today=TODAY, agency_id=agency.pk, subject=subject, referrer="A practitioner", endorsed_by="A manager",
        received_on=TODAY - 3 * DAY, category="2", level_asked=Level.TWO,
    )  # fmt: skip


def send(client: Client, url: str, **said: Any) -> Any:
    """Open the form, fill it in, send it."""
    return client.post(url, {**hidden(client.get(url)), **said})


class TestRegister:
    def test_six_things_are_typed(self, agency: Agency, unit: tuple[Client, Principal]) -> None:
        said = {
            "family_name": "Shale", "given_names": "Declan", "agency": agency.pk, "referrer": "Priya Dunnock",
            "category": "2", "level_asked": "level_2", **day("received_on", TODAY.isoformat()),
        }  # fmt: skip
        said["level_asked"] = Level.TWO.value
        page = send(unit[0], "/referrals/register/", **said)
        stored = Referral.objects.get()
        assert page["Location"] == f"/referrals/{stored.pk}/"
        text = text_of(unit[0].get(page["Location"]))
        assert "Declan Shale" in text
        assert "not linked to a record" in text
        assert "With the unit 0 days" in text

    def test_nobody_is_asked_for_beside_the_field(self, unit: tuple[Client, Principal]) -> None:
        page = send(unit[0], "/referrals/register/")
        assert page.status_code == 422
        assert "Enter a number or a name of the register, or a surname below." in text_of(page)

    def test_a_hidden_person_is_not_found(self, area: Area, agency: Agency, unit: tuple[Client, Principal]) -> None:
        make.nominal(area, family_name="Gypsum", handling=Handling.CATEGORY_4)
        page = send(unit[0], "/referrals/register/", about="Gypsum", agency=agency.pk)
        assert "No person is found" in text_of(page)


class TestUnit:
    def test_links_gives_to_the_panel_and_returns(
        self, area: Area, agency: Agency, man: Nominal, unit: tuple[Client, Principal]
    ) -> None:
        client, by = unit
        stored = received(area, agency, by)
        url = f"/referrals/{stored.pk}/"
        assert "The panel has no members today" in text_of(client.get(url))
        panel_of(area, by)
        send(client, f"{url}link/", about=man.family_name)
        assert "say why the panel goes without the document" in text_of(send(client, f"{url}to-panel/")).lower()
        send(client, f"{url}to-panel/", note="Read out to the members")
        stored.refresh_from_db()
        assert (stored.nominal_id, stored.state) == (man.pk, ReferralState.UNDER_PANEL)
        assert "Read out to the members" in text_of(client.get(url))
        assert "This cannot be done now" in text_of(client.get(f"{url}to-panel/"))
        refused = text_of(client.get(url))
        assert "2 votes are needed" in refused
        send(client, f"{url}return/", note="Who is at risk?")
        text = text_of(client.get(url))
        assert "Returned incomplete" in text
        assert "Paused" in text
        assert "Who is at risk?" in text
        client.post(f"{url}again/")
        text = text_of(client.get(url))
        done = ["Registered as received", "Given to the panel", "Returned as incomplete", "Registered as received"]
        where = [text.index(word) for word in done[:3]]
        assert where == sorted(where)
        assert text.count(done[0]) == 2

    def test_withdraws_with_a_reason(self, area: Area, agency: Agency, unit: tuple[Client, Principal]) -> None:
        stored = received(area, agency, unit[1])
        assert send(unit[0], f"/referrals/{stored.pk}/withdraw/").status_code == 422
        send(unit[0], f"/referrals/{stored.pk}/withdraw/", note="He has died")
        assert ReferralChange.objects.filter(referral=stored, note="He has died").exists()

    def test_a_restricted_record_closes_its_referral(
        self, area: Area, agency: Agency, unit: tuple[Client, Principal]
    ) -> None:
        closed = make.nominal(area, handling=Handling.RESTRICTED)
        stored = referral(area, closed, agency=agency)
        page = unit[0].get(f"/referrals/{stored.pk}/")
        assert page.status_code == 403
        assert "Contact the MAPPA unit" in text_of(page)


class TestNamedByItsAgency:
    """A referral in which the agency typed a name stays its own, whichever record the unit finds behind it (R44)."""

    @pytest.mark.parametrize("handling", list(Handling))
    def test_linking_tells_its_agency_nothing(
        self, area: Area, agency: Agency, author: tuple[Client, Membership], handling: Handling
    ) -> None:
        """Returned, it is completed and sent again; the decision is read. Nothing of the record is, by nobody of them:
        not its name or number, nor that it is there. Who sees it as one of the area loses it with the record.
        """
        client, member = author
        cleared = Principal.for_membership(visitor(area, user__category_4=True)[1], on=TODAY)
        other, manager = visitor(area, Role.PRACTITIONER, agency=agency, manages=True)
        elsewhere, _ = visitor(area, Role.SPOC)
        uncleared, _ = visitor(area)
        voters = [seat.user for _, seat in panel_of(area, cleared)[:2]]
        release = KeyDateRecord(KeyDateKind.RELEASE, TODAY + 60 * DAY)
        man = make.nominal(
            area, family_name="Gypsum", grounds=(make.qualifying(TODAY - 400 * DAY),),
            levels=(at_level(Level.ONE, TODAY - 400 * DAY),), key_dates=(release,),
        )  # fmt: skip
        for reader in (cleared.user_id or 0, *(user.pk for user in voters)):
            grant_to_person(
                by=cleared, today=TODAY, nominal_id=man.pk, user_id=reader, starts_on=TODAY,
                source=ParticipationSource.NAMED_READER,
            )  # fmt: skip
        User.objects.filter(pk__in=[user.pk for user in voters]).update(category_4=True)
        Nominal.objects.filter(pk=man.pk).update(handling=handling)
        stored = referral(area, agency=agency, author=member.user, endorser=manager.user, given_names="Declan")
        url = f"/referrals/{stored.pk}/"

        def read() -> list[str]:
            pages = [client.get(each) for each in (url, "/referrals/", f"/api/v1/referrals/{stored.pk}/")]
            assert {page.status_code for page in pages} == {200}
            return [*map(text_of, pages[:2]), pages[2].content.decode()]

        before = read()
        link_person(by=cleared, today=TODAY, referral_id=stored.pk, nominal_id=man.pk)
        assert read() == before
        assert uncleared.get(url).status_code == {"category_4": 404, "restricted": 403}.get(handling.value, 200)
        assert elsewhere.get(url).status_code == 404
        holders = {each.user_id for each in who_can(Perm.REFERRAL_VIEW, stored, on=TODAY)}
        assert {member.user_id, manager.user_id, cleared.user_id} <= holders

        return_referral(by=cleared, today=TODAY, referral_id=stored.pk, note="Who is at risk?")
        assert Message.objects.filter(kind="referral_answered", recipient=member.user).exists()
        section = f"{url}sections/offence/"
        assert "Gypsum" not in text_of(client.get(section))
        assert str((TODAY + 60 * DAY).year) not in str(hidden(client.get(section)))
        send(client, f"{url}send/", endorser=manager.user_id)
        assert other.post(f"{url}endorse/").status_code == 302
        assert not PersonalGrant.objects.filter(content_object=man, source=ParticipationSource.REFERRAL).exists()
        assert client.get(f"/nominals/{man.pk}/").status_code == 404
        give_to_panel(by=cleared, today=TODAY, referral_id=stored.pk)
        for user in voters:
            cast_vote(
                by=cleared, today=TODAY, referral_id=stored.pk, vote=Vote.LEVEL_2, reasons="Agencies must meet",
                voter_id=user.pk,
            )  # fmt: skip
        page, _list, api = read()
        assert "Accepted at Level 2" in page
        assert "Agencies must meet" not in page
        assert "Gypsum" not in "".join((page, _list, api))
        assert json.loads(api)["nominal"] is None


class TestPanel:
    def test_votes_settle_it_and_only_unit_and_panel_read_them(
        self, area: Area, agency: Agency, man: Nominal, unit: tuple[Client, Principal],
        author: tuple[Client, Membership],
    ) -> None:  # fmt: skip
        client, by = unit
        stored = referral(area, agency=agency, author=author[1].user)
        (first, _), (_, second), _ = panel_of(area, by)
        url = f"/referrals/{stored.pk}/"
        client.post(f"{url}to-panel/")
        assert "Vote" in text_of(first.get(url))
        send(first, f"{url}vote/", vote=Vote.DECLINE.value, reasons="No offence is recorded")
        send(
            client, f"{url}vote-for/", voter=second.user_id, vote=Vote.DECLINE.value, reasons="Nothing to plan for"
        )  # fmt: skip
        assert PanelVote.objects.filter(recorded_for_them=True).count() == 1
        assert "No offence is recorded" in text_of(first.get(url))
        assert "No offence is recorded" not in text_of(author[0].get(url))
        said = {"reason": "no_offence", "text": "No offence is recorded here", "route": "Head of the unit"}
        send(client, f"{url}decline/", **said)
        send(client, f"{url}told/", **day("told_on", TODAY.isoformat()))
        text = text_of(author[0].get(url))
        assert "Declined" in text
        assert "Head of the unit" in text
        assert "Referrer told" in text

    def test_whoever_has_a_part_is_refused_with_the_rule(
        self, area: Area, agency: Agency, unit: tuple[Client, Principal]
    ) -> None:
        (client, membership), (other, second), _ = panel_of(area, unit[1])
        stored = received(area, agency, unit[1])
        Referral.objects.filter(pk=stored.pk).update(endorser=membership.user)
        give_to_panel(by=unit[1], today=TODAY, referral_id=stored.pk, note="It was read out")
        page = send(client, f"/referrals/{stored.pk}/vote/", vote="decline", reasons="Nothing to plan for")
        assert page.status_code == 422
        assert "R47" in text_of(page)
        by = Principal.for_membership(second, on=TODAY)
        cast_vote(by=by, today=TODAY, referral_id=stored.pk, vote=Vote.DECLINE, reasons="As the papers say")
        # Nor do they read what others vote.
        pages = [text_of(each.get(f"/referrals/{stored.pk}/")) for each in (client, other)]
        assert ["As the papers say" in each for each in pages] == [False, True]

    def test_a_tie_is_decided_with_a_note(
        self, area: Area, agency: Agency, man: Nominal, unit: tuple[Client, Principal]
    ) -> None:
        members = panel_of(area, unit[1], 2)
        stored = referral(area, man, agency=agency)
        give_to_panel(by=unit[1], today=TODAY, referral_id=stored.pk)
        for (_, membership), vote in zip(members, (Vote.LEVEL_2, Vote.DECLINE), strict=True):
            by = Principal.for_membership(membership, on=TODAY)
            cast_vote(by=by, today=TODAY, referral_id=stored.pk, vote=vote, reasons="As the papers say")
        url = f"/referrals/{stored.pk}/"
        assert "whoever decides in its place does" in text_of(unit[0].get(url))
        assert "Who decided, and why (optional)" not in text_of(unit[0].get(f"{url}accept/"))
        asked = send(unit[0], f"{url}accept/", level=Level.TWO.value)
        assert (asked.status_code, 'id="id_note_error"' in asked.content.decode()) == (422, True), "beside its field"
        send(unit[0], f"{url}accept/", level=Level.TWO.value, note="Head of the unit: risk is high")
        stored.refresh_from_db()
        assert stored.state == ReferralState.ACCEPTED

    def test_seats_are_named_and_ended(self, area: Area, unit: tuple[Client, Principal]) -> None:
        _, membership = visitor(area, Role.PANEL_MEMBER)
        name = membership.user.name
        send(
            unit[0], "/referrals/panel/add/", member=membership.user_id, **day("starts_on", TODAY.isoformat())
        )  # fmt: skip
        assert name in text_of(unit[0].get("/referrals/panel/"))
        held = PanelSeat.objects.get()
        send(unit[0], f"/referrals/panel/{held.pk}/end/", **day("ends_on", TODAY.isoformat()))
        clock.pretend(TODAY + DAY)
        assert name not in text_of(unit[0].get("/referrals/panel/"))

    def test_whose_seat_is_taken_is_asked_while_one_is_left(self, area: Area, unit: tuple[Client, Principal]) -> None:
        """One seat votes once on what the panel has (R46)."""
        (_, first), (_, second) = visitor(area, Role.PANEL_MEMBER), visitor(area, Role.PANEL_MEMBER)
        address, asked = "/referrals/panel/add/", "Whose seat they take"
        send(unit[0], address, member=first.user_id, **day("starts_on", TODAY.isoformat()))
        assert asked not in text_of(unit[0].get(address))
        held = PanelSeat.objects.get()
        send(unit[0], f"/referrals/panel/{held.pk}/end/", **day("ends_on", TODAY.isoformat()))
        assert f"That of {first.user.name}, which ends on" in text_of(unit[0].get(address))
        said = {"member": second.user_id, **day("starts_on", (TODAY + DAY).isoformat())}
        assert "Choose whose seat they take" in text_of(send(unit[0], address, **said))
        send(unit[0], address, number=held.number, **said)
        assert PanelSeat.objects.get(member=second.user_id).number == held.number


class TestWriting:
    @pytest.fixture
    def draft(self, agency: Agency, author: tuple[Client, Membership]) -> Referral:
        said = {"family_name": "Shale", "agency": agency.pk}
        assert send(author[0], "/referrals/start/", **said).status_code == 302
        return Referral.objects.get()

    def test_from_the_first_word_to_the_unit(
        self, area: Area, agency: Agency, draft: Referral, author: tuple[Client, Membership]
    ) -> None:
        client = author[0]
        url = f"/referrals/{draft.pk}/"
        assert "Not started" in text_of(client.get(f"{url}sections/"))
        saved = send(client, f"{url}sections/plan/", plan=COMPLETE["plan"], lower_level=COMPLETE["lower_level"])
        assert saved["Location"] == f"{url}sections/diversity/"
        text = text_of(client.get(f"{url}sections/"))
        assert "Plan Done" in text
        assert "Still needed: risk of serious harm" in text
        send(client, f"{url}sections/person/", referrer="A practitioner", category="2", level_asked=Level.TWO.value)
        for section, name in (("victims", "victims"), ("invite", "invite"), ("level", "value_reasons")):
            send(client, f"{url}sections/{section}/", **{name: COMPLETE[name]})
        send(client, f"{url}sections/risk/", risk=COMPLETE["risk"], risk_level="high")
        manager, membership = visitor(area, Role.SPOC, agency=agency)
        page = client.get(f"{url}send/")
        assert "Nobody else of the agency that refers is marked as a manager" in text_of(page)
        assert 'type="radio"' not in page.content.decode()
        Membership.objects.filter(pk=membership.pk).update(manages=True)
        send(client, f"{url}send/", endorser=membership.user_id)
        assert "Waiting for endorsement" in text_of(client.get(url))
        send(manager, f"{url}send-back/", note="Say more of the plan")
        assert "Say more of the plan" in text_of(client.get(url))
        send(client, f"{url}send/", endorser=membership.user_id)
        manager.post(f"{url}endorse/")
        draft.refresh_from_db()
        assert (draft.state, draft.received_on) == (ReferralState.SUBMITTED, TODAY)

    def test_what_was_typed_survives_and_is_offered(self, draft: Referral, author: tuple[Client, Membership]) -> None:
        client, url = author[0], f"/referrals/{draft.pk}/sections/offence/"
        typed = {"offence": "Half a", "release_on_day": "3", "referrer": "Not of this section"}
        client.post(f"{url}keep/", typed)
        assert ReferralDraft.objects.get().values == {"offence": "Half a", "release_on_day": "3"}
        page = client.get(url)
        assert "You typed more than you saved" in text_of(page)
        assert "Half a" not in text_of(page)
        assert "Half a" in text_of(client.get(f"{url}?typed=yes"))
        assert "In progress" in text_of(client.get(f"/referrals/{draft.pk}/sections/"))
        send(client, url, offence="Whole")
        assert not ReferralDraft.objects.exists()

    def test_two_who_write_see_both_texts(self, draft: Referral, author: tuple[Client, Membership]) -> None:
        client, url = author[0], f"/referrals/{draft.pk}/sections/plan/"
        before = hidden(client.get(url))
        send(client, url, plan="The first text of the plan")
        page = client.post(url, {**before, "plan": "The second text of the plan"})
        assert page.status_code == 409
        assert "The first text of the plan" in text_of(page)
        assert "The second text of the plan" in text_of(page)

    def test_of_a_person_what_the_register_knows_is_shown(self, man: Nominal, unit: tuple[Client, Principal]) -> None:
        page = unit[0].post(f"/nominals/{man.pk}/refer/")
        stored = Referral.objects.get()
        assert page["Location"] == f"/referrals/{stored.pk}/sections/"
        text = text_of(unit[0].get(f"/referrals/{stored.pk}/sections/person/"))
        assert "What the register knows" in text
        assert "Category 2" in text
        assert 'value="2" checked' in unit[0].get(f"/referrals/{stored.pk}/sections/person/").content.decode()
        offence = unit[0].get(f"/referrals/{stored.pk}/sections/offence/")
        assert "Wounding with intent; Imprisonment, 60 months" in offence.content.decode()
        marked = "Filled in from the register: check it."
        assert text_of(offence).count(marked) == len(("offence", "outcome", "outcome_on"))
        # What was saved is nobody's filling in any more.
        send(unit[0], f"/referrals/{stored.pk}/sections/offence/", offence="Wounding", outcome="caution")
        assert text_of(unit[0].get(f"/referrals/{stored.pk}/sections/offence/")).count(marked) == 1

    def test_the_overall_risk_is_worked_out_or_checked(
        self, draft: Referral, author: tuple[Client, Membership]
    ) -> None:
        client, url = author[0], f"/referrals/{draft.pk}/sections/risk/"
        send(client, url, risk_children="very_high", risk_staff="low", risk=COMPLETE["risk"])
        draft.refresh_from_db()
        assert draft.risk_level == "very_high"
        page = send(client, url, risk_children="very_high", risk_level="high", risk=COMPLETE["risk"])
        assert page.status_code == 422
        assert "the highest of the groups: very high (rule R44)" in text_of(page)
        assert "Risk to staff Low" in text_of(client.get(f"/referrals/{draft.pk}/send/"))

    def test_a_hospital_is_filled_in_and_kept_of_the_detained_only(
        self, area: Area, draft: Referral, author: tuple[Client, Membership], unit: tuple[Client, Principal]
    ) -> None:
        client, url = author[0], f"/referrals/{draft.pk}/sections/hospital/"
        assert 'value="no" checked' in client.get(url).content.decode()
        assert "Detained in hospital Not started" in text_of(client.get(f"/referrals/{draft.pk}/sections/"))
        send(client, url, detained="no", hospital="Arnold Lodge")
        draft.refresh_from_db()
        assert (draft.detained, draft.hospital) == ("no", "")
        assert "Detained in hospital Done" in text_of(client.get(f"/referrals/{draft.pk}/sections/"))
        patient = make.nominal(area, whereabouts=(make.stay(Whereabouts.HOSPITAL, TODAY - 9 * DAY),))
        order = HospitalOrder.objects.create(nominal=patient, section="37_41", responsible_clinician="Dr Fir")
        OrderStage.objects.create(order=order, kind="escorted_leave", starts_on=TODAY - 9 * DAY)
        unit[0].post(f"/nominals/{patient.pk}/refer/")
        stored = Referral.objects.get(nominal=patient)
        known = unit[0].get(f"/referrals/{stored.pk}/sections/hospital/")
        for said in ('value="yes" checked', 'value="37_41" selected', "Dr Fir", "Detained, escorted leave granted"):
            assert said in known.content.decode()
        assert text_of(known).count("Filled in from the register: check it.") >= len(("detained", "section", "leave"))
        send(unit[0], f"/referrals/{stored.pk}/sections/hospital/", detained="yes", hospital_section="37_41")
        stored.refresh_from_db()
        assert (stored.detained, stored.hospital_section, stored.clinician) == ("yes", "37_41", "")

    def test_whose_it_is_now_and_whom_it_waits_for(
        self, area: Area, agency: Agency, draft: Referral, author: tuple[Client, Membership]
    ) -> None:
        """Who was asked to endorse is said while they are waited for; who goes on with it after another, too (R44)."""
        manager = visitor(area, Role.SPOC, agency=agency, manages=True)[1].user
        given = {"referrer": f"PC {author[1].user.name}", "endorser": manager, "endorsed_by": ""}
        Referral.objects.filter(pk=draft.pk).update(**given, state=ReferralState.AWAITING_ENDORSEMENT)
        text = text_of(author[0].get(f"/referrals/{draft.pk}/"))
        assert f"{manager.name} has been asked" in text
        assert "its author is" not in text
        Referral.objects.filter(pk=draft.pk).update(referrer="Ros Godwit", state=ReferralState.DRAFT)
        text = text_of(author[0].get(f"/referrals/{draft.pk}/"))
        assert "Endorsed by Nobody yet" in text
        assert f"Who refers Ros Godwit its author is {author[1].user.name}" in text

    def test_the_findings_belong_to_category_3(self, draft: Referral, author: tuple[Client, Membership]) -> None:
        url = f"/referrals/{draft.pk}/sections/"
        assert "The two findings" not in text_of(author[0].get(url))
        send(author[0], f"{url}person/", category="3")
        assert "The two findings" in text_of(author[0].get(url))
        assert author[0].get(f"{url}nothing/").status_code == 404


def stamped(stored: Referral, *made: tuple[int, str]) -> None:
    """The referral came to these states so many days ago."""
    for on, state in made:
        ReferralChange.objects.create(
            referral=stored, verb=ReferralVerb.ENDORSE, state=state, happened_on=TODAY - on * DAY
        )


class TestNumbers:
    def test_counts_what_the_list_shows_and_goes_out_like_a_list(
        self, area: Area, agency: Agency, man: Nominal, unit: tuple[Client, Principal]
    ) -> None:
        """By agency with days, by what was asked and given; filtered; nothing hidden or unsent counts (R45, R99)."""
        client, by = unit
        other = AgencyFactory.create(area=area, name="Rowan Housing")
        came = {"received_on": TODAY - 9 * DAY, "decided_on": TODAY - 2 * DAY}
        accepted = referral(area, man, ReferralState.ACCEPTED, agency=agency, level_given=Level.TWO, **came)
        stamped(accepted, (9, "submitted"), (7, "returned"), (5, "submitted"), (4, "under_panel"), (2, "accepted"))
        declined = {"decline_reason": "no_value", "decline_text": "Nothing is gained", "route": "Head"}
        stamped(
            referral(area, state=ReferralState.DECLINED, agency=other, level_asked="3", **came, **declined),
            (9, "submitted"), (2, "declined"),
        )  # fmt: skip
        referral(area, agency=other)
        referral(area, state=ReferralState.DRAFT, agency=other, received_on=None, author=UserFactory.create())
        for handling in (Handling.CATEGORY_4, Handling.RESTRICTED):
            referral(area, make.nominal(area, handling=handling), agency=AgencyFactory.create(area=area))
        text = text_of(client.get("/referrals/numbers/"))
        assert "2 agencies" in text
        assert f"{agency.name} 1 1 0 0 0 1 5 5" in text
        assert "Rowan Housing 2 0 1 0 1 0 " in text
        for said in ("Meetings would add no value 1", "Level 3 1", "3 referrals", "7 longest, in days"):
            assert said in text, said
        assert "3</strong> referrals" in client.get("/referrals/").content.decode()
        filtered = text_of(client.get(f"/referrals/numbers/?agency={other.pk}&level=3"))
        assert "Rowan Housing 1 0 1 0 0 0 " in filtered
        assert f"{agency.name} 1" not in filtered
        found = ExportedList("/referrals/numbers/?sort=agency", by)
        lines = {line.values[0]: line.values[1:] for batch in found.batches() for line in batch.lines}
        assert lines == {agency.name: (1, 1, 0, 0, 0, 1, 5, 5), "Rowan Housing": (2, 0, 1, 0, 1, 0, 7, 7)}

    def test_today_and_the_list_name_what_waits_for_each(
        self, area: Area, agency: Agency, unit: tuple[Client, Principal], author: tuple[Client, Membership]
    ) -> None:
        """One of each, of several states, for whom it waits."""
        panel = panel_of(area, unit[1])
        manager, endorses = visitor(area, Role.SPOC, agency=agency, manages=True)
        waiting = referral(area, state=ReferralState.AWAITING_ENDORSEMENT, agency=agency, received_on=None)
        Referral.objects.filter(pk=waiting.pk).update(endorser=endorses.user, author=author[1].user)
        referral(area, state=ReferralState.RETURNED, agency=agency, author=author[1].user)
        referral(area, agency=agency)
        referral(area, state=ReferralState.UNDER_PANEL, agency=agency, rounds=1)
        seen = {
            "unit": (unit[0], {"to be handled by the unit": 1, "returned, to come again": 1}),
            "panel": (panel[0][0], {"waiting for my vote": 1, "waiting for my endorsement": 0}),
            "manager": (manager, {"waiting for my endorsement": 1, "returned or sent back to me": 0}),
            "author": (author[0], {"returned or sent back to me": 1}),
        }
        for name, (client, expected) in seen.items():
            page = client.get("/").content.decode()
            pattern = r'number">(\d+)</p>\s*<p class="app-card__label"><a[^>]*href="(/referrals/[^"]*)">([^<]*)<'
            found = {label: (int(number), url) for number, url, label in re.findall(pattern, page)}
            assert {label: found[label][0] for label in expected} == expected, name
            for label, (number, url) in found.items():
                assert f"<strong>{number}</strong> referral" in client.get(url).content.decode(), (name, label)
