"""Addresses of the numbers of the area and of the system."""

from django.urls import path

from . import views

urlpatterns = [
    path("settings/numbers/", views.NumberList.as_view(), name="numbers"),
    path("settings/numbers/<slug:number>/", views.NumberSet.as_view(), name="number-set"),
    path("settings/system/", views.SystemState.as_view(), name="system"),
]
