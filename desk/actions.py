"""The actions of one person, open and closed, on a tab of their own."""

from typing import Any

from agencies.roles import Perm
from meetings.models import Action
from meetings.views import lines_of

from .views import RecordPage


class NominalActions(RecordPage):
    """What agencies were given to do about the person: open ones first, then what came of the others."""

    permission = Perm.NOMINAL_VIEW
    template_name = "desk/nominal_actions.html"
    part = "nominal-actions"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = Action.objects.filter(nominal=self.object).with_status(self.today)
        found = rows.select_related("nominal", "agency", "responsible").order_by("due_on", "number")
        lines = lines_of(list(found), by=self.principal)
        return super().get_context_data(
            waiting=[line for line in lines if line.row.is_open],
            closed=[line for line in lines if not line.row.is_open],
            **context,
        )
