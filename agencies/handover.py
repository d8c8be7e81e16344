"""A leaver's hand-over: everything that somebody does in a role goes to a colleague on a day.

Apps above this one register what they hold for a person when they start; ``agencies.services.handover`` moves it. Of
a day ahead, dated spans and meetings from the day on are written at once; ``agencies.services.hand_over_day`` moves the
rest.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Greatest

from rules.core import Decision, Reason

from .access import visible
from .models import Agency, Membership, PlannedHandOver, User
from .models.journal import HandOverLine
from .principal import Principal
from .roles import Perm
from .succession import Line

__all__ = [
    "Dated",
    "HandOver",
    "Journal",
    "Line",
    "Participant",
    "Record",
    "Written",
    "colleagues_of",
    "dated_ahead",
    "due_handovers",
    "handed_over",
    "handovers_about",
    "participants",
    "preview",
    "register_handover",
    "stands",
    "stuck_handovers",
    "waiting_handovers",
    "with_standing",
    "written_role",
]


RULE = "people and agencies"


@dataclass(frozen=True)
class Journal:
    """Lines of what a hand-over wrote ahead, in the order in which it wrote them."""

    lines: Sequence[HandOverLine] = ()

    def rows(self, model: type[Model]) -> set[int]:
        """The keys of its rows of this table."""
        return {line.row for line in self._of(model)}

    def people(self, *models: type[Model]) -> set[int]:
        """Ids of the guarded rows to which its rows belong, of these tables or of all."""
        lines = [line for model in models for line in self._of(model)] if models else self.lines
        return {line.person for line in lines if line.person is not None}

    def _of(self, model: type[Model]) -> list[HandOverLine]:
        return [line for line in self.lines if line.table == model._meta.db_table]


@dataclass(frozen=True)
class Written:
    """Rows to which a hand-over may write ahead; found again by the same condition afterwards, however they went over.

    ``knot`` names those of the participant that hang together. ``person`` is the guarded row to which one belongs.
    """

    rows: "QuerySet[Any]"
    knot: Callable[[Any], str]
    person: Callable[[Any], int | None] = lambda _: None


@dataclass(frozen=True)
class HandOver:
    """What the leaver does in this membership goes to a colleague from a day on. ``to`` is empty while it is asked how
    much there is. ``carried_out_on``: it was said ahead, and its day has come. ``journal``: what it wrote ahead and is
    taken back; of one that was called off, what was left as it is.
    """

    membership: Membership
    on: date
    to: User | None = None
    carried_out_on: date | None = None
    journal: Journal = field(default_factory=Journal)
    called_off: bool = False

    @property
    def meets_from(self) -> date:
        """From which day meetings change hands: what was held before a late worker came stays as it was held."""
        return max(self.on, self.carried_out_on or self.on)

    @property
    def leaves_altogether(self) -> bool:
        """No other role of the leaver lasts to the day."""
        others = Membership.objects.on(self.on).filter(user=self.membership.user_id)
        return not others.exclude(pk=self.membership.pk).exists()


@dataclass(frozen=True)
class Record:
    """One of the rows that were dated ahead, in words, with the name and the argument of the page that shows it."""

    row: Model
    words: str
    page: str
    about: int | None = None


@dataclass(frozen=True)
class Dated:
    """What was written ahead for the days of a hand-over, and stays when it is called off: how many in all (never
    Category 4, R99), and those that whoever asks may open.
    """

    label: str
    count: int
    records: Sequence[Record]

    @property
    def closed(self) -> int:
        """How many they may not open."""
        return max(0, self.count - len(self.records))


@dataclass(frozen=True)
class Participant:
    """Something that a person has in a role: how much there is from the day on, and how it moves.

    ``move(handover, by, today)`` writes within the service that calls it; twice is once. It moves nothing to somebody
    who may not have it. What has no days of its own it moves on the day only, when it is asked again, and with it what
    came to the leaver meanwhile; ``call_off`` takes back what it wrote down to be moved. ``people(handover)`` are the
    ids of the guarded rows below which it writes; ``hold(handover, users)`` locks, in the one order, what else it
    writes, and these users: before anything is read that decides. ``dated(handover, by)`` says what it wrote ahead.
    ``writes(handover)`` are the rows with days to which it writes ahead; when a knot of them has gone back,
    ``follow(handover, journal, by, today)`` works out what follows from them, and raises ``Refused`` where the leaver
    may not have it any more. ``called_off`` tells whoever was told.
    ``held_since(on)`` is true of memberships whose holder is there no more and still has some of it: what nothing else
    takes from them.
    """

    name: str
    preview: Callable[[HandOver], Sequence[Line]]
    move: Callable[[HandOver, Principal, date], None]
    people: Callable[[HandOver], Collection[int]] = lambda _: ()
    hold: Callable[[HandOver, Collection[int]], None] = lambda _, __: None
    call_off: Callable[[HandOver, Principal, date], None] = lambda *_: None
    dated: Callable[[HandOver, Principal], Sequence[Dated]] = lambda _, __: ()
    held_since: Callable[[date], Q] = lambda _: Q(pk__in=())
    writes: Callable[[HandOver], Sequence[Written]] = lambda _: ()
    follow: Callable[[HandOver, Journal, Principal, date], None] = lambda *_: None
    called_off: Callable[[HandOver, Principal, date], None] = lambda *_: None


_participants: dict[str, Participant] = {}


def register_handover(participant: Participant) -> None:
    """Called in ``AppConfig.ready()``. Raises ``ValueError`` when another one has the name."""
    if _participants.setdefault(participant.name, participant) != participant:
        raise ValueError(f"{participant.name} takes part in hand-overs already.")


def participants() -> Sequence[Participant]:
    """In the order in which the apps registered them: lower layers first."""
    return list(_participants.values())


def people_in(handover: HandOver) -> set[int]:
    """Ids of the guarded rows below which anything moves."""
    return {key for each in participants() for key in each.people(handover)} | handover.journal.people()


def preview(handover: HandOver) -> list[Line]:
    """What would move, and how much of it; what there is none of is left out."""
    return [line for each in participants() for line in each.preview(handover) if line.count]


def dated_ahead(handover: HandOver, by: Principal) -> list[Dated]:
    """What stands with the colleague from the day on already; what there is none of is left out."""
    found = [_dated_role(handover, by)] if handover.called_off else []
    found += [each for participant in participants() for each in participant.dated(handover, by)]
    return [each for each in found if each.count or each.records]


def written_role(handover: HandOver) -> Written:
    """The leaver's role, which a hand-over ends."""
    return Written(Membership.objects.filter(pk=handover.membership.pk), lambda _: "")


def _dated_role(handover: HandOver, by: Principal) -> Dated:
    """The role that was ended ahead, where it was left so."""
    left = handover.journal.rows(Membership)
    rows = Membership.objects.filter(pk__in=left, agency__in=visible(by, Agency.objects.all(), Perm.AGENCIES_VIEW))
    records = [
        Record(row, f"{row.get_role_display()}, {row.agency.name}", "agency", row.agency_id)
        for row in rows.select_related("agency")
    ]
    return Dated("The leaver’s role", len(left), records)


def colleagues_of(membership: Membership, *, on: date) -> QuerySet[User]:
    """People who hold the same role for the same agency on the day and can sign in: nobody else can take over."""
    same = Membership.objects.on(on).filter(agency=membership.agency_id, role=membership.role, area=membership.area_id)
    return User.objects.filter(pk__in=same.exclude(user=membership.user_id).values("user"), is_active=True)


def waiting_handovers() -> QuerySet[PlannedHandOver]:
    """Said for a day ahead, and neither carried out nor called off."""
    return PlannedHandOver.objects.filter(done_on=None, cancelled_on=None)


def left_behind(role: PlannedHandOver | Membership, leaver_id: int, today: date) -> PlannedHandOver | None:
    """The hand-over of this role that was replaced or called off today with something left as it is; the last one."""
    off = PlannedHandOver.objects.filter(leaver=leaver_id, agency=role.agency_id, role=role.role, area=role.area_id)
    return off.filter(cancelled_on=today, brought_back=True, entries__isnull=False).order_by("pk").last()


def with_standing(rows: QuerySet[PlannedHandOver], today: date) -> QuerySet[Any]:
    """Hand-overs with what :func:`stands` asks: of the day ahead, or of today when that day has come.

    Costs no query more.
    """
    post = Membership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=OuterRef("asked_of")), agency=OuterRef("agency"), role=OuterRef("role"),
        area=OuterRef("area"), starts_on__lte=OuterRef("asked_of"),
    )  # fmt: skip
    noted: QuerySet[Any] = rows.annotate(
        asked_of=Greatest(F("happens_on"), Value(today)),
        has_it_again=Exists(post.filter(user=OuterRef("leaver"))),
        is_there=Exists(post.filter(user=OuterRef("to"), user__is_active=True)),
    )
    return noted


def stands(planned: Any) -> Decision:
    """Whether a hand-over :func:`with_standing` can be carried out; else why not, and what is to be done."""
    if planned.has_it_again:
        again = "The leaver has been given the role again: call the hand-over off, or end the role."
        return Decision.no(Reason(again, RULE))
    if not planned.is_there:
        gone = "The colleague does not hold the role then, or cannot sign in any more: choose another colleague."
        return Decision.no(Reason(gone, RULE))
    return Decision.yes()


def handovers_about(user_id: int, today: date) -> QuerySet[Any]:
    """Those that wait, from this person or to them, :func:`with_standing`."""
    about = Q(leaver=user_id) | Q(to=user_id)
    return with_standing(waiting_handovers().filter(about), today).select_related("leaver", "to", "agency")


def stuck_handovers(today: date) -> QuerySet[Any]:
    """Those that wait and do not stand: their day may come, or has come, and nothing will change hands."""
    return with_standing(waiting_handovers(), today).filter(Q(has_it_again=True) | Q(is_there=False))


def due_handovers(today: date) -> QuerySet[PlannedHandOver]:
    """Those whose day has come."""
    return waiting_handovers().filter(happens_on__lte=today)


def handed_over(planned: PlannedHandOver, today: date) -> HandOver | None:
    """What was planned, in the leaver's last role of that kind before the day; nothing when it is there no more."""
    held = Membership.objects.filter(
        user=planned.leaver_id, agency=planned.agency_id, role=planned.role, area=planned.area_id,
        starts_on__lt=planned.happens_on,
    )  # fmt: skip
    membership = held.select_related("user", "agency").order_by("starts_on").last()
    if membership is None:
        return None
    return HandOver(membership, planned.happens_on, planned.to, today if planned.happens_on <= today else None)
