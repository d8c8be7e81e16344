"""Today's numbers of the worklists: before release, Level 1, endings, brought forward. One query for them all."""

from urllib.parse import urlencode

from cases.views.worklists import BROUGHT_FORWARD, OPEN, OVERDUE, SOON, due_counts
from pages.lists import ListContext
from pages.navigation import address_of
from rules.vocabulary import ObligationKind

# Label, number, address, and whether something is late.
Made = tuple[str, int, str, bool]
SCREENING, REVIEW = ObligationKind.SCREENING, ObligationKind.LEVEL_1_REVIEW
EARLY, ENDING = ObligationKind.LEVEL_1_EARLY_REVIEW, ObligationKind.ENDING_DECISION
LEVEL_1 = (
    (SCREENING, OPEN, "waiting to be screened"),
    (SCREENING, OVERDUE, "not screened in time"),
    (REVIEW, OVERDUE, "Level 1 reviews overdue"),
    (REVIEW, SOON, "Level 1 reviews due soon"),
    (EARLY, OVERDUE, "early Level 1 reviews overdue"),
    (EARLY, SOON, "early Level 1 reviews due soon"),
)
BEFORE = ObligationKind.PRE_RELEASE
PRE_RELEASE = ((BEFORE, OVERDUE, "released or heard without one"), (BEFORE, SOON, "to be held soon"))
ENDINGS = ((ENDING, OVERDUE, "last grounds that ended undecided"), (ENDING, SOON, "last grounds to decide soon"))


def worklist_cards(context: ListContext) -> dict[str, list[Made]]:
    """The numbers by the heading they stand under."""
    counted = due_counts(context)

    def made(kind: ObligationKind, state: str, label: str) -> Made:
        number = counted.get((kind.value, state), 0)
        query = urlencode({"kind": kind.value, "state": state})
        return label, number, f"{address_of('due')}?{query}", number > 0 and (state == OVERDUE or kind is ENDING)

    waiting = sum(number for (_, state), number in counted.items() if state == BROUGHT_FORWARD)
    return {
        "Meetings before release or tribunal": [made(*each) for each in PRE_RELEASE],
        "Level 1": [made(*each) for each in LEVEL_1],
        "Endings and what was brought forward": [
            *(made(*each) for each in ENDINGS),
            ("brought forward, to work off", waiting, address_of("brought-forward"), False),
        ],
    }
