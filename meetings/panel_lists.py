"""The lists of setting up panels: the panels, who may chair, the rooms. Each goes out as a file by itself (R110)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Prefetch
from django.urls import reverse

from agencies.roles import Perm
from agencies.spans import open_on
from pages.guards import DrawnList, Offer, TemplatePage
from pages.lists import Column
from rules.core import Decision

from .chair_views import CHAIR_COLUMNS, ChairLine, chair_lines
from .chairs import known_chairs, lasting
from .models import Chair, Panel, PanelAgency, Room
from .queries import panels_of, rooms_of
from .services.panels import may_set_panels
from .words import place_of, usual_days

TABS = (("Panels", "panels"), ("Chairs", "chairs"), ("Rooms", "rooms"))


@dataclass(frozen=True)
class PanelLine:
    """A panel in words."""

    panel: Panel
    days: str
    place: str
    members: int


class PanelList(TemplatePage, abstract=True):
    """One of the three, with tabs to the others."""

    template_name = "meetings/panel_list.html"
    empty: ClassVar[str]

    @property
    def area_id(self) -> int:
        return self.principal.area_id or 0

    def may_set(self) -> Decision:
        """Whether panels, chairs and rooms are for the principal to set."""
        return may_set_panels(self.area_id, by=self.principal, today=self.today)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        tabs = [(label, reverse(name), label == self.title) for label, name in TABS]
        return super().get_context_data(tabs=tabs, **context)


class Panels(DrawnList[PanelLine], PanelList):
    """The panels of the area."""

    permission = Perm.PANEL_SET
    table_template = "meetings/panels_table.html"
    title = "Panels"
    columns = (
        Column("Panel"),
        Column("Level"),
        Column("Usual days"),
        Column("Begins"),
        Column("Where"),
        Column("Members"),
    )
    noun = ("panel", "panels")
    empty = "No panel has been set up."

    def offers(self) -> Iterable[Offer]:
        decision = self.may_set()
        return [Offer("Set up a panel", reverse("panel-set-up"), decision, access=decision)]

    def lines(self) -> Sequence[PanelLine]:
        current = PanelAgency.objects.filter(open_on(self.today))
        rows = panels_of(self.principal).select_related("panel_area", "room")
        return [
            PanelLine(row, usual_days(row), place_of(row), len(row.members.all()))
            for row in rows.prefetch_related(Prefetch("members", current))
        ]

    def records_of(self, line: PanelLine) -> Sequence[Panel]:
        return (line.panel,)


class Chairs(DrawnList[ChairLine], PanelList):
    """Who may chair, today or later: any panel of the area, or one that the principal may know of (R56)."""

    permission = Perm.PANEL_SET
    table_template = "meetings/chairs_table.html"
    title = "Chairs"
    columns = CHAIR_COLUMNS
    noun = ("chair", "chairs")
    empty = "Nobody may chair (R56)."

    def offers(self) -> Iterable[Offer]:
        decision = self.may_set()
        return [Offer("Allow a chair", reverse("chair-allow"), decision, access=decision)]

    def lines(self) -> Sequence[ChairLine]:
        rows = known_chairs(self.principal).filter(lasting(self.today))
        return chair_lines(rows, self.may_set(), today=self.today)

    def records_of(self, line: ChairLine) -> Sequence[Chair]:
        return (line.chair,)


class Rooms(DrawnList[Room], PanelList):
    """The rooms in which meetings are held."""

    permission = Perm.PANEL_SET
    table_template = "meetings/rooms_table.html"
    title = "Rooms"
    columns = (Column("Room"), Column("Used until"))
    noun = ("room", "rooms")
    empty = "None: panels meet online."

    def offers(self) -> Iterable[Offer]:
        decision = self.may_set()
        return [Offer("Add a room", reverse("room-add"), decision, access=decision)]

    def lines(self) -> Sequence[Room]:
        return list(rooms_of(self.area_id, on=self.today))

    def records_of(self, line: Room) -> Sequence[Room]:
        return (line,)
