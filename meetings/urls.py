"""Addresses of actions and meetings: keys of our own only."""

from django.urls import path

from . import answers, views

urlpatterns = [
    path("actions/", views.Actions.as_view(), name="actions"),
    path("actions/<int:pk>/close/", views.ActionClose.as_view(), name="action-close"),
    path("actions/<int:pk>/reopen/", views.ActionReopen.as_view(), name="action-reopen"),
    path("meetings/answers/", answers.MyInvitations.as_view(), name="my-invitations"),
]
