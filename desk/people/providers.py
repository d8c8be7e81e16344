"""Signing in by an agency's own sign-in: which one, there, and back; and how the administrator sets one up."""

import logging
from collections.abc import Mapping
from typing import Any, cast

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from agencies import sessions
from agencies.adapters import SECOND_FACTOR_VOUCHED, SIGNED_IN_BY_AGENCY
from agencies.models import Agency, User
from agencies.models.accounts import ProviderLink, SignInProvider
from agencies.openid import Client, Identity, OpenIDFault, arrive, depart
from agencies.principal import Principal
from agencies.providers import has_second_factor, is_linked, person_of, providers_in_use
from agencies.queries import agencies_of, users_of
from agencies.receivers import AGENCY_LINK
from agencies.roles import Perm
from agencies.sealing import Purpose, unseal
from agencies.services.providers import (
    ProviderRecord,
    link_provider,
    may_propose_provider,
    set_provider,
    unlink_provider,
    vouches_anew,
)
from agencies.services.two_persons import ask_provider, open_acts
from audit.reads import AccessKind, noted
from pages.guards import PUBLIC, ActionPage, DetailPage, FormPage, SteppedUp, TemplatePage, safe_next
from rules.core import Refused

from .forms import ProviderForm

log = logging.getLogger(__name__)
NOT_LET_IN = 422


class ProviderChoose(TemplatePage):
    """The agencies that have a sign-in of their own."""

    permission = PUBLIC
    template_name = "desk/people/provider_choose.html"
    title = "Sign in with your agency's account"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(providers=providers_in_use(), **context)


class ProviderPage(DetailPage[SignInProvider], abstract=True):
    """One of them, open to whoever is on the way in. Every fault gets the same page, which names nobody.

    The address is the agency's, so that it is known, and can be entered at the provider, before there is a row.
    """

    model = SignInProvider
    template_name = "desk/people/provider_failed.html"
    title = "We could not sign you in"

    def load(self) -> None:
        found = providers_in_use().filter(agency=self.kwargs["agency_pk"]).first()
        if found is None:
            raise Http404
        self.object = found

    @property
    def client(self) -> Client:
        provider = self.object
        return Client(
            provider.issuer,
            provider.client_id,
            unseal(Purpose.PROVIDER, provider.client_secret),
            self.request.build_absolute_uri(reverse("provider-return", args=[provider.agency_id])),
        )

    def failed(self, why: str) -> HttpResponseBase:
        """The same words for every cause; the cause, which names nobody, goes to the log."""
        log.warning("agency sign-in failed: %s", why)
        noted(AccessKind.SIGN_IN, failed=True, reason="agency's sign-in")
        return self.page(status=NOT_LET_IN)


class ProviderBegin(ProviderPage):
    """Off to the agency's sign-in. For somebody signed in already it is a fresh proof of who they are."""

    permission = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        if (limited := ratelimit.consume_or_429(request, action="login", limit_get=True)) is not None:
            return cast("HttpResponseBase", limited)
        again = request.user.is_authenticated
        try:
            departure = depart(self.client, again=again)
        except OpenIDFault as fault:
            return self.failed(str(fault))
        kept = {
            "state": departure.state,
            "nonce": departure.nonce,
            "verifier": departure.verifier,
            "next": safe_next(request, "/"),
            "again": "yes" if again else "",
        }
        sessions.leave_for_agency(request.session, self.object.pk, kept)
        return HttpResponseRedirect(departure.url)


class ProviderReturn(ProviderPage):
    """Back from the agency's sign-in, with what it says."""

    permission = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        kept = sessions.back_from_agency(request.session, self.object.pk)
        if kept is None:
            return self.failed("nobody left for it")
        try:
            identity = arrive(
                self.client,
                request.GET.dict(),
                state=kept["state"],
                nonce=kept["nonce"],
                verifier=kept["verifier"],
            )
        except OpenIDFault as fault:
            return self.failed(str(fault))
        user = person_of(self.object, identity, on=self.today)
        if user is None:
            return self.failed("no account")
        if kept["again"] or request.user.is_authenticated:
            return self.prove(user, identity, kept["next"])
        return self.let_in(user, identity, kept["next"])

    def prove(self, user: User, identity: Identity, onward: str) -> HttpResponseBase:
        """The person who is signed in here has just proved it again."""
        if self.request.user != user or not sessions.is_fresh_proof(identity.authenticated_at):
            return self.failed("no fresh proof")
        record_authentication(self.request, user, "agency", provider=self.object.pk, reauthenticated=True)
        return HttpResponseRedirect(onward)

    def let_in(self, user: User, identity: Identity, onward: str) -> HttpResponseBase:
        """Sign the person in; their own second factor follows, unless the agency's counts.

        Whoever has one here proves by it, before they are linked, that the agency means them: otherwise whoever sets a
        provider up could come in as anybody of the agency.
        """
        request: Any = self.request
        settled = is_linked(self.object, user)
        if not settled and not has_second_factor(user):
            by = Principal.for_user(user, on=self.today)
            try:
                link_provider(by=by, user=user, provider=self.object, subject=identity.subject)
            except Refused:
                # The same sign-in twice at once: settled meanwhile, as this person or as another.
                if person_of(self.object, identity, on=self.today) != user:
                    return self.failed("settled as somebody else")
            settled = True
        to_link = None if settled else {AGENCY_LINK: {"provider": self.object.pk, "subject": identity.subject}}
        trusted = settled and self.object.trusts_second_factor
        vouched = trusted and identity.used_second_factor(self.object.second_factor_values)
        setattr(request, SIGNED_IN_BY_AGENCY, True)
        setattr(request, SECOND_FACTOR_VOUCHED, vouched)
        record_authentication(request, user, "agency", provider=self.object.pk)
        response: HttpResponseBase = perform_login(
            request, Login(user=user, redirect_url=onward, signal_kwargs=to_link)
        )
        if vouched and request.user == user:
            record_authentication(request, user, "mfa", type="agency", provider=self.object.pk)
        return response


class ProviderList(TemplatePage):
    """The agencies of the area, and how their people sign in."""

    permission = Perm.SETTINGS_VIEW
    template_name = "desk/people/provider_list.html"
    not_exported = "How agencies sign in says where to attack them: it is read here only."
    title = "How agencies sign in"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = agencies_of(self.principal).select_related("sign_in_provider").order_by("name")
        return super().get_context_data(agencies=rows, **context)


class ProviderSet(SteppedUp, FormPage[Agency]):
    """An agency's own sign-in. Its secret is written here and shown nowhere."""

    permission = Perm.AREA_EDIT
    model = Agency
    form_class = ProviderForm
    template_name = "desk/people/provider_form.html"
    title = "Set up the agency's own sign-in"

    def get_queryset(self) -> QuerySet[Agency]:
        return agencies_of(self.principal).select_related("sign_in_provider")

    def get_cancel_url(self) -> str:
        return reverse("providers")

    @property
    def provider(self) -> SignInProvider | None:
        return getattr(self.object, "sign_in_provider", None)

    def get_initial(self) -> Mapping[str, Any]:
        if (provider := self.provider) is None:
            return {"is_active": True}
        names = ("issuer", "client_id", "is_active", "demanded", "trusts_second_factor", "second_factor_values")
        return {name: getattr(provider, name) for name in names}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            return_to=self.request.build_absolute_uri(reverse("provider-return", args=[self.object.pk])),
            decision=may_propose_provider(self.object, by=self.principal),
            waits=open_acts(self.principal).filter(agency=self.object, user=None).exists(),
            **context,
        )

    def act(self, form: Any) -> str:
        said = dict(form.cleaned_data)
        reason, record = said.pop("reason"), ProviderRecord(**said)
        here = reverse("provider-set", args=[self.object.pk])
        if vouches_anew(self.object, record):
            ask_provider(by=self.principal, agency=self.object, record=record, reason=reason)
            messages.success(self.request, "Asked. Another system administrator must confirm it within a day.")
            return here
        set_provider(by=self.principal, agency=self.object, record=record)
        messages.success(self.request, "Saved.")
        return here


class ProviderUnlink(SteppedUp, ActionPage[ProviderLink]):
    """Forget which account of the agency this person is."""

    permission = Perm.USERS_EDIT
    model = ProviderLink

    def get_queryset(self) -> QuerySet[ProviderLink]:
        rows = ProviderLink.objects.select_related("user")
        return rows.filter(user__in=users_of(self.principal).values("pk"))

    def get_cancel_url(self) -> str:
        return reverse("user", args=[self.object.user_id])

    def act(self) -> str:
        to = self.get_cancel_url()
        unlink_provider(by=self.principal, link=self.object)
        messages.success(self.request, "Forgotten. The person is linked anew when they sign in next.")
        return to
