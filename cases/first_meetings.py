"""First meetings after a referral was accepted, as the ledger wants them (R49)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from django.db.models import QuerySet

from agencies.parameters import parameters_for
from rules.core import DAY, Answer, Period
from rules.deadlines import detained_periods
from rules.parameters import Parameters
from rules.referrals import (
    FirstMeeting,
    ReferralFacts,
    community_disposal_on,
    falls_away_on,
    first_meeting_due,
)
from rules.vocabulary import Category, KeyDateKind, ObligationKind, ReferralState

from .facts import CaseFacts, case_facts_for
from .models import KeyDate, Referral
from .obligations import Wanted, runs_at_level_2_or_3

RELEASES = (
    KeyDateKind.RELEASE,
    KeyDateKind.EARLIEST_RELEASE,
    KeyDateKind.HOSPITAL_DISCHARGE,
    KeyDateKind.TRIBUNAL,
    KeyDateKind.PAROLE_HEARING,
)


def people_referred() -> QuerySet[Any, Any]:
    """Whoever was accepted for Level 2 or 3."""
    return Referral.objects.filter(state=ReferralState.ACCEPTED).values("nominal")


def first_meeting_obligations(nominal_ids: Iterable[int], today: date) -> dict[int, list[Wanted]]:
    """Provider of the first meeting: one row for each accepted referral."""
    return {
        key: [_wanted(row, facts, answer, today) for row, answer in answers]
        for key, facts, answers in _answers(nominal_ids)
    }


def windows_before_release(nominal_ids: Iterable[int]) -> dict[int, date]:
    """The first day on which a first meeting counts, for those whose meeting is to be held before a release (R49).

    It costs the same for one person and for many.
    """
    return {
        key: window
        for key, _, answers in _answers(nominal_ids)
        for _, answer in answers
        if (window := answer.value.window_from) is not None
    }


def _answers(
    nominal_ids: Iterable[int],
) -> Iterator[tuple[int, CaseFacts, list[tuple[Referral, Answer[FirstMeeting]]]]]:
    """What the rule says of each accepted referral, by person."""
    accepted: dict[int, list[Referral]] = defaultdict(list)
    for row in Referral.objects.filter(nominal__in=list(nominal_ids), state=ReferralState.ACCEPTED).order_by("pk"):
        accepted[row.nominal_id or 0].append(row)
    releases: dict[int, list[date]] = defaultdict(list)
    for nominal_id, day in (
        KeyDate.objects.filter(nominal__in=list(accepted), kind__in=RELEASES)
        .order_by("falls_on")
        .values_list("nominal", "falls_on")
    ):
        releases[nominal_id].append(day)
    params = cache(parameters_for)
    facts = case_facts_for(list(accepted)) if accepted else {}
    for key, rows in accepted.items():
        own = facts[key]
        yield key, own, [(row, _answer(row, own, releases[key], params(own.area_id))) for row in rows]


def _answer(row: Referral, facts: CaseFacts, releases: Sequence[date], params: Parameters) -> Answer[FirstMeeting]:
    accepted_on = _accepted_on(row)
    received_on = row.received_on or accepted_on
    detained = any(accepted_on in stay for stay in detained_periods(facts.register.whereabouts, params))
    ahead = [day for day in releases if day > accepted_on]
    return first_meeting_due(
        ReferralFacts(
            received_on,
            accepted_on,
            sentenced_on=row.sentenced_on or community_disposal_on(facts.register.grounds, received_on),
            detained=detained,
            release_on=ahead[0] if ahead else row.release_on,
        ),
        params,
    )


def _accepted_on(row: Referral) -> date:
    assert row.decided_on is not None  # noqa: S101 - a constraint of the table
    return row.decided_on


def _wanted(row: Referral, facts: CaseFacts, answer: Answer[FirstMeeting], today: date) -> Wanted:
    accepted_on, found = _accepted_on(row), answer.value
    counts_from = max(accepted_on, found.window_from or accepted_on)
    held = [meeting.held_on for meeting in facts.meetings if counts_from <= meeting.held_on <= today]
    left_on = _left_on(row, facts, accepted_on, today)
    met_on = next((day for day in sorted(held) if left_on is None or day <= left_on + DAY), None)
    return Wanted(
        kind=ObligationKind.FIRST_MEETING,
        triggered_on=found.triggered_on,
        rule="R49",
        subject=f"referral:{row.pk}",
        due_on=found.due_on,
        met_on=met_on,
        cancelled_on=left_on if met_on is None else None,
        reasons=answer.reasons,
    )


def _left_on(row: Referral, facts: CaseFacts, accepted_on: date, today: date) -> date | None:
    """The last day at Level 2 or 3 after acceptance, when it is over, or of the status in which it was to begin; None
    while it stands or is still to begin.
    """
    third = row.category == Category.THREE
    if (gone_on := falls_away_on(facts.register, accepted_on, third=third, today=today).value) is not None:
        return gone_on
    runs: list[Period] = [run for run, _ in runs_at_level_2_or_3(facts.register.levels)]
    over = [run.ends_on for run in runs if run.last_day >= accepted_on and run.ends_on is not None]
    standing = any(run.ends_on is None for run in runs)
    last = max((day for day in over if day is not None), default=None)
    return None if standing or last is None or last >= today else last
