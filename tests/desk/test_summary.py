"""The printed summary: of the day asked, marked and numbered, with its evidence, and nothing else left behind."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from agencies.models import Area
from agencies.roles import Role
from audit.context import AccessKind
from audit.reads import access_of_nominal
from cases.models import HospitalOrder, Nominal, OrderStage
from cases.records import (
    AddressRecord,
    AliasRecord,
    BackgroundRecord,
    ConnectedPersonRecord,
    ProcessRecord,
    StaffWarningRecord,
)
from cases.services.participation import grant_to_person, set_handling
from desk.looking import who_looked
from letters.models import Copy
from rules.vocabulary import (
    Handling,
    HospitalSection,
    HospitalStage,
    Level,
    ProcessKind,
    Purpose,
    Tenure,
    WarningKind,
)
from tests.factories.agencies import MembershipFactory, principal_for, sign_in
from tests.factories.cases import LONG_AGO, TODAY, at_level, meeting, nominal, notification, pnc, qualifying, system
from tests.factories.visits import day, hidden, text_of, visitor
from tests.letters.reading import body_of_pdf, body_of_word, furniture_of_word, pages_of, squeezed

YEAR_AGO = TODAY - timedelta(days=365)


@pytest.fixture
def barytes(area: Area) -> Nominal:
    """At Level 1 and Category 2 a year ago; today at Level 2 and Category 1."""
    return nominal(
        area,
        family_name="Barytes",
        given_names="Peter",
        date_of_birth=date(2000, 11, 23),
        identifiers=(pnc(9_000_036),),
        aliases=(AliasRecord("Baryt", "Pete"),),
        grounds=(qualifying(), notification(TODAY - timedelta(days=30))),
        levels=(at_level(Level.ONE), at_level(Level.TWO, TODAY - timedelta(days=60))),
        meetings=(meeting(TODAY - timedelta(days=59)),),
    )


def ask(client: Client, person: Nominal, on: str = TODAY.isoformat(), kind: str = "pdf") -> HttpResponse:
    url = f"/nominals/{person.pk}/summary/"
    form: Any = client.get(url)
    answer: Any = client.post(url, {**hidden(form), **day("on", on), "kind": kind})
    return answer


def test_says_category_and_level_with_their_first_days(coordinator: Client, barytes: Nominal) -> None:
    words = body_of_pdf(ask(coordinator, barytes).content, head=2, foot=3)
    for said in (
        "Peter Barytes",
        "Category 1, since 24 October 2026",
        "Level 2, since 24 September 2026",
        "Pete Baryt",
        "Dates ahead",
    ):
        assert squeezed(said) in squeezed(words)


def test_of_a_day_gone_by_it_says_what_held_then_and_what_holds_now(coordinator: Client, barytes: Nominal) -> None:
    """R70: a recall is decided on the level and category of the date in question."""
    words = squeezed(body_of_pdf(ask(coordinator, barytes, YEAR_AGO.isoformat()).content, head=2, foot=3))
    then, _, now = words.partition(squeezed("Category and level on 23 November 2026"))
    assert squeezed("Category and level on 23 November 2025") in then
    assert squeezed("Category 2, since 6 January 2020") in then
    assert squeezed("Level 1, since 6 January 2020") in then
    assert squeezed("Category 1, since 24 October 2026") in now
    assert squeezed("Datesahead") not in now
    grounds = now.partition("Legalgrounds")[2]
    assert squeezed("Sexual offence notification requirement") not in grounds, "it began later"


@pytest.mark.parametrize(
    ("on", "age"),
    [
        pytest.param(TODAY, "(aged 26)", id="today, the birthday"),
        pytest.param(YEAR_AGO - timedelta(days=1), "(aged 24 on 22 November 2025)", id="the eve of one"),
        pytest.param(date(2000, 11, 23), "(aged 0 on 23 November 2000)", id="the day of birth"),
        pytest.param(date(2000, 11, 22), "", id="before birth"),
    ],
)
def test_says_how_old_the_person_was_on_the_day(coordinator: Client, barytes: Nominal, on: date, age: str) -> None:
    words = squeezed(body_of_pdf(ask(coordinator, barytes, on.isoformat()).content, head=2, foot=3))
    assert squeezed(f"23 November 2000{age}Sex") in words.replace(":", "")


def test_a_level_that_ended_after_the_day_was_open_on_it(coordinator: Client, barytes: Nominal) -> None:
    then, now = (
        squeezed(body_of_pdf(ask(coordinator, barytes, on).content, head=2, foot=3))
        for on in (YEAR_AGO.isoformat(), TODAY.isoformat())
    )
    assert squeezed("Level 1 6 January 2020 Open") in then
    assert squeezed("23 September 2026") not in then, "the end of Level 1, by a decision that nobody knew of"
    assert squeezed("Level 1 6 January 2020 23 September 2026") in now


def test_says_what_surrounds_the_person_on_the_day(coordinator: Client, area: Area) -> None:
    man = nominal(
        area,
        family_name="Barytes",
        addresses=(AddressRecord(LONG_AGO, lines="1 Baryte Row", postcode="ZZ99 1AA", tenure=Tenure.SOCIAL),),
        backgrounds=(BackgroundRecord(interpreter=True, language="Polish", religion="Quaker"),),
        connected_people=(
            ConnectedPersonRecord("Ivy Rowan", "Mother", at_risk=True),
            ConnectedPersonRecord("Holly Elm", "Partner", ended_on=TODAY),
        ),
        parallel_processes=(
            ProcessRecord(ProcessKind.MARAC, LONG_AGO, reference="M-17"),
            ProcessRecord(ProcessKind.VICTIM_CONTACT, LONG_AGO),
        ),
        staff_warnings=(
            StaffWarningRecord(WarningKind.DOGS, "Ask for the dog to be shut away.", LONG_AGO),
            StaffWarningRecord(WarningKind.DOGS, "Two dogs.", TODAY - timedelta(days=9), TODAY - timedelta(days=1)),
        ),
    )
    order = HospitalOrder.objects.create(nominal=man, section=HospitalSection.HOSPITAL, court="Derby Crown Court")
    OrderStage.objects.create(order=order, kind=HospitalStage.DETAINED, starts_on=LONG_AGO)
    words = squeezed(body_of_pdf(ask(coordinator, man).content, head=2, foot=3))
    home = "1 Baryte Row, ZZ99 1AA. Rents from a housing association or other social landlord"
    for said in (home, "Ask for the dog", "Ivy Rowan", "M-17", "Polish", "Derby Crown Court", "since 6 January 2020"):
        assert squeezed(said) in words
    for unsaid in ("Holly Elm", "Two dogs", "Quaker", "Victim contact"):
        assert squeezed(unsaid) not in words
    word = squeezed(body_of_word(ask(coordinator, man, kind="docx").content))
    drawn = str.maketrans("", "", "•:")
    assert words.translate(drawn) == word.translate(drawn)


def test_both_files_say_the_same(coordinator: Client, barytes: Nominal) -> None:
    pdf = squeezed(body_of_pdf(ask(coordinator, barytes).content, head=2, foot=3))
    word = squeezed(body_of_word(ask(coordinator, barytes, kind="docx").content))
    drawn = str.maketrans("", "", "•:")
    assert pdf.translate(drawn) == word.translate(drawn)


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_every_copy_is_marked_and_numbered(area: Area, barytes: Nominal, kind: str) -> None:
    client, member = visitor(area)
    first, second = ask(client, barytes, kind=kind), ask(client, barytes, kind=kind)
    numbers = list(Copy.objects.order_by("pk").values_list("pk", flat=True))
    assert len(numbers) == 2
    for response, number in zip((first, second), numbers, strict=True):
        pages = pages_of(response.content) if kind == "pdf" else [furniture_of_word(response.content)]
        for page in pages:
            assert "OFFICIAL-SENSITIVE" in page
            assert f"{member.user.name}, MAPPA coordinator" in page
            assert f"Copy {number}." in page
        assert response["Content-Disposition"] == (f'attachment; filename="record-{barytes.pk}-copy-{number}.{kind}"')
        assert "no-store" in response["Cache-Control"]


def test_it_is_in_the_evidence_as_a_print(area: Area, coordinator: Client, barytes: Nominal) -> None:
    ask(coordinator, barytes)
    latest = access_of_nominal(system(), barytes.pk)[0]
    assert (latest.kind, latest.route, latest.root_ids) == (AccessKind.PRINT, "nominal-summary", [barytes.pk])
    look = who_looked(system(), barytes.pk).rows[0]
    assert (look.what, list(look.pages)) == ("Printed", ["summary"])
    assert "Copy taken" in text_of(coordinator.get(f"/nominals/{barytes.pk}/history/"))


def test_what_it_is_for_stands_in_the_access_log(area: Area, coordinator: Client, barytes: Nominal) -> None:
    url = f"/nominals/{barytes.pk}/summary/"
    form: Any = coordinator.get(url)
    said = {**hidden(form), **day("on", TODAY.isoformat()), "kind": "pdf"}
    assert coordinator.post(url, {**said, "purpose": "a word of one's own"}).status_code == 422
    coordinator.post(url, {**said, "purpose": Purpose.COURT})
    assert access_of_nominal(system(), barytes.pk)[0].purpose == Purpose.COURT.label
    reader = MembershipFactory.create(area=area, role=Role.INFORMATION_GOVERNANCE)
    sign_in(coordinator, reader.user, acting=reader)
    log = f"/logs/access/records/{barytes.pk}/"
    assert Purpose.COURT.label in text_of(coordinator.get(log, {"purpose": "court"})).rpartition("Clear filters")[2]
    assert "Printed" not in text_of(coordinator.get(log, {"purpose": "meeting"})).rpartition("Clear filters")[2]


def test_without_its_evidence_there_is_no_file(
    coordinator: Client, barytes: Nominal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from audit import middleware
    from audit.reads import EvidenceNotWritten

    def broken(*_: object, **__: object) -> None:
        raise EvidenceNotWritten

    url = f"/nominals/{barytes.pk}/summary/"
    monkeypatch.setattr(middleware, "write_access", broken)
    response = coordinator.post(url, {**day("on", TODAY.isoformat()), "kind": "pdf"})
    assert response.status_code == 503
    assert b"%PDF" not in response.content
    assert not Copy.objects.exists()


@pytest.mark.parametrize(
    ("on", "kind", "said"),
    [
        ((TODAY + timedelta(days=1)).isoformat(), "pdf", "The day cannot be later than today."),
        (TODAY.isoformat(), "exe", "choose one of the options"),
    ],
)
def test_what_cannot_be_made_is_said_beside_the_field(
    coordinator: Client, barytes: Nominal, on: str, kind: str, said: str
) -> None:
    response = ask(coordinator, barytes, on, kind)
    assert response.status_code == 422
    assert said in text_of(response)
    assert not Copy.objects.exists()


def test_it_is_offered_on_the_record(coordinator: Client, barytes: Nominal) -> None:
    page = coordinator.get(f"/nominals/{barytes.pk}/").content.decode()
    assert f'href="/nominals/{barytes.pk}/summary/"' in page


def test_a_reader_by_grant_may_print_what_they_read(area: Area, barytes: Nominal) -> None:
    member = MembershipFactory.create(area=area, role=Role.PRACTITIONER)
    client = Client()
    sign_in(client, member.user, acting=member)
    assert client.get(f"/nominals/{barytes.pk}/summary/").status_code == 404
    grant_to_person(by=system(), today=TODAY, nominal_id=barytes.pk, user_id=member.user_id, starts_on=LONG_AGO)
    assert ask(client, barytes).content.startswith(b"%PDF")


def test_a_restricted_record_is_a_card_here_too(area: Area, coordinator: Client, barytes: Nominal) -> None:
    member = MembershipFactory.create(area=area, role=Role.COORDINATOR)
    set_handling(
        by=principal_for(member, on=TODAY),
        today=TODAY,
        nominal_id=barytes.pk,
        handling=Handling.RESTRICTED,
        reason="Leaked",
    )
    assert coordinator.get(f"/nominals/{barytes.pk}/summary/").status_code == 403
