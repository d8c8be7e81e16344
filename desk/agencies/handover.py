"""A leaver's hand-over: everything of one person's role to a colleague, with a preview; called off before its day."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet

from agencies.handover import HandOver, Line, colleagues_of, left_behind, preview
from agencies.models import Membership, PlannedHandOver
from agencies.queries import agencies_in_area
from agencies.roles import Perm
from agencies.services.hand_over_day import call_off_hand_over
from agencies.services.handover import hand_over, may_hand_over
from cases.services.handover import NAMED_CASES
from pages.guards import ActionPage, SteppedUp
from pages.previewed import PreviewedFormPage
from rules.core import Decision

from .forms import HandOverForm
from .hand_overs import hand_over_url
from .views import agency_url


class WorkHandOver(SteppedUp, PreviewedFormPage[Membership]):
    """Everything that somebody does in a role goes to a colleague on a day."""

    permission = Perm.USERS_EDIT
    model = Membership
    form_class = HandOverForm
    template_name = "desk/agencies/hand_over.html"
    title = "Hand over everything"
    submit_label = "Continue"

    def get_queryset(self) -> QuerySet[Membership]:
        rows = Membership.objects.select_related("user", "agency", "area")
        return rows.filter(area=self.principal.area_id, agency__in=agencies_in_area(self.principal))

    def get_cancel_url(self) -> str:
        return agency_url(self.object.agency_id, "people")

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"people": colleagues_of(self.object, on=self.today)}

    def may(self, form: Any) -> Decision:
        said = form.cleaned_data
        return may_hand_over(self.object, by=self.principal, today=self.today, to=said["to"], on=said["on"])

    def would(self, form: Any) -> list[Line]:
        said = form.cleaned_data
        return preview(HandOver(self.object, said["on"], said["to"]))

    def says(self, form: Any, would: Sequence[Line]) -> str:
        cases = next((line.count for line in would if line.label == NAMED_CASES), 0)
        what = f"{cases:,} {'case' if cases == 1 else 'cases'}" if cases else "the role"
        return f"Hand over {what} to {form.cleaned_data['to'].name}"

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        hand_over(
            by=self.principal, today=self.today, membership_id=self.object.pk, to_user_id=said["to"].pk, on=said["on"]
        )
        ahead = "Everything changes hands on that day. Until then it stands on the page of each of the two."
        said_so = ahead if said["on"] > self.today else "Everything is handed over."
        left = left_behind(self.object, self.object.user_id, self.today)
        stays = " What had been changed since it was said before stays as it is, and stands below." if left else ""
        messages.success(self.request, f"{said_so}{stays}")
        return hand_over_url(left.pk) if left else self.get_cancel_url()


class HandOverCallOff(SteppedUp, ActionPage[PlannedHandOver]):
    """What waits for the day stays where it is."""

    permission = Perm.USERS_EDIT
    model = PlannedHandOver

    def get_queryset(self) -> QuerySet[PlannedHandOver]:
        return PlannedHandOver.objects.filter(area=self.principal.area_id)

    def get_cancel_url(self) -> str:
        return hand_over_url(self.object.pk)

    def act(self) -> str:
        planned = call_off_hand_over(by=self.principal, today=self.today, planned_id=self.object.pk)
        back = "What was dated ahead is as it was before, but for what stands below."
        stays = "What was dated ahead stays, and stands below."
        messages.success(
            self.request,
            f"Called off. What was to change hands on the day stays. {back if planned.brought_back else stays}",
        )
        return self.get_cancel_url()
