"""A form: carried out once, refused with everything typed kept, never over somebody else's change in silence."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.db.models.functions import Now
from django.test import Client

from agencies.models import Area, LocalHousingAuthority, Membership
from pages import submissions
from pages.models import SubmittedForm
from tests.factories.agencies import AreaFactory, MembershipFactory, sign_in

from .conftest import SignedIn

DAY = {"starts_on_day": "1", "starts_on_month": "1", "starts_on_year": "2000"}


def address(area: Area) -> str:
    return f"/areas/{area.pk}/edit/"


def key_in(response: Any) -> str:
    found = re.search(r'name="_key" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def made() -> list[str]:
    return sorted(LocalHousingAuthority.objects.values_list("name", flat=True))


def test_a_good_form_is_carried_out_and_leads_on(visitor: Client, area: Area) -> None:
    response = visitor.post(address(area), {"name": "Amber", **DAY})
    assert (response.status_code, response["Location"]) == (302, f"/areas/{area.pk}/")
    assert made() == ["Amber"]


def test_a_faulty_form_comes_back_with_what_was_typed(visitor: Client, area: Area) -> None:
    response = visitor.post(address(area), {"name": "Amber", **DAY, "starts_on_month": "Smarch"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: Change the area" in html
    assert 'value="Amber"' in html
    assert 'value="Smarch"' in html
    assert 'href="#id_starts_on_day"' in html
    assert made() == []


def test_a_refused_form_comes_back_with_the_cited_reason_and_nothing_done(visitor: Client, area: Area) -> None:
    response = visitor.post(address(area), {"name": "Refuse", **DAY, "_key": str(uuid4())})
    html = response.content.decode()
    assert response.status_code == 422
    assert "The panel has not sat." in html
    assert "Rule R51" in html
    assert 'value="Refuse"' in html
    assert made() == []
    assert not SubmittedForm.objects.exists()


def test_a_refused_form_without_a_key_leaves_nothing_either(visitor: Client, area: Area) -> None:
    assert visitor.post(address(area), {"name": "Refuse", **DAY}).status_code == 422
    assert made() == []


def test_the_same_form_twice_has_one_effect_and_one_result(visitor: Client, area: Area) -> None:
    form = {"name": "Amber", **DAY, "_key": key_in(visitor.get(address(area)))}
    first, second = visitor.post(address(area), form), visitor.post(address(area), form)
    assert first["Location"] == second["Location"]
    assert made() == ["Amber"]


def test_the_same_form_with_other_answers_is_not_dropped_in_silence(visitor: Client, area: Area) -> None:
    form = {"name": "Amber", **DAY, "_key": key_in(visitor.get(address(area)))}
    first = visitor.post(address(area), form)
    response = visitor.post(address(area), {**form, "name": "Bolsover"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "You have sent this form before, with other answers" in html
    assert f'href="{first["Location"]}"' in html
    assert made() == ["Amber"]
    # Nothing typed is lost, and it can be saved by choice, under a key of its own.
    assert re.search(r'<input type="hidden" name="name" value="Bolsover"', html)
    assert visitor.post(address(area), {**form, "name": "Bolsover", "_key": key_in(response)}).status_code == 302
    assert made() == ["Amber", "Bolsover"]


def test_a_refused_form_can_be_put_right_and_sent_again(visitor: Client, area: Area) -> None:
    key = key_in(visitor.get(address(area)))
    again = visitor.post(address(area), {"name": "Refuse", **DAY, "_key": key})
    assert key_in(again) == key
    assert visitor.post(address(area), {"name": "Amber", **DAY, "_key": key}).status_code == 302
    assert made() == ["Amber"]


def test_another_persons_key_is_not_mine(area: Area, signed_in: SignedIn) -> None:
    key = str(uuid4())
    signed_in().post(address(area), {"name": "Amber", **DAY, "_key": key})
    signed_in().post(address(area), {"name": "Bolsover", **DAY, "_key": key})
    assert made() == ["Amber", "Bolsover"]


@pytest.mark.parametrize("key", ["", "no key", "\x00"])
def test_a_form_without_a_proper_key_is_carried_out_each_time(visitor: Client, area: Area, key: str) -> None:
    visitor.post(address(area), {"name": "Amber", **DAY, "_key": key})
    visitor.post(address(area), {"name": "Bolsover", **DAY, "_key": key})
    assert made() == ["Amber", "Bolsover"]


def test_keys_are_forgotten_after_24_hours_and_not_before(visitor: Client, coordinator: Membership, area: Area) -> None:
    minute = timedelta(minutes=1)
    for age in (submissions.KEPT - minute, submissions.KEPT + minute):
        SubmittedForm.objects.create(user=coordinator.user, key=uuid4(), submitted_at=Now() - age)
    visitor.post(address(area), {"name": "Amber", **DAY, "_key": str(uuid4())})
    assert SubmittedForm.objects.count() == 2


def test_a_conflict_shows_both_texts_and_saves_neither(visitor: Client, area: Area) -> None:
    response = visitor.post(address(area), {"name": "Conflict", **DAY})
    html = response.content.decode()
    assert response.status_code == 409
    assert area.name in html
    assert "Conflict" in html
    # What was typed can still be saved, by choice.
    assert re.search(r'<input type="hidden" name="name" value="Conflict"', html)
    assert re.search(r'<input type="hidden" name="starts_on" value="2000-01-01"', html)
    # Only what differs is compared.
    assert "Start date" not in html
    assert made() == []


def test_a_version_that_is_not_the_stored_one_is_a_conflict(visitor: Client, area: Area) -> None:
    response = visitor.post(address(area), {"name": "Amber", **DAY, "_version": "3"})
    assert response.status_code == 409
    assert made() == []


def test_one_form_sent_five_times_at_once_has_one_effect(own_database: Any, small_site: None) -> None:
    area = AreaFactory.create()
    member = MembershipFactory.create(area=area)
    before = Client()
    sign_in(before, member.user, acting=member)
    form = {"name": "Amber", **DAY, "_key": str(uuid4())}

    def send(_: int) -> tuple[int, str]:
        try:
            client = Client()
            client.cookies = before.cookies
            response = client.post(address(area), form)
            return response.status_code, response.get("Location", "")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        results = set(pool.map(send, range(5)))
    assert results == {(302, f"/areas/{area.pk}/")}
    assert made() == ["Amber"]


def test_a_new_form_shows_what_is_saved(visitor: Client, area: Area) -> None:
    html = visitor.get(address(area)).content.decode()
    assert f'value="{area.name}"' in html
    assert f'value="{date(2000, 1, 1).year}"' in html
