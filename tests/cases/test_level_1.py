"""Screening, Level 1 reviews, decisions on an ending, and what was brought forward: ledger and services."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from agencies.kinds import AgencyKind
from agencies.models import Agency, Area
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import Level1Review, LevelSpan, Nominal, Obligation, Screening
from cases.obligations import wanted_for
from cases.records import AddressRecord, KeyDateRecord, LeadAgencyRecord, Level1ReviewRecord
from cases.services.brought_forward import work_off, work_off_several
from cases.services.endings import record_ending_decision
from cases.services.level_1 import (
    record_level_1_review,
    record_screening,
    report_change,
    switch_level_1_reviews,
)
from cases.services.obligations import drifting_everywhere, reconcile
from cases.services.people import record_address
from cases.services.whereabouts import record_whereabouts
from mappa import clock
from rules.core import Refused
from rules.vocabulary import (
    CaseChange,
    DeadlineStatus,
    DecidingBody,
    EndingOutcome,
    KeyDateKind,
    Level,
    ObligationKind,
    ReviewForm,
    RiskLevel,
    ScreeningOutcome,
    Whereabouts,
)
from tests.factories import cases as make
from tests.factories.agencies import AgencyFactory, AreaFactory
from tests.factories.cases import TODAY, at_level
from tests.factories.visits import day, hidden, text_of, visitor

DAY = timedelta(days=1)
SCREENED = at_level(Level.ONE, TODAY - 40 * DAY, DecidingBody.SCREENING)
SCREENING, REVIEW = ObligationKind.SCREENING, ObligationKind.LEVEL_1_REVIEW
EARLY, ENDING = ObligationKind.LEVEL_1_EARLY_REVIEW, ObligationKind.ENDING_DECISION


def ledger(man: Nominal, kind: ObligationKind) -> list[tuple[int, int | None, int | None]]:
    """Triggered, due and met, in days from today."""
    rows = Obligation.objects.filter(nominal=man, kind=kind).order_by("triggered_on")

    def off(day: date | None) -> int | None:
        return None if day is None else (day - TODAY).days

    return [((row.triggered_on - TODAY).days, off(row.due_on), off(row.met_on)) for row in rows]


@pytest.fixture
def agency(area: Area) -> Agency:
    return AgencyFactory.create(area=area, kind=AgencyKind.PROBATION)


@pytest.fixture
def person(area: Area, agency: Agency) -> Callable[..., Nominal]:
    """Somebody sentenced forty days ago, screened and at Level 1, led by probation, unless said otherwise."""

    def make_one(**more: object) -> Nominal:
        facts = {
            "grounds": (make.qualifying(TODAY - 40 * DAY),),
            "levels": (SCREENED,),
            "whereabouts": (make.stay(Whereabouts.COMMUNITY, TODAY - 40 * DAY),),
            "lead_agencies": (LeadAgencyRecord(agency.pk, TODAY - 40 * DAY),),
        }
        return make.nominal(area, **facts | more)

    return make_one


def reviewed(held: int, next_on: int | None = None) -> Level1ReviewRecord:
    following = None if next_on is None else TODAY + next_on * DAY
    return Level1ReviewRecord(TODAY + held * DAY, ReviewForm.PAPER, "Probation", "Stays at Level 1", following)


# --- screening -------------------------------------------------------------------------------------------------------


def test_nobody_has_looked_at_a_person_brought_in(person: Callable[..., Nominal]) -> None:
    man = person(levels=(at_level(Level.ONE, TODAY - 40 * DAY),))
    assert ledger(man, SCREENING) == [(-40, -12, None)]


def test_a_level_set_by_screening_in_time_leaves_nothing_to_follow(person: Callable[..., Nominal]) -> None:
    assert ledger(person(), SCREENING) == []


def test_in_custody_the_date_before_release_watches(person: Callable[..., Nominal], coordinator: Principal) -> None:
    man = person(levels=(), whereabouts=(make.stay(Whereabouts.CUSTODY, TODAY - 40 * DAY),))
    assert ledger(man, SCREENING) == []
    record_whereabouts(by=coordinator, today=TODAY, nominal_id=man.pk, kind=Whereabouts.COMMUNITY, starts_on=TODAY)
    assert ledger(man, SCREENING) == [(0, 28, None)]


def test_screening_meets_it_and_sets_level_1(person: Callable[..., Nominal], coordinator: Principal) -> None:
    man = person(levels=())
    record_screening(
        by=coordinator, today=TODAY, nominal_id=man.pk, screened_on=TODAY, outcome=ScreeningOutcome.LEVEL_1,
        reason="Low risk, one agency",
    )  # fmt: skip
    assert ledger(man, SCREENING) == [(-40, -12, 0)]
    level = LevelSpan.objects.filter(nominal=man).latest("starts_on")
    assert (level.level, level.decided_by, level.starts_on) == (Level.ONE, DecidingBody.SCREENING, TODAY)


def test_a_screening_put_right_takes_its_level_with_it(
    area: Area, person: Callable[..., Nominal], coordinator: Principal
) -> None:
    clock.pretend(TODAY)
    client, _ = visitor(area)
    man, began = person(levels=()), TODAY - 40 * DAY
    row = record_screening(
        by=coordinator, today=TODAY, nominal_id=man.pk, screened_on=TODAY - 5 * DAY,
        outcome=ScreeningOutcome.LEVEL_1, reason="Low risk, one agency",
    )  # fmt: skip
    path, due = f"/screenings/{row.pk}/correct/", f"/nominals/{man.pk}/due/"
    assert path in client.get(due).content.decode()
    typed = {**hidden(client.get(path)), "outcome": "level_1", "reason": "Low risk, one agency"}
    typed |= day("screened_on", (TODAY - 9 * DAY).isoformat())
    assert client.post(path, typed).status_code == 422
    assert client.post(path, typed | {"correction": "Misread"}).status_code == 302
    spans = man.levels.order_by("starts_on").values_list("level", "starts_on")
    assert list(spans) == [(Level.NOT_SET, began), (Level.ONE, TODAY - 9 * DAY)]
    assert ledger(man, SCREENING) == [(-40, -12, -9)]
    api = f"/api/v1/nominals/{man.pk}/screenings/{row.pk}/"
    assert client.patch(api, {"outcome": "refer"}, content_type="application/json").status_code == 409
    said = client.patch(api, {"outcome": "refer", "correction": "High"}, content_type="application/json")
    assert said.json().items() >= {"outcome": "refer", "correction": "High", "screened_on": "2026-11-14"}.items()
    assert list(spans.all()) == [(Level.NOT_SET, began)]
    away = f"/screenings/{row.pk}/away/"
    assert client.post(away, {**hidden(client.get(away)), "reason": "Of another person"}).status_code == 302
    assert ledger(man, SCREENING) == [(-40, -12, None)]
    assert not drifting_everywhere(today=TODAY)
    assert "Of another person" in text_of(client.get(f"/nominals/{man.pk}/history/"))


def test_to_be_referred_sets_no_level(person: Callable[..., Nominal], coordinator: Principal) -> None:
    man = person(levels=())
    record_screening(
        by=coordinator, today=TODAY, nominal_id=man.pk, screened_on=TODAY - 9 * DAY, outcome=ScreeningOutcome.REFER,
        reason="High risk, several agencies",
    )  # fmt: skip
    assert ledger(man, SCREENING) == [(-40, -12, -9)]
    assert [span.level for span in man.levels.all()] == [Level.NOT_SET]


def test_a_ground_that_is_a_decision_is_not_screened(person: Callable[..., Nominal], coordinator: Principal) -> None:
    man = person(grounds=(make.other_dangerous(TODAY - 40 * DAY),), levels=(at_level(Level.TWO, TODAY - 40 * DAY),))
    assert ledger(man, SCREENING) == []
    with pytest.raises(Refused, match="automatic ground"):
        record_screening(
            by=coordinator, today=TODAY, nominal_id=man.pk, screened_on=TODAY, outcome=ScreeningOutcome.REFER,
            reason="High risk, several agencies",
        )  # fmt: skip
    assert not Screening.objects.exists()


# --- reviews ---------------------------------------------------------------------------------------------------------


def test_the_first_review_is_due_four_weeks_after_sentence(person: Callable[..., Nominal]) -> None:
    man = person()
    assert ledger(man, REVIEW) == [(-40, -12, None)]
    assert wanted_for(man.pk, TODAY)[0].reasons[0].rule == "R39"


def test_in_custody_it_is_due_by_release(person: Callable[..., Nominal]) -> None:
    custody = {"whereabouts": (make.stay(Whereabouts.CUSTODY, TODAY - 40 * DAY),)}
    assert ledger(person(**custody), REVIEW) == [(-40, None, None)]
    dated = person(**custody, key_dates=(KeyDateRecord(KeyDateKind.EARLIEST_RELEASE, TODAY + 90 * DAY),))
    assert ledger(dated, REVIEW) == [(-40, 90, None)]


def test_a_review_meets_it_and_sets_the_next(person: Callable[..., Nominal], coordinator: Principal) -> None:
    man = person()
    record_level_1_review(
        by=coordinator, today=TODAY, nominal_id=man.pk, held_on=TODAY - DAY, form=ReviewForm.MEETING,
        contributors="Probation and police", decision="Stays at Level 1",
        risk=RiskLevel.MEDIUM, next_on=TODAY + 100 * DAY,
    )  # fmt: skip
    assert ledger(man, REVIEW) == [(-40, -12, -1), (-1, 100, None)]
    assert Level1Review.objects.get(nominal=man).form == ReviewForm.MEETING


def test_by_interface_the_risk_sets_the_limit(area: Area, person: Callable[..., Nominal]) -> None:
    clock.pretend(TODAY)
    client, _ = visitor(area)
    man = person(levels=())
    path = f"/api/v1/nominals/{man.pk}"
    screened = {"screened_on": TODAY.isoformat(), "outcome": "level_1", "reason": "Low risk, one agency"}
    made = client.post(f"{path}/screenings/", screened, content_type="application/json")
    assert made.json().items() >= screened.items()
    sent = {
        "held_on": TODAY.isoformat(), "form": "paper", "contributors": "Probation", "decision": "Stays at Level 1",
        "risk": "high", "next_on": "2027-02-24",
    }  # fmt: skip
    refused = client.post(f"{path}/level-1-reviews/", sent, content_type="application/json")
    assert refused.status_code == 409
    assert "on 23 February 2027 at the latest" in refused.json()["reasons"][0]["text"]
    sent["next_on"] = "2027-02-23"
    made = client.post(f"{path}/level-1-reviews/", sent, content_type="application/json")
    assert made.json().items() >= sent.items()
    assert [row["risk"] for row in client.get(f"{path}/level-1-reviews/").json()["results"]] == ["high"]
    assert ledger(man, REVIEW)[-1] == (0, (date(2027, 2, 23) - TODAY).days, None)
    del sent["risk"]
    assert client.post(f"{path}/level-1-reviews/", sent, content_type="application/json").status_code == 400


def test_a_review_taken_away_is_due_again_as_if_it_had_not_been(area: Area, person: Callable[..., Nominal]) -> None:
    clock.pretend(TODAY)
    client, _ = visitor(area)
    man = person(level_1_reviews=(reviewed(-20, 60),))
    assert ledger(man, REVIEW) == [(-40, -12, -20), (-20, 60, None)]
    path = f"/level-1-reviews/{man.level_1_reviews.get().pk}/away/"
    due = f"/nominals/{man.pk}/due/"
    assert path in client.get(due).content.decode()
    assert client.post(path, hidden(client.get(path))).status_code == 422
    assert client.post(path, {**hidden(client.get(path)), "reason": "Of another person"}).status_code == 302
    assert ledger(man, REVIEW) == [(-40, -12, None)]
    assert not drifting_everywhere(today=TODAY)
    assert "Of another person" in text_of(client.get(f"/nominals/{man.pk}/history/"))
    assert client.get(path).status_code == 404


def test_a_review_is_corrected_by_page_and_interface(area: Area, person: Callable[..., Nominal]) -> None:
    clock.pretend(TODAY)
    client, _ = visitor(area)
    man = person(level_1_reviews=(reviewed(-20, 60), reviewed(-9, 60)))
    row = man.level_1_reviews.earliest("held_on")
    path, api = f"/level-1-reviews/{row.pk}/correct/", f"/api/v1/nominals/{man.pk}/level-1-reviews/{row.pk}/"
    typed = {
        **hidden(client.get(path)), "held_as": "paper", "contributors": "Probation", "decision": "Stays at Level 1",
        "risk": "medium", "reason": "Misread", **day("next_on", (TODAY + 60 * DAY).isoformat()),
    }  # fmt: skip
    refused = client.post(path, typed | day("held_on", (TODAY - 9 * DAY).isoformat()))
    said = client.patch(
        api, {"held_on": (TODAY - 9 * DAY).isoformat(), "risk": "medium", "reason": "Misread"},
        content_type="application/json",
    )  # fmt: skip
    assert (refused.status_code, said.status_code) == (422, 409)
    (reason,) = said.json()["reasons"]
    assert (reason["rule"], reason["text"] in text_of(refused)) == ("R40", True)
    # Before the person was at Level 1 nobody could hold it.
    early = client.post(path, typed | day("held_on", (TODAY - 50 * DAY).isoformat()))
    assert "The person was not at Level 1 on that day" in text_of(early)
    assert client.post(path, typed | day("held_on", (TODAY - 15 * DAY).isoformat())).status_code == 302
    assert ledger(man, REVIEW) == [(-40, -12, -15), (-15, 60, -9), (-9, 60, None)]
    assert not drifting_everywhere(today=TODAY)
    assert "because: Misread" in text_of(client.get(f"/nominals/{man.pk}/due/"))
    answer = client.patch(
        api, {"held_on": (TODAY - 12 * DAY).isoformat(), "reason": "Read again"}, content_type="application/json"
    )
    assert answer.json().items() >= {"held_on": "2026-11-11", "risk": "medium", "correction": "Read again"}.items()
    assert client.patch(api, {"risk": "high"}, content_type="application/json").status_code == 409
    history = text_of(client.get(f"/nominals/{man.pk}/history/"))
    assert "Misread" in history
    assert "Read again" in history


def test_what_was_not_known_of_a_review_may_stay_so(area: Area, person: Callable[..., Nominal]) -> None:
    clock.pretend(TODAY)
    client, _ = visitor(area)
    man = person(level_1_reviews=(reviewed(-20),))
    row = man.level_1_reviews.get()
    path, api = f"/level-1-reviews/{row.pk}/correct/", f"/api/v1/nominals/{man.pk}/level-1-reviews/{row.pk}/"
    typed = {
        **hidden(client.get(path)), "held_as": "paper", "contributors": "Probation", "decision": "It stays at Level 1",
        "reason": "Misread", **day("held_on", row.held_on.isoformat()),
    }  # fmt: skip
    assert client.post(path, typed).status_code == 302
    row.refresh_from_db()
    assert (row.decision, row.risk, row.next_on) == ("It stays at Level 1", "", None)
    said = {"contributors": "Probation, police", "reason": "Misread"}
    assert client.patch(api, said, content_type="application/json").status_code == 200
    # What is known does not become unknown again.
    known = {"risk": "medium", "next_on": (TODAY + 60 * DAY).isoformat(), "reason": "Found in the file"}
    assert client.patch(api, known, content_type="application/json").status_code == 200
    assert client.post(path, {**typed, **hidden(client.get(path))}).status_code == 422


def test_a_review_of_somebody_at_level_2_is_refused(person: Callable[..., Nominal], coordinator: Principal) -> None:
    man = person(levels=(at_level(Level.TWO, TODAY - 40 * DAY),))
    with pytest.raises(Refused, match="not at Level 1"):
        record_level_1_review(
            by=coordinator, today=TODAY, nominal_id=man.pk, held_on=TODAY, form=ReviewForm.PAPER,
            contributors="Probation", decision="Stays at Level 1", risk=RiskLevel.MEDIUM, next_on=TODAY + DAY,
        )  # fmt: skip


def test_police_do_not_review_until_they_are_switched_on(
    area: Area, person: Callable[..., Nominal], coordinator: Principal
) -> None:
    police = AgencyFactory.create(area=area, kind=AgencyKind.POLICE)
    team = AgencyFactory.create(area=area, kind=AgencyKind.POLICE, part_of=police)
    man = person(lead_agencies=(LeadAgencyRecord(team.pk, TODAY - 40 * DAY),))
    assert ledger(man, REVIEW) == []
    switch_level_1_reviews(
        by=coordinator, today=TODAY, agency_id=police.pk, holds_from=TODAY - 5 * DAY, reviews=True, reason="Agreed"
    )
    reconcile(by=make.system(), today=TODAY)
    # It begins on the day of the switch: nothing is late from before.
    assert ledger(man, REVIEW) == [(-5, 23, None)]
    switch_level_1_reviews(
        by=coordinator, today=TODAY, agency_id=team.pk, holds_from=TODAY, reviews=False, reason="Not this team"
    )
    reconcile(by=make.system(), today=TODAY)
    assert ledger(man, REVIEW) == []


def test_an_agency_of_another_area_is_not_switched(coordinator: Principal) -> None:
    elsewhere = AgencyFactory.create(area=AreaFactory.create())
    with pytest.raises(Refused):
        switch_level_1_reviews(
            by=coordinator, today=TODAY, agency_id=elsewhere.pk, holds_from=TODAY, reviews=True, reason="Agreed"
        )


@pytest.mark.parametrize("change", ["arrest", "address", "recall"])
def test_a_change_after_a_review_brings_the_next_forward(
    person: Callable[..., Nominal], coordinator: Principal, change: str
) -> None:
    home = AddressRecord(TODAY - 40 * DAY, lines="1 Toadstone Terrace")
    man = person(level_1_reviews=(reviewed(-20, 100),), addresses=(home,))
    assert ledger(man, EARLY) == []
    about = {"by": coordinator, "today": TODAY, "nominal_id": man.pk}
    if change == "arrest":
        report_change(**about, kind=CaseChange.ARREST, happened_on=TODAY - 2 * DAY)
    elif change == "address":
        record_address(**about, starts_on=TODAY - 2 * DAY, lines="2 Toadstone Terrace")
    else:
        record_whereabouts(**about, kind=Whereabouts.RECALLED, starts_on=TODAY - 2 * DAY)
    assert ledger(man, EARLY) == [(-2, 12, None)]
    assert ledger(man, REVIEW)[-1] == (-20, 100, None)
    assert drifting_everywhere(today=TODAY) == []


def test_what_follows_from_a_row_is_not_told(person: Callable[..., Nominal], coordinator: Principal) -> None:
    with pytest.raises(Refused, match="new address"):
        report_change(by=coordinator, today=TODAY, nominal_id=person().pk, kind=CaseChange.ADDRESS, happened_on=TODAY)


# --- endings ---------------------------------------------------------------------------------------------------------


def test_the_last_ground_at_level_2_forces_a_decision(area: Area, coordinator: Principal) -> None:
    man = make.nominal(area, grounds=(make.qualifying(ends_on=TODAY + 26 * DAY),), levels=(at_level(Level.TWO),))
    ((triggered, due, met),) = ledger(man, ENDING)
    assert triggered < 0
    assert (due, met) == (26, None)
    # Nothing lapses silently: a month after the end it stands there, overdue.
    later = TODAY + 60 * DAY
    reconcile(by=make.system(later), today=later)
    (row,) = Obligation.objects.filter(nominal=man, kind=ENDING).with_status(later)
    assert row.status == DeadlineStatus.OVERDUE
    record_ending_decision(
        by=coordinator, today=TODAY, ground_id=man.grounds.get().pk, outcome=EndingOutcome.LEAVE,
        reason="The licence ends and risk is low",
    )  # fmt: skip
    assert ledger(man, ENDING) == [(triggered, 26, 0)]


def test_an_ending_at_level_1_is_not_decided(area: Area, coordinator: Principal) -> None:
    man = make.nominal(area, grounds=(make.qualifying(ends_on=TODAY + 26 * DAY),))
    assert ledger(man, ENDING) == []
    with pytest.raises(Refused, match="No decision is asked for"):
        record_ending_decision(
            by=coordinator, today=TODAY, ground_id=man.grounds.get().pk, outcome=EndingOutcome.LEAVE,
            reason="The licence ends and risk is low",
        )  # fmt: skip


# --- brought forward -------------------------------------------------------------------------------------------------


@pytest.fixture
def old(area: Area, person: Callable[..., Nominal]) -> list[Obligation]:
    """Three screenings and reviews from before the area's start."""
    area.starts_on = TODAY - 10 * DAY
    area.save()
    for _ in range(3):
        person(levels=(at_level(Level.ONE, TODAY - 40 * DAY),))
    return list(Obligation.objects.filter(kind=SCREENING).order_by("pk"))


def test_worked_off_one_by_one_and_several(old: list[Obligation], coordinator: Principal) -> None:
    work_off(by=coordinator, today=TODAY, obligation_id=old[0].pk, reason="Done before the start")
    ids = [row.pk for row in old[1:]]
    assert work_off_several(by=coordinator, today=TODAY, obligation_ids=ids, reason="Looked at, nothing needed") == 2
    assert set(Obligation.objects.filter(kind=SCREENING).values_list("looked_at_on", flat=True)) == {TODAY}
    # The ledger's own upkeep leaves what was worked off alone.
    reconcile(by=make.system(), today=TODAY)
    assert Obligation.objects.filter(looked_at_on=TODAY).count() == 3


def test_what_is_due_like_any_other_is_not_worked_off(person: Callable[..., Nominal], coordinator: Principal) -> None:
    row = Obligation.objects.get(nominal=person(), kind=REVIEW)
    with pytest.raises(Refused, match="due like any other"):
        work_off(by=coordinator, today=TODAY, obligation_id=row.pk, reason="Never mind")


def test_without_words_or_the_permission_nothing_is_worked_off(
    old: list[Obligation], coordinator: Principal, acting: Callable[..., Principal]
) -> None:
    with pytest.raises(Refused, match="Say what came of it"):
        work_off_several(by=coordinator, today=TODAY, obligation_ids=[old[0].pk], reason=" ")
    with pytest.raises(Refused):
        work_off(by=acting(Role.SPOC), today=TODAY, obligation_id=old[0].pk, reason="Done")
    assert not Obligation.objects.filter(looked_at_on__isnull=False).exists()
