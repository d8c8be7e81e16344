"""Addresses of actions: keys of our own only."""

from django.urls import path

from . import views

urlpatterns = [
    path("actions/", views.Actions.as_view(), name="actions"),
    path("actions/<int:pk>/close/", views.ActionClose.as_view(), name="action-close"),
    path("actions/<int:pk>/reopen/", views.ActionReopen.as_view(), name="action-reopen"),
]
