"""Addresses of accounts and roles: ids only, never a name or an e-mail address."""

from django.urls import path

from agencies.models.accounts import Act

from . import invitation, leaving, lists, providers, role_offers, two_persons, views

urlpatterns = [
    path("people/", lists.UserList.as_view(), name="users"),
    path("people/search/", lists.UserSearch.as_view(), name="user-search"),
    path("people/invite/", views.UserInvite.as_view(), name="user-invite"),
    path("people/two-persons/", two_persons.TwoPersonActs.as_view(), name="two-person-acts"),
    path("people/two-persons/<int:pk>/confirm/", two_persons.TwoPersonConfirm.as_view(), name="two-person-confirm"),
    path("people/two-persons/<int:pk>/withdraw/", two_persons.TwoPersonWithdraw.as_view(), name="two-person-withdraw"),
    path("people/offers/", role_offers.RoleOffers.as_view(), name="role-offers"),
    path("people/offers/<int:pk>/withdraw/", role_offers.RoleOfferWithdraw.as_view(), name="role-offer-withdraw"),
    path("account/offers/", role_offers.OwnRoleOffers.as_view(), name="own-role-offers"),
    path("account/offers/<int:offer>/take/", role_offers.OwnRoleOfferTake.as_view(), name="own-role-offer-take"),
    path(
        "account/offers/<int:offer>/decline/",
        role_offers.OwnRoleOfferDecline.as_view(),
        name="own-role-offer-decline",
    ),
    path("people/<int:pk>/", views.UserPage.as_view(), name="user"),
    path("people/<int:pk>/role/", views.MembershipAdd.as_view(), name="membership-add"),
    path("people/<int:pk>/invitation/", views.InvitationSend.as_view(), name="invitation-send"),
    path("people/<int:pk>/disable/", leaving.UserDisable.as_view(), name="user-disable"),
    path("people/<int:pk>/enable/", views.UserEnable.as_view(), name="user-enable"),
    path("people/<int:pk>/clearance/end/", views.ClearanceEnd.as_view(), name="clearance-end"),
    path(
        "people/<int:pk>/clearance/",
        two_persons.TwoPersonAsk.as_view(kind=Act.CATEGORY_4_CLEARANCE),
        name="user-clearance-ask",
    ),
    path(
        "people/<int:pk>/second-factor/",
        two_persons.TwoPersonAsk.as_view(kind=Act.SECOND_FACTOR_RESET),
        name="user-second-factor-ask",
    ),
    path("people/<int:pk>/administrator/", two_persons.AdministratorAsk.as_view(), name="user-administrator-ask"),
    path("people/roles/<int:pk>/end/", leaving.MembershipEnd.as_view(), name="membership-end"),
    path("people/roles/<int:pk>/manager/", views.ManagerMark.as_view(), name="manager-mark"),
    path("people/roles/<int:pk>/manager/end/", views.ManagerMark.as_view(manages=False), name="manager-unmark"),
    path("people/sign-in/", providers.ProviderList.as_view(), name="providers"),
    path("people/sign-in/<int:pk>/", providers.ProviderSet.as_view(), name="provider-set"),
    path("people/sign-in/links/<int:pk>/forget/", providers.ProviderUnlink.as_view(), name="provider-unlink"),
    path("account/agency/", providers.ProviderChoose.as_view(), name="provider-choose"),
    path("account/agency/<int:agency_pk>/", providers.ProviderBegin.as_view(), name="provider-begin"),
    path("account/agency/<int:agency_pk>/return/", providers.ProviderReturn.as_view(), name="provider-return"),
    path("account/invitation/", invitation.InvitationAccept.as_view(), name="invitation-accept"),
    path("account/invitation/<slug:key>/", invitation.InvitationOpen.as_view(), name="invitation-open"),
]
