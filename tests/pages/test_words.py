"""The pages say the area's word for a managed person, and never "offender" of a child (R30)."""

from datetime import date

import pytest
from django.test import Client

from agencies.models import Area, Membership
from mappa import clock
from pages.words import person_word
from rules.calendar import add_months
from rules.vocabulary import PersonWord
from tests.factories import cases as make
from tests.factories.agencies import MembershipFactory, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> Membership:
    member = MembershipFactory.create()
    sign_in(client, member.user, acting=member)
    return member


def read(client: Client, path: str) -> str:
    return str(client.get(path).content.decode())


def born(years: int) -> date:
    return add_months(clock.today(), -12 * years)


@pytest.mark.parametrize("word", [word for word in PersonWord if word is not PersonWord.CHILD])
def test_register_record_and_forms_say_the_word(client: Client, member: Membership, word: PersonWord) -> None:
    Area.objects.filter(pk=member.area_id).update(person_word=word)
    man = make.nominal(member.area, date_of_birth=born(40))
    assert word.plural.capitalize() in read(client, "/nominals/")
    assert f"Add {word.one}" in read(client, "/nominals/")
    assert f"Add {word.one}" in read(client, "/nominals/add/")
    assert f'caption-m">{word.value.capitalize()}<' in read(client, f"/nominals/{man.pk}/")
    assert f"{word.value.capitalize()}: {man.name}" in read(client, f"/nominals/{man.pk}/edit/")


def test_a_child_s_pages_never_say_offender(client: Client, member: Membership) -> None:
    Area.objects.filter(pk=member.area_id).update(person_word=PersonWord.OFFENDER)
    child, adult = make.nominal(member.area, date_of_birth=born(17)), make.nominal(member.area, date_of_birth=born(18))
    for page in ("", "edit/", "history/", "level/", "addresses/"):
        assert "offender" not in read(client, f"/nominals/{child.pk}/{page}").lower(), page
    assert "Child" in read(client, f"/nominals/{child.pk}/")
    assert "Offender" in read(client, f"/nominals/{adult.pk}/")


def test_where_no_area_is_at_hand() -> None:
    assert person_word(None) is PersonWord.NOMINAL
