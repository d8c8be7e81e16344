"""Addresses of the calendar, actions, panels, sittings, the scheduling board, slots, invitations: days and own keys."""

from django.urls import path

from . import answers, arrange_views, board_views, calendar_views, panel_views, sitting_views, slot_views, views

urlpatterns = [
    path("calendar/", calendar_views.CalendarMonth.as_view(), name="calendar"),
    path("calendar/week/<slug:day>/", calendar_views.CalendarWeek.as_view(), name="calendar-week"),
    path("calendar/<slug:day>/", calendar_views.CalendarDay.as_view(), name="calendar-day"),
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
    path("panels/", panel_views.Panels.as_view(), name="panels"),
    path("panels/set-up/", panel_views.PanelSetUp.as_view(), name="panel-set-up"),
    path("panels/<int:pk>/", panel_views.PanelPage.as_view(), name="panel"),
    path("panels/<int:pk>/change/", panel_views.PanelChange.as_view(), name="panel-change"),
    path("panels/<int:pk>/members/add/", panel_views.PanelMemberName.as_view(), name="panel-member-name"),
    path("panels/<int:pk>/generate/", panel_views.PanelGenerate.as_view(), name="panel-generate"),
    path("panels/members/<int:pk>/end/", panel_views.PanelMemberEnd.as_view(), name="panel-member-end"),
    path("panels/chairs/allow/", panel_views.ChairAllow.as_view(), name="chair-allow"),
    path("panels/chairs/<int:pk>/end/", panel_views.ChairEnd.as_view(), name="chair-end"),
    path("panels/rooms/add/", panel_views.RoomAdd.as_view(), name="room-add"),
    path("sittings/", sitting_views.Sittings.as_view(), name="sittings"),
    path("sittings/plan/", sitting_views.SittingPlan.as_view(), name="sitting-plan"),
    path("sittings/<int:pk>/", sitting_views.SittingPage.as_view(), name="sitting"),
    path("sittings/<int:pk>/move/", sitting_views.SittingMove.as_view(), name="sitting-move"),
    path("sittings/<int:pk>/cancel/", sitting_views.SittingCancel.as_view(), name="sitting-cancel"),
    path("sittings/<int:pk>/chair/", sitting_views.SittingChair.as_view(), name="sitting-chair"),
]
