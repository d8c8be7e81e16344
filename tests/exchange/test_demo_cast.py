"""The invented register, counted by the rules before anything is written (the demo's own tests, 9.1 to 9.7)."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from cases.facts import CaseFacts, MeetingFacts
from cases.pre_release import pre_releases_wanted
from exchange.demo import names, numbers
from exchange.demo.cast import cast
from exchange.demo.counts import PUBLISHED
from exchange.demo.days import Days
from exchange.demo.people import Person
from exchange.demo.referred import ACCEPTED, DECLINED
from exchange.demo.staff import STAFF
from rules.calendar import add_months, is_working_day
from rules.categories import category_on
from rules.counting import ReportingYear, self_check, snapshot, yearly_level_2_and_3
from rules.deadlines import detained_periods, review_due, review_trigger
from rules.identity import check_identifier
from rules.parameters import Parameters
from rules.vocabulary import Category, Handling, IdentifierKind, Level, Whereabouts, YearlyLevelBasis

TODAY = date(2026, 11, 22)
PARAMS = Parameters()
DAYS_OF_LOADING = [
    pytest.param(date(2026, 4, 1), id="the earliest day"),
    pytest.param(date(2026, 11, 21), id="a Saturday"),
    pytest.param(date(2026, 12, 27), id="27 December"),
    pytest.param(date(2028, 2, 29), id="29 February"),
    pytest.param(date(2026, 10, 25), id="the clocks go back"),
    pytest.param(date(2027, 3, 28), id="the clocks go forward"),
]
ONE, TWO, THREE = Category.ONE, Category.TWO, Category.THREE


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return cast(Days(TODAY), 1)


def ours(people: list[Person]) -> list[Person]:
    return [person for person in people if person.area == "derbyshire"]


def level_today(person: Person, day: date) -> Level | None:
    return next((span.level for span in person.levels() if span.is_open_on(day)), None)


def where(person: Person, day: date) -> Whereabouts:
    return next(span.whereabouts for span in person.whereabouts() if span.is_open_on(day))


@pytest.mark.parametrize("today", DAYS_OF_LOADING)
def test_published_tables_come_out_whatever_the_day_of_loading(today: date) -> None:
    facts = [person.facts(key) for key, person in enumerate(ours(cast(Days(today), 1)))]

    table = snapshot(facts, PUBLISHED, PARAMS).table
    year = yearly_level_2_and_3(facts, ReportingYear(2022), YearlyLevelBasis.FIRST_IN_YEAR).table
    highest = yearly_level_2_and_3(facts, ReportingYear(2022), YearlyLevelBasis.HIGHEST).table

    assert [[table.cell(level, category) for category in (ONE, TWO, THREE)] for level in table.levels] == [
        [1278, 339, 0],
        [3, 5, 2],
        [1, 0, 0],
    ]
    assert [[year.cell(level, category) for category in (ONE, TWO, THREE)] for level in year.levels] == [
        [8, 12, 15],
        [0, 1, 1],
    ]
    assert [[highest.cell(level, category) for category in (ONE, TWO, THREE)] for level in highest.levels] == [
        [7, 12, 15],
        [1, 1, 1],
    ]


def test_self_check_names_the_person_raised_after_the_first_level(people: list[Person]) -> None:
    known = ours(people)
    facts = [person.facts(key) for key, person in enumerate(known)]

    notes = self_check(
        snapshot(facts, PUBLISHED, PARAMS),
        yearly_level_2_and_3(facts, ReportingYear(2022), YearlyLevelBasis.FIRST_IN_YEAR),
    )

    assert [(note.level, note.category) for note in notes] == [(Level.THREE, ONE)]
    assert [known[key].family for key in notes[0].keys] == ["Obsidian"]


@pytest.mark.parametrize("today", DAYS_OF_LOADING)
def test_counts_of_later_years_and_of_the_day(today: date) -> None:
    facts = [person.facts(key) for key, person in enumerate(ours(cast(Days(today), 1)))]
    totals = {
        day: [snapshot(facts, day, PARAMS).table.column_total(category) for category in (ONE, TWO, THREE)]
        for day in (date(2024, 3, 31), date(2025, 3, 31), date(2026, 3, 31), today)
    }

    assert totals[date(2024, 3, 31)] == [1290, 347, 3]
    assert totals[date(2025, 3, 31)] == [1298, 350, 3]
    assert totals[date(2026, 3, 31)] == [1305, 352, 4]
    assert totals[today] == [1306, 357 + 1, 4]  # one of Category 2 is unlawfully at large


def test_407_people_not_in_the_community_on_the_published_day(people: list[Person]) -> None:
    found = Counter(
        (category_on(person.grounds, PUBLISHED).value, where(person, PUBLISHED))
        for person in ours(people)
        if category_on(person.grounds, PUBLISHED).value not in (None, Category.FOUR)
        and where(person, PUBLISHED) is not Whereabouts.COMMUNITY
    )

    assert found == {
        (ONE, Whereabouts.CUSTODY): 268,
        (ONE, Whereabouts.RECALLED): 10,
        (ONE, Whereabouts.HOSPITAL): 6,
        (TWO, Whereabouts.CUSTODY): 97,
        (TWO, Whereabouts.RECALLED): 8,
        (TWO, Whereabouts.REMAND): 2,
        (TWO, Whereabouts.HOSPITAL): 15,
        (THREE, Whereabouts.RECALLED): 1,
    }


def test_421_people_elsewhere_today_and_311_of_them_without_a_level(people: list[Person]) -> None:
    free = (Whereabouts.COMMUNITY, Whereabouts.APPROVED_PREMISES)
    elsewhere = [
        person
        for person in ours(people)
        if category_on(person.grounds, TODAY).value not in (None, Category.FOUR) and where(person, TODAY) not in free
    ]

    assert len(elsewhere) == 421
    assert sum(level_today(person, TODAY) is Level.NOT_SET for person in elsewhere) == 311


@pytest.mark.parametrize("today", DAYS_OF_LOADING)
def test_exactly_23_named_people_are_at_level_2_or_3(today: date) -> None:
    at_level = [
        person
        for person in ours(cast(Days(today), 1))
        if (level := level_today(person, today)) is not None
        and level.is_multi_agency
        and person.handling is not Handling.CATEGORY_4
    ]

    assert len(at_level) == 23
    assert all(person.named for person in at_level)
    assert Counter(level_today(person, today) for person in at_level) == {Level.TWO: 21, Level.THREE: 2}


def test_nobody_has_two_levels_on_a_day_or_a_day_of_status_without_one(people: list[Person]) -> None:
    for person in people:
        spans = person.levels()
        if not spans:
            assert all(ground.voided for ground in person.grounds)
            continue
        assert spans[0].starts_on == person.opened_on
        assert spans[-1].ends_on == person.closed_on
        for before, after in pairwise(spans):
            assert before.ends_on == after.starts_on - timedelta(days=1)
            assert before.starts_on <= before.ends_on


def test_category_3_ends_with_its_level(people: list[Person]) -> None:
    for person in people:
        for ground in person.grounds:
            if category_on([ground], ground.starts_on).value is THREE:
                levels = [span for span in person.levels() if span.period.overlaps(ground.period)]
                assert all(span.level.is_multi_agency for span in levels)


@pytest.mark.parametrize(
    ("family", "due"),
    [
        ("Gritstone", 71),
        ("Barytes", -7),
        ("Feldspar", 7),
        ("Onyx", 21),
        ("Tufa", 17),
        ("Calcite", 45),
        ("Bluejohn", 91),
        ("Slate", 30),
        ("Jasper", 28),
        ("Flint", 14),
        ("Chert", 22),
        ("Basalt", 39),
        ("Agate", 52),
        ("Obsidian", 7),
        ("Quartz", 32),
        ("Lignite", 77),
    ],
)
def test_due_dates_of_the_named_cases_follow_from_their_spans(people: list[Person], family: str, due: int) -> None:
    person = next(person for person in people if person.family == family)

    assert clock(person).due_on == TODAY + timedelta(days=due)


def clock(person: Person):  # type: ignore[no-untyped-def]
    last = review_trigger(max(row.on for row in person.met), person.levels(), TODAY)
    detained = detained_periods(person.whereabouts(), PARAMS)
    return review_due(level_today(person, TODAY), last, detained, PARAMS, today=TODAY)


def test_the_recalled_man_has_used_48_days_and_his_clock_stands(people: list[Person]) -> None:
    anthracite = clock(next(person for person in people if person.family == "Anthracite"))

    assert (anthracite.due_on, anthracite.days_used, anthracite.paused) == (None, 48, True)


def test_one_was_released_without_a_meeting_and_three_have_one_to_come(people: list[Person]) -> None:
    """R107: late for Lignite alone, whoever else is or was inside."""
    found = {}
    for key, person in enumerate(ours(people)):
        meetings = tuple(MeetingFacts(row.on, row.level) for row in person.met)
        dates = {row.kind: row.on for row in person.dates if row.on >= TODAY}
        for row in pre_releases_wanted(
            CaseFacts(key, 1, person.facts(key), meetings), dates, today=TODAY, params=PARAMS
        ):
            if row.met_on is None and row.cancelled_on is None and row.due_on is not None:
                found[person.family] = (row.due_on - TODAY).days

    assert found == {"Lignite": -6, "Hematite": 59, "Travertine": 33, "Rutile": 69}


@pytest.mark.parametrize("today", DAYS_OF_LOADING)
def test_22_grounds_end_within_six_months(today: date) -> None:
    ends = [
        ground.ends_on
        for person in ours(cast(Days(today), 1))
        for ground in person.grounds
        if not ground.voided and ground.ends_on is not None and ground.ends_on > today
    ]
    horizons = [today + timedelta(days=28), add_months(today, 3), add_months(today, 6)]

    assert [sum(end <= horizon for end in ends) for horizon in horizons] == [4, 9, 22]


def test_six_children_four_of_them_in_the_community(people: list[Person]) -> None:
    children = [
        person
        for person in ours(people)
        if person.born is not None
        and (TODAY.year - person.born.year - ((TODAY.month, TODAY.day) < (person.born.month, person.born.day))) < 18
        and category_on(person.grounds, TODAY).value is not None
    ]

    assert len(children) == 6
    assert sum(where(person, TODAY) is Whereabouts.COMMUNITY for person in children) == 4


def test_every_surname_is_a_rock_and_every_member_of_staff_a_bird(people: list[Person]) -> None:
    known = {*names.MINERALS, *names.SOUND_ALIKES}
    assert all(set(person.family.split("-")) <= known for person in people)
    assert not known & {member.family for member in STAFF}
    assert all(member.email.endswith("@example.org") for member in STAFF)


def test_same_seed_gives_the_same_register_and_another_day_moves_relative_dates(people: list[Person]) -> None:
    assert cast(Days(TODAY), 1) == people
    assert cast(Days(TODAY), 2) != people
    tomorrow = cast(Days(TODAY + timedelta(days=1)), 1)
    moved = next(person for person in tomorrow if person.family == "Barytes")
    stayed = next(person for person in people if person.family == "Barytes")
    assert [row.on - timedelta(days=1) for row in moved.met] == [row.on for row in stayed.met]


@pytest.mark.parametrize("index", [0, 1, 2351, 9999])
def test_invented_numbers_pass_their_own_checks(index: int) -> None:
    made = {
        IdentifierKind.PNC: numbers.pnc(index, 2019),
        IdentifierKind.CRO: numbers.cro(index, 2019),
        IdentifierKind.CRN: numbers.crn(index),
        IdentifierKind.NOMS: numbers.noms(index),
        IdentifierKind.NHS: numbers.nhs(index),
        IdentifierKind.VISOR: numbers.visor(index),
    }
    assert all(check_identifier(kind, value).valid for kind, value in made.items())


def test_invented_numbers_differ() -> None:
    for make in (numbers.crn, numbers.noms, numbers.nhs, numbers.visor, lambda index: numbers.pnc(index, 2019)):
        assert len({make(index) for index in range(3000)}) == 3000


@pytest.mark.parametrize("offset", [4, 6, 8, 12, 13, 20, 25, -10, -14, -98])
@pytest.mark.parametrize("today", DAYS_OF_LOADING)
def test_working_days_of_the_demo_are_working_days(today: date, offset: int) -> None:
    day = Days(today).working(offset)
    assert is_working_day(day)
    assert (day >= Days(today)(offset)) if offset > 0 else (day <= Days(today)(offset))


@pytest.mark.parametrize("today", DAYS_OF_LOADING)
def test_whoever_was_accepted_came_to_level_2_on_that_day(today: date) -> None:
    """Thirty-one referrals of the year, as the specification counts them; nobody's level is older than its referral."""
    day, by_family = (
        Days(today),
        {person.family: person for person in cast(Days(today), 1) if person.area == "derbyshire"},
    )
    for row in ACCEPTED:
        began = [span.starts_on for span in by_family[row.family].levels() if span.level is Level.TWO]
        assert day(row.decided) in began, row.family
        assert row.received < row.decided
    assert (len(ACCEPTED) + 1, len(DECLINED)) == (19, 7)
    assert sum(row.asked is not Level.TWO for row in ACCEPTED) == 3
    assert min(row.received for row in (*ACCEPTED, *DECLINED)) > -235
