"""Meetings before a release, a discharge or a tribunal, as the ledger wants them (R107).

A day ahead is what is recorded as a key date; once somebody has been released, it is the day on which they were. A
release without such a meeting stays in the ledger, late, until the next meeting, the end of Level 2 and 3, or the
next detention.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache

from agencies.parameters import parameters_for
from rules.core import DAY, Period
from rules.deadlines import detained_periods
from rules.levels import level_on
from rules.parameters import Parameters
from rules.sittings import pre_release_due, pre_release_window
from rules.vocabulary import KeyDateKind, ObligationKind, Whereabouts

from .facts import CaseFacts, case_facts_for
from .models import KeyDate
from .obligations import Wanted, runs_at_level_2_or_3

RELEASES = (KeyDateKind.RELEASE, KeyDateKind.EARLIEST_RELEASE, KeyDateKind.HOSPITAL_DISCHARGE)
AT_LIBERTY = frozenset({Whereabouts.COMMUNITY, Whereabouts.APPROVED_PREMISES})
RELEASE, TRIBUNAL = "release", "tribunal"

Dates = Mapping[KeyDateKind, date]


def pre_release_obligations(nominal_ids: Iterable[int], today: date) -> dict[int, list[Wanted]]:
    """Provider: one row for each release and each tribunal that falls into a time at Level 2 or 3."""
    facts = {
        key: found
        for key, found in case_facts_for(nominal_ids).items()
        if any(span.level.is_multi_agency for span in found.register.levels)
    }
    ahead: dict[int, dict[KeyDateKind, date]] = defaultdict(dict)
    dates = KeyDate.objects.filter(
        nominal__in=list(facts), kind__in=[*RELEASES, KeyDateKind.TRIBUNAL], falls_on__gte=today
    )
    for nominal_id, kind, day in dates.values_list("nominal", "kind", "falls_on"):
        ahead[nominal_id][KeyDateKind(kind)] = day
    params = cache(parameters_for)
    return {
        key: pre_releases_wanted(found, ahead[key], today=today, params=params(found.area_id))
        for key, found in facts.items()
    }


def pre_releases_wanted(facts: CaseFacts, ahead: Dates, *, today: date, params: Parameters) -> list[Wanted]:
    """The rows of one person; ``ahead`` are their key dates from today on."""
    stays = detained_periods(facts.register.whereabouts, params)
    days = [*_releases(facts, stays, ahead, today)]
    if (hearing := ahead.get(KeyDateKind.TRIBUNAL)) is not None:
        days.append((TRIBUNAL, hearing))
    rows = (_wanted(facts, stays, subject, day, today, params) for subject, day in days)
    return [row for row in rows if row is not None]


def _releases(facts: CaseFacts, stays: Iterable[Period], ahead: Dates, today: date) -> Iterator[tuple[str, date]]:
    """Releases that have happened, and the first that is ahead of somebody who is not known to be at liberty."""
    stays, spans = list(stays), facts.register.whereabouts
    for stay in stays:
        if stay.ends_on is not None and stay.ends_on < today:
            out_on = stay.ends_on + DAY
            if any(out_on in span.period and span.whereabouts in AT_LIBERTY for span in spans):
                yield RELEASE, out_on
    first = min((day for kind, day in ahead.items() if kind in RELEASES), default=None)
    at_liberty = any(today in span.period and span.whereabouts in AT_LIBERTY for span in spans)
    if first is not None and not at_liberty:
        yield RELEASE, first


def _wanted(
    facts: CaseFacts, stays: Iterable[Period], subject: str, day: date, today: date, params: Parameters
) -> Wanted | None:
    known_on = min(day, today)
    runs = [run for run, _ in runs_at_level_2_or_3(facts.register.levels)]
    run = next((run for run in runs if known_on in run and run.starts_on < day), None)
    if run is None:
        return None
    window = pre_release_window(day, params, today=known_on)
    held = sorted(meeting.held_on for meeting in facts.meetings if window.starts_on <= meeting.held_on <= today)
    level = level_on(facts.register.levels, known_on).value
    answer = pre_release_due(level, day, held, params, today=known_on)
    over = [run.ends_on] if run.ends_on is not None and run.ends_on < today else []
    over += [stay.starts_on for stay in stays if day < stay.starts_on <= today]
    closed_on = min(over, default=None)
    # The meeting that decides to leave Level 2 or 3 stands on the first day of the new level.
    met_on = next((each for each in held if closed_on is None or each <= closed_on + DAY), None)
    return Wanted(
        kind=ObligationKind.PRE_RELEASE,
        triggered_on=max(window.starts_on, run.starts_on),
        rule="R107",
        subject=subject,
        due_on=window.last_day,
        met_on=met_on,
        cancelled_on=closed_on if met_on is None else None,
        reasons=answer.reasons,
    )
