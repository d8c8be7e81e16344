"""Tables of the meetings app: panels and their sittings, slots in them, and what meetings give to agencies to do."""

from .action import LONGEST_ACTION, Action, ActionQuerySet
from .panel import Chair, Panel, PanelAgency, Room
from .sitting import Booking, Sitting, Slot, SlotChange

__all__ = [
    "LONGEST_ACTION",
    "Action",
    "ActionQuerySet",
    "Booking",
    "Chair",
    "Panel",
    "PanelAgency",
    "Room",
    "Sitting",
    "Slot",
    "SlotChange",
]
