"""What was recorded by mistake (R7, R25, R28, R32, R36, R51, R52)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules.core import Decision, Period, Reason
from rules.corrections import (
    CHANGE,
    IDENTIFICATION,
    LEVEL_1_REVIEW,
    MEETING,
    SCREENING,
    THRESHOLDING,
    OnceEach,
    against_correction,
    beside_moved_ground,
    gave_way_to,
    may_correct_address,
    may_correct_ground_start,
    may_correct_level_start,
    may_correct_meeting,
    may_correct_record,
    may_correct_whereabouts,
    may_correct_who_leads,
    may_take_lead_agency_away,
    may_take_meeting_away,
    may_take_named_officer_away,
    may_take_record_away,
    may_take_whereabouts_away,
)
from rules.facts import GroundFacts, LevelFacts, PersonFacts, WhereaboutsFacts
from rules.parameters import Parameters
from rules.vocabulary import DecidingBody, EndReason, GroundKind, Level, OffenceOutcome, Whereabouts

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
HOME, PRISON, DEAD = Whereabouts.COMMUNITY, Whereabouts.CUSTODY, Whereabouts.DEAD
BEFORE = WhereaboutsFacts(HOME, date(2026, 1, 5), date(2026, 3, 1))
WRONG = WhereaboutsFacts(PRISON, date(2026, 3, 2), date(2026, 6, 10))
AFTER = WhereaboutsFacts(HOME, date(2026, 6, 11))


@pytest.mark.parametrize(
    ("wrong", "right", "reason", "refused"),
    [
        pytest.param(WRONG, replace(WRONG, starts_on=date(2026, 1, 6)), "Misread", [], id="one day is left"),
        pytest.param(WRONG, replace(WRONG, starts_on=date(2026, 1, 5)), "Misread", ["R52"], id="none is left"),
        pytest.param(WRONG, replace(WRONG, starts_on=date(2026, 6, 10)), "Misread", [], id="its last day"),
        pytest.param(WRONG, replace(WRONG, starts_on=date(2026, 6, 11)), "Misread", ["R52"], id="after its last"),
        pytest.param(WRONG, replace(WRONG, whereabouts=HOME), "Misread", [], id="another kind"),
        pytest.param(WRONG, replace(WRONG, whereabouts=HOME), " ", ["R52"], id="no reason"),
        pytest.param(AFTER, replace(AFTER, starts_on=TODAY), "Misread", [], id="today"),
        pytest.param(AFTER, replace(AFTER, starts_on=TODAY + DAY), "Misread", ["R52"], id="tomorrow"),
        pytest.param(BEFORE, replace(BEFORE, starts_on=date(1984, 5, 17)), "Misread", [], id="born that day"),
        pytest.param(BEFORE, replace(BEFORE, starts_on=date(1984, 5, 16)), "Misread", ["R1"], id="not born yet"),
        pytest.param(AFTER, replace(AFTER, whereabouts=DEAD), "Misread", ["R28"], id="death by correction"),
        pytest.param(replace(AFTER, whereabouts=DEAD), AFTER, "Alive", [], id="not dead"),
        pytest.param(
            replace(AFTER, whereabouts=DEAD), replace(AFTER, whereabouts=DEAD, starts_on=TODAY), "Misread", [],
            id="dead from another day",
        ),
    ],
)  # fmt: skip
def test_whereabouts(wrong: WhereaboutsFacts, right: WhereaboutsFacts, reason: str, refused: list[str]) -> None:
    decision = may_correct_whereabouts(
        wrong, right, [BEFORE, WRONG, AFTER], born_on=date(1984, 5, 17), today=TODAY, reason=reason
    )
    assert [each.rule for each in decision.reasons if not decision] == refused


@pytest.mark.parametrize(
    ("wrong", "spans", "reason", "refused"),
    [
        pytest.param(WRONG, [BEFORE, WRONG, AFTER], "Of another", [], id="the one before goes on"),
        pytest.param(WRONG, [BEFORE, WRONG, AFTER], " ", ["R52"], id="no reason"),
        pytest.param(BEFORE, [BEFORE, WRONG, AFTER], "Of another", ["R52"], id="none before the first"),
        pytest.param(AFTER, [BEFORE, AFTER], "Of another", ["R52"], id="none ended the day before"),
        pytest.param(AFTER, [AFTER], "Of another", ["R52"], id="the only one"),
    ],
)
def test_whereabouts_taken_away(
    wrong: WhereaboutsFacts, spans: list[WhereaboutsFacts], reason: str, refused: list[str]
) -> None:
    decision = may_take_whereabouts_away(wrong, spans, reason=reason)
    assert [each.rule for each in decision.reasons if not decision] == refused


FROM = date(2026, 1, 5)
STATUS = GroundFacts(key=1, kind=GroundKind.NOTIFICATION, starts_on=FROM)
UNSET = LevelFacts(Level.NOT_SET, FROM, date(2026, 2, 28), DecidingBody.STATUS_OPENED)
TWO = LevelFacts(Level.TWO, date(2026, 3, 1), date(2026, 6, 30), DecidingBody.MEETING)
ONE = LevelFacts(Level.ONE, date(2026, 7, 1), None, DecidingBody.MEETING)
HELD = frozenset({date(2026, 7, 1), date(2026, 7, 8)})


@pytest.mark.parametrize(
    ("wrong", "starts_on", "reason", "refused"),
    [
        pytest.param(TWO, FROM, "Misread", [], id="from the first day of status"),
        pytest.param(TWO, FROM - DAY, "Misread", ["R32"], id="the day before the status"),
        pytest.param(TWO, date(2026, 6, 30), "Misread", [], id="its last day"),
        pytest.param(TWO, date(2026, 7, 1), "Misread", ["R32"], id="the day of the next"),
        pytest.param(TWO, TWO.starts_on, "Misread", ["R32"], id="the same day"),
        pytest.param(TWO, date(2026, 3, 8), " ", ["R32"], id="no reason"),
        pytest.param(UNSET, FROM + DAY, "Misread", ["R32"], id="not yet set follows the ground"),
        pytest.param(ONE, date(2026, 7, 8), "Misread", [], id="a meeting was held that day (R36)"),
        pytest.param(ONE, date(2026, 7, 9), "Misread", ["R36"], id="no meeting was held that day"),
        pytest.param(replace(ONE, body=DecidingBody.IMPORTED), date(2026, 7, 9), "Misread", [], id="no meeting needed"),
        pytest.param(replace(ONE, body=DecidingBody.IMPORTED), TODAY, "Misread", [], id="today"),
        pytest.param(replace(ONE, body=DecidingBody.IMPORTED), TODAY + DAY, "Misread", ["R32"], id="tomorrow"),
        pytest.param(replace(ONE, body=DecidingBody.IMPORTED), date(2026, 3, 2), "Misread", [], id="one day is left"),
        pytest.param(
            replace(ONE, body=DecidingBody.IMPORTED), date(2026, 3, 1), "Misread", ["R32"], id="the one before has none"
        ),
    ],
)
def test_first_day_of_a_level(wrong: LevelFacts, starts_on: date, reason: str, refused: list[str]) -> None:
    decision = may_correct_level_start(
        wrong, starts_on, [UNSET, TWO, ONE], [STATUS], meetings=HELD, today=TODAY, reason=reason
    )
    assert [each.rule for each in decision.reasons if not decision] == refused


@pytest.mark.parametrize(
    ("held_on", "next_on", "unchanged", "reason", "refused"),
    [
        pytest.param(TODAY, None, False, "Misread", [], id="another day"),
        pytest.param(TODAY, TODAY + DAY, False, "Misread", [], id="the next a day later"),
        pytest.param(TODAY, TODAY, False, "Misread", ["R54"], id="the next on the day"),
        pytest.param(date(2026, 7, 1), None, False, "Misread", ["R51"], id="another was held that day"),
        pytest.param(TODAY, None, True, "Misread", ["R51"], id="nothing differs"),
        pytest.param(TODAY, None, False, "", ["R51"], id="no reason"),
    ],
)
def test_meeting(held_on: date, next_on: date | None, unchanged: bool, reason: str, refused: list[str]) -> None:
    decision = may_correct_meeting(held_on, next_on, HELD, unchanged=unchanged, reason=reason)
    assert [each.rule for each in decision.reasons if not decision] == refused


@pytest.mark.parametrize(
    ("held_on", "ground", "reason", "refused"),
    [
        pytest.param(date(2026, 7, 8), STATUS, "Never held", [], id="nothing rests on it"),
        pytest.param(date(2026, 7, 8), STATUS, "", ["R51"], id="no reason"),
        pytest.param(date(2026, 7, 1), STATUS, "Never held", ["R36"], id="it took them out of Level 2"),
        pytest.param(date(2026, 3, 1), STATUS, "Never held", [], id="it put them into Level 2"),
        pytest.param(
            date(2026, 7, 8),
            replace(STATUS, ends_on=date(2026, 7, 8), end_reason=EndReason.LEVEL_2_3_ENDED),
            "Never held",
            ["R36"],
            id="it ended a ground",
        ),
    ],
)
def test_meeting_taken_away(held_on: date, ground: GroundFacts, reason: str, refused: list[str]) -> None:
    decision = may_take_meeting_away(held_on, [UNSET, TWO, ONE], [ground], reason=reason)
    assert [each.rule for each in decision.reasons if not decision] == refused


NOTIFIED = GroundFacts(
    key=5, kind=GroundKind.NOTIFICATION, starts_on=date(2026, 3, 2), outcome=OffenceOutcome.CONVICTION,
    outcome_on=date(2026, 2, 20),
)  # fmt: skip
THIRD = GroundFacts(
    key=6, kind=GroundKind.OTHER_DANGEROUS, starts_on=date(2026, 1, 5), ends_on=date(2026, 3, 1),
    end_reason=EndReason.SUPERSEDED,
)  # fmt: skip
BORN = PersonFacts("Gritstone", born_on=date(2000, 1, 1))


@pytest.mark.parametrize(
    ("wrong", "starts_on", "others", "reason", "refused"),
    [
        pytest.param(NOTIFIED, date(2026, 2, 20), [], "Misread", [], id="the day of conviction"),
        pytest.param(NOTIFIED, date(2026, 2, 19), [], "Misread", ["R7"], id="the day before it"),
        pytest.param(NOTIFIED, TODAY, [], "Misread", [], id="today"),
        pytest.param(NOTIFIED, TODAY + DAY, [], "Misread", ["R7"], id="tomorrow"),
        pytest.param(NOTIFIED, date(2026, 3, 2), [], "Misread", ["R7"], id="nothing differs"),
        pytest.param(NOTIFIED, date(2026, 2, 20), [], " ", ["R7"], id="no reason"),
        pytest.param(replace(NOTIFIED, voided=True), TODAY, [], "Misread", ["R29"], id="void"),
        pytest.param(replace(NOTIFIED, ends_on=date(2026, 5, 1)), date(2026, 5, 1), [], "Misread", [], id="its last"),
        pytest.param(
            replace(NOTIFIED, ends_on=date(2026, 5, 1)), date(2026, 5, 2), [], "Misread", ["R7"], id="after its last"
        ),
        pytest.param(replace(NOTIFIED, outcome=None), date(2026, 2, 20), [], "Misread", [], id="brought in incomplete"),
        pytest.param(NOTIFIED, date(2026, 2, 20), [THIRD], "Misread", [], id="Category 3 gives way earlier"),
        pytest.param(
            replace(NOTIFIED, outcome_on=None), date(2026, 1, 6), [THIRD], "Misread", [], id="one day of it is left"
        ),
        pytest.param(
            replace(NOTIFIED, outcome_on=None), date(2026, 1, 5), [THIRD], "Misread", ["R18"], id="none of it is left"
        ),
        pytest.param(
            NOTIFIED,
            date(2026, 2, 28),
            [replace(THIRD, end_reason=EndReason.LEVEL_2_3_ENDED)],
            "Misread",
            ["R18"],
            id="Category 3 that a decision ended stays",
        ),
    ],
)
def test_ground_start(
    wrong: GroundFacts, starts_on: date, others: list[GroundFacts], reason: str, refused: list[str]
) -> None:
    decision = may_correct_ground_start(wrong, starts_on, others, BORN, Parameters(), today=TODAY, reason=reason)
    assert [each.rule for each in decision.reasons if not decision] == refused


@pytest.mark.parametrize(
    ("other", "ends_on"),
    [
        pytest.param(THIRD, date(2026, 3, 9), id="it gave way"),
        pytest.param(replace(THIRD, voided=True), date(2026, 3, 1), id="void"),
        pytest.param(replace(THIRD, ends_on=date(2026, 2, 28)), date(2026, 2, 28), id="ended a day earlier"),
        pytest.param(replace(THIRD, kind=GroundKind.NOTIFICATION), date(2026, 3, 1), id="not Category 3"),
    ],
)
def test_category_3_that_gave_way(other: GroundFacts, ends_on: date) -> None:
    (beside,) = beside_moved_ground(NOTIFIED, date(2026, 3, 10), [other])
    assert beside.ends_on == ends_on
    assert gave_way_to(NOTIFIED, other) is (ends_on == date(2026, 3, 9))


@pytest.mark.parametrize(
    ("unchanged", "reason", "said"),
    [
        (False, "Misread", ""),
        (False, " ", "Say why it was recorded wrongly"),
        (True, "Misread", "This is what stands recorded already"),
    ],
)
def test_an_address_is_corrected_with_a_reason(unchanged: bool, reason: str, said: str) -> None:
    decision = may_correct_address(unchanged=unchanged, reason=reason)
    assert [each.text for each in decision.reasons] == ([said] if said else [])


@pytest.mark.parametrize(
    ("starts_on", "unchanged", "reason", "said"),
    [
        (date(2026, 3, 5), False, "Misread", ""),
        (date(2026, 2, 2), False, "Misread", ""),
        (date(2026, 3, 5), False, " ", "Say why it was recorded wrongly"),
        (date(2026, 3, 1), True, "Misread", "This is what stands recorded already"),
        (date(2026, 4, 1), False, "Misread", "It lasted to 31 March 2026 and cannot begin later"),
        (date(2026, 2, 1), False, "Misread", "The one before begins on 1 February 2026 and would have no day left"),
    ],
)
def test_who_leads_is_corrected_between_its_neighbours(
    starts_on: date, unchanged: bool, reason: str, said: str
) -> None:
    wrong, others = Period(date(2026, 3, 1), date(2026, 3, 31)), [date(2026, 1, 1), date(2026, 2, 1), date(2026, 4, 1)]
    decision = may_correct_who_leads(wrong, starts_on, others, unchanged=unchanged, reason=reason)
    assert [each.text.split(":")[0] for each in decision.reasons] == ([said] if said else [])


@pytest.mark.parametrize(("reason", "allowed"), [("Never led", True), (" ", False)])
def test_who_leads_is_taken_away_with_a_reason(reason: str, allowed: bool) -> None:
    assert bool(may_take_lead_agency_away(None, reason=reason)) is allowed
    assert bool(may_take_named_officer_away(reason=reason)) is allowed


@pytest.mark.parametrize(
    ("ends_on", "days"), [(None, "since 1 March 2026"), (date(2026, 3, 31), "from 1 March 2026 to 31 March 2026")]
)
def test_a_lead_agency_is_not_taken_away_when_nobody_would_lead(ends_on: date | None, days: str) -> None:
    (reason,) = may_take_lead_agency_away(Period(date(2026, 3, 1), ends_on), reason="Never led").reasons
    assert (reason.rule, reason.text) == (
        "R97", f"Nobody led before it, and nobody would lead {days}. Record who led instead: correct it",
    )  # fmt: skip


def test_a_lead_agency_does_not_begin_later_when_nobody_would_lead() -> None:
    wrong, uncovered = Period(date(2026, 3, 1)), Period(date(2026, 3, 1), date(2026, 3, 4))
    (reason,) = may_correct_who_leads(
        wrong, date(2026, 3, 5), [], unchanged=False, reason="Misread", uncovered=uncovered
    ).reasons
    days, way = (
        "from 1 March 2026 to 4 March 2026",
        "Correct it to the agency that led then, and then name this one from its day",
    )
    assert reason.rule == "R97"
    assert reason.text == f"Nobody led before it, and nobody would lead {days}. {way}"


@pytest.mark.parametrize(
    ("day", "unchanged", "reason", "said"),
    [
        (date(2026, 3, 2), False, "Misread", ""),
        (date(2026, 3, 2), False, " ", "Say why it was recorded wrongly (R50)"),
        (date(2026, 3, 2), True, "Misread", "This is what stands recorded already (R50)"),
        (date(2026, 3, 1), False, "Misread", "Another outcome of thresholding is recorded on 1 March 2026 (R50)"),
    ],
)
def test_a_record_is_put_right_where_none_of_its_day_stands(day: date, unchanged: bool, reason: str, said: str) -> None:
    decision = may_correct_record(THRESHOLDING, day, {date(2026, 3, 1)}, unchanged=unchanged, reason=reason)
    assert [str(each) for each in decision.reasons] == ([said] if said else [])


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (IDENTIFICATION, "Another identification is recorded for the sentence of 1 March 2026 (R42)"),
        (CHANGE, "Another change of this kind is recorded on 1 March 2026 (R39)"),
        (SCREENING, "Another screening is recorded on 1 March 2026 (R41)"),
        (LEVEL_1_REVIEW, "Another Level 1 review is recorded as held on 1 March 2026 (R40)"),
        (MEETING, "Another meeting is recorded as held on 1 March 2026 (R51)"),
    ],
)
def test_another_of_the_day_is_named_by_its_kind(kind: OnceEach, said: str) -> None:
    assert str(kind.another(date(2026, 3, 1))) == said
    says, rule = said.rsplit(" ", 1)
    over = f"{says}, and says otherwise: correct that one, with the reason {rule}"
    assert str(kind.written_over(date(2026, 3, 1))) == over


@pytest.mark.parametrize("kind", [THRESHOLDING, IDENTIFICATION, CHANGE, SCREENING, LEVEL_1_REVIEW])
@pytest.mark.parametrize(("reason", "allowed"), [("Of another person", True), (" ", False)])
def test_a_record_is_taken_away_with_a_reason(kind: OnceEach, reason: str, allowed: bool) -> None:
    assert bool(may_take_record_away(kind, reason=reason)) is allowed


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param((), (), (), id="nothing against either"),
        pytest.param(("At Level 2",), ("At Level 2",), (), id="against the one that stands as well"),
        pytest.param((), ("Ahead",), ("Ahead",), id="against the one in its place"),
        pytest.param(("At Level 2",), ("At Level 2", "Ahead"), ("Ahead",), id="only what is new"),
    ],
)
def test_what_holds_against_what_stands_does_not_hold_up_its_correction(
    before: tuple[str, ...], after: tuple[str, ...], said: tuple[str, ...]
) -> None:
    then, now = (Decision.of(Reason(text, "R50") for text in texts) for texts in (before, after))
    assert tuple(each.text for each in against_correction(then, now).reasons) == said
