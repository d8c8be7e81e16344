"""Addresses of lists that come in, of lists and feeds that go out: keys, codes and days, nothing about a person."""

from django.urls import path

from .exports import views as exports
from .feeds import views as feeds
from .saved import views as saved
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
    path("lists/<int:pk>/absences/", rows.AbsencesAnswer.as_view(), name="extract-absences"),
    path("lists/<int:pk>/accept/", rows.RowsAccept.as_view(), name="extract-accept"),
    path("lists/rows/<int:pk>/", rows.RowPage.as_view(), name="extract-row"),
    path("lists/rows/<int:pk>/accept/", rows.RowAccept.as_view(), name="extract-row-accept"),
    path("lists/rows/<int:pk>/leave/", rows.RowLeave.as_view(), name="extract-row-leave"),
    path("lists/rows/<int:pk>/answer/", rows.AbsenceAnswer.as_view(), name="extract-absence"),
    path("exports/", exports.ExportList.as_view(), name="exports"),
    path("exports/new/", exports.ExportAsk.as_view(), name="export-ask"),
    path("exports/<int:export>/", exports.ExportDetail.as_view(), name="export"),
    path("exports/<int:export>/fetch/", exports.ExportFetch.as_view(), name="export-fetch"),
    path("exports/<int:export>/withdraw/", exports.ExportWithdraw.as_view(), name="export-withdraw"),
    path("account/feed/", feeds.OwnFeed.as_view(), name="own-feed"),
    path("account/feed/make/", feeds.OwnFeedMake.as_view(), name="own-feed-make"),
    path("account/feed/revoke/", feeds.OwnFeedRevoke.as_view(), name="own-feed-revoke"),
    path("feeds/<slug:key>.ics", feeds.CalendarFeed.as_view(), name="calendar-feed"),
    path("saved-views/", saved.SavedViews.as_view(), name="saved-views"),
    path("saved-views/<int:view>/rename/", saved.SavedViewRename.as_view(), name="saved-view-rename"),
    path("saved-views/<int:view>/delete/", saved.SavedViewDelete.as_view(), name="saved-view-delete"),
]
