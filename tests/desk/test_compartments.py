"""What a record's history shows to whom: a word that each table holds, looked for wherever the change log is read."""

import pytest
from django.urls import reverse

from agencies.models import Area, Membership
from agencies.roles import Role
from audit.presenters import history_of
from cases.models import Nominal, ReferralChange, ReferralDocument
from cases.records import PersonalGrantRecord
from cases.services.referrals import Subject, ask_endorsement, keep_draft, start_referral, write_referral
from desk.compartments import READ_WITH
from mappa import clock
from rules.vocabulary import AdviceOutcome, InvitationAnswer, ReferralState, ReferralVerb, SlotVerb, Vote
from tests.exchange.taking_out import asked, browser_of, fetched
from tests.factories import meetings as plan
from tests.factories.agencies import AgencyFactory, MembershipFactory, principal_for
from tests.factories.cases import LONG_AGO, TODAY, nominal, system
from tests.factories.referrals import COMPLETE, document, first_notification, referral, vote
from tests.factories.visits import text_of, visitor

# Of a draft its text and its document, of a referral its text, a vote, what was missing, its document.
REFERRALS = ("andesite", "basanite", "charnockite", "dacite", "epidosite", "felsite")
ADVICE, NOTIFIED, MEETING, INVITED = "gabbro", "hornfels", "ignimbrite", "jasperoid"
MAY_READ = {
    Role.COORDINATOR: {ADVICE, NOTIFIED, MEETING, INVITED},
    Role.PRACTITIONER: {NOTIFIED, MEETING},
    Role.REVIEWER: set[str](),
}
CLOSED = (Role.SPOC, Role.SMB_MEMBER, Role.INFORMATION_GOVERNANCE)


@pytest.fixture
def readers(area: Area) -> dict[Role, Membership]:
    return {role: MembershipFactory(area=area, role=role) for role in (*MAY_READ, *CLOSED)}


@pytest.fixture
def man(area: Area, readers: dict[Role, Membership]) -> Nominal:
    grants = tuple(PersonalGrantRecord(each.user_id, LONG_AGO) for each in readers.values())
    stored = nominal(area, personal_grants=grants)
    draft = referral(
        area, stored, ReferralState.DRAFT, author=MembershipFactory(area=area).user, received_on=None, plan=REFERRALS[0]
    )
    handed_in = referral(area, stored, ReferralState.RETURNED, rounds=1, plan=REFERRALS[2])
    vote(handed_in, Vote.DECLINE)
    handed_in.votes.update(reasons=REFERRALS[3])
    ReferralChange.objects.create(
        referral=handed_in, verb=ReferralVerb.RETURN, state=handed_in.state, happened_on=TODAY, note=REFERRALS[4]
    )
    for of, words in ((draft, REFERRALS[1]), (handed_in, REFERRALS[5])):
        ReferralDocument.objects.filter(pk=document(of).pk).update(what=words)
    stored.advice.create(area=area, asked_by="A caller", said=ADVICE, outcome=AdviceOutcome.MARAC, given_on=TODAY)
    first_notification(area, stored, offence=NOTIFIED)
    slot = plan.slot(stored, why=MEETING)
    slot.changes.create(verb=SlotVerb.CANCELLED, starts_at=slot.starts_at, happened_on=TODAY, why=MEETING)
    said = {"answer": InvitationAnswer.NOT_NEEDED, "why_not": INVITED, "answered_on": TODAY}
    plan.invitation(slot, AgencyFactory(area=area), **said)
    return stored


def test_each_reads_what_their_pages_show(man: Nominal, readers: dict[Role, Membership]) -> None:
    words = {*REFERRALS, ADVICE, NOTIFIED, MEETING, INVITED}
    # What the register held on a day is told by evidence, which knows the real day only.
    clock.pretend(None)
    for role, expected in MAY_READ.items():
        client = browser_of(readers[role])
        for name in ("nominal-history", "nominal-on-day"):
            response = client.get(reverse(name, args=[man.pk]))
            assert response.status_code == 200, (role, name)
            assert {word for word in words if word in text_of(response)} == expected, (role, name)
            for what in ("Referral change", "Vote of the panel", "Document of a referral"):
                assert what.casefold() not in text_of(response).casefold(), (role, name)
    for role in CLOSED:
        client = browser_of(readers[role])
        assert client.get(reverse("nominal-history", args=[man.pk])).status_code in (403, 404), role
        page = client.get(reverse("nominal-on-day", args=[man.pk]))
        assert not {word for word in words if word in text_of(page)}, role


def test_information_governance_reads_that_it_was_written_and_no_word(
    man: Nominal, readers: dict[Role, Membership]
) -> None:
    member = readers[Role.INFORMATION_GOVERNANCE]
    url = reverse("change-log-nominal", args=[man.pk])
    browser = browser_of(member)
    page = text_of(browser.get(url, {"table": "cases_referral"}))
    file = fetched(browser, asked(browser, of=url)).content.decode()
    for told in (page, file):
        assert "current risk management plan" in told
    for word in (*REFERRALS, ADVICE, NOTIFIED, MEETING, INVITED):
        assert word not in page, word
        assert word not in file, word


def test_a_draft_leaves_no_event_and_no_letter_in_the_history(area: Area) -> None:
    author, manager = (MembershipFactory(area=area, role=Role.PRACTITIONER) for _ in range(2))
    manager.agency, manager.manages = author.agency, True
    manager.save()
    man = nominal(area, personal_grants=(PersonalGrantRecord(author.user_id, LONG_AGO),))
    by = principal_for(author, on=TODAY)
    about = {"by": by, "today": TODAY}
    before = len(history_of(system(), man.pk, compartments=list(READ_WITH)))
    draft = start_referral(**about, agency_id=author.agency_id, subject=Subject(nominal_id=man.pk))
    keep_draft(**about, referral_id=draft.pk, section="plan", values={"plan": "Hal"})
    values = {name: value for name, value in COMPLETE.items() if name not in ("received_on", "endorsed_by")}
    write_referral(**about, referral_id=draft.pk, section="plan", values=values, version=draft.version)
    ask_endorsement(**about, referral_id=draft.pk, endorser_id=manager.user_id)
    draft.refresh_from_db()
    assert draft.state == ReferralState.AWAITING_ENDORSEMENT
    unit = visitor(area)[0]
    told = text_of(unit.get(reverse("nominal-history", args=[man.pk])))
    for word in ("Referral started", "Referral written", "draft", "endorsement", "Hal"):
        assert word not in told, word
    titles = [title for entry in history_of(system(), man.pk) for title in entry.titles]
    assert "Letter posted" not in titles
    assert len(history_of(system(), man.pk)) == before
