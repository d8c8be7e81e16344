"""Finding people by number, by misspelt and sound-alike names, by birth date; hidden people stay hidden."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.models import Area
from agencies.principal import Principal
from agencies.roles import Role
from cases.clashes import possible_doubles
from cases.likeness import fit, words_of
from cases.models import Alias, Nominal
from cases.queries import find
from cases.records import AliasRecord, IdentifierRecord, ParticipationRecord, PersonalGrantRecord
from cases.search import LEAST
from cases.sounds import spellings
from rules.vocabulary import Handling, IdentifierKind
from tests.factories import cases as make
from tests.factories.agencies import AreaFactory, MembershipFactory, principal_for
from tests.factories.cases import TODAY

SURNAMES = ["Galena", "Galina", "Gallena", "Shale", "Shayle", "Marl", "Maule", "Obsidian", "Feldspar", "Marl-Agate"]


@pytest.fixture
def people(area: Area) -> dict[str, Nominal]:
    records = [make.person(area, family_name=name, given_names="Kieran") for name in SURNAMES]
    return dict(zip(SURNAMES, make.people(*records), strict=True))


def found(by: Principal, text: str = "", **more: object) -> list[str]:
    return [match.nominal.family_name for match in find(by, on=TODAY, text=text, **more).matches]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param("Galena", {"Galena", "Galina", "Gallena"}, id="sounds alike"),
        pytest.param("Gallena", {"Galena", "Galina", "Gallena"}, id="doubled letter"),
        pytest.param("Shayle", {"Shale", "Shayle"}, id="Shale and Shayle"),
        pytest.param("Maule", {"Marl", "Maule"}, id="a silent R is not written"),
        pytest.param("marl", {"Marl", "Maule", "Marl-Agate"}, id="a silent R is written; part of a double name"),
        pytest.param("Feldpsar", {"Feldspar"}, id="letters swapped"),
        pytest.param("Kieran Obsidian", {"Obsidian"}, id="given name first"),
        pytest.param("obsidian, kieran", {"Obsidian"}, id="surname first"),
    ],
)
def test_names_are_found_however_they_are_spelt(
    people: dict, coordinator: Principal, asked: str, expected: set[str]
) -> None:
    names = found(coordinator, asked)
    assert expected <= set(names)
    assert names[0].lower() in asked.lower() or names[0] in expected


def test_the_best_fit_comes_first(people: dict, coordinator: Principal) -> None:
    assert found(coordinator, "Galina")[0] == "Galina"
    assert found(coordinator, "Marl")[0] == "Marl"


def test_a_stranger_is_not_found(people: dict, coordinator: Principal) -> None:
    assert found(coordinator, "Wolstenholme") == []
    assert found(coordinator, "") == []
    assert found(coordinator, "\x00") == []


def test_another_name_finds_too(area: Area, coordinator: Principal) -> None:
    make.nominal(area, family_name="Obsidian", aliases=(AliasRecord("Spar", "Eddie"),))
    (match,) = find(coordinator, on=TODAY, text="Sparr").matches
    assert (match.nominal.family_name, match.by) == ("Obsidian", "other name")


@pytest.mark.parametrize("typed", ["90/9000001{}", "1990/9000001{}", " 90 / 9000001 {} "])
def test_a_number_is_found_however_it_is_written(area: Area, coordinator: Principal, typed: str) -> None:
    own = make.pnc(9000001)
    make.nominal(area, identifiers=(own,))
    assert found(coordinator, typed.format(own.value[-1]).lower()) == ["Gritstone"]


def test_a_number_of_any_kind_is_found(area: Area, coordinator: Principal) -> None:
    make.nominal(area, family_name="Tufa", identifiers=(IdentifierRecord(IdentifierKind.CRN, "x123456"),))
    assert found(coordinator, "X123456") == ["Tufa"]
    assert found(coordinator, "X123457") == []


@pytest.mark.parametrize(
    ("born", "hit"),
    [
        pytest.param(date(1984, 5, 6), True, id="the day"),
        pytest.param(date(1984, 6, 5), True, id="day and month swapped"),
        pytest.param(date(1985, 5, 6), True, id="a year off"),
        pytest.param(date(1984, 5, 9), True, id="three days off"),
        pytest.param(date(1984, 5, 10), False, id="four days off"),
        pytest.param(date(1986, 5, 6), False, id="two years off"),
    ],
)
def test_a_birth_date_give_or_take(area: Area, coordinator: Principal, born: date, hit: bool) -> None:
    make.nominal(area, date_of_birth=date(1984, 5, 6))
    assert bool(found(coordinator, date_of_birth=born)) is hit
    assert bool(found(coordinator, "Gritston", date_of_birth=born)) is hit


def test_a_leap_day_is_no_stumbling_block(area: Area, coordinator: Principal) -> None:
    make.nominal(area, date_of_birth=date(1992, 2, 29))
    assert found(coordinator, date_of_birth=date(1992, 2, 29)) == ["Gritstone"]


def test_restricted_people_are_a_card_and_category_4_is_nothing(
    area: Area, coordinator: Principal, acting: Callable[..., Principal]
) -> None:
    make.nominal(area, family_name="Galena", handling=Handling.RESTRICTED)
    make.nominal(area, family_name="Galena", grounds=(make.terrorism(),), identifiers=(make.pnc(9000009),))
    result = find(coordinator, on=TODAY, text="Galena")
    assert (result.matches, result.cards) == ([], 1)
    assert found(coordinator, make.pnc(9000009).value) == []
    assert found(acting(user__category_4=True), make.pnc(9000009).value) == ["Galena"]


def test_trying_birth_dates_tells_nothing_of_a_restricted_person(area: Area, coordinator: Principal) -> None:
    """A card answers to a name or a number, and to them alike whatever birth date goes with it."""
    born, number = date(1984, 5, 6), make.pnc(9000009)
    make.nominal(area, family_name="Galena", date_of_birth=born, identifiers=(number,), handling=Handling.RESTRICTED)
    for day in (born, date(1951, 1, 1)):
        assert find(coordinator, on=TODAY, date_of_birth=day).cards == 0
        assert find(coordinator, on=TODAY, text="Galina", date_of_birth=day).cards == 1
        assert find(coordinator, on=TODAY, text=number.value, date_of_birth=day).cards == 1
        assert find(coordinator, on=TODAY, text="Obsidian", date_of_birth=day).cards == 0


@pytest.mark.parametrize("asked", ["galena 1", "1 Galena", "galena1", "Galena 90/9000001", "Kieran Galena (2)"])
def test_a_figure_beside_a_name_does_not_hide_the_name(people: dict, coordinator: Principal, asked: str) -> None:
    assert found(coordinator, asked)[0] == "Galena"


@pytest.mark.parametrize("handling", [Handling.CATEGORY_4, Handling.ORDINARY])
def test_a_reference_like_a_name_finds_as_a_hidden_one_does_not_exist(
    people: dict, area: Area, coordinator: Principal, handling: Handling
) -> None:
    """A ViSOR reference can look like anything. Somebody hidden who has it changes no answer."""
    before = found(coordinator, "Galena 7")
    reference = IdentifierRecord(IdentifierKind.VISOR, "GALENA7")
    make.nominal(area, family_name="Tufa", identifiers=(reference,), handling=handling)
    assert found(coordinator, "Galena 7") == (["Tufa"] if handling is Handling.ORDINARY else before)


@pytest.mark.parametrize(
    ("asked", "named", "plausible"),
    [
        pytest.param("Galina", "Galena", True, id="one letter"),
        pytest.param("Galina", "Kaolin", False, id="the same code, another name"),
        pytest.param("Maule", "Marl", True, id="heard alike"),
        pytest.param("Shayle", "Shale", True, id="heard alike, written longer"),
        pytest.param("Schist", "Shale", False, id="the same beginning"),
        pytest.param("Feld", "Feldspar", True, id="half typed"),
        pytest.param("Agate", "Marl-Agate", True, id="a part of a double name"),
        pytest.param("Marl Agate", "Marl-Agate", True, id="a double name without its hyphen"),
        pytest.param("Galina", "Marl-Galena", False, id="a misspelt part"),
        pytest.param("obrien", "O'Brien", True, id="without its mark"),
        pytest.param("Muller", "Müller", True, id="without its accent"),
        pytest.param("De la Roche", "de la Roche", True, id="in several words"),
        pytest.param("Markus Galena", "Galena", True, id="another first name"),
        pytest.param("K Galena", "Galena", True, id="an initial"),
        pytest.param("Kieron John Galena", "Galena", True, id="a middle name too many"),
        pytest.param("Kieran Obsidian", "Galena", False, id="the first name is right, the surname is not"),
        pytest.param("Kieron", "Galena", True, id="first name alone"),
        pytest.param("Tuffer", "Tufa", True, id="a silent R at the end"),
        pytest.param("Tufa", "Tuffer", True, id="an R to hear at the end"),
        pytest.param("", "Galena", False, id="no word"),
    ],
)
def test_only_plausible_names_are_shown(
    area: Area, coordinator: Principal, asked: str, named: str, plausible: bool
) -> None:
    make.nominal(area, family_name=named, given_names="Kieran")
    assert (fit(words_of(asked), named, "Kieran") >= LEAST) is plausible
    if asked:
        assert found(coordinator, asked) == ([named] if plausible else [])


def test_a_likely_birth_date_lets_a_less_likely_name_pass(area: Area, coordinator: Principal) -> None:
    make.nominal(area, family_name="Marble", given_names="Owen", date_of_birth=date(1984, 5, 6))
    assert found(coordinator, "Marlow") == []
    assert found(coordinator, "Marlow", date_of_birth=date(1984, 5, 6)) == ["Marble"]


def test_a_double_is_shown_to_those_who_may_see_it(area: Area, acting: Callable[..., Principal]) -> None:
    cleared, other, born = acting(user__category_4=True), acting(), date(1984, 5, 6)
    hidden = make.nominal(area, family_name="Gypsum", date_of_birth=born, handling=Handling.CATEGORY_4)
    added = make.nominal(area, family_name="GYPSUM", date_of_birth=born)
    make.nominal(area, family_name="Gypsum", date_of_birth=date(1990, 1, 1))
    assert possible_doubles(cleared, hidden) == [added]
    assert possible_doubles(cleared, added) == [hidden]
    assert possible_doubles(other, added) == []


def test_a_shared_number_is_a_double(area: Area, coordinator: Principal) -> None:
    one = make.nominal(area, family_name="Galena", date_of_birth=None, identifiers=(make.pnc(9000009),))
    two = make.nominal(area, family_name="Shale", identifiers=(make.pnc(9000009),))
    assert possible_doubles(coordinator, one) == [two]
    assert possible_doubles(coordinator, two) == [one]


def test_people_of_another_area_are_not_found(people: dict, db: None) -> None:
    stranger = principal_for(MembershipFactory(), on=TODAY)
    result = find(stranger, on=TODAY, text="Galena")
    assert (result.matches, result.cards) == ([], 0)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.VLO])
def test_who_is_opened_by_name_is_found_wherever_they_are(people: dict, area: Area, role: Role) -> None:
    """By a name that only looks like theirs: it is asked for where the principal may reach."""
    member = MembershipFactory(role=role)
    opened = PersonalGrantRecord(member.user_id, make.LONG_AGO)
    make.nominal(area, family_name="Tourmaline", personal_grants=(opened,))
    assert found(principal_for(member, on=TODAY), "Tuormalina") == ["Tourmaline"]
    assert found(principal_for(member, on=TODAY), "Feldpsar") == []


def test_an_agencys_contact_finds_its_people_of_this_area_and_of_another(area: Area) -> None:
    """By their own name or another one, however it is spelt; nobody in whose case the agency has no part."""
    spoc = MembershipFactory(role=Role.SPOC)
    ours = ParticipationRecord(spoc.agency_id, make.LONG_AGO)
    for where in (area, spoc.area):
        make.nominal(where, family_name="Tourmaline", participations=(ours,))
        make.nominal(where, family_name="Obsidian", aliases=(AliasRecord("Spar", "Eddie"),), participations=(ours,))
        make.nominal(where, family_name="Feldspar")
    by = principal_for(spoc, on=TODAY)
    assert found(by, "Tuormalina") == ["Tourmaline", "Tourmaline"]
    assert found(by, "Sparr") == ["Obsidian", "Obsidian"]
    assert found(by, "Feldpsar") == []


def test_another_name_stays_in_the_area_of_its_person(area: Area, coordinator: Principal) -> None:
    elsewhere = AreaFactory()
    person = make.nominal(area, family_name="Obsidian", aliases=(AliasRecord("Spar", "Eddie"),))
    with transaction.atomic():
        Alias.objects.update(area=elsewhere)
        with pytest.raises(IntegrityError, match="alias_in_the_area_of_its_nominal"):
            connection.check_constraints()
        transaction.set_rollback(True)
    Nominal.objects.filter(pk=person.pk).update(area=elsewhere)
    assert [row.area for row in person.aliases.all()] == [elsewhere]
    assert found(coordinator, "Spar") == []
    assert found(principal_for(MembershipFactory(area=elsewhere), on=TODAY), "Spar") == ["Obsidian"]


@pytest.mark.parametrize(
    ("word", "among"), [("Marl", "mal"), ("Maule", "maurle"), ("Shaw", "sharw"), ("Carr", "carr"), ("Hart", "hat")]
)
def test_spellings_by_ear(word: str, among: str) -> None:
    assert among in spellings(word)
    assert spellings(word)[0] == word.lower()
