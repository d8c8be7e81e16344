"""One account: who it is, the roles, and what one administrator may do with it. Each page makes one service call."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.access import can
from agencies.handover import handovers_about
from agencies.leaving import leavers
from agencies.models import Membership, User
from agencies.models.accounts import Act
from agencies.queries import agencies_of, users_of
from agencies.roles import Perm, Role
from agencies.services import (
    add_membership,
    enable_user,
    end_clearance,
    mark_manager,
    may_add_membership,
    may_disable_user,
    may_enable_user,
    may_end_clearance,
    may_end_membership,
    may_mark_manager,
)
from agencies.services.invitations import invite_user, may_send_invitation, send_invitation
from agencies.services.role_offers import has_account, offer_role
from agencies.services.two_persons import (
    may_ask_two_persons,
    open_acts,
)
from desk.agencies.hand_overs import said_of
from pages.guards import ActionPage, DetailPage, FormPage, Offer, SteppedUp
from rules.core import Decision

from .forms import InviteForm, RoleForm
from .lists import words_of
from .pages import UserActionPage, UserFormPage, user_url
from .two_persons import waiting_for

ASK_PAGES: Mapping[Act, str] = {
    Act.SECOND_FACTOR_RESET: "user-second-factor-ask",
    Act.CATEGORY_4_CLEARANCE: "user-clearance-ask",
    Act.ADMINISTRATOR_ROLE: "user-administrator-ask",
}
"""What is asked for on a person's page; an agency's sign-in is asked for on its own."""


@dataclass(frozen=True)
class Held:
    """A role of the person, whether it may be ended, and the button that marks a manager or takes the mark away.

    ``over``: it has ended. ``hand_over``: a colleague may take over what the person holds by it.
    """

    membership: Membership
    decision: Decision
    mark: Offer | None
    over: bool
    hand_over: bool


class UserPage(DetailPage[User]):
    """An account: state, roles, second factor, and what waits for a second person."""

    permission = Perm.SETTINGS_VIEW
    model = User
    template_name = "desk/people/user.html"

    def get_queryset(self) -> QuerySet[User]:
        return users_of(self.principal)

    def get_title(self) -> str:
        return self.object.name

    def offers(self) -> Iterable[Offer]:
        user, by, access = self.object, self.principal, can(self.principal, Perm.USERS_EDIT)
        found = [
            Offer("Give a role", reverse("membership-add", args=[user.pk]), may_add_membership(user, by=by), access)
        ]
        if may_send_invitation(user, by=by):
            found.append(self._press("Send a new link", "invitation-send", may_send_invitation(user, by=by)))
        if user.category_4:
            found.append(self._press("End clearance for Category 4", "clearance-end", may_end_clearance(user, by=by)))
        if user.is_active:
            disable, url = may_disable_user(user, by=by), reverse("user-disable", args=[user.pk])
            found.append(Offer("Disable the account", url, disable, access=can(by, Perm.USERS_EDIT), style="warning"))
        else:
            found.append(self._press("Enable the account", "user-enable", may_enable_user(user, by=by)))
        return found

    def _press(self, label: str, name: str, decision: Decision, style: Any = "secondary") -> Offer:
        access = can(self.principal, Perm.USERS_EDIT)
        return Offer(label, reverse(name, args=[self.object.pk]), decision, access=access, post=True, style=style)

    def _mark(self, row: Membership) -> Offer | None:
        decision = may_mark_manager(row, by=self.principal, manages=not row.manages)
        if not decision:
            return None
        label, name = ("No longer manager", "manager-unmark") if row.manages else ("Mark as manager", "manager-mark")
        return Offer(label, reverse(name, args=[row.pk]), decision, access=decision, post=True)

    def _held(self, row: Membership, left: Collection[int]) -> Held:
        over = row.ends_on is not None and row.ends_on < self.today
        hand_over = bool(can(self.principal, Perm.USERS_EDIT)) and (not over or row.pk in left)
        return Held(row, may_end_membership(row, by=self.principal), self._mark(row), over, hand_over)

    def asks(self) -> list[Offer]:
        """What takes two persons; what makes no sense for this person is left out."""
        user, by = self.object, self.principal
        access = can(by, Perm.USERS_EDIT) & may_ask_two_persons(user, by=by)
        offers = []
        for act, page in ASK_PAGES.items():
            if decision := may_ask_two_persons(user, by=by, kind=act):
                offers.append(Offer(act.label, reverse(page, args=[user.pk]), decision, access=access))
        return offers

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user, by = self.object, self.principal
        state, colour = words_of(user)
        held = user.memberships.select_related("agency", "area").order_by("-starts_on", "pk")
        left = set(leavers(self.today).filter(user=user).values_list("pk", flat=True))
        kinds = Authenticator.objects.filter(user=user).values_list("type", flat=True)
        return super().get_context_data(
            state=state,
            colour=colour,
            held=[self._held(row, left) for row in held.filter(area=by.area_id)],
            factors=[Authenticator.Type(kind).label for kind in sorted(set(kinds))],
            asks=self.asks(),
            links=user.provider_links.select_related("provider__agency").order_by("provider__agency__name"),
            hand_overs=[
                said_of(row, by=by, today=self.today)
                for row in handovers_about(user.pk, self.today).filter(area=by.area_id)
            ],
            waiting=waiting_for(self, open_acts(by).filter(user=user)),
            today=self.today,
            **context,
        )


class UserInvite(SteppedUp, FormPage[User]):
    """Open an account: its holder gets a link by e-mail. Whoever has one, of whatever area, is offered the role."""

    permission = Perm.USERS_EDIT
    form_class = InviteForm
    template_name = "desk/people/user_form.html"
    title = "Invite somebody"
    submit_label = "Send the invitation"

    def get_cancel_url(self) -> str:
        return reverse("users")

    def get_initial(self) -> Mapping[str, Any]:
        return {"starts_on": self.today}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": agencies_of(self.principal)}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        if has_account(said["email"]):
            offer_role(
                by=self.principal, email=said["email"], agency=said["agency"], role=Role(said["role"]),
                starts_on=said["starts_on"], ends_on=said["ends_on"], manages=said["manages"],
                address=self.request.build_absolute_uri(reverse("own-role-offers")),
            )  # fmt: skip
            messages.success(self.request, "They have an account. The role is offered to them by e-mail.")
            return reverse("role-offers")
        user = invite_user(
            by=self.principal,
            email=said["email"],
            given_name=said["given_name"],
            family_name=said["family_name"],
            agency=said["agency"],
            role=Role(said["role"]),
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            manages=said["manages"],
            link=self.link,
        )
        messages.success(self.request, "The invitation is on its way by e-mail.")
        return user_url(user.pk)

    def link(self, key: str) -> str:
        return self.request.build_absolute_uri(reverse("invitation-open", args=[key]))


class MembershipAdd(UserFormPage):
    """Give a role."""

    form_class = RoleForm
    title = "Give a role"
    submit_label = "Give the role"
    done = "The role is given."

    def get_initial(self) -> Mapping[str, Any]:
        return {"starts_on": self.today}

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": agencies_of(self.principal)}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        add_membership(
            by=self.principal,
            user=self.object,
            agency=said["agency"],
            role=Role(said["role"]),
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            manages=said["manages"],
        )
        return self.back()


class ManagerMark(SteppedUp, ActionPage[Membership]):
    """Say that somebody manages others in a role, or no longer does. Which stands in the address table."""

    permission = Perm.USERS_EDIT
    model = Membership
    manages: bool = True

    def get_queryset(self) -> QuerySet[Membership]:
        rows = Membership.objects.select_related("user", "agency", "area")
        return rows.filter(area=self.principal.area_id, user__in=users_of(self.principal).values("pk"))

    def get_cancel_url(self) -> str:
        return user_url(self.object.user_id)

    def act(self) -> str:
        mark_manager(by=self.principal, membership=self.object, manages=self.manages)
        said = "Marked as a manager, who may endorse referrals." if self.manages else "No longer marked as a manager."
        messages.success(self.request, said)
        return self.get_cancel_url()


class InvitationSend(UserActionPage):
    """Send a new link; the one before stops working."""

    done = "A new link is on its way by e-mail. The one before no longer works."

    def act(self) -> str:
        send_invitation(by=self.principal, user=self.object, link=self.link)
        return self.back()

    def link(self, key: str) -> str:
        return self.request.build_absolute_uri(reverse("invitation-open", args=[key]))


class UserEnable(UserActionPage):
    """Open a closed account again."""

    done = "The account is enabled."

    def act(self) -> str:
        enable_user(by=self.principal, user=self.object)
        return self.back()


class ClearanceEnd(UserActionPage):
    """Take away the clearance for Category 4."""

    done = "The clearance for Category 4 is ended."

    def act(self) -> str:
        end_clearance(by=self.principal, user=self.object)
        return self.back()
