"""Addresses of the machine interface, version 1, and its description."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from agencies.roles import Perm
from cases.api import GroundViewSet, LevelViewSet, NominalViewSet
from cases.api_access import (
    ExclusionViewSet,
    HandlingChangeViewSet,
    ParticipationViewSet,
    PersonalGrantViewSet,
)
from cases.api_circumstances import ConnectedPersonViewSet, HospitalOrderViewSet, ProcessViewSet, StaffWarningViewSet
from cases.api_doubles import DoublesViewSet, NominalDoublesViewSet, ToldApartViewSet, TwoPeopleViewSet
from cases.api_first_notifications import FirstNotificationViewSet
from cases.api_level_1 import Level1ReviewViewSet, ScreeningViewSet
from cases.api_merging import MergeUndoViewSet, MergeViewSet
from cases.api_referrals import ReferralViewSet
from cases.api_whereabouts import AddressViewSet, KeyDateViewSet, WhereaboutsViewSet
from cases.api_who_leads import LeadAgencyViewSet, NamedOfficerViewSet
from desk.agencies.api import AgencyViewSet
from desk.agencies.api_hand_overs import HandOverOfRoleViewSet, HandOverViewSet
from desk.api_search import SearchView
from desk.people.api import AccountViewSet
from meetings.api import ActionViewSet
from meetings.api_panels import PanelViewSet
from meetings.api_plans import PlanView
from meetings.api_sittings import SittingViewSet
from meetings.api_slots import SlotViewSet
from pages.drf import Guarded


class Schema(Guarded, SpectacularAPIView):
    """The interface described as OpenAPI, for whoever is signed in."""

    permission = Perm.ACCOUNT


router = SimpleRouter()
router.register("agencies", AgencyViewSet, basename="api-agency")
router.register("accounts", AccountViewSet, basename="api-account")
router.register("hand-overs", HandOverViewSet, basename="api-hand-over")
router.register("first-notifications", FirstNotificationViewSet, basename="api-first-notification")
router.register("referrals", ReferralViewSet, basename="api-referral")
router.register("nominals", NominalViewSet, basename="api-nominal")
router.register(r"nominals/(?P<nominal_pk>[0-9]+)/grounds", GroundViewSet, basename="api-ground")
router.register(r"nominals/(?P<nominal_pk>[0-9]+)/levels", LevelViewSet, basename="api-level")
OF_NOMINAL = r"nominals/(?P<nominal_pk>[0-9]+)"
router.register(f"{OF_NOMINAL}/whereabouts", WhereaboutsViewSet, basename="api-whereabouts")
router.register(f"{OF_NOMINAL}/addresses", AddressViewSet, basename="api-address")
router.register(f"{OF_NOMINAL}/lead-agencies", LeadAgencyViewSet, basename="api-lead-agency")
router.register(f"{OF_NOMINAL}/named-officers", NamedOfficerViewSet, basename="api-named-officer")
router.register(f"{OF_NOMINAL}/handling", HandlingChangeViewSet, basename="api-handling")
router.register(f"{OF_NOMINAL}/participations", ParticipationViewSet, basename="api-participation")
router.register(f"{OF_NOMINAL}/grants", PersonalGrantViewSet, basename="api-personal-grant")
router.register(f"{OF_NOMINAL}/exclusions", ExclusionViewSet, basename="api-exclusion")
router.register(f"{OF_NOMINAL}/key-dates", KeyDateViewSet, basename="api-key-date")
router.register(f"{OF_NOMINAL}/hospital-orders", HospitalOrderViewSet, basename="api-hospital-order")
router.register(f"{OF_NOMINAL}/connected-people", ConnectedPersonViewSet, basename="api-connected-person")
router.register(f"{OF_NOMINAL}/processes", ProcessViewSet, basename="api-process")
router.register(f"{OF_NOMINAL}/warnings", StaffWarningViewSet, basename="api-warning")
router.register(f"{OF_NOMINAL}/screenings", ScreeningViewSet, basename="api-screening")
router.register(f"{OF_NOMINAL}/level-1-reviews", Level1ReviewViewSet, basename="api-level-1-review")
router.register(f"{OF_NOMINAL}/actions", ActionViewSet, basename="api-action")
router.register("panels", PanelViewSet, basename="api-panel")
router.register("sittings", SittingViewSet, basename="api-sitting")
router.register(f"{OF_NOMINAL}/slots", SlotViewSet, basename="api-slot")

# Of a merge, of its undo and of a hand-over, what would happen is read first; the same address then does it.
urlpatterns = [
    path("api/v1/plan/", PlanView.as_view(), name="api-plan"),
    path("api/v1/doubles/", DoublesViewSet.as_view({"get": "list"}), name="api-doubles"),
    path(
        "api/v1/nominals/<int:nominal_pk>/doubles/",
        NominalDoublesViewSet.as_view({"get": "list"}),
        name="api-nominal-doubles",
    ),
    path(
        "api/v1/nominals/<int:nominal_pk>/two-people/", ToldApartViewSet.as_view({"get": "list"}), name="api-told-apart"
    ),
    path(
        "api/v1/nominals/<int:nominal_pk>/merge/<int:pk>/",
        MergeViewSet.as_view({"get": "preview", "post": "create"}),
        name="api-merge",
    ),
    path(
        "api/v1/nominals/<int:nominal_pk>/two-people/<int:pk>/",
        TwoPeopleViewSet.as_view({"post": "create", "delete": "destroy"}),
        name="api-two-people",
    ),
    path(
        "api/v1/nominals/<int:pk>/unmerge/",
        MergeUndoViewSet.as_view({"get": "preview", "post": "create"}),
        name="api-merge-undo",
    ),
    path(
        "api/v1/roles/<int:pk>/hand-over/",
        HandOverOfRoleViewSet.as_view({"get": "preview", "post": "create"}),
        name="api-role-hand-over",
    ),
    path("api/v1/search/", SearchView.as_view(), name="api-search"),
    path("api/v1/schema/", Schema.as_view(), name="api-schema"),
    path("api/v1/", include(router.urls)),
]
