"""Roles offered to people who have an account already: what waits in the area, and one's own to take or decline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from agencies.access import can
from agencies.models.accounts import RoleOffer
from agencies.roles import Perm
from agencies.services.role_offers import (
    may_take_role,
    may_withdraw_role,
    offers_of_area,
    open_offers,
    take_role,
    withdraw_role,
)
from pages.guards import ActionPage, Offer, SteppedUp, TemplatePage


@dataclass(frozen=True)
class Waiting:
    """An offer and its buttons."""

    offer: RoleOffer
    buttons: Sequence[Offer]


class RoleOffers(TemplatePage):
    """What is offered in the area and not answered yet: by e-mail address, as nothing else is known."""

    permission = Perm.USERS_EDIT
    template_name = "desk/people/role_offers.html"
    title = "Roles offered"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        by = self.principal
        access = can(by, Perm.USERS_EDIT)
        waiting = [
            Waiting(each, [Offer("Take it back", reverse("role-offer-withdraw", args=[each.pk]),
                                 may_withdraw_role(each, by=by), access=access, post=True)])
            for each in offers_of_area(by)
        ]  # fmt: skip
        return super().get_context_data(waiting=waiting, **context)


class RoleOfferWithdraw(SteppedUp, ActionPage[RoleOffer]):
    """Take an offer back."""

    permission = Perm.USERS_EDIT
    model = RoleOffer

    def get_queryset(self) -> QuerySet[RoleOffer]:
        return offers_of_area(self.principal)

    def get_cancel_url(self) -> str:
        return reverse("role-offers")

    def act(self) -> str:
        withdraw_role(by=self.principal, offer=self.object)
        messages.success(self.request, "The offer is taken back.")
        return self.get_cancel_url()


class OwnRoleOffers(TemplatePage):
    """What is offered to oneself."""

    permission = Perm.ACCOUNT
    template_name = "desk/people/own_role_offers.html"
    title = "Roles offered to you"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        by = self.principal
        waiting = [
            Waiting(each, [
                Offer("Take the role", reverse("own-role-offer-take", args=[each.pk]), may_take_role(each, by=by),
                      post=True, style="primary"),
                Offer("Decline", reverse("own-role-offer-decline", args=[each.pk]), may_withdraw_role(each, by=by),
                      post=True),
            ])
            for each in open_offers().filter(user=by.user_id)
        ]  # fmt: skip
        return super().get_context_data(waiting=waiting, **context)


class OwnRoleOfferPage(ActionPage[RoleOffer], abstract=True):
    """A button about what is offered to oneself. Anybody else's does not exist."""

    permission = Perm.ACCOUNT

    def load(self) -> None:
        found = open_offers().filter(pk=self.kwargs["offer"], user=self.principal.user_id).first()
        if found is None:
            raise Http404
        self.object = found

    def get_cancel_url(self) -> str:
        return reverse("own-role-offers")


class OwnRoleOfferTake(OwnRoleOfferPage):
    """Take the role."""

    def act(self) -> str:
        take_role(by=self.principal, offer=self.object)
        messages.success(self.request, "The role is yours. Choose it to act in it.")
        return reverse("account")


class OwnRoleOfferDecline(OwnRoleOfferPage):
    """Say no."""

    def act(self) -> str:
        withdraw_role(by=self.principal, offer=self.object)
        messages.success(self.request, "Declined.")
        return reverse("account")
