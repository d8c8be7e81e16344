"""Addresses of agencies: ids only."""

from django.urls import path

from . import contacts, hand_overs, handover, lists, succession, views

urlpatterns = [
    path("agencies/", lists.AgencyList.as_view(), name="agencies"),
    path("agencies/add/", views.AgencyAdd.as_view(), name="agency-add"),
    path("agencies/word/", views.PersonWordSet.as_view(), name="person-word-set"),
    path("agencies/<int:pk>/", views.AgencyPage.as_view(), name="agency"),
    path("agencies/<int:pk>/change/", views.AgencyChange.as_view(), name="agency-change"),
    path("agencies/<int:pk>/end/", views.AgencyEnd.as_view(), name="agency-end"),
    path("agencies/<int:pk>/homes/", views.HomesLink.as_view(), name="homes-link"),
    path("agencies/homes/<int:pk>/end/", views.HomesEnd.as_view(), name="homes-end"),
    path("agencies/<int:pk>/agreements/", views.AgreementRecord.as_view(), name="agreement-record"),
    path("agencies/agreements/<int:pk>/", views.AgreementCorrect.as_view(), name="agreement-correct"),
    path("agencies/<int:pk>/contacts/", contacts.ContactName.as_view(), name="contact-name"),
    path("agencies/contacts/<int:pk>/end/", contacts.ContactEnd.as_view(), name="contact-end"),
    path("agencies/<int:pk>/away/", contacts.AbsenceRecord.as_view(), name="absence-record"),
    path("agencies/away/<int:pk>/end/", contacts.AbsenceEnd.as_view(), name="absence-end"),
    path("account/away/", contacts.OwnAbsence.as_view(), name="own-absence"),
    path("account/away/<int:absence>/end/", contacts.OwnAbsenceEnd.as_view(), name="own-absence-end"),
    path("agencies/successions/add/", succession.SuccessionPlan.as_view(), name="succession-plan"),
    path("agencies/successions/<int:pk>/", succession.SuccessionPage.as_view(), name="succession"),
    path("agencies/successions/<int:pk>/cancel/", succession.SuccessionCancel.as_view(), name="succession-cancel"),
    path("agencies/roles/<int:pk>/hand-over/", handover.WorkHandOver.as_view(), name="hand-over"),
    path("agencies/hand-overs/", hand_overs.HandOvers.as_view(), name="hand-overs"),
    path("agencies/hand-overs/<int:pk>/", hand_overs.PlannedPage.as_view(), name="planned-hand-over"),
    path("agencies/hand-overs/<int:pk>/change/", hand_overs.HandOverChange.as_view(), name="hand-over-change"),
    path("agencies/hand-overs/<int:pk>/call-off/", handover.HandOverCallOff.as_view(), name="hand-over-call-off"),
]
