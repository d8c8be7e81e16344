"""Today's numbers beside the cases: lists from agencies, agencies with gaps, letters, what needs a second person."""

from urllib.parse import urlencode

from django.db.models import Count

from agencies.access import can
from agencies.handover import stuck_handovers
from agencies.queries import agencies_in_area, users_of
from agencies.roles import Perm
from agencies.services.two_persons import open_acts
from agencies.written import Written
from cases.views.advice import BY_TODAY, calls_waiting
from exchange.queries import extracts_of
from exchange.words import ExtractState
from letters.queries import listed
from letters.states import UNSETTLED, State
from pages.lists import ListContext
from pages.navigation import address_of

from .agencies.lists import AGREEMENT_GAP, CONTACT_GAP, rows_of
from .oversight.facts import days_waiting
from .people.lists import LEFT, left_with_work
from .worklist_cards import Made

LISTS_TO_DO = (ExtractState.HEADINGS, ExtractState.READY)
LETTERS = {State.MAYBE_SENT: "maybe sent, to decide on", State.FAILED: "not sent, to decide on"}
GAPS = {
    CONTACT_GAP: "without a contact, a deputy or anybody reached",
    AGREEMENT_GAP: "with an agreement missing, expired or running out",
}


def office_cards(context: ListContext) -> dict[str, list[Made]]:
    """The numbers by the heading they stand under; a heading only for those whom its work falls to."""
    principal = context.principal
    found: dict[str, list[Made]] = {}
    if can(principal, Perm.REGISTER_IMPORT):
        found["Lists from agencies"] = [_lists(context)]
    if can(principal, Perm.ADVICE_RECORD):
        found["Advice"] = [_calls(context)]
    if can(principal, Perm.AGENCIES_VIEW):
        found["Agencies"] = _agencies(context)
    if can(principal, Perm.USERS_EDIT):
        waiting = open_acts(principal).count()
        stuck = stuck_handovers(context.today).filter(area=principal.area_id).count()
        found["Accounts"] = [
            ("waiting for a second person", waiting, address_of("two-person-acts"), waiting > 0),
            ("hand-overs that cannot be carried out", stuck, address_of("hand-overs"), stuck > 0),
            _left(context),
        ]
    if can(principal, Perm.LOGS_VIEW):
        days = days_waiting(principal)
        found["Looks at records"] = [("stand out and wait for you", days, address_of("looks"), days > 0)]
    if can(principal, Perm.LETTERS_SETTLE):
        found["Outbox"] = _letters()
    return found


def _left(context: ListContext) -> Made:
    """People who have left and still hold work, as their list finds them."""
    number = left_with_work(users_of(context.principal), context).count()
    return "people who have left and still hold work", number, f"{address_of('users')}?{urlencode(LEFT)}", number > 0


def _lists(context: ListContext) -> Made:
    number = _EXTRACTS.count(context.principal)
    query = urlencode({"state": [state.value for state in LISTS_TO_DO]}, doseq=True)
    return "to work through", number, f"{address_of('extract-list')}?{query}", False


def _calls(context: ListContext) -> Made:
    number = calls_waiting(context)
    return "to call back today or before", number, f"{address_of('advice')}?{urlencode({'call': BY_TODAY})}", number > 0


_EXTRACTS = Written(lambda by: extracts_of(by).filter(state__in=LISTS_TO_DO))
_AGENCIES = Written(lambda by, on: agencies_in_area(by).on(on))


def _agencies(context: ListContext) -> list[Made]:
    rows = rows_of(_AGENCIES(context.principal, context.today), context)
    made: list[Made] = []
    for code, label in GAPS.items():
        number = sum(row.lacks(code) for row in rows)
        made.append((label, number, f"{address_of('agencies')}?{urlencode({'lacks': code})}", False))
    return made


def _letters() -> list[Made]:
    rows = listed().filter(state__in=UNSETTLED).values_list("state").annotate(number=Count("pk")).order_by()
    counted = dict(rows)
    return [
        (
            label,
            counted.get(state, 0),
            f"{address_of('outbox')}?{urlencode({'state': state})}",
            counted.get(state, 0) > 0,
        )
        for state, label in LETTERS.items()
    ]
