"""Two people have the same correction open: nothing is overwritten in silence, on a page or by the interface."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from agencies.kinds import AgencyKind
from agencies.models import Agency, Area, Membership
from agencies.roles import Role
from cases.models import Nominal
from cases.records import (
    AddressRecord,
    LeadAgencyRecord,
    Level1ReviewRecord,
    NamedOfficerRecord,
    ScreeningRecord,
)
from mappa import clock
from rules.vocabulary import DecidingBody, Level, ReviewForm, RiskLevel, ScreeningOutcome, Whereabouts
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, MembershipFactory
from tests.factories.cases import TODAY, at_level
from tests.factories.visits import day, hidden, text_of, visitor

DAY = timedelta(days=1)
BEGAN = TODAY - 40 * DAY
REASONS = "Low risk, one agency"


@pytest.fixture
def probation(area: Area) -> Agency:
    return AgencyFactory.create(area=area, kind=AgencyKind.PROBATION)


@pytest.fixture
def officer(probation: Agency) -> Membership:
    return MembershipFactory.create(area=probation.area, agency=probation, role=Role.PRACTITIONER)


@pytest.fixture
def man(area: Area, probation: Agency, officer: Membership) -> Nominal:
    clock.pretend(TODAY)
    return make.nominal(
        area,
        grounds=(make.qualifying(BEGAN),),
        levels=(at_level(Level.ONE, BEGAN, DecidingBody.SCREENING),),
        whereabouts=(make.stay(Whereabouts.COMMUNITY, BEGAN),),
        addresses=(AddressRecord(BEGAN, lines="1 Tufa Rise"),),
        lead_agencies=(LeadAgencyRecord(probation.pk, BEGAN - DAY, BEGAN - DAY), LeadAgencyRecord(probation.pk, BEGAN)),
        named_officers=(NamedOfficerRecord(officer.user_id, probation.pk, BEGAN),),
        screenings=(ScreeningRecord(BEGAN, ScreeningOutcome.LEVEL_1, REASONS),),
        level_1_reviews=(
            Level1ReviewRecord(
                TODAY - 20 * DAY, ReviewForm.PAPER, "Probation", "Stays at Level 1", TODAY + 60 * DAY, RiskLevel.MEDIUM
            ),
        ),
    )


@pytest.fixture
def pages(man: Nominal, probation: Agency, officer: Membership) -> dict[str, tuple[str, Model, dict[str, Any]]]:
    """By kind: the address of the page, the row, and what its form says as it stands."""
    review, began = man.level_1_reviews.get(), day("starts_on", BEGAN.isoformat())
    said = {
        "held_as": "paper", "contributors": "Probation", "decision": "Stays at Level 1", "risk": "medium",
        **day("held_on", review.held_on.isoformat()), **day("next_on", review.next_on.isoformat()),
    }  # fmt: skip
    screening = {"outcome": "level_1", "reason": REASONS, **day("screened_on", BEGAN.isoformat())}
    address = {"abode": "address", "lines": "1 Tufa Rise", "tenure": "private", **began}
    return {
        "review": ("level-1-reviews", review, said),
        "screening": ("screenings", man.screenings.get(), screening),
        "address": ("addresses", man.addresses.get(), address),
        "lead": ("lead-agencies", man.lead_agencies.get(starts_on=BEGAN), {"agency": probation.pk, **began}),
        "officer": ("named-officers", man.named_officers.get(), {"officer": officer.user_id, **began}),
    }


# What each of the two enters, and how the page of the second puts it.
TWO = {
    "review": ({"decision": "It stays at Level 1"}, {"decision": "Level 1 is enough still"}),
    "screening": ({"reason": "Low risk of harm"}, {"reason": "Low risk to anybody"}),
    "address": ({"lines": "1 Tufa Rise, Flat A"}, {"lines": "1 Tufa Rise, Flat B"}),
    "lead": (day("starts_on", (BEGAN + DAY).isoformat()), day("starts_on", (BEGAN + 2 * DAY).isoformat())),
    "officer": (day("starts_on", (BEGAN + DAY).isoformat()), day("starts_on", (BEGAN + 2 * DAY).isoformat())),
}
SHOWN = {
    "lead": ("15 October 2026", "16 October 2026"),
    "officer": ("15 October 2026", "16 October 2026"),
}


@pytest.mark.parametrize("kind", list(TWO))
def test_the_second_sees_both_texts(area: Area, pages: dict[str, tuple[str, Model, dict[str, Any]]], kind: str) -> None:
    path, row, stands = pages[kind]
    url, why = f"/{path}/{row.pk}/correct/", "correction" if kind == "screening" else "reason"
    two: list[tuple[Client, Any]] = [(client, client.get(url)) for client, _ in (visitor(area), visitor(area))]
    (first, first_page), (second, second_page) = two
    mine, yours = TWO[kind]
    assert first.post(url, {**hidden(first_page), **stands, **mine, why: "The first"}).status_code == 302
    answer: Any = second.post(url, {**hidden(second_page), **stands, **yours, why: "The second"})
    assert answer.status_code == 409
    for word in (*SHOWN.get(kind, (*mine.values(), *yours.values())), "The first", "The second"):
        assert word in text_of(answer)
    row.refresh_from_db()
    assert row.correction == "The first"  # type: ignore[attr-defined]
    # Having seen both, the second may still save theirs.
    assert second.post(url, {**hidden(answer), **stands, **yours, why: "The second"}).status_code == 302
    row.refresh_from_db()
    assert row.correction == "The second"  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", list(TWO))
def test_what_was_changed_is_not_taken_away_unseen(
    area: Area, pages: dict[str, tuple[str, Model, dict[str, Any]]], kind: str
) -> None:
    """The page shows the row as it says by now; having seen it, the second may take it away."""
    path, row, stands = pages[kind]
    url, why = f"/{path}/{row.pk}/away/", "correction" if kind == "screening" else "reason"
    (client, _), (other, _) = visitor(area), visitor(area)
    sent = {**hidden(client.get(url)), "reason": "Of another person"}
    correct = f"/{path}/{row.pk}/correct/"
    first = {**hidden(other.get(correct)), **stands, **TWO[kind][0], why: "The first"}
    assert other.post(correct, first).status_code == 302
    answer: Any = client.post(url, sent)
    assert answer.status_code == 409
    said = text_of(answer)
    entered = SHOWN.get(kind, (*TWO[kind][0].values(),))[0]
    for word in ("Nothing has been taken away. It now says:", "The first", entered):
        assert word in said
    assert "Of another person" in answer.text, "what was typed stays"
    assert type(row)._default_manager.filter(pk=row.pk).exists()
    again = client.post(url, {**hidden(answer), "reason": "Of another person"})
    assert again.status_code == 302


INTERFACE: dict[str, Callable[[Any], dict[str, Any]]] = {
    "review": lambda number: {"decision": f"Level 1 is enough, {number}", "reason": "Misread"},
    "screening": lambda number: {"reason": f"Low risk, {number}", "correction": "Misread"},
    "address": lambda number: {"lines": f"{number} Tufa Rise", "tenure": "private", "reason": "Misread"},
    "lead": lambda number: {"starts_on": (BEGAN + number * DAY).isoformat(), "reason": "Misread"},
    "officer": lambda number: {"starts_on": (BEGAN + number * DAY).isoformat(), "reason": "Misread"},
    "stay": lambda number: {"place": f"Hostel {number}", "reason": "Misread"},
}


@pytest.mark.parametrize("kind", list(INTERFACE))
def test_the_interface_compares_the_version_that_was_read(
    area: Area, man: Nominal, pages: dict[str, tuple[str, Model, dict[str, Any]]], kind: str
) -> None:
    client, _ = visitor(area)
    path, row = ("whereabouts", man.whereabouts.get()) if kind == "stay" else pages[kind][:2]
    url = f"/api/v1/nominals/{man.pk}/{path}/{row.pk}/"
    version = client.get(url).json()["version"]

    def correct(number: int, **more: Any) -> Any:
        return client.patch(url, {**INTERFACE[kind](number), **more}, content_type="application/json")

    saved = correct(1, version=version)
    assert saved.status_code == 200
    assert saved.json()["version"] not in (version, None)
    assert correct(2, version=version).status_code == 409
    assert correct(2, version=saved.json()["version"]).status_code == 200
    # As before, without a version nothing is compared.
    assert correct(3).status_code == 200
    gone = client.post(f"{url}away/", {"reason": "Misread", "version": version}, content_type="application/json")
    assert gone.status_code == 409
