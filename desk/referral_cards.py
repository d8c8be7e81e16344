"""Today's numbers of referrals: what waits for the unit, the panel, a manager, an author. One query for them all."""

from urllib.parse import urlencode

from agencies.access import can
from agencies.roles import Perm
from cases.referral_waiting import waiting_counts
from pages.lists import ListContext
from pages.navigation import address_of

from .worklist_cards import Made


def referral_cards(context: ListContext) -> dict[str, list[Made]]:
    """The numbers of whoever reads referrals and has something to do with them, under their heading."""
    if not can(context.principal, Perm.REFERRAL_VIEW):
        return {}
    counted = waiting_counts(by=context.principal, on=context.today)
    address = address_of("referrals")
    made = [
        (code.label.lower(), number, f"{address}?{urlencode({'waiting': code.value})}", False)
        for code, number in counted.items()
    ]
    return {"Referrals": made}
