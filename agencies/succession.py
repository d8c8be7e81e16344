"""One agency takes the place of others: what is open moves on the day, what is closed stays where it was.

Apps above this one register what they hold for an agency when they start; ``agencies.services.succession`` moves it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet

from .models import Agency, LocalHousingAuthority, PanelArea, Succession, SuccessionPart
from .models.partners import SuccessionRole
from .principal import Principal


@dataclass(frozen=True)
class Line:
    """How much of something moves. Category 4 is in no count."""

    label: str
    count: int


@dataclass(frozen=True)
class Going:
    """What is replaced from a day on: agencies in the order in which they were named, councils, panel areas (ids).

    ``to`` takes over where it exists already; ``spoc`` and ``deputy`` (ids) are those chosen for the successor.
    """

    on: date
    agencies: tuple[Agency, ...]
    authorities: tuple[int, ...] = ()
    panel_areas: tuple[int, ...] = ()
    to: Agency | None = None
    spoc: int | None = None
    deputy: int | None = None

    @property
    def agency_ids(self) -> list[int]:
        return [each.pk for each in self.agencies]


@dataclass(frozen=True)
class Change:
    """The same, by what, and who says so. ``contacts``: ids of those who lose or change their part as a contact."""

    going: Going
    by: Principal
    successor: Agency
    authority: LocalHousingAuthority | None = None
    panel_area: PanelArea | None = None
    contacts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Participant:
    """Something that belongs to agencies: how much is open from the day on, and how it moves.

    ``move(change, today)`` writes within the service that calls it; twice is once.
    """

    name: str
    preview: Callable[[Going], Sequence[Line]]
    move: Callable[[Change, date], None]


_participants: dict[str, Participant] = {}


def register_succession(participant: Participant) -> None:
    """Called in ``AppConfig.ready()``. Raises ``ValueError`` when another one has the name."""
    if _participants.setdefault(participant.name, participant) != participant:
        raise ValueError(f"{participant.name} takes part in successions already.")


def participants() -> Sequence[Participant]:
    """In the order in which the apps registered them: lower layers first."""
    return list(_participants.values())


def preview(going: Going) -> list[Line]:
    """What would move, and how much of it; what there is none of is left out."""
    return [line for each in participants() for line in each.preview(going) if line.count]


def open_work(agencies: Iterable[Agency], *, on: date) -> list[Line]:
    """What these agencies still hold from the day on."""
    return preview(Going(on, tuple(agencies)))


def going_of(agencies: Sequence[Agency], *, on: date, councils: bool, to: Agency | None = None) -> Going:
    """What is replaced with these agencies; with ``councils``, also the housing authorities they are."""
    if not councils:
        return Going(on, tuple(agencies), to=to)
    authorities = tuple(each.housing_authority_id for each in agencies if each.housing_authority_id is not None)
    areas = PanelArea.objects.on(on).filter(housing_authority__in=authorities).order_by("pk")
    return Going(on, tuple(agencies), authorities, tuple(areas.values_list("pk", flat=True)), to)


def planned_going(succession: Succession) -> Going:
    """What a planned succession replaces."""
    going = going_of(
        predecessors_in(succession), on=succession.happens_on, councils=replaces_councils(succession),
        to=succession.successor,
    )  # fmt: skip
    return replace(going, spoc=succession.spoc_id, deputy=succession.deputy_id)


def replaces_councils(succession: Succession) -> bool:
    """A new council is named, or the successor is one."""
    return bool(succession.council) or (
        succession.successor is not None and succession.successor.housing_authority_id is not None
    )


def predecessors_in(succession: Succession) -> list[Agency]:
    """The agencies replaced, in the order in which they were named."""
    parts = succession.parts.filter(role=SuccessionRole.PREDECESSOR).select_related("agency").order_by("pk")
    return [part.agency for part in parts]


def due_successions(today: date) -> QuerySet[Succession]:
    """Planned ones whose day has come."""
    return waiting_successions().filter(happens_on__lte=today)


def waiting_successions() -> QuerySet[Succession]:
    """Planned, neither done nor cancelled."""
    return Succession.objects.filter(done_on__isnull=True, cancelled_on__isnull=True)


def lineage_of(agency: Agency) -> list[int]:
    """Ids of the agency and of all whose open work came to it, however long ago: a series read over them is whole.

    A body that came into being beside the successor of a split inherits no work, so no series either: it would be
    counted twice.
    """
    links = SuccessionPart.objects.filter(
        role=SuccessionRole.PREDECESSOR, succession__done_on__isnull=False, agency__area=agency.area_id
    ).values_list("succession__successor", "agency")
    before: dict[int, list[int]] = {}
    for successor, predecessor in links:
        if successor is not None:
            before.setdefault(successor, []).append(predecessor)
    found, waiting = [agency.pk], [agency.pk]
    while waiting:
        for each in before.get(waiting.pop(), []):
            if each not in found:
                found.append(each)
                waiting.append(each)
    return found
