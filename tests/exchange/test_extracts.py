"""A list from its arrival to its end: five outcomes, accepted, answered, closed, blanked."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Membership
from agencies.roles import Role
from cases.models import Exclusion, Nominal, QualifyingMeeting
from cases.services.people import edit_nominal
from cases.services.whereabouts import record_whereabouts
from exchange.models import Extract, ExtractFile, ExtractRow, Heading
from exchange.services.extracts import (
    add_extract,
    blank_rows,
    cancel_extract,
    close_extract,
    compare_again,
    may_close_extract,
    name_headings,
)
from exchange.services.rows import accept_rows, answer_absence, leave_row
from exchange.tasks import sweep_extracts_task
from exchange.words import Answer, ExtractState, ListKind, Outcome, RowState
from exchange.work import NOBODY_CLOSED, stop_forgotten, waiting, work_on
from mappa import clock
from rules.core import Refused
from rules.vocabulary import Level, Whereabouts
from tests.exchange.files import CATEGORY_1, CATEGORY_2, COMMUNITY, LEVEL_1, LEVEL_2, TODAY, more, pnc, row
from tests.exchange.lists import Office, office, outcomes, row_of_line, states, table, with_part, workbook
from tests.factories.agencies import sign_in
from tests.factories.cases import system

pytestmark = pytest.mark.django_db

BEFORE = [row(n, CATEGORY_1, LEVEL_1, COMMUNITY, family_name=name) for n, name in enumerate(
    ("Feldspar", "Travertine", "Basalt", "Onyx"), start=1
)]  # fmt: skip


@pytest.fixture
def desk() -> Office:
    return office()


def second_list() -> list[dict[str, str]]:
    """One new, one changed, one unchanged, one no longer there, one that cannot be matched."""
    changed = BEFORE[1] | {"whereabouts": "recalled", "whereabouts_start": "2026-03-02", "place": "HMP Toadstone"}
    bad = BEFORE[3] | {"ground_start": "last spring"}
    return [row(9, CATEGORY_2, LEVEL_2, family_name="Agate"), changed, BEFORE[0], bad]


def test_five_outcomes(desk: Office) -> None:
    desk.brought_before(BEFORE)
    assert Nominal.objects.count() == 4

    extract = desk.bring(table(second_list()))

    assert extract.state == ExtractState.READY
    assert outcomes(extract) == {"new": 1, "changed": 1, "unchanged": 1, "absent": 1, "unmatched": 1}
    changed = extract.rows.get(outcome=Outcome.CHANGED)
    assert changed.kinds == ["whereabouts"]
    assert [(each["before"], each["after"]) for each in changed.changes] == [
        ("In the community, from 6 January 2020", "In the community, from 6 January 2020 to 1 March 2026"),
        ("", "Recalled to custody, HMP Toadstone, from 2 March 2026"),
    ]
    bad = extract.rows.get(outcome=Outcome.UNMATCHED)
    assert [(each["line"], each["column"], each["kind"]) for each in bad.problems] == [
        (5, "ground_start", "not_a_date")
    ]
    # Known all the same, so that a slip of the keyboard is not taken for absence.
    assert bad.nominal is not None
    absent = extract.rows.get(outcome=Outcome.ABSENT)
    assert absent.nominal is not None
    assert absent.nominal.family_name == "Basalt"
    assert not ExtractFile.objects.exists()


def test_nothing_is_written_before_it_is_accepted_and_then_only_that(desk: Office) -> None:
    desk.brought_before(BEFORE)
    extract = desk.bring(table(second_list()))
    assert Nominal.objects.count() == 4

    assert desk.accept(extract, Outcome.NEW) == 1

    assert Nominal.objects.count() == 5
    new = extract.rows.get(outcome=Outcome.NEW)
    assert new.state == RowState.WRITTEN
    assert new.nominal is not None
    assert new.nominal.family_name == "Agate"
    assert extract.rows.get(outcome=Outcome.CHANGED).state == RowState.OPEN
    assert not Nominal.objects.filter(whereabouts__kind=Whereabouts.RECALLED).exists()


def test_changed_rows_are_accepted_by_what_they_change(desk: Office) -> None:
    desk.brought_before(BEFORE)
    where = {"whereabouts": "custody", "whereabouts_start": "2026-02-01"}
    both = BEFORE[2] | where | {"given_names": "Another"}
    extract = desk.bring(table([BEFORE[0] | where, BEFORE[1] | where, both, BEFORE[3]]))

    assert desk.accept(extract, Outcome.CHANGED, "whereabouts") == 2

    assert Nominal.objects.filter(whereabouts__kind=Whereabouts.CUSTODY).count() == 2
    left = extract.rows.get(outcome=Outcome.CHANGED, state=RowState.OPEN)
    assert left.kinds == ["name", "whereabouts"]


def test_the_same_list_twice_brings_nothing_new(desk: Office) -> None:
    desk.brought_before(BEFORE)
    again = desk.bring(table(BEFORE))
    assert outcomes(again) == {"unchanged": 4}
    assert Extract.objects.filter(digest=again.digest).count() == 2
    with pytest.raises(Refused):
        desk.accept(again, Outcome.NEW)


def test_two_lists_with_the_same_new_person_make_one(desk: Office) -> None:
    first, second = desk.bring(table(BEFORE[:1])), desk.bring(table(BEFORE[:1]))
    desk.accept(first, Outcome.NEW)
    desk.accept(second, Outcome.NEW)
    assert Nominal.objects.count() == 1
    assert second.rows.get().state == RowState.WRITTEN


def test_a_second_person_who_accepts_the_same_finds_nothing_left(desk: Office) -> None:
    extract = desk.bring(table(BEFORE))
    given = {"today": TODAY, "extract_id": extract.pk, "outcome": Outcome.NEW}
    assert accept_rows(by=desk.by, **given) == 4
    with pytest.raises(Refused):
        accept_rows(by=desk.colleague(), **given)
    desk.worked(extract)
    assert Nominal.objects.count() == 4


def test_what_the_register_has_overtaken_is_not_written(desk: Office) -> None:
    desk.brought_before(BEFORE)
    extract = desk.bring(table([BEFORE[0] | {"whereabouts": "custody", "whereabouts_start": "2026-02-01"}]))
    person = Nominal.objects.get(family_name="Feldspar")
    record_whereabouts(
        by=system(TODAY), today=TODAY, nominal_id=person.pk, kind=Whereabouts.RECALLED, starts_on=date(2026, 3, 1)
    )

    desk.accept(extract, Outcome.CHANGED)

    changed = extract.rows.get(outcome=Outcome.CHANGED)
    assert changed.state == RowState.STALE
    assert not person.whereabouts.filter(kind=Whereabouts.CUSTODY).exists()
    compare_again(by=desk.by, today=TODAY, extract_id=extract.pk)
    desk.worked(extract)
    changed.refresh_from_db()
    assert changed.state == RowState.OPEN
    assert desk.accept(extract, Outcome.CHANGED) == 1
    assert [span.kind for span in person.whereabouts.order_by("starts_on")] == ["community", "custody", "recalled"]


def test_absence_ends_nobody_until_a_person_answers(desk: Office) -> None:
    desk.brought_before(BEFORE)
    extract = desk.bring(table(BEFORE[:2]))
    absent = list(extract.rows.filter(outcome=Outcome.ABSENT).order_by("number"))
    assert [each.nominal.family_name for each in absent if each.nominal] == ["Basalt", "Onyx"]
    given = {"by": desk.by, "today": TODAY}
    with pytest.raises(Refused, match="has not been answered"):
        close_extract(extract_id=extract.pk, **given)
    with pytest.raises(Refused, match="Say why"):
        answer_absence(row_id=absent[0].pk, answer=Answer.OURS, reason=" ", **given)

    answer_absence(row_id=absent[0].pk, answer=Answer.ASK, reason="Asked by telephone.", **given)
    answer_absence(row_id=absent[0].pk, answer=Answer.OURS, reason="Supervised by a hostel.", **given)
    answer_absence(row_id=absent[1].pk, answer=Answer.END, **given)

    with pytest.raises(Refused, match="answered already"):
        answer_absence(row_id=absent[0].pk, answer=Answer.END, **given)
    assert not Nominal.objects.filter(grounds__ends_on__isnull=False).exists()
    close_extract(extract_id=extract.pk, **given)
    # Whoever is ours although the list leaves them out is expected the next time; whose ground ends, is not.
    following = desk.bring(table(BEFORE[:2]))
    expected = following.rows.filter(outcome=Outcome.ABSENT).values_list("nominal__family_name", flat=True)
    assert list(expected) == ["Basalt"]


def test_closing_betrays_nobody_and_forgets_nobody(desk: Office) -> None:
    """Somebody who may not see the one who is missing closes the list as if there were none (R100)."""
    desk.brought_before(BEFORE)
    extract = desk.bring(table(BEFORE[:3]))
    missing = extract.rows.get(outcome=Outcome.ABSENT)
    colleague = desk.colleague()
    Exclusion.objects.create(nominal=missing.nominal, user_id=colleague.user_id, reason="Related", starts_on=TODAY)
    assert not may_close_extract(extract, by=desk.by, today=TODAY)

    close_extract(by=colleague, today=TODAY, extract_id=extract.pk)

    following = desk.bring(table(BEFORE[:3]))
    expected = following.rows.filter(outcome=Outcome.ABSENT).values_list("nominal", flat=True)
    assert list(expected) == [missing.nominal_id], "nobody has answered for them"


def test_a_part_of_a_list_says_nothing_of_absence(desk: Office) -> None:
    desk.brought_before(BEFORE)
    assert outcomes(desk.bring(table(BEFORE[:1]), whole=False)) == {"unchanged": 1}


def test_a_known_person_need_not_bring_the_ground_again(desk: Office) -> None:
    desk.brought_before(BEFORE)
    short = {"pnc": pnc(1), "family_name": "Feldspar", "date_of_birth": "1979-02-28"}
    raised = short | {"level": "2", "level_start": "2026-03-02"}
    extract = desk.bring(table([raised, row(7, family_name="Newcomer")]), whole=False)

    assert extract.rows.get(line=2).kinds == ["levels"]
    stranger = extract.rows.get(line=3)
    assert [problem["kind"] for problem in stranger.problems] == ["no_ground"]
    desk.accept(extract, Outcome.CHANGED)
    levels = Nominal.objects.get(family_name="Feldspar").levels.order_by("starts_on")
    assert [(span.level, span.ends_on) for span in levels] == [
        ("not_set", date(2020, 2, 2)), ("1", date(2026, 3, 1)), ("2", None),
    ]  # fmt: skip


def test_last_meetings_by_a_second_list(desk: Office) -> None:
    desk.brought_before([row(1, CATEGORY_2, LEVEL_2, COMMUNITY), row(2, CATEGORY_1, LEVEL_1, COMMUNITY)])

    def met(serial: int, held_on: str, level: str = "", surname: str = "Feldspar") -> dict[str, str]:
        known = {"PNC no.": pnc(serial), "Surname": surname, "DOB": "28/02/1979"}
        return known | {"Date of last meeting": held_on, "Level": level}

    listed = [met(1, "2026-01-20", surname="FELDSPAR"), met(2, "2025-12-02", "2"), met(3, "2025-12-02", "2")]
    extract = desk.bring(table(listed), kind=ListKind.MEETINGS)
    assert outcomes(extract) == {"changed": 2, "unmatched": 1}
    assert [problem["kind"] for problem in row_of_line(extract, 4).problems] == ["not_known"]

    desk.accept(extract, Outcome.CHANGED)

    assert set(QualifyingMeeting.objects.values_list("held_on", "level", "source")) == {
        (date(2026, 1, 20), Level.TWO, "import"), (date(2025, 12, 2), Level.TWO, "import"),
    }  # fmt: skip
    # The surname in capitals recognised the person, and changed nothing.
    assert set(Nominal.objects.values_list("family_name", flat=True)) == {"Feldspar"}
    wrong = desk.bring(table([met(2, "2025-11-02")]), kind=ListKind.MEETINGS)
    assert [problem["kind"] for problem in wrong.rows.get().problems] == ["meeting_without_level"]


def test_headings_are_tolerant_and_what_is_said_of_one_is_remembered(desk: Office) -> None:
    headings = {"pnc": "PNC ID", "family_name": " Surname ", "date_of_birth": "D.O.B.", "given_names": "Forename(s)",
                "place": "Where exactly"}  # fmt: skip
    listed = table([BEFORE[0] | {"place": "Toadstone Terrace"}], headings)
    extract = desk.bring(listed)
    assert extract.state == ExtractState.HEADINGS
    file = extract.file
    unknown = file.columns.index(None)
    assert file.headings[unknown] == "Where exactly"
    columns = [column or "pnc" for column in file.columns]
    with pytest.raises(Refused, match="more than one heading"):
        name_headings(by=desk.by, today=TODAY, extract_id=extract.pk, columns=columns)

    name_headings(
        by=desk.by, today=TODAY, extract_id=extract.pk, columns=[column or "place" for column in file.columns]
    )

    assert desk.worked(extract).state == ExtractState.READY
    assert Heading.objects.get(agency=desk.agency, text="where exactly").column == "place"
    assert desk.bring(listed).state == ExtractState.READY
    other = office()
    other.agency.slug = "elsewhere"
    assert other.bring(listed).state == ExtractState.HEADINGS


def test_a_workbook_says_the_same_as_a_table(desk: Office) -> None:
    names = list(BEFORE[0])
    extract = desk.bring(workbook([names, *([each[name] for name in names] for each in BEFORE)]))
    assert outcomes(extract) == {"new": 4}
    desk.accept(extract, Outcome.NEW)
    assert outcomes(desk.bring(table(BEFORE))) == {"unchanged": 4}


def test_lines_that_are_lost_are_told_and_spoil_no_other(desk: Office) -> None:
    lines = table(BEFORE[:2]).decode().splitlines()
    broken = "\r\n".join([lines[0], lines[1] + ",one,too,many", lines[2], lines[1]])
    extract = desk.bring(broken.encode())
    assert {each.line: each.outcome for each in extract.rows.all()} == {2: "unmatched", 3: "new", 4: "new"}


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(table(BEFORE).split(b"\r\n")[0], "no rows", id="headings only"),
        pytest.param(table(BEFORE).replace(b"Onyx", b"Onyx\xe9"), "another encoding", id="another encoding"),
        pytest.param(table(BEFORE) + b'"open', "quotation mark", id="open quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_stops_the_list_and_says_why(desk: Office, content: bytes, trouble: str) -> None:
    extract = desk.bring(content)
    assert extract.state == ExtractState.STOPPED
    assert trouble in extract.trouble
    assert not extract.rows.exists()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("part", "change", "trouble"),
    [
        pytest.param(SHEET, lambda xml: xml[: len(xml) // 2], "damaged", id="sheet breaks off"),
        pytest.param("xl/workbook.xml", lambda xml: xml[: len(xml) // 2], "damaged", id="workbook breaks off"),
        pytest.param(SHEET, lambda xml: xml.decode().encode("utf-16-le"), "UTF-8", id="other encoding unsaid"),
        pytest.param(
            SHEET, lambda xml: b"<?xml version='1.0' encoding='UTF-7'?>" + xml, "UTF-8", id="other encoding said"
        ),
        pytest.param(
            SHEET, lambda xml: b"<?xml version='1.0' encoding='none'?>" + xml, "UTF-8", id="encoding nobody knows"
        ),
        pytest.param(SHEET, lambda xml: xml.replace(b'<row r="1"', b'<row r="99999999999"'), "number", id="row afar"),
    ],
)
def test_a_workbook_that_is_broken_or_hostile_is_refused_at_once(
    desk: Office, part: str, change: Callable[[bytes], bytes], trouble: str
) -> None:
    with pytest.raises(Refused) as refused:
        desk.bring(with_part(workbook([["family_name"], ["Onyx"]]), part, change))
    assert trouble in refused.value.decision.reasons[0].text
    assert not Extract.objects.exists()


def test_a_list_that_cannot_be_worked_on_holds_up_no_other(desk: Office) -> None:
    clock.pretend(TODAY)
    first, second = (
        add_extract(by=desk.by, today=TODAY, area=desk.area, agency=desk.agency, kind=ListKind.PEOPLE, whole=True,
                    content=table(BEFORE))
        for _ in range(2)
    )  # fmt: skip
    ExtractFile.objects.filter(extract=first).delete()
    sweep_extracts_task()
    second.refresh_from_db()
    assert second.state == ExtractState.READY


def test_cancelled_is_gone(desk: Office) -> None:
    extract = desk.bring(table(BEFORE))
    cancel_extract(by=desk.by, today=TODAY, extract_id=extract.pk)
    assert not ExtractRow.objects.exists()
    assert not ExtractFile.objects.exists()
    assert waiting() == []
    with pytest.raises(Refused):
        cancel_extract(by=desk.by, today=TODAY, extract_id=extract.pk)


def test_a_row_left_aside_stays_aside(desk: Office) -> None:
    extract = desk.bring(table(BEFORE))
    first = row_of_line(extract, 2)
    leave_row(by=desk.by, today=TODAY, row_id=first.pk)
    assert desk.accept(extract, Outcome.NEW) == 3
    with pytest.raises(Refused):
        leave_row(by=desk.by, today=TODAY, row_id=first.pk)
    assert states(extract) == {"written": 3, "left": 1}


def test_rows_are_blanked_thirty_days_after_closing_and_the_next_list_still_knows_who_was_there(desk: Office) -> None:
    extract = desk.brought_before(BEFORE)
    sweep = system(TODAY)
    assert blank_rows(by=sweep, today=TODAY + timedelta(days=30)) == []
    assert blank_rows(by=sweep, today=TODAY + timedelta(days=31)) == [extract.pk]
    assert blank_rows(by=sweep, today=TODAY + timedelta(days=32)) == []
    for each in extract.rows.all():
        assert (each.said, each.family_name, each.changes, each.problems) == ([], "", [], [])
    assert outcomes(desk.bring(table(BEFORE[1:]))) == {"unchanged": 3, "absent": 1}


def test_a_list_that_nobody_closes_is_stopped_and_forgets_everybody(desk: Office) -> None:
    extract = desk.bring(table(BEFORE))
    desk.accept(extract, Outcome.NEW)
    assert stop_forgotten(today=TODAY + timedelta(days=90)) == []
    assert stop_forgotten(today=TODAY + timedelta(days=91)) == [extract.pk]
    assert stop_forgotten(today=TODAY + timedelta(days=92)) == []
    extract.refresh_from_db()
    assert (extract.state, extract.trouble) == (ExtractState.STOPPED, NOBODY_CLOSED)
    assert not extract.rows.exists()
    assert Nominal.objects.filter(area=desk.area).count() == len(BEFORE)


def test_whoever_lost_the_role_brings_in_nothing_more(desk: Office) -> None:
    extract = add_extract(
        by=desk.by, today=TODAY, area=desk.area, agency=desk.agency, kind=ListKind.PEOPLE, whole=True,
        content=table(BEFORE),
    )  # fmt: skip
    Membership.objects.filter(pk=desk.member.pk).update(ends_on=TODAY - timedelta(days=1))
    assert desk.worked(extract).state == ExtractState.STOPPED
    assert "no longer holds the role" in extract.trouble


def test_a_list_whose_reader_has_left_is_compared_again_before_more_is_accepted(desk: Office, client: Client) -> None:
    """It is read with that person's eyes: what a colleague accepts would wait for ever, and nobody would be told."""
    clock.pretend(TODAY)
    extract = desk.bring(table(BEFORE))
    first = extract.rows.earliest("pk").pk
    accept_rows(by=desk.by, today=TODAY, extract_id=extract.pk, outcome=Outcome.NEW, row_id=first)
    Membership.objects.filter(pk=desk.member.pk).update(ends_on=TODAY - timedelta(days=1))
    colleague = desk.colleague()
    post = Membership.objects.get(pk=colleague.membership_id)
    sign_in(client, post.user, acting=post)
    page = client.get(reverse("extract", args=[extract.pk])).content.decode()
    assert "1 accepted row waits for nobody" in page
    assert "the work goes on" not in page
    assert "Accept all" not in page
    assert "Compare it again, then accept" in page
    with pytest.raises(Refused, match="Compare it again"):
        desk.accept(extract, Outcome.NEW, by=colleague)
    compare_again(by=colleague, today=TODAY, extract_id=extract.pk)
    desk.worked(extract)
    assert desk.accept(extract, Outcome.NEW, by=colleague) == 4
    assert Nominal.objects.count() == 4
    assert not extract.rows.filter(state=RowState.ACCEPTED).exists()


def test_only_the_unit_of_the_area_brings_lists_in(desk: Office) -> None:
    given = {"today": TODAY, "area": desk.area, "kind": ListKind.PEOPLE, "whole": True, "content": table(BEFORE)}
    with pytest.raises(Refused):
        add_extract(by=desk.colleague(Role.PRACTITIONER), agency=desk.agency, **given)
    stranger = office()
    with pytest.raises(Refused):
        add_extract(by=stranger.by, agency=desk.agency, **given)
    with pytest.raises(Refused, match="another MAPPA area"):
        add_extract(by=desk.by, agency=stranger.agency, **given)


def test_one_person_whom_the_register_refuses_keeps_nobody_else_out(desk: Office) -> None:
    """Between accepting and writing a colleague is kept out of one of the cases that they accepted."""
    desk.brought_before(BEFORE)
    where = {"whereabouts": "custody", "whereabouts_start": "2026-02-01"}
    extract = desk.bring(table([each | where for each in BEFORE]))
    colleague = desk.colleague()
    given = {"today": TODAY, "extract_id": extract.pk, "outcome": Outcome.CHANGED}
    assert accept_rows(by=colleague, **given) == 4
    basalt = Nominal.objects.get(family_name="Basalt")
    Exclusion.objects.create(nominal=basalt, user_id=colleague.user_id, reason="A relation", starts_on=TODAY)

    desk.worked(extract)

    inside = Nominal.objects.filter(whereabouts__kind=Whereabouts.CUSTODY)
    assert set(inside.values_list("family_name", flat=True)) == {"Feldspar", "Travertine", "Onyx"}
    refused = extract.rows.get(nominal=basalt)
    assert (refused.state, refused.outcome) == (RowState.OPEN, Outcome.UNMATCHED)
    assert refused.problems[0]["kind"] == "register_refused"


def test_rows_of_one_person_belong_together(desk: Office) -> None:
    extract = desk.bring(table([row(1, CATEGORY_2, LEVEL_2), more(1, CATEGORY_1), row(2, CATEGORY_1)]))
    assert outcomes(extract) == {"new": 2}
    assert [len(each.said) for each in extract.rows.order_by("number")] == [2, 1]


def test_one_person_of_the_register_twice_in_a_list(desk: Office) -> None:
    desk.brought_before([BEFORE[0] | {"crn": "Z900002"}])
    extract = desk.bring(table([BEFORE[0], row(3, CATEGORY_1, pnc="", crn="Z900002", family_name="Feldspar")]))
    second = row_of_line(extract, 3)
    assert second.outcome == Outcome.UNMATCHED
    assert "line 2" in second.problems[0]["reason"]


def test_an_edit_between_comparing_and_writing_is_not_undone(desk: Office) -> None:
    desk.brought_before(BEFORE)
    extract = desk.bring(table([BEFORE[0] | {"given_names": "Listed"}]), whole=False)
    person = Nominal.objects.get(family_name="Feldspar")
    edit_nominal(
        by=system(TODAY), today=TODAY, nominal_id=person.pk, version=person.version, family_name="Feldspar",
        given_names="Corrected", date_of_birth=person.date_of_birth,
    )  # fmt: skip
    desk.accept(extract, Outcome.CHANGED)
    person.refresh_from_db()
    assert person.given_names == "Corrected"
    assert work_on(extract.pk, today=TODAY) == 0
