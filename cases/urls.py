"""Addresses of the register and of what is recorded about a nominal: ids of our own only, nothing about a person."""

from django.urls import path

from .views import circumstances, ground, hospital_order, level, level_1, nominal, register, surroundings, worklists

urlpatterns = [
    path("nominals/", register.Register.as_view(), name="register"),
    path("nominals/add/", nominal.NominalAdd.as_view(), name="nominal-add"),
    path("nominals/<int:pk>/edit/", nominal.NominalEdit.as_view(), name="nominal-edit"),
    path("nominals/<int:pk>/grounds/add/", ground.GroundAdd.as_view(), name="ground-add"),
    path("grounds/<int:pk>/end/", ground.GroundEnd.as_view(), name="ground-end"),
    path("grounds/<int:pk>/void/", ground.GroundVoid.as_view(), name="ground-void"),
    path("nominals/<int:pk>/level/", level.LevelSet.as_view(), name="level-set"),
    path("nominals/<int:pk>/meetings/add/", circumstances.MeetingAdd.as_view(), name="meeting-add"),
    path("nominals/<int:pk>/whereabouts/", circumstances.WhereaboutsAdd.as_view(), name="whereabouts-add"),
    path("nominals/<int:pk>/lead-agency/", circumstances.LeadAgencySet.as_view(), name="lead-agency-set"),
    path("nominals/<int:pk>/named-officer/", circumstances.NamedOfficerSet.as_view(), name="named-officer-set"),
    path("nominals/<int:pk>/key-dates/", circumstances.KeyDateSet.as_view(), name="key-date-set"),
    path("nominals/<int:pk>/addresses/", circumstances.AddressAdd.as_view(), name="address-add"),
    path("nominals/<int:pk>/background/", surroundings.BackgroundEdit.as_view(), name="background-edit"),
    path("nominals/<int:pk>/connected/", surroundings.ConnectedPersonAdd.as_view(), name="connected-person-add"),
    path("connected/<int:pk>/", surroundings.ConnectedPersonEdit.as_view(), name="connected-person-edit"),
    path("nominals/<int:pk>/processes/", surroundings.ProcessAdd.as_view(), name="process-add"),
    path("processes/<int:pk>/", surroundings.ProcessEdit.as_view(), name="process-edit"),
    path("nominals/<int:pk>/warnings/", surroundings.WarningAdd.as_view(), name="warning-add"),
    path("warnings/<int:pk>/", surroundings.WarningEdit.as_view(), name="warning-edit"),
    path("nominals/<int:pk>/hospital-orders/", hospital_order.HospitalOrderAdd.as_view(), name="hospital-order-add"),
    path("hospital-orders/<int:pk>/", hospital_order.HospitalOrderEdit.as_view(), name="hospital-order-edit"),
    path("hospital-orders/<int:pk>/stages/", hospital_order.StageSet.as_view(), name="stage-set"),
    path("whereabouts/", hospital_order.WhereaboutsTable.as_view(), name="whereabouts-table"),
    path("due/", worklists.Due.as_view(), name="due"),
    path("levels-not-set/", worklists.LevelsNotSet.as_view(), name="levels-not-set"),
    path("brought-forward/", worklists.BroughtForward.as_view(), name="brought-forward"),
    path("brought-forward/work/", worklists.BroughtForwardWork.as_view(), name="brought-forward-work"),
    path("nominals/<int:pk>/screenings/", level_1.ScreeningAdd.as_view(), name="screening-add"),
    path("nominals/<int:pk>/level-1-reviews/", level_1.Level1ReviewAdd.as_view(), name="level-1-review-add"),
    path("nominals/<int:pk>/changes/", level_1.ChangeAdd.as_view(), name="change-add"),
    path("grounds/<int:pk>/ending/", level_1.EndingDecide.as_view(), name="ending-decide"),
    path("level-1-reviews/agencies/", level_1.Level1Switches.as_view(), name="level-1-switches"),
]
