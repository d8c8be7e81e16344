"""Addresses of the logs: ids and days only, never a name."""

from django.urls import path

from . import logs, search, views

urlpatterns = [
    path("logs/access/", logs.AccessLog.as_view(), name="access-log"),
    path("logs/access/records/<int:nominal_pk>/", logs.AccessLogOfNominal.as_view(), name="access-log-nominal"),
    path("logs/access/users/<int:user_pk>/", logs.AccessLogOfUser.as_view(), name="access-log-user"),
    path("logs/changes/", logs.ChangeLog.as_view(), name="change-log"),
    path("logs/changes/records/<int:nominal_pk>/", logs.ChangeLogOfNominal.as_view(), name="change-log-nominal"),
    path("logs/changes/users/<int:user_pk>/", logs.ChangeLogOfUser.as_view(), name="change-log-user"),
    path("logs/search/", search.LogSearch.as_view(), name="log-search"),
    path("logs/looks/", views.LookList.as_view(), name="looks"),
    path("logs/looks/<int:pk>/<slug:day>/", views.LookDay.as_view(), name="look-day"),
]
