"""Where views take their bases from: no page is made of anything else."""

from .base import (
    PUBLIC,
    SIGNED_IN,
    DetailPage,
    Forbidden,
    GuardedView,
    Moved,
    ObjectPage,
    Restricted,
    TemplatePage,
    fetch,
    show,
)
from .conflicts import Conflict
from .drawn_list import DrawnList
from .listing import ListPage, SearchPage
from .offers import Offer
from .step_up import SteppedUp
from .writing import ActionPage, FormPage, safe_next

__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "ActionPage",
    "Conflict",
    "DetailPage",
    "DrawnList",
    "Forbidden",
    "FormPage",
    "GuardedView",
    "ListPage",
    "Moved",
    "ObjectPage",
    "Offer",
    "Restricted",
    "SearchPage",
    "SteppedUp",
    "TemplatePage",
    "fetch",
    "safe_next",
    "show",
]
