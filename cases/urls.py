"""Addresses of the register and of what is recorded about a nominal: ids of our own only, nothing about a person."""

from django.urls import path

from .views import circumstances, ground, level, nominal, register

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
]
