"""A file brought in: one transaction or none, the same file twice, hidden people."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import Ground, Identifier, LevelSpan, Nominal, Obligation
from cases.reference import load_offences
from exchange import nominals
from exchange.demo import numbers
from exchange.entries import normalised, people
from exchange.nominals import Outcome, bring_in
from exchange.problems import Problem
from exchange.reader import rows
from exchange.stored import stored_people
from rules.identity import check_identifier
from rules.vocabulary import Handling, IdentifierKind
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
    person,
    pnc,
    row,
)
from tests.factories.agencies import AgencyFactory, AreaFactory, MembershipFactory, PanelAreaFactory

pytestmark = pytest.mark.django_db

NUMBER = check_identifier(IdentifierKind.PNC, pnc(1)).normalised

REGISTER = [
    row(1, CATEGORY_1, LEVEL_1, COMMUNITY, panel_area="Erewash", aliases="nickname: Rocky", sex="female"),
    row(
        2, CATEGORY_2, LEVEL_2, COMMUNITY, lead_agency="Probation", last_meeting="2026-02-02", next_meeting="2026-05-04"
    ),
    more(2, CATEGORY_1, whereabouts="recalled", whereabouts_start="2026-02-20", place="HMP Toadstone"),
    row(3, CATEGORY_3, LEVEL_2),
]


@pytest.fixture
def area() -> Area:
    area = AreaFactory.create(name="Derbyshire", slug="derbyshire")
    PanelAreaFactory.create(area=area, name="Erewash", slug="erewash")
    AgencyFactory.create(area=area, name="Probation", slug="probation")
    load_offences(Principal.system("reference", on=TODAY), TODAY)
    return area


def system() -> Principal:
    return Principal.system("import_nominals", on=TODAY)


def brought(
    area: Area, rows: Iterable[Mapping[str, str]], *, by: Principal | None = None, dry_run: bool = False
) -> tuple[Outcome, list[Problem]]:
    problems: list[Problem] = []
    outcome = bring_in(
        io.BytesIO(as_csv(rows)),
        by=by or system(),
        area=area,
        today=TODAY,
        dry_run=dry_run,
        report=problems.append,
        note=list[Problem]().append,
    )
    return outcome, problems


def coordinator(area: Area, *, category_4: bool = False) -> Principal:
    membership = MembershipFactory.create(area=area, role=Role.COORDINATOR, user__category_4=category_4)
    return Principal.for_membership(membership, on=TODAY)


def test_the_register_as_the_file_says_it(area: Area) -> None:
    outcome, problems = brought(area, REGISTER)

    assert problems == []
    assert (outcome.people, outcome.added, outcome.changed, outcome.unchanged, outcome.kept) == (3, 3, 0, 0, True)
    first, second, third = stored_people(list(Nominal.objects.order_by("id").values_list("pk", flat=True))).values()
    assert first.sex == "female"
    assert [alias.family_name for alias in first.aliases] == ["Rocky"]
    assert [ground.kind for ground in second.grounds] == ["qualifying_disposal", "notification"]
    assert second.grounds[0].offence_code == "robbery"
    assert second.grounds[0].term_months == 60
    assert [(span.kind, span.starts_on, span.ends_on) for span in second.whereabouts] == [
        ("community", date(2020, 1, 6), date(2026, 2, 19)),
        ("recalled", date(2026, 2, 20), None),
    ]
    assert third.grounds[0].offence_text == "Common assault"
    assert Obligation.objects.filter(nominal__family_name="Feldspar", kind="review_2_3").count() == 1


def test_the_same_file_twice_changes_nothing(area: Area) -> None:
    brought(area, REGISTER)
    before = stored_people(list(Nominal.objects.values_list("pk", flat=True)))

    outcome, problems = brought(area, REGISTER)

    assert problems == []
    assert (outcome.added, outcome.changed, outcome.unchanged) == (0, 0, 3)
    assert stored_people(list(before)) == before
    assert Nominal.objects.count() == 3


def test_what_is_new_is_added_and_nothing_is_taken_away(area: Area) -> None:
    brought(area, REGISTER)
    again = person(1, crn="Z900001", family_name="Feldspar-Marl") | CATEGORY_1

    outcome, problems = brought(area, [again, more(1, level="2", level_start="2026-03-02")])

    assert problems == []
    assert (outcome.added, outcome.changed) == (0, 1)
    changed = Nominal.objects.get(identifiers__normalised="Z900001")
    assert changed.family_name == "Feldspar-Marl"
    assert list(changed.levels.order_by("starts_on").values_list("level", "ends_on")) == [
        ("not_set", date(2020, 2, 2)),
        ("1", date(2026, 3, 1)),
        ("2", None),
    ]
    assert changed.whereabouts.count() == 1
    assert changed.aliases.count() == 1
    assert changed.identifiers.count() == 2


def test_one_bad_row_and_nothing_comes_in(area: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nominals, "BATCH", 1)

    outcome, problems = brought(area, [*REGISTER, row(4, CATEGORY_1, level="1", level_start="2019-01-01")])

    assert [(one.line, one.column) for one in problems] == [(6, "level_start")]
    assert not outcome.kept
    assert Nominal.objects.count() == 0


def test_a_dry_run_counts_and_keeps_nothing(area: Area) -> None:
    outcome, problems = brought(area, REGISTER, dry_run=True)

    assert problems == []
    assert (outcome.added, outcome.kept) == (3, False)
    assert Nominal.objects.count() == 0


def test_identifiers_of_two_people(area: Area) -> None:
    brought(area, [row(1, CATEGORY_1), row(2, CATEGORY_1, crn="Z900002")])

    _, problems = brought(area, [row(1, CATEGORY_1, crn="Z900002")])

    assert [(one.line, one.column, one.kind) for one in problems] == [(2, "pnc", "two_people")]


def test_one_person_of_the_register_twice_in_the_file(area: Area) -> None:
    brought(area, [row(1, CATEGORY_1, crn="Z900002")])

    _, problems = brought(area, [row(1, CATEGORY_1), row(3, CATEGORY_1, pnc="", crn="Z900002")])

    assert [(one.line, one.kind) for one in problems] == [(3, "two_people")]
    assert "line 2" in problems[0].reason


def test_a_stranger_with_one_identifier_is_not_overwritten(area: Area) -> None:
    brought(area, REGISTER)
    before = stored_people(list(Nominal.objects.values_list("pk", flat=True)))
    stranger = row(1, CATEGORY_2, family_name="Travertine", date_of_birth="1990-07-19")

    outcome, problems = brought(area, [stranger])

    assert [(one.line, one.column, one.kind, one.rule) for one in problems] == [(2, "pnc", "another_person", "R4")]
    assert not outcome.kept
    assert stored_people(list(before)) == before
    said = str(problems[0])
    assert not any(text in said for text in ("Feldspar", "Travertine", "1979", "1990", pnc(1)))


@pytest.mark.parametrize("born", ["unknown", "1979-02-28"])
def test_an_unknown_date_of_birth_bears_nothing_out(area: Area, born: str) -> None:
    brought(area, [row(1, CATEGORY_1, date_of_birth="unknown")])

    assert brought(area, [row(1, CATEGORY_1, family_name="Travertine", date_of_birth=born)])[1][0].kind == (
        "another_person"
    )
    assert brought(area, [row(1, CATEGORY_1, date_of_birth=born)])[1] == []


@pytest.mark.parametrize(
    ("cells", "noted"),
    [
        ({"family_name": "Travertine"}, ["family_name"]),
        ({"date_of_birth": "1979-02-27"}, ["date_of_birth"]),
        ({"family_name": "Travertine", "date_of_birth": "1979-02-27", "aliases": "former: feldspar"}, ["family_name"]),
        ({"family_name": " FELDSPAR "}, []),
    ],
    ids=["surname", "date of birth", "both, under a former name", "capitals"],
)
def test_one_difference_is_a_note(area: Area, cells: dict[str, str], noted: list[str]) -> None:
    brought(area, [row(1, CATEGORY_1)])
    notes: list[Problem] = []
    file = io.BytesIO(as_csv([row(1, CATEGORY_1, **cells)]))

    outcome = bring_in(file, by=system(), area=area, today=TODAY, dry_run=True, report=notes.append, note=notes.append)

    assert outcome.problems == 0
    wanted = [*noted, "date_of_birth"] if "aliases" in cells else noted
    assert [(note.column) for note in notes if note.rule == "R4"] == wanted


def test_what_cannot_stand_beside_the_register_is_a_bad_row(area: Area) -> None:
    """A Category 3 ground beside a stored Category 1: the file by itself would be right."""
    brought(area, [row(1, CATEGORY_1)])
    alone = row(1, CATEGORY_3, LEVEL_2, ground_start="2021-02-01", level_start="2021-02-01")

    for dry_run in (True, False):
        outcome, problems = brought(area, [alone], dry_run=dry_run)
        assert not outcome.kept
        assert {(one.line, one.rule) for one in problems} == {(2, "R18")}
    assert Ground.objects.count() == 1


def test_a_death_ends_the_grounds_that_the_file_does_not_name(area: Area) -> None:
    brought(area, [row(1, CATEGORY_1)])
    dead = row(
        1, CATEGORY_2, ground_end="2025-01-05", whereabouts="dead", whereabouts_start="2025-01-05",
    )  # fmt: skip

    _, problems = brought(area, [dead])

    assert [(one.line, one.column, one.rule) for one in problems] == [(2, "ground_end", "R28")]


@pytest.mark.parametrize("handling", [Handling.RESTRICTED, Handling.CATEGORY_4])
@pytest.mark.parametrize("who", ["system", "coordinator"])
def test_a_hidden_person_is_not_betrayed(area: Area, handling: Handling, who: str) -> None:
    brought(area, [row(1, CATEGORY_1, LEVEL_1)])
    Nominal.objects.update(handling=handling, family_name="Gypsum")
    by = system() if who == "system" else coordinator(area)

    unknown = brought(area, [row(2, CATEGORY_1, LEVEL_1)], by=by)
    hidden = brought(area, [row(1, CATEGORY_1, LEVEL_1)], by=by)

    assert hidden == unknown, "the same answer as for somebody whom nobody knows"
    assert Nominal.objects.filter(family_name="Gypsum", identifiers__normalised=NUMBER).count() == 1
    assert Identifier.objects.filter(normalised=NUMBER).count() == 2
    again, _ = brought(area, [row(1, CATEGORY_1, LEVEL_1)], by=by)
    assert (again.added, again.unchanged) == (0, 1)


def test_category_4_through_somebody_cleared(area: Area) -> None:
    cleared = coordinator(area, category_4=True)
    terrorist = row(1, CATEGORY_2, LEVEL_2, ground="terrorist_disposal", terrorist_offence="yes")

    assert brought(area, [terrorist])[1][0].kind == "clearance"
    assert brought(area, [terrorist], by=coordinator(area))[1][0].kind == "clearance"
    assert brought(area, [terrorist], by=cleared)[0].added == 1
    assert Nominal.objects.get().handling == Handling.CATEGORY_4
    assert brought(area, [terrorist], by=cleared)[0].unchanged == 1


def test_a_person_of_another_area_is_another_record(area: Area) -> None:
    elsewhere = AreaFactory.create()
    brought(elsewhere, [row(1, CATEGORY_1)])

    outcome, _ = brought(area, [row(1, CATEGORY_1)])

    assert outcome.added == 1


def test_a_level_set_on_a_page_since_stays(area: Area) -> None:
    brought(area, [row(1, CATEGORY_1, LEVEL_1)])
    span = LevelSpan.objects.get(level="1")
    LevelSpan.objects.filter(pk=span.pk).update(ends_on=date(2026, 1, 11))
    LevelSpan.objects.create(nominal=span.nominal, level="2", starts_on=date(2026, 1, 12), decided_by="meeting")

    outcome, _ = brought(area, [row(1, CATEGORY_1, LEVEL_1)])

    assert outcome.unchanged == 1
    assert LevelSpan.objects.get(level="2").decided_by == "meeting"


def test_a_voided_ground_stays_voided(area: Area) -> None:
    brought(area, [row(1, CATEGORY_1), more(1, CATEGORY_2)])
    Ground.objects.filter(kind="qualifying_disposal").update(voided_on=TODAY, void_reason="quashed on appeal")

    outcome, _ = brought(area, [row(1, CATEGORY_1), more(1, CATEGORY_2)])

    assert (outcome.unchanged, outcome.changed) == (1, 0)
    assert Ground.objects.count() == 2


def test_only_a_role_that_may_brings_in(area: Area) -> None:
    member = MembershipFactory.create(area=area, role=Role.SMB_MEMBER)

    with pytest.raises(CommandError, match="no role"):
        call_command("import_nominals", "file.csv", area="derbyshire", email=member.user.email)


def test_command(area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(as_csv(REGISTER))
    bad.write_bytes(as_csv([row(1, CATEGORY_1, panel_area="Erewosh")]))

    call_command("import_nominals", str(good), "--area", "Derbyshire", "--dry-run")
    call_command("import_nominals", str(good), "--area", "derbyshire")
    call_command("import_nominals", str(good))
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("import_nominals", str(bad))

    said = capsys.readouterr().out
    assert "3 people: 3 new, 0 changed, 0 unchanged." in said
    assert "Nothing was changed: this was a dry run." in said
    assert "3 people: 0 new, 0 changed, 3 unchanged." in said
    assert "line 2, panel_area:" in said
    assert "Did you mean Erewash?" in said


def test_the_example_file_comes_in(tmp_path: Path, area: Area) -> None:
    for name in ("Derbyshire Constabulary", "Probation Service East Midlands"):
        AgencyFactory.create(area=area, name=name)
    PanelAreaFactory.create(area=area, name="Chesterfield", slug="chesterfield")
    example = Path(__file__).parents[2] / "docs" / "examples" / "import_nominals.csv"
    problems: list[Problem] = []

    with example.open("rb") as file:
        outcome = bring_in(file, by=system(), area=area, today=TODAY, dry_run=False, report=problems.append, note=print)

    assert problems == []
    assert outcome.added >= 5


def test_the_example_file_uses_numbers_that_the_demonstration_does_not() -> None:
    """Whoever tries the example on the demonstration adds people, and overwrites none."""
    example = Path(__file__).parents[2] / "docs" / "examples" / "import_nominals.csv"
    with example.open("rb") as file:
        given = {
            normalised(kind, text)
            for one in people(rows(file, list[Problem]().append), list[Problem]().append)
            for _, kind, text in one.identifiers
        }
    of_demo = {
        normalised(kind, text)
        for index in range(10_000)
        for kind, text in (
            (IdentifierKind.CRN, numbers.crn(index)),
            (IdentifierKind.VISOR, numbers.visor(index)),
            (IdentifierKind.NOMS, numbers.noms(index)),
            (IdentifierKind.PNC, numbers.pnc(index, 2001)),
            (IdentifierKind.PNC, numbers.pnc(index, 1998)),
        )
    }

    assert len(given) >= 8
    assert given.isdisjoint(of_demo)


def test_somebody_with_the_same_name_and_birth_date_is_a_note(area: Area) -> None:
    brought(area, [row(1, CATEGORY_1)])
    notes: list[Problem] = []
    file = io.BytesIO(as_csv([row(2, CATEGORY_1)]))

    bring_in(file, by=system(), area=area, today=TODAY, dry_run=True, report=notes.append, note=notes.append)

    assert [(note.line, note.rule) for note in notes if note.rule == "R4"] == [(2, "R4")]


def test_what_a_file_does_not_speak_of_stays(area: Area) -> None:
    """Addresses, officers, dates, parts in the case and exclusions come from the pages."""
    brought(area, REGISTER)
    nominal = Nominal.objects.get(identifiers__normalised=NUMBER)
    other = MembershipFactory.create(area=area)
    nominal.addresses.create(lines="1 Toadstone Terrace", postcode="ZZ99 1AA", starts_on=TODAY)
    nominal.key_dates.create(kind="tribunal", falls_on=TODAY)
    nominal.exclusions.create(user=other.user, reason="A neighbour", starts_on=TODAY)
    nominal.named_officers.create(officer=other.user, agency=other.agency, starts_on=TODAY)
    before = stored_people([nominal.pk])[nominal.pk]

    outcome, _ = brought(area, [row(1, CATEGORY_1, LEVEL_1, family_name="Feldspar-Marl")])

    assert outcome.changed == 1
    assert stored_people([nominal.pk])[nominal.pk] == replace(before, family_name="Feldspar-Marl")
