"""The view that Helen keeps: the reviews that are overdue, looked at every morning."""

from collections.abc import Mapping

from django.urls import reverse

from agencies.models import Membership, User
from agencies.principal import Principal
from agencies.roles import Role
from exchange.saved.services import save_view
from pages.exports import ExportedList

HELEN = "helen.curlew@example.org"
OVERDUE = "level=2&level=3&review=overdue&sort=name"


def keep_views(by: Principal, users: Mapping[str, User]) -> None:
    """Save it for her, as a coordinator."""
    helen = Membership.objects.get(user=users[HELEN], role=Role.COORDINATOR)
    wanted = ExportedList(f"{reverse('register')}?{OVERDUE}", by)
    save_view(by=by, member_id=helen.pk, wanted=wanted, name="Level 2 and 3, review overdue")
