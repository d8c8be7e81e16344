"""Every kind of bad row is told with its line, its column, the reason and what would be right; good rows are not."""

import io
from collections.abc import Mapping, Sequence

import pytest

from exchange.checking import Checked, check
from exchange.entries import people
from exchange.problems import Kind, Problem
from exchange.reader import rows
from tests.exchange.files import (
    CATEGORY_1,
    CATEGORY_2,
    CATEGORY_3,
    COMMUNITY,
    LEVEL_1,
    LEVEL_2,
    TODAY,
    as_csv,
    more,
    pnc,
    reference,
    row,
)

Rows = Sequence[Mapping[str, str]]

GOOD = row(1, CATEGORY_1, LEVEL_1, COMMUNITY)
TERRORISM = {**CATEGORY_2, "ground": "terrorist_disposal", "terrorist_offence": "yes"}
MEETING = {"last_meeting": "2025-12-01"}


def told(content: bytes, *, category_4: bool = False) -> tuple[list[Problem], list[Problem], list[Checked]]:
    """Problems, notes and people of a file."""
    problems: list[Problem] = []
    notes: list[Problem] = []
    names = reference()
    found = [
        check(one, names, today=TODAY, category_4=category_4, report=problems.append, note=notes.append)
        for one in people(rows(io.BytesIO(content), problems.append), problems.append)
    ]
    return problems, notes, [one for one in found if one is not None]


def bad(*file: Mapping[str, str]) -> Rows:
    """A file with a good person before, so that lines are not all 2."""
    return [GOOD, *file]


BAD_ROWS = [
    pytest.param(
        bad(row(2, CATEGORY_1, pnc="")), 3, "", Kind.NO_KEY, "", id="neither person key nor identifier"
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, pnc="", person="b")), 3, "", Kind.NO_IDENTIFIER, "R1", id="no identifier to know by"
    ),
    pytest.param(
        bad(row(2, CATEGORY_1), more(1, CATEGORY_2)), 4, "pnc", Kind.NOT_ADJACENT, "", id="rows of a person apart"
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, person="b"), row(3, CATEGORY_1), {**CATEGORY_2, "person": "b"}),
        5, "person", Kind.NOT_ADJACENT, "", id="rows of one key apart"
    ),
    pytest.param(
        bad(row(2, CATEGORY_1), more(2, CATEGORY_2, given_names="Case 3")),
        4, "given_names", Kind.CONTRADICTS, "", id="two rows of a person disagree on the name",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, crn="Z900001"), row(3, CATEGORY_1, crn="z900001")),
        4, "crn", Kind.SHARED_IDENTIFIER, "R4", id="two people with one probation number",
    ),
    pytest.param(bad(row(2, CATEGORY_1, family_name="")), 3, "family_name", Kind.MISSING, "R1", id="no surname"),
    pytest.param(bad(row(2, CATEGORY_1, date_of_birth="")), 3, "date_of_birth", Kind.MISSING, "R1", id="no birth date"),
    pytest.param(
        bad(row(2, CATEGORY_1, date_of_birth="01/01/1900")),
        3, "date_of_birth", Kind.RULE, "R1", id="a dummy date of birth",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, date_of_birth="2031-01-01")), 3, "date_of_birth", Kind.RULE, "R1", id="not yet born"
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, pnc="", cro="900123/01K", date_of_birth="unknown")),
        3, "date_of_birth", Kind.RULE, "R1", id="birth date unknown, and a CRO number only",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, date_of_birth="31/02/1979")),
        3, "date_of_birth", Kind.NOT_A_DATE, "", id="no such day",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, date_of_birth="02/28/1979")),
        3, "date_of_birth", Kind.NOT_A_DATE, "", id="month before day",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, LEVEL_1, level_start="6.1.20")), 3, "level_start", Kind.NOT_A_DATE, "",
        id="a date that must be guessed",
    ),
    pytest.param(bad(row(2, CATEGORY_1, family_name="F" * 101)), 3, "family_name", Kind.TOO_LONG, "", id="too long"),
    pytest.param(bad(row(2, CATEGORY_1, sex="man")), 3, "sex", Kind.NOT_A_CODE, "", id="a word that is no code"),
    pytest.param(
        bad(row(2, CATEGORY_1, aliases=", Tony")), 3, "aliases", Kind.NOT_A_NAME, "", id="an alias without surname"
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, panel_area="Erewosh")),
        3, "panel_area", Kind.PANEL_AREA_UNKNOWN, "", id="a panel area that the area has not",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, lead_agency="Derbyshire Constabulry")),
        3, "lead_agency", Kind.AGENCY_UNKNOWN, "R97", id="a misspelt agency",
    ),
    pytest.param(bad(row(2, LEVEL_1)), 3, "ground", Kind.NO_GROUND, "R7", id="nobody without a ground"),
    pytest.param(
        bad(row(2, CATEGORY_1, ground="notifcation")), 3, "ground", Kind.NOT_A_CODE, "", id="a misspelt ground"
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, ground="")), 3, "ground", Kind.ALONE, "R7", id="an offence without its ground"
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, ground_start="")), 3, "ground_start", Kind.ALONE, "R7", id="a ground without a start"
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, ground_end_reason="death")),
        3, "ground_end", Kind.ALONE, "", id="a reason for an end that is not there",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, ground_end="2019-12-31")),
        3, "ground_end", Kind.END_BEFORE_START, "R7", id="a ground that ends before it starts",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1), more(2, CATEGORY_1)), 4, "ground", Kind.TWICE, "", id="the same ground twice"
    ),
    pytest.param(
        bad(row(2, CATEGORY_2, disposal_date="2026-03-17")),
        3, "disposal_date", Kind.IN_THE_FUTURE, "", id="sentenced tomorrow",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, date_of_birth="2020-01-07", outcome_date="")),
        3, "ground_start", Kind.RULE, "R7", id="a ground before birth",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, whereabouts="community", whereabouts_start="1979-02-27")),
        3, "whereabouts_start", Kind.BEFORE_BIRTH, "R1", id="in the community before birth",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, ground_end="9990-01-01")), 3, "ground_end", Kind.NOT_A_DATE, "", id="beyond any case"
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, LEVEL_1, level_start="0001-01-01")),
        3, "level_start", Kind.NOT_A_DATE, "", id="before any case",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, date_of_birth="１９７９-02-28")),
        3, "date_of_birth", Kind.NOT_A_DATE, "", id="figures of another script",
    ),
    pytest.param(bad(row(2, CATEGORY_1, nhs="-")), 3, "nhs", Kind.NOT_A_NUMBER, "", id="a number without figures"),
    pytest.param(
        bad(row(2, CATEGORY_1, visor="ß" * 40)), 3, "visor", Kind.TOO_LONG, "", id="too long once in capitals"
    ),
    pytest.param(
        bad(row(2, CATEGORY_2, term="9999 years")), 3, "term", Kind.NOT_A_TERM, "", id="a term of 9999 years"
    ),
    pytest.param(
        bad(row(2, CATEGORY_2, term="1200 months 1 month")), 3, "term", Kind.NOT_A_TERM, "", id="over a century"
    ),
    pytest.param(bad(row(2, CATEGORY_2, term="long")), 3, "term", Kind.NOT_A_TERM, "", id="a term without figures"),
    pytest.param(
        bad(row(2, CATEGORY_2, consecutive="maybe")), 3, "consecutive", Kind.NOT_YES_OR_NO, "", id="neither yes nor no"
    ),
    pytest.param(bad(row(2, CATEGORY_1, outcome="")), 3, "outcome", Kind.RULE, "R9", id="Category 1 without outcome"),
    pytest.param(
        bad(row(2, CATEGORY_2, offence="Robery")), 3, "offence", Kind.RULE, "R10", id="an offence outside the table"
    ),
    pytest.param(
        bad(row(2, CATEGORY_2, term="364 days")), 3, "term", Kind.RULE, "R11", id="a term one day too short"
    ),
    pytest.param(
        bad(row(2, CATEGORY_2, disposal="dto", term="10 months")), 3, "term", Kind.RULE, "R12", id="a short DTO"
    ),
    pytest.param(
        bad(row(2, CATEGORY_2, outcome="insanity")), 3, "disposal", Kind.RULE, "R14", id="a finding, and no hospital"
    ),
    pytest.param(
        bad(
            row(
                2, CATEGORY_2, offence="coercive-behaviour", outcome_date="2020-01-06", ground_end="2022-01-05",
            )
        ),
        3, "outcome_date", Kind.RULE, "R15", id="coercive behaviour before it was in the table",
    ),
    pytest.param(
        bad(row(2, CATEGORY_2, consecutive="yes")),
        3, "legal_confirmation", Kind.RULE, "R16", id="added terms without confirmation",
    ),
    pytest.param(
        bad(row(2, CATEGORY_3, LEVEL_2, finding_current="")),
        3, "finding_capacity", Kind.RULE, "R17", id="Category 3 with one finding",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, LEVEL_2), more(2, CATEGORY_3)),
        4, "ground_start", Kind.RULE, "R18", id="Category 3 beside another ground",
    ),
    pytest.param(
        bad(row(2, CATEGORY_2, service_court="yes")),
        3, "service_court", Kind.RULE, "R20", id="a service court and Category 2",
    ),
    pytest.param(bad(row(2, TERRORISM)), 3, "ground", Kind.CLEARANCE, "R99", id="Category 4 without clearance"),
    pytest.param(
        bad(row(2, CATEGORY_1, whereabouts="dead", whereabouts_start="2024-05-01")),
        3, "ground_end", Kind.RULE, "R28", id="a ground that outlives the person",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, level="4", level_start="2020-02-03")), 3, "level", Kind.NOT_A_CODE, "", id="Level 4"
    ),
    pytest.param(bad(row(2, CATEGORY_1, level="2")), 3, "level_start", Kind.ALONE, "R32", id="a level without a start"),
    pytest.param(
        bad(row(2, CATEGORY_1, LEVEL_1, level_start="2019-12-31")),
        3, "level_start", Kind.LEVEL_OUTSIDE_STATUS, "R32", id="a level before the status",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, LEVEL_1, ground_end="2024-06-30", level_end="2024-07-01")),
        3, "level_end", Kind.LEVEL_OUTSIDE_STATUS, "R32", id="a level a day longer than the status",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, LEVEL_1, level_end="2024-07-01")),
        3, "level_end", Kind.LEVEL_GAP, "R32", id="a level that stops while the status runs on",
    ),
    pytest.param(
        bad(
            row(2, CATEGORY_1, LEVEL_1, level_end="2024-07-01"),
            more(2, level="2", level_start="2024-07-01"),
        ),
        4, "level_start", Kind.OVERLAP, "", id="two levels on one day",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, LEVEL_1), more(2, level="not_set", level_start="2024-07-01")),
        4, "level", Kind.LEVEL_GAP, "R32", id="not yet set after it was set",
    ),
    pytest.param(
        bad(row(2, CATEGORY_3, level="1", level_start="2020-01-06")), 3, "level", Kind.RULE, "R25",
        id="Category 3 at Level 1",
    ),
    pytest.param(bad(row(2, CATEGORY_3)), 3, "level", Kind.RULE, "R25", id="Category 3 without a level"),
    pytest.param(
        bad(row(2, CATEGORY_1, LEVEL_1, level_start="2026-03-17")),
        3, "level_start", Kind.IN_THE_FUTURE, "", id="a level from tomorrow",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, COMMUNITY, whereabouts_end="2019-01-01")),
        3, "whereabouts_end", Kind.END_BEFORE_START, "", id="left before arrival",
    ),
    pytest.param(
        bad(
            row(2, CATEGORY_1, COMMUNITY, whereabouts_end="2024-05-01"),
            more(2, whereabouts="custody", whereabouts_start="2024-05-01"),
        ),
        4, "whereabouts_start", Kind.OVERLAP, "", id="in two places on one day",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, LEVEL_1, MEETING)),
        3, "last_meeting", Kind.MEETING_WITHOUT_LEVEL, "R51", id="a meeting about somebody at Level 1",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, LEVEL_2, MEETING, next_meeting="2025-12-01")),
        3, "next_meeting", Kind.NEXT_NOT_LATER, "R54", id="the next meeting on the day of the last",
    ),
    pytest.param(
        bad(row(2, CATEGORY_1, LEVEL_2, MEETING), more(2, MEETING)),
        4, "last_meeting", Kind.TWICE, "", id="the same meeting twice",
    ),
    pytest.param(bad(row(2, CATEGORY_1, given_names="Ann\x07")), 3, "given_names", Kind.CHARACTER, "", id="a bell"),
    pytest.param(bad(row(2, CATEGORY_1, given_names="Ann\0")), 3, "given_names", Kind.CHARACTER, "", id="a null"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "line", "column", "kind", "rule"), BAD_ROWS)
def test_bad_row(file: Rows, line: int, column: str, kind: Kind, rule: str) -> None:
    problems, _, good = told(as_csv(file))

    assert [(one.line, one.column, one.kind, one.rule) for one in problems] == [(line, column, kind, rule)]
    assert problems[0].reason
    assert problems[0].right
    assert good, "the person on line 2 is good"


def test_more_than_thirty_kinds() -> None:
    seen = {(one.values[3], one.values[4]) for one in BAD_ROWS}  # type: ignore[attr-defined]

    assert len(seen) >= 30


def test_all_at_once() -> None:
    """One file with all kinds of bad row: each is told, and a problem of one row hides none of another."""
    file: list[Mapping[str, str]] = [GOOD]
    for number, one in enumerate(BAD_ROWS):
        for cells in one.values[0][1:]:  # type: ignore[attr-defined,index]
            moved = dict(cells)
            for serial in (1, 2, 3):
                if moved.get("pnc") == pnc(serial):
                    moved["pnc"] = pnc(100 + 10 * number + serial)
            file.append(moved)

    problems, _, good = told(as_csv(file))

    kinds = {one.values[3] for one in BAD_ROWS}  # type: ignore[attr-defined]
    assert kinds - {one.kind for one in problems} <= {Kind.NOT_ADJACENT}
    assert len(problems) >= len(BAD_ROWS) - 3
    assert len(good) >= 1


def test_a_problem_betrays_no_personal_data() -> None:
    problems, notes, _ = told(
        as_csv(bad(row(2, CATEGORY_1, aliases=", Chertsey", family_name="Chertsey" * 20, date_of_birth="30/02/1966")))
    )

    said = " ".join(str(one) for one in (*problems, *notes))
    assert "Chertsey" not in said
    assert "1966" not in said
    assert pnc(2) not in said


def test_good_rows() -> None:
    problems, _, good = told(
        as_csv(
            [
                row(
                    1,
                    CATEGORY_2,
                    level="Level 1",
                    level_start="06/07/2020",
                    aliases="Former: Shale, Tony; nickname: Rocky",
                ),
                more(
                    1,
                    CATEGORY_1,
                    level="2",
                    level_start="2021-07-06",
                    last_meeting="2021-08-02",
                    next_meeting="2021-11-08",
                ),
                row(2, CATEGORY_3, LEVEL_2, lead_agency="derbyshire constabulary", panel_area="high peak"),
            ]
        )
    )

    assert problems == []
    assert len(good) == 2
    first, second = (one.record for one in good)
    assert [(span.level.value, str(span.starts_on), span.ends_on and str(span.ends_on)) for span in first.levels] == [
        ("not_set", "2020-01-06", "2020-07-05"),
        ("1", "2020-07-06", "2021-07-05"),
        ("2", "2021-07-06", None),
    ]
    assert first.meetings[0].level.value == "2"
    assert {alias.kind.value for alias in first.aliases} == {"former", "nickname"}
    assert second.panel_area_id == 12
    assert [(lead.agency_id, str(lead.starts_on)) for lead in second.lead_agencies] == [(21, "2020-01-06")]


def test_an_unverified_number_is_a_note_not_a_problem() -> None:
    problems, notes, good = told(as_csv([row(1, CATEGORY_1, pnc="2001/9000123A")]))

    assert problems == []
    assert len(good) == 1
    assert "R2" in {note.rule for note in notes}


def test_category_4_for_somebody_cleared() -> None:
    problems, _, good = told(as_csv([row(1, TERRORISM)]), category_4=True)

    assert problems == []
    assert good[0].record.handling == "category_4"


def test_category_4_without_a_terrorist_offence() -> None:
    problems, _, _ = told(as_csv([row(1, TERRORISM, terrorist_offence="")]), category_4=True)

    assert [(one.line, one.column, one.rule) for one in problems] == [(2, "ground", "R19")]
    assert "terrorist_offence" in problems[0].right


def test_a_note_says_what_to_look_at() -> None:
    _, notes, _ = told(as_csv([row(1, CATEGORY_1, ground_end="2021-01-05")]))

    (note,) = [one for one in notes if one.rule == "R21"]
    assert (note.column, note.right) == (
        "ground_end",
        "See which end is right; leave this one if an officer confirmed it",
    )
