"""One account: who it is, the roles, and what an administrator may do with it. Each page makes one service call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse

from agencies.access import can
from agencies.models import Membership, User
from agencies.models.accounts import Act, TwoPersonAct
from agencies.queries import agencies_of, users_of
from agencies.roles import Perm, Role
from agencies.services import (
    add_membership,
    disable_user,
    enable_user,
    end_clearance,
    end_membership,
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
    acts_of,
    ask_two_persons,
    confirm_two_persons,
    may_ask_two_persons,
    may_confirm_two_persons,
    may_withdraw_two_persons,
    open_acts,
    withdraw_two_persons,
)
from pages.guards import ActionPage, DetailPage, FormPage, Offer, SteppedUp, TemplatePage
from rules.core import Decision

from .forms import AskAdministratorForm, AskForm, InviteForm, RoleEndForm, RoleGiveForm
from .lists import words_of

ASK_PAGES: Mapping[Act, str] = {
    Act.SECOND_FACTOR_RESET: "user-second-factor-ask",
    Act.CATEGORY_4_CLEARANCE: "user-clearance-ask",
    Act.ADMINISTRATOR_ROLE: "user-administrator-ask",
}
"""What is asked for on a person's page; an agency's sign-in is asked for on its own."""


def user_url(user_id: int) -> str:
    return reverse("user", args=[user_id])


@dataclass(frozen=True)
class Held:
    """A role of the person, whether it may be ended, and the button that marks a manager or takes the mark away."""

    membership: Membership
    decision: Decision
    mark: Offer | None


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a second person, and whether this one may be it."""

    act: TwoPersonAct
    confirm: Sequence[Offer]


def waiting_for(view: TemplatePage | DetailPage[Any], acts: Iterable[TwoPersonAct]) -> list[Waiting]:
    """The acts with their buttons, drawn from the services' twins."""
    by = view.principal
    access = can(by, Perm.USERS_EDIT)
    return [
        Waiting(
            act,
            [
                Offer("Confirm", reverse("two-person-confirm", args=[act.pk]),
                      may_confirm_two_persons(act, by=by), access=access, post=True, style="primary"),
                Offer("Refuse or take back", reverse("two-person-withdraw", args=[act.pk]),
                      may_withdraw_two_persons(act, by=by), access=access, post=True),
            ],
        )
        for act in acts
    ]  # fmt: skip


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
            found.append(self._press("Disable the account", "user-disable", may_disable_user(user, by=by), "warning"))
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
        kinds = Authenticator.objects.filter(user=user).values_list("type", flat=True)
        return super().get_context_data(
            state=state,
            colour=colour,
            held=[Held(row, may_end_membership(row, by=by), self._mark(row)) for row in held.filter(area=by.area_id)],
            factors=[Authenticator.Type(kind).label for kind in sorted(set(kinds))],
            asks=self.asks(),
            links=user.provider_links.select_related("provider__agency").order_by("provider__agency__name"),
            waiting=waiting_for(self, open_acts(by).filter(user=user)),
            today=self.today,
            **context,
        )


class TwoPersonActs(TemplatePage):
    """Everything in the area that waits for a second person."""

    permission = Perm.USERS_EDIT
    template_name = "desk/people/two_person_acts.html"
    title = "Waiting for a second person"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(waiting=waiting_for(self, open_acts(self.principal)), **context)


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
                starts_on=said["starts_on"], ends_on=said["ends_on"],
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
            link=self.link,
        )
        messages.success(self.request, "The invitation is on its way by e-mail.")
        return user_url(user.pk)

    def link(self, key: str) -> str:
        return self.request.build_absolute_uri(reverse("invitation-open", args=[key]))


class UserFormPage(SteppedUp, FormPage[User], abstract=True):
    """A form about one account."""

    permission = Perm.USERS_EDIT
    model = User
    template_name = "desk/people/user_form.html"
    done: ClassVar[str] = "Saved."

    def get_queryset(self) -> QuerySet[User]:
        return users_of(self.principal)

    def get_cancel_url(self) -> str:
        return user_url(self.object.pk)

    def back(self) -> str:
        messages.success(self.request, self.done)
        return self.get_cancel_url()


class MembershipAdd(UserFormPage):
    """Give a role."""

    form_class = RoleGiveForm
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


class MembershipEnd(SteppedUp, FormPage[Membership]):
    """Set the last day of a role."""

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

    def act(self, form: Any) -> str:
        end_membership(by=self.principal, membership=self.object, ends_on=form.cleaned_data["ends_on"])
        messages.success(self.request, "The last day of the role is saved.")
        return self.get_cancel_url()


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


class TwoPersonAsk(UserFormPage):
    """Ask for what another administrator must confirm. Which it is stands in the address table."""

    form_class: ClassVar[type[forms.BaseForm]] = AskForm
    kind: Act = Act.SECOND_FACTOR_RESET
    submit_label = "Ask a second person"
    done = "Asked. Another administrator must confirm it within a day."

    def get_title(self) -> str:
        return self.kind.label

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        ask_two_persons(
            by=self.principal, user=self.object, kind=self.kind, reason=said["reason"], agency=said.get("agency")
        )
        return self.back()


class AdministratorAsk(TwoPersonAsk):
    """Ask for the role of system administrator, for one of the agencies."""

    form_class = AskAdministratorForm
    kind = Act.ADMINISTRATOR_ROLE

    def get_form_kwargs(self) -> Mapping[str, Any]:
        return {"agencies": agencies_of(self.principal)}


class UserActionPage(SteppedUp, ActionPage[User], abstract=True):
    """A button about one account."""

    permission = Perm.USERS_EDIT
    model = User
    done: ClassVar[str] = "Done."

    def get_queryset(self) -> QuerySet[User]:
        return users_of(self.principal)

    def get_cancel_url(self) -> str:
        return user_url(self.object.pk)

    def back(self) -> str:
        messages.success(self.request, self.done)
        return self.get_cancel_url()


class InvitationSend(UserActionPage):
    """Send a new link; the one before stops working."""

    done = "A new link is on its way by e-mail. The one before no longer works."

    def act(self) -> str:
        send_invitation(by=self.principal, user=self.object, link=self.link)
        return self.back()

    def link(self, key: str) -> str:
        return self.request.build_absolute_uri(reverse("invitation-open", args=[key]))


class UserDisable(UserActionPage):
    """Close an account at once."""

    done = "The account is disabled, and the person is signed out everywhere."

    def act(self) -> str:
        disable_user(by=self.principal, user=self.object)
        return self.back()


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


class TwoPersonPage(SteppedUp, ActionPage[TwoPersonAct], abstract=True):
    """A button about something that waits for a second person."""

    permission = Perm.USERS_EDIT
    model = TwoPersonAct

    def get_queryset(self) -> QuerySet[TwoPersonAct]:
        return acts_of(self.principal).select_related("agency")

    def get_cancel_url(self) -> str:
        return reverse("providers") if self.object.user_id is None else user_url(self.object.user_id)


class TwoPersonConfirm(TwoPersonPage):
    """Be the second person: it is done."""

    def act(self) -> str:
        confirm_two_persons(by=self.principal, act=self.object)
        messages.success(self.request, f"Confirmed and done: {self.object.get_kind_display()}.")
        return self.get_cancel_url()


class TwoPersonWithdraw(TwoPersonPage):
    """Refuse it, or take it back."""

    def act(self) -> str:
        withdraw_two_persons(by=self.principal, act=self.object)
        messages.success(self.request, f"Not done: {self.object.get_kind_display()}.")
        return self.get_cancel_url()
