"""A button and the check behind it are one thing: an offer carries the decision of the service's own twin."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rules.core import Decision

Style = Literal["primary", "secondary", "warning"]


@dataclass(frozen=True)
class Offer:
    """Something the person might do next.

    ``access`` says whether they may do it at all (who they are), ``decision`` whether the rules let it be done now.
    Refused by access: not shown. Refused by a rule: shown, disabled, with the reason. With warnings: shown with them.
    ``of`` says of what, for whoever hears the button and does not see its row. ``post`` draws a button in a form of its
    own (for an ActionPage); otherwise it is a link to a page.
    """

    label: str
    url: str
    decision: Decision
    access: Decision | None = None
    post: bool = False
    style: Style = "secondary"
    of: str = ""

    @property
    def shown(self) -> bool:
        return self.access is None or bool(self.access)


def shown(offers: Iterable[Offer]) -> list[Offer]:
    """The offers to draw, in the order given."""
    return [offer for offer in offers if offer.shown]
