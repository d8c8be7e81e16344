"""Addresses of lists that agencies send. They hold keys of our own and words for outcomes, nothing about a person."""

from django.urls import path

from .views import extracts, rows

urlpatterns = [
    path("lists/", extracts.ExtractList.as_view(), name="extract-list"),
    path("lists/add/", extracts.ExtractAdd.as_view(), name="extract-add"),
    path("lists/<int:pk>/", extracts.ExtractPage.as_view(), name="extract"),
    path("lists/<int:pk>/headings/", extracts.ExtractHeadings.as_view(), name="extract-headings"),
    path("lists/<int:pk>/close/", extracts.ExtractClose.as_view(), name="extract-close"),
    path("lists/<int:pk>/compare/", extracts.ExtractCompare.as_view(), name="extract-compare"),
    path("lists/<int:pk>/cancel/", extracts.ExtractCancel.as_view(), name="extract-cancel"),
    path("lists/<int:pk>/rows/", rows.ExtractRows.as_view(), name="extract-rows"),
    path("lists/<int:pk>/accept/", rows.RowsAccept.as_view(), name="extract-accept"),
    path("lists/rows/<int:pk>/", rows.RowPage.as_view(), name="extract-row"),
    path("lists/rows/<int:pk>/accept/", rows.RowAccept.as_view(), name="extract-row-accept"),
    path("lists/rows/<int:pk>/leave/", rows.RowLeave.as_view(), name="extract-row-leave"),
    path("lists/rows/<int:pk>/answer/", rows.AbsenceAnswer.as_view(), name="extract-absence"),
]
