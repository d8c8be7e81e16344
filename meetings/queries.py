"""Named reads of actions."""

from django.db.models import QuerySet

from agencies.access import visible
from agencies.principal import Principal
from agencies.roles import Perm, Scope, scope_of

from .models import Action


def actions_of(principal: Principal) -> QuerySet[Action]:
    """The actions that are the principal's business: all of the area for the unit, their own agency's for others.

    Of people whose record is open to them, as everywhere.
    """
    rows: QuerySet[Action] = visible(principal, Action.objects.all(), Perm.NOMINAL_VIEW)
    return rows if over_all(principal) else rows.filter(agency=principal.agency_id)


def over_all(principal: Principal) -> bool:
    """Whether actions of every agency are for the principal to close: the unit's, and the system's."""
    return scope_of(principal.role, Perm.ACTION_CLOSE) in (Scope.AREA, Scope.ALL)
