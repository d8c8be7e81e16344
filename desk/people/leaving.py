"""How somebody stops acting: the last day of a role, or a closed account, with what would be left in their name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.handover import HandOver, Line, preview
from agencies.leaving import left_after
from agencies.models import Membership, User
from agencies.queries import users_of
from agencies.roles import Perm
from agencies.services import disable_user, end_membership, may_end_membership
from pages.dates import british_date
from pages.guards import SteppedUp
from pages.previewed import PreviewedFormPage
from rules.core import DAY, Decision

from .forms import DisableForm, RoleEndForm
from .pages import UserFormPage, user_url


@dataclass(frozen=True)
class HeldBy:
    """A role, what is held by it, and where it is handed over."""

    membership: Membership
    would: Sequence[Line]
    url: str


def held_by(membership: Membership, would: Sequence[Line]) -> HeldBy:
    """The role with the address of its hand-over."""
    return HeldBy(membership, would, reverse("hand-over", args=[membership.pk]))


class MembershipEnd(SteppedUp, PreviewedFormPage[Membership]):
    """Set the last day of a role. What would be left in the person's name is shown and confirmed first."""

    permission = Perm.USERS_EDIT
    model = Membership
    form_class = RoleEndForm
    template_name = "desk/people/membership_end.html"
    title = "End a role"
    submit_label = "Save the last day"

    def get_queryset(self) -> QuerySet[Membership]:
        rows = Membership.objects.select_related("user", "agency", "area")
        return rows.filter(area=self.principal.area_id, user__in=users_of(self.principal).values("pk"))

    def get_initial(self) -> Mapping[str, Any]:
        return {"ends_on": self.object.ends_on or self.today}

    def get_cancel_url(self) -> str:
        return user_url(self.object.user_id)

    def may(self, form: Any) -> Decision:
        return may_end_membership(self.object, by=self.principal, ends_on=form.cleaned_data["ends_on"])

    def would(self, form: Any) -> list[Line]:
        # What was held in days gone by is not counted again: whoever is named now is left without.
        return left_after(self.object, max(form.cleaned_data["ends_on"], self.today - DAY))

    def says(self, form: Any, would: Sequence[Line]) -> str:  # noqa: ARG002
        return f"End the role on {british_date(form.cleaned_data['ends_on'])}"

    def asks_first(self, form: Any) -> bool:
        return bool(self.would(form))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        holds = preview(HandOver(self.object, self.today))
        return super().get_context_data(held=held_by(self.object, holds), **context)

    def act(self, form: Any) -> str:
        end_membership(by=self.principal, membership=self.object, ends_on=form.cleaned_data["ends_on"])
        messages.success(self.request, "The last day of the role is saved.")
        return self.get_cancel_url()


class UserDisable(UserFormPage):
    """Close an account at once. What stays in the person's name is shown first."""

    form_class = DisableForm
    template_name = "desk/people/user_disable.html"
    title = "Disable the account"
    submit_label = "Disable the account"
    submit_style = "warning"
    done = "The account is disabled, and the person is signed out everywhere."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user: User = self.object
        rows = user.memberships.on(self.today).filter(area=self.principal.area_id).select_related("user", "agency")
        found = [(row, left_after(row, self.today - DAY)) for row in rows.order_by("starts_on", "pk")]
        return super().get_context_data(held=[held_by(row, would) for row, would in found if would], **context)

    def act(self, form: Any) -> str:  # noqa: ARG002 - nothing is asked
        disable_user(by=self.principal, user=self.object)
        return self.back()
