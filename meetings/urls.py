"""Addresses of actions, the scheduling board, slots and invitations: keys of our own only."""

from django.urls import path

from . import answers, arrange_views, board_views, slot_views, views

urlpatterns = [
    path("actions/", views.Actions.as_view(), name="actions"),
    path("actions/<int:pk>/close/", views.ActionClose.as_view(), name="action-close"),
    path("actions/<int:pk>/reopen/", views.ActionReopen.as_view(), name="action-reopen"),
    path("meetings/answers/", answers.MyInvitations.as_view(), name="my-invitations"),
    path("scheduling/", board_views.Board.as_view(), name="scheduling-board"),
    path("scheduling/plan/", board_views.PlanPage.as_view(), name="plan"),
    path("nominals/<int:pk>/place/", slot_views.SlotPlace.as_view(), name="slot-place"),
    path("nominals/<int:pk>/arrange/", arrange_views.MeetingArrange.as_view(), name="meeting-arrange"),
    path("nominals/<int:pk>/emergency/", arrange_views.MeetingEmergency.as_view(), name="meeting-emergency"),
    path("slots/<int:pk>/", slot_views.SlotPage.as_view(), name="slot"),
    path("slots/<int:pk>/move/", slot_views.SlotMove.as_view(), name="slot-move"),
    path("slots/<int:pk>/cancel/", slot_views.SlotCancel.as_view(), name="slot-cancel"),
]
