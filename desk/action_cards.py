"""Today's numbers of actions: what agencies were given to do and is overdue or due soon. One query for both."""

from urllib.parse import urlencode

from agencies.access import can
from agencies.roles import Perm
from cases.views.worklists import OVERDUE, SOON
from meetings.views import action_counts
from pages.lists import ListContext
from pages.navigation import address_of

from .worklist_cards import Made

LABELS = {OVERDUE: "actions overdue", SOON: "actions due soon"}


def action_cards(context: ListContext) -> dict[str, list[Made]]:
    """The numbers under their heading, for everybody who reads the list of actions."""
    if not can(context.principal, Perm.NOMINAL_VIEW):
        return {}
    counted = action_counts(context)
    return {
        "Actions": [
            (
                label,
                counted[code],
                f"{address_of('actions')}?{urlencode({'state': code})}",
                code == OVERDUE and counted[code] > 0,
            )
            for code, label in LABELS.items()
        ]
    }
