"""What a calendar reply counts for (R59, R108): one table for the message, one for the answer that stands."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.replies import Effect, ReplyFacts, Standing, answer_meant, effect_of, may_count_reply
from rules.vocabulary import CalendarAnswer, InvitationAnswer

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)
YES, NO, PERHAPS, ON = (
    CalendarAnswer.ACCEPTED, CalendarAnswer.DECLINED, CalendarAnswer.TENTATIVE, CalendarAnswer.DELEGATED,
)  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        pytest.param(ReplyFacts(YES), "", id="accepted"),
        pytest.param(ReplyFacts(NO), "", id="declined"),
        pytest.param(ReplyFacts(PERHAPS), "", id="perhaps"),
        pytest.param(ReplyFacts(ON), "passed the meeting on", id="delegated"),
        pytest.param(ReplyFacts(YES, by_whom_was_asked=False), "another address", id="somebody else"),
        pytest.param(ReplyFacts(YES, over=True, taken_out=True), "is over", id="over, whatever else"),
        pytest.param(ReplyFacts(YES, taken_out=True), "was cancelled", id="cancelled"),
        pytest.param(ReplyFacts(YES, sent=False, same_time=False), "never sent", id="a version nobody sent"),
        pytest.param(ReplyFacts(YES, same_time=False), "earlier time", id="moved since"),
        pytest.param(ReplyFacts(YES, speaks=False), "", id="the chair accepts"),
        pytest.param(ReplyFacts(NO, speaks=False), "may not be able to", id="the chair cannot"),
        pytest.param(ReplyFacts(PERHAPS, speaks=False), "may not be able to", id="the chair, perhaps"),
    ],
)
def test_what_fits_counts_and_the_rest_waits_for_a_person(facts: ReplyFacts, refused: str) -> None:
    decision = may_count_reply(facts)
    assert bool(decision) is (refused == "")
    assert refused in "; ".join(reason.text for reason in decision.reasons)


def test_every_reason_is_said() -> None:
    decision = may_count_reply(ReplyFacts(ON, by_whom_was_asked=False, taken_out=True))
    assert len(decision.reasons) == 3


def test_perhaps_is_no_answer() -> None:
    assert [answer_meant(each) for each in (YES, NO, PERHAPS, ON)] == [
        InvitationAnswer.ATTENDING, InvitationAnswer.APOLOGIES, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "standing", "expected"),
    [
        pytest.param(YES, Standing(InvitationAnswer.NONE), Effect.CHANGES, id="open"),
        pytest.param(PERHAPS, Standing(InvitationAnswer.NONE), Effect.CHANGES, id="open, perhaps is noted"),
        pytest.param(YES, Standing(InvitationAnswer.DEPUTY, BEFORE), Effect.NOTHING, id="comes anyway"),
        pytest.param(NO, Standing(InvitationAnswer.REPORT, BEFORE), Effect.NOTHING, id="does not come anyway"),
        pytest.param(NO, Standing(InvitationAnswer.ATTENDING, BEFORE, own=True), Effect.CHANGES, id="own, changed"),
        pytest.param(YES, Standing(InvitationAnswer.APOLOGIES, BEFORE, own=True), Effect.CHANGES, id="own, back"),
        pytest.param(NO, Standing(InvitationAnswer.ATTENDING, BEFORE), Effect.CONTRADICTS, id="another's"),
        pytest.param(NO, Standing(InvitationAnswer.ATTENDING, NOW, own=True), Effect.NOTHING, id="same second"),
        pytest.param(NO, Standing(InvitationAnswer.ATTENDING, AFTER), Effect.NOTHING, id="answered since"),
        pytest.param(NO, Standing(InvitationAnswer.ATTENDING), Effect.CONTRADICTS, id="since when is not known"),
        pytest.param(PERHAPS, Standing(InvitationAnswer.ATTENDING, BEFORE, own=True), Effect.CONTRADICTS, id="wavers"),
    ],
)
def test_later_answers_stand_and_nobody_overrules_another(
    said: CalendarAnswer, standing: Standing, expected: Effect
) -> None:
    assert effect_of(said, NOW, standing) is expected
