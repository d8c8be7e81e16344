"""What the pages of a list say of its rows, and what they ask before something is done that cannot be taken back."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Membership
from exchange.models import Extract
from exchange.services.rows import answer_absence, answer_absences
from exchange.words import Answer, ExtractState, Outcome, RowState
from mappa import clock
from rules.core import Refused
from rules.vocabulary import IdentifierKind
from tests.exchange.files import CATEGORY_2, TODAY, row
from tests.exchange.lists import Office, office, row_of_line, table
from tests.factories.agencies import sign_in

pytestmark = pytest.mark.django_db

SURNAMES = ("Feldspar", "Travertine", "Basalt")
LISTED = [row(n, CATEGORY_2, family_name=name) for n, name in enumerate(SURNAMES, start=1)]


@pytest.fixture
def desk(client: Client) -> Office:
    """Whoever brings lists in is signed in."""
    clock.pretend(TODAY)
    found = office()
    sign_in(client, found.member.user, acting=found.member)
    return found


def shown(client: Client, extract: Extract, query: str = "") -> str:
    return client.get(reverse("extract-rows", args=[extract.pk]) + query).content.decode()


def shown_row(client: Client, extract: Extract, line: int) -> str:
    return client.get(reverse("extract-row", args=[row_of_line(extract, line).pk])).content.decode()


def colleague_of(desk: Office) -> Client:
    member = Membership.objects.get(pk=desk.colleague().membership_id or 0)
    client = Client()
    sign_in(client, member.user, acting=member)
    return client


def test_what_cannot_be_read_says_line_and_column_to_whoever_has_the_file(desk: Office, client: Client) -> None:
    lines = table([LISTED[0], LISTED[1], LISTED[2] | {"ground_start": "last spring"}]).decode().splitlines()
    cells = lines[0].count(",") + 1
    lines[1:3] = [lines[1] + ",more", lines[2] + ",more"]
    extract = desk.bring("\r\n".join(lines).encode())

    said = shown(client, extract, "?outcome=unmatched")

    assert [f"Line {n}: the row has {cells + 1} cells" in said for n in (2, 3)] == [True, True]
    assert "Line 4, column Ground start: " in said
    theirs = shown(colleague_of(desk), extract, "?outcome=unmatched")
    assert [f"Line {n}" in theirs for n in (2, 3, 4)] == [False] * 3, "gaps between lines would betray somebody"
    assert "Line 1 about this person, column Ground start: " in theirs


def test_a_row_without_a_number_names_no_column_that_the_file_lacks(desk: Office, client: Client) -> None:
    headings = [name for name in LISTED[0] if name not in ("person", "crn")]
    nobody = {name: LISTED[1][name] for name in headings} | {"pnc": ""}
    extract = desk.bring(table([{name: LISTED[0][name] for name in headings}, nobody]))

    said = shown(client, extract, "?outcome=unmatched")

    assert "Line 3: nothing in this row says which person it belongs to" in said
    assert "column Person" not in said
    page = shown_row(client, extract, 3)
    assert "Give one of the person&#x27;s numbers: PNC ID, Prison (NOMS) number" in page


def test_rows_of_one_change_are_accepted_in_words_that_a_person_says(desk: Office, client: Client) -> None:
    desk.brought_before(LISTED)
    where = {"whereabouts": "custody", "whereabouts_start": "2026-02-01"}
    page = reverse("extract", args=[desk.bring(table([LISTED[0] | where, *LISTED[1:]])).pk])
    said = client.get(page).content.decode()
    assert "Accept the one changed row" in said
    assert "Accept 1 row that changes the whereabouts only" in said
    page = reverse("extract", args=[desk.bring(table([each | where for each in LISTED])).pk])
    assert "Accept 3 rows that change the whereabouts only" in client.get(page).content.decode()


def test_a_number_that_fails_its_check_is_seen_before_anything_is_accepted(desk: Office, client: Client) -> None:
    """It comes in and is shown as unverified (R3): whoever accepts knows, in the table and beside the button."""
    wrong = [LISTED[0] | {"crn": "BADCRN"}, LISTED[1] | {"crn": "=1+1"}]
    extract = desk.bring(table([*wrong, LISTED[2]]))
    assert extract.rows.filter(outcome=Outcome.NEW).count() == 3

    said = shown(client, extract, "?outcome=new&look=yes")

    assert [f"{name}, " in said for name in SURNAMES] == [True, True, False]
    label = IdentifierKind.CRN.label
    for line in (2, 3):
        assert f"<strong>To look at</strong>: Line {line}, column {label}: " in said
    assert "2 of them have something to look at" in client.get(reverse("extract", args=[extract.pk])).content.decode()


def test_new_people_and_those_no_longer_there_say_who_they_are(desk: Office, client: Client) -> None:
    desk.brought_before(LISTED[:2])
    extract = desk.bring(table(LISTED[1:]))

    said = shown(client, extract, "?outcome=new")
    assert f"PNC ID: {LISTED[2]['pnc']}; Ground: Specified offence with a qualifying disposal" in said
    missing = shown(client, extract, "?outcome=absent")
    assert "Born 28 February 1979; Category 2" in missing
    assert "Nothing to add" not in said + missing


def test_closing_says_first_what_is_left_undecided_and_then_what_was(desk: Office, client: Client) -> None:
    desk.brought_before(LISTED)
    bad = row(8, CATEGORY_2, family_name="Onyx", ground_start="last spring")
    changed = [each | {"given_names": "Another"} for each in LISTED]
    extract = desk.bring(table([*changed, bad]))
    page, closing = reverse("extract", args=[extract.pk]), reverse("extract-close", args=[extract.pk])
    assert "3 still to be decided" in client.get(page).content.decode()

    asked = client.get(closing).content.decode()
    assert "<li>Changed: 3</li><li>Cannot be matched: 1</li>" in asked
    assert client.post(closing).status_code == 422
    extract.refresh_from_db()
    assert extract.state == ExtractState.READY, "nothing closes in one press while rows are undecided"

    assert client.post(closing, {"sure": "on"}).status_code == 302
    extract.refresh_from_db()
    assert extract.state == ExtractState.CLOSED
    over = client.get(page).content.decode()
    assert "3 left undecided" in over
    assert "still to be decided" not in over
    rows = shown(client, extract, "?outcome=changed&state=open")
    assert rows.count('<span class="app-quiet">Left undecided</span>') == 3


def test_a_list_of_which_everything_is_decided_closes_without_a_question(desk: Office, client: Client) -> None:
    extract = desk.brought_before(LISTED)
    again = desk.bring(table(LISTED))
    closing = reverse("extract-close", args=[again.pk])
    assert "Every row has been decided" in client.get(closing).content.decode()
    assert client.post(closing).status_code == 302
    over = client.get(reverse("extract-close", args=[extract.pk])).content.decode()
    assert "The list is not in this state" in over, "closed already: said, and no button"
    assert 'name="sure"' not in over


def test_several_who_are_still_managed_are_answered_for_at_once_and_an_ending_is_not(
    desk: Office, client: Client
) -> None:
    desk.brought_before(LISTED)
    extract = desk.bring(table(LISTED[:1]))
    missing = list(extract.rows.filter(outcome=Outcome.ABSENT))
    keys = [each.pk for each in missing]
    assert len(keys) == 2
    rows = shown(client, extract, "?outcome=absent")
    assert [f'name="rows" value="{pk}"' in rows for pk in keys] == [True, True]
    page = reverse("extract-absences", args=[extract.pk])
    assert 'name="rows"' not in shown(client, extract, "?outcome=unchanged")
    assert "Nobody was ticked" in client.get(page).content.decode()
    ticked = client.get(page, {"rows": keys}).content.decode()
    assert [name in ticked for name in ("Travertine, Case 2", "Basalt, Case 3")] == [True, True]

    said = {"rows": keys, "answer": "ours", "reason": "The police told us so on the telephone."}
    assert client.post(page, said | {"answer": "end"}).status_code == 422, "an ending is said of one person"
    assert client.post(page, said | {"reason": ""}).status_code == 422
    assert set(extract.rows.filter(pk__in=keys).values_list("state", flat=True)) == {RowState.OPEN}
    assert client.post(page, said).status_code == 302

    found = extract.rows.filter(pk__in=keys).values_list("state", "answer", "reason", "decided_by")
    assert set(found) == {(RowState.ANSWERED, Answer.OURS, said["reason"], desk.member.user_id)}
    assert client.post(page, said).status_code == 422, "answered already"


def test_one_answer_for_several_is_all_or_none_and_ends_nobody(desk: Office) -> None:
    desk.brought_before(LISTED)
    extract = desk.bring(table(LISTED[:1]))
    first, second = extract.rows.filter(outcome=Outcome.ABSENT)
    given = {"by": desk.by, "today": TODAY, "extract_id": extract.pk, "row_ids": [first.pk, second.pk]}
    with pytest.raises(Refused, match="by itself"):
        answer_absences(**given, answer=Answer.END, reason="Both have ended.")
    answer_absence(by=desk.by, today=TODAY, row_id=first.pk, answer=Answer.OURS, reason="Told by the police.")
    with pytest.raises(Refused, match="answered already"):
        answer_absences(**given, answer=Answer.OURS, reason="Told by the police.")
    second.refresh_from_db()
    assert second.state == RowState.OPEN
