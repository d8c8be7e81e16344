"""Addresses of the desk itself. They hold ids of our own only, never anything about a person."""

from django.urls import path

from . import actions, due, on_day, printing, searching, views

urlpatterns = [
    path("", views.Today.as_view(), name="today"),
    path("search/", searching.Search.as_view(), name="search"),
    path("search/export/", searching.SearchExport.as_view(), name="search-export"),
    path("nominals/<int:pk>/", views.NominalPage.as_view(), name="nominal"),
    path("dates-ahead/", due.DatesAhead.as_view(), name="dates-ahead"),
    path("nominals/<int:pk>/summary/", printing.NominalSummary.as_view(), name="nominal-summary"),
    path("nominals/<int:pk>/circumstances/", views.NominalCircumstances.as_view(), name="nominal-circumstances"),
    path("nominals/<int:pk>/due/", due.NominalDue.as_view(), name="nominal-due"),
    path("nominals/<int:pk>/actions/", actions.NominalActions.as_view(), name="nominal-actions"),
    path("nominals/<int:pk>/on-a-day/", on_day.NominalOnDay.as_view(), name="nominal-on-day"),
    path("nominals/<int:pk>/history/", views.NominalHistory.as_view(), name="nominal-history"),
    path("nominals/<int:pk>/access/", views.NominalAccess.as_view(), name="nominal-access"),
    path("nominals/<int:pk>/looks/", views.NominalLooks.as_view(), name="nominal-looks"),
]
