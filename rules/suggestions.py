"""When somebody is best heard: the times to suggest for one person, a plan of the coming weeks for all who are due,
and times for a single meeting (R51, R54 to R57).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from rules.calendar import is_working_day
from rules.core import DAY, Decision, Period, Reason, cites, long_date
from rules.vocabulary import Level, MeetingKind, ObligationKind

SUGGESTED = 3
PLANNED_WEEKS = 8
PLANNED_DAYS = 7 * PLANNED_WEEKS
USUAL_HOURS = (time(10), time(14), time(15, 30))
OFFICE = (time(9), time(17))
LOOKED_AHEAD = 40  # days, for a single meeting
UNTIL_IT_BEGINS = timedelta(hours=1)  # from now to an emergency meeting, at least

KINDS: Mapping[ObligationKind, MeetingKind] = {
    ObligationKind.FIRST_MEETING: MeetingKind.INITIAL,
    ObligationKind.PRE_RELEASE: MeetingKind.PRE_RELEASE,
}


@dataclass(frozen=True, slots=True)
class Hearing:
    """Somebody to be heard: by the limit (None: no clock runs), better by the chair's own date, not before the window,
    and not after `until`, the last day of their last ground (None: one is open).

    `managed_by` are those who manage the case; `district` is a key, None when there is none.
    """

    key: int
    level: Level
    limit: date | None
    works_to: date | None = None
    window_from: date | None = None
    district: int | None = None
    category_4: bool = False
    managed_by: frozenset[int] = frozenset()
    until: date | None = None

    @property
    def aim(self) -> date:
        """The day to come close to without passing it."""
        return min(filter(None, (self.works_to, self.limit)), default=date.max)

    @property
    def urgency(self) -> tuple[date, date, int]:
        """Whom to place first."""
        return self.limit or date.max, self.aim, self.key


@dataclass(frozen=True, slots=True)
class OpenSitting:
    """A sitting and its free times: those at which its chair and room are free too. `placed` are heard in it already.

    `district` None: it hears the whole area.
    """

    key: int
    on: date
    level: Level
    times: tuple[datetime, ...]
    district: int | None = None
    chair: int | None = None
    placed: int = 0
    national_security: bool = False
    room: int | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A time for somebody; `days_late` after the limit, 0 in time."""

    hearing: int
    sitting: int
    starts_at: datetime
    on: date
    days_late: int = 0


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The best and the earliest times for one person: the first free time of each of so many sittings."""

    best: tuple[Suggestion, ...]
    earliest: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody whom the plan cannot place, and why."""

    hearing: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A time for each who can be placed, in the order of the times, and who is left."""

    lines: tuple[Suggestion, ...]
    left: tuple[Left, ...]


@cites("R55")
def kind_of_meeting(due: ObligationKind | None) -> MeetingKind:
    """Which kind of meeting answers what is due; a review when nothing is."""
    return KINDS.get(due, MeetingKind.REVIEW) if due is not None else MeetingKind.REVIEW


@cites("R54")
def days_late(hearing: Hearing, on: date) -> int:
    """How many days after the limit; 0 in time, and where no clock runs."""
    return 0 if hearing.limit is None else max(0, (on - hearing.limit).days)


@cites("R54")
def timing(limit: date | None, on: date, answers: ObligationKind | None = None) -> Reason:
    """In words: in time or how late a day is for what it answers, and what the figures will say.

    The figures count reviews, and first meetings after a sentence served in the community.
    """
    if limit is None:
        return Reason("No limit runs: it cannot be late", "R54")
    late = (on - limit).days
    said = "missed" if late > 0 else "held in time"
    if answers is ObligationKind.REVIEW_LEVEL_2_3:
        figures = f"the figures will count it as {said}"
    elif answers is ObligationKind.FIRST_MEETING:
        figures = f"the figures will count it as {said} if the sentence is served in the community"
    else:
        figures = "no figure counts it"
    if late > 0:
        return Reason(f"{_days(late)} after the limit of {long_date(limit)}: {figures}", "R54")
    before = f"{_days(-late)} before the limit" if late else "The last day, the limit"
    return Reason(f"In time. {before} of {long_date(limit)}: {figures}", "R54")


def _days(number: int) -> str:
    return f"{number} {'day' if number == 1 else 'days'}"


@cites("R26", "R34", "R49", "R56", "R99")
def may_hear(hearing: Hearing, sitting: OpenSitting) -> Decision:
    """Whether this sitting is one for this person, early or late: level, panel, chair, the window before a release,
    the end of the last ground.
    """
    refusals = []
    if hearing.level is Level.THREE and sitting.level is not Level.THREE:
        refusals.append(Reason("A person at Level 3 is heard by a Level 3 panel", "R34"))
    if hearing.category_4 != sitting.national_security:
        refusals.append(Reason("Category 4 has panels of its own", "R99"))
    if sitting.chair is not None and sitting.chair in hearing.managed_by:
        refusals.append(Reason("Nobody chairs a case that they manage", "R56"))
    if hearing.window_from is not None and sitting.on < hearing.window_from:
        text = f"Before {long_date(hearing.window_from)} it does not count as the meeting before release"
        refusals.append(Reason(text, "R49"))
    if hearing.until is not None and sitting.on > hearing.until:
        text = f"The last ground ends on {long_date(hearing.until)}: after it there is nobody to hear"
        refusals.append(Reason(text, "R26"))
    return Decision.of(refusals)


def _rank(hearing: Hearing, sitting: OpenSitting) -> tuple[int, ...]:
    """The better the smaller: in time, own level, own district, close before the day aimed at, few in it, early."""
    if hearing.district is None or sitting.district is None:
        away = 1
    else:
        away = 0 if hearing.district == sitting.district else 2
    passed = sitting.on > hearing.aim
    far = 0 if hearing.aim == date.max else abs((hearing.aim - sitting.on).days)
    return (
        days_late(hearing, sitting.on), int(sitting.level is not hearing.level), away, int(passed), far, sitting.placed,
        sitting.on.toordinal(), sitting.key,
    )  # fmt: skip


@cites("R51", "R54", "R56")
def suggested(hearing: Hearing, sittings: Iterable[OpenSitting]) -> Suggestions:
    """The best and the earliest times for this person, in sittings that may hear them."""
    free = [each for each in sittings if each.times and may_hear(hearing, each)]

    def first(found: Iterable[OpenSitting]) -> tuple[Suggestion, ...]:
        return tuple(_line(hearing, each, each.times[0]) for each in islice(found, SUGGESTED))

    return Suggestions(
        best=first(sorted(free, key=lambda each: _rank(hearing, each))),
        earliest=first(sorted(free, key=lambda each: (each.times[0], each.key))),
    )


def _line(hearing: Hearing, sitting: OpenSitting, starts_at: datetime) -> Suggestion:
    return Suggestion(hearing.key, sitting.key, starts_at, sitting.on, days_late(hearing, sitting.on))


class _Table:
    """Who is put where while a plan is made. People and sittings are known by their place in the lists given."""

    def __init__(self, hearings: Sequence[Hearing], sittings: Sequence[OpenSitting]) -> None:
        self.sittings = sittings
        self.held: list[list[int]] = [[] for _ in sittings]
        # From where no way of moving people leads to room: it stays so, as nobody is moved into one of these or out.
        self.closed: set[int] = set()
        # Where each may be heard in time, the better first.
        self.options = [
            [
                place
                for _, place in sorted(
                    (_rank(hearing, sitting), place)
                    for place, sitting in enumerate(sittings)
                    if sitting.times and not days_late(hearing, sitting.on) and may_hear(hearing, sitting)
                )
            ]
            for hearing in hearings
        ]

    def load(self, place: int) -> int:
        return self.sittings[place].placed + len(self.held[place])

    def has_room(self, place: int) -> bool:
        return len(self.held[place]) < len(self.sittings[place].times)

    def seat(self, who: int, places: Iterable[int]) -> bool:
        """Put somebody into one of the places, moving others to places of theirs where that makes room (an augmenting
        path, the shortest first): nobody who had a place is left without one."""
        came: dict[int, tuple[int, int | None]] = dict.fromkeys(
            (place for place in places if place not in self.closed), (who, None)
        )
        waiting = deque(came)
        while waiting:
            place = waiting.popleft()
            if self.has_room(place):
                self._shift(place, came)
                return True
            self._beyond(place, came, waiting)
        self.closed.update(came)
        return False

    def level(self) -> None:
        """Even out: as long as a sitting hears two more than another that somebody can be moved to, by whatever way."""
        while any(self._lighten(place) for place in sorted(range(len(self.held)), key=lambda each: -self.load(each))):
            pass

    def _lighten(self, heavy: int) -> bool:
        came: dict[int, tuple[int, int | None]] = {heavy: (-1, None)}
        waiting: deque[int] = deque()
        self._beyond(heavy, came, waiting)
        while waiting:
            place = waiting.popleft()
            if self.has_room(place) and self.load(place) + 2 <= self.load(heavy):
                self._shift(place, came, until=heavy)
                return True
            self._beyond(place, came, waiting)
        return False

    def _beyond(self, place: int, came: dict[int, tuple[int, int | None]], waiting: deque[int]) -> None:
        for who in self.held[place]:
            for other in self.options[who]:
                if other not in came and other not in self.closed:
                    came[other] = (who, place)
                    waiting.append(other)

    def _shift(self, place: int | None, came: Mapping[int, tuple[int, int | None]], until: int | None = None) -> None:
        while place is not None:
            who, left = came[place]
            self.held[place].append(who)
            if left is not None:
                self.held[left].remove(who)
            place = None if left == until else left


@cites("R51", "R54", "R57")
def planned(hearings: Iterable[Hearing], sittings: Iterable[OpenSitting]) -> Plan:
    """A time for everybody, as many in time as any assignment allows, the most urgent before others.

    Who cannot be heard in time gets the earliest time that takes nobody else's; who can be heard nowhere is left, with
    why. Loads are evened out among sittings that would do. The same facts give the same plan.
    """
    people = sorted(hearings, key=lambda each: each.urgency)
    held = sorted(sittings, key=lambda each: (each.on, each.key))
    table = _Table(people, held)
    late = [who for who in range(len(people)) if not table.seat(who, table.options[who])]
    seated: set[int] = set()
    for who in late:
        # By the day: the free place of the earliest sitting, others moved within their limits.
        places = [place for place, sitting in enumerate(held) if sitting.times and may_hear(people[who], sitting)]
        if any(table.seat(who, [place]) for place in places):
            seated.add(who)
    table.level()
    lines = [
        _line(people[who], sitting, starts_at)
        for place, sitting in enumerate(held)
        for who, starts_at in zip(sorted(table.held[place]), sitting.times, strict=False)
    ]
    left = tuple(Left(people[who].key, _why_left(people[who], held)) for who in late if who not in seated)
    return Plan(tuple(sorted(lines, key=lambda line: (line.starts_at, line.sitting))), left)


def _why_left(hearing: Hearing, sittings: Sequence[OpenSitting]) -> tuple[Reason, ...]:
    if not sittings:
        return (Reason("No sitting with a free time is planned in these weeks", "R57"),)
    answers = [may_hear(hearing, each) for each in sittings]
    if any(answers):
        return (Reason("Every time that would do is taken, or goes to somebody who is due before", "R57"),)
    return tuple(dict.fromkeys(reason for answer in answers for reason in answer.reasons))


@cites("R55", "R56")
def without_clashes(sittings: Iterable[OpenSitting], minutes: Mapping[int, int]) -> tuple[OpenSitting, ...]:
    """The sittings without times at which their chair or room may be asked for in an earlier one: a plan asks for
    nobody and for no room twice.

    `minutes`: how long a time of each sitting takes.
    """
    kept: list[OpenSitting] = []
    asked: dict[tuple[str, int | None], list[tuple[datetime, datetime]]] = {}
    for each in sorted(sittings, key=lambda each: (each.on, each.key)):
        length = timedelta(minutes=minutes[each.key])
        needed = [key for key in (("chair", each.chair), ("room", each.room)) if key[1] is not None]
        busy = [span for key in needed for span in asked.get(key, ())]
        free = tuple(at for at in each.times if not _touches(at, at + length, busy))
        for key in needed:
            asked.setdefault(key, []).extend((at, at + length) for at in free)
        kept.append(each if free == each.times else replace(each, times=free))
    return tuple(kept)


def _touches(begins: datetime, ends: datetime, busy: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(begins < last and first < ends for first, last in busy)


@dataclass(frozen=True, slots=True)
class ChairFacts:
    """Somebody who may chair: the days on which they are away, and the times at which they sit elsewhere."""

    key: int
    away: Collection[Period] = ()
    busy: Collection[tuple[datetime, datetime]] = ()

    def is_free(self, begins: datetime, ends: datetime) -> bool:
        """Whether they are there and sit nowhere else."""
        return not any(begins.date() in each for each in self.away) and not _touches(begins, ends, self.busy)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A time for a single meeting and who could chair it; None where no chair is known."""

    starts_at: datetime
    chair: int | None


@cites("R54", "R55", "R56")
def proposed_times(
    chairs: Sequence[ChairFacts],
    *,
    after: datetime,
    minutes: int,
    by: date | None,
    noticed: date,
    heard: Collection[tuple[datetime, datetime]] = (),
) -> tuple[Proposal, ...]:
    """Times for a single meeting after a moment, at usual hours when a chair is free: one a working day, and more of a
    day only where there are fewer days than times.

    Those by the limit come first, and of these the earliest of which agencies have notice (`noticed` is the first such
    day); before it, the nearer to it the better. Where none is left by the limit, the earliest after it. `heard`: when
    the person is heard elsewhere.
    """
    length = timedelta(minutes=minutes)
    free: list[list[Proposal]] = []
    for number in range(LOOKED_AHEAD):
        on = after.date() + number * DAY
        if is_working_day(on):
            hours = [datetime.combine(on, hour, after.tzinfo) for hour in USUAL_HOURS]
            open_hours = [at for at in hours if at > after and not _touches(at, at + length, heard)]
            at_each = [next(_free(chairs, [at], minutes), None) for at in open_hours]
            free.append([each for each in at_each if each is not None])
    days = [each for each in free if each]
    in_time = [each for each in days if by is None or each[0].starts_at.date() <= by]
    if in_time:
        near = [each for each in in_time if each[0].starts_at.date() < noticed]
        days = [*in_time[len(near) :], *reversed(near)]
    chosen = [*(each[0] for each in days), *(other for each in days for other in each[1:])][:SUGGESTED]
    return tuple(sorted(chosen, key=lambda each: each.starts_at))


@cites("R55")
def emergency_time(chairs: Sequence[ChairFacts], *, now: datetime, minutes: int, by: date) -> Proposal:
    """When an emergency meeting can be held: on the next half hour of office hours, of today or a working day up to
    `by`, at which a chair is free; the first one without a chair where none is.
    """
    at = now + UNTIL_IT_BEGINS
    at = at.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=30 * (1 + at.minute // 30))
    opens, closes = OFFICE
    times: list[datetime] = []
    for number in range(LOOKED_AHEAD):
        on = now.date() + number * DAY
        if is_working_day(on) and (on <= by or not times):
            hours = [datetime.combine(on, time(hour, half), at.tzinfo) for hour in range(24) for half in (0, 30)]
            times.extend(each for each in hours if each >= at and opens <= each.time() < closes)
    return next(_free(chairs, times, minutes), Proposal(times[0], None))


def _free(chairs: Sequence[ChairFacts], times: Iterable[datetime], minutes: int) -> Iterator[Proposal]:
    for at in times:
        ends = at + timedelta(minutes=minutes)
        if not chairs:
            yield Proposal(at, None)
        yield from (Proposal(at, each.key) for each in islice((c for c in chairs if c.is_free(at, ends)), 1))
