"""Today's numbers of meetings: sittings of the week for whoever plans them, sittings to come for whoever reads them."""

from datetime import timedelta

from django.urls import reverse

from agencies.access import can
from agencies.roles import Perm
from meetings.calendar_days import WEEK, standing_between
from meetings.queries import coming, sittings_of
from pages.lists import ListContext
from pages.navigation import address_of

from .worklist_cards import Made


def meeting_cards(context: ListContext) -> dict[str, list[Made]]:
    """The numbers under their heading, in one query; nothing for roles that read no calendar."""
    principal, today = context.principal, context.today
    if not can(principal, Perm.SITTING_VIEW):
        return {}
    if can(principal, Perm.SITTING_PLAN):
        monday = today - timedelta(days=today.weekday())
        number = standing_between(principal, monday, monday + WEEK).count()
        return {"Meetings": [("sittings this week", number, reverse("calendar-week", args=[today.isoformat()]), False)]}
    number = coming(sittings_of(principal), today).count()
    return {"Meetings": [("sittings of yours to come", number, address_of("sittings"), False)]}
