"""What goes in and out with a referral: documents that came, the letter that answers, e-mails at each step."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agencies.models import Absence, Agency, Area, Membership
from agencies.principal import Principal
from agencies.roles import Role
from audit.reads import AccessKind, access_of_nominal
from cases.models import Nominal, Referral, ReferralDocument, ReferralFile
from cases.referral_mail import ANSWERED, TO_ENDORSE, TO_VOTE
from cases.services.panel import cast_vote, decline_referral, name_seat
from cases.services.referral_documents import attach_document, may_attach_document
from cases.services.referrals import (
    ask_endorsement,
    endorse_referral,
    give_to_panel,
    return_referral,
    send_back,
)
from letters.kinds import letter_kind
from letters.mail import email_for
from letters.models import Copy, Message
from mappa import clock
from rules.calendar import add_working_days
from rules.core import long_date
from rules.vocabulary import DeclineReason, DocumentState, Handling, Level, ReferralState, Vote
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory
from tests.factories.cases import TODAY, at_level
from tests.factories.referrals import document, referral, seat, vote
from tests.factories.visits import day, hidden, text_of, visitor
from tests.letters.reading import body_of_pdf, body_of_word, furniture_of_word, pages_of, squeezed
from tests.letters.test_received import SCRIPT, WORD, paper, stream

DAY = timedelta(days=1)
HOSTILE = paper(root=b"/OpenAction " + SCRIPT)


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
        area, family_name="Shale", given_names="Declan", grounds=(make.qualifying(TODAY - 400 * DAY),),
        levels=(at_level(Level.ONE, TODAY - 400 * DAY),),
    )  # fmt: skip


def principal(membership: Membership) -> Principal:
    return Principal.for_membership(membership, on=TODAY)


def file(content: bytes, name: str = "Shale Declan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def send(client: Client, url: str, **said: Any) -> Any:
    return client.post(url, {**hidden(client.get(url)), **said})


class TestDocuments:
    def test_one_comes_with_the_referral_and_goes_out_as_it_came(
        self, agency: Agency, unit: tuple[Client, Principal]
    ) -> None:
        client = unit[0]
        page = send(
            client, "/referrals/register/", family_name="Gneiss", agency=agency.pk, referrer="Priya Dunnock",
            category="2", level_asked=Level.TWO.value, document=file(paper(), "Gneiss.exe"),
            **day("received_on", TODAY.isoformat()),
        )  # fmt: skip
        stored = ReferralDocument.objects.get()
        assert (stored.state, stored.kind, stored.what) == (DocumentState.CLEAN, "pdf", "Referral")
        text = text_of(client.get(page["Location"]))
        assert "The document has been added." in text
        assert "Referral PDF, 1 kB Looked through" in text
        found = client.post(f"/referrals/documents/{stored.pk}/")
        assert found.content == paper()
        assert found["Content-Type"] == "application/pdf"
        assert found["X-Content-Type-Options"] == "nosniff"
        name = f"referral-{stored.referral_id}-document-{stored.pk}.pdf"
        assert found["Content-Disposition"] == f'attachment; filename="{name}"'

    def test_without_one_the_page_says_so_and_shows_what_is_typed(
        self, area: Area, agency: Agency, unit: tuple[Client, Principal]
    ) -> None:
        """Panel members read it there; what nobody typed is not said to stand in a document that is not here (R46)."""
        page = send(
            unit[0], "/referrals/register/", family_name="Gneiss", agency=agency.pk, referrer="Priya Dunnock",
            category="2", level_asked=Level.TWO.value, **day("received_on", TODAY.isoformat()),
        )  # fmt: skip
        stored, url = Referral.objects.get(), page["Location"]
        text = text_of(unit[0].get(url))
        assert "The unit registered it without a document: only what has been typed is here." in text
        assert "as a document" not in text
        seat(area)
        assert "No document of it can be read here." in text_of(unit[0].get(f"{url}to-panel/"))
        Referral.objects.filter(pk=stored.pk).update(risk="To the woman he lives with")
        document(stored, DocumentState.RECEIVED)
        text = text_of(visitor(area, Role.PANEL_MEMBER)[0].get(url))
        assert "To the woman he lives with" in text
        assert "No document of it can be given out: only what has been typed is here." in text
        document(stored)
        assert "It came as a document: what is not typed here stands there." in text_of(unit[0].get(url))

    def test_a_hostile_one_is_held_back_and_another_takes_its_place(
        self, area: Area, agency: Agency, man: Nominal, unit: tuple[Client, Principal]
    ) -> None:
        client, stored = unit[0], referral(area, man, agency=agency)
        url = f"/referrals/{stored.pk}/documents/add/"
        text = text_of(client.get(send(client, url, what="Report", document=file(HOSTILE))["Location"]))
        assert "Held back" in text
        assert "The PDF holds a script. Add another in its place." in text
        held = ReferralDocument.objects.get()
        assert not ReferralFile.objects.exists(), "its bytes are not kept"
        page = client.post(f"/referrals/documents/{held.pk}/")
        assert page.status_code == 422
        assert "This document is held back. The PDF holds a script." in text_of(page)
        send(client, url, what="Report", document=file(WORD))
        clean = ReferralDocument.objects.get(state=DocumentState.CLEAN)
        assert client.post(f"/referrals/documents/{clean.pk}/")["Content-Type"].endswith("wordprocessingml.document")
        assert AccessKind.PRINT in {row.kind for row in access_of_nominal(unit[1], man.pk)}

    @pytest.mark.parametrize(
        ("content", "why"),
        [(b"MZ program", "neither a PDF nor a Word document"), (b"", "The document is empty."), (None, "Choose the")],
    )
    def test_another_kind_is_said_beside_the_field(
        self, area: Area, agency: Agency, unit: tuple[Client, Principal], content: bytes | None, why: str
    ) -> None:
        url = f"/referrals/{referral(area, agency=agency).pk}/documents/add/"
        page = send(unit[0], url, what="Report", **({} if content is None else {"document": file(content)}))
        assert page.status_code == 422
        assert why in text_of(page)
        assert not ReferralDocument.objects.exists()

    def test_not_served_before_it_is_looked_through(
        self, area: Area, agency: Agency, unit: tuple[Client, Principal]
    ) -> None:
        held = document(referral(area, agency=agency), DocumentState.RECEIVED)
        assert unit[0].post(f"/referrals/documents/{held.pk}/").status_code == 422

    def test_panel_and_author_read_it_nobody_else_does(
        self, area: Area, agency: Agency, author: tuple[Client, Membership]
    ) -> None:
        stored = document(referral(area, agency=agency, author=author[1].user))
        url = f"/referrals/documents/{stored.pk}/"
        panel, other = visitor(area, Role.PANEL_MEMBER)[0], visitor(area, Role.SPOC)[0]
        elsewhere = visitor(AreaFactory.create())[0]
        assert [each.post(url).status_code for each in (author[0], panel, other, elsewhere)] == [200, 200, 404, 404]
        closed = document(referral(area, make.nominal(area, handling=Handling.RESTRICTED), agency=agency))
        assert author[0].post(f"/referrals/documents/{closed.pk}/").status_code in (403, 404)
        assert panel.post(f"/referrals/documents/{closed.pk}/").status_code == 403
        kept = document(
            referral(area, agency=agency, author=author[1].user, state=ReferralState.DRAFT, received_on=None)
        )
        assert [each.post(f"/referrals/documents/{kept.pk}/").status_code for each in (author[0], panel)] == [200, 404]

    def test_who_may_add_and_until_when(
        self, area: Area, agency: Agency, unit: tuple[Client, Principal], author: tuple[Client, Membership]
    ) -> None:
        own, colleague = principal(author[1]), principal(visitor(area, Role.SPOC, agency=agency)[1])
        for state, by_author, by_unit in (
            (ReferralState.DRAFT, True, False),
            (ReferralState.AWAITING_ENDORSEMENT, False, False),
            (ReferralState.SUBMITTED, True, True),
            (ReferralState.UNDER_PANEL, False, True),
            (ReferralState.WITHDRAWN, False, False),
        ):
            handed_in = state not in (ReferralState.DRAFT, ReferralState.AWAITING_ENDORSEMENT)
            stored = referral(
                area, agency=agency, state=state, author=author[1].user, received_on=TODAY if handed_in else None,
                rounds=int(state is ReferralState.UNDER_PANEL),
            )  # fmt: skip
            said = [bool(may_attach_document(stored, by=by, today=TODAY)) for by in (own, unit[1], colleague)]
            assert said == [by_author, by_unit, False], state
            if state is ReferralState.UNDER_PANEL:
                # Nobody votes on other papers than the one before.
                vote(stored, Vote.DECLINE)
                assert not may_attach_document(stored, by=unit[1], today=TODAY)
        large = paper(stream(b"x" * 2_500_000))
        added = attach_document(
            by=own, today=TODAY, referral_id=referral(area, agency=agency, author=author[1].user).pk, what="Report",
            content=large,
        )  # fmt: skip
        assert added.state == DocumentState.CLEAN
        assert (added.pieces.count(), added.referral.version) == (3, 2)
        assert author[0].post(f"/referrals/documents/{added.pk}/").content == large


class TestLetter:
    def letters(self, client: Client, stored: Referral) -> str:
        """The letter as PDF and as Word, which say the same; its text without white space."""
        url = f"/referrals/{stored.pk}/letter/"
        pdf, word = client.post(f"{url}?file=pdf"), client.post(f"{url}?file=docx")
        assert pdf["Content-Type"] == "application/pdf"
        assert f"referral-{stored.pk}-letter-copy-" in word["Content-Disposition"]
        assert "OFFICIAL-SENSITIVE" in pages_of(pdf.content)[0]
        assert "OFFICIAL-SENSITIVE" in furniture_of_word(word.content)
        assert Copy.objects.filter(what="referral_letter").count() == 2
        drawn = str.maketrans("", "", "•:12.")
        body = squeezed(body_of_pdf(pdf.content, head=2, foot=3))
        assert body.translate(drawn) == squeezed(body_of_word(word.content)).translate(drawn)
        return body

    def test_of_a_decline_says_why_and_how_to_escalate(
        self, area: Area, agency: Agency, author: tuple[Client, Membership]
    ) -> None:
        stored = referral(
            area, agency=agency, state=ReferralState.DECLINED, author=author[1].user, victims="Victim A of Elm Row",
            decided_on=TODAY, told_on=TODAY, decline_reason=DeclineReason.LOWER_LEVEL,
            decline_text="Home visits hold the risk.", route="Head of the unit, within ten working days",
        )  # fmt: skip
        assert "Letter as PDF" in text_of(author[0].get(f"/referrals/{stored.pk}/"))
        text = self.letters(author[0], stored)
        for each in (
            "A referral has been declined", "Northdale probation", "A lower level gives a defensible plan",
            "Home visits hold the risk.", "Head of the unit, within ten working days", "Referrer told",
        ):  # fmt: skip
            assert squeezed(each) in text
        assert "Elm" not in text

    def test_of_an_acceptance_says_level_and_first_meeting(
        self, area: Area, agency: Agency, man: Nominal, unit: tuple[Client, Principal]
    ) -> None:
        stored = referral(area, man, agency=agency)
        members = [visitor(area, Role.PANEL_MEMBER)[1] for _ in range(2)]
        for each in members:
            name_seat(by=unit[1], today=TODAY, area_id=area.pk, member_id=each.user_id, starts_on=TODAY)
        give_to_panel(by=unit[1], today=TODAY, referral_id=stored.pk)
        assert unit[0].post(f"/referrals/{stored.pk}/letter/").status_code == 422
        for each in members:
            cast_vote(
                by=principal(each), today=TODAY, referral_id=stored.pk, vote=Vote.LEVEL_2, reasons="Agencies must meet"
            )
        text = self.letters(unit[0], stored)
        due = long_date(add_working_days(TODAY, 20))
        by_when = f"is due on {due}, 20 working days from acceptance on {long_date(TODAY)} (rule R49)."
        for said in ("Declan Shale", "Level 2", "2 votes accept at Level 2 (rule R46)", f"The first meeting {by_when}"):
            assert squeezed(said) in text
        assert not [each for each in members if squeezed(each.user.name) in text], "nobody's vote is named"

    def test_of_a_return_says_what_is_missing(self, area: Area, agency: Agency, unit: tuple[Client, Principal]) -> None:
        stored = referral(area, agency=agency)
        return_referral(by=unit[1], today=TODAY, referral_id=stored.pk, note="Who is at risk, and where?")
        assert squeezed("Who is at risk, and where?") in self.letters(unit[0], stored)


def told(kind: str) -> set[int]:
    return set(Message.objects.filter(kind=kind).values_list("recipient", flat=True))


class TestMail:
    def test_at_each_step_the_right_people_once(
        self, area: Area, agency: Agency, unit: tuple[Client, Principal], author: tuple[Client, Membership]
    ) -> None:
        own, manager = author[1], visitor(area, Role.SPOC, agency=agency, manages=True)[1]
        stored = referral(area, agency=agency, state=ReferralState.DRAFT, author=own.user, endorsed_by="")
        pk = stored.pk

        ask_endorsement(by=principal(own), today=TODAY, referral_id=pk, endorser_id=manager.user_id)
        assert told(TO_ENDORSE) == {manager.user_id}
        send_back(by=principal(manager), today=TODAY, referral_id=pk, note="Say more")
        assert not letter_kind(TO_ENDORSE).still_wanted(pk, manager.user, TODAY)
        ask_endorsement(by=principal(own), today=TODAY, referral_id=pk, endorser_id=manager.user_id)
        assert letter_kind(TO_ENDORSE).still_wanted(pk, manager.user, TODAY)
        endorse_referral(by=principal(manager), today=TODAY, referral_id=pk)
        assert Message.objects.filter(kind=TO_ENDORSE).count() == 2

        plain, away, barred, stand_in, other = (visitor(area, Role.PANEL_MEMBER)[1] for _ in range(5))
        Absence.objects.create(user=away.user, starts_on=TODAY, ends_on=TODAY)
        Referral.objects.filter(pk=pk).update(endorser=barred.user)
        for member, substitute in ((plain, None), (away, stand_in), (barred, other)):
            name_seat(
                by=unit[1], today=TODAY, area_id=area.pk, member_id=member.user_id, starts_on=TODAY,
                substitute_id=substitute.user_id if substitute else None,
            )  # fmt: skip
        give_to_panel(by=unit[1], today=TODAY, referral_id=pk)
        assert told(TO_VOTE) == {plain.user_id, stand_in.user_id, other.user_id}
        wanted = letter_kind(TO_VOTE).still_wanted
        assert wanted(pk, plain.user, TODAY)
        cast_vote(by=principal(plain), today=TODAY, referral_id=pk, vote=Vote.DECLINE, reasons="Nothing to plan")
        assert not wanted(pk, plain.user, TODAY)
        assert wanted(pk, stand_in.user, TODAY)
        assert not wanted(pk, barred.user, TODAY)
        cast_vote(by=principal(other), today=TODAY, referral_id=pk, vote=Vote.DECLINE, reasons="Nothing to plan")
        decline_referral(
            by=unit[1], today=TODAY, referral_id=pk, reason=DeclineReason.NO_VALUE, text="Two agencies meet already",
            route="Head of unit",
        )  # fmt: skip
        messages = Message.objects.filter(kind=ANSWERED)
        assert [each.recipient_id for each in messages] == [own.user_id, own.user_id], "sent back, and declined"
        assert letter_kind(ANSWERED).still_wanted(pk, own.user, TODAY)
        mail = email_for(messages[0])
        whole = f"{mail.subject}\n{mail.body}\n{mail.alternatives[0]}"
        assert f"/referrals/{pk}/" in whole
        assert "Shale" not in whole

    def test_nobody_is_told_of_what_they_cannot_open(
        self, area: Area, agency: Agency, unit: tuple[Client, Principal], author: tuple[Client, Membership]
    ) -> None:
        cleared = MembershipFactory.create(area=area, role=Role.COORDINATOR, user__category_4=True)
        secret = make.nominal(area, handling=Handling.CATEGORY_4, grounds=(make.terrorism(),))
        stored = referral(area, secret, agency=agency, author=author[1].user)
        member = visitor(area, Role.PANEL_MEMBER)[1]
        name_seat(by=unit[1], today=TODAY, area_id=area.pk, member_id=member.user_id, starts_on=TODAY)
        give_to_panel(by=principal(cleared), today=TODAY, referral_id=stored.pk)
        return_referral(by=principal(cleared), today=TODAY, referral_id=stored.pk, note="Belongs elsewhere")
        assert not Message.objects.filter(kind__in=[TO_VOTE, ANSWERED]).exists()
