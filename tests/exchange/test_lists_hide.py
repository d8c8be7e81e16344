"""Nothing of a list betrays people whom somebody may not see, and pages show what they say they show."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agencies.models import Membership
from cases.models import Exclusion, Nominal
from cases.records import IdentifierRecord
from cases.services.merging import merge_nominals
from cases.services.participation import set_handling
from exchange.models import Extract
from exchange.queries import kept_records, rows_of
from exchange.words import ExtractState, Outcome, RowState
from mappa import clock
from rules.vocabulary import Handling, IdentifierKind
from tests.exchange.files import CATEGORY_1, CATEGORY_2, LEVEL_2, TODAY, pnc, row
from tests.exchange.lists import Office, office, outcomes, table
from tests.factories.agencies import sign_in
from tests.factories.cases import nominal as stored
from tests.factories.cases import system, terrorism

pytestmark = pytest.mark.django_db

SURNAMES = ("Feldspar", "Travertine")
LISTED = [row(n, CATEGORY_1, family_name=name) for n, name in enumerate(SURNAMES, start=1)]


@pytest.fixture
def desk() -> Office:
    clock.pretend(TODAY)
    return office()


def hide(name: str, how: str, desk: Office) -> Nominal:
    person = Nominal.objects.get(family_name=name)
    if how == "excluded":
        Exclusion.objects.create(nominal=person, user_id=desk.member.user_id, reason="A neighbour", starts_on=TODAY)
    else:
        set_handling(by=system(TODAY), today=TODAY, nominal_id=person.pk, handling=Handling.RESTRICTED, reason="Leaked")
    return person


@pytest.mark.parametrize("how", ["restricted", "excluded"])
def test_a_hidden_person_comes_out_as_new_and_is_taken_without_a_hint(desk: Office, how: str) -> None:
    desk.brought_before(LISTED)
    hidden = hide("Feldspar", how, desk)

    extract = desk.bring(table(LISTED))

    assert outcomes(extract) == {"new": 1, "unchanged": 1}
    new = extract.rows.get(outcome=Outcome.NEW)
    assert (new.nominal, new.hints, new.problems) == (None, [], [])
    assert "R4" not in {note["rule"] for note in new.notes}
    desk.accept(extract, Outcome.NEW)
    new.refresh_from_db()
    assert new.state == RowState.WRITTEN
    assert new.nominal_id != hidden.pk
    assert Nominal.objects.filter(family_name="Feldspar").count() == 2


def test_whoever_is_hidden_is_not_missed(desk: Office) -> None:
    """Absence from a list is no hint either: the question is asked of those who may see the person."""
    desk.brought_before(LISTED)
    hide("Feldspar", "restricted", desk)
    assert outcomes(desk.bring(table(LISTED[1:]))) == {"unchanged": 1}


def test_category_4_does_not_exist_for_a_colleague_who_is_not_cleared(desk: Office) -> None:
    stored(
        desk.area, today=TODAY, family_name="Obsidian", grounds=(terrorism(),), handling=Handling.CATEGORY_4,
        identifiers=(IdentifierRecord(IdentifierKind.PNC, pnc(7)),),
    )  # fmt: skip
    cleared = desk.colleague(category_4=True)
    listed = [
        {"pnc": pnc(7), "family_name": "Obsidian", "given_names": "Changed", "date_of_birth": "1984-05-17"},
        {**row(8, family_name="Onyx"), "ground": "terrorist_notification", "ground_start": "2020-01-06"},
    ]
    extract = desk.bring(table([*listed, *LISTED]), by=cleared)

    seen = set(rows_of(cleared, extract).values_list("line", flat=True))
    others = set(rows_of(desk.by, extract).values_list("line", flat=True))
    assert (seen, others) == ({2, 3, 4, 5}, {4, 5})
    client = Client()
    sign_in(client, desk.member.user, acting=desk.member)
    for path in ("", "rows/"):
        text = client.get(f"/lists/{extract.pk}/{path}").content.decode()
        assert "Obsidian" not in text
        assert "Onyx" not in text
    first = rows_of(cleared, extract).get(line=2)
    assert client.get(f"/lists/rows/{first.pk}/").status_code == 404
    # Accepting "all new" reaches what one may see, and no further.
    assert desk.accept(extract, Outcome.NEW, by=desk.by) == 2


def test_a_problem_that_hints_at_somebody_is_for_those_who_may_see_them(desk: Office) -> None:
    desk.brought_before(LISTED)
    stranger = row(1, CATEGORY_2, LEVEL_2, family_name="Marl", date_of_birth="1990-07-19")
    extract = desk.bring(table([stranger]), whole=False)
    found = extract.rows.get()
    assert found.problems[0]["kind"] == "another_person"
    hidden = Nominal.objects.get(family_name="Feldspar")
    assert found.hints == [hidden.pk]
    assert rows_of(desk.colleague(), extract).count() == 1
    hide("Feldspar", "restricted", desk)
    assert rows_of(desk.by, extract).count() == 0


def test_hints_follow_a_merge(desk: Office) -> None:
    one, other, third = (
        stored(desk.area, today=TODAY, family_name="Beryl", identifiers=(IdentifierRecord(IdentifierKind.PNC, pnc(n)),))
        for n in (11, 12, 13)
    )
    extract = desk.bring(table(LISTED[:1]))
    extract.rows.update(hints=[other.pk])
    colleague, by = desk.colleague(), system(TODAY)

    for kept, absorbed in ((one, other), (third, one)):
        merge_nominals(by=by, today=TODAY, kept_id=kept.pk, absorbed_id=absorbed.pk, reason="The same prints.")

    assert kept_records([other.pk, third.pk]) == {other.pk: third.pk, third.pk: third.pk}
    assert rows_of(colleague, extract).count() == 1
    set_handling(by=by, today=TODAY, nominal_id=third.pk, handling=Handling.RESTRICTED, reason="Leaked")
    assert rows_of(colleague, extract).count() == 0


def test_gaps_between_lines_betray_nobody(desk: Office, client: Client) -> None:
    """Whoever has the file sees its lines; a colleague sees no number that a hidden row would leave a gap in."""
    extract = desk.bring(table(LISTED))
    last = extract.rows.get(line=3)
    pages = [reverse("extract-rows", args=[extract.pk]), reverse("extract-row", args=[last.pk])]

    sign_in(client, desk.member.user, acting=desk.member)
    assert "Line 3" in client.get(pages[1]).content.decode()
    colleague = Membership.objects.get(pk=desk.colleague().membership_id or 0)
    sign_in(client, colleague.user, acting=colleague)
    for page in pages:
        assert "Line 3" not in client.get(page).content.decode()
    shown = client.get(pages[1]).content.decode()
    assert "Line 1 about this person" in shown
    assert "Conviction" in shown, "codes are told in words"


def test_the_text_of_a_problem_names_lines_only_to_whoever_has_the_file(desk: Office, client: Client) -> None:
    """Two lines about one person of the register: a colleague is told so, and not where in the file the other is."""
    desk.brought_before([row(1, CATEGORY_1, family_name="Feldspar", crn="X100001")])
    once = {"family_name": "Feldspar"}
    extract = desk.bring(
        table([row(9, CATEGORY_1), row(1, CATEGORY_1, **once), row(8, CATEGORY_1, **once, crn="X100001", pnc="")])
    )
    twice = extract.rows.get(outcome=Outcome.UNMATCHED)
    assert "the one on line 3" in twice.problems[0]["reason"]
    pages = [reverse("extract-rows", args=[extract.pk]), reverse("extract-row", args=[twice.pk])]

    sign_in(client, desk.member.user, acting=desk.member)
    assert "the one on line 3 as one person" in client.get(pages[1]).content.decode()
    colleague = Membership.objects.get(pk=desk.colleague().membership_id or 0)
    sign_in(client, colleague.user, acting=colleague)
    for page in pages:
        shown = client.get(page).content.decode()
        assert "the one on another line of the list as one person" in shown
        assert "line 3" not in shown


def test_another_area_sees_no_list(desk: Office) -> None:
    extract = desk.bring(table(LISTED))
    stranger = office()
    client = Client()
    sign_in(client, stranger.member.user, acting=stranger.member)
    assert client.get(f"/lists/{extract.pk}/").status_code == 404
    assert client.get(f"/lists/{extract.pk}/rows/").status_code == 404
    assert client.get(f"/lists/rows/{extract.rows.earliest('pk').pk}/").status_code == 404
    assert rows_of(stranger.by, extract).filter(nominal__isnull=False).count() == 0


def test_the_way_through_the_pages(desk: Office, client: Client) -> None:
    """Brought in, a heading named, accepted, answered, closed: by buttons and forms alone."""
    desk.brought_before(LISTED)
    member: Membership = desk.member
    sign_in(client, member.user, acting=member)
    content = table([LISTED[0], row(9, CATEGORY_1, family_name="Agate", place="")], {"place": "Where exactly"})
    given = {"agency": desk.agency.pk, "kind": "people", "extent": "whole"}
    answer = client.post("/lists/add/", {**given, "file": SimpleUploadedFile("list.csv", content)})
    extract = Extract.objects.latest("pk")
    assert answer.headers["Location"] == f"/lists/{extract.pk}/headings/"
    page = client.get(answer.headers["Location"])
    shown = page.content.decode()
    assert "Where exactly" in shown
    for option in ("pnc: PNC ID", "noms: prison (NOMS) number", "nhs: NHS number", "visor: ViSOR reference"):
        assert option in shown, "abbreviations keep their capitals inside a sentence"
    columns = {f"column_{n}": name or "" for n, name in enumerate(extract.file.columns)}
    assert client.post(answer.headers["Location"], columns).headers["Location"] == f"/lists/{extract.pk}/"
    assert "being read" in client.get(f"/lists/{extract.pk}/").content.decode()

    desk.worked(extract)

    text = client.get(f"/lists/{extract.pk}/").content.decode()
    assert "New: 1" in text
    assert "No longer there: 1" in text
    assert client.post(f"/lists/{extract.pk}/accept/", {"outcome": "new"}).status_code == 302
    assert client.post(f"/lists/{extract.pk}/accept/", {"outcome": "new"}).status_code == 422
    assert client.post(f"/lists/{extract.pk}/accept/", {"outcome": "absent"}).status_code == 422
    desk.worked(extract)
    absent = extract.rows.get(outcome=Outcome.ABSENT)
    assert "Travertine" in client.get(f"/lists/{extract.pk}/rows/?outcome=absent").content.decode()
    assert client.post(f"/lists/{extract.pk}/close/").status_code == 422
    answer = client.post(f"/lists/rows/{absent.pk}/answer/", {"answer": "end", "reason": ""})
    assert answer.headers["Location"] == f"/nominals/{absent.nominal_id}/#grounds"
    assert client.post(f"/lists/{extract.pk}/close/").status_code == 302
    extract.refresh_from_db()
    assert extract.state == ExtractState.CLOSED


def test_a_refused_file_is_told_on_the_form(desk: Office, client: Client) -> None:
    sign_in(client, desk.member.user, acting=desk.member)
    given = {"agency": desk.agency.pk, "kind": "people", "extent": "whole"}
    answer = client.post("/lists/add/", {**given, "file": SimpleUploadedFile("list.xlsx", b"%PDF-1.7 not a sheet")})
    assert answer.status_code == 422
    assert "neither a CSV file nor a workbook" in answer.content.decode()
    assert not Extract.objects.exists()
