"""Tables of the meetings app: panels and their sittings, slots in them, who is invited to those, and what meetings give
to agencies to do.
"""

from .action import LONGEST_ACTION, Action, ActionQuerySet
from .invitation import CalendarEntry, CalendarIssue, Invitation, InvitationQuerySet, InviteRule, JoiningText
from .panel import Chair, Panel, PanelAgency, Room
from .reply import CalendarReply
from .sitting import Booking, Sitting, Slot, SlotChange

__all__ = [
    "LONGEST_ACTION",
    "Action",
    "ActionQuerySet",
    "Booking",
    "CalendarEntry",
    "CalendarIssue",
    "CalendarReply",
    "Chair",
    "Invitation",
    "InvitationQuerySet",
    "InviteRule",
    "JoiningText",
    "Panel",
    "PanelAgency",
    "Room",
    "Sitting",
    "Slot",
    "SlotChange",
]
