"""Today's numbers of meetings: who is to be placed, and what sits, as far as one plans or reads it."""

from datetime import timedelta

from django.urls import reverse

from agencies.access import can
from agencies.roles import Perm
from meetings.board import number_to_place
from meetings.calendar_days import WEEK, number_standing
from meetings.queries import coming, sittings_of
from pages.lists import ListContext
from pages.navigation import address_of

from .worklist_cards import Made


def meeting_cards(context: ListContext) -> dict[str, list[Made]]:
    """The numbers under their heading, one query each; nothing for roles that read no calendar."""
    principal, today = context.principal, context.today
    if not can(principal, Perm.SITTING_VIEW):
        return {}
    if can(principal, Perm.SITTING_PLAN):
        monday = today - timedelta(days=today.weekday())
        sittings = number_standing(principal, monday, monday + WEEK)
        people = number_to_place(principal, today=today)
        return {
            "Meetings": [
                ("to be placed in a sitting", people, address_of("scheduling-board"), False),
                ("sittings this week", sittings, reverse("calendar-week", args=[today.isoformat()]), False),
            ]
        }
    number = coming(sittings_of(principal), today).count()
    return {"Meetings": [("sittings of yours to come", number, address_of("sittings"), False)]}
