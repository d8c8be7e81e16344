"""The one order in which whatever belongs to meetings is locked, so that no two services wait for each other.

People, then panels, then sittings, then those who chair or attend, then rooms; several of a kind by id. A service takes
all it needs at its beginning and decides by what it reads after that. Whoever writes a slot, an invitation or a booking
holds its person and its sitting; whoever places somebody, the panel as well, as whoever describes the panel anew does.
Whoever only sends calendar entries, or asks for an answer once more, holds the sitting. What is planned in an area
comes after people and before panels (``hold_area``).
"""

from collections.abc import Iterable, Mapping

from agencies.models import User
from cases.models import Nominal
from cases.services.locking import locked, locked_row
from meetings.models import Invitation, Panel, Room, Sitting, Slot
from pages.conflicts import Conflict


def hold_people(nominal_ids: Iterable[int]) -> set[int]:
    """Lock these people, merged ones too. Returns who they are."""
    rows = Nominal.objects.select_for_update(no_key=True).filter(pk__in=set(nominal_ids))
    return set(rows.order_by("pk").values_list("pk", flat=True))


def hold_panels(sitting_ids: Iterable[int]) -> None:
    """Lock the panels of these sittings, which stay theirs: none changes while somebody is placed in it."""
    panels = Sitting.objects.filter(pk__in=set(sitting_ids), panel__isnull=False).order_by().values("panel")
    list(Panel.objects.select_for_update(no_key=True).filter(pk__in=panels).order_by("pk").values_list("pk"))


def hold_sittings(
    sitting_ids: Iterable[int], *, users: Iterable[int | None] = (), rooms: Iterable[int | None] = ()
) -> Mapping[int, Sitting]:
    """Lock these sittings with their chairs and rooms, and these users and rooms. A sitting that is not there is left
    out. Two that share a chair or a room wait for each other.
    """
    held = Sitting.objects.select_for_update(no_key=True).filter(pk__in=set(sitting_ids)).order_by("pk")
    found = {row.pk: row for row in held}
    people = {*users, *(row.chair_id for row in found.values())} - {None}
    places = {*rooms, *(row.room_id for row in found.values())} - {None}
    if people:
        list(User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    if places:
        list(Room.objects.select_for_update(no_key=True).filter(pk__in=places).order_by("pk"))
    return found


def locked_sitting(
    sitting_id: int, version: int, *, users: Iterable[int | None] = (), rooms: Iterable[int | None] = ()
) -> Sitting:
    """A sitting below everybody who is heard in it, with its chair and room, and these users and rooms.

    Raises ``Conflict`` when it has been changed since the version that was seen, or somebody came into it meanwhile.
    """
    heard = Slot.objects.filter(sitting=sitting_id, cancelled_on=None).order_by().values_list("nominal", flat=True)
    people = hold_people(heard)
    sitting = hold_sittings([sitting_id], users=users, rooms=rooms)[sitting_id]
    if sitting.version != version or not set(heard.all()) <= people:
        raise Conflict
    return sitting


def locked_slot(slot_id: int, *, to: int | None = None) -> tuple[Slot, Sitting | None]:
    """A slot below its person and its sitting, and the sitting ``to`` which it is moved; None when that is not there.

    Raises ``Conflict`` when the person was merged into another meanwhile.
    """
    _, slot = locked_row(Slot, slot_id)
    hold_panels([to] if to is not None else [])
    held = hold_sittings({slot.sitting_id, to or slot.sitting_id})
    slot.sitting = held[slot.sitting_id]
    return slot, held.get(to or slot.sitting_id)


def locked_invitation(invitation_id: int, *, attends_id: int | None = None) -> Invitation:
    """An invitation below its person and its sitting, and who is to attend. Raises ``Conflict`` as for its slot."""
    rows = Invitation.objects.filter(pk=invitation_id)
    nominal = locked(rows.values_list("slot__nominal", flat=True).get())
    sitting_id = rows.values_list("slot__sitting", flat=True).get()
    held = hold_sittings([sitting_id], users=[attends_id])
    found = rows.filter(slot__nominal=nominal).select_related("slot__nominal__area", "agency").first()
    if found is None:
        raise Conflict
    found.slot.sitting = held[sitting_id]
    return found


def hold_invitations(invitation_ids: Iterable[int], *, users: Iterable[int | None] = ()) -> None:
    """Lock everybody and everything that these invitations are about, before each is answered in its turn."""
    slots = Slot.objects.filter(invitations__in=list(invitation_ids)).order_by()
    hold_people(slots.values_list("nominal", flat=True))
    hold_sittings(slots.values_list("sitting", flat=True), users=users)
