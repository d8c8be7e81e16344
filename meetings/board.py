"""What the scheduling board is made of: who must be heard and by when, and the sittings ahead with their free times.

It costs the same for one person and for many: facts are read for all at once, and ``rules.suggestions`` decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from agencies.access import visible
from agencies.models import Absence
from agencies.parameters import parameters_for
from agencies.principal import Principal
from agencies.roles import Perm
from agencies.spans import open_on
from agencies.written import Written
from cases.derived import lead_agency_name_of_day, lead_agency_of_day
from cases.first_meetings import windows_before_release
from cases.models import Ground, NamedOfficerSpan, Nominal, Obligation
from rules.core import DAY, Decision, Period, Reason, long_date
from rules.sittings import free_times, may_chair, released_on, slot_times
from rules.suggestions import (
    PLANNED_DAYS,
    ChairFacts,
    Hearing,
    OpenSitting,
    Plan,
    kind_of_meeting,
    planned,
    without_clashes,
)
from rules.vocabulary import ChairRole, DeadlineStatus, Handling, Level, ObligationKind

from .models import Booking, Chair, Sitting, Slot
from .placing import HEARD, level_heard_at, level_to_hear
from .queries import sittings_of
from .records import Placing, Planned

Times = Sequence[tuple[datetime, datetime]]


def morning(day: date) -> datetime:
    """When a day begins in England and Wales."""
    return timezone.make_aware(datetime.combine(day, time()))


# --- who must be heard ------------------------------------------------------------------------------------------------


def due_rows(today: date, begins: datetime | None = None) -> QuerySet[Any]:
    """For each person what is due first of all that a Level 2 or 3 meeting answers, with level, lead agency, and their
    own next slot, if they have one (``slot_id``, ``slot_at``). What was brought forward comes after the rest (R106).
    ``begins`` is the morning of today.
    """
    waiting = Obligation.objects.filter(kind__in=HEARD, looked_at_on__isnull=True).waiting()
    # Of two on the same day an initial meeting goes before one before release, and that before a review, as codes sort.
    first = waiting.filter(nominal=OuterRef("nominal")).order_by(F("due_on").asc(nulls_last=True), "kind", "pk")
    live = Slot.objects.filter(nominal=OuterRef("nominal"), cancelled_on=None, starts_at__gte=begins or morning(today))
    rows: QuerySet[Any] = waiting.filter(pk=Subquery(first.values("pk")[:1])).with_status(today)
    found: QuerySet[Any] = rows.select_related("nominal__area", "nominal__panel_area").annotate(
        level=level_heard_at(today, "nominal"),
        lead_id=lead_agency_of_day(today, "nominal"),
        lead_name=lead_agency_name_of_day(today, "nominal"),
        slot_id=Subquery(live.order_by("starts_at").values("pk")[:1]),
        slot_at=Subquery(live.order_by("starts_at").values("starts_at")[:1]),
        after=Case(
            When(status=DeadlineStatus.BROUGHT_FORWARD, then=Value(1)), default=Value(0), output_field=IntegerField()
        ),
    )
    return found


def to_be_placed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those with a date and no slot ahead."""
    return rows.filter(due_on__isnull=False, slot_id__isnull=True)


def _to_place(by: Principal, today: date, begins: datetime) -> QuerySet[Any]:
    return visible(by, to_be_placed(due_rows(today, begins)), Perm.SITTING_PLAN, gathered=True)


_TO_PLACE = Written(_to_place)


def number_to_place(principal: Principal, *, today: date) -> int:
    """How many people are to be placed in a sitting."""
    return _TO_PLACE.count(principal, today, morning(today))


def due_within(principal: Principal, *, today: date) -> list[Any]:
    """Those whom the plan of the coming weeks is made for: due by its end and not placed; not brought forward."""
    rows = to_be_placed(due_rows(today)).filter(due_on__lte=today + timedelta(days=PLANNED_DAYS), after=0)
    return list(visible(principal, rows, Perm.SITTING_PLAN).order_by("due_on", "pk"))


def hearings_of(rows: Iterable[Any], *, today: date) -> dict[int, Hearing]:
    """Rows of :func:`due_rows` as the rules take them, by nominal."""
    known = list(rows)
    ids = [row.nominal_id for row in known]
    first = [row.nominal_id for row in known if row.kind == ObligationKind.FIRST_MEETING]
    windows = windows_before_release(first) if first else {}
    managers, ends = _managers(ids, today), _last_days(ids, today)
    return {
        row.nominal_id: _hearing(
            row.nominal,
            row.level,
            managers.get(row.nominal_id, frozenset()),
            limit=None if row.status == DeadlineStatus.BROUGHT_FORWARD else row.due_on,
            works_to=row.works_to,
            window_from=max(
                filter(None, (windows.get(row.nominal_id), row.triggered_on if row.triggered_on > today else None)),
                default=None,
            ),
            until=ends.get(row.nominal_id),
        )
        for row in known
    }


def hearing_of(nominal: Nominal, *, today: date) -> tuple[Hearing, Any]:
    """One person as the rules take them, and the row of what is due first, if anything is."""
    row = due_rows(today).filter(nominal=nominal).first()
    if row is not None:
        return hearings_of([row], today=today)[nominal.pk], row
    level = level_to_hear(nominal, today=today)
    managers = _managers([nominal.pk], today).get(nominal.pk, frozenset())
    return _hearing(nominal, level, managers, until=_last_days([nominal.pk], today).get(nominal.pk)), None


def _hearing(nominal: Nominal, level: str | None, managed_by: frozenset[int], **due: date | None) -> Hearing:
    found = Level(level) if level is not None else Level.NOT_SET
    return Hearing(
        nominal.pk,
        found if found.is_multi_agency else Level.TWO,
        due.get("limit"),
        works_to=due.get("works_to"),
        window_from=due.get("window_from"),
        until=due.get("until"),
        district=nominal.panel_area_id,
        category_4=nominal.handling == Handling.CATEGORY_4,
        managed_by=managed_by,
    )


def _managers(ids: Iterable[int], today: date) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    spans = NamedOfficerSpan.objects.filter(open_on(today), nominal__in=list(ids))
    for nominal_id, officer_id in spans.values_list("nominal", "officer"):
        found[nominal_id].add(officer_id)
    return {key: frozenset(officers) for key, officers in found.items()}


def _last_days(ids: Iterable[int], today: date) -> dict[int, date]:
    """The last day of the last ground, of those whose every ground has one ahead."""
    standing = Ground.objects.filter(nominal__in=list(ids), voided_on=None).order_by().values("nominal")
    rows = standing.annotate(last=Max("ends_on"), open=Count("pk", filter=Q(ends_on=None))).filter(open=0)
    return {row["nominal"]: row["last"] for row in rows.filter(last__gte=today)}


# --- the plan of the coming weeks -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProposedPlan:
    """Who is due, by nominal, the sittings ahead by their key, and who is heard when."""

    rows: dict[int, Any]
    ahead: "dict[int, SittingAhead]"
    plan: Plan


def proposed_plan(principal: Principal, *, today: date) -> ProposedPlan:
    """A time for everybody who is due in the coming weeks, of those whom the principal may place."""
    rows = {row.nominal_id: row for row in due_within(principal, today=today)}
    ahead = {each.row.pk: each for each in sittings_ahead(principal, today=today)}
    minutes = {key: each.row.slot_minutes for key, each in ahead.items()}
    sittings = without_clashes([each.facts for each in ahead.values()], minutes)
    return ProposedPlan(rows, ahead, planned(hearings_of(rows.values(), today=today).values(), sittings))


def planned_lines(principal: Principal, said: Sequence[tuple[int, int, datetime]], *, today: date) -> list[Planned]:
    """Lines that are accepted, each with the kind of meeting that answers what is due; who is not to be placed by the
    principal is left out.
    """
    asked = Obligation.objects.filter(nominal__in=[nominal for nominal, *_ in said])
    seen = visible(principal, asked, Perm.SITTING_PLAN).values("pk")
    kinds = {row.nominal_id: kind_of_meeting(ObligationKind(row.kind)) for row in due_rows(today).filter(pk__in=seen)}
    return [
        Planned(nominal_id, sitting_id, Placing(starts_at, kinds[nominal_id]))
        for nominal_id, sitting_id, starts_at in said
        if nominal_id in kinds
    ]


# --- the sittings ahead -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SittingAhead:
    """A sitting to come: the row, how many are in it, its free times, and what keeps it from being used."""

    row: Sitting
    taken: int
    times: tuple[datetime, ...]
    trouble: tuple[Reason, ...]

    @property
    def district_id(self) -> int | None:
        return self.row.panel.panel_area_id if self.row.panel is not None else None

    @property
    def title(self) -> str:
        """What to call it."""
        return self.row.panel.name if self.row.panel is not None else "Single meeting"

    @property
    def facts(self) -> OpenSitting:
        """As the rules take it."""
        row = self.row
        return OpenSitting(
            row.pk,
            row.sits_on,
            Level(row.level),
            self.times,
            district=self.district_id,
            chair=row.chair_id,
            placed=self.taken,
            national_security=row.panel is not None and row.panel.national_security,
            room=row.room_id,
        )


def sittings_ahead(
    principal: Principal, *, today: date, weeks_of: int = PLANNED_DAYS, now: datetime | None = None
) -> list[SittingAhead]:
    """The sittings from tomorrow on that the principal may know of, those that were let go or cancelled left out (R55).

    A single meeting stands there while somebody is heard in it. With the moment ``now``, today's are among them, with
    their times still to come: nobody is proposed for today, but somebody may be moved within it.
    """
    first, last = today if now is not None else today + DAY, today + timedelta(days=weeks_of)
    live = Prefetch("slots", Slot.objects.filter(cancelled_on=None), to_attr="live")
    rows = (
        sittings_of(principal)
        .filter(cancelled_on=None, starts_at__gte=morning(first), starts_at__lt=morning(last + DAY))
        .select_related("panel__panel_area", "chair", "room")
        .prefetch_related(live)
        .order_by("starts_at", "pk")
    )
    params = cache(parameters_for)
    kept = [row for row in rows if _is_held(row, released_on(row.sits_on, params(row.area_id)), today)]
    around = _Around(kept, first, last)
    found = [around.ahead(row, params(row.area_id)) for row in kept]
    if now is None:
        return found
    return [replace(each, times=tuple(at for at in each.times if at > now)) for each in found]


def _is_held(row: Any, lets_go_on: date, today: date) -> bool:
    return bool(row.live) or (row.panel_id is not None and lets_go_on > today)


class _Around:
    """Who of the chairs is away or sits elsewhere, who may chair, and which rooms are taken: read once for all."""

    def __init__(self, rows: Sequence[Sitting], first: date, last: date) -> None:
        chairs = {row.chair_id for row in rows if row.chair_id is not None}
        rooms = {row.room_id for row in rows if row.room_id is not None}
        self.away = away_of(chairs, first, last)
        self.busy: dict[tuple[str, int], list[tuple[int, datetime, datetime]]] = defaultdict(list)
        busy = Booking.objects.filter(Q(user__in=chairs) | Q(room__in=rooms), ends_at__gt=morning(first))
        for user, room, sitting, begins, ends in busy.filter(starts_at__lt=morning(last + DAY)).values_list(
            "user", "room", "slot__sitting", "starts_at", "ends_at"
        ):
            self.busy["user" if user else "room", user or room].append((sitting, begins, ends))
        self.roles: dict[int, list[Chair]] = defaultdict(list)
        for chair in Chair.objects.filter(user__in=chairs):
            self.roles[chair.user_id].append(chair)

    def ahead(self, row: Any, params: Any) -> SittingAhead:
        own = [(slot.starts_at, slot.ends_at) for slot in row.live]
        trouble = self._chairs(row, params)
        times: tuple[datetime, ...] = ()
        if not trouble:
            usual = slot_times(row.starts_at, row.slot_minutes, row.capacity)
            elsewhere = [*self._elsewhere("user", row.chair_id, row.pk), *self._elsewhere("room", row.room_id, row.pk)]
            free = free_times(usual, row.slot_minutes, [*own, *elsewhere])
            times = free[: max(0, row.capacity - len(own))]
        return SittingAhead(row, len(own), times, trouble)

    def _elsewhere(self, what: str, key: int | None, sitting: int) -> Times:
        return [] if key is None else [(b, e) for other, b, e in self.busy[what, key] if other != sitting]

    def _chairs(self, row: Any, params: Any) -> tuple[Reason, ...]:
        if row.chair_id is None:
            return ()
        on: date = row.sits_on
        for away in self.away.get(row.chair_id, ()):
            if on in away:
                return (Reason(f"The chair is away until {long_date(away.last_day)}", "R56"),)
        roles = [
            ChairRole(each.role)
            for each in self.roles[row.chair_id]
            if each.area_id == row.area_id
            and each.panel_id in (None, row.panel_id)
            and each.starts_on <= on
            and (each.ends_on is None or on <= each.ends_on)
        ]
        answer: Decision = may_chair(roles, Level(row.level), None, params, on=on, manages=False)
        return answer.reasons if not answer else ()


def away_of(users: Iterable[int], first: date, last: date) -> Mapping[int, list[Period]]:
    """On which days between two these people are away."""
    found: dict[int, list[Period]] = defaultdict(list)
    rows = Absence.objects.filter(user__in=list(users), ends_on__gte=first, starts_on__lte=last)
    for user, starts_on, ends_on in rows.values_list("user", "starts_on", "ends_on"):
        found[user].append(Period(starts_on, ends_on))
    return found


def chairs_of(area_id: int, managed_by: frozenset[int], *, today: date, until: date) -> list[ChairFacts]:
    """Who may chair single meetings of the area in the coming weeks, but for those who manage the case, by name."""
    rows = Chair.objects.filter(open_on(today), area=area_id, panel=None, user__is_active=True)
    users = [each for each in dict.fromkeys(rows.values_list("user", flat=True)) if each not in managed_by]
    away = away_of(users, today, until)
    busy: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    booked = Booking.objects.filter(user__in=users, ends_at__gt=morning(today), starts_at__lt=morning(until + DAY))
    for user, begins, ends in booked.values_list("user", "starts_at", "ends_at"):
        busy[user or 0].append((timezone.localtime(begins), timezone.localtime(ends)))
    return [ChairFacts(each, away.get(each, ()), busy[each]) for each in users]
