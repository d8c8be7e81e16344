"""What the record of a person offers of meetings. It asks the database nothing: the page knows the level already."""

from agencies.access import can
from agencies.principal import Principal
from agencies.roles import Perm
from cases.models import Nominal
from pages.navigation import address_about
from pages.offers import Offer
from rules.core import Decision
from rules.vocabulary import Level

_OFFERS = (
    ("Place in a sitting", "slot-place"),
    ("Arrange one meeting", "meeting-arrange"),
    ("Emergency meeting", "meeting-emergency"),
)


def meeting_offers(nominal: Nominal, level: Level | None, *, by: Principal) -> list[Offer]:
    """For somebody at Level 2 or 3: a sitting, a single meeting, an emergency one; what is due is asked there."""
    if level is None or not level.is_multi_agency:
        return []
    access = can(by, Perm.SITTING_PLAN, nominal)
    return [Offer(label, address_about(name, nominal.pk), Decision.yes(), access=access) for label, name in _OFFERS]
