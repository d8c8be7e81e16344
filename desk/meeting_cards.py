"""Today's numbers of meetings: what is to be answered, who is to be placed, and what sits, for whom it is work."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Func, QuerySet, Subquery
from django.urls import reverse

from agencies.access import can
from agencies.models import Membership
from agencies.roles import Perm
from meetings.board import number_to_place
from meetings.calendar_days import WEEK, number_standing
from meetings.queries import coming, sittings_of, to_answer
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
    # Both numbers at once, beside one's own role.
    asked, sit = Membership.objects.filter(pk=principal.membership_id or 0).values_list(
        _number(to_answer(principal, today)), _number(coming(sittings_of(principal), today))
    )[0]
    return {
        "Meetings": [
            ("invitations to answer", asked, address_of("my-invitations"), False),
            ("sittings of yours to come", sit, address_of("sittings"), False),
        ]
    }


def _number(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by().annotate(number=Func(F("pk"), function="COUNT")).values("number"))
