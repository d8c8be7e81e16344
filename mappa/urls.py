"""Every address. Errors are drawn by pages that run no query."""

from django.urls import include, path

handler400 = "pages.errors.bad_request"
handler403 = "pages.errors.permission_denied"
handler404 = "pages.errors.page_not_found"
handler500 = "pages.errors.server_error"

# An address is looked for from the top: what people open most stands first.
urlpatterns = [
    path("", include("desk.urls")),
    path("", include("cases.urls")),
    path("", include("meetings.urls")),
    path("", include("exchange.urls")),
    path("", include("desk.people.urls")),
    path("", include("desk.agencies.urls")),
    path("", include("desk.settings.urls")),
    path("", include("desk.oversight.urls")),
    path("", include("letters.urls")),
    path("", include("agencies.urls")),
    path("", include("pages.urls")),
    path("", include("mappa.api")),
]
