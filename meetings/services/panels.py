"""Panels described, their standing members and chairs named, rooms added (R56)."""
# ruff: noqa: ARG001 - every twin is asked in the same way, whether it needs the day or not

from dataclasses import asdict
from datetime import date

from django.db.models import QuerySet

from agencies.access import can_in_area
from agencies.models import Agency, Area, Membership, PanelArea
from agencies.principal import Principal
from agencies.roles import Perm
from audit.boundary import record_event, service
from meetings.models import Chair, Panel, PanelAgency, Room, Slot
from meetings.queries import panels_of
from meetings.records import PanelRecord
from rules.core import Decision, Reason
from rules.vocabulary import ChairRole

_RULE = "R56"


def may_set_panels(area_id: int, *, by: Principal, today: date, panel: PanelRecord | None = None) -> Decision:
    """Whether panels of the area may be set up; with one, whether this."""
    allowed = can_in_area(by, Perm.PANEL_SET, area_id)
    if not allowed or panel is None:
        return allowed
    return allowed & _panel_fits(area_id, panel, by, Panel.objects.filter(area=area_id, name=panel.name.strip()))


@service(event="panel_set_up", asks=may_set_panels)
def set_up_panel(*, by: Principal, today: date, area_id: int, panel: PanelRecord) -> Panel:
    """Set up a panel. Its sittings are generated or planned afterwards. Raises ``Refused``."""
    Area.objects.select_for_update(no_key=True).get(pk=area_id)
    may_set_panels(area_id, by=by, today=today, panel=panel).or_refuse()
    stored = Panel.objects.create(area_id=area_id, **_values(panel))
    record_event(stored, root=None, level=panel.level)
    return stored


def may_change_panel(panel: Panel, *, by: Principal, today: date, record: PanelRecord | None = None) -> Decision:
    """Whether the panel may be described anew; with a record, whether so."""
    allowed = can_in_area(by, Perm.PANEL_SET, panel.area_id)
    if panel.national_security and not by.category_4:
        return Decision.no(Reason("This panel is not known here.", "R99"))
    if not allowed or record is None:
        return allowed
    if record.national_security != panel.national_security and _hears_somebody(panel, today):
        text = "Somebody is placed in a coming sitting of this panel: place them elsewhere before it changes sides"
        allowed &= Decision.no(Reason(text, "R99"))
    same_name = Panel.objects.filter(area=panel.area_id, name=record.name.strip()).exclude(pk=panel.pk)
    return allowed & _panel_fits(panel.area_id, record, by, same_name)


@service(event="panel_changed", asks=may_change_panel)
def change_panel(*, by: Principal, today: date, panel_id: int, record: PanelRecord) -> Panel:
    """Describe a panel anew. Sittings that stand in the calendar stay as they are. Raises ``Refused``."""
    panel = Panel.objects.select_for_update(no_key=True).get(pk=panel_id)
    may_change_panel(panel, by=by, today=today, record=record).or_refuse()
    values = _values(record)
    for name, value in values.items():
        setattr(panel, name, value)
    panel.save(update_fields=[name.removesuffix("_id") for name in values])
    record_event(panel, root=None, level=record.level)
    return panel


@service(event="panel_member_named", asks=may_change_panel)
def name_member(*, by: Principal, today: date, panel_id: int, agency_id: int, starts_on: date) -> PanelAgency:
    """Make an agency a standing member of the panel from a day on. Raises ``Refused``."""
    panel = Panel.objects.select_for_update(no_key=True).get(pk=panel_id)
    decision = may_change_panel(panel, by=by, today=today)
    if not Agency.objects.on(starts_on).filter(pk=agency_id, area=panel.area_id).exists():
        decision &= Decision.no(Reason("Choose an agency of this area that takes part on that day", _RULE))
    if panel.members.filter(agency=agency_id).exclude(ends_on__lt=starts_on).exists():
        decision &= Decision.no(Reason("This agency is a standing member then", _RULE))
    decision.or_refuse()
    member = PanelAgency.objects.create(panel=panel, agency_id=agency_id, starts_on=starts_on)
    record_event(member, root=None, panel=panel.pk, agency=agency_id, starts_on=starts_on)
    return member


@service(event="panel_member_ended", asks=may_change_panel)
def end_member(*, by: Principal, today: date, member_id: int, ends_on: date) -> PanelAgency:
    """End an agency's standing membership after a day. Raises ``Refused``."""
    member = PanelAgency.objects.select_related("panel").get(pk=member_id)
    decision = may_change_panel(member.panel, by=by, today=today)
    (decision & _not_before(member.starts_on, ends_on)).or_refuse()
    member.ends_on = ends_on
    member.save(update_fields=["ends_on"])
    record_event(member, root=None, ends_on=ends_on)
    return member


@service(event="chair_allowed", asks=may_set_panels)
def allow_chair(
    *, by: Principal, today: date, area_id: int, user_id: int, role: ChairRole, starts_on: date,
    panel_id: int | None = None,
) -> Chair:  # fmt: skip
    """Let somebody chair meetings of the area, or of one panel, from a day on (R56). Raises ``Refused``."""
    Area.objects.select_for_update(no_key=True).get(pk=area_id)
    decision = may_set_panels(area_id, by=by, today=today)
    if not Membership.objects.on(starts_on).filter(user=user_id, area=area_id, user__is_active=True).exists():
        decision &= Decision.no(Reason("Choose somebody who has a role in this area on that day", _RULE))
    if panel_id is not None and not panels_of(by).filter(pk=panel_id, area=area_id).exists():
        decision &= Decision.no(Reason("Choose a panel of this area", _RULE))
    there = Chair.objects.filter(area=area_id, user=user_id, panel=panel_id).exclude(ends_on__lt=starts_on)
    if there.exists():
        decision &= Decision.no(Reason("This person chairs there then", _RULE))
    decision.or_refuse()
    chair = Chair.objects.create(area_id=area_id, user_id=user_id, role=role, panel_id=panel_id, starts_on=starts_on)
    record_event(chair, root=None, user=user_id, role=role, starts_on=starts_on)
    return chair


@service(event="chair_ended", asks=may_set_panels)
def end_chair(*, by: Principal, today: date, chair_id: int, ends_on: date) -> Chair:
    """End somebody's chairing after a day; sittings after it need another chair. Raises ``Refused``."""
    chair = Chair.objects.select_for_update(no_key=True).get(pk=chair_id)
    decision = may_set_panels(chair.area_id, by=by, today=today)
    if chair.panel is not None:
        decision &= may_change_panel(chair.panel, by=by, today=today)
    (decision & _not_before(chair.starts_on, ends_on)).or_refuse()
    chair.ends_on = ends_on
    chair.save(update_fields=["ends_on"])
    record_event(chair, root=None, ends_on=ends_on)
    return chair


@service(event="room_added", asks=may_set_panels)
def add_room(*, by: Principal, today: date, area_id: int, name: str) -> Room:
    """Add a room in which one meeting is held at a time. Raises ``Refused``."""
    Area.objects.select_for_update(no_key=True).get(pk=area_id)
    decision = may_set_panels(area_id, by=by, today=today)
    if not name.strip():
        decision &= Decision.no(Reason("Enter the name of the room", "R55"))
    if Room.objects.filter(area=area_id, name=name.strip()).exists():
        decision &= Decision.no(Reason("This room is there already", "R55"))
    decision.or_refuse()
    room = Room.objects.create(area_id=area_id, name=name.strip())
    record_event(room, root=None, area=area_id)
    return room


def _hears_somebody(panel: Panel, today: date) -> bool:
    return Slot.objects.filter(sitting__panel=panel, cancelled_on=None, ends_at__date__gte=today).exists()


def _panel_fits(area_id: int, panel: PanelRecord, by: Principal, same_name: QuerySet[Panel]) -> Decision:
    decision = Decision.yes()
    if not panel.name.strip():
        decision &= Decision.no(Reason("Enter the name of the panel", "R55"))
    if same_name.filter(national_security=panel.national_security).exists():
        decision &= Decision.no(Reason("A panel of this name is there already", "R55"))
    if panel.national_security and not by.category_4:
        decision &= Decision.no(Reason("Only a person cleared for Category 4 may do this.", "R99"))
    if panel.panel_area_id is not None and not PanelArea.objects.filter(pk=panel.panel_area_id, area=area_id).exists():
        decision &= Decision.no(Reason("Choose a panel area of this area", "R55"))
    if panel.room_id is not None and not Room.objects.filter(pk=panel.room_id, area=area_id).exists():
        decision &= Decision.no(Reason("Choose a room of this area", "R55"))
    if panel.ends_on is not None:
        decision &= _not_before(panel.starts_on, panel.ends_on)
    return decision


def _not_before(starts_on: date, ends_on: date) -> Decision:
    if ends_on >= starts_on:
        return Decision.yes()
    return Decision.no(Reason("It cannot end before it starts.", _RULE))


def _values(panel: PanelRecord) -> dict[str, object]:
    return asdict(panel) | {"name": panel.name.strip(), "ordinals": list(panel.ordinals)}
